"""The BigCommerce stand-in: login host and API host in one WSGI app, and the door every API request passes."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import httpx
from werkzeug.wrappers import Response

from sandbox.bigcommerce import install, limits, resources, seed
from sandbox.bigcommerce.errors import Family, Refused, answer, v2_body, v3_body
from sandbox.bigcommerce.scopes import Needs
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import Hook, State, Store, Token
from sandbox.bigcommerce.wire import xml_of
from sandbox.kernel.deliveries import Delivery
from sandbox.kernel.faults import FaultRule
from sandbox.kernel.standin import Call, StandIn, json_response
from sandbox.kernel.world import World

Handler = Callable[..., Response]
NAMES = UUID("2f5c9d1e-6b0a-4c53-9d7e-bc0000000000")


@dataclass(frozen=True)
class Endpoint:
    family: Family
    needs: Needs
    handler: Handler


class _Outbox(threading.local):
    """What the present thread's call wants to send, and how deep calls are nested."""

    def __init__(self) -> None:
        self.depth = 0
        self.waiting: list[tuple[Delivery, timedelta]] = []
        self.path = ""


class BigCommerce(StandIn):
    """Login, REST V2 and V3, GraphQL Admin and image addresses of all stores.

    `base_url`: where this stand-in is reached. `app_base_url`: the app whose callbacks the demo profile registers.
    `control_panel_url`: what stores name as their control panel (default: `https://store-{hash}.mybigcommerce.com`).
    `seeded`: whether the demo store starts with goods, people and orders. `allow_plain_http_destinations` relaxes the
    rule that webhook destinations are https on port 443.
    """

    system = "bigcommerce"

    def __init__(
        self,
        world: World,
        *,
        base_url: str = "http://bigcommerce.test",
        app_base_url: str = "http://app.test",
        control_panel_url: str | None = None,
        allow_plain_http_destinations: bool = False,
        seeded: bool = False,
    ) -> None:
        super().__init__(world)
        self.base_url, self.app_base_url = base_url.rstrip("/"), app_base_url.rstrip("/")
        self.control_panel_url = control_panel_url
        self.allow_plain_http, self.seeded = allow_plain_http_destinations, seeded
        self._out = _Outbox()
        install.routes(self)
        resources.register(self)
        world.clock.on_advance(self.tick)

    @property
    def state(self) -> State:
        return self.world.state(self.system, lambda: seed.make(self))

    def store(self, store_hash: str) -> Store:
        """The store of this hash. ValueError when there is none."""
        found = self.state.stores.get(store_hash)
        if found is None:
            raise ValueError(f"store: there is no store {store_hash}")
        return found

    # What resources use

    def v2(self, methods: str, path: str, needs: Needs, handler: Handler) -> None:
        self._endpoint(methods, f"/v2{path}", Endpoint("v2", needs, handler))

    def v3(self, methods: str, path: str, needs: Needs, handler: Handler) -> None:
        self._endpoint(methods, f"/v3{path}", Endpoint("v3", needs, handler))

    def problem(self, methods: str, path: str, needs: Needs, handler: Handler) -> None:
        """V3 with `application/problem+json` errors."""
        self._endpoint(methods, f"/v3{path}", Endpoint("problem", needs, handler))

    def typed(self, methods: str, path: str, needs: Needs, handler: Handler) -> None:
        """V3 with V3's error bodies, called `application/problem+json`."""
        self._endpoint(methods, f"/v3{path}", Endpoint("typed", needs, handler))

    def graphql(self, path: str, needs: Needs, handler: Handler) -> None:
        self._endpoint("POST", path, Endpoint("graphql", needs, handler))

    def queue(self, delivery: Delivery, wait: timedelta = timedelta(0)) -> None:
        """Send when the present call is done, so that a receiver that asks back finds the change."""
        self._out.waiting.append((delivery, wait))

    def message_id(self, hook: Hook) -> str:
        """A `webhook-id`: one per message, the same for its retries."""
        self.state.serial += 1
        return f"msg_{uuid5(NAMES, f'{hook.client_id}/{hook.id}/{self.state.serial}').hex}"

    def fetch(self, url: str) -> bytes:
        """The bytes behind an image URL. Refused (400) when it cannot be had."""
        try:
            response = self.world.deliveries.client.get(url, follow_redirects=True)
            response.raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL, ConnectionError) as error:
            raise Refused(400, f"The image could not be fetched from {url}.") from error
        return response.content

    @contextmanager
    def acting(self, store_hash: str, client_id: str = "") -> Iterator[Shop]:
        """A store under the lock; what it wants to send leaves afterwards, outside the lock."""
        with self._posting(), self.lock:
            yield Shop(self, self.store(store_hash), client_id)
            self.world.touched()

    def tick(self) -> None:
        """Finish what is due by the clock (payments, quiet hooks). The runner calls this every second."""
        with self._posting(), self.lock:
            for store in self.state.stores.values():
                resources.settle(Shop(self, store))

    def endpoints(self) -> list[tuple[str, str]]:
        """(method, path below the store, as `/v3/hooks/<int:hook_id>`) of everything served to API clients."""
        start = "/stores/<store_hash>"
        rules = [rule for rule in self.paths.iter_rules() if rule.rule.startswith(start)]
        given = [(method, rule.rule.removeprefix(start)) for rule in rules for method in rule.methods or ()]
        return sorted((method, path) for method, path in given if method not in ("HEAD", "OPTIONS"))

    # The door

    def not_found(self, call: Call) -> Response:
        return answer(Refused(404), _family(call.path))

    def wrong_method(self, call: Call) -> Response:
        return answer(Refused(405), _family(call.path))

    def guard(self, call: Call) -> Response | None:
        for store in self.state.stores.values():
            if store.later:
                resources.settle(Shop(self, store))
        return super().guard(call)

    def finish(self, call: Call, response: Response) -> Response:
        store: Store | None = call.environ.get("bigcommerce.store")
        if store is not None:
            limits.show(store, self.world.clock.now(), response)
        return response

    def fault_response(self, rule: FaultRule) -> Response:
        family = _family(self._out.path)
        shape = v2_body if family == "v2" else v3_body
        title = "The sandbox was told to fail here." if rule.status != 429 else "Too many requests."
        body = rule.body if rule.body is not None else shape(rule.status, title)
        return json_response(body, rule.status, headers=rule.headers)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self._out.path = environ["PATH_INFO"]
        return super().__call__(environ, start_response)

    @contextmanager
    def turn(self, call: Call) -> Iterator[None]:
        del call
        with self._posting(), self.lock:
            yield

    def _endpoint(self, methods: str, path: str, endpoint: Endpoint) -> None:
        def serve(call: Call, store_hash: str, **ids: Any) -> Response:
            try:
                response = endpoint.handler(self._enter(call, endpoint, store_hash), call, **ids)
            except Refused as refused:
                response = answer(refused, endpoint.family)
            return _as_asked(call, endpoint.family, response)

        self.route(methods, f"/stores/<store_hash>{path}", serve)

    def _enter(self, call: Call, endpoint: Endpoint, store_hash: str) -> Shop:
        token, store = self._token(call, endpoint, store_hash)
        call.environ["bigcommerce.store"] = store
        limits.count(store, self.world.clock.now())
        if endpoint.family == "graphql" and not token.app_level:
            raise Refused(401)
        if not endpoint.needs.met_by(token.scopes, call.method):
            raise Refused(403)
        _check_media(call, endpoint.family)
        return Shop(self, store, token.client_id)

    def _token(self, call: Call, endpoint: Endpoint, store_hash: str) -> tuple[Token, Store]:
        token = self.state.tokens.get(call.headers.get("X-Auth-Token", ""))
        if token is not None and token.store_hash == store_hash:
            return token, self.state.stores[store_hash]
        if endpoint.family == "v2" and "X-Auth-Token" not in call.headers:
            raise Refused(401, "No credentials were supplied in the request.")
        raise Refused(401, "Unauthorized" if endpoint.family == "v2" else None)

    @contextmanager
    def _posting(self) -> Iterator[None]:
        self._out.depth += 1
        try:
            yield
            if self._out.depth == 1:
                self._post()
        finally:
            self._out.depth -= 1
            if not self._out.depth:
                self._out.waiting.clear()  # what failed altogether tells nobody

    def _post(self) -> None:
        while self._out.waiting:
            delivery, wait = self._out.waiting.pop(0)
            if wait:
                self.world.deliveries.postpone(delivery, wait)
            else:
                self.world.deliveries.send(delivery)


def _family(path: str) -> Family:
    return "v2" if "/v2/" in path else "graphql" if path.endswith("/graphql") else "v3"


def _check_media(call: Call, family: Family) -> None:
    if family != "v2" and "Accept" in call.headers and not call.accept_mimetypes.accept_json:
        raise Refused(406)
    if call.method in ("POST", "PUT") and call.raw():
        multipart = call.mimetype == "multipart/form-data" and "/images" in call.path
        if call.mimetype != "application/json" and not multipart:
            raise Refused(415)


def _as_asked(call: Call, family: Family, response: Response) -> Response:
    """V2 speaks XML unless JSON is asked for by name."""
    if family != "v2" or not response.is_json or "application/json" in call.headers.get("Accept", ""):
        return response
    return Response(xml_of(response.json), response.status_code, content_type="application/xml")
