"""The webhook scopes that exist, and which hook a scope belongs to."""

import re

ORDER_EVENTS = (
    "created", "updated", "archived", "statusUpdated", "message/created", "refund/created",
    "transaction/created", "transaction/updated",
    "metafield/created", "metafield/updated", "metafield/deleted",
)  # fmt: skip
THREE = ("created", "updated", "deleted")
FAMILIES: dict[str, tuple[str, ...]] = {
    "store/order": ORDER_EVENTS,
    "store/shipment": THREE,
    "store/customer": (*THREE, *(f"address/{e}" for e in THREE), "payment/instrument/default/updated"),
    "store/product": (
        *THREE, "inventory/updated", "inventory/order/updated",
        *(f"metafield/{e}" for e in THREE), *(f"variant/metafield/{e}" for e in THREE),
    ),
    "store/sku": (*THREE, "inventory/updated", "inventory/order/updated"),
    "store/metafield": THREE,
    "store/category": THREE,
    "store/subscriber": THREE,
    "store/cart": (*THREE, "couponApplied", "abandoned", "converted", *(f"lineItem/{e}" for e in THREE)),
    "store/priceList": (
        *THREE, "activated", "deactivated", *(f"record/{e}" for e in THREE), *(f"records/{e}" for e in THREE),
        "assignment/updated", "assignment/deleted",
    ),
    "store/priceLists": ("deleted",),
    "store/information": ("updated",),
    "store/app": ("uninstalled",),
    "store/hook": ("deliveryException",),
}  # fmt: skip
# B2B Edition: only for an app with its scope, and never for a single channel.
B2B_FAMILIES: dict[str, tuple[str, ...]] = {
    "store/company": (
        *THREE, "statusUpdated", "superadmin/assignmentUpdated", *(f"user/{e}" for e in THREE),
        *(f"address/{e}" for e in THREE),
    ),
    "store/superadmin": (*THREE, "assignmentUpdated"),
    "store/quote": (*THREE, "statusUpdated"),
}  # fmt: skip
CHANNEL_FAMILIES: dict[str, tuple[str, ...]] = {
    "order": ORDER_EVENTS,
    "page": ("created", "updated"),
    "product": ("assigned", "unassigned"),
    "settings": ("checkout/updated", "emailStatus/updated"),
    "script": ("created", "updated"),
}
DELIVERY_EXCEPTION = "store/hook/deliveryException"
CHANNEL = re.compile(r"store/channel/\d+/")

B2B_SCOPES = frozenset(f"{family}/{event}" for family, events in B2B_FAMILIES.items() for event in events)
SCOPES = B2B_SCOPES | frozenset(f"{family}/{event}" for family, events in FAMILIES.items() for event in events)
CHANNEL_SCOPES = frozenset(f"{family}/{event}" for family, events in CHANNEL_FAMILIES.items() for event in events)


def known(scope: str) -> bool:
    """Whether a hook may be made for this scope; `/*` ends a wildcard."""
    channel = CHANNEL.match(scope)
    names, rest = (CHANNEL_SCOPES, scope[channel.end() :]) if channel else (SCOPES, scope)
    if rest.endswith("/*"):
        return any(name.startswith(rest[:-1]) for name in names) and rest != "store/*"
    return rest in names


def is_b2b(scope: str) -> bool:
    return scope in B2B_SCOPES or scope.startswith(tuple(f"{family}/" for family in B2B_FAMILIES))


def matches(hook_scope: str, scope: str) -> bool:
    return hook_scope == scope or (hook_scope.endswith("/*") and scope.startswith(hook_scope[:-1]))
