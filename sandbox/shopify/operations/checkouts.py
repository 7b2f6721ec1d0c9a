"""Abandoned checkouts: read only for apps. Source: Admin GraphQL API reference, abandonedCheckouts."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox.shopify import changed, lists
from sandbox.shopify.connections import Listing
from sandbox.shopify.gids import gid
from sandbox.shopify.money import bag, decimal
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON


@query("abandonedCheckouts")
def listed(shop: Shop, _node: JSON, args: JSON) -> Listing:
    """Carts somebody left behind; those that became orders are complete."""
    filters: dict[str, Callable[[JSON], Any]] = {
        **lists.common(),
        "status": lambda c: "closed" if c["completedAt"] else "open",
        "recovery_state": lambda c: "recovered" if c["completedAt"] else "not_recovered",
        "email_state": lambda _c: "not_sent",
    }
    found = [c for c in shop.all("AbandonedCheckout") if c["abandoned"]]
    sorts = {"CREATED_AT": lambda c: c["createdAt"], "CUSTOMER_NAME": lambda c: c["name"]}
    return lists.listing(shop, found, args, filters, sorts)


def goods(node: JSON) -> Decimal:
    return sum((decimal(line["price"]) * line["quantity"] for line in node["lines"]), Decimal(0))


for _name in ("totalPriceSet", "subtotalPriceSet", "totalLineItemsPriceSet"):
    field("AbandonedCheckout", _name)(lambda s, c, _: bag(goods(c), s.currency))
for _name in ("totalTaxSet", "totalDiscountSet"):
    field("AbandonedCheckout", _name)(lambda s, _c, _a: bag(0, s.currency))
FACTS: dict[str, Resolver] = {
    "customer": lambda s, c, _: s.find("Customer", c["customerId"]),
    "lineItems": lambda _s, c, _a: c["lines"],
    "defaultCursor": lambda _s, c, _a: c["id"],
    "taxesIncluded": lambda s, _c, _a: s.store.profile["taxesIncluded"],
    "taxLines": lambda _s, _c, _a: [],
    "discountCodes": lambda _s, _c, _a: [],
    "customAttributes": lambda _s, _c, _a: [],
}
for _name, _resolver in FACTS.items():
    field("AbandonedCheckout", _name)(_resolver)
field("AbandonedCheckoutLineItem", "variant")(lambda s, x, _: s.find("ProductVariant", x["variantId"]))


def leave(shop: Shop, customer: JSON | None, lines: list[JSON], email: str | None = None) -> JSON:
    """A buyer gave an address, put things into a cart, and went away. `lines`: fields of LineItem."""
    number, at = shop.next("checkout name"), shop.stamp()
    place = customer["addresses"][0] if customer and customer["addresses"] else None
    plain = {"variantId": None, "productId": None, "sku": None, "vendor": None, "variantTitle": None}
    made = shop.new(
        "AbandonedCheckout", name=f"#{number}", createdAt=at, updatedAt=at, completedAt=None, abandoned=True, note="",
        customerId=customer["id"] if customer else None, email=email or (customer["email"] if customer else None),
        shippingAddress=place, billingAddress=place, abandonedCheckoutUrl=shop.url(f"/checkouts/{number}/recover"),
        lines=[],
    )  # fmt: skip
    for line in lines:
        item = gid("AbandonedCheckoutLineItem", shop.next("AbandonedCheckoutLineItem"))
        made["lines"].append({**plain, **line, "__typename": "AbandonedCheckoutLineItem", "id": item})
    changed.tell(shop, made, "create")
    return made
