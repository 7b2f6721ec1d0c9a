"""Refunds: a preview, and the real one. Source: Admin GraphQL API reference, suggestedRefund, refundCreate."""

from decimal import Decimal

from sandbox.shopify import order_facts as facts
from sandbox.shopify import refunding
from sandbox.shopify.errors import UserError
from sandbox.shopify.money import decimal
from sandbox.shopify.mutating import mutation
from sandbox.shopify.operations import orders
from sandbox.shopify.resolving import field
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

RESTOCKING = ("CANCEL", "RETURN")


@field("Order", "suggestedRefund")
def suggestion(shop: Shop, node: JSON, args: JSON) -> JSON:
    """What giving back these lines (and shipping) would come to."""
    lines = [{"restockType": "NO_RESTOCK", **part} for part in args.get("refundLineItems") or []]
    goods = sum((_goods(shop, part) for part in lines), Decimal(0))
    left = refunding.shipping_left(shop, node)
    asked = decimal(args["shippingAmount"]) if args.get("shippingAmount") else left if args.get("refundShipping") else 0
    shipping = min(left, decimal(asked))
    most = refunding.maximum(shop, node)
    amount = min(most, facts.with_tax(node, goods) + shipping)

    def bag(value: Decimal) -> JSON:
        return facts.shown(node, value, shop.currency)

    return {
        "amountSet": bag(amount), "maximumRefundableSet": bag(most), "subtotalSet": bag(goods),
        "discountedSubtotalSet": bag(goods), "totalCartDiscountAmountSet": bag(Decimal(0)),
        "totalTaxSet": bag(facts.tax_of(node, goods)),
        "shipping": {"amountSet": bag(shipping), "maximumRefundableSet": bag(left)},
        "refundLineItems": [orders.refund_line(shop, node, part) for part in lines],
        "suggestedTransactions": refunding.suggested(shop, node, amount),
    }  # fmt: skip


def _goods(shop: Shop, part: JSON) -> Decimal:
    line = shop.find("LineItem", part["lineItemId"])
    return facts.line_total(line, part["quantity"]) if line else Decimal(0)


@mutation("refundCreate")
def create(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    order = shop.need("Order", given["orderId"], ["input", "orderId"], None, "Order does not exist")
    lines = [_line(shop, order, part, place) for place, part in enumerate(given.get("refundLineItems") or [])]
    parts = [_part(shop, order, one, place, given) for place, one in enumerate(given.get("transactions") or [])]
    credit = sum(
        (decimal(one["storeCreditRefund"]["amount"]["amount"]) for one in given.get("refundMethods") or []), Decimal(0)
    )
    shipping = _shipping(shop, order, given.get("shipping") or {})
    amount = sum((share for _, share in parts), credit)
    if amount > refunding.maximum(shop, order) and not given.get("allowOverRefunding"):
        left = orders.spoken(refunding.maximum(shop, order), shop)
        raise UserError(f"Refund amount cannot be greater than the refundable amount ({left})", ["input"])
    if credit and order["companyId"]:
        raise UserError("Store credit is not for companies", ["input", "refundMethods"])
    try:
        made = refunding.make(
            shop, order, lines=lines, parts=parts, shipping=shipping, note=given.get("note"), credit=credit
        )
    except refunding.Declined as declined:
        raise UserError(str(declined), ["input", "transactions"]) from declined
    return {"refund": made, "order": order}


def _line(shop: Shop, order: JSON, part: JSON, place: int) -> JSON:
    path = ["input", "refundLineItems", str(place)]
    line = shop.find("LineItem", part["lineItemId"])
    if line is None or line["orderId"] != order["id"]:
        raise UserError("Line item does not exist", [*path, "lineItemId"])
    if not 0 < part["quantity"] <= facts.refundable_quantity(shop, line):
        raise UserError("Quantity cannot refund more items than were purchased", [*path, "quantity"])
    kind = part.get("restockType") or "NO_RESTOCK"
    if kind in RESTOCKING and shop.find("Location", part.get("locationId")) is None:
        raise UserError("Location must be given to restock", [*path, "locationId"])
    return {**part, "restockType": kind}


def _part(shop: Shop, order: JSON, one: JSON, place: int, given: JSON) -> refunding.Part:
    path = ["input", "transactions", str(place)]
    payment = shop.find("OrderTransaction", one.get("parentId"))
    if one["kind"] != "REFUND":
        raise UserError("Kind must be REFUND", [*path, "kind"])
    if payment is None or payment["orderId"] != order["id"] or payment["kind"] not in facts.PAID_KINDS:
        raise UserError("Parent transaction must be a payment of this order", [*path, "parentId"])
    if one["gateway"] != payment["gateway"]:
        raise UserError("Gateway must be that of the parent transaction", [*path, "gateway"])
    amount = decimal(one["amount"])
    most = refunding.refundable(shop, payment)
    if amount <= 0 or (amount > most and not given.get("allowOverRefunding")):
        raise UserError(f"Amount must be positive and at most {orders.spoken(most, shop)}", [*path, "amount"])
    return payment, amount


def _shipping(shop: Shop, order: JSON, asked: JSON) -> Decimal:
    left = refunding.shipping_left(shop, order)
    if asked.get("fullRefund"):
        return left
    amount = decimal(asked.get("amount"))
    if amount > left:
        raise UserError(f"Shipping cannot be more than {orders.spoken(left, shop)}", ["input", "shipping", "amount"])
    return amount
