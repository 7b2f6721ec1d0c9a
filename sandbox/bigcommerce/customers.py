"""Customers V3: lists, batches, and what can be included."""

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.bigcommerce import addresses, cursors, filters
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import Field, Fields, check_list
from sandbox.bigcommerce.scopes import CUSTOMERS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import comma, no_content, v3, whole, zulu
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

MOST, INCLUDED_MOST = 10, 10
FORM_FIELD: Fields = {"name": Field("string", always=True), "value": Field("any", always=True)}
UPDATE: Fields = {
    "email": Field("string", required=True, least=3, most=250),
    "first_name": Field("string", required=True, least=1, most=100),
    "last_name": Field("string", required=True, least=1, most=100),
    "company": Field("string", most=255),
    "phone": Field("string", most=50),
    "registration_ip_address": Field("string", most=30),
    "notes": Field("string"),
    "tax_exempt_category": Field("string", most=255),
    "customer_group_id": Field("integer", least=0),
    "id": Field("integer", always=True),
    "authentication": Field("object", of={"force_password_reset": Field("boolean"), "new_password": Field("string")}),
    "accepts_product_review_abandoned_cart_emails": Field("boolean"),
    "store_credit_amounts": Field("array", of={"amount": Field("number", required=True, least=0)}),
    "origin_channel_id": Field("integer"),
    "channel_ids": Field("array", nullable=True, least=1, of=Field("integer")),
    "form_fields": Field("array", of=FORM_FIELD),
}
ATTRIBUTE: Fields = {
    "attribute_id": Field("integer", always=True),
    "attribute_value": Field("string", always=True, most=255),
}
CREATE: Fields = {
    **{n: f for n, f in UPDATE.items() if n not in ("id", "registration_ip_address")},
    "addresses": Field("array", most=INCLUDED_MOST, of=addresses.FIELDS),
    "attributes": Field("array", most=INCLUDED_MOST, of=ATTRIBUTE),
    "trigger_account_created_notification": Field("boolean"),
}
FILTERS: filters.Declared = {
    "id": ("integer", ("in",)),
    "email": ("string", ("in",)),
    "name": ("string", ("in", "like")),
    "company": ("string", ("in",)),
    "customer_group_id": ("integer", ("in",)),
    "phone": ("string", ("in",)),
    "registration_ip_address": ("string", ("in",)),
    "date_created": ("date", ("", "min", "max")),
    "date_modified": ("date", ("", "min", "max")),
}
INCLUDES = {"addresses", "storecredit", "attributes", "formfields", "shopper_profile_id", "segment_ids"}
SORTS = ("date_created", "last_name", "date_modified")


def routes(api: "BigCommerce") -> None:
    api.v3("GET", "/customers", CUSTOMERS, list_customers)
    api.v3("POST", "/customers", CUSTOMERS, create_customers)
    api.v3("PUT", "/customers", CUSTOMERS, update_customers)
    api.v3("DELETE", "/customers", CUSTOMERS, delete_customers)


def list_customers(shop: Shop, call: Call) -> Response:
    named = [c | {"name": f"{c['first_name']} {c['last_name']}"} for c in shop.store.customers.values()]
    found = filters.apply(call, named, FILTERS, ("include", "sort", *cursors.NAMES))
    field, _, direction = call.args.get("sort", "").partition(":")
    if field:
        found = filters.sort(found, field, direction or "asc", SORTS)
    includes = set(comma(call.args.get("include", "")))
    if includes - INCLUDES:
        raise Refused(422, errors={"include": "unknown include"})
    return cursors.listed(call, [shown(shop, shop.store.customers[c["id"]], includes) for c in found])


def create_customers(shop: Shop, call: Call) -> Response:
    bodies = check_list(json_of(call), CREATE, creating=True, most=MOST)
    made = create(shop, bodies)
    call.effect = f"customers {', '.join(str(c['id']) for c in made)} created"
    return v3([shown(shop, c, {"addresses", "storecredit", "attributes", "formfields"}) for c in made])


def update_customers(shop: Shop, call: Call) -> Response:
    bodies = check_list(json_of(call), UPDATE, creating=False, most=MOST)
    changed = update(shop, bodies)
    call.effect = f"customers {', '.join(str(c['id']) for c in changed)} changed"
    return v3([shown(shop, c, {"storecredit", "formfields"}) for c in changed])


def delete_customers(shop: Shop, call: Call) -> Response:
    only(call, ("id:in",), 422)
    ids = [whole(part, "id:in", 422) for part in comma(call.args.get("id:in", ""))]
    if not ids:
        raise Refused(422, errors={"id:in": "error.path.missing"})
    gone = [number for number in ids if number in shop.store.customers]
    for number in gone:
        delete(shop, number)
    call.effect = f"customers {', '.join(map(str, gone))} deleted" if gone else ""
    return no_content()


# What others use too


def create(shop: Shop, bodies: list[JSON]) -> list[JSON]:
    """All or none, from checked bodies."""
    for place, body in enumerate(bodies):
        _check(shop, body, None, "create")
        twins = [b["email"].lower() for b in bodies[:place]]
        if body["email"].lower() in twins:
            raise Refused(422, errors={".customer_create": f"email {body['email']} is given twice"})
    return [_make(shop, body) for body in bodies]


def update(shop: Shop, bodies: list[JSON]) -> list[JSON]:
    found = []
    for body in bodies:
        customer = shop.store.customers.get(body["id"])
        if customer is None:
            raise Refused(422, errors={".customer_update": f"customer {body['id']} does not exist"})
        _check(shop, body, customer, "update")
        found.append(customer)
    for customer, body in zip(found, bodies, strict=True):
        _take(customer, body)
        customer["date_modified"] = zulu(shop.now())
        shop.emit("store/customer/updated", {"type": "customer", "id": customer["id"]})
    return found


def delete(shop: Shop, customer_id: int) -> None:
    del shop.store.customers[customer_id]
    for parts in (shop.store.addresses, shop.store.attribute_values):
        for key in [k for k, entry in parts.items() if entry["customer_id"] == customer_id]:
            del parts[key]
    shop.emit("store/customer/deleted", {"type": "customer", "id": customer_id})


def shown(shop: Shop, customer: JSON, includes: set[str]) -> JSON:
    """The customer with counts and with what is included, at most ten addresses and attributes."""
    number = customer["id"]
    own = [a for a in shop.store.addresses.values() if a["customer_id"] == number]
    values = [v for v in shop.store.attribute_values.values() if v["customer_id"] == number]
    hidden = {"store_credit_amounts", "form_fields"}
    seen = {n: v for n, v in customer.items() if n not in hidden}
    seen |= {"address_count": len(own), "attribute_count": len(values)}
    if "addresses" in includes:
        seen["addresses"] = [addresses.shown(a, forms=False) for a in own[:INCLUDED_MOST]]
    if "attributes" in includes:
        seen["attributes"] = values[:INCLUDED_MOST]
    if "storecredit" in includes:
        seen["store_credit_amounts"] = customer["store_credit_amounts"]
    if "formfields" in includes:
        seen["form_fields"] = [f | {"customer_id": number} for f in customer["form_fields"]]
    return seen


def _make(shop: Shop, body: JSON) -> JSON:
    number, at = shop.store.next("customer"), zulu(shop.now())
    customer: JSON = {
        "id": number, "email": "", "first_name": "", "last_name": "", "company": "", "phone": "",
        "registration_ip_address": "", "notes": "", "tax_exempt_category": "", "customer_group_id": 0,
        "date_created": at, "date_modified": at, "authentication": {"force_password_reset": False},
        "accepts_product_review_abandoned_cart_emails": False, "store_credit_amounts": [{"amount": 0}],
        "form_fields": [], "origin_channel_id": 1, "channel_ids": None,
    }  # fmt: skip
    shop.store.customers[number] = customer
    _take(customer, body)
    shop.emit("store/customer/created", {"type": "customer", "id": number})
    for address in body.get("addresses", []):
        addresses.create(shop, number, address)
    for value in body.get("attributes", []):
        addresses.set_attribute(shop, number, value["attribute_id"], value["attribute_value"])
    return customer


def _take(customer: JSON, body: JSON) -> None:
    skipped = ("id", "addresses", "attributes", "trigger_account_created_notification", "authentication")
    customer |= {n: v for n, v in body.items() if n not in skipped}
    if "authentication" in body:
        reset = body["authentication"].get("force_password_reset", False)
        customer["authentication"] = {"force_password_reset": reset}


def _check(shop: Shop, body: JSON, own: JSON | None, what: str) -> None:
    email = body.get("email", "").lower()
    if email and "@" not in email:
        raise Refused(422, errors={f".customer_{what}": "email must be valid"})
    if email and any(c["email"].lower() == email for c in shop.store.customers.values() if c is not own):
        raise Refused(422, errors={f".customer_{what}": f"email {body['email']} already in use"})
    group = body.get("customer_group_id", 0)
    if group and group not in shop.store.groups:
        raise Refused(422, errors={f".customer_{what}": f"customer group {group} does not exist"})
    for value in body.get("attributes", []):
        if value["attribute_id"] not in shop.store.attributes:
            raise Refused(422, errors={f".customer_{what}": f"attribute {value['attribute_id']} does not exist"})
