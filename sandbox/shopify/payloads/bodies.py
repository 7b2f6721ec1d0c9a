"""The body of a record's topic, by its type."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.shopify.payloads import customers, orders, products
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

Body = Callable[["Shop", JSON], JSON]
BODIES: dict[str, Body] = {
    "Order": orders.order,
    "OrderTransaction": orders.transaction,
    "Refund": orders.refund,
    "Fulfillment": orders.fulfillment,
    "Customer": customers.customer,
    "Product": products.product,
    "InventoryItem": products.inventory_item,
    "Collection": products.collection,
}
tender = orders.tender


def of(shop: "Shop", record: JSON) -> JSON:
    return BODIES[record["__typename"]](shop, record)


def deleted(shop: "Shop", record: JSON) -> JSON:
    """What is left to say of a deleted record."""
    del shop
    return products.deleted(record)
