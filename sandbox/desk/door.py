"""The door of the desk: routes, who sits at it, notes to show once, files."""

import logging
import mimetypes
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from werkzeug.exceptions import HTTPException
from werkzeug.security import safe_join
from werkzeug.wrappers import Request, Response

from sandbox import local
from sandbox.desk import opentext_pages, people, store_pages, tour
from sandbox.desk.people import Seat
from sandbox.desk.rendering import make_templates
from sandbox.desk.returning import back_to, here
from sandbox.kernel.hands import NotAccepted
from sandbox.kernel.paths import compiled
from sandbox.office import OfficeProblem
from sandbox.stage import Stage

log = logging.getLogger(__name__)
STATIC = Path(__file__).with_name("static")
Page = Callable[..., Response]
NOTES_KEPT = 100


class Call(Request):
    max_content_length = 64 * 1024 * 1024
    max_form_memory_size = 8 * 1024 * 1024


class Desk:
    """`page(desk, call, **ids)` gives a Response. A refusal of a stand-in becomes a note on the page one came from."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._templates = make_templates()
        modules = (tour, people, store_pages, opentext_pages)
        routes = [*(route for one in modules for route in one.ROUTES), ("GET", "/static/<path:name>", _static)]
        self._map = compiled(tuple((method, path) for method, path, _ in routes))
        self._pages: dict[str, Page] = {f"{method} {path}": page for method, path, page in routes}
        self._notes: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._guard = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        call = Call(environ)
        with call:  # closes what was uploaded
            response = self._respond(call)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Content-Security-Policy", self._policy())
        response.headers.setdefault("Cache-Control", "no-store")
        return response(environ, start_response)

    # For pages

    def render(self, call: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page with everything the frame around it shows."""
        seat = Seat.of(self.stage, call)
        note = self._notes.pop(call.args.get("note", ""), None)
        html = self._templates.get_template(template).render(
            seat=seat, note=note, addresses=self.stage.addresses, path=call.path, here=here(call), **values
        )
        return Response(html, status, content_type="text/html; charset=utf-8")

    def go(self, address: str, said: str = "", kind: str = "good") -> Response:
        """On to another page of the desk, which shows what was said."""
        if said:
            key = secrets.token_urlsafe(8)
            with self._guard:
                self._notes[key] = (kind, said)
                while len(self._notes) > NOTES_KEPT:
                    self._notes.popitem(last=False)
            address += ("&" if "?" in address else "?") + urlencode({"note": key})
        return Response(status=303, headers={"Location": address})

    # Inside

    def _respond(self, call: Call) -> Response:
        if refused := local.refusal(call, self.stage.addresses.as_json().values()):
            return Response(refused, 403, content_type="text/plain")
        try:
            endpoint, ids = self._map.bind_to_environ(call.environ).match()
            return self._pages[endpoint](self, call, **ids)
        except (OfficeProblem, NotAccepted, ValueError) as error:
            return self._refused(call, error)
        except HTTPException as error:
            return self._error(call, error.code or 500, error.name)
        except Exception:
            log.exception("%s %s failed", call.method, call.path)
            return self._error(call, 500, "The sandbox failed here; its log says why.")

    def _refused(self, call: Call, error: Exception) -> Response:
        if call.method == "POST":
            return self.go(back_to(call), str(error), "bad")
        return self._error(call, getattr(error, "status", 404), str(error))

    def _error(self, call: Call, status: int, text: str) -> Response:
        return self.render(call, "error.html", status, text=text)

    def _policy(self) -> str:
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: "
            f"{self.stage.addresses.bigcommerce}; connect-src 'self'; form-action 'self'; base-uri 'none'; "
            f"frame-src 'self' {self.stage.addresses.app}; frame-ancestors 'self'"
        )


def _static(desk: Desk, call: Request, name: str) -> Response:
    path = safe_join(str(STATIC), name)
    if path is None or not Path(path).is_file():
        return Response("Not Found", 404, content_type="text/plain")
    del desk, call
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(Path(path).read_bytes(), content_type=kind, headers={"Cache-Control": "max-age=60"})
