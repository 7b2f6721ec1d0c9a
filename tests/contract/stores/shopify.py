"""The contract's case for Shopify: the stand-in in process, our app installed in one of its shops."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from app.domain.commerce import OrderStatus
from app.domain.ids import CustomerId, OrderId, ProductId
from app.outbound import Outbound
from app.settings import Settings
from app.stores.port import Store
from app.stores.shopify import hook_events, shopify_store
from app.stores.shopify.tokens import ShopToken
from sandbox import credentials
from sandbox.kernel.transport import InProcess
from sandbox.kernel.world import World
from sandbox.shopify import Shopify, addresses, making, order_facts, placing, resolving, scopes
from sandbox.shopify.panel import Admin
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON
from tests.contract.stores.bigcommerce import Journal
from tests.contract.stores.case import Filled

API, APP = "shopify.test", "app.test"
SHOP = credentials.SHOPIFY_SHOP
BILLING = {
    "firstName": "Ada", "lastName": "Byron", "company": "Analytical Engines", "address1": "1 Dorset St",
    "city": "London", "zip": "W1U 4EG", "countryCode": "GB", "phone": "0207946000",
}  # fmt: skip
SHIPPING = BILLING | {"address1": "Speicherstr. 1", "city": "Hamburg", "zip": "20457", "countryCode": "DE"}
OWNERS = {"order": "Order", "product": "Product", "customer": "Customer", "company": "Company"}


class Keeper:
    """Where the shop's token lies, in a test."""

    def __init__(self, token: str) -> None:
        self.token = token

    def load(self) -> str:
        return self.token

    def replace(self, former: str, token: str, scopes: frozenset[str]) -> bool:
        del scopes
        taken = former == self.token
        self.token = token if taken else self.token
        return taken

    @contextmanager
    def holding(self) -> Iterator[None]:
        yield


@cache
def _stand_in() -> tuple[World, Shopify]:
    """One for all tests, emptied for each: its schema takes longer to make than a test."""
    resolving.schema()  # so that no request's deadline pays for it
    world = World(transport=InProcess({}), inline=True)
    return world, Shopify(world, base_url=f"http://{API}", app_base_url=f"http://{APP}")


class ShopifyCase:
    """A shop nothing happened in yet. A new case empties the former: they share one stand-in."""

    system = "shopify"
    hook_destination = f"http://{APP}/shopify/webhooks"
    held_reasons = ("Shopify advises to look into the order",)
    hook_repairs = ("changed", "created")
    hooks_carry_headers = False
    may_lose_thumbnail = False

    def __init__(self, *, granted: tuple[str, ...] | None = None) -> None:
        self.world, self.api = _stand_in()
        self.world.reset()
        self.panel = Admin(self.api)
        self.settings = _settings()
        self.before_request: Callable[[], None] = lambda: None
        self.journal = Journal(InProcess({API: self.api}), lambda: self.before_request())
        self.outbound = Outbound(self.settings, self.journal)
        self.store = self.connect(granted or (*scopes.REQUIRED, *scopes.OPTIONAL))

    def connect(self, granted: tuple[str, ...]) -> Store:
        """Our clients with a fresh token of these scopes."""
        token = ShopToken(self.panel.issue_token(SHOP, granted), frozenset(granted)).sealed()
        return shopify_store(self.settings, self.outbound, SHOP, token, Keeper(token))

    @contextmanager
    def acting(self) -> Iterator[Shop]:
        """The shop in the merchant's hands."""
        with self.api.acting(SHOP) as shop:
            yield shop

    def fill(self) -> Filled:
        with self.acting() as shop:
            self._person = making.customer(
                shop, firstName="Ada", lastName="Byron", email="ada@example.com", tags=["Wholesale"],
                addresses=[addresses.mailing(shop, BILLING)],
            )  # fmt: skip
        self._lamp = self._product("Lamp")
        return Filled(self.order(), ProductId(_number(self._lamp)), CustomerId(_number(self._person)))

    def order(self, status: OrderStatus = OrderStatus.AWAITING_FULFILLMENT, notes: str = "") -> OrderId:
        with self.acting() as shop:
            (variant,) = shop.where("ProductVariant", productId=self._lamp["id"])
            made = placing.place(
                shop,
                {
                    "customerId": self._person["id"], "email": "ada@example.com", "note": notes or None,
                    "billingAddress": addresses.mailing(shop, BILLING), "taxesIncluded": False, "taxRate": "0.22",
                    "shippingAddress": addresses.mailing(shop, SHIPPING),
                },
                [placing.line_of(shop, variant, 2, price="20.00"), {"title": "Gift wrap", "price": "10.00"}],
            )  # fmt: skip
        order_id = OrderId(_number(made))
        if status is not OrderStatus.AWAITING_FULFILLMENT:
            self.store.publish.set_order_status(order_id, status)
        return order_id

    def hold_payment(self, order_id: OrderId) -> None:
        """Authorised, not taken, and Shopify's own look at it says: look closer."""
        with self.acting() as shop:
            order = self._order(shop, order_id)
            for transaction in order_facts.transactions(shop, order):
                shop.drop(transaction)
            order["assessments"] = [{"riskLevel": "MEDIUM", "facts": [], "clientId": ""}]
            placing.update(shop, order)

    def product(self, name: str) -> ProductId:
        return ProductId(_number(self._product(name)))

    def change_order(self, order_id: OrderId) -> None:
        with self.acting() as shop:
            order = self._order(shop, order_id)
            order["poNumber"] = f"PO-{shop.next('purchase order')}"
            placing.update(shop, order)

    def rename_product(self, product_id: ProductId, name: str) -> None:
        with self.acting() as shop:
            product = shop.find("Product", f"gid://shopify/Product/{product_id}")
            assert product is not None
            product["title"] = name
            shop.touch(product)

    def revoke_token(self) -> None:
        self.panel.expire_tokens(SHOP)

    def spend_quota(self) -> None:
        self.panel.throttle(30, SHOP)

    def webhooks(self) -> list[tuple[str, str, bool]]:
        with self.acting() as shop:
            found = shop.all("WebhookSubscription")
        return [(_topic(one["topic"]), one["uri"], True) for one in found]

    def disturb_webhooks(self) -> None:
        """Shopify deletes one after failures, somebody points another elsewhere."""
        with self.acting() as shop:
            first, second, *_ = shop.all("WebhookSubscription")
            shop.drop(first)
            second["uri"] = f"http://{APP}/elsewhere"

    def panels(self) -> list[str]:
        with self.acting() as shop:
            shown = [one["ownerType"].lower() for one in shop.all("MetafieldDefinition")]
        return sorted(shown)

    def links(self, kind: str, object_id: str) -> dict[str, str]:
        with self.acting() as shop:
            found = shop.where("Metafield", ownerId=f"gid://shopify/{OWNERS[kind]}/{object_id}")
        return {one["key"]: one["value"] for one in found if one["namespace"] == "app--1"}

    def _product(self, name: str) -> JSON:
        with self.acting() as shop:
            made = making.product(shop, title=name, descriptionHtml="<p>Light</p>")
            making.variant(shop, made, price="20.00", sku=name.upper().replace(" ", "-"))
            return made

    def _order(self, shop: Shop, order_id: str) -> JSON:
        found = shop.find("Order", f"gid://shopify/Order/{order_id}")
        assert found is not None
        return found


def _number(record: JSON) -> str:
    return str(record["id"]).rpartition("/")[2]


def _topic(name: str) -> str:
    """`PRODUCT_PUBLICATIONS_CREATE` → `product_publications/create`."""
    return next(one for one in hook_events.by_shop() if one.replace("/", "_").upper() == name)


def _settings() -> Settings:
    return Settings.model_validate({
        "secret_key": "a-contract-test-key-0123456789-abcdef",
        "public_url": f"http://{APP}",
        "allow_plain_http": True,
        "shopify": {
            "client_id": credentials.SHOPIFY_CLIENT_ID,
            "client_secret": credentials.SHOPIFY_CLIENT_SECRET,
            "shop_url": f"http://{API}/{{shop}}",
        },
    })  # fmt: skip


__all__ = ["SHOP", "Keeper", "ShopifyCase"]
