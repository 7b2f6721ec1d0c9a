"""The contract's case for BigCommerce: the stand-in in process, our app installed in its demo store."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import httpx

from app.domain.commerce import OrderStatus
from app.domain.ids import CustomerId, OrderId, ProductId
from app.outbound import Outbound
from app.settings import Settings
from app.stores.bigcommerce import BigCommerceDoor, bigcommerce_store
from app.stores.bigcommerce.mapping import ID_BY_STATUS
from app.stores.port import Store
from sandbox import credentials
from sandbox.bigcommerce import BigCommerce, payments
from sandbox.bigcommerce.panel import ControlPanel
from sandbox.bigcommerce.scopes import KNOWN
from sandbox.kernel.transport import InProcess
from sandbox.kernel.world import World
from tests.contract.stores.case import Filled

API, APP = "bigcommerce.test", "app.test"
HASH = credentials.STORE_HASH
BILLING = {
    "first_name": "Ada", "last_name": "Byron", "company": "Analytical Engines", "street_1": "1 Dorset St",
    "city": "London", "state": "", "zip": "W1U 4EG", "country": "United Kingdom", "country_iso2": "GB",
    "phone": "0207946000", "email": "ada@example.com",
}  # fmt: skip
SHIPPING = BILLING | {
    "street_1": "Speicherstr. 1", "city": "Hamburg", "state": "Hamburg", "zip": "20457", "country": "Germany",
    "country_iso2": "DE",
}  # fmt: skip


class Receiver:
    """Our side of the doors: keeps what arrives: (path, query, headers by lower-case name, raw body)."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, str], dict[str, str], bytes]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        names = {key: key[5:].replace("_", "-").lower() for key in environ if key.startswith("HTTP_")}
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        query = dict(parse_qsl(environ["QUERY_STRING"]))
        headers = {name: environ[key] for key, name in names.items()}
        self.received.append((environ["PATH_INFO"], query, headers, body))
        start_response("200 OK", [])
        return [b""]


class Journal(httpx.BaseTransport):
    """Passes everything on and remembers the answers with their requests. `before` is called each time."""

    def __init__(self, inner: httpx.BaseTransport, before: Callable[[], None]) -> None:
        self._inner, self._before = inner, before
        self.entries: list[httpx.Response] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self._before()
        answer = self._inner.handle_request(request)
        whole = answer.read()
        response = httpx.Response(answer.status_code, headers=answer.headers, content=whole, request=request)
        self.entries.append(response)
        return httpx.Response(answer.status_code, headers=answer.headers, content=whole)


@cache
def _stand_in() -> tuple[Receiver, World, BigCommerce]:
    """One for all tests, emptied for each: its two hundred routes take longer to make than a test."""
    receiver = Receiver()
    world = World(transport=InProcess({APP: receiver}), inline=True)
    return receiver, world, BigCommerce(world, allow_plain_http_destinations=True)


class BigCommerceCase:
    """A store nothing happened in yet; `merchant` speaks to it as its own back office, with every right.

    A new case empties the former: they share one stand-in.
    """

    system = "bigcommerce"
    hook_destination = f"http://{APP}/webhooks/bigcommerce"
    held_reasons = ("payment held for review", "payment gateway asks for a fraud review")
    hook_repairs = ("changed", "created", "reactivated")
    hooks_carry_headers = True
    may_lose_thumbnail = True

    def __init__(self) -> None:
        self.receiver, self.world, self.api = _stand_in()
        self.receiver.received.clear()
        self.world.reset()
        self.panel = ControlPanel(self.api)
        inside = InProcess({API: self.api})
        self.settings = _settings()
        self.before_request: Callable[[], None] = lambda: None
        self.journal = Journal(inside, lambda: self.before_request())
        self.outbound = Outbound(self.settings, self.journal)
        self.door = BigCommerceDoor(self.settings, self.outbound)
        self.store: Store = bigcommerce_store(self.settings, self.outbound, HASH, self.panel.issue_token())
        self.panel.register_app(
            "http://office.test/auth", "http://office.test/load", client_id="back-office", scopes=KNOWN
        )
        headers = {"X-Auth-Token": self.panel.issue_token(client_id="back-office"), "Accept": "application/json"}
        self.merchant = httpx.Client(base_url=f"http://{API}/stores/{HASH}", transport=inside, headers=headers)
        self.panel.set_quota(1_000_000)

    def fill(self) -> Filled:
        group = self._make("/v2/customer_groups", {"name": "Wholesale"})["id"]
        people = [{
            "first_name": "Ada", "last_name": "Byron", "email": "ada@example.com", "company": "Analytical Engines",
            "customer_group_id": group,
        }]  # fmt: skip
        self._customer = int(self._make("/v3/customers", people)["data"][0]["id"])
        self._lamp = int(self.product("Lamp"))
        return Filled(self.order(), ProductId(str(self._lamp)), CustomerId(str(self._customer)))

    def order(self, status: OrderStatus = OrderStatus.AWAITING_FULFILLMENT, notes: str = "") -> OrderId:
        made = self._make("/v2/orders", {
            "status_id": ID_BY_STATUS[status], "customer_id": self._customer, "billing_address": BILLING,
            "shipping_addresses": [SHIPPING], "default_currency_code": "EUR", "staff_notes": notes,
            "geoip_country_iso2": "GB", "payment_method": "Credit Card",
            "products": [
                {"product_id": self._lamp, "quantity": 2, "price_ex_tax": 20, "price_inc_tax": 24.4},
                {"name": "Gift wrap", "quantity": 1, "price_ex_tax": 10, "price_inc_tax": 12.2},
            ],
        })  # fmt: skip
        with self.api.lock:
            self.api.store(HASH).orders[made["id"]]["payment_status"] = "captured"
        return OrderId(str(made["id"]))

    def hold_payment(self, order_id: OrderId) -> None:
        with self.api.acting(HASH) as shop:
            order = shop.store.orders[int(order_id)]
            order["payment_status"] = "held for review"
            payments.record(shop, order, "authorization", order["total_inc_tax"], fraud_review=True)

    def product(self, name: str) -> ProductId:
        body = {"name": name, "type": "physical", "weight": 1, "price": 20, "description": "<p>Light</p>"}
        return ProductId(str(self._make("/v3/catalog/products", body)["data"]["id"]))

    def change_order(self, order_id: OrderId) -> None:
        self._ok(self.merchant.put(f"/v2/orders/{order_id}", json={"customer_message": "Please hurry"}))

    def rename_product(self, product_id: ProductId, name: str) -> None:
        self._ok(self.merchant.put(f"/v3/catalog/products/{product_id}", json={"name": name}))

    def revoke_token(self) -> None:
        self.panel.issue_token()

    def spend_quota(self) -> None:
        self.panel.set_quota(0)

    def webhooks(self) -> list[tuple[str, str, bool]]:
        hooks = self.api.store(HASH).hooks.values()
        return [(hook.scope, hook.destination, hook.is_active) for hook in hooks]

    def disturb_webhooks(self) -> None:
        with self.api.lock:
            first, second, third, *_ = self.api.store(HASH).hooks.values()
            first.is_active = False
            third.destination = f"http://{APP}/elsewhere"
            del self.api.store(HASH).hooks[second.id]

    def panels(self) -> list[str]:
        names = {"ORDERS": "order", "PRODUCTS": "product", "CUSTOMERS": "customer"}
        return sorted(names[entry.model] for entry in self.api.store(HASH).extensions.values())

    def links(self, kind: str, object_id: str) -> dict[str, str]:
        family = {"order": "orders", "product": "catalog/products", "customer": "customers"}[kind]
        found = self._ok(self.merchant.get(f"/v3/{family}/{object_id}/metafields")).json()["data"]
        return {field["key"]: field["value"] for field in found if field["namespace"] == "opentext_ecm"}

    def _make(self, path: str, body: Any) -> Any:
        return self._ok(self.merchant.post(path, json=body)).json()

    def _ok(self, response: httpx.Response) -> httpx.Response:
        assert response.is_success, response.text
        return response


def _settings() -> Settings:
    return Settings.model_validate({
        "secret_key": "a-contract-test-key-0123456789-abcdef",
        "public_url": f"http://{APP}",
        "allow_plain_http": True,
        "bigcommerce": {
            "client_id": credentials.APP_CLIENT_ID,
            "client_secret": credentials.APP_CLIENT_SECRET,
            "login_url": f"http://{API}",
            "api_url": f"http://{API}",
        },
    })  # fmt: skip
