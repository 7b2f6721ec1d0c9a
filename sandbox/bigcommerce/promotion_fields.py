"""What a promotion may hold, and the grammar of its rules: actions, discounts, item matchers, conditions."""

import re
from collections.abc import Callable
from typing import Any

from sandbox.bigcommerce.fields import Field, Fields

USES = Field("integer", least=0)
CREATE: Fields = {
    "redemption_type": Field("string", required=True, choices=("AUTOMATIC", "COUPON")),
    "name": Field("string", required=True, least=1),
    "display_name": Field("string"),
    "channels": Field("array", of={"id": Field("integer", always=True)}),
    "customer": Field(
        "object",
        of={
            "group_ids": Field("array", of=Field("integer")),
            "excluded_group_ids": Field("array", of=Field("integer")),
            "minimum_order_count": Field("integer", least=0),
            "segments": Field("object", nullable=True),
        },
    ),
    "rules": Field("array", required=True, least=1, of=Field("object")),
    "max_uses": Field("integer", least=0, nullable=True),
    "status": Field("string", choices=("ENABLED", "DISABLED")),
    "start_date": Field("string"),
    "end_date": Field("string", nullable=True),
    "stop": Field("boolean"),
    "can_be_used_with_other_promotions": Field("boolean"),
    "currency_code": Field("string", least=1),
    "notifications": Field(
        "array",
        of={
            "content": Field("string", always=True),
            "type": Field("string", always=True, choices=("UPSELL", "ELIGIBLE", "APPLIED")),
            "locations": Field("array", always=True, of=Field("string")),
        },
    ),
    "shipping_address": Field("object", nullable=True),
    "schedule": Field("object", nullable=True),
    "coupon_type": Field("string", choices=("SINGLE", "BULK")),
    "coupon_overrides_other_promotions": Field("boolean"),
    "coupon_overrides_automatic_when_offering_higher_discounts": Field("boolean"),
}
CODE: Fields = {
    "code": Field("string", required=True, least=1, most=50),
    "max_uses": USES,
    "max_uses_per_customer": USES,
}
CODEGEN: Fields = {
    "batch_size": Field("integer", required=True, least=1, most=250),
    "max_uses": Field("integer", least=0, most=100_000),
    "max_uses_per_customer": Field("integer", least=0, most=100_000),
    "prefix": Field("string", most=20),
    "suffix": Field("string", most=20),
    "delimiter": Field("string", most=1),
    "exclude_characters": Field("array", of=Field("string", least=1, most=1)),
    "code_length": Field("integer", least=6, most=16),
}

MATCHERS = ("brands", "categories", "products", "variants", "product_option", "product_custom_field")
COMBINED = ("and", "or", "not")
AMOUNT = re.compile(r"\d+(\.\d+)?")
# Action: (its fields, those that are required).
ACTIONS: dict[str, tuple[set[str], set[str]]] = {
    "cart_value": ({"discount", "maximum_allowed_discount_amount"}, {"discount"}),
    "cart_items": (
        {
            "discount", "items", "as_total", "quantity", "strategy", "exclude_items_on_sale", "add_free_item",
            "include_items_considered_by_condition", "maximum_allowed_discount_amount",
        },
        {"discount"},
    ),
    "gift_item": ({"product_id", "variant_id", "quantity"}, {"quantity"}),
    "fixed_price_set": (
        {
            "items", "quantity", "fixed_price", "strategy", "exclude_items_on_sale",
            "include_items_considered_by_condition",
        },
        {"quantity", "fixed_price"},
    ),
    "shipping": ({"free_shipping", "zone_ids"}, set()),
}  # fmt: skip
RULE_FIELDS = {"action", "apply_once", "stop", "condition"}
CART_FIELDS = {"items", "minimum_spend", "minimum_quantity"}


def rule_errors(rule: Any, path: str) -> dict[str, str]:
    """Field path to message; empty when the rule is well-formed."""
    errors = _known(rule, RULE_FIELDS, {"action"}, path)
    if errors:
        return errors
    errors |= _action(rule["action"], f"{path}.action")
    if rule.get("condition") is not None:
        errors |= _condition(rule["condition"], f"{path}.condition")
    return errors


def _action(action: Any, path: str) -> dict[str, str]:
    if not isinstance(action, dict) or len(action) != 1 or not set(action) <= set(ACTIONS):
        return {path: f"must be exactly one of {', '.join(ACTIONS)}"}
    ((name, body),) = action.items()
    errors = _known(body, *ACTIONS[name], f"{path}.{name}")
    if errors:
        return errors
    if "discount" in body:
        errors |= _discount(body["discount"], f"{path}.{name}.discount")
    if "items" in body:
        errors |= _matcher(body["items"], f"{path}.{name}.items")
    return errors


def _discount(discount: Any, path: str) -> dict[str, str]:
    """`{"fixed_amount": "5"}` or `{"percentage_amount": "10"}`: strings, not numbers."""
    kinds = {"fixed_amount", "percentage_amount"}
    if not isinstance(discount, dict) or len(discount) != 1 or not set(discount) <= kinds:
        return {path: "must be one of fixed_amount and percentage_amount"}
    ((name, value),) = discount.items()
    if not isinstance(value, str) or not AMOUNT.fullmatch(value):
        return {f"{path}.{name}": "must be a string with an amount"}
    return {}


def _matcher(matcher: Any, path: str) -> dict[str, str]:
    return _tree(matcher, path, MATCHERS, _leaf)


def _leaf(name: str, value: Any, path: str) -> dict[str, str]:
    if name.startswith("product_"):
        wanted = {"name", "values"} | ({"type"} if name == "product_option" else set())
        return _known(value, wanted, wanted, path)
    good = isinstance(value, list) and all(isinstance(n, int) and not isinstance(n, bool) for n in value)
    return {} if good else {path: "must be an array of ids"}


def _condition(condition: Any, path: str) -> dict[str, str]:
    return _tree(condition, path, ("cart",), _cart)


def _cart(name: str, cart: Any, path: str) -> dict[str, str]:
    del name
    errors = _known(cart, CART_FIELDS, set(), path)
    if errors:
        return errors
    if "items" in cart:
        errors |= _matcher(cart["items"], f"{path}.items")
        if "minimum_quantity" not in cart:
            errors[f"{path}.minimum_quantity"] = "error.path.missing"
    return errors


def _tree(
    node: Any, path: str, leaves: tuple[str, ...], check: Callable[[str, Any, str], dict[str, str]]
) -> dict[str, str]:
    """One leaf, or `and`, `or`, `not` over further nodes."""
    if not isinstance(node, dict) or len(node) != 1 or not set(node) <= {*leaves, *COMBINED}:
        return {path: f"must be exactly one of {', '.join((*leaves, *COMBINED))}"}
    ((name, value),) = node.items()
    if name in leaves:
        return check(name, value, f"{path}.{name}")
    if name == "not":
        return _tree(value, f"{path}.not", leaves, check)
    if not isinstance(value, list) or not value:
        return {f"{path}.{name}": "must be an array"}
    errors: dict[str, str] = {}
    for place, entry in enumerate(value):
        errors |= _tree(entry, f"{path}.{name}[{place}]", leaves, check)
    return errors


def _known(value: Any, known: set[str], required: set[str], path: str) -> dict[str, str]:
    if not isinstance(value, dict):
        return {path: "error.expected.jsobject"}
    errors = {f"{path}.{name}": "error.unexpected.field" for name in sorted(set(value) - known)}
    return errors | {f"{path}.{name}": "error.path.missing" for name in sorted(required - set(value))}
