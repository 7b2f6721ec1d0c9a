"""The body of a record's topic, by its type."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.shopify.payloads import companies, customers, fulfillment, orders, products, returns, sales
from sandbox.shopify.payloads.common import identity, number
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

Body = Callable[["Shop", JSON], JSON]
BODIES: dict[str, Body] = {
    "Order": orders.order,
    "OrderTransaction": orders.transaction,
    "Refund": orders.refund,
    "Fulfillment": orders.fulfillment,
    "FulfillmentEvent": fulfillment.event,
    "Return": returns.whole,
    "Customer": customers.customer,
    "Company": companies.company,
    "CompanyLocation": companies.location,
    "CompanyContact": companies.contact,
    "CompanyContactRoleAssignment": companies.role,
    "Product": products.product,
    "InventoryItem": products.inventory_item,
    "Collection": products.collection,
    "DraftOrder": sales.draft,
    "AbandonedCheckout": sales.checkout,
    "PaymentTerms": sales.terms,
    "PaymentSchedule": sales.schedule,
    "ShopifyPaymentsDispute": sales.dispute,
    "DiscountCodeNode": sales.discount,
    "DiscountAutomaticNode": sales.discount,
    "Metaobject": sales.metaobject,
    "BulkOperation": sales.bulk,
}
# Companies are told whole once more when they go.
WHOLE_WHEN_GONE = ("Company", "CompanyLocation", "CompanyContact")
tender = orders.tender


def of(shop: "Shop", record: JSON) -> JSON:
    return BODIES[record["__typename"]](shop, record)


def deleted(shop: "Shop", record: JSON) -> JSON:
    """What is left to say of a deleted record."""
    kind = record["__typename"]
    if kind in WHOLE_WHEN_GONE:
        return of(shop, record)
    if kind == "Customer":
        return identity(record) | {"tax_exemptions": []}
    return {"id": number(record["id"])}
