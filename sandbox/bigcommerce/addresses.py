"""Customer addresses, attributes and attribute values (V3), and the answers to the account form."""

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.bigcommerce import cursors, filters
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.countries import country
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import Field, Fields, check_list
from sandbox.bigcommerce.scopes import CUSTOMERS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import comma, no_content, v3, v3_page, whole, zulu
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

MOST_DEFINITIONS, MOST_VALUES, MOST_ADDRESSES = 50, 10, 10
FIELDS: Fields = {
    "first_name": Field("string", required=True, least=1, most=255),
    "last_name": Field("string", required=True, least=1, most=255),
    "company": Field("string", most=255),
    "address1": Field("string", required=True),
    "address2": Field("string"),
    "city": Field("string", required=True, most=100),
    "state_or_province": Field("string", most=100),
    "postal_code": Field("string", most=30),
    "country_code": Field("string", required=True, least=2, most=2),
    "phone": Field("string", most=50),
    "address_type": Field("string", choices=("residential", "commercial")),
    "form_fields": Field("array", of={"name": Field("string", always=True), "value": Field("any", always=True)}),
}
ONE_MORE: Fields = {
    **FIELDS,
    "state_or_province": Field("string", required=True, most=100),
    "postal_code": Field("string", required=True, most=30),
    "customer_id": Field("integer", required=True),
}
CHANGED: Fields = {**FIELDS, "id": Field("integer", always=True)}
DEFINITION: Fields = {
    "name": Field("string", required=True, least=1, most=255),
    "type": Field("string", required=True, choices=("string", "number", "date")),
}
RENAMED: Fields = {
    "id": Field("integer", always=True),
    "name": Field("string", always=True, least=1, most=255),
}
VALUE: Fields = {
    "id": Field("integer"),
    "attribute_id": Field("integer", always=True),
    "value": Field("string", always=True, most=255),
    "customer_id": Field("integer", always=True),
}
DATES = ("", "min", "max")


def routes(api: "BigCommerce") -> None:
    api.v3("GET", "/customers/addresses", CUSTOMERS, list_addresses)
    api.v3("POST", "/customers/addresses", CUSTOMERS, create_addresses)
    api.v3("PUT", "/customers/addresses", CUSTOMERS, update_addresses)
    api.v3("DELETE", "/customers/addresses", CUSTOMERS, delete_addresses)
    api.v3("GET", "/customers/attributes", CUSTOMERS, list_attributes)
    api.v3("POST", "/customers/attributes", CUSTOMERS, create_attributes)
    api.v3("PUT", "/customers/attributes", CUSTOMERS, rename_attributes)
    api.v3("DELETE", "/customers/attributes", CUSTOMERS, delete_attributes)
    api.v3("GET", "/customers/attribute-values", CUSTOMERS, list_values)
    api.v3("PUT", "/customers/attribute-values", CUSTOMERS, put_values)
    api.v3("DELETE", "/customers/attribute-values", CUSTOMERS, delete_values)
    api.v3("GET", "/customers/form-field-values", CUSTOMERS, list_form_values)


def list_addresses(shop: Shop, call: Call) -> Response:
    named = [a | {"name": f"{a['first_name']} {a['last_name']}"} for a in shop.store.addresses.values()]
    declared: filters.Declared = {
        "id": ("integer", ("in",)),
        "customer_id": ("integer", ("in",)),
        "company": ("string", ("in",)),
        "name": ("string", ("in",)),
    }
    found = filters.apply(call, named, declared, ("include",))
    forms = "formfields" in comma(call.args.get("include", ""))
    return v3_page(call, [shown(shop.store.addresses[a["id"]], forms=forms) for a in found])


def create_addresses(shop: Shop, call: Call) -> Response:
    bodies = check_list(json_of(call), ONE_MORE, creating=True, most=MOST_ADDRESSES)
    for body in bodies:
        if body["customer_id"] not in shop.store.customers:
            raise Refused(422, errors={".customer_address": f"customer {body['customer_id']} does not exist"})
    made = [create(shop, body["customer_id"], body) for body in bodies]
    call.effect = f"customer addresses {', '.join(str(a['id']) for a in made)} created"
    return v3([shown(a, forms=False) for a in made])


def update_addresses(shop: Shop, call: Call) -> Response:
    bodies = check_list(json_of(call), CHANGED, creating=False, most=MOST_ADDRESSES)
    for body in bodies:
        if body["id"] not in shop.store.addresses:
            raise Refused(422, errors={".customer_address": f"address {body['id']} does not exist"})
    changed = [change(shop, shop.store.addresses[body["id"]], body) for body in bodies]
    call.effect = f"customer addresses {', '.join(str(a['id']) for a in changed)} changed"
    return v3([shown(a, forms=False) for a in changed])


def delete_addresses(shop: Shop, call: Call) -> Response:
    for number in _ids(call, shop.store.addresses):
        address = shop.store.addresses.pop(number)
        _tell(shop, address, "deleted")
        call.effect = "customer addresses deleted"
    return no_content()


def list_attributes(shop: Shop, call: Call) -> Response:
    declared: filters.Declared = {
        "name": ("string", ("", "like")),
        "type": ("string", ("",)),
        "date_created": ("date", DATES),
        "date_modified": ("date", DATES),
    }
    return v3_page(call, filters.apply(call, shop.store.attributes.values(), declared))


def create_attributes(shop: Shop, call: Call) -> Response:
    bodies = check_list(json_of(call), DEFINITION, creating=True, most=MOST_VALUES)
    if len(shop.store.attributes) + len(bodies) > MOST_DEFINITIONS:
        raise Refused(422, errors={"attributes": f"at most {MOST_DEFINITIONS} attributes in a store"})
    names = {a["name"] for a in shop.store.attributes.values()}
    for body in bodies:
        if body["name"] in names:
            raise Refused(422, errors={"name": f"attribute {body['name']} exists already"})
        names.add(body["name"])
    made = []
    for body in bodies:
        number, at = shop.store.next("attribute"), zulu(shop.now())
        shop.store.attributes[number] = {"id": number, **body, "date_created": at, "date_modified": at}
        made.append(shop.store.attributes[number])
    call.effect = f"customer attributes {', '.join(a['name'] for a in made)} created"
    return v3(made)


def rename_attributes(shop: Shop, call: Call) -> Response:
    bodies = check_list(json_of(call), RENAMED, creating=False, most=MOST_VALUES)
    for body in bodies:
        if body["id"] not in shop.store.attributes:
            raise Refused(422, errors={"id": f"attribute {body['id']} does not exist"})
    for body in bodies:
        shop.store.attributes[body["id"]] |= {"name": body["name"], "date_modified": zulu(shop.now())}
    call.effect = "customer attributes renamed"
    return v3([shop.store.attributes[body["id"]] for body in bodies])


def delete_attributes(shop: Shop, call: Call) -> Response:
    for number in _ids(call, shop.store.attributes):
        del shop.store.attributes[number]
        for key in [k for k, v in shop.store.attribute_values.items() if v["attribute_id"] == number]:
            del shop.store.attribute_values[key]
        call.effect = "customer attributes deleted"
    return no_content()


def list_values(shop: Shop, call: Call) -> Response:
    names = {a["id"]: a["name"] for a in shop.store.attributes.values()}
    named = [v | {"name": names[v["attribute_id"]]} for v in shop.store.attribute_values.values()]
    declared: filters.Declared = {
        "customer_id": ("integer", ("in",)),
        "attribute_id": ("integer", ("in",)),
        "name": ("string", ("",)),
        "date_created": ("date", DATES),
        "date_modified": ("date", DATES),
    }
    found = filters.apply(call, named, declared)
    return v3_page(call, [shop.store.attribute_values[v["id"]] for v in found])


def put_values(shop: Shop, call: Call) -> Response:
    """Upsert; sends no customer webhook, as only the control panel's own changes do."""
    bodies = check_list(json_of(call), VALUE, creating=True, most=MOST_VALUES)
    for body in bodies:
        if body["attribute_id"] not in shop.store.attributes:
            raise Refused(422, errors={"attribute_id": f"attribute {body['attribute_id']} does not exist"})
        if body["customer_id"] not in shop.store.customers:
            raise Refused(422, errors={"customer_id": f"customer {body['customer_id']} does not exist"})
        _check_value(shop.store.attributes[body["attribute_id"]], body["value"])
    put = [set_attribute(shop, b["customer_id"], b["attribute_id"], b["value"]) for b in bodies]
    call.effect = f"customer attribute values {', '.join(str(v['id']) for v in put)} set"
    return v3(put)


def delete_values(shop: Shop, call: Call) -> Response:
    for number in _ids(call, shop.store.attribute_values):
        del shop.store.attribute_values[number]
        call.effect = "customer attribute values deleted"
    return no_content()


def list_form_values(shop: Shop, call: Call) -> Response:
    only(call, ("customer_id", "address_id", "field_name", "page", "limit", *cursors.NAMES), 422)
    found = [f | {"customer_id": c["id"]} for c in shop.store.customers.values() for f in c["form_fields"]]
    found += [f | {"address_id": a["id"]} for a in shop.store.addresses.values() for f in a["form_fields"]]
    for name in ("customer_id", "address_id"):
        if name in call.args:
            found = [f for f in found if f.get(name) == whole(call.args[name], name, 422)]
    if "field_name" in call.args:
        found = [f for f in found if f["name"] == call.args["field_name"]]
    return v3_page(call, found)


# What others use too


def create(shop: Shop, customer_id: int, body: JSON) -> JSON:
    number = shop.store.next("customer_address")
    address: JSON = {
        "id": number, "customer_id": customer_id, "first_name": "", "last_name": "", "company": "", "address1": "",
        "address2": "", "city": "", "state_or_province": "", "postal_code": "", "country": "", "country_code": "",
        "phone": "", "address_type": "residential", "form_fields": [],
    }  # fmt: skip
    _take(address, body)
    shop.store.addresses[number] = address
    _tell(shop, address, "created")
    return address


def change(shop: Shop, address: JSON, body: JSON) -> JSON:
    _take(address, body)
    _tell(shop, address, "updated")
    return address


def shown(address: JSON, *, forms: bool) -> JSON:
    seen = {n: v for n, v in address.items() if n != "form_fields"}
    if forms:
        seen["form_fields"] = [f | {"address_id": address["id"]} for f in address["form_fields"]]
    return seen


def set_attribute(shop: Shop, customer_id: int, attribute_id: int, value: str) -> JSON:
    at = zulu(shop.now())
    for known in shop.store.attribute_values.values():
        if (known["customer_id"], known["attribute_id"]) == (customer_id, attribute_id):
            known |= {"attribute_value": value, "date_modified": at}
            return known
    number = shop.store.next("attribute_value")
    made: JSON = {
        "id": number, "attribute_id": attribute_id, "attribute_value": value, "customer_id": customer_id,
        "date_created": at, "date_modified": at,
    }  # fmt: skip
    shop.store.attribute_values[number] = made
    return made


def _take(address: JSON, body: JSON) -> None:
    address |= {n: v for n, v in body.items() if n not in ("id", "customer_id")}
    name = country(address["country_code"])
    if not name:
        raise Refused(422, errors={".customer_address": f"country_code {address['country_code']} is unknown"})
    address["country"] = name


def _tell(shop: Shop, address: JSON, event: str) -> None:
    about = {"customer_id": address["customer_id"]}
    shop.emit(f"store/customer/address/{event}", {"type": "customer", "id": address["id"], "address": about})


def _ids(call: Call, known: dict[int, JSON]) -> list[int]:
    only(call, ("id:in",), 422)
    ids = [whole(part, "id:in", 422) for part in comma(call.args.get("id:in", ""))]
    if not ids:
        raise Refused(422, errors={"id:in": "error.path.missing"})
    return [number for number in ids if number in known]


def _check_value(attribute: JSON, value: str) -> None:
    if attribute["type"] == "number":
        try:
            float(value)
        except ValueError as error:
            raise Refused(422, errors={"value": "must be a number"}) from error
