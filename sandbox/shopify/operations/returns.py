"""Returns. Source: Admin GraphQL API reference, returnRequest to returnProcess; returnableFulfillments."""

from decimal import Decimal

from sandbox.shopify import lists, refunding, returning
from sandbox.shopify import order_facts as facts
from sandbox.shopify.connections import Listing
from sandbox.shopify.errors import UserError
from sandbox.shopify.gids import gid, number_of
from sandbox.shopify.money import decimal
from sandbox.shopify.mutating import mutation
from sandbox.shopify.payloads import returns as payloads
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

LONGEST_CUSTOMER_NOTE, LONGEST_REASON_NOTE, LONGEST_DECLINE = 300, 255, 500


@query("return")
def one(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("Return", args["id"])


@query("returnReasonDefinitions")
def reasons(shop: Shop, _node: JSON, args: JSON) -> Listing:
    found = shop.all("ReturnReasonDefinition")
    if args.get("ids"):
        found = [r for r in found if r["id"] in args["ids"]]
    if args.get("handles"):
        found = [r for r in found if r["handle"] in args["handles"]]
    filters = {**lists.common(), "handle": lambda r: r["handle"], "name": lambda r: r["name"]}
    return lists.listing(shop, found, args, filters, {"HANDLE": lambda r: r["handle"], "NAME": lambda r: r["name"]})


@query("returnableFulfillments")
def returnable(shop: Shop, _node: JSON, args: JSON) -> list[JSON]:
    order = shop.get("Order", args["orderId"])
    if order is None:
        return []
    found = []
    for fulfillment in facts.fulfillments(shop, order):
        parts = [p for p in shop.where("FulfillmentLineItem", fulfillmentId=fulfillment["id"])
                 if returning.returnable(shop, p)]  # fmt: skip
        if parts:
            number = gid("ReturnableFulfillment", number_of(fulfillment["id"]))
            found.append({"__typename": "ReturnableFulfillment", "id": number, "parts": parts})
    return found


@field("ReturnableFulfillment", "returnableFulfillmentLineItems")
def returnable_lines(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    return [{"fulfillmentLineItem": part, "quantity": returning.returnable(shop, part)} for part in node["parts"]]


FACTS: dict[str, Resolver] = {
    "order": lambda s, r, _: s.find("Order", r["orderId"]),
    "totalQuantity": lambda s, r, _: sum(line["quantity"] for line in returning.lines(s, r)),
    "returnLineItems": lambda s, r, a: _filtered(returning.lines(s, r), a),
    "exchangeLineItems": lambda s, r, a: _filtered(s.where("ExchangeLineItem", returnId=r["id"]), a),
    "refunds": lambda s, r, _: s.where("Refund", returnId=r["id"]),
    "reverseFulfillmentOrders": lambda s, r, _: s.where("ReverseFulfillmentOrder", returnId=r["id"]),
}
for _name, _resolver in FACTS.items():
    field("Return", _name)(_resolver)


def _filtered(found: list[JSON], args: JSON) -> list[JSON]:
    state = args.get("processingStatus")
    if state == "PROCESSED":
        return [line for line in found if line["processed"]]
    if state == "PROCESSABLE":
        return [line for line in found if line["processed"] < line["quantity"]]
    return found


@field("Return", "returnShippingFees")
def fees(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    order = _order_of(shop, node)
    return [{**fee, "amountSet": facts.shown(order, decimal(fee["amount"]), shop.currency)}
            for fee in node["shippingFees"]]  # fmt: skip


LINE_FACTS: dict[str, Resolver] = {
    "fulfillmentLineItem": lambda s, x, _: s.find("FulfillmentLineItem", x["fulfillmentLineItemId"]),
    "returnReasonDefinition": lambda s, x, _: s.find("ReturnReasonDefinition", x["reasonId"]),
    "processedQuantity": lambda _s, x, _a: x["processed"],
    "unprocessedQuantity": lambda _s, x, _a: x["quantity"] - x["processed"],
    "processableQuantity": lambda s, x, _: x["quantity"] - x["processed"] if _is_open(s, x) else 0,
    "refundedQuantity": lambda _s, x, _a: x["refunded"],
    "refundableQuantity": lambda _s, x, _a: x["quantity"] - x["refunded"],
}
for _name, _resolver in LINE_FACTS.items():
    field("ReturnLineItem", _name)(_resolver)


@field("ReturnLineItem", "restockingFee")
def restocking_fee(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    record = shop.find("Return", node["returnId"])
    if not node["restocking"] or record is None:
        return None
    amount = returning.kept(node, returning.worth(shop, node, node["quantity"]))
    return {
        "percentage": float(node["restocking"]),
        "amountSet": facts.shown(_order_of(shop, record), amount, shop.currency),
    }


def _is_open(shop: Shop, line: JSON) -> bool:
    record = shop.find("Return", line["returnId"])
    return record is not None and record["status"] == "OPEN"


def _order_of(shop: Shop, node: JSON) -> JSON:
    found = shop.find("Order", node["orderId"])
    assert found is not None  # noqa: S101  # returns go with their order
    return found


@field("Return", "suggestedFinancialOutcome")
def outcome(shop: Shop, node: JSON, args: JSON) -> JSON:
    order, goods, fee = _order_of(shop, node), Decimal(0), Decimal(0)
    for asked in args["returnLineItems"]:
        line = shop.find("ReturnLineItem", asked["id"])
        if line is not None and line["returnId"] == node["id"]:
            value = returning.worth(shop, line, asked["quantity"])
            goods, fee = goods + value, fee + returning.kept(line, value)
    shipped = args.get("refundShipping") or {}
    shipping = refunding.shipping_left(shop, order) if shipped.get("fullRefund") else decimal(
        (shipped.get("shippingRefundAmount") or {}).get("amount"))  # fmt: skip
    costs = fee + sum((decimal(f["amount"]) for f in node["shippingFees"]), Decimal(0))
    amount = facts.with_tax(order, goods) + shipping - costs
    most = refunding.maximum(shop, order)

    def bag(value: Decimal) -> JSON:
        return facts.shown(order, value, shop.currency)

    transfer: JSON = {"__typename": "InvoiceReturnOutcome", "amount": bag(-amount)}
    if amount >= 0:
        back = min(amount, most)
        transfer = {"__typename": "RefundReturnOutcome", "amount": bag(back),
                    "suggestedTransactions": refunding.suggested(shop, order, back)}  # fmt: skip
    return {
        "discountedSubtotal": bag(goods), "totalTax": bag(facts.tax_of(order, goods)), "maximumRefundable": bag(most),
        "refundDuties": [], "financialTransfer": transfer,
    }  # fmt: skip


# Changing


@mutation("returnRequest")
def request(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    order = shop.need("Order", given["orderId"], ["input", "orderId"])
    wanted = _checked(shop, order, given["returnLineItems"], ["input", "returnLineItems"])
    return {"return": returning.make(shop, order, "REQUESTED", wanted, fee=given.get("returnShippingFee"))}


@mutation("returnCreate")
def create(shop: Shop, args: JSON) -> JSON:
    given = args["returnInput"]
    order = shop.need("Order", given["orderId"], ["returnInput", "orderId"])
    wanted = _checked(shop, order, given["returnLineItems"], ["returnInput", "returnLineItems"])
    made = returning.make(
        shop, order, "OPEN", wanted, fee=given.get("returnShippingFee"), exchanges=given.get("exchangeLineItems")
    )
    return {"return": made}


def _checked(shop: Shop, order: JSON, given: list[JSON], path: list[str]) -> list[JSON]:
    if not given:
        raise UserError("At least one return line item must be given.", path, "BLANK")
    for place, one_line in enumerate(given):
        here = [*path, str(place)]
        part = shop.find("FulfillmentLineItem", one_line["fulfillmentLineItemId"])
        if part is None or part["orderId"] != order["id"]:
            raise UserError("Fulfillment line item does not exist.", [*here, "fulfillmentLineItemId"], "NOT_FOUND")
        if one_line["quantity"] < 1:
            raise UserError("Quantity must be greater than 0.", [*here, "quantity"], "GREATER_THAN")
        if one_line["quantity"] > returning.returnable(shop, part):
            said = "Return line item has an invalid quantity."
            raise UserError(said, [*here, "quantity"], "INVALID")
        reason = one_line.get("returnReasonDefinitionId")
        if reason is not None and shop.find("ReturnReasonDefinition", reason) is None:
            said = "Return reason definition does not exist."
            raise UserError(said, [*here, "returnReasonDefinitionId"], "NOT_FOUND")
        for name, most in (("customerNote", LONGEST_CUSTOMER_NOTE), ("returnReasonNote", LONGEST_REASON_NOTE)):
            if len(one_line.get(name) or "") > most:
                raise UserError(f"Note is too long (maximum is {most} characters).", [*here, name], "TOO_LONG")
    return given


@mutation("returnApproveRequest")
def approve(shop: Shop, args: JSON) -> JSON:
    record = shop.need("Return", args["input"]["id"], ["input", "id"], said="Return does not exist.")
    _must_be(record, "REQUESTED", ["input", "id"], "Return is not approvable. Only requested returns can be approved.")
    returning.approve(shop, record)
    return {"return": record}


@mutation("returnDeclineRequest")
def decline(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    record = shop.need("Return", given["id"], ["input", "id"], said="Return does not exist.")
    _must_be(record, "REQUESTED", ["input", "id"], "Return is not declinable. Only requested returns can be declined.")
    if len(given.get("declineNote") or "") > LONGEST_DECLINE:
        said = f"Note is too long (maximum is {LONGEST_DECLINE} characters)."
        raise UserError(said, ["input", "declineNote"], "TOO_LONG")
    returning.decline(shop, record, given["declineReason"], given.get("declineNote"))
    return {"return": record}


@mutation("returnClose")
def close(shop: Shop, args: JSON) -> JSON:
    record = shop.need("Return", args["id"], ["id"], said="Return does not exist.")
    _must_be(record, "OPEN", ["id"], "Only open returns can be closed.")
    returning.move(shop, record, "CLOSED", "close")
    return {"return": record}


@mutation("returnReopen")
def reopen(shop: Shop, args: JSON) -> JSON:
    record = shop.need("Return", args["id"], ["id"], said="Return does not exist.")
    _must_be(record, "CLOSED", ["id"], "Only closed returns can be reopened.")
    returning.move(shop, record, "OPEN", "reopen")
    return {"return": record}


@mutation("returnCancel")
def cancel(shop: Shop, args: JSON) -> JSON:
    record = shop.need("Return", args["id"], ["id"], said="Return does not exist.")
    processed = any(line["processed"] or line["refunded"] for line in returning.lines(shop, record))
    if record["status"] not in ("OPEN", "REQUESTED") or processed:
        raise UserError("Return is not cancelable: it is closed, or items were processed.", ["id"], "INVALID_STATE")
    returning.move(shop, record, "CANCELED", "cancel")
    return {"return": record}


@mutation("removeFromReturn")
def remove(shop: Shop, args: JSON) -> JSON:
    record = shop.need("Return", args["returnId"], ["returnId"], said="Return does not exist.")
    _must_be(record, "OPEN", ["returnId"], "Items can only be removed from an open return.")
    removals: list[tuple[JSON, int]] = []
    for place, asked in enumerate(args.get("returnLineItems") or []):
        line = shop.find("ReturnLineItem", asked["returnLineItemId"])
        path = ["returnLineItems", str(place)]
        if line is None or line["returnId"] != record["id"]:
            raise UserError("Return line item does not exist.", [*path, "returnLineItemId"], "NOT_FOUND")
        if not 0 < asked["quantity"] <= line["quantity"] - line["processed"]:
            raise UserError("Quantity is more than can be removed.", [*path, "quantity"], "INVALID")
        removals.append((line, asked["quantity"]))
    for line, count in removals:
        line["quantity"] -= count
        for expected in shop.all("ReverseFulfillmentOrderLineItem"):
            if expected["returnLineItemId"] == line["id"]:
                expected["totalQuantity"] -= count
        if not line["quantity"]:
            shop.drop(line)
    returning.tell(shop, record, "update", body=payloads.updated(record, removals))
    return {"return": record}


@mutation("returnProcess")
def process(shop: Shop, args: JSON) -> JSON:
    """Goods came back: what becomes of them, and the money that goes back."""
    given = args["input"]
    record = shop.need("Return", given["returnId"], ["input", "returnId"], said="Return does not exist.")
    _must_be(record, "OPEN", ["input", "returnId"], "Only open returns can be processed.")
    order = _order_of(shop, record)
    done = [_processable(shop, record, one, place) for place, one in enumerate(given.get("returnLineItems") or [])]
    exchanged = [_exchanged(shop, record, e, n) for n, e in enumerate(given.get("exchangeLineItems") or [])]
    parts = _payments(shop, order, (given.get("financialTransfer") or {}).get("issueRefund") or {})
    shipped = given.get("refundShipping") or {}
    shipping = refunding.shipping_left(shop, order) if shipped.get("fullRefund") else decimal(
        (shipped.get("shippingRefundAmount") or {}).get("amount"))  # fmt: skip
    lines = [refund_line for line, one in done for refund_line in _refund_lines(shop, line, one)]
    try:
        if lines or parts:
            refunding.make(shop, order, lines=lines, parts=parts, shipping=shipping, note=given.get("note"),
                           return_id=record["id"])  # fmt: skip
    except refunding.Declined as declined:
        raise UserError(str(declined), ["input", "financialTransfer"], "CREATION_FAILED") from declined
    for line, one in done:
        line["processed"] += one["quantity"]
        line["refunded"] += one["quantity"]
        _dispose(shop, line, one)
    for line, count in exchanged:
        line["processed"] += count
    returning.tell(shop, record, "process", body={})
    if returning.is_done(shop, record):
        returning.move(shop, record, "CLOSED", "close")
    return {"return": record}


def _processable(shop: Shop, record: JSON, asked: JSON, place: int) -> tuple[JSON, JSON]:
    path = ["input", "returnLineItems", str(place)]
    line = shop.find("ReturnLineItem", asked["id"])
    if line is None or line["returnId"] != record["id"]:
        raise UserError("Return line item does not exist.", [*path, "id"], "NOT_FOUND")
    if not 0 < asked["quantity"] <= line["quantity"] - line["processed"]:
        raise UserError("Quantity exceeds the processable quantity.", [*path, "quantity"], "INVALID")
    dispositions = asked.get("dispositions") or []
    if sum(d["quantity"] for d in dispositions) > asked["quantity"]:
        raise UserError("Dispositions exceed the quantity.", [*path, "dispositions"], "INVALID")
    for number, one_disposition in enumerate(dispositions):
        check_disposition(shop, one_disposition, [*path, "dispositions", str(number)])
    return line, asked


def check_disposition(shop: Shop, given: JSON, path: list[str]) -> JSON:
    """The line of the reverse fulfillment order it is about."""
    line = shop.find("ReverseFulfillmentOrderLineItem", given["reverseFulfillmentOrderLineItemId"])
    if line is None:
        said = "Reverse fulfillment order line item does not exist."
        raise UserError(said, [*path, "reverseFulfillmentOrderLineItemId"], "NOT_FOUND")
    left = line["totalQuantity"] - sum(d["quantity"] for d in line["dispositions"])
    if not 0 < given["quantity"] <= left:
        raise UserError("Quantity exceeds what is left to dispose of.", [*path, "quantity"], "INVALID")
    if given["dispositionType"] == "RESTOCKED" and shop.find("Location", given.get("locationId")) is None:
        raise UserError("A location must be given to restock.", [*path, "locationId"], "PRESENT")
    return line


def _exchanged(shop: Shop, record: JSON, asked: JSON, place: int) -> tuple[JSON, int]:
    line = shop.find("ExchangeLineItem", asked["id"])
    path = ["input", "exchangeLineItems", str(place)]
    if line is None or line["returnId"] != record["id"] or asked["quantity"] > line["quantity"] - line["processed"]:
        raise UserError("Exchange line item does not exist or has less left.", [*path, "id"], "INVALID")
    return line, asked["quantity"]


def _payments(shop: Shop, order: JSON, given: JSON) -> list[refunding.Part]:
    path = ["input", "financialTransfer", "issueRefund", "orderTransactions"]
    found: list[refunding.Part] = []
    for place, one_payment in enumerate(given.get("orderTransactions") or []):
        payment = shop.find("OrderTransaction", one_payment["parentId"])
        amount = decimal(one_payment["transactionAmount"]["amount"])
        if payment is None or payment["orderId"] != order["id"] or payment["kind"] not in facts.PAID_KINDS:
            raise UserError("Parent transaction does not exist.", [*path, str(place), "parentId"], "NOT_FOUND")
        if amount > refunding.refundable(shop, payment) and not given.get("allowOverRefunding"):
            said = "The amount exceeds what can be refunded."
            raise UserError(said, [*path, str(place), "transactionAmount"], "LESS_THAN_OR_EQUAL_TO")
        found.append((payment, amount))
    return found


def _refund_lines(shop: Shop, line: JSON, asked: JSON) -> list[JSON]:
    part = shop.find("FulfillmentLineItem", line["fulfillmentLineItemId"])
    assert part is not None  # noqa: S101  # it was checked when the return was made
    stocked = [d for d in asked.get("dispositions") or [] if d["dispositionType"] == "RESTOCKED"]
    told = [{"lineItemId": part["lineItemId"], "quantity": d["quantity"], "restockType": "RETURN",
             "locationId": d["locationId"]} for d in stocked]  # fmt: skip
    rest = asked["quantity"] - sum(d["quantity"] for d in stocked)
    if rest:
        told.append({"lineItemId": part["lineItemId"], "quantity": rest, "restockType": "NO_RESTOCK"})
    return told


def _dispose(shop: Shop, line: JSON, asked: JSON) -> None:
    for given in asked.get("dispositions") or []:
        expected = shop.find("ReverseFulfillmentOrderLineItem", given["reverseFulfillmentOrderLineItemId"])
        if expected is not None and expected["returnLineItemId"] == line["id"]:
            returning.dispose(shop, expected, given)


def _must_be(record: JSON, status: str, path: list[str], said: str) -> None:
    if record["status"] != status:
        raise UserError(said, path, "INVALID_STATE")
