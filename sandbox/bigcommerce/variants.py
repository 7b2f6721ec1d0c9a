"""Product variants: read, change one, change many."""

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused, missing, v3_body
from sandbox.bigcommerce.fields import check, check_list, problems_of
from sandbox.bigcommerce.product_fields import BATCH_VARIANT, CREATED_VARIANT, VARIANT
from sandbox.bigcommerce.scopes import PRODUCTS
from sandbox.bigcommerce.wire import comma, iso, number, v3, v3_page, whole
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop
    from sandbox.bigcommerce.standin import BigCommerce
    from sandbox.bigcommerce.state import JSON

MOST = 50
NUMBERS = ("cost_price", "price", "sale_price", "retail_price", "map_price", "weight", "width", "height", "depth",
           "fixed_cost_shipping_price")  # fmt: skip
BLANK = dict.fromkeys(NUMBERS) | {
    "is_free_shipping": False, "purchasing_disabled": False, "purchasing_disabled_message": "", "image_url": "",
    "upc": "", "inventory_level": 0, "inventory_warning_level": 0, "bin_picking_number": "", "mpn": "", "gtin": "",
}  # fmt: skip
SINGLE = {**VARIANT, "sku": CREATED_VARIANT["sku"], "product_id": BATCH_VARIANT["product_id"]}


def routes(api: "BigCommerce") -> None:
    many, one = "/catalog/products/<int:product_id>/variants", "/<int:variant_id>"
    api.v3("GET", many, PRODUCTS, list_of_product)
    api.v3("POST", many, PRODUCTS, create_variant)
    api.v3("GET", many + one, PRODUCTS, show_variant)
    api.v3("PUT", many + one, PRODUCTS, update_variant)
    api.v3("GET", "/catalog/variants", PRODUCTS, list_variants)
    api.v3("PUT", "/catalog/variants", PRODUCTS, update_variants)


def list_of_product(shop: "Shop", call: Call, product_id: int) -> Response:
    only(call, ("page", "limit", "include_fields", "exclude_fields"), 422)
    _product(shop, product_id)
    return v3_page(call, [_picked(call, shown(shop, v)) for v in of(shop, product_id)])


def list_variants(shop: "Shop", call: Call) -> Response:
    only(call, ("id", "sku", "upc", "product_id:in", "page", "limit", "include_fields", "exclude_fields"), 422)
    found = list(shop.store.variants.values())
    if "id" in call.args:
        found = [v for v in found if v["id"] == whole(call.args["id"], "id", 422)]
    for name in ("sku", "upc"):
        if name in call.args:
            found = [v for v in found if v[name] == call.args[name]]
    if "product_id:in" in call.args:
        wanted = {whole(part, "product_id:in", 422) for part in comma(call.args["product_id:in"])}
        found = [v for v in found if v["product_id"] in wanted]
    return v3_page(call, [_picked(call, shown(shop, v)) for v in found])


def show_variant(shop: "Shop", call: Call, product_id: int, variant_id: int) -> Response:
    only(call, ("include_fields", "exclude_fields"), 422)
    return v3(_picked(call, shown(shop, _own(shop, product_id, variant_id))))


def create_variant(shop: "Shop", call: Call, product_id: int) -> Response:
    product = _product(shop, product_id)
    declared = {**CREATED_VARIANT, "product_id": BATCH_VARIANT["product_id"]}
    body = check(json_of(call), declared, "v3", creating=True)
    if not body.get("option_values"):
        raise Refused(422, errors={"option_values": "error.path.missing"})
    variant = _make(shop, product, body)
    _drop_base(shop, product)
    call.effect = f"product {product_id} variant {variant['id']} created"
    return v3(shown(shop, variant))


def update_variant(shop: "Shop", call: Call, product_id: int, variant_id: int) -> Response:
    variant = _own(shop, product_id, variant_id)
    changed = change(shop, variant, check(json_of(call), SINGLE, "v3", creating=False))
    call.effect = f"variant {variant_id} changed {', '.join(changed)}"
    return v3(shown(shop, variant))


def update_variants(shop: "Shop", call: Call) -> Response:
    """A batch: all or nothing, each bad entry named."""
    given = json_of(call)
    check_list(given, {}, creating=False, most=MOST) if not isinstance(given, list) or len(given) > MOST else None
    wrong = [error for n, entry in enumerate(given) if (error := _batch_error(shop, n, entry))]
    if wrong:
        return json_response({"batch_errors": wrong}, 422)
    for entry in given:
        change(shop, shop.store.variants[entry["id"]], entry)
    call.effect = f"variants {', '.join(str(entry['id']) for entry in given)} changed"
    return v3([shown(shop, shop.store.variants[entry["id"]]) for entry in given])


# What others use too


def of(shop: "Shop", product_id: int) -> "list[JSON]":
    return [v for v in shop.store.variants.values() if v["product_id"] == product_id]


def options_of(shop: "Shop", product_id: int) -> "list[JSON]":
    """The product's options as `include=options` shows them."""
    return [option for option in shop.store.options.values() if option["product_id"] == product_id]


def make_for(shop: "Shop", product: "JSON", given: "list[JSON]") -> None:
    """The variants of a new product; without any, its base variant."""
    for entry in given:
        _make(shop, product, entry)
    if not given:
        base = _make(shop, product, {"sku": product["sku"], "option_values": []})
        product["base_variant_id"] = base["id"]


def change(shop: "Shop", variant: "JSON", body: "JSON") -> list[str]:
    """Apply a checked body; the names of the fields that really changed."""
    _check_sku(shop, body, variant)
    body = {name: number(v) if name in NUMBERS and v is not None else v for name, v in body.items()}
    plain = {n: v for n, v in body.items() if n not in ("id", "product_id", "option_values")}
    changed = sorted(name for name, value in plain.items() if variant[name] != value)
    variant |= plain
    shop.store.products[variant["product_id"]]["date_modified"] = iso(shop.now())
    about = {"product_id": variant["product_id"], "variant_id": variant["id"]}
    if "inventory_level" in changed:
        inventory = {
            "product_id": variant["product_id"], "method": "absolute", "value": variant["inventory_level"],
            "variant_id": variant["id"],
        }  # fmt: skip
        shop.emit("store/sku/inventory/updated", {"type": "sku", "id": variant["sku_id"], "inventory": inventory})
    if changed:
        shop.emit("store/sku/updated", {"type": "sku", "id": variant["sku_id"], "sku": about})
    return changed


def shown(shop: "Shop", variant: "JSON") -> "JSON":
    product = shop.store.products[variant["product_id"]]
    price = variant["sale_price"] or variant["price"]
    weight = product["weight"] if variant["weight"] is None else variant["weight"]
    return variant | {
        "calculated_price": product["calculated_price"] if price is None else price,
        "calculated_weight": weight,
    }


def _make(shop: "Shop", product: "JSON", given: "JSON") -> "JSON":
    _check_sku(shop, given, None)
    key = shop.store.next("variant", 381)
    values = [_value(shop, product, entry) for entry in given.get("option_values", [])]
    variant: dict[str, Any] = {
        "id": key,
        "product_id": product["id"],
        "sku": "",
        "sku_id": key + 1000,
        **BLANK,
    }
    variant |= {name: value for name, value in given.items() if name not in ("option_values", "product_id")}
    variant["option_values"] = values
    shop.store.variants[key] = variant
    if values:
        sku = {"product_id": product["id"], "variant_id": key}
        shop.emit("store/sku/created", {"type": "sku", "id": variant["sku_id"], "sku": sku})
    return variant


def _value(shop: "Shop", product: "JSON", given: "JSON") -> "JSON":
    """An option value by its words; option and value are made where they are new."""
    name, label = given["option_display_name"], given["label"]
    option = next((o for o in options_of(shop, product["id"]) if o["display_name"] == name), None)
    if option is None:
        key = shop.store.next("option", 110)
        option = shop.store.options[key] = {
            "id": key, "product_id": product["id"], "name": f"{name}{product['id']}", "display_name": name,
            "type": "rectangles", "config": {}, "sort_order": len(options_of(shop, product["id"])),
            "option_values": [],
        }  # fmt: skip
    value = next((v for v in option["option_values"] if v["label"] == label), None)
    if value is None:
        value = {
            "id": shop.store.next("option_value", 95), "label": label, "sort_order": len(option["option_values"]),
            "value_data": None, "is_default": False,
        }  # fmt: skip
        option["option_values"].append(value)
    return {"id": value["id"], "label": label, "option_id": option["id"], "option_display_name": name}


def _drop_base(shop: "Shop", product: "JSON") -> None:
    """A product that got a real variant has no base variant any more."""
    base = product["base_variant_id"]
    if base:
        shop.store.variants.pop(base, None)
        product["base_variant_id"] = 0


def _batch_error(shop: "Shop", place: int, entry: Any) -> "JSON | None":
    errors = problems_of(entry, BATCH_VARIANT, creating=False)
    if not errors and entry["id"] not in shop.store.variants:
        errors = {"id": f"variant {entry['id']} does not exist"}
    if not errors:
        return None
    return v3_body(422, "JSON data is missing or invalid", errors) | {"instance": f"/v3/catalog/variants#{place}"}


def _check_sku(shop: "Shop", body: "JSON", own: "JSON | None") -> None:
    sku = body.get("sku")
    if sku and any(v["sku"] == sku for v in shop.store.variants.values() if v is not own):
        raise Refused(409, "The variant sku is a duplicate", {"sku": f"'{sku}' is in use already"})


def _picked(call: Call, variant: "JSON") -> "JSON":
    wanted, hidden = comma(call.args.get("include_fields", "")), comma(call.args.get("exclude_fields", ""))
    return {n: v for n, v in variant.items() if n == "id" or ((not wanted or n in wanted) and n not in hidden)}


def _product(shop: "Shop", product_id: int) -> "JSON":
    product = shop.store.products.get(product_id)
    if product is None:
        raise missing("Product", product_id)
    return product


def _own(shop: "Shop", product_id: int, variant_id: int) -> "JSON":
    variant = shop.store.variants.get(variant_id)
    if variant is None or variant["product_id"] != product_id:
        raise missing("Variant", variant_id)
    return variant
