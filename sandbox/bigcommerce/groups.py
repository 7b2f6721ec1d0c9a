"""Customer groups (V2). A change replaces all discount rules; there are no webhooks."""

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import Field, Fields, check
from sandbox.bigcommerce.scopes import CUSTOMERS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import flag, no_content, v2_page, when, zulu
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

RULE: Fields = {
    "type": Field("string", always=True, choices=("price_list", "all", "category", "product")),
    "method": Field("string", choices=("percent", "fixed", "price")),
    "amount": Field("string"),
    "price_list_id": Field("integer"),
    "category_id": Field("integer"),
    "product_id": Field("integer"),
}
ACCESS: Fields = {
    "type": Field("string", always=True, choices=("all", "specific", "none")),
    "categories": Field("array", of=Field("integer")),
}
FIELDS: Fields = {
    "name": Field("string", required=True, least=1),
    "is_default": Field("boolean"),
    "category_access": Field("object", of=ACCESS),
    "discount_rules": Field("array", of=RULE),
    "is_group_for_guests": Field("boolean"),
}
NEEDED = {
    "price_list": ("price_list_id",),
    "all": ("method", "amount"),
    "category": ("method", "amount", "category_id"),
    "product": ("method", "amount", "product_id"),
}
DATES = tuple(f"{name}{end}" for name in ("date_created", "date_modified") for end in ("", ":min", ":max"))


def routes(api: "BigCommerce") -> None:
    api.v2("GET", "/customer_groups", CUSTOMERS, list_groups)
    api.v2("POST", "/customer_groups", CUSTOMERS, create_group)
    api.v2("GET", "/customer_groups/count", CUSTOMERS, count_groups)
    api.v2("GET", "/customer_groups/<int:group_id>", CUSTOMERS, show_group)
    api.v2("PUT", "/customer_groups/<int:group_id>", CUSTOMERS, update_group)
    api.v2("DELETE", "/customer_groups/<int:group_id>", CUSTOMERS, delete_group)


def list_groups(shop: Shop, call: Call) -> Response:
    only(call, ("name", "name:like", "is_default", "is_group_for_guests", *DATES, "page", "limit"), 400)
    return v2_page(call, [g for g in shop.store.groups.values() if _fits(g, call)])


def count_groups(shop: Shop, call: Call) -> Response:
    only(call, (), 400)
    return json_response({"count": len(shop.store.groups)})


def show_group(shop: Shop, call: Call, group_id: int) -> Response:
    only(call, (), 400)
    return json_response(_own(shop, group_id))


def create_group(shop: Shop, call: Call) -> Response:
    group = create(shop, check(json_of(call), FIELDS, "v2", creating=True))
    call.effect = f"customer group {group['id']} created"
    return json_response(group)


def update_group(shop: Shop, call: Call, group_id: int) -> Response:
    group = _own(shop, group_id)
    _take(shop, group, check(json_of(call), FIELDS, "v2", creating=False))
    call.effect = f"customer group {group_id} changed"
    return json_response(group)


def delete_group(shop: Shop, call: Call, group_id: int) -> Response:
    _own(shop, group_id)
    del shop.store.groups[group_id]
    for customer in shop.store.customers.values():
        if customer["customer_group_id"] == group_id:
            customer["customer_group_id"] = 0
    call.effect = f"customer group {group_id} deleted"
    return no_content()


def create(shop: Shop, body: JSON) -> JSON:
    number, at = shop.store.next("customer_group"), zulu(shop.now())
    group: JSON = {
        "id": number,
        "name": "",
        "is_default": False,
        "category_access": {"type": "all"},
        "discount_rules": [],
        "is_group_for_guests": False,
        "date_created": at,
    }
    _take(shop, group, body)
    shop.store.groups[number] = group
    return group


def _take(shop: Shop, group: JSON, body: JSON) -> None:
    name = body.get("name", "").lower()
    if name and any(g["name"].lower() == name for g in shop.store.groups.values() if g is not group):
        raise Refused(409, f"A customer group called '{body['name']}' exists already.")
    for rule in body.get("discount_rules", []):
        _check_rule(rule, body["discount_rules"])
    group |= body
    group["date_modified"] = zulu(shop.now())
    for flag_name in ("is_default", "is_group_for_guests"):
        if body.get(flag_name):
            for other in shop.store.groups.values():
                other[flag_name] = other is group


def _check_rule(rule: JSON, rules: list[JSON]) -> None:
    wanted = NEEDED[rule["type"]]
    if set(rule) != {"type", *wanted}:
        raise Refused(400, errors={"discount_rules": f"A rule of type {rule['type']} needs {', '.join(wanted)}."})
    if rule["type"] == "price_list" and len(rules) > 1:
        raise Refused(400, errors={"discount_rules": "A price list excludes other rules."})


def _fits(group: JSON, call: Call) -> bool:
    for name, text in call.args.items():
        field, _, op = name.partition(":")
        if field == "name":
            good = text.lower() in group["name"].lower() if op else group["name"].lower() == text.lower()
        elif field in ("is_default", "is_group_for_guests"):
            good = group[field] is flag(text, name, 400)
        elif name in DATES:
            at, limit = when(group[field]), when(text, name)
            good = at >= limit if op == "min" else at <= limit if op == "max" else at == limit
        else:
            continue
        if not good:
            return False
    return True


def _own(shop: Shop, group_id: int) -> JSON:
    group = shop.store.groups.get(group_id)
    if group is None:
        raise Refused(404)
    return group
