"""Catalogue V3: products, and on which channels they are listed."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.bigcommerce import custom_fields, filters, images, product_making, variants
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import STATUS_CODES_PAGE, Refused, missing
from sandbox.bigcommerce.fields import Field, check, check_list
from sandbox.bigcommerce.product_fields import BATCH, CREATE, PRODUCT, READ_ONLY, UPDATE
from sandbox.bigcommerce.scopes import PRODUCTS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import comma, flag, no_content, v3, v3_page, whole
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

INCLUDES = frozenset(
    {
        "bulk_pricing_rules", "channels", "custom_fields", "images", "modifiers", "options", "parent_relations",
        "primary_image", "reviews", "variants", "videos",
    }
)  # fmt: skip
RANGE = ("", "in", "not_in", "min", "max", "greater", "less")
FILTERS: filters.Declared = {
    "id": ("integer", RANGE), "name": ("string", ("",)), "sku": ("string", ("", "in")), "mpn": ("string", ("",)),
    "upc": ("string", ("",)), "price": ("number", ("",)), "weight": ("number", ("",)),
    "condition": ("string", ("",)), "brand_id": ("integer", ("",)), "date_modified": ("date", ("", "min", "max")),
    "date_last_imported": ("date", ("", "not", "min", "max")), "is_visible": ("boolean", ("",)),
    "is_featured": ("boolean", ("",)), "is_free_shipping": ("boolean", ("",)),
    "inventory_level": ("integer", RANGE), "total_sold": ("integer", ("",)), "type": ("string", ("",)),
    "categories": ("integers", ("", "in")), "availability": ("string", ("",)),
}  # fmt: skip
SPECIAL = ("channel_id:in", "inventory_low", "out_of_stock", "keyword", "keyword_context")
SHAPE = ("include", "include_fields", "exclude_fields", "sort", "direction")
SORTS = (
    "id", "name", "sku", "price", "date_modified", "date_last_imported", "inventory_level", "is_visible", "total_sold",
    "calculated_price",
)  # fmt: skip
BATCH_MOST, WIDE_PAGE = 10, 10
ASSIGNMENT = {"product_id": Field("integer", always=True), "channel_id": Field("integer", always=True)}


def routes(api: "BigCommerce") -> None:
    api.v3("GET", "/catalog/products", PRODUCTS, list_products)
    api.v3("POST", "/catalog/products", PRODUCTS, create_product)
    api.v3("PUT", "/catalog/products", PRODUCTS, update_products)
    api.v3("DELETE", "/catalog/products", PRODUCTS, delete_products)
    api.v3("GET", "/catalog/products/channel-assignments", PRODUCTS, list_assignments)
    api.v3("PUT", "/catalog/products/channel-assignments", PRODUCTS, put_assignments)
    api.v3("DELETE", "/catalog/products/channel-assignments", PRODUCTS, delete_assignments)
    api.v3("GET", "/catalog/products/<int:product_id>", PRODUCTS, show_product)
    api.v3("PUT", "/catalog/products/<int:product_id>", PRODUCTS, update_product)
    api.v3("DELETE", "/catalog/products/<int:product_id>", PRODUCTS, delete_product)


def list_products(shop: Shop, call: Call) -> Response:
    found = _filtered(shop, call, (*SPECIAL, *SHAPE))
    found = filters.sort(found, call.args.get("sort", "id"), call.args.get("direction", "asc"), SORTS)
    wide = {"options", "modifiers"} & set(comma(call.args.get("include", "")))
    pages = v3_page(call, found) if not wide else v3_page(_short_page(call), found, WIDE_PAGE)
    body: JSON = json.loads(pages.get_data())
    body["data"] = [_shaped(shop, call, product) for product in body["data"]]
    return json_response(body)


def create_product(shop: Shop, call: Call) -> Response:
    only(call, SHAPE[:3], 422)
    product, failed = product_making.create(shop, check(json_of(call), CREATE, "v3", creating=True))
    call.effect = f"product {product['id']} created"
    return _written(_shaped(shop, call, product), failed)


def show_product(shop: Shop, call: Call, product_id: int) -> Response:
    only(call, SHAPE[:3], 422)
    return v3(_shaped(shop, call, find(shop, product_id)))


def update_product(shop: Shop, call: Call, product_id: int) -> Response:
    only(call, SHAPE[:3], 422)
    product = find(shop, product_id)
    changed, failed = product_making.change(shop, product, check(json_of(call), UPDATE, "v3", creating=False))
    call.effect = f"product {product_id} changed {', '.join(changed)}"
    return _written(_shaped(shop, call, product), failed)


def update_products(shop: Shop, call: Call) -> Response:
    only(call, SHAPE[:3], 422)
    bodies = check_list(json_of(call), BATCH, creating=False, most=BATCH_MOST)
    products = [find(shop, body["id"]) for body in bodies]
    failed: dict[str, str] = {}
    for product, body in zip(products, bodies, strict=True):
        failed |= {f"{product['id']}.{n}": text for n, text in product_making.change(shop, product, body)[1].items()}
    call.effect = f"products {', '.join(str(p['id']) for p in products)} changed"
    return _written([_shaped(shop, call, product) for product in products], failed)


def delete_product(shop: Shop, call: Call, product_id: int) -> Response:
    find(shop, product_id)
    product_making.delete(shop, product_id)
    call.effect = f"product {product_id} deleted"
    return no_content()


def delete_products(shop: Shop, call: Call) -> Response:
    """Never without a filter."""
    if not set(call.args) - {"page", "limit"}:
        raise Refused(422, "A filter is required to delete products.", {"id:in": "error.path.missing"})
    found = _filtered(shop, call, SPECIAL)
    if len(found) > 250:
        raise Refused(422, errors={"id:in": "at most 250 products"})
    for product in found:
        product_making.delete(shop, product["id"])
    call.effect = f"products {', '.join(str(p['id']) for p in found)} deleted" if found else ""
    return no_content()


def list_assignments(shop: Shop, call: Call) -> Response:
    found = [{"product_id": p, "channel_id": c} for p, c in sorted(shop.store.assignments)]
    declared: filters.Declared = {"product_id": ("integer", ("in",)), "channel_id": ("integer", ("in",))}
    return v3_page(call, filters.apply(call, found, declared))


def put_assignments(shop: Shop, call: Call) -> Response:
    bodies = check_list(json_of(call), ASSIGNMENT, creating=True, most=250)
    wrong: dict[str, str] = {}
    for place, body in enumerate(bodies):
        if body["product_id"] not in shop.store.products:
            wrong[f"{place}.product_id"] = f"product {body['product_id']} does not exist"
        if body["channel_id"] not in shop.store.channels:
            wrong[f"{place}.channel_id"] = f"channel {body['channel_id']} does not exist"
    if wrong:
        raise Refused(422, errors=wrong)
    for body in bodies:
        product_making.assign(shop, body["product_id"], body["channel_id"])
    call.effect = "channel assignments " + ", ".join(f"{b['product_id']}:{b['channel_id']}" for b in bodies)
    return no_content()


def delete_assignments(shop: Shop, call: Call) -> Response:
    if not call.args:
        raise Refused(422, "A filter is required.", {"product_id:in": "error.path.missing"})
    declared: filters.Declared = {"product_id": ("integer", ("in",)), "channel_id": ("integer", ("in",))}
    have = [{"product_id": p, "channel_id": c} for p, c in sorted(shop.store.assignments)]
    for gone in filters.apply(call, have, declared):
        product_making.unassign(shop, gone["product_id"], gone["channel_id"])
    call.effect = "channel assignments deleted"
    return no_content()


# What others use too


def find(shop: Shop, product_id: int) -> JSON:
    product = shop.store.products.get(product_id)
    if product is None:
        raise missing("Product", product_id)
    return product


def shown(shop: Shop, product: JSON, includes: frozenset[str] = frozenset()) -> JSON:
    """The product with the sub-resources asked for."""
    number, store = product["id"], shop.store
    parts: dict[str, Callable[[], Any]] = {
        "images": lambda: images.of(shop, number),
        "primary_image": lambda: images.primary(shop, number),
        "custom_fields": lambda: custom_fields.of(store, number),
        "variants": lambda: [variants.shown(shop, v) for v in variants.of(shop, number)],
        "options": lambda: variants.options_of(shop, number),
        "channels": lambda: sorted(c for p, c in store.assignments if p == number),
        "bulk_pricing_rules": lambda: _of(store.bulk_rules, number),
        "videos": lambda: [v | {"product_id": number} for v in _of(store.videos, number)],
        "modifiers": list, "reviews": list, "parent_relations": list,
    }  # fmt: skip
    return product | {name: parts[name]() for name in sorted(includes)}


def _of(parts: dict[int, JSON], product_id: int) -> list[JSON]:
    own = [entry for entry in parts.values() if entry["product_id"] == product_id]
    return [{n: v for n, v in entry.items() if n != "product_id"} for entry in own]


def _filtered(shop: Shop, call: Call, others: tuple[str, ...]) -> list[JSON]:
    found = filters.apply(call, shop.store.products.values(), FILTERS, others)
    if "channel_id:in" in call.args:
        wanted = {whole(part, "channel_id:in", 422) for part in comma(call.args["channel_id:in"])}
        listed = {p for p, c in shop.store.assignments if c in wanted}
        found = [p for p in found if p["id"] in listed]
    tracked = ("product", "variant")
    if flag(call.args.get("inventory_low", "0"), "inventory_low", 422):
        found = [
            p
            for p in found
            if p["inventory_tracking"] in tracked and p["inventory_level"] <= p["inventory_warning_level"]
        ]
    if flag(call.args.get("out_of_stock", "0"), "out_of_stock", 422):
        found = [p for p in found if p["inventory_tracking"] in tracked and p["inventory_level"] <= 0]
    word = call.args.get("keyword", "").lower()
    seen = ("name", "sku", "description", "search_keywords")
    return [p for p in found if any(word in p[name].lower() for name in seen)] if word else found


def _shaped(shop: Shop, call: Call, product: JSON) -> JSON:
    includes = frozenset(comma(call.args.get("include", "")))
    wanted, hidden = comma(call.args.get("include_fields", "")), comma(call.args.get("exclude_fields", ""))
    strange = (includes - INCLUDES) | ((set(wanted) | set(hidden)) - set(PRODUCT) - set(READ_ONLY) - set(product))
    if strange:
        raise Refused(422, errors=dict.fromkeys(strange, "unknown include or field"))
    whole_product = shown(shop, product, includes)
    keep = {"id", *includes}
    return {n: v for n, v in whole_product.items() if n in keep or ((not wanted or n in wanted) and n not in hidden)}


def _short_page(call: Call) -> Call:
    """With options or modifiers a page holds ten products, whatever was asked for."""
    short = Call(call.environ)
    query = call.args.to_dict()
    query["limit"] = str(min(WIDE_PAGE, whole(query.get("limit", "10"), "limit", 422)))
    short.args = call.args.__class__(query)
    return short


def _written(data: object, failed: dict[str, str]) -> Response:
    """200, or 207 naming what was not saved."""
    if not failed:
        return v3(data)
    errors = {
        "status": 207,
        "title": "Part of the product was not saved",
        "type": STATUS_CODES_PAGE,
        "errors": failed,
    }
    return json_response({"data": data, "meta": {}, "errors": errors}, 207)
