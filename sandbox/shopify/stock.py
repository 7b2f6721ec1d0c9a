"""Stock of variants: inventory items and their levels at locations."""

from typing import TYPE_CHECKING

from sandbox.shopify.gids import number_of
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

NAMES = ("available", "on_hand", "committed", "incoming")


def item_of(shop: "Shop", variant: JSON) -> JSON:
    found = shop.find("InventoryItem", variant["inventoryItemId"])
    assert found is not None  # noqa: S101  # every variant has one
    return found


def levels(shop: "Shop", item: JSON) -> list[JSON]:
    return shop.where("InventoryLevel", itemId=item["id"])


def available(shop: "Shop", variant: JSON) -> int:
    return sum(int(level["quantities"]["available"]) for level in levels(shop, item_of(shop, variant)))


def is_for_sale(shop: "Shop", variant: JSON) -> bool:
    item = item_of(shop, variant)
    return not item["tracked"] or variant["inventoryPolicy"] == "CONTINUE" or available(shop, variant) > 0


def level_at(shop: "Shop", item: JSON, location: JSON) -> JSON:
    """The level of an item at a location, made when there is none."""
    for level in levels(shop, item):
        if level["locationId"] == location["id"]:
            return level
    return shop.new(
        "InventoryLevel", itemId=item["id"], locationId=location["id"], isActive=True, canDeactivate=True,
        quantities=dict.fromkeys(NAMES, 0), createdAt=shop.stamp(), updatedAt=shop.stamp(),
    )  # fmt: skip


def put(shop: "Shop", level: JSON, name: str, quantity: int) -> int:
    """Set a quantity and tell; gives the difference. On hand is available and committed together."""
    quantities = level["quantities"]
    delta = quantity - int(quantities[name])
    before = int(quantities["available"])
    quantities[name] = quantity
    if name == "available":
        quantities["on_hand"] += delta
    elif name == "on_hand":
        quantities["available"] += delta
    if delta:
        _tell(shop, level, before)
    return delta


def commit(shop: "Shop", level: JSON, count: int) -> None:
    """An order takes (or, negative, gives back) what was available; it stays on hand until it is sent."""
    before = int(level["quantities"]["available"])
    level["quantities"]["available"] -= count
    level["quantities"]["committed"] += count
    _tell(shop, level, before)


def send(shop: "Shop", level: JSON, count: int) -> None:
    level["quantities"]["committed"] -= count
    level["quantities"]["on_hand"] -= count
    shop.touch(level)


def _tell(shop: "Shop", level: JSON, before: int) -> None:
    shop.touch(level)
    after = int(level["quantities"]["available"])
    shop.emit(
        "inventory_levels/update",
        {
            "inventory_item_id": number_of(level["itemId"]),
            "location_id": number_of(level["locationId"]),
            "available": after,
            "updated_at": level["updatedAt"],
            "admin_graphql_api_id": f"{level['id']}?inventory_item_id={number_of(level['itemId'])}",
        },
    )
    if (before > 0) is not (after > 0):
        _tell_variant(shop, level, "in_stock" if after > 0 else "out_of_stock")


def _tell_variant(shop: "Shop", level: JSON, event: str) -> None:
    from sandbox.shopify.payloads import products as payloads  # noqa: PLC0415  # the bodies read stock themselves

    item = shop.find("InventoryItem", level["itemId"])
    variant = shop.find("ProductVariant", item["variantId"]) if item else None
    if variant is not None:
        shop.emit(f"variants/{event}", lambda: payloads.variant(shop, variant))
