"""Content Server over HTTP: `{base_path}/api/v1/…` and `/v2/…`."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.content_server import callbacks, fixtures, tickets
from sandbox.content_server.api import ROUTES
from sandbox.content_server.api.route import Route
from sandbox.content_server.model import CallbackSettings, State
from sandbox.content_server.permissions import Actor
from sandbox.content_server.refusal import UNAUTHENTICATED, UNKNOWN_ROUTE, Refusal, UnknownNode
from sandbox.content_server.wire import Exchange, integer
from sandbox.kernel.faults import FaultRule
from sandbox.kernel.standin import Call, StandIn, json_response
from sandbox.otds.directory import Directory

if TYPE_CHECKING:
    from sandbox.kernel.world import World

SYSTEM = "content_server"
SMALL = 1_000_000
OVERLOAD = (
    "<!DOCTYPE html><html><head><title>Content Server Error</title></head><body>"
    "<h1>Error Processing Request</h1><p>Please try again.</p></body></html>"
)
GATEWAY = "<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center></body></html>"


class ContentServer(StandIn):
    """One server. `base_url` is scheme and host as clients see it, `base_path` what comes before `/api`.

    `bulk_upsert` is what a fresh state starts with; see `set_bulk_upsert`.
    """

    system = SYSTEM

    def __init__(
        self,
        world: "World",
        base_url: str = "http://content.test",
        base_path: str = "/cs/cs",
        *,
        otds_url: str = "http://otds.test",
        bulk_upsert: bool = True,
    ) -> None:
        super().__init__(world)
        self.base_url, self.base_path = base_url.rstrip("/"), base_path.rstrip("/")
        self.directory = Directory(world)
        self.issuer = f"{otds_url.rstrip('/')}/otdsws/oauth2"
        self._bulk_upsert = bulk_upsert
        for route in ROUTES:
            self.route(route.methods, f"{self.base_path}/api{route.path}", self._worker(route))

    @property
    def state(self) -> State:
        with self.lock:
            return self.world.state(self.system, self._make_state)

    def actor(self, name: str) -> Actor:
        """A member by login name, ready to work. Raises KeyError."""
        found = next((member for member in self.state.members.values() if member.name == name), None)
        if found is None:
            raise KeyError(f"no member '{name}'")
        return Actor(self.state, found, self.world.clock.now())

    def configure_callbacks(self, settings: CallbackSettings) -> None:
        """Where and how approvals are told to the companion app."""
        with self.lock:
            self.state.callbacks = settings
            self.world.touched()

    def set_search_lag(self, seconds: float) -> None:
        """How long the index stays behind a change."""
        with self.lock:
            self.state.search_lag_seconds = seconds
            self.world.touched()

    def set_bulk_upsert(self, present: bool) -> None:
        """False: a release without `PUT /v2/businessworkspaces`, which is then an unknown route."""
        with self.lock:
            self.state.bulk_upsert = present
            self.world.touched()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            return super().__call__(environ, start_response)
        finally:
            callbacks.send_pending(self)

    def not_found(self, call: Call) -> Response:  # noqa: ARG002
        return json_response({"error": UNKNOWN_ROUTE}, 400)

    wrong_method = not_found

    def finish(self, call: Call, response: Response) -> Response:
        with self.lock:
            tickets.renew(self.state, call, response.headers, self.world.clock.now())
        if "suppress_response_codes" in call.values and response.is_json:
            body = response.get_json()
            if isinstance(body, dict):
                status = response.status_code
                headers = {key: value for key, value in response.headers if key.startswith("OTCS")}
                return json_response(body | {"statusCode": status}, 200, headers)
        return response

    def fault_response(self, rule: FaultRule) -> Response:
        """A body as given; "html" is the page of an overloaded server; gateways answer in HTML by themselves."""
        if isinstance(rule.body, str) or (rule.body is None and rule.status in (502, 503, 504)):
            page = GATEWAY.format(status=rule.status) if rule.body is None else rule.body
            page = OVERLOAD if page == "html" else page
            return Response(page, rule.status, rule.headers, content_type="text/html; charset=UTF-8")
        texts = {401: UNAUTHENTICATED, 400: "One or more parameters are invalid"}
        text = texts.get(rule.status, "An unexpected error occurred.")
        return json_response(rule.body or {"error": text}, rule.status, rule.headers)

    def _make_state(self) -> State:
        state = fixtures.make_state(self.world.clock.now())
        state.bulk_upsert = self._bulk_upsert
        return state

    def _worker(self, route: Route) -> Callable[..., Response]:
        def work(call: Call, **ids: str) -> Response:
            try:
                return self._work(route, call, ids)
            except UnknownNode as unknown:
                status, text = route.unknown
                return json_response({"error": text.format(id=unknown.node_id)}, status)
            except Refusal as refusal:
                return json_response(refusal.body, refusal.status)

        return work

    def _work(self, route: Route, call: Call, ids: dict[str, str]) -> Response:
        if (call.content_length or 0) < SMALL:
            call.raw()  # kept for the ledger, which reads it after the form was parsed
        if route.open:
            return route.handler(self, call, **ids)
        user = tickets.user_of_call(self.state, self.directory, call, self.world.clock.now())
        if user is None:
            raise Refusal(UNAUTHENTICATED, 401)
        actor = Actor(self.state, user, self.world.clock.now())
        exchange = Exchange(call, actor, f"{self.base_url}{self.base_path}")
        numbers: dict[str, Any] = {
            name: value if name in route.texts else integer(name, value) for name, value in ids.items()
        }
        return route.handler(exchange, **numbers)
