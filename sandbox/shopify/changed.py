"""Something was changed: its time moves, and whoever asked hears of it. One place knows each type's webhook."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.shopify.payloads import bodies
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

# Type -> (resource of the topic, the body of create and update)
TOPICS: dict[str, str] = {
    "Order": "orders", "Product": "products", "Customer": "customers", "Company": "companies",
    "CompanyLocation": "company_locations", "CompanyContact": "company_contacts", "DraftOrder": "draft_orders",
    "Fulfillment": "fulfillments", "ShopifyPaymentsDispute": "disputes", "AbandonedCheckout": "checkouts",
    "Collection": "collections", "InventoryItem": "inventory_items", "PaymentTerms": "payment_terms",
    "DiscountCodeNode": "discounts", "DiscountAutomaticNode": "discounts", "Metaobject": "metaobjects",
}  # fmt: skip
NAMED: dict[str, str] = {"Order": "updated"}
Body = Callable[["Shop", JSON], JSON]


def tell(shop: "Shop", record: JSON, event: str = "") -> None:
    """Touch the record and send its topic: `update` (or what the type calls it) unless said otherwise."""
    kind = record["__typename"]
    shop.touch(record)
    resource = TOPICS.get(kind)
    if resource is not None and not shop.muted:
        name = event or NAMED.get(kind, "update")
        shop.emit(f"{resource}/{name}", lambda: bodies.of(shop, record))


def gone(shop: "Shop", record: JSON) -> None:
    """The record was deleted: its topic says so, with little more than the id."""
    resource = TOPICS.get(record["__typename"])
    if resource is not None:
        shop.emit(f"{resource}/delete", bodies.deleted(shop, record))
