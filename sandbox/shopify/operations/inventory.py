"""Stock and locations. Source: Admin GraphQL API reference, inventorySetQuantities, inventoryAdjustQuantities."""

from collections.abc import Callable
from typing import Any

from sandbox.shopify import lists, stock
from sandbox.shopify.connections import Listing
from sandbox.shopify.errors import UserError
from sandbox.shopify.gids import gid, number_of
from sandbox.shopify.money import money
from sandbox.shopify.mutating import mutation
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

SETTABLE, MOST = ("available", "on_hand"), 1_000_000_000
REASONS = (
    "correction", "cycle_count_available", "damaged", "movement_created", "movement_updated", "movement_received",
    "movement_canceled", "other", "promotion", "quality_control", "received", "reservation_created",
    "reservation_deleted", "reservation_updated", "restock", "safety_stock", "shrinkage",
)  # fmt: skip


@query("inventoryItem")
def item(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("InventoryItem", args["id"])


@query("location")
def location(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("Location", args["id"]) if args.get("id") else shop.all("Location")[0]


@query("locations")
def locations(shop: Shop, _node: JSON, args: JSON) -> Listing:
    found = [x for x in shop.all("Location") if x["isActive"] or args.get("includeInactive")]
    filters: dict[str, Callable[[JSON], Any]] = {
        **lists.common(), "name": lambda x: x["name"], "active": lambda x: x["isActive"],
    }  # fmt: skip
    return lists.listing(shop, found, args, filters, {"NAME": lambda x: x["name"]})


field("Location", "legacyResourceId")(lambda _s, x, _a: str(number_of(x["id"])))
ITEM: dict[str, Resolver] = {
    "legacyResourceId": lambda _s, i, _a: str(number_of(i["id"])),
    "variant": lambda s, i, _: s.find("ProductVariant", i["variantId"]),
    "inventoryLevels": lambda s, i, _: stock.levels(s, i),
    "inventoryLevel": lambda s, i, a: next((x for x in stock.levels(s, i) if x["locationId"] == a["locationId"]), None),
    "unitCost": lambda s, i, _: money(i["unitCost"], s.currency) if i["unitCost"] else None,
    "duplicateSkuCount": lambda s, i, _: (
        sum(o["sku"] == i["sku"] for o in s.all("InventoryItem")) - 1 if i["sku"] else 0
    ),
}  # fmt: skip
for _name, _resolver in ITEM.items():
    field("InventoryItem", _name)(_resolver)
field("InventoryLevel", "item")(lambda s, x, _: s.find("InventoryItem", x["itemId"]))
field("InventoryLevel", "location")(lambda s, x, _: s.find("Location", x["locationId"]))


@field("InventoryLevel", "quantities")
def quantities(_shop: Shop, node: JSON, args: JSON) -> list[JSON]:
    number = number_of(node["id"])
    return [
        {"__typename": "InventoryQuantity", "id": gid("InventoryQuantity", f"{number}-{name}"), "name": name,
         "quantity": node["quantities"][name], "updatedAt": node["updatedAt"]}
        for name in args["names"]
        if name in node["quantities"]
    ]  # fmt: skip


@field("InventoryAdjustmentGroup", "changes")
def changes(_shop: Shop, node: JSON, args: JSON) -> list[JSON]:
    wanted = args.get("quantityNames")
    return [c for c in node["made"] if wanted is None or c["name"] in wanted]


@mutation("inventorySetQuantities")
def put(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    if given["name"] not in SETTABLE:
        raise UserError("The quantity name must be available or on_hand.", ["input", "name"], "INVALID_NAME")
    _check_reason(given)
    wanted = []
    for place, one in enumerate(given["quantities"]):
        path = ["input", "quantities", str(place)]
        level = _level(shop, one, path)
        if one["quantity"] < 0 and given["name"] == "on_hand":
            raise UserError("The quantity cannot be negative.", [*path, "quantity"], "INVALID_QUANTITY_NEGATIVE")
        if abs(one["quantity"]) > MOST:
            raise UserError("The quantity is too high.", [*path, "quantity"], "INVALID_QUANTITY_TOO_HIGH")
        _check_fresh(one, int(level["quantities"][given["name"]]), path)
        wanted.append((level, one["quantity"]))
    made = [{"name": given["name"], "delta": stock.put(shop, level, given["name"], count)} for level, count in wanted]
    return {"inventoryAdjustmentGroup": _group(shop, given, made)}


@mutation("inventoryAdjustQuantities")
def adjust(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    if given["name"] not in stock.NAMES or given["name"] in ("on_hand", "committed"):
        raise UserError("The quantity name cannot be adjusted.", ["input", "name"], "INVALID_QUANTITY_NAME")
    _check_reason(given)
    wanted = []
    for place, one in enumerate(given["changes"]):
        path = ["input", "changes", str(place)]
        level = _level(shop, one, path)
        _check_fresh(one, int(level["quantities"][given["name"]]), path)
        wanted.append((level, one["delta"]))
    made = []
    for level, delta in wanted:
        stock.put(shop, level, given["name"], int(level["quantities"][given["name"]]) + delta)
        made.append({"name": given["name"], "delta": delta})
    return {"inventoryAdjustmentGroup": _group(shop, given, made)}


def _group(shop: Shop, given: JSON, made: list[JSON]) -> JSON | None:
    done = [change for change in made if change["delta"]]
    if not done:
        return None
    return shop.new("InventoryAdjustmentGroup", reason=given["reason"], made=done, createdAt=shop.stamp())


def _level(shop: Shop, one: JSON, path: list[str]) -> JSON:
    found = shop.need("InventoryItem", one["inventoryItemId"], [*path, "inventoryItemId"], "INVALID_INVENTORY_ITEM")
    where = shop.need("Location", one["locationId"], [*path, "locationId"], "INVALID_LOCATION")
    if not found["tracked"]:
        raise UserError("The inventory item is not tracked.", [*path, "inventoryItemId"], "NON_MUTABLE_INVENTORY_ITEM")
    return stock.level_at(shop, found, where)


def _check_reason(given: JSON) -> None:
    if given["reason"] not in REASONS:
        raise UserError("The specified reason is invalid.", ["input", "reason"], "INVALID_REASON")


def _check_fresh(one: JSON, present: int, path: list[str]) -> None:
    """`changeFromQuantity`: what the writer believes the quantity to be."""
    if one.get("changeFromQuantity") is not None and one["changeFromQuantity"] != present:
        said = "The quantity has changed since it was read."
        raise UserError(said, [*path, "changeFromQuantity"], "CHANGE_FROM_QUANTITY_STALE")
