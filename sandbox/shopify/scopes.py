"""Access scopes: names, what implies what, and which scope opens which part of the schema.

Source: the table of required scopes that Shopify publishes beside its schema; Admin API access scopes.
"""

from collections.abc import Iterable

REQUIRED = (
    "write_orders", "write_returns", "write_customers", "write_products", "write_files",
    "write_merchant_managed_fulfillment_orders", "write_third_party_fulfillment_orders",
)  # fmt: skip
OPTIONAL = (
    "read_all_orders", "write_fulfillments", "write_order_edits", "write_draft_orders", "write_payment_terms",
    "write_publications", "write_inventory", "read_locations", "write_discounts", "write_content",
    "write_online_store_pages", "write_legal_policies", "write_translations", "read_locales", "read_markets",
    "read_shopify_payments_disputes", "write_shopify_payments_dispute_evidences", "write_metaobjects",
    "write_metaobject_definitions", "write_customer_data_erasure", "write_companies",
    "read_assigned_fulfillment_orders", "read_users", "read_apps", "write_payment_mandate",
)  # fmt: skip
KNOWN = frozenset(
    {
        *REQUIRED,
        *OPTIONAL,
        *(f"read_{name[6:]}" for name in (*REQUIRED, *OPTIONAL) if name.startswith("write_")),
        "read_shopify_payments_dispute_evidences", "write_assigned_fulfillment_orders", "write_locations",
        "write_markets", "write_locales",
    }
)  # fmt: skip

FULFILLMENT_ORDERS = tuple(
    f"read_{kind}_fulfillment_orders" for kind in ("merchant_managed", "third_party", "assigned")
)
_CUSTOMERS, _COMPANIES = ("read_customers",), ("read_customers", "read_companies")
_PAGES, _DISPUTES = ("read_content", "read_online_store_pages"), ("read_shopify_payments_disputes",)

# Type -> the scopes any one of which opens every field that returns it.
TYPES: dict[str, tuple[str, ...]] = {
    "Order": ("read_orders",), "Refund": ("read_orders",), "OrderTransaction": ("read_orders",),
    "AbandonedCheckout": ("read_orders",), "Return": ("read_returns",), "ReturnableFulfillment": ("read_returns",),
    "ReverseFulfillmentOrder": ("read_returns",), "ReverseDelivery": ("read_returns",),
    "FulfillmentOrder": FULFILLMENT_ORDERS,
    "DraftOrder": ("read_draft_orders",), "CalculatedOrder": ("write_order_edits",),
    "Customer": _CUSTOMERS, "Company": _COMPANIES, "CompanyLocation": _COMPANIES, "CompanyContact": _COMPANIES,
    "CompanyContactRole": _COMPANIES, "PaymentTerms": ("read_payment_terms",),
    "Product": ("read_products",), "ProductVariant": ("read_products",), "Collection": ("read_products",),
    "InventoryItem": ("read_inventory", "read_products"), "InventoryLevel": ("read_inventory",),
    "Location": ("read_locations",), "Market": ("read_markets",), "PriceList": ("read_products",),
    "Catalog": ("read_products",), "ResourcePublicationV2": ("read_publications",),
    "ShopifyPaymentsDispute": _DISPUTES, "ShopifyPaymentsDisputeEvidence": ("read_shopify_payments_dispute_evidences",),
    "DiscountNode": ("read_discounts",), "DiscountCodeNode": ("read_discounts",),
    "DiscountAutomaticNode": ("read_discounts",), "Page": _PAGES, "ShopPolicy": ("read_legal_policies",),
    "ShopLocale": ("read_locales",), "TranslatableResource": ("read_translations",),
    "Metaobject": ("read_metaobjects",), "MetaobjectDefinition": ("read_metaobject_definitions",),
}  # fmt: skip

# "Parent.field" -> the same, where the field asks more or less than the type it returns.
FIELDS: dict[str, tuple[str, ...]] = {
    "QueryRoot.files": ("read_files",), "QueryRoot.publications": ("read_publications",),
    "QueryRoot.publication": ("read_publications",), "QueryRoot.ordersCount": ("read_orders",),
    "QueryRoot.productsCount": ("read_products",), "QueryRoot.customersCount": _CUSTOMERS,
    "QueryRoot.companiesCount": _COMPANIES, "FulfillmentHold.heldByApp": ("read_apps",),
    "FulfillmentOrder.order": (), "QueryRoot.node": (), "QueryRoot.nodes": (), "MetafieldsSetPayload.metafields": (),
    "Shop.accountOwner": ("read_users",),
}  # fmt: skip

_FULFILL = tuple(f"write_{kind}_fulfillment_orders" for kind in ("merchant_managed", "third_party", "assigned"))
_BUSINESS = ("write_customers", "write_companies")
_WRITE_PAGES = ("write_content", "write_online_store_pages")
# Mutation name prefix -> the scopes any one of which allows it; the longest prefix counts.
MUTATIONS: dict[str, tuple[str, ...]] = {
    "order": ("write_orders",), "orderEdit": ("write_order_edits",), "refundCreate": ("write_orders",),
    "transactionVoid": ("write_orders",), "paymentReminderSend": ("write_orders",),
    "fulfillmentOrder": _FULFILL, "fulfillmentCreate": _FULFILL, "fulfillmentCancel": _FULFILL,
    "fulfillmentTrackingInfoUpdate": _FULFILL, "fulfillmentEventCreate": ("write_fulfillments",),
    "return": ("write_returns",), "removeFromReturn": ("write_returns",), "reverse": ("write_returns",),
    "customer": ("write_customers",), "customerRequestDataErasure": ("write_customer_data_erasure",),
    "customerCancelDataErasure": ("write_customer_data_erasure",), "company": _BUSINESS,
    "companies": _BUSINESS, "paymentTerms": ("write_payment_terms",), "catalog": ("write_products",),
    "priceList": ("write_products",), "quantityPricing": ("write_products",),
    "publication": ("write_publications",), "publishable": ("write_publications",), "product": ("write_products",),
    "inventory": ("write_inventory",), "file": ("write_files",), "page": _WRITE_PAGES,
    "shopPolicyUpdate": ("write_legal_policies",), "translations": ("write_translations",),
    "discount": ("write_discounts",), "draftOrder": ("write_draft_orders",),
    "disputeEvidenceUpdate": ("write_shopify_payments_dispute_evidences",),
    "metaobject": ("write_metaobjects",), "metaobjectDefinition": ("write_metaobject_definitions",),
}  # fmt: skip

# Owner type -> what writing its tags and metafields needs.
OWNERS: dict[str, tuple[str, ...]] = {
    "Order": ("write_orders",), "Product": ("write_products",), "ProductVariant": ("write_products",),
    "Customer": ("write_customers",), "Company": _BUSINESS, "CompanyLocation": _BUSINESS,
    "DraftOrder": ("write_draft_orders",), "Page": _WRITE_PAGES, "Location": ("write_locations",),
    "Shop": (), "AppInstallation": (),
}  # fmt: skip


def implied(names: Iterable[str]) -> frozenset[str]:
    """With the read scope of every write scope."""
    given = set(names)
    return frozenset(given | {f"read_{name[6:]}" for name in given if name.startswith("write_")})


def met(needed: tuple[str, ...], granted: frozenset[str]) -> bool:
    return not needed or "*" in granted or any(name in granted for name in needed)


def spelled(needed: tuple[str, ...]) -> str:
    """As the error message says it."""
    names = [f"`{name}`" for name in needed]
    return f"{' or '.join(names)} access scope."


def of_mutation(name: str) -> tuple[str, ...]:
    fitting = [prefix for prefix in MUTATIONS if name.startswith(prefix)]
    return MUTATIONS[max(fitting, key=len)] if fitting else ()


def of_field(parent: str, field: str, returned: str) -> tuple[str, ...]:
    own = FIELDS.get(f"{parent}.{field}")
    if own is not None:
        return own
    if parent == "Mutation":
        return of_mutation(field)
    return () if parent.endswith(("Payload", "Connection", "Edge")) else TYPES.get(returned, ())
