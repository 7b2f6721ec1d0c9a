"""A product's custom fields. Changing them sends no product webhook."""

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused, missing
from sandbox.bigcommerce.fields import check
from sandbox.bigcommerce.product_fields import CUSTOM_FIELD
from sandbox.bigcommerce.scopes import PRODUCTS
from sandbox.bigcommerce.wire import comma, iso, no_content, v3, v3_page
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop
    from sandbox.bigcommerce.standin import BigCommerce
    from sandbox.bigcommerce.state import JSON, Store

MOST = 200


def routes(api: "BigCommerce") -> None:
    many, one = "/catalog/products/<int:product_id>/custom-fields", "/<int:field_id>"
    api.v3("GET", many, PRODUCTS, list_fields)
    api.v3("POST", many, PRODUCTS, create_field)
    api.v3("GET", many + one, PRODUCTS, show_field)
    api.v3("PUT", many + one, PRODUCTS, update_field)
    api.v3("DELETE", many + one, PRODUCTS, delete_field)


def list_fields(shop: "Shop", call: Call, product_id: int) -> Response:
    only(call, ("page", "limit", "include_fields", "exclude_fields"), 422)
    _product(shop, product_id)
    hidden = comma(call.args.get("exclude_fields", ""))
    found = [{n: v for n, v in entry.items() if n not in hidden} for entry in of(shop.store, product_id)]
    return v3_page(call, found)


def create_field(shop: "Shop", call: Call, product_id: int) -> Response:
    product = _product(shop, product_id)
    field = put(shop, product, check(json_of(call), CUSTOM_FIELD, "v3", creating=True))
    call.effect = f"product {product_id} custom field {field['id']} created"
    return v3(field)


def show_field(shop: "Shop", call: Call, product_id: int, field_id: int) -> Response:
    only(call, ("include_fields", "exclude_fields"), 422)
    _product(shop, product_id)
    return v3(_shown(_own(shop.store, product_id, field_id)))


def update_field(shop: "Shop", call: Call, product_id: int, field_id: int) -> Response:
    product = _product(shop, product_id)
    known = _own(shop.store, product_id, field_id)
    body = check(json_of(call), CUSTOM_FIELD, "v3", creating=False)
    field = put(shop, product, {"name": known["name"], "value": known["value"]} | body | {"id": field_id})
    call.effect = f"product {product_id} custom field {field_id} changed"
    return v3(field)


def delete_field(shop: "Shop", call: Call, product_id: int, field_id: int) -> Response:
    product = _product(shop, product_id)
    _own(shop.store, product_id, field_id)
    del shop.store.custom_fields[field_id]
    product["date_modified"] = iso(shop.now())
    call.effect = f"product {product_id} custom field {field_id} deleted"
    return no_content()


def of(store: "Store", product_id: int) -> "list[JSON]":
    return [_shown(field) for field in store.custom_fields.values() if field["product_id"] == product_id]


def put(shop: "Shop", product: "JSON", given: "JSON") -> "JSON":
    """Change the field with the given id, or add one. A name and value pair may exist only once."""
    own = [f for f in shop.store.custom_fields.values() if f["product_id"] == product["id"]]
    twin = any((f["name"], f["value"]) == (given["name"], given["value"]) and f["id"] != given.get("id") for f in own)
    if twin:
        raise Refused(409, "The custom field is a duplicate", {"custom_fields": "name and value exist already"})
    if "id" in given:
        field = _own(shop.store, product["id"], given["id"])
    elif len(own) >= MOST:
        raise Refused(422, errors={"custom_fields": f"at most {MOST} are allowed"})
    else:
        number = shop.store.next("custom_field")
        field = shop.store.custom_fields[number] = {"id": number, "product_id": product["id"]}
    field |= {"name": given["name"], "value": given["value"]}
    product["date_modified"] = iso(shop.now())
    return _shown(field)


def _shown(field: "JSON") -> "JSON":
    return {name: field[name] for name in ("id", "name", "value")}


def _product(shop: "Shop", product_id: int) -> "JSON":
    product = shop.store.products.get(product_id)
    if product is None:
        raise missing("Product", product_id)
    return product


def _own(store: "Store", product_id: int, field_id: int) -> "JSON":
    field = store.custom_fields.get(field_id)
    if field is None or field["product_id"] != product_id:
        raise missing("Custom field", field_id)
    return field
