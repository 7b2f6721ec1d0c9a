"""How we call one BigCommerce store: headers, quota, answers and refusals in one place.

Source: BigCommerce API reference, "About the API", "Status codes", "API rate limits".
"""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from app.domain.ids import Provider, store_id
from app.errors import Conflict, NotFound, Permanent, Retryable
from app.outbound import Outbound, Quota, quota_of, raise_for, speaking_to
from app.settings import Settings
from app.stores.kept import Kept

if TYPE_CHECKING:
    from app.stores.bigcommerce.b2b import B2BClient

SERVICE = "bigcommerce"
T = TypeVar("T")

_ID = re.compile(r"[1-9][0-9]{0,18}")
_EMAIL = re.compile(r"[^\s@\"'<>,;:]+@[^\s@\"'<>,;:]+")
_PHONE = re.compile(r"\+?\d[\d ()./-]{6,}\d")


def number(object_id: str) -> str:
    """An id as BigCommerce makes them, fit for a path. Anything else is an object that cannot exist."""
    if not _ID.fullmatch(object_id):
        raise NotFound("BigCommerce does not have this object.", service=SERVICE)
    return object_id


def json_number(amount: Decimal) -> int | float:
    """An amount as V3 takes it: a JSON number, without needless decimals."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


class BigCommerceClient:
    """The calls to one store. `quota` is what its last answer told, None before the first. Thread safe.

    `kept` remembers what seldom changes. `b2b` is the way to its companies, None where the operator set none up.
    """

    def __init__(
        self, settings: Settings, outbound: Outbound, store_hash: str, token: str, b2b: "B2BClient | None" = None
    ) -> None:
        base_url = f"{settings.bigcommerce.api_url}/stores/{store_hash}/"
        self._http = outbound.client(store_id(Provider.BIGCOMMERCE, store_hash), SERVICE, base_url)
        # Per request, not in the kept client: a new token takes effect at once. V2 answers XML unless asked.
        self._headers = {"X-Auth-Token": token, "Accept": "application/json"}
        self.quota: Quota | None = None
        self.kept = Kept()
        self.b2b = b2b
        self._turns: dict[str, threading.Lock] = {}

    def get(self, path: str, **query: str | int) -> httpx.Response:
        return self._send("GET", path, params=query)

    def post(self, path: str, body: Any, *, reads: bool = False) -> httpx.Response:
        """`reads`: the request changes nothing (a query, a quote), so a failure leaves no doubt. None: no body."""
        content = {} if body is None else {"json": body}
        return self._send("POST", path, **content, writing=not reads)

    def put(self, path: str, body: Any, *, also: int = 0) -> httpx.Response:
        """`also`: a status the caller understands, handed back instead of raised."""
        return self._send("PUT", path, json=body, also=also)

    def delete(self, path: str, **query: str) -> None:
        """Idempotent: what is already gone is success."""
        try:
            self._send("DELETE", path, params=query)
        except NotFound:
            return

    @contextmanager
    def turn(self, what: str) -> Iterator[None]:
        """One at a time in this process, where BigCommerce takes one at a time; other processes meet a 429."""
        with self._turns.setdefault(what, threading.Lock()):
            yield

    def upload(self, path: str, fields: Mapping[str, str], files: Mapping[str, Any]) -> httpx.Response:
        """A multipart POST."""
        return self._send("POST", path, data=fields, files=files)

    def _send(self, method: str, path: str, *, writing: bool | None = None, also: int = 0, **kw: Any) -> httpx.Response:
        changes = method != "GET" if writing is None else writing
        # Several operations require the type even where there is no body; a multipart body brings its own.
        headers = self._headers if "files" in kw else self._headers | {"Content-Type": "application/json"}
        with speaking_to(SERVICE, writing=changes):
            response = self._http.request(method, path, headers=headers, **kw)
        self.quota = quota_of(response) or self.quota
        if response.status_code != also:
            refuse(response)
        return response


def refuse(response: httpx.Response) -> None:
    """Raise our error for a status that is not plain success. 207 is success in part: see `require_whole`."""
    if response.is_success:
        return
    said = error_text(response)
    context: dict[str, Any] = {"service": SERVICE, "status": response.status_code, "said": said}
    if response.status_code == 409:
        raise Conflict("BigCommerce has an object with these values already.", **context)
    if response.status_code == 507:
        raise Permanent("The store has reached a limit of its BigCommerce plan.", code="plan_limit", **context)
    if response.status_code == 501:
        raise Permanent("BigCommerce does not know this request.", **context)
    raise_for(response, service=SERVICE, said=said)


def parse(response: httpx.Response, shape: type[T]) -> T:
    """The answer as `shape`. Half of one may come whole later (Retryable), a strange one not (Permanent)."""
    try:
        adapter: TypeAdapter[T] = _adapter(shape)  # type: ignore[arg-type]  # types are hashable
        found = adapter.validate_json(response.content)
    except ValidationError as error:
        context: dict[str, Any] = {"service": SERVICE, "path": re.sub(r"\d+", "*", response.request.url.path)}
        if error.errors(include_url=False, include_context=False)[0]["type"] != "json_invalid":
            raise Permanent(
                "BigCommerce sent an answer we do not know.", code="unexpected_answer", **context
            ) from error
        context["unknown_outcome"] = response.request.method != "GET"
        raise Retryable("BigCommerce sent half an answer.", code="broken_answer", **context) from error
    return found


def parse_list(response: httpx.Response, shape: type[T]) -> list[T]:
    """A V2 list: a bare array, or 204 where there is nothing."""
    return [] if response.status_code == 204 else parse(response, list[shape])  # type: ignore[valid-type]


def require_whole(response: httpx.Response) -> None:
    """A 207 says that part was not stored: Permanent when the data was refused, else Retryable."""
    if response.status_code != 207:
        return
    context = {"service": SERVICE, "said": error_text(response)}
    statuses = _statuses(_json(response))
    if statuses and all(400 <= status < 500 and status not in (408, 423, 429) for status in statuses):
        raise Permanent("BigCommerce stored only a part.", code="partly_stored", **context)
    raise Retryable("BigCommerce stored only a part.", code="partly_stored", unknown_outcome=True, **context)


def error_text(response: httpx.Response) -> str:
    """What a refusal says, for logs and support: one line, 300 characters at most, people left out.

    Understands the families of the reference: V3 (`title`, `errors`), V2 (an array of `message`), GraphQL
    (`errors[].message`), batches (`batch_errors`, `data[]`), login (`error`). Other text is not repeated.
    """
    found: list[str] = []
    _collect(_json(response), found, depth=0)
    text = " · ".join(dict.fromkeys(found))
    text = _PHONE.sub("…", _EMAIL.sub("…", text))
    return "".join(c if c.isprintable() else " " for c in text)[:300]


def _json(response: httpx.Response) -> Any:
    try:
        return _adapter(Any).validate_json(response.content)
    except ValidationError:
        return None


_SAID = (
    "title",
    "message",
    "detail",
    "error",
    "error_description",
    "errors",
    "batch_errors",
    "field_errors",
    "data",
)
_ENOUGH = 20


def _collect(value: Any, found: list[str], *, depth: int) -> None:
    if len(found) >= _ENOUGH or depth > 6:
        return
    if isinstance(value, str):
        found.append(value.strip()[:200])
    elif isinstance(value, list):
        for item in value[:_ENOUGH]:
            _collect(item, found, depth=depth + 1)
    elif isinstance(value, dict):
        for name in _SAID:
            inner = value.get(name)
            if name in ("errors", "field_errors") and isinstance(inner, dict):
                found.extend(f"{key}: {text}"[:200] for key, text in list(inner.items())[:_ENOUGH])
            elif name != "data" or isinstance(inner, list):  # the data of a single object is not an error's text
                _collect(inner, found, depth=depth + 1)


def _statuses(body: Any) -> list[int]:
    """The statuses inside a 207's errors."""
    errors = body.get("errors") if isinstance(body, dict) else None
    parts = errors if isinstance(errors, list) else [errors]
    return [part["status"] for part in parts if isinstance(part, dict) and isinstance(part.get("status"), int)]


@lru_cache(maxsize=64)  # making one takes a hundred times longer than using it
def _adapter(shape: Any) -> TypeAdapter[Any]:
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return TypeAdapter(shape)
    return TypeAdapter(shape, config=ConfigDict(hide_input_in_errors=True))


__all__ = [
    "SERVICE",
    "BigCommerceClient",
    "Quota",
    "error_text",
    "json_number",
    "number",
    "parse",
    "parse_list",
    "refuse",
    "require_whole",
]
