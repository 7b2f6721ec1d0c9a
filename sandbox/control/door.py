"""The door of the control API: routes, refusals, errors."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Request, Response

from sandbox import local
from sandbox.control import exstream, opentext, overview, shopify, stores, switches
from sandbox.control.answers import Problem, answer
from sandbox.control.backstage import Backstage
from sandbox.kernel.paths import compiled
from sandbox.stage import Stage

log = logging.getLogger(__name__)
Handler = Callable[..., Any]
LARGEST_BODY = 64 * 1024 * 1024


class Call(Request):
    max_content_length = LARGEST_BODY


class Control:
    """`handler(control, request, **ids)` gives data (200), or (data, status)."""

    def __init__(self, stage: Stage, backstage: Backstage) -> None:
        self.stage, self.backstage = stage, backstage
        modules = (overview, switches, shopify, stores, opentext, exstream)
        routes = [(method, f"/control{path}", handler) for one in modules for method, path, handler in one.ROUTES]
        self._map = compiled(tuple((method, path) for method, path, _ in routes))
        self._handlers: dict[str, Handler] = {f"{method} {path}": handler for method, path, handler in routes}
        self.listed = [name.replace("<", "{").replace(">", "}") for name in self._handlers]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        call = Call(environ)
        with call:
            response = self._respond(call)
        return response(environ, start_response)

    def _respond(self, request: Call) -> Response:
        try:
            if refused := local.refusal(request, self.stage.addresses.as_json().values()):
                raise Problem(403, refused)
            handler, ids = self._match(request)
            result = handler(self, request, **ids)
        except Problem as problem:
            return answer(problem.body, problem.status)
        except HTTPException as error:
            return answer({"error": error.name}, error.code or 500)
        except Exception as error:
            log.exception("%s %s failed", request.method, request.path)
            return answer({"error": f"The sandbox failed: {type(error).__name__}; see its log."}, 500)
        return answer(*result) if isinstance(result, tuple) else answer(result)

    def _match(self, request: Call) -> tuple[Handler, dict[str, Any]]:
        try:
            endpoint, ids = self._map.bind_to_environ(request.environ).match()
        except MethodNotAllowed as error:
            allowed = sorted(set(error.valid_methods or ()) - {"HEAD", "OPTIONS"})
            raise Problem(405, f"{request.method} is not possible here.", methods=allowed) from error
        except HTTPException as error:
            raise Problem(404, f"There is nothing at {request.path}.", routes=self.listed) from error
        return self._handlers[endpoint], dict(ids)
