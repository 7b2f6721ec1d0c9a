"""Goods that come back: returns, their lines, the reverse fulfillment order that waits for the parcel.

Source: Admin GraphQL API reference, Return. REQUESTED becomes OPEN, DECLINED or CANCELED; OPEN becomes CLOSED (by hand
or when everything is processed) or CANCELED; CLOSED may be OPEN again.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.shopify import changed, placing
from sandbox.shopify import order_facts as facts
from sandbox.shopify.gids import gid
from sandbox.shopify.money import decimal, text
from sandbox.shopify.payloads import returns as payloads
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

GONE = ("CANCELED", "DECLINED")


def lines(shop: "Shop", record: JSON) -> list[JSON]:
    return shop.where("ReturnLineItem", returnId=record["id"])


def returnable(shop: "Shop", part: JSON) -> int:
    """What of a fulfillment's line can still be returned."""
    fulfillment = shop.find("Fulfillment", part["fulfillmentId"])
    if fulfillment is None or fulfillment["status"] == "CANCELLED":
        return 0
    asked = 0
    for line in shop.where("ReturnLineItem", fulfillmentLineItemId=part["id"]):
        record = shop.find("Return", line["returnId"])
        if record is not None and record["status"] not in GONE:
            asked += line["quantity"]
    return max(0, int(part["quantity"]) - asked)


def make(
    shop: "Shop", order: JSON, status: str, given: list[JSON], *, fee: JSON | None = None,
    exchanges: list[JSON] | None = None,
) -> JSON:  # fmt: skip
    """A return, requested or approved from the start."""
    count, at = len(facts.returns(shop, order)) + 1, shop.stamp()
    made = shop.new(
        "Return", orderId=order["id"], name=f"{order['name']}-R{count}", status=status, createdAt=at, closedAt=None,
        requestApprovedAt=None, decline=None, shippingFees=[],
    )  # fmt: skip
    if fee:
        number = shop.next("ReturnShippingFee")
        made["shippingFees"] = [{"id": gid("ReturnShippingFee", number), "amount": text(fee["amount"]["amount"])}]
    for one in given:
        shop.new(
            "ReturnLineItem", returnId=made["id"], fulfillmentLineItemId=one["fulfillmentLineItemId"],
            quantity=one["quantity"], reasonId=one.get("returnReasonDefinitionId"),
            returnReasonNote=one.get("returnReasonNote") or "", customerNote=one.get("customerNote"),
            restocking=(one.get("restockingFee") or {}).get("percentage"), processed=0, refunded=0,
        )  # fmt: skip
    for one in exchanges or []:
        shop.new("ExchangeLineItem", returnId=made["id"], variantId=one.get("variantId"), quantity=one["quantity"],
                 processed=0)  # fmt: skip
    placing.note(shop, order, "return", f"Return {made['name']} was {status.lower()}.")
    if status == "OPEN":
        _expect(shop, made)
        tell(shop, made, "approve")
    else:
        tell(shop, made, "request")
    changed.tell(shop, order)
    return made


def approve(shop: "Shop", record: JSON) -> None:
    record |= {"status": "OPEN", "requestApprovedAt": shop.stamp()}
    _expect(shop, record)
    tell(shop, record, "approve")
    _tell_order(shop, record)


def decline(shop: "Shop", record: JSON, reason: str, note: str | None) -> None:
    record |= {"status": "DECLINED", "decline": {"reason": reason, "note": note}}
    tell(shop, record, "decline")
    _tell_order(shop, record)


def move(shop: "Shop", record: JSON, status: str, event: str) -> None:
    """Closed, opened again, cancelled."""
    record |= {"status": status, "closedAt": shop.stamp() if status == "CLOSED" else None}
    ends = {"CLOSED": "CLOSED", "CANCELED": "CANCELED", "OPEN": "OPEN"}
    for expected in shop.where("ReverseFulfillmentOrder", returnId=record["id"]):
        expected["status"] = ends[status]
    tell(shop, record, event)
    _tell_order(shop, record)


def is_done(shop: "Shop", record: JSON) -> bool:
    own = [*lines(shop, record), *shop.where("ExchangeLineItem", returnId=record["id"])]
    return all(line["processed"] >= line["quantity"] for line in own)


def _expect(shop: "Shop", record: JSON) -> None:
    """The reverse fulfillment order of an approved return."""
    made = shop.new("ReverseFulfillmentOrder", returnId=record["id"], orderId=record["orderId"], status="OPEN")
    for line in lines(shop, record):
        shop.new(
            "ReverseFulfillmentOrderLineItem", reverseId=made["id"], returnLineItemId=line["id"],
            fulfillmentLineItemId=line["fulfillmentLineItemId"], totalQuantity=line["quantity"], dispositions=[],
        )  # fmt: skip


def expected_lines(shop: "Shop", expected: JSON) -> list[JSON]:
    return shop.where("ReverseFulfillmentOrderLineItem", reverseId=expected["id"])


def dispose(shop: "Shop", line: JSON, given: JSON) -> JSON:
    """What became of goods that came back; restocked ones are available again."""
    number = shop.next("ReverseFulfillmentOrderDisposition")
    made: JSON = {
        "__typename": "ReverseFulfillmentOrderDisposition", "id": gid("ReverseFulfillmentOrderDisposition", number),
        "type": given["dispositionType"], "quantity": given["quantity"], "locationId": given.get("locationId"),
        "lineId": line["id"],
    }  # fmt: skip
    line["dispositions"].append(made)
    return made


def worth(shop: "Shop", line: JSON, quantity: int) -> Decimal:
    """What the customer paid for so many of a returned line, before tax is added."""
    part = shop.find("FulfillmentLineItem", line["fulfillmentLineItemId"])
    sold = shop.find("LineItem", part["lineItemId"]) if part else None
    return facts.line_total(sold, quantity) if sold else Decimal(0)


def kept(line: JSON, value: Decimal) -> Decimal:
    """The restocking fee."""
    return value * decimal(line["restocking"] or 0) / 100


def tell(shop: "Shop", record: JSON, event: str, **more: Any) -> None:
    bodies = {"request": payloads.whole, "approve": payloads.whole, "decline": payloads.declined}
    make_body = bodies.get(event, payloads.state)
    shop.emit(f"returns/{event}", more.get("body") or make_body(shop, record))


def _tell_order(shop: "Shop", record: JSON) -> None:
    order = shop.find("Order", record["orderId"])
    if order is not None:
        changed.tell(shop, order)
