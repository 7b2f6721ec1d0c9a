"""Giving money back: what an order may still get, refunds with their lines, shipping and transactions."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.shopify import changed, placing, stock
from sandbox.shopify import order_facts as facts
from sandbox.shopify.money import decimal, text, total
from sandbox.shopify.payloads import bodies
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

# (payment, amount to give back)
Part = tuple[JSON, Decimal]


class Declined(Exception):
    """The payment provider refuses the refund."""


def refundable(shop: "Shop", payment: JSON) -> Decimal:
    """What of a payment was not given back yet."""
    back = shop.where("OrderTransaction", parentId=payment["id"], kind="REFUND", status="SUCCESS")
    return max(Decimal(0), decimal(payment["amount"]) - total(t["amount"] for t in back))


def maximum(shop: "Shop", order: JSON) -> Decimal:
    return max(Decimal(0), facts.received(shop, order) - facts.refunded(shop, order))


def payments(shop: "Shop", order: JSON) -> list[JSON]:
    found = facts.transactions(shop, order)
    return [t for t in found if t["kind"] in facts.PAID_KINDS and t["status"] == "SUCCESS"]


def spread(shop: "Shop", order: JSON, amount: Decimal) -> list[Part]:
    """An amount over the order's payments, as far as they go."""
    found: list[Part] = []
    for payment in payments(shop, order):
        share = min(amount, refundable(shop, payment))
        if share > 0:
            found.append((payment, share))
            amount -= share
    return found


def value_of(shop: "Shop", order: JSON, lines: list[JSON]) -> Decimal:
    """What the customer paid for these lines, tax included."""
    goods = Decimal(0)
    for part in lines:
        line = shop.find("LineItem", part["lineItemId"])
        if line is not None:
            goods += facts.line_total(line, part["quantity"])
    return facts.with_tax(order, goods)


def shipping_left(shop: "Shop", order: JSON) -> Decimal:
    paid = facts.with_tax(order, facts.shipping(order))
    return max(Decimal(0), paid - facts.refunded_shipping(shop, order))


def make(
    shop: "Shop", order: JSON, *, lines: list[JSON], parts: list[Part], shipping: Decimal = Decimal(0),
    note: str | None = None, credit: Decimal = Decimal(0), return_id: str | None = None,
) -> JSON:  # fmt: skip
    """A refund: its lines go back to stock where they say so, its amounts to the payments they came from.

    Raises Declined (and keeps the failed transaction) where the payment provider refuses.
    """
    if shop.store.decline_refunds and parts:
        for payment, amount in parts:
            placing.transaction(shop, order, "REFUND", amount, status="FAILURE", gateway=payment["gateway"],
                                parent=payment)  # fmt: skip
        raise Declined("The refund could not be processed by the payment provider.")
    amount = total(share for _, share in parts) + credit
    worth = value_of(shop, order, lines) + shipping
    made = shop.new(
        "Refund", orderId=order["id"], createdAt=shop.stamp(), processedAt=shop.stamp(), updatedAt=shop.stamp(),
        note=note, returnId=return_id, lines=[_line(shop, part) for part in lines], amount=text(amount),
        shipping=text(shipping), discrepancy=text(max(Decimal(0), amount - worth)),
    )  # fmt: skip
    for payment, share in parts:
        transaction = placing.transaction(shop, order, "REFUND", share, gateway=payment["gateway"], parent=payment)
        transaction["refundId"] = made["id"]
    if credit:
        transaction = placing.transaction(shop, order, "REFUND", credit, gateway="shopify_store_credit")
        transaction["refundId"] = made["id"]
    for part in lines:
        _put_back(shop, part)
    placing.agree(shop, order, "RefundAgreement", "REFUND")
    if amount:
        placing.note(shop, order, "refund", f"{shop.currency} {text(amount)} was refunded.")
    changed.tell(shop, order)
    shop.emit("refunds/create", lambda: bodies.of(shop, made))
    return made


def everything(shop: "Shop", order: JSON, *, refund: bool, credit: bool, restock: bool) -> None:
    """All that is left of an order, as a cancellation takes it back."""
    lines = [
        {"lineItemId": line["id"], "quantity": quantity, "restockType": "CANCEL" if restock else "NO_RESTOCK",
         "locationId": placing.main_location(shop)["id"] if restock else None}
        for line in facts.lines(shop, order)
        if (quantity := facts.refundable_quantity(shop, line))
    ]  # fmt: skip
    amount = maximum(shop, order)
    parts = spread(shop, order, amount) if refund else []
    given = amount if credit else Decimal(0)
    make(shop, order, lines=lines, parts=parts, shipping=shipping_left(shop, order), credit=given)


def _line(shop: "Shop", part: JSON) -> JSON:
    number = shop.next("RefundLineItem")
    return {"id": f"gid://shopify/RefundLineItem/{number}", "locationId": None, "restockType": "NO_RESTOCK", **part}


def _put_back(shop: "Shop", part: JSON) -> None:
    """Back on sale: what was committed and never sent, or what came back."""
    line = shop.find("LineItem", part["lineItemId"])
    variant = shop.find("ProductVariant", line["variantId"]) if line else None
    if line is None or variant is None or not stock.item_of(shop, variant)["tracked"]:
        return
    location = shop.find("Location", part.get("locationId")) or placing.main_location(shop)
    level = stock.level_at(shop, stock.item_of(shop, variant), location)
    kind = part.get("restockType", "NO_RESTOCK")
    if kind == "CANCEL":
        stock.commit(shop, level, -part["quantity"])
    elif kind == "RETURN":
        stock.put(shop, level, "available", int(level["quantities"]["available"]) + part["quantity"])


def suggested(shop: "Shop", order: JSON, amount: Decimal) -> list[dict[str, Any]]:
    """`SuggestedOrderTransaction`s for an amount."""
    return [
        {"kind": "SUGGESTED_REFUND", "gateway": payment["gateway"], "parentTransaction": payment,
         "amountSet": facts.shown(order, share, shop.currency)}
        for payment, share in spread(shop, order, amount)
    ]  # fmt: skip
