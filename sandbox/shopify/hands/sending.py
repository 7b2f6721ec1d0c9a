"""What is sent and comes back: fulfillments, holds on fulfillment orders, returns, refunds."""

from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from sandbox.kernel.hands import NotAccepted
from sandbox.shopify import fulfilling, refunding, returning
from sandbox.shopify import order_facts as facts
from sandbox.shopify.hands import reads
from sandbox.shopify.hands.asking import Friendly, change, checked, every, need, refusing, shown
from sandbox.shopify.hands.placing_orders import Amount, Id, amount
from sandbox.shopify.money import text
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON


class Tracking(Friendly):
    company: str | None = None
    number: str | None = None
    url: str | None = None


class Part(Friendly):
    """A line of the order: by its id or its SKU."""

    line: Id | None = None
    sku: str | None = None
    quantity: int = Field(default=1, ge=1)


class Fulfillment(Friendly):
    """All that is left to send, unless `items` says otherwise."""

    order_id: Id
    items: list[Part] | None = None
    tracking: Tracking = Tracking()


class FulfillmentPatch(Friendly):
    """`status` is something that happened on the way (IN_TRANSIT, DELIVERED, FAILURE ...)."""

    tracking: Tracking | None = None
    status: str | None = None
    message: str | None = None
    cancelled: bool = False


def create_fulfillment(shop: Shop, given: JSON) -> JSON:
    asked = checked(Fulfillment, given)
    order = need(shop, "Order", asked.order_id, "order_id")
    open_ones = [f for f in facts.fulfillment_orders(shop, order) if f["status"] in ("OPEN", "IN_PROGRESS")]
    if not open_ones:
        raise NotAccepted(
            422, "", {"order_id": f"nothing of {order['name']} can be sent now (sent, held or cancelled)"}
        )
    tracking, made = asked.tracking.model_dump(exclude_none=True), None
    wanted = None if asked.items is None else quantities(shop, order, asked.items)
    for found in open_ones:
        parts = fulfilling.everything(shop, found)
        if wanted is not None:
            parts = [(part, wanted[part["lineItemId"]]) for part, _ in parts if wanted.get(part["lineItemId"])]
            if any(part["remainingQuantity"] < quantity for part, quantity in parts):
                raise NotAccepted(422, "", {"items": "more than is left to send"})
        if parts:
            made = fulfilling.fulfill(shop, order, found, parts, tracking)
    if made is None:
        raise NotAccepted(422, "", {"items": "none of these is left to send"})
    return get_fulfillment(shop, made["id"])


def patch_fulfillment(shop: Shop, number: Any, given: JSON) -> JSON:
    found, asked = need(shop, "Fulfillment", number, status=404), checked(FulfillmentPatch, given)
    if asked.tracking is not None:
        told = asked.tracking.model_dump(exclude_none=True)
        change(shop, "fulfillmentTrackingInfoUpdate", {"fulfillmentId": found["id"], "trackingInfoInput": told})
    if asked.status is not None:
        event = {"fulfillmentId": found["id"], "status": asked.status, "message": asked.message}
        change(shop, "fulfillmentEventCreate", {"fulfillmentEvent": event}, "fulfillmentEvent")
    if asked.cancelled:
        change(shop, "fulfillmentCancel", {"id": found["id"]})
    return get_fulfillment(shop, found["id"])


def get_fulfillment(shop: Shop, number: Any) -> JSON:
    return shown(shop, "Fulfillment", number, reads.FULFILLMENT)


def list_fulfillments(shop: Shop) -> list[JSON]:
    return every(shop, "Fulfillment", reads.FULFILLMENT)


class FulfillmentOrderPatch(Friendly):
    """`hold`: a reason of the API; `release` ends the holds this shop's own people placed."""

    hold: str | None = None
    note: str | None = None
    release: bool = False


def patch_fulfillment_order(shop: Shop, number: Any, given: JSON) -> JSON:
    found, asked = need(shop, "FulfillmentOrder", number, status=404), checked(FulfillmentOrderPatch, given)
    if asked.hold is not None:
        hold = {"reason": asked.hold, "reasonNotes": asked.note}
        change(shop, "fulfillmentOrderHold", {"id": found["id"], "fulfillmentHold": hold}, "fulfillmentHold")
    if asked.release:
        change(shop, "fulfillmentOrderReleaseHold", {"id": found["id"]})
    return get_fulfillment_order(shop, found["id"])


def get_fulfillment_order(shop: Shop, number: Any) -> JSON:
    return shown(shop, "FulfillmentOrder", number, reads.FULFILLMENT_ORDER)


def list_fulfillment_orders(shop: Shop) -> list[JSON]:
    return every(shop, "FulfillmentOrder", reads.FULFILLMENT_ORDER)


# Returns and refunds


class Return(Friendly):
    """Everything sent, unless `items` says otherwise. `status`: asked for by the buyer, or made by staff (OPEN)."""

    order_id: Id
    items: list[Part] | None = None
    reason: str = "defective"
    note: str = ""
    status: Literal["REQUESTED", "OPEN"] = "REQUESTED"


class ReturnPatch(Friendly):
    """`process`: the goods are here, the money goes back."""

    status: Literal["OPEN", "DECLINED", "CLOSED", "CANCELED"] | None = None
    decline_reason: str = "OTHER"
    note: str | None = None
    process: bool = False


def create_return(shop: Shop, given: JSON) -> JSON:
    asked = checked(Return, given)
    order = need(shop, "Order", asked.order_id, "order_id")
    reason = next((r for r in shop.all("ReturnReasonDefinition") if r["handle"] == asked.reason), None)
    if reason is None:
        known = ", ".join(r["handle"] for r in shop.all("ReturnReasonDefinition"))
        raise NotAccepted(422, "", {"reason": f"must be one of {known}"})
    wanted = None if asked.items is None else quantities(shop, order, asked.items)
    lines: list[JSON] = []
    for part in shop.where("FulfillmentLineItem", orderId=order["id"]):
        most = returning.returnable(shop, part)
        quantity = most if wanted is None else min(most, wanted.get(part["lineItemId"], 0))
        if quantity:
            lines.append({"fulfillmentLineItemId": part["id"], "quantity": quantity,
                          "returnReasonDefinitionId": reason["id"], "returnReasonNote": asked.note[:255],
                          "customerNote": asked.note[:300] or None})  # fmt: skip
            if wanted is not None:
                wanted[part["lineItemId"]] -= quantity
    if not lines or any((wanted or {}).values()):
        raise NotAccepted(422, "", {"items": f"{order['name']} has not so much that was sent and is not returned yet"})
    made = refusing(lambda: returning.make(shop, order, asked.status, lines))
    return get_return(shop, made["id"])


def patch_return(shop: Shop, number: Any, given: JSON) -> JSON:
    found, asked = need(shop, "Return", number, status=404), checked(ReturnPatch, given)
    if asked.status == "OPEN":
        again = found["status"] == "CLOSED"
        args: JSON = {"id": found["id"]} if again else {"input": {"id": found["id"]}}
        change(shop, "returnReopen" if again else "returnApproveRequest", args)
    elif asked.status == "DECLINED":
        told = {"id": found["id"], "declineReason": asked.decline_reason, "declineNote": asked.note}
        change(shop, "returnDeclineRequest", {"input": told}, "input")
    elif asked.status is not None:
        change(shop, "returnClose" if asked.status == "CLOSED" else "returnCancel", {"id": found["id"]})
    if asked.process:
        _process(shop, found, asked.note)
    return get_return(shop, found["id"])


def _process(shop: Shop, found: JSON, note: str | None) -> None:
    order = shop.need("Order", found["orderId"])
    lines = [line for line in returning.lines(shop, found) if line["quantity"] > line["processed"]]
    worth = sum((returning.worth(shop, x, x["quantity"] - x["processed"]) for x in lines), Decimal(0))
    due = min(facts.with_tax(order, worth), refunding.maximum(shop, order))
    money = [
        {"parentId": payment["id"],
         "transactionAmount": {"amount": text(share), "currencyCode": shop.currency}}
        for payment, share in refunding.spread(shop, order, due)
    ]  # fmt: skip
    body: JSON = {
        "returnId": found["id"], "note": note,
        "returnLineItems": [{"id": x["id"], "quantity": x["quantity"] - x["processed"]} for x in lines],
    }  # fmt: skip
    if money:
        body["financialTransfer"] = {"issueRefund": {"orderTransactions": money}}
    change(shop, "returnProcess", {"input": body}, "input")


def get_return(shop: Shop, number: Any) -> JSON:
    return shown(shop, "Return", number, reads.RETURN)


def list_returns(shop: Shop) -> list[JSON]:
    return every(shop, "Return", reads.RETURN)


class Refund(Friendly):
    """The whole order, some `items`, or an `amount` of it."""

    order_id: Id
    items: list[Part] | None = None
    amount: Amount | None = None
    note: str | None = None


def create_refund(shop: Shop, given: JSON) -> JSON:
    asked = checked(Refund, given)
    order = need(shop, "Order", asked.order_id, "order_id")
    most, lines = (
        refunding.maximum(shop, order),
        [] if asked.amount is not None else _to_refund(shop, order, asked.items),
    )
    shipping = refunding.shipping_left(shop, order) if asked.amount is None and asked.items is None else Decimal(0)
    wanted = amount(asked.amount, "amount") if asked.amount is not None else min(
        most, refunding.value_of(shop, order, lines) + shipping)  # fmt: skip
    if not 0 < wanted <= most:
        raise NotAccepted(422, "", {"amount": f"must be more than 0 and at most {text(most)}"})
    try:
        made = refunding.make(shop, order, lines=lines, parts=refunding.spread(shop, order, wanted), note=asked.note,
                              shipping=shipping)  # fmt: skip
    except refunding.Declined as declined:
        raise NotAccepted(422, "", {"amount": str(declined)}) from declined
    return get_refund(shop, made["id"])


def _to_refund(shop: Shop, order: JSON, items: list[Part] | None) -> list[JSON]:
    wanted = None if items is None else quantities(shop, order, items)
    found = []
    for line in facts.lines(shop, order):
        most = facts.refundable_quantity(shop, line)
        quantity = most if wanted is None else wanted.get(line["id"], 0)
        if quantity > most:
            raise NotAccepted(422, "", {"items": f"only {most} of {line['title']} can be refunded"})
        if quantity:
            found.append({"lineItemId": line["id"], "quantity": quantity, "restockType": "NO_RESTOCK"})
    return found


def get_refund(shop: Shop, number: Any) -> JSON:
    return shown(shop, "Refund", number, reads.REFUND)


def list_refunds(shop: Shop) -> list[JSON]:
    return every(shop, "Refund", reads.REFUND)


def quantities(shop: Shop, order: JSON, parts: list[Part]) -> dict[str, int]:
    """Line id -> quantity."""
    lines, found = facts.lines(shop, order), dict[str, int]()
    for place, part in enumerate(parts):
        known = next((line for line in lines if _is(line, part)), None)
        if known is None:
            said = f"{order['name']} has no such line; name its `line` or `sku`"
            raise NotAccepted(422, "", {f"items.{place}": said})
        found[known["id"]] = found.get(known["id"], 0) + part.quantity
    return found


def _is(line: JSON, part: Part) -> bool:
    if part.line is not None:
        return str(part.line) in (line["id"], line["id"].rpartition("/")[2])
    return part.sku is not None and line["sku"] == part.sku
