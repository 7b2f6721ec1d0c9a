"""Fulfillments: sending goods, tracking, what happens on the way. Source: Admin GraphQL API, fulfillmentCreate."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox.shopify import changed, fulfilling
from sandbox.shopify import order_facts as facts
from sandbox.shopify.connections import Listing
from sandbox.shopify.errors import UserError
from sandbox.shopify.gids import number_of
from sandbox.shopify.money import decimal
from sandbox.shopify.mutating import mutation
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

SENDABLE = ("OPEN", "IN_PROGRESS")


@query("fulfillment")
def one(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("Fulfillment", args["id"])


def parts_of(shop: Shop, node: JSON) -> list[JSON]:
    return shop.where("FulfillmentLineItem", fulfillmentId=node["id"])


FACTS: dict[str, Resolver] = {
    "legacyResourceId": lambda _s, f, _a: str(number_of(f["id"])),
    "order": lambda s, f, _: s.find("Order", f["orderId"]),
    "location": lambda s, f, _: s.find("Location", f["locationId"]),
    "fulfillmentLineItems": lambda s, f, _: parts_of(s, f),
    "totalQuantity": lambda s, f, _: sum(part["quantity"] for part in parts_of(s, f)),
    "trackingInfo": lambda _s, f, a: f["trackingInfo"][: a.get("first")],
    "displayStatus": lambda _s, f, _a: display_status(f),
}
for _name, _resolver in FACTS.items():
    field("Fulfillment", _name)(_resolver)


def display_status(node: JSON) -> str:
    """`FulfillmentDisplayStatus`."""
    if node["status"] == "CANCELLED":
        return "CANCELED"
    return str(node["shipmentStatus"] or "FULFILLED")


@field("Fulfillment", "events")
def events(shop: Shop, node: JSON, _args: JSON) -> Listing:
    found = shop.where("FulfillmentEvent", fulfillmentId=node["id"])
    return Listing(found, {"HAPPENED_AT": lambda e: e["happenedAt"], "ID": lambda e: number_of(e["id"])}, "HAPPENED_AT")


def _sum(read: Callable[[JSON], Decimal]) -> Resolver:
    def resolve(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
        line, order = shop.find("LineItem", node["lineItemId"]), shop.find("Order", node["orderId"])
        if line is None or order is None:
            return None
        return facts.shown(order, read(line) * node["quantity"], shop.currency)

    return resolve


field("FulfillmentLineItem", "originalTotalSet")(_sum(lambda line: decimal(line["price"])))
field("FulfillmentLineItem", "discountedTotalSet")(_sum(facts.unit_price))


@field("FulfillmentLineItem", "lineItem")
def line_of(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    return shop.find("LineItem", node["lineItemId"])


@mutation("fulfillmentCreate")
def create(shop: Shop, args: JSON) -> JSON:
    given = args["fulfillment"]
    wanted = [_wanted(shop, entry, place) for place, entry in enumerate(given["lineItemsByFulfillmentOrder"])]
    if not wanted:
        raise UserError("At least one fulfillment order must be given.", ["fulfillment", "lineItemsByFulfillmentOrder"])
    if len({(found["orderId"], found["locationId"]) for found, _ in wanted}) > 1:
        said = "All fulfillment orders must be of one order and one location."
        raise UserError(said, ["fulfillment", "lineItemsByFulfillmentOrder"])
    order = shop.find("Order", wanted[0][0]["orderId"])
    assert order is not None  # noqa: S101  # fulfillment orders go with their order
    made = None
    for found, parts in wanted:
        made = fulfilling.fulfill(shop, order, found, parts, given.get("trackingInfo"))
    return {"fulfillment": made}


def _wanted(shop: Shop, entry: JSON, place: int) -> tuple[JSON, list[tuple[JSON, int]]]:
    path = ["fulfillment", "lineItemsByFulfillmentOrder", str(place)]
    found = shop.need("FulfillmentOrder", entry["fulfillmentOrderId"], [*path, "fulfillmentOrderId"], None)
    if found["status"] not in SENDABLE:
        said = f"Fulfillment order {number_of(found['id'])} has an unfulfillable status= {found['status'].lower()}."
        raise UserError(said, [*path, "fulfillmentOrderId"])
    given = entry.get("fulfillmentOrderLineItems") or []
    if not given:
        return found, fulfilling.everything(shop, found)
    own = {part["id"]: part for part in fulfilling.lines(shop, found)}
    parts: list[tuple[JSON, int]] = []
    for number, one_part in enumerate(given):
        part = own.get(one_part["id"])
        if part is None or not 0 < one_part["quantity"] <= part["remainingQuantity"]:
            said = "Invalid fulfillment order line item quantity requested."
            raise UserError(said, [*path, "fulfillmentOrderLineItems", str(number)])
        parts.append((part, one_part["quantity"]))
    return found, parts


@mutation("fulfillmentCancel")
def cancel(shop: Shop, args: JSON) -> JSON:
    found = _fulfillment(shop, args["id"], ["id"])
    if found["status"] == "CANCELLED":
        raise UserError("The fulfillment was cancelled already.", ["id"])
    fulfilling.cancel(shop, found)
    return {"fulfillment": found}


@mutation("fulfillmentTrackingInfoUpdate")
def update_tracking(shop: Shop, args: JSON) -> JSON:
    found = _fulfillment(shop, args["fulfillmentId"], ["fulfillmentId"])
    found["trackingInfo"] = fulfilling.tracking_of(args["trackingInfoInput"])
    changed.tell(shop, found)
    return {"fulfillment": found}


@mutation("fulfillmentEventCreate")
def create_event(shop: Shop, args: JSON) -> JSON:
    given: dict[str, Any] = dict(args["fulfillmentEvent"])
    found = _fulfillment(shop, given.pop("fulfillmentId"), ["fulfillmentEvent", "fulfillmentId"])
    return {"fulfillmentEvent": fulfilling.event(shop, found, given.pop("status"), **given)}


def _fulfillment(shop: Shop, text: str, path: list[str]) -> JSON:
    return shop.need("Fulfillment", text, path, None, "Fulfillment does not exist.")
