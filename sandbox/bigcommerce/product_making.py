"""Making and changing products: the one way in for API, control API and seed."""

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.bigcommerce import custom_fields, images, variants
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.product_fields import ANNOUNCED, DEFAULTS, READ_ONLY
from sandbox.bigcommerce.undo import whole_or_nothing
from sandbox.bigcommerce.wire import iso, number, when

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop
    from sandbox.bigcommerce.state import JSON, Store

MONEY = ("price", "cost_price", "retail_price", "sale_price", "map_price", "fixed_cost_shipping_price")
# What is taken back when a write is refused.
OWNED = ("custom_fields", "variants", "options", "bulk_rules", "videos", "images")
PARTS = ("custom_fields", "bulk_pricing_rules", "images", "videos", "variants", "brand_name")


def create(shop: "Shop", body: "JSON") -> "tuple[JSON, dict[str, str]]":
    """A new product from a checked body, on the default channel, announced; and what could not be saved (207)."""
    _check_unique(shop.store, body, None)
    at = iso(shop.now())
    number_ = shop.store.next("product", 77)
    product: JSON = {
        "id": number_, **deepcopy(DEFAULTS),
        "custom_url": {"url": f"/{_slug(body['name'])}/", "is_customized": False},
        "calculated_price": 0, "date_created": at, "date_modified": at, "base_variant_id": 0,
    }  # fmt: skip
    with whole_or_nothing(shop.store, "product_id", number_, "products", *OWNED):
        shop.store.products[number_] = product
        failed = _take(shop, product, body)
        variants.make_for(shop, product, body.get("variants", []))
        for entry in body.get("images", []):
            images.add(replace(shop, muted=True), product, entry, None)
    shop.emit("store/product/created", {"type": "product", "id": number_})
    assign(shop, number_, int(shop.store.profile["default_channel_id"]))
    return product, failed


def change(shop: "Shop", product: "JSON", body: "JSON") -> tuple[list[str], dict[str, str]]:
    """Apply a checked partial body; the names of what changed, and what could not be saved (207)."""
    _check_unique(shop.store, body, product)
    before, picture = deepcopy(product), images.primary(shop, product["id"])
    with whole_or_nothing(shop.store, "product_id", product["id"], "products", *OWNED):
        failed = _take(shop, product, body)
        for entry in body.get("images", []):
            _put_image(replace(shop, muted=True), product, entry)
    changed = sorted(name for name in product if product[name] != before.get(name))
    if images.primary(shop, product["id"]) != picture:
        changed.append("thumbnail")
    touched(shop, product, changed)
    return [name for name in changed if name != "date_modified"] + [name for name in PARTS if name in body], failed


def touched(shop: "Shop", product: "JSON", changed: Iterable[str]) -> None:
    """Stamp a changed product and send what its changed fields send."""
    names = set(changed) - {"date_modified"}
    product["date_modified"] = iso(shop.now())
    if names & {"inventory_level"}:
        inventory = {"product_id": product["id"], "method": "absolute", "value": product["inventory_level"]}
        shop.emit(
            "store/product/inventory/updated",
            {"type": "product", "id": product["id"], "inventory": inventory},
        )
    if names & ANNOUNCED:
        shop.emit("store/product/updated", {"type": "product", "id": product["id"]})


def delete(shop: "Shop", product_id: int) -> None:
    forget(shop.store, product_id)
    shop.emit("store/product/deleted", {"type": "product", "id": product_id})


def forget(store: "Store", product_id: int) -> None:
    """Take a product and all that hangs on it out of the store."""
    del store.products[product_id]
    for part in (store.custom_fields, store.variants, store.options, store.bulk_rules, store.videos):
        for key in [k for k, entry in part.items() if entry["product_id"] == product_id]:
            del part[key]
    for key in [k for k, image in store.images.items() if image.product_id == product_id]:
        del store.images[key]
    store.assignments = {(p, c) for p, c in store.assignments if p != product_id}


def assign(shop: "Shop", product_id: int, channel_id: int) -> None:
    if (product_id, channel_id) not in shop.store.assignments:
        shop.store.assignments.add((product_id, channel_id))
        shop.emit(f"store/channel/{channel_id}/product/assigned", {"product_id": product_id})


def unassign(shop: "Shop", product_id: int, channel_id: int) -> None:
    shop.store.assignments.discard((product_id, channel_id))
    shop.emit(f"store/channel/{channel_id}/product/unassigned", {"product_id": product_id})


def _take(shop: "Shop", product: "JSON", body: "JSON") -> dict[str, str]:
    for name, value in body.items():
        if name in MONEY:
            product[name] = number(value)
        elif name not in PARTS and name not in READ_ONLY and name not in ("id", "custom_url"):
            product[name] = value
    _settle(shop, product, body)
    for entry in body.get("custom_fields", []):
        custom_fields.put(shop, product, entry)
    if "bulk_pricing_rules" in body:
        _replace(shop, product, shop.store.bulk_rules, "bulk_rule", body["bulk_pricing_rules"], {})
    if "videos" in body:
        blank = {"title": "", "description": "", "sort_order": 0, "type": "youtube", "length": "0"}
        _replace(shop, product, shop.store.videos, "video", body["videos"], blank)
    return _set_url(shop.store, product, body.get("custom_url"))


def _set_url(store: "Store", product: "JSON", given: "JSON | None") -> dict[str, str]:
    """The rest of a product is saved although its URL cannot be: the answer is 207 then."""
    if given is None:
        return {}
    url = given.get("url", product["custom_url"]["url"])
    if not url.isascii():
        return {"custom_url": "the URL must use Latin letters"}
    if any(p is not product and p["custom_url"]["url"] == url for p in store.products.values()):
        return {"custom_url": "the URL is taken"}
    product["custom_url"] = {"url": url, "is_customized": given.get("is_customized", True)}
    return {}


def _settle(shop: "Shop", product: "JSON", body: "JSON") -> None:
    """What follows from the plain fields, and the rules between them."""
    if body.get("brand_name"):
        product["brand_id"] = _brand(shop.store, body["brand_name"])
    if product["preorder_release_date"]:
        product["preorder_release_date"] = iso(when(product["preorder_release_date"], "preorder_release_date", 422))
    if product["is_price_hidden"] and product["availability"] != "disabled":
        raise Refused(422, errors={"is_price_hidden": "is only allowed when availability is disabled"})
    product["calculated_price"] = product["sale_price"] or product["price"]


def _replace(
    shop: "Shop", product: "JSON", parts: "dict[int, JSON]", kind: str, given: "list[JSON]", blank: "JSON"
) -> None:
    for key in [k for k, entry in parts.items() if entry["product_id"] == product["id"]]:
        del parts[key]
    for entry in given:
        key = shop.store.next(kind)
        parts[key] = blank | entry | {"id": key, "product_id": product["id"]}


def _put_image(shop: "Shop", product: "JSON", entry: "JSON") -> None:
    known = shop.store.images.get(entry.get("id", 0))
    if known is None:
        images.add(shop, product, entry, None)
    elif known.product_id == product["id"]:
        images.change(shop, product, known, entry, None)
    else:
        raise Refused(422, errors={"images": f"there is no image {entry['id']} on this product"})


def _brand(store: "Store", name: str) -> int:
    for number_, known in store.brands.items():
        if known == name:
            return number_
    number_ = store.next("brand", 35)
    store.brands[number_] = name
    return number_


def _check_unique(store: "Store", body: "JSON", own: "JSON | None") -> None:
    for name in ("name", "sku"):
        value: Any = body.get(name)
        others = (p for p in store.products.values() if p is not own)
        if value and any(p[name].lower() == value.lower() for p in others):
            raise Refused(409, f"The product {name} is a duplicate", {name: f"'{value}' is in use already"})


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "product"
