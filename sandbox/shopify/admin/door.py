"""The door of the stand-in admin: `/admin/store/{handle}/…` as people know it, and its own files.

It is no part of Shopify's API: nothing here is recorded in the ledger, and no fault strikes it.
"""

import logging
import mimetypes
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from werkzeug.exceptions import HTTPException
from werkzeug.security import safe_join
from werkzeug.wrappers import Request, Response

from sandbox import local
from sandbox.kernel.hands import NotAccepted
from sandbox.kernel.paths import compiled
from sandbox.shopify.admin import extensions, pages

if TYPE_CHECKING:
    from sandbox.shopify.standin import Shopify

log = logging.getLogger(__name__)
STATIC = Path(__file__).with_name("static")
Page = Callable[..., Response]


@cache
def _templates() -> Environment:
    """One for all shops of a process."""
    return Environment(
        loader=PackageLoader("sandbox.shopify.admin"), autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


class AdminDoor:
    """`page(door, call, **ids)` gives a Response; what the shop refuses is said on a page of its own."""

    def __init__(self, api: "Shopify") -> None:
        self.api = api
        routes = (("GET", "/admin/static/<path:name>", _static), *pages.ROUTES, *extensions.ROUTES)
        self._map = compiled(tuple((method, path) for method, path, _ in routes))
        self._pages: dict[str, Page] = {f"{method} {path}": page for method, path, page in routes}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        call = Request(environ)
        with call:
            response = self._respond(call)
        response.headers.setdefault("Content-Security-Policy", self._policy())
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cache-Control", "no-store")
        return response(environ, start_response)

    def render(self, template: str, status: int = 200, **values: Any) -> Response:
        html = _templates().get_template(template).render(app_url=self.api.app_base_url, **values)
        return Response(html, status, content_type="text/html; charset=utf-8")

    def _respond(self, call: Request) -> Response:
        if refused := local.refusal(call, (self.api.base_url, self.api.app_base_url)):
            return Response(refused, 403, content_type="text/plain")
        try:
            endpoint, ids = self._map.bind_to_environ(call.environ).match()
            return self._pages[endpoint](self, call, **ids)
        except (NotAccepted, ValueError) as error:
            return self.render("error.html", getattr(error, "status", 404), text=str(error))
        except HTTPException as error:
            return self.render("error.html", error.code or 500, text=error.name)
        except Exception:
            log.exception("%s %s failed", call.method, call.path)
            return self.render("error.html", 500, text="The sandbox failed here; its log says why.")

    def _policy(self) -> str:
        return (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            f"connect-src 'self' {self.api.app_base_url}; form-action 'self'; base-uri 'none'; "
            f"frame-src 'self' blob: {self.api.app_base_url}; frame-ancestors 'self'"
        )


def _static(door: AdminDoor, call: Request, name: str) -> Response:
    del door, call
    path = safe_join(str(STATIC), name)
    if path is None or not Path(path).is_file():
        return Response("Not Found", 404, content_type="text/plain")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(Path(path).read_bytes(), content_type=f"{kind}; charset=utf-8")
