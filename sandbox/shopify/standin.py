"""The Shopify stand-in: admin, OAuth and API hosts of all shops in one WSGI app.

A shop is reached at `{base_url}/{shop}.myshopify.com/admin/...`, or with that name as the request's Host, as the real
ones are. Other addresses: `/admin/store/{handle}/...` (the admin people see), `/uploads`, `/cdn`, `/bulk`.
"""

import base64
import json
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
from werkzeug.wrappers import Response

from sandbox.kernel.deliveries import Delivery
from sandbox.kernel.faults import FaultRule
from sandbox.kernel.standin import Call, StandIn, json_response
from sandbox.kernel.world import World
from sandbox.shopify import graphql_door, installing, oauth, operations, seed, storage
from sandbox.shopify.admin import AdminDoor
from sandbox.shopify.operations.shops import shop_node
from sandbox.shopify.shop import EVERYTHING, Shop
from sandbox.shopify.state import JSON, App, Later, State, Store

SHOP = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")
ADMIN = ("/admin/store/", "/admin/extensions/", "/admin/static/")


class _Outbox(threading.local):
    """What the present thread's call wants to send, and how deep calls are nested."""

    def __init__(self) -> None:
        self.depth = 0
        self.waiting: list[Delivery] = []


class Shopify(StandIn):
    """`base_url`: where this stand-in is reached. `app_base_url`: the app that the demo's profile registers.

    `seeded`: whether the demo shops start with goods, people and orders. `allow_lasting_tokens`: whether an app may
    still ask for offline tokens that never expire.
    """

    system = "shopify"

    def __init__(
        self,
        world: World,
        *,
        base_url: str = "http://shopify.test",
        app_base_url: str = "http://app.test",
        allow_lasting_tokens: bool = False,
        seeded: bool = False,
    ) -> None:
        super().__init__(world)
        self.base_url, self.app_base_url = base_url.rstrip("/"), app_base_url.rstrip("/")
        self.allow_lasting_tokens, self.seeded = allow_lasting_tokens, seeded
        self._admin = AdminDoor(self)
        self._out = _Outbox()
        self._routes()
        world.clock.on_advance(self.tick)

    @property
    def state(self) -> State:
        return self.world.state(self.system, lambda: seed.make(self))

    def store(self, domain: str) -> Store:
        """The shop of this domain or handle. ValueError when there is none."""
        name = domain if domain.endswith(".myshopify.com") else f"{domain}.myshopify.com"
        found = self.state.shops.get(name)
        if found is None:
            raise ValueError(f"store: there is no shop {domain}")
        return found

    # Addresses

    def shop_url(self, domain: str) -> str:
        return f"{self.base_url}/{domain}"

    def admin_url(self, store: Store, path: str = "") -> str:
        """The page of the stand-in admin: `path` like `/orders/1001`."""
        return f"{self.base_url}/admin/store/{store.handle}{path}"

    def host_parameter(self, store: Store) -> str:
        """`host` of the app's first request: base64 of where the admin of this shop is."""
        return base64.b64encode(f"admin.shopify.com/store/{store.handle}".encode()).decode().rstrip("=")

    # What resources use

    def queue(self, delivery: Delivery) -> None:
        """Send when the present call is done, so that a receiver that asks back finds the change."""
        self._out.waiting.append(delivery)

    def later(self, shop: Shop, seconds: float, work: Later) -> None:
        """At once when nothing is to be waited for, else by the clock."""
        if seconds <= 0:
            operations.finish(shop, work)
            return
        work.due = shop.now() + timedelta(seconds=seconds)
        shop.store.later.append(work)

    def shop_node(self, shop: Shop) -> JSON:
        return shop_node(shop)

    def fetch(self, url: str) -> tuple[str, bytes] | None:
        """(type, bytes) of a public address; None when it cannot be had."""
        try:
            response = self.world.deliveries.client.get(url, follow_redirects=True)
            response.raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL, ConnectionError):
            return None
        return response.headers.get("Content-Type", "application/octet-stream"), response.content

    def note_installed(self, store: Store, app: App, granted: Iterable[str]) -> None:
        installing.install(self, store, app, granted)

    @contextmanager
    def acting(self, domain: str, client_id: str = "") -> Iterator[Shop]:
        """A shop under the lock, with the merchant's rights; what it wants to send leaves afterwards."""
        with self._posting(), self.lock:
            yield Shop(self, self.store(domain), client_id, frozenset({EVERYTHING}))
            self.world.touched()

    def tick(self) -> None:
        """Finish what is due by the clock (jobs, files, bulk operations). The runner calls this every second."""
        with self._posting(), self.lock:
            for store in self.state.shops.values():
                self._settle(store)

    def _settle(self, store: Store) -> None:
        now = self.world.clock.now()
        due = [work for work in store.later if work.due <= now]
        if not due:
            return
        store.later = [work for work in store.later if work.due > now]
        for work in sorted(due, key=lambda item: item.due):
            operations.finish(Shop(self, store, scopes=frozenset({EVERYTHING})), work)
        self.world.touched()

    # The door

    def _routes(self) -> None:
        self.route("POST", "/<shop>/admin/oauth/access_token", lambda c, shop: oauth.token(self, self._shop(shop), c))
        self.route("GET", "/<shop>/admin/oauth/authorize", lambda c, shop: oauth.authorize(self, self._shop(shop), c))
        self.route("GET", "/<shop>/admin/oauth/install", lambda c, shop: installing.page(self, self._shop(shop), c))
        self.route(
            "POST",
            "/<shop>/admin/api/<version>/graphql.json",
            lambda c, shop, version: graphql_door.serve(self, self._shop(shop), c, version),
        )
        storage.routes(self)

    def _shop(self, name: str) -> Store:
        return self.state.shops[name]

    def guard(self, call: Call) -> Response | None:
        for store in self.state.shops.values():
            if store.later:
                self._settle(store)
        first = call.path.split("/")[1]
        if SHOP.fullmatch(first) and first not in self.state.shops:
            return json_response({"errors": "Not Found"}, 404)
        return None

    def not_found(self, call: Call) -> Response:  # noqa: ARG002
        return json_response({"errors": "Not Found"}, 404)

    def wrong_method(self, call: Call) -> Response:  # noqa: ARG002
        return json_response({"errors": "Method Not Allowed"}, 405)

    def operation(self, call: Call) -> str:
        """The name of a GraphQL request's operation; read only while a fault waits for one."""
        if not self.world.faults.rules or not call.path.endswith("/graphql.json"):
            return ""
        try:
            name = json.loads(call.raw()).get("operationName")
        except (ValueError, AttributeError):
            return ""
        return name if isinstance(name, str) else ""

    def fault_response(self, rule: FaultRule) -> Response:
        usual = {"errors": "Exceeded API call limits." if rule.status == 429 else "The sandbox was told to fail here."}
        headers = dict(rule.headers)
        if rule.status == 429:
            headers.setdefault("Retry-After", "2.0")
        return json_response(usual if rule.body is None else rule.body, rule.status, headers=headers)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(ADMIN):
            return self._admin(environ, start_response)
        host = environ.get("HTTP_HOST", "").partition(":")[0]
        if SHOP.fullmatch(host):
            environ = environ | {"PATH_INFO": f"/{host}{path}"}
        return super().__call__(environ, start_response)

    @contextmanager
    def turn(self, call: Call) -> Iterator[None]:
        del call
        with self._posting(), self.lock:
            yield

    @contextmanager
    def _posting(self) -> Iterator[None]:
        self._out.depth += 1
        try:
            yield
            if self._out.depth == 1:
                while self._out.waiting:
                    self.world.deliveries.send(self._out.waiting.pop(0))
        finally:
            self._out.depth -= 1
            if not self._out.depth:
                self._out.waiting.clear()  # what failed altogether tells nobody
