"""Webhook topics the stand-in sends, and the scopes any one of which an app needs to hear them.

Source: Shopify developer documentation, webhook topics. The three compliance topics are asked for in the app's
configuration only and need no scope.
"""

from sandbox.shopify.scopes import FULFILLMENT_ORDERS

COMPLIANCE = ("customers/data_request", "customers/redact", "shop/redact")
_ORDERS, _RETURNS, _CUSTOMERS = ("read_orders",), ("read_returns",), ("read_customers",)
_COMPANIES, _PRODUCTS = ("read_customers", "read_companies"), ("read_products",)

_GROUPS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    ((), "app", "uninstalled scopes_update"),
    ((), "shop", "update"),
    ((), "bulk_operations", "finish"),
    (_ORDERS, "orders", "create updated paid cancelled fulfilled partially_fulfilled edited delete "
                        "risk_assessment_changed"),
    (_ORDERS, "order_transactions", "create"),
    (_ORDERS, "refunds", "create"),
    (_ORDERS, "tender_transactions", "create"),
    (_ORDERS, "checkouts", "create update delete"),
    (_RETURNS, "returns", "request approve decline update process"),
    (("read_orders", "read_returns"), "returns", "cancel close reopen"),
    (_RETURNS, "reverse_deliveries", "attach_deliverable"),
    (_RETURNS, "reverse_fulfillment_orders", "dispose"),
    (("read_shopify_payments_disputes",), "disputes", "create update"),
    (_CUSTOMERS, "customers", "create update delete enable disable"),
    (_COMPANIES, "companies", "create update delete"),
    (_COMPANIES, "company_locations", "create update delete"),
    (_COMPANIES, "company_contacts", "create update delete"),
    (_COMPANIES, "company_contact_roles", "assign revoke"),
    (_PRODUCTS, "products", "create update delete"),
    (_PRODUCTS, "collections", "create update delete"),
    (_PRODUCTS, "variants", "in_stock out_of_stock"),
    (("read_publications",), "product_publications", "create update delete"),
    (("read_inventory",), "inventory_levels", "update connect disconnect"),
    (("read_inventory", "read_products"), "inventory_items", "create update delete"),
    (("read_fulfillments",), "fulfillments", "create update"),
    (("read_fulfillments",), "fulfillment_events", "create"),
    (FULFILLMENT_ORDERS, "fulfillment_orders", "placed_on_hold hold_released rescheduled moved split merged cancelled "
                                               "order_routing_complete scheduled_fulfillment_order_ready"),
    (FULFILLMENT_ORDERS, "fulfillment_holds", "added released"),
    (("read_draft_orders",), "draft_orders", "create update delete"),
    (("read_payment_terms",), "payment_terms", "create update delete"),
    (("read_payment_terms",), "payment_schedules", "due"),
    (("read_discounts",), "discounts", "create update delete redeemcode_added redeemcode_removed"),
    (("read_locales",), "locales", "create update destroy"),
    (("read_metaobjects",), "metaobjects", "create update delete"),
)  # fmt: skip

NEEDS: dict[str, tuple[str, ...]] = {
    f"{resource}/{event}": needed for needed, resource, events in _GROUPS for event in events.split()
} | {"customer.tags_added": _CUSTOMERS, "customer.tags_removed": _CUSTOMERS}


def needs(topic: str) -> tuple[str, ...]:
    return NEEDS.get(topic, ())


def enum(topic: str) -> str:
    """`orders/create` as ORDERS_CREATE, the name in WebhookSubscriptionTopic."""
    return topic.replace("/", "_").replace(".", "_").upper()


def name(value: str) -> str:
    """The topic of an enumeration value; the value in lower case where the stand-in sends no such topic."""
    return next((topic for topic in NEEDS if enum(topic) == value), value.lower())


def known(topic: str) -> bool:
    return topic in NEEDS or topic in COMPLIANCE
