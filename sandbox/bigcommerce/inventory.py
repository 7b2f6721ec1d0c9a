"""Inventory V3: stock of tracked goods at the store's one location, adjustments, settings per item.

An adjustment is taken at once and works a moment later, by the sandbox clock. Whether a real store's count may fall
below zero when more is sold than there is, is not documented; here it does, and tells by how much.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from werkzeug.wrappers import Response

from sandbox.bigcommerce import placing, product_making, variants
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import Field, Fields, check
from sandbox.bigcommerce.scopes import INVENTORY
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON, Later
from sandbox.bigcommerce.wire import comma, v3_page, whole
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

NAMES = UUID("b1d0a0ce-7f0c-4a3d-8a58-bc0000000005")
LOCATION: JSON = {"location_id": 1, "location_code": "BC-LOCATION-1", "location_name": "Default location"}
PAGE_MOST, ADJUSTED_MOST = 1000, 2000
IDENTITY: Fields = {"sku": Field("string"), "variant_id": Field("integer"), "product_id": Field("integer")}
ITEM: Fields = {**IDENTITY, "location_id": Field("integer", always=True), "quantity": Field("integer", always=True)}
ADJUSTMENT: Fields = {"reason": Field("string"), "items": Field("array", required=True, least=1, of=ITEM)}
OWN: Fields = {
    "safety_stock": Field("integer", least=0),
    "is_in_stock": Field("boolean"),
    "warning_level": Field("integer", least=0),
    "bin_picking_number": Field("string"),
}
SETTINGS: Fields = {
    "settings": Field(
        "array", required=True, least=1, of={"identity": Field("object", always=True, of=IDENTITY), **OWN}
    )
}
BLANK: JSON = {"safety_stock": 0, "is_in_stock": True, "warning_level": 0, "bin_picking_number": ""}
FILTERS = ("sku:in", "variant_id:in", "product_id:in")


def routes(api: "BigCommerce") -> None:
    api.typed("GET", "/inventory/items", INVENTORY, list_items)
    api.typed("PUT", "/inventory/adjustments/absolute", INVENTORY, adjust_absolute)
    api.typed("POST", "/inventory/adjustments/relative", INVENTORY, adjust_relative)
    api.typed("GET", "/inventory/locations/<int:location_id>/items", INVENTORY, list_at_location)
    api.typed("PUT", "/inventory/locations/<int:location_id>/items", INVENTORY, set_at_location)


def list_items(shop: Shop, call: Call) -> Response:
    only(call, (*FILTERS, "location_id:in", "location_code:in", "page", "limit"), 422)
    here = str(LOCATION["location_id"]) in comma(call.args.get("location_id:in", "1"))
    here = here and LOCATION["location_code"] in comma(call.args.get("location_code:in", LOCATION["location_code"]))
    found = [shown(shop, entry) for entry in _filtered(shop, call)] if here else []
    return v3_page(call, found, PAGE_MOST)


def list_at_location(shop: Shop, call: Call, location_id: int) -> Response:
    only(call, (*FILTERS, "page", "limit"), 422)
    _check_location(location_id)
    kept = ("available_to_sell", "total_inventory_onhand", "settings")
    found = [shown(shop, entry) for entry in _filtered(shop, call)]
    names = ("sku", "variant_id", "product_id")
    rows = [{"identity": {n: f["identity"][n] for n in names}} | {n: f["locations"][0][n] for n in kept} for f in found]
    return v3_page(call, rows, PAGE_MOST)


def set_at_location(shop: Shop, call: Call, location_id: int) -> Response:
    _check_location(location_id)
    entries = check(json_of(call), SETTINGS, "v3", creating=True)["settings"]
    if len(entries) > ADJUSTED_MOST:
        raise Refused(413)
    for place, entry in enumerate(entries):
        if not set(OWN) & set(entry):
            said = f"At least one setting must be specified: {', '.join(OWN)}"
            raise Refused(422, "Payload contains invalid fields", {f"setting.{place}.settings": said})
        _find(shop, entry["identity"])
    for entry in entries:
        set_settings(shop, _find(shop, entry["identity"]), {n: v for n, v in entry.items() if n != "identity"})
    call.effect = f"inventory settings of {len(entries)} items changed"
    return _transaction(shop)


def adjust_absolute(shop: Shop, call: Call) -> Response:
    return _adjust(shop, call, relative=False)


def adjust_relative(shop: Shop, call: Call) -> Response:
    return _adjust(shop, call, relative=True)


# What others use too


def items(shop: Shop) -> list[JSON]:
    """The tracked variants. A product tracked as a whole is an item by its base variant."""
    return [v for v in shop.store.variants.values() if _tracking(shop, v) in ("variant", "product")]


def shown(shop: Shop, variant: JSON) -> JSON:
    own = BLANK | shop.store.stock_settings.get(variant["id"], {})
    count = placing.stock_of(shop, variant)["inventory_level"] or 0
    base = variant["id"] == shop.store.products[variant["product_id"]].get("base_variant_id")
    place = LOCATION | {
        "available_to_sell": count - own["safety_stock"],
        "total_inventory_onhand": count,
        "location_enabled": True,
        "settings": own,
    }
    identity = {n: variant[n] for n in ("sku", "product_id", "sku_id")} | {"variant_id": variant["id"]}
    return {"identity": identity | ({"sku_id": None} if base else {}), "locations": [place]}


def set_settings(shop: Shop, variant: JSON, body: JSON) -> None:
    shop.store.stock_settings[variant["id"]] = BLANK | shop.store.stock_settings.get(variant["id"], {}) | body


def set_count(shop: Shop, variant: JSON, count: int) -> None:
    """The new count, announced as the catalogue announces it."""
    stock = placing.stock_of(shop, variant)
    if stock is variant:
        variants.change(shop, variant, {"inventory_level": count})
        return
    if stock["inventory_level"] != count:
        stock["inventory_level"] = count
        product_making.touched(shop, stock, ("inventory_level",))


def finish(shop: Shop, work: Later) -> None:
    """A taken adjustment comes into force."""
    for item in work.about["items"]:
        variant = shop.store.variants.get(item["variant_id"])
        if variant is not None:
            before = placing.stock_of(shop, variant)["inventory_level"] or 0
            set_count(shop, variant, item["quantity"] + (before if work.about["relative"] else 0))


def _adjust(shop: Shop, call: Call, *, relative: bool) -> Response:
    body = check(json_of(call), ADJUSTMENT, "v3", creating=True)
    if len(body["items"]) > ADJUSTED_MOST:
        raise Refused(413)
    wanted = []
    for item in body["items"]:
        _check_location(item["location_id"])
        if not relative and item["quantity"] < 0:
            raise Refused(422, errors={"items.quantity": "must be at least 0"})
        wanted.append({"variant_id": _find(shop, item)["id"], "quantity": item["quantity"]})
    due = shop.now() + timedelta(seconds=shop.store.settle_seconds)
    shop.store.later.append(Later(due, "stock", 0, {"items": wanted, "relative": relative}))
    call.effect = f"inventory of {len(wanted)} items adjusted"
    return _transaction(shop)


def _transaction(shop: Shop) -> Response:
    serial = shop.store.next("inventory_transaction")
    return json_response({"transaction_id": str(uuid5(NAMES, f"{shop.store.hash}/{serial}"))})


def _filtered(shop: Shop, call: Call) -> list[JSON]:
    found = items(shop)
    readers: dict[str, Callable[[str], Any]] = {
        "sku:in": str,
        "variant_id:in": lambda text: whole(text, "variant_id:in", 422),
        "product_id:in": lambda text: whole(text, "product_id:in", 422),
    }
    for name, read in readers.items():
        if name in call.args:
            wanted = {read(part) for part in comma(call.args[name])}
            field = {"variant_id": "id"}.get(name.removesuffix(":in"), name.removesuffix(":in"))
            found = [v for v in found if v[field] in wanted]
    return found


def _find(shop: Shop, identity: JSON) -> JSON:
    """The item by exactly one of its names; what is tracked in another way is refused by name."""
    names = [name for name in IDENTITY if name in identity]
    if len(names) != 1:
        raise Refused(422, errors={"identity": "one of sku, variant_id and product_id is required"})
    name, value = names[0], identity[names[0]]
    field = {"variant_id": "id"}.get(name, name)
    found = next((v for v in shop.store.variants.values() if v[field] == value), None)
    tracking = "" if found is None else _tracking(shop, found)
    if found is None or tracking == "none":
        said = f"[Item with {name} {value} is not found or not tracked]"
    elif (tracking == "product") is not (name == "product_id") and name != "sku":
        said = f"[Item with {name} {value} is tracked by {tracking}, please update stock by {tracking} id]"
    else:
        return found
    raise Refused(422, said)


def _tracking(shop: Shop, variant: JSON) -> str:
    return str(shop.store.products[variant["product_id"]]["inventory_tracking"])


def _check_location(location_id: int) -> None:
    if location_id != LOCATION["location_id"]:
        raise Refused(404, f"Location {location_id} is not found.")
