"""The one table of Shopify's webhook topics: what each tells of, where its id is, what it must be called.

What is in it is what the app's configuration subscribes to. Of the topics that name neither order, product, customer
nor company (fulfillment orders, returns/update, inventory levels) only those are in it that no other topic tells; the
rest is told by the order's or product's own, and by reconciliation. There are none for prices, catalogs, pages and
policies: these are polled.

Source: Shopify developer documentation, webhook topics and their sample payloads.
"""

from collections.abc import Collection
from dataclasses import dataclass

from app.domain.events import Topic
from app.domain.ids import ObjectType

GID = "admin_graphql_api_id"


@dataclass(frozen=True)
class Told:
    """Topics of one shape. `where`: the way to the object's number or global id; empty: the shop itself.

    `kind`: the global id's type of what the body is about (at `admin_graphql_api_id`); a body that names another is
    not of this topic, whatever the header says. Empty: the body names none. `details`: our name → where it is.
    """

    topic: Topic
    object_type: ObjectType
    where: tuple[str, ...]
    names: tuple[str, ...]
    kind: str = ""
    details: tuple[tuple[str, tuple[str, ...]], ...] = ()
    has: str = ""  # a field that tells this topic's body from its neighbours'
    says: tuple[tuple[str, str], ...] = ()  # further details, whatever the body


def _each(family: str, events: str) -> tuple[str, ...]:
    return tuple(f"{family}/{event}" for event in events.split())


ORDER, PRODUCT, CUSTOMER, COMPANY = ObjectType.ORDER, ObjectType.PRODUCT, ObjectType.CUSTOMER, ObjectType.COMPANY
RETURN = (("return_id", (GID,)),)
EVENTS: tuple[Told, ...] = (
    Told(Topic.ORDER_CHANGED, ORDER, ("id",),
         _each("orders", "create updated paid cancelled fulfilled partially_fulfilled"), "Order"),
    Told(Topic.ORDER_CHANGED, ORDER, ("id",), ("orders/delete",)),
    Told(Topic.ORDER_CHANGED, ORDER, ("order_edit", "order_id"), ("orders/edited",)),
    Told(Topic.ORDER_CHANGED, ORDER, ("order_id",), ("orders/risk_assessment_changed",)),
    Told(Topic.ORDER_CHANGED, ORDER, ("order_id",), ("order_transactions/create",), "OrderTransaction",
         (("transaction_id", ("id",)),)),
    Told(Topic.ORDER_CHANGED, ORDER, ("order_id",), ("refunds/create",), "Refund", (("refund_id", ("id",)),)),
    Told(Topic.ORDER_CHANGED, ORDER, ("order_id",), _each("fulfillments", "create update"), "Fulfillment",
         (("shipment_id", ("id",)),)),
    Told(Topic.ORDER_CHANGED, ORDER, ("order_id",), ("fulfillment_events/create",), "FulfillmentEvent",
         (("shipment_id", ("fulfillment_id",)),)),
    Told(Topic.SHIPPING_CHANGED, ORDER, ("fulfillment_order", "id"), ("fulfillment_orders/placed_on_hold",), "",
         has="created_fulfillment_hold", says=(("happened", "held"),)),
    Told(Topic.SHIPPING_CHANGED, ORDER, ("fulfillment_order", "id"), ("fulfillment_orders/rescheduled",), "",
         says=(("happened", "rescheduled"),)),
    Told(Topic.ORDER_CHANGED, ORDER, ("order", "id"), _each("returns", "request approve decline"), "Return", RETURN),
    Told(Topic.ORDER_CHANGED, ORDER, ("order_id",), _each("returns", "cancel close"), "Return", RETURN),
    Told(Topic.ORDER_CHANGED, ORDER, ("order_id",), ("returns/reopen",), "Return", RETURN,
         says=(("reopened", "yes"),)),
    Told(Topic.ORDER_CHANGED, ORDER, ("order_id",), _each("disputes", "create update"), "",
         (("dispute_id", ("id",)),)),
    Told(Topic.PRODUCT_CHANGED, PRODUCT, ("id",), _each("products", "create update"), "Product"),
    # Read again, and found gone: the topic is not signed, so it alone ends nothing.
    Told(Topic.PRODUCT_CHANGED, PRODUCT, ("id",), ("products/delete",)),
    Told(Topic.PRODUCT_CHANGED, PRODUCT, ("product_id",), _each("product_publications", "create update")),
    Told(Topic.STOCK_CHANGED, PRODUCT, ("product_id",), _each("variants", "in_stock out_of_stock"), "ProductVariant"),
    Told(Topic.CUSTOMER_CHANGED, CUSTOMER, ("id",), _each("customers", "create update enable disable"), "Customer"),
    Told(Topic.CUSTOMER_CHANGED, CUSTOMER, ("id",), ("customers/delete",)),
    Told(Topic.CUSTOMER_CHANGED, CUSTOMER, ("customerId",), ("customer.tags_added", "customer.tags_removed")),
    Told(Topic.COMPANY_CHANGED, COMPANY, (GID,), _each("companies", "create update delete"), "Company"),
    Told(Topic.COMPANY_CHANGED, COMPANY, ("company", GID), _each("company_locations", "create update delete"),
         "CompanyLocation"),
    Told(Topic.COMPANY_CHANGED, COMPANY, ("company", GID), _each("company_contacts", "create update delete"),
         "CompanyContact"),
    Told(Topic.COMPANY_CHANGED, COMPANY, ("company_contact", "company", GID),
         _each("company_contact_roles", "assign revoke")),
    Told(Topic.QUOTE_CHANGED, CUSTOMER, ("customer", "id"), _each("draft_orders", "create update"), "DraftOrder",
         (("quote_id", (GID,)),)),
    # One place for all promotions: what changed is found by looking at them.
    Told(Topic.PROMOTION_CHANGED, ObjectType.STORE, (), _each("discounts", "create update delete redeemcode_added"), "",
         (("promotion_id", (GID,)),), has=GID),
    Told(Topic.STORE_CHANGED, ObjectType.STORE, (), ("shop/update",)),
    Told(Topic.SCOPES_CHANGED, ObjectType.STORE, (), ("app/scopes_update",)),
    Told(Topic.APP_UNINSTALLED, ObjectType.STORE, (), ("app/uninstalled",)),
)  # fmt: skip
COMPLIANCE: tuple[Told, ...] = (
    Told(Topic.DATA_REQUESTED, CUSTOMER, ("customer", "id"), ("customers/data_request",), "",
         (("reference", ("data_request", "id")),), has="orders_requested"),
    Told(Topic.PERSON_REDACTED, CUSTOMER, ("customer", "id"), ("customers/redact",), has="orders_to_redact"),
    Told(Topic.STORE_REDACTED, ObjectType.STORE, (), ("shop/redact",)),
)  # fmt: skip
FOREIGN = frozenset({"customer", "customer_id", "id"})  # what `shop/redact` never has: it is not another's body
# The body of these names the shop it is about; it must be the one of the header.
NAMES_SHOP = {
    "shop/update": "myshopify_domain", "app/uninstalled": "myshopify_domain", "customers/data_request": "shop_domain",
    "customers/redact": "shop_domain", "shop/redact": "shop_domain",
}  # fmt: skip
# Needed whatever the merchant switched on: panels show what they tell, and the life of an installation.
ALWAYS = frozenset({
    Topic.ORDER_CHANGED, Topic.PRODUCT_CHANGED, Topic.CUSTOMER_CHANGED, Topic.STORE_CHANGED,
    Topic.SCOPES_CHANGED, Topic.APP_UNINSTALLED,
})  # fmt: skip
# Families whose scope is optional: the app's configuration cannot name them for every shop, so each shop that gave the
# scope is subscribed by itself.
OPTIONAL = {
    "discounts": "read_discounts", "draft_orders": "read_draft_orders",
    "disputes": "read_shopify_payments_disputes", "fulfillment_events": "read_fulfillments",
    "fulfillments": "read_fulfillments", "product_publications": "read_publications",
}  # fmt: skip
_BY_NAME = {name: told for told in (*EVENTS, *COMPLIANCE) for name in told.names}


def told_by(topic: str) -> Told | None:
    """What a delivery of this topic tells; None for what we do not act on."""
    return _BY_NAME.get(topic)


def topics(wanted: Collection[Topic] | None = None) -> list[str]:
    """The topics to subscribe to for what is waited for (None: all), compliance not among them."""
    return [name for told in EVENTS if wanted is None or told.topic in ALWAYS | set(wanted) for name in told.names]


def configured() -> list[str]:
    """What the app's configuration subscribes to, for all shops."""
    return [name for name in topics() if name.partition("/")[0] not in OPTIONAL]


def by_shop(wanted: Collection[Topic] | None = None) -> dict[str, str]:
    """Topic → the scope it needs: what is subscribed to in each shop that gave it."""
    return {name: scope for name in topics(wanted) if (scope := OPTIONAL.get(name.partition("/")[0]))}


def compliance_topics() -> list[str]:
    return [name for told in COMPLIANCE for name in told.names]


__all__ = [
    "ALWAYS", "COMPLIANCE", "EVENTS", "NAMES_SHOP", "OPTIONAL", "Told", "by_shop", "compliance_topics", "configured",
    "told_by", "topics",
]  # fmt: skip
