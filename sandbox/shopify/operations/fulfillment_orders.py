"""Fulfillment orders: what is to be sent from where, held, moved, rescheduled.

Source: Admin GraphQL API reference, fulfillmentOrderHold, fulfillmentOrderReleaseHold, fulfillmentOrderMove,
fulfillmentOrderReschedule. Without `holdIds` a release takes every hold away, other people's too.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.shopify import changed, fulfilling, lists, placing
from sandbox.shopify.connections import Listing
from sandbox.shopify.errors import UserError
from sandbox.shopify.gids import gid, number_of
from sandbox.shopify.mutating import mutation
from sandbox.shopify.operations.shops import app_node
from sandbox.shopify.payloads import fulfillment as payloads
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

LONGEST_HANDLE, MOST_HOLDS = 64, 10
HOLDABLE = ("OPEN", "SCHEDULED", "ON_HOLD")
REASONS = {
    "AWAITING_PAYMENT": "Awaiting payment", "AWAITING_RETURN_ITEMS": "Awaiting return items",
    "HIGH_RISK_OF_FRAUD": "High risk of fraud", "INCORRECT_ADDRESS": "Incorrect address",
    "INVENTORY_OUT_OF_STOCK": "Inventory out of stock", "OTHER": "Other",
    "ONLINE_STORE_POST_PURCHASE_CROSS_SELL": "Upsell after purchase", "UNKNOWN_DELIVERY_DATE": "Unknown delivery date",
}  # fmt: skip
# Status -> what can be done with it next.
ACTIONS: dict[str, tuple[str, ...]] = {
    "OPEN": ("CREATE_FULFILLMENT", "REPORT_PROGRESS", "MOVE", "HOLD", "SPLIT"),
    "IN_PROGRESS": ("CREATE_FULFILLMENT", "MARK_AS_OPEN"),
    "SCHEDULED": ("MARK_AS_OPEN", "MOVE", "HOLD"),
    "ON_HOLD": ("RELEASE_HOLD", "HOLD", "MOVE"),
    "CLOSED": (), "CANCELLED": (), "INCOMPLETE": (),
}  # fmt: skip


# Reading


def _filters() -> dict[str, Callable[[JSON], Any]]:
    return {
        **lists.common(),
        "status": lambda f: f["status"],
        "assigned_location_id": lambda f: str(number_of(f["locationId"])),
    }


@query("fulfillmentOrders")
def listed(shop: Shop, _node: JSON, args: JSON) -> Listing:
    found = [f for f in shop.all("FulfillmentOrder") if args.get("includeClosed") or f["status"] != "CLOSED"]
    return lists.listing(shop, found, args, _filters(), {"UPDATED_AT": lambda f: f["updatedAt"]})


@query("manualHoldsFulfillmentOrders")
def held(shop: Shop, _node: JSON, args: JSON) -> Listing:
    found = [f for f in shop.all("FulfillmentOrder") if holds(shop, f)]
    return lists.listing(shop, found, args, _filters(), {})


@query("fulfillmentOrder")
def one(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("FulfillmentOrder", args["id"])


def holds(shop: Shop, node: JSON) -> list[JSON]:
    return shop.where("FulfillmentHold", fulfillmentOrderId=node["id"])


def _destination(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    order = shop.find("Order", node["orderId"])
    place = order["shippingAddress"] if order else None
    if order is None or place is None:
        return None
    names = ("firstName", "lastName", "company", "address1", "address2", "city", "province", "zip", "phone")
    told = {name: place[name] for name in names}
    number = number_of(node["id"])
    return {"__typename": "FulfillmentOrderDestination", "id": gid("FulfillmentOrderDestination", number),
            "countryCode": place["countryCodeV2"], "email": order["email"], **told}  # fmt: skip


FACTS: dict[str, Resolver] = {
    "order": lambda s, f, _: s.find("Order", f["orderId"]),
    "assignedLocation": lambda s, f, _: {"name": _name_of(s, f["locationId"])},
    "destination": _destination,
    "fulfillmentHolds": lambda s, f, _: holds(s, f),
    "fulfillments": lambda s, f, _: s.where("Fulfillment", fulfillmentOrderId=f["id"]),
    "lineItems": lambda s, f, _: fulfilling.lines(s, f),
    "supportedActions": lambda _s, f, _a: [{"action": a, "externalUrl": None} for a in ACTIONS[f["status"]]],
}
for _name, _resolver in FACTS.items():
    field("FulfillmentOrder", _name)(_resolver)


def _name_of(shop: Shop, text: str) -> str:
    found = shop.find("Location", text)
    return str(found["name"]) if found else ""


def _line(read: Callable[[Shop, JSON], Any]) -> Resolver:
    def resolve(shop: Shop, node: JSON, _args: JSON) -> Any:
        line = shop.find("LineItem", node["lineItemId"])
        return read(shop, line) if line else None

    return resolve


LINE_FACTS: dict[str, Callable[[Shop, JSON], Any]] = {
    "lineItem": lambda _s, x: x,
    "sku": lambda _s, x: x["sku"],
    "productTitle": lambda _s, x: x["title"],
    "variantTitle": lambda _s, x: x["variantTitle"],
    "vendor": lambda _s, x: x["vendor"],
    "requiresShipping": lambda _s, x: x["requiresShipping"],
    "variant": lambda s, x: s.find("ProductVariant", x["variantId"]),
    "inventoryItemId": lambda s, x: (s.find("ProductVariant", x["variantId"]) or {}).get("inventoryItemId"),
}
for _name, _read in LINE_FACTS.items():
    field("FulfillmentOrderLineItem", _name)(_line(_read))


@field("FulfillmentHold", "displayReason")
def display_reason(_shop: Shop, node: JSON, _args: JSON) -> str:
    return REASONS[node["reason"]]


@field("FulfillmentHold", "heldByRequestingApp")
def by_requesting_app(shop: Shop, node: JSON, _args: JSON) -> bool:
    return bool(shop.client_id) and node["clientId"] == shop.client_id


@field("FulfillmentHold", "heldByApp")
def by_app(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    app = shop.api.state.apps.get(node["clientId"]) if node["clientId"] else None
    return app_node(app) if app else None


# Holding


@mutation("fulfillmentOrderHold")
def hold(shop: Shop, args: JSON) -> JSON:
    given = args["fulfillmentHold"]
    found = shop.need("FulfillmentOrder", args["id"], ["id"], "FULFILLMENT_ORDER_NOT_FOUND")
    _check_hold(shop, found, given)
    parts = _parts(shop, found, given.get("fulfillmentOrderLineItems") or [])
    remaining = _split(shop, found, parts) if parts else None
    made = shop.new(
        "FulfillmentHold", fulfillmentOrderId=found["id"], reason=given["reason"],
        reasonNotes=given.get("reasonNotes"), handle=given.get("handle"), externalId=given.get("externalId"),
        clientId=shop.client_id, createdAt=shop.stamp(),
    )  # fmt: skip
    found["status"] = "ON_HOLD"
    shop.touch(found)
    held_now = parts or fulfilling.everything(shop, found)
    shop.emit("fulfillment_orders/placed_on_hold", payloads.placed_on_hold(shop, found, made, held_now, remaining))
    shop.emit("fulfillment_holds/added", payloads.hold_changed(shop, found, made))
    _tell_order(shop, found, f"Fulfillment was held: {REASONS[given['reason']].lower()}.")
    return {"fulfillmentHold": made, "fulfillmentOrder": found, "remainingFulfillmentOrder": remaining}


def _check_hold(shop: Shop, found: JSON, given: JSON) -> None:
    handle = given.get("handle") or ""
    mine = [h for h in holds(shop, found) if h["clientId"] == shop.client_id]
    if len(handle) > LONGEST_HANDLE:
        said = f"Handle is too long (maximum is {LONGEST_HANDLE} characters)"
        raise UserError(said, ["fulfillmentHold", "handle"], "TAKEN")
    if any((h["handle"] or "") == handle for h in mine):
        said = "A hold with this handle was already applied by this app."
        raise UserError(said, ["fulfillmentHold", "handle"], "DUPLICATE_FULFILLMENT_HOLD_HANDLE")
    if len(mine) >= MOST_HOLDS:
        said = f"An app can apply at most {MOST_HOLDS} holds to a fulfillment order."
        raise UserError(said, ["fulfillmentHold"], "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED")
    if found["status"] not in HOLDABLE:
        raise UserError(f"The fulfillment order is {found['status'].lower()} and cannot be held.", ["id"], "TAKEN")


def _parts(shop: Shop, found: JSON, given: list[JSON]) -> list[tuple[JSON, int]]:
    path = ["fulfillmentHold", "fulfillmentOrderLineItems"]
    own = {part["id"]: part for part in fulfilling.lines(shop, found)}
    ids = [one["id"] for one in given]
    if len(set(ids)) != len(ids):
        said = "The fulfillment order line items are not unique."
        raise UserError(said, path, "DUPLICATED_FULFILLMENT_ORDER_LINE_ITEMS")
    if given and holds(shop, found):
        said = "The fulfillment order is held already and cannot be split."
        raise UserError(said, path, "FULFILLMENT_ORDER_NOT_SPLITTABLE")
    parts = []
    for place, one in enumerate(given):
        part = own.get(one["id"])
        if one["quantity"] < 1:
            raise UserError("Quantity must be greater than zero.", [*path, str(place), "quantity"], "GREATER_THAN_ZERO")
        if part is None or one["quantity"] > part["remainingQuantity"]:
            said = "Invalid line item quantity requested."
            raise UserError(said, [*path, str(place), "quantity"], "INVALID_LINE_ITEM_QUANTITY")
        parts.append((part, one["quantity"]))
    whole = all(part["remainingQuantity"] == count for part, count in parts) and len(parts) == len(own)
    return [] if whole else parts


def _split(shop: Shop, found: JSON, parts: list[tuple[JSON, int]]) -> JSON:
    """What is not held goes to a fulfillment order of its own."""
    order, location = shop.find("Order", found["orderId"]), shop.find("Location", found["locationId"])
    assert order is not None and location is not None  # noqa: S101, PT018
    counts = {part["id"]: count for part, count in parts}
    rest = []
    for part in fulfilling.lines(shop, found):
        kept = counts.get(part["id"], 0)
        left = part["remainingQuantity"] - kept
        line = shop.find("LineItem", part["lineItemId"])
        if left and line is not None:
            rest.append((line, left))
        part["remainingQuantity"], part["totalQuantity"] = kept, part["totalQuantity"] - left
        if not part["totalQuantity"]:
            shop.drop(part)
    return placing.fulfillment_order(shop, order, location, rest, status=found["status"], fulfillAt=found["fulfillAt"])


@mutation("fulfillmentOrderReleaseHold")
def release(shop: Shop, args: JSON) -> JSON:
    found = shop.need("FulfillmentOrder", args["id"], ["id"], "FULFILLMENT_ORDER_NOT_FOUND")
    present = holds(shop, found)
    wanted = args.get("holdIds")
    if wanted is not None:
        chosen = [h for h in present if h["id"] in wanted]
        if len(chosen) != len(set(wanted)):
            raise UserError("The fulfillment hold does not exist.", ["holdIds"], "INVALID_ACCESS")
    else:
        chosen = [h for h in present if args.get("externalId") in (None, h["externalId"])]
    if not chosen:
        raise UserError("The fulfillment order is not on hold.", ["id"], "INVALID_ACCESS")
    for one_hold in chosen:
        shop.drop(one_hold)
        shop.emit("fulfillment_holds/released", payloads.hold_changed(shop, found, one_hold))
    if not holds(shop, found):
        found["status"] = "SCHEDULED" if _lies_ahead(shop, found) else "OPEN"
        shop.emit("fulfillment_orders/hold_released", payloads.state(found))
    shop.touch(found)
    _tell_order(shop, found, "A hold on fulfillment was released.")
    return {"fulfillmentOrder": found}


def _lies_ahead(shop: Shop, found: JSON) -> bool:
    return bool(found["fulfillAt"]) and datetime.fromisoformat(found["fulfillAt"]) > shop.now()


# Moving and scheduling


@mutation("fulfillmentOrderMove")
def move(shop: Shop, args: JSON) -> JSON:
    found = shop.need("FulfillmentOrder", args["id"], ["id"], None)
    location = shop.need("Location", args["newLocationId"], ["newLocationId"], None)
    if found["status"] not in ("OPEN", "SCHEDULED", "ON_HOLD"):
        raise UserError("The fulfillment order cannot be moved in its present state.", ["id"],
                        "CANNOT_MOVE_FULFILLMENT_ORDER_WITH_REPORTED_PROGRESS")  # fmt: skip
    if location["id"] == found["locationId"]:
        raise UserError("The fulfillment order is assigned to this location already.", ["newLocationId"])
    source, parts = found["locationId"], fulfilling.everything(shop, found)
    found["locationId"] = location["id"]
    shop.touch(found)
    shop.emit("fulfillment_orders/moved", payloads.moved(found, found, source, parts))
    _tell_order(shop, found, f"Fulfillment was moved to {location['name']}.")
    return {"movedFulfillmentOrder": found, "originalFulfillmentOrder": found, "remainingFulfillmentOrder": None}


@mutation("fulfillmentOrderReschedule")
def reschedule(shop: Shop, args: JSON) -> JSON:
    found = shop.need("FulfillmentOrder", args["id"], ["id"], "FULFILLMENT_ORDER_NOT_FOUND")
    if found["status"] != "SCHEDULED":
        raise UserError("Only a scheduled fulfillment order can be rescheduled.", ["id"], None)
    found["fulfillAt"] = args["fulfillAt"]
    shop.touch(found)
    shop.emit("fulfillment_orders/rescheduled", payloads.rescheduled(found))
    return {"fulfillmentOrder": found}


@mutation("fulfillmentOrderOpen")
def mark_open(shop: Shop, args: JSON) -> JSON:
    found = shop.need("FulfillmentOrder", args["id"], ["id"], None)
    if found["status"] not in ("SCHEDULED", "IN_PROGRESS"):
        raise UserError("The fulfillment order is not scheduled.", ["id"])
    found |= {"status": "OPEN", "fulfillAt": shop.stamp()}
    shop.touch(found)
    shop.emit("fulfillment_orders/scheduled_fulfillment_order_ready", payloads.state(found))
    return {"fulfillmentOrder": found}


@mutation("fulfillmentOrdersSetFulfillmentDeadline")
def set_deadline(shop: Shop, args: JSON) -> JSON:
    code = "FULFILLMENT_ORDERS_NOT_FOUND"
    found = [shop.need("FulfillmentOrder", i, ["fulfillmentOrderIds"], code) for i in args["fulfillmentOrderIds"]]
    for one_order in found:
        one_order["fulfillBy"] = args["fulfillmentDeadline"]
        shop.touch(one_order)
    return {"success": True}


def _tell_order(shop: Shop, found: JSON, said: str) -> None:
    order = shop.find("Order", found["orderId"])
    if order is not None:
        placing.note(shop, order, "fulfillment_order", said)
        changed.tell(shop, order)
