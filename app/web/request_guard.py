"""The first lines of the application: what a strict proxy refuses is refused here again, before Flask looks at it.

Measured with granian 2.8: two `Host` or other headers arrive joined by a comma, a request with both lengths loses
its Content-Length, a missing `Host` is empty, a percent-encoded path may hold control characters. Headers whose raw
name has an underscore cannot be told apart here: the proxy in front must drop them.
"""

import io
import re
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from app.db.types import new_id
from app.domain.files import MOST_BYTES
from app.settings import Settings
from app.web.answers import Answers
from app.web.body_reader import BodyReader, NotRead
from app.web.errors import answer
from app.web.notices import is_person

log = structlog.get_logger(__name__)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})  # what Flask then answers with 405
HEADER_BYTES = 16_384
URL_BYTES = 8_192
COOKIES = 100
# Headers that mean something to a door and must come once. A repeated one arrives as "first,second".
ONCE = tuple(
    "HTTP_" + name.upper().replace("-", "_")
    for name in (
        "Host", "Authorization", "X-ECM-Page", "X-Case-Token", "X-Storefront-Key", "X-Storefront-Ticket",
        "Webhook-Id", "Webhook-Timestamp", "Origin", "Sec-Fetch-Site",
        "X-Shopify-Hmac-Sha256", "X-Shopify-Topic", "X-Shopify-Shop-Domain", "X-Shopify-Webhook-Id",
    )
)  # fmt: skip
UPLOAD = re.compile(r"(/shopify/api)?/panel/[a-z]{4,9}/[0-9A-Za-z_:]{1,70}/documents(/[0-9a-f]{32}/version)?")
FORM_BYTES = 100_000  # beside a file
FILE_PLACES = 2
SHOP_HOOKS = ("/shopify/webhooks", "/shopify/webhooks/compliance")
SHOP_HOOK_BYTES = 5_000_000
BUYERS = re.compile(r"/up/[^/]{1,200}")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
LENGTH = re.compile(r"\d{1,12}")

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class RequestGuard:
    """WSGI middleware that answers an ill-formed request itself."""

    def __init__(self, app: Wsgi, settings: Settings, bodies: BodyReader | None = None) -> None:
        self._app, self._settings, self._bodies = app, settings, bodies or BodyReader()
        self._files = BodyReader(FILE_PLACES)  # of their own: slow phones never keep deliveries waiting

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        fault = self._fault(environ) or self._take_body(environ)
        if fault is None:
            return self._app(environ, start_response)
        status, reason = fault
        request_id = new_id()
        log.info("request_refused", status=status, reason=reason, correlation_id=request_id)
        path = environ.get("PATH_INFO", "")
        is_buyer = bool(BUYERS.fullmatch(path))
        takes_files = is_buyer or bool(UPLOAD.fullmatch(path))
        is_page = is_buyer or is_person(environ.get("HTTP_SEC_FETCH_MODE", ""), environ.get("HTTP_HX_BOOSTED", ""))
        response = answer(
            status, Answers.PAGE if is_page else Answers.PLAIN, code=f"upload_{reason}" if takes_files else "",
            locale=parse_accept_header(environ.get("HTTP_ACCEPT_LANGUAGE"), LanguageAccept).best or "",
        )  # fmt: skip
        response.headers["X-Request-Id"] = request_id
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response(environ, start_response)

    def _take_body(self, environ: Environ) -> tuple[int, str] | None:
        """Put the whole body into memory (it is within the limit), so that nothing behind waits for its sender."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if not length:
            return None
        try:
            reader = self._files if BUYERS.fullmatch(environ.get("PATH_INFO", "")) else self._bodies
            environ["wsgi.input"] = io.BytesIO(reader.read(environ["wsgi.input"], length))
        except NotRead as error:
            return error.status, error.reason
        return None

    def _fault(self, environ: Environ) -> tuple[int, str] | None:
        return _line(environ) or _headers(environ) or _body(environ, self._longest(environ))

    def _longest(self, environ: Environ) -> int:
        """Two addresses take files, a shop tells of its products whole; everything else what a form or delivery has."""
        usual = self._settings.limits.body_bytes
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] != "POST":
            return usual
        if BUYERS.fullmatch(path):
            return max(usual, self._settings.limits.upload_bytes + FORM_BYTES)
        if path in SHOP_HOOKS:
            return max(usual, SHOP_HOOK_BYTES)
        return max(usual, MOST_BYTES + FORM_BYTES) if UPLOAD.fullmatch(path) else usual


def _line(environ: Environ) -> tuple[int, str] | None:
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if environ["REQUEST_METHOD"] not in METHODS:
        return 405, "method"
    if len(path) + len(query) > URL_BYTES:
        return 414, "url_length"
    if not path.startswith("/") or CONTROL.search(path) or CONTROL.search(query):
        return 400, "path"
    return None


def _headers(environ: Environ) -> tuple[int, str] | None:
    sent = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
    if sum(len(name) + len(value) for name, value in sent.items()) > HEADER_BYTES:
        return 431, "header_size"
    if sent.get("HTTP_COOKIE", "").count(";") >= COOKIES:
        return 431, "cookie_count"
    if not sent.get("HTTP_HOST"):
        return 400, "no_host"
    if any("," in sent.get(name, "") for name in ONCE):
        return 400, "header_twice"
    if any(CONTROL.search(value) for value in sent.values()):
        return 400, "header_value"
    return None


def _body(environ: Environ, limit: int) -> tuple[int, str] | None:
    length = environ.get("CONTENT_LENGTH") or ""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return (400, "two_lengths") if length else (411, "no_length")
    if length and not LENGTH.fullmatch(length):
        return 400, "length"
    if length and int(length) > limit:
        return 413, "body_size"
    return None
