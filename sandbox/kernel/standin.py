"""A stand-in is a WSGI app with routes: faults strike, the handler works under the system's lock, the ledger knows."""

import json
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.wrappers import Request, Response

from sandbox.kernel.faults import ConnectionDropped, FaultRule
from sandbox.kernel.paths import compiled

if TYPE_CHECKING:
    from sandbox.kernel.world import World

Handler = Callable[..., Response]
REQUEST_FAULTS = ("status", "delay", "drop_before", "drop_after", "truncate")


class Call(Request):
    """One request to a stand-in. A handler that changed something says so in `effect` (one line, for the ledger)."""

    effect: str = ""
    max_content_length = 300 * 1024 * 1024

    def raw(self) -> bytes:
        return self.get_data(cache=True)


def json_response(data: Any, status: int = 200, headers: dict[str, str] | None = None, **kw: Any) -> Response:
    """Compact JSON as `application/json; charset=UTF-8` unless `content_type` says otherwise."""
    kw.setdefault("content_type", "application/json; charset=UTF-8")
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
    return Response(body, status=status, headers=headers, **kw)


class StandIn:
    """Base of every stand-in.

    Subclasses set `system` (the name used by faults and ledger) and register routes with `route` in `__init__`.
    `guard(call)` may return a Response to refuse before the handler (authentication, rate limits, content types).
    `not_found(call)` and `wrong_method(call)` answer as the real service does.
    """

    system = "standin"

    def __init__(self, world: "World") -> None:
        self.world = world
        self.lock = world.lock(self.system)
        self._paths: dict[tuple[str, str], None] = {}
        self._handlers: dict[str, Handler] = {}

    def route(self, methods: str, path: str, handler: Handler) -> None:
        """`methods` like "GET" or "POST PUT"; `path` in Werkzeug's rule syntax."""
        self._paths[methods, path] = None
        self._handlers[f"{methods} {path}"] = handler

    @property
    def paths(self) -> Map:
        """Everything routed so far."""
        return compiled(tuple(self._paths), merge_slashes=False)

    def guard(self, call: Call) -> Response | None:  # noqa: ARG002  # a hook; most stand-ins override it
        return None

    def turn(self, call: Call) -> AbstractContextManager[Any]:  # noqa: ARG002
        """What is held while a request is worked: the system's lock, unless the service locks more finely itself."""
        return self.lock

    def not_found(self, call: Call) -> Response:  # noqa: ARG002
        return json_response({"error": "Not Found"}, 404)

    def wrong_method(self, call: Call) -> Response:  # noqa: ARG002
        return json_response({"error": "Method Not Allowed"}, 405)

    def finish(self, call: Call, response: Response) -> Response:  # noqa: ARG002
        """Last touch on every answer (rate-limit headers, renewed tickets)."""
        return response

    def operation(self, call: Call) -> str:  # noqa: ARG002
        """What a request asks for where its path does not say; faults name it."""
        return ""

    def fault_response(self, rule: FaultRule) -> Response:
        """The answer of a `status` fault; services override it to give their own error shape."""
        body = rule.body if rule.body is not None else {"error": "fault injected"}
        return json_response(body, rule.status, headers=rule.headers)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        call = Call(environ)
        hits = self.world.faults.hits(self.system, call.method, call.path, REQUEST_FAULTS, self.operation(call))
        kinds = {rule.kind for rule in hits}
        for rule in hits:
            if rule.kind == "delay":
                time.sleep(rule.delay_ms / 1000)
        if "drop_before" in kinds:
            self._record(call, 0)
            return self._hang_up(environ)
        status_rule = next((rule for rule in hits if rule.kind == "status"), None)
        response = self.fault_response(status_rule) if status_rule else self._answer(call)
        self._record(call, 0 if "drop_after" in kinds else response.status_code)
        call.close()  # uploaded files, which are not for long
        if "drop_after" in kinds:
            return self._hang_up(environ)
        if "truncate" in kinds:
            return self._half(response, environ, start_response)
        return response(environ, start_response)

    def _answer(self, call: Call) -> Response:
        try:
            endpoint, args = self.paths.bind_to_environ(call.environ).match()
        except HTTPException as error:
            response = self.wrong_method(call) if error.code == 405 else self.not_found(call)
            return self.finish(call, response)
        with self.turn(call):
            refused = self.guard(call)
            if refused is not None:
                return self.finish(call, refused)
            response = self._handlers[endpoint](call, **args)
            if call.effect:
                self.world.touched()
            return self.finish(call, response)

    def _record(self, call: Call, status: int) -> None:
        query = call.query_string.decode("latin-1")
        path = f"{call.path}?{query}" if query else call.path
        body = call.raw() if (call.content_length or 0) < 1_000_000 else b""
        self.world.ledger.record(self.world.clock.now(), self.system, call.method, path, status, body, call.effect)

    def _hang_up(self, environ: dict[str, Any]) -> Iterable[bytes]:
        raise ConnectionDropped(f"{self.system} hung up on {environ['REQUEST_METHOD']} {environ['PATH_INFO']}")

    def _half(self, response: Response, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        whole = response.get_data()
        headers = [(k, v) for k, v in response.headers if k.lower() != "content-length"]
        start_response(response.status, [*headers, ("Content-Length", str(len(whole)))])

        def body() -> Iterable[bytes]:
            yield whole[: len(whole) // 2]
            yield from self._hang_up(environ)

        return body()
