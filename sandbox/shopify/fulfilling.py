"""Sending goods: fulfillments, their tracking and events, and what they do to fulfillment orders and stock."""

from typing import TYPE_CHECKING, Any

from sandbox.shopify import changed, placing, stock
from sandbox.shopify import order_facts as facts
from sandbox.shopify.payloads import bodies
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop


def lines(shop: "Shop", fulfillment_order: JSON) -> list[JSON]:
    return shop.where("FulfillmentOrderLineItem", fulfillmentOrderId=fulfillment_order["id"])


def everything(shop: "Shop", fulfillment_order: JSON) -> list[tuple[JSON, int]]:
    return [(part, part["remainingQuantity"]) for part in lines(shop, fulfillment_order) if part["remainingQuantity"]]


def fulfill(
    shop: "Shop", order: JSON, fulfillment_order: JSON, parts: list[tuple[JSON, int]], tracking: JSON | None = None
) -> JSON:
    """Send some of a fulfillment order; it closes when nothing remains. Tells fulfillment, order, stock."""
    count, at = len(facts.fulfillments(shop, order)) + 1, shop.stamp()
    made = shop.new(
        "Fulfillment", orderId=order["id"], locationId=fulfillment_order["locationId"], status="SUCCESS",
        name=f"{order['name']}-F{count}", createdAt=at, updatedAt=at, shipmentStatus=None, inTransitAt=None,
        deliveredAt=None, estimatedDeliveryAt=None, trackingInfo=tracking_of(tracking or {}),
        fulfillmentOrderId=fulfillment_order["id"], requiresShipping=True,
    )  # fmt: skip
    for part, quantity in parts:
        part["remainingQuantity"] -= quantity
        shop.new("FulfillmentLineItem", fulfillmentId=made["id"], lineItemId=part["lineItemId"], quantity=quantity,
                 orderId=order["id"])  # fmt: skip
        _leave_stock(shop, part, fulfillment_order, quantity)
    _advance(shop, fulfillment_order)
    shop.emit("fulfillments/create", lambda: bodies.of(shop, made))
    tell_order(shop, order)
    placing.note(
        shop, order, "fulfillment_success", f"{shop.user_name or 'The shop'} fulfilled {count_of(parts)} items."
    )
    return made


def count_of(parts: list[tuple[JSON, int]]) -> int:
    return sum(quantity for _, quantity in parts)


def tell_order(shop: "Shop", order: JSON) -> None:
    """orders/fulfilled or orders/partially_fulfilled, and orders/updated."""
    event = {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partially_fulfilled"}
    changed.tell(shop, order)
    if name := event.get(facts.fulfillment_status(shop, order)):
        shop.emit(f"orders/{name}", lambda: bodies.of(shop, order))


def tracking_of(given: JSON) -> list[JSON]:
    """`FulfillmentTrackingInput` as FulfillmentTrackingInfo."""
    numbers = given.get("numbers") or ([given["number"]] if given.get("number") else [])
    urls = given.get("urls") or ([given["url"]] if given.get("url") else [])
    most = max(len(numbers), len(urls))
    company = given.get("company")
    if not most:
        return [{"company": company, "number": None, "url": None}] if company else []
    numbers, urls = numbers + [None] * (most - len(numbers)), urls + [None] * (most - len(urls))
    return [{"company": company, "number": n, "url": u} for n, u in zip(numbers, urls, strict=True)]


def cancel(shop: "Shop", fulfillment: JSON) -> None:
    """What was sent is to be sent again."""
    fulfillment["status"] = "CANCELLED"
    order = shop.find("Order", fulfillment["orderId"])
    fulfillment_order = shop.find("FulfillmentOrder", fulfillment["fulfillmentOrderId"])
    assert order is not None and fulfillment_order is not None  # noqa: S101, PT018
    sent = {p["lineItemId"]: p["quantity"] for p in shop.where("FulfillmentLineItem", fulfillmentId=fulfillment["id"])}
    for part in lines(shop, fulfillment_order):
        part["remainingQuantity"] += sent.get(part["lineItemId"], 0)
    fulfillment_order["status"] = "OPEN"
    shop.touch(fulfillment_order)
    changed.tell(shop, fulfillment)
    changed.tell(shop, order)


def event(shop: "Shop", fulfillment: JSON, status: str, **about: Any) -> JSON:
    """Something happened on the way to the customer."""
    at = about.pop("happenedAt", None) or shop.stamp()
    about.setdefault("message", None)
    made = shop.new("FulfillmentEvent", fulfillmentId=fulfillment["id"], status=status, happenedAt=at,
                    createdAt=shop.stamp(), orderId=fulfillment["orderId"], **about)  # fmt: skip
    fulfillment["shipmentStatus"] = status
    if status in ("IN_TRANSIT", "CARRIER_PICKED_UP") and not fulfillment["inTransitAt"]:
        fulfillment["inTransitAt"] = at
    if status == "DELIVERED":
        fulfillment["deliveredAt"] = at
    if about.get("estimatedDeliveryAt"):
        fulfillment["estimatedDeliveryAt"] = about["estimatedDeliveryAt"]
    shop.emit("fulfillment_events/create", lambda: bodies.of(shop, made))
    changed.tell(shop, fulfillment)
    return made


def settle(shop: "Shop", fulfillment_order: JSON) -> None:
    """Nothing left to send: it is closed."""
    if fulfillment_order["status"] in facts.OPEN_STATES:
        _advance(shop, fulfillment_order, progress=False)


def _advance(shop: "Shop", fulfillment_order: JSON, *, progress: bool = True) -> None:
    if not any(part["remainingQuantity"] for part in lines(shop, fulfillment_order)):
        fulfillment_order["status"] = "CLOSED"
    elif progress and fulfillment_order["status"] == "OPEN":
        fulfillment_order["status"] = "IN_PROGRESS"
    shop.touch(fulfillment_order)


def _leave_stock(shop: "Shop", part: JSON, fulfillment_order: JSON, quantity: int) -> None:
    line = shop.find("LineItem", part["lineItemId"])
    variant = shop.find("ProductVariant", line["variantId"]) if line else None
    if variant is not None and stock.item_of(shop, variant)["tracked"]:
        location = shop.find("Location", fulfillment_order["locationId"])
        if location is not None:
            stock.send(shop, stock.level_at(shop, stock.item_of(shop, variant), location), quantity)
