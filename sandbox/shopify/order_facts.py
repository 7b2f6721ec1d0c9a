"""What follows from an order's lines, payments, refunds and fulfillment: sums and statuses. Nothing here changes it.

Amounts are decimals in the shop's currency. An order keeps `taxRate` and whether prices include it.
"""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.shopify.money import bag, decimal, total
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

PAID_KINDS = ("CAPTURE", "SALE")
OPEN_STATES = ("OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED", "INCOMPLETE")


# Lines


def lines(shop: "Shop", order: JSON) -> list[JSON]:
    return shop.where("LineItem", orderId=order["id"])


def refunds(shop: "Shop", order: JSON) -> list[JSON]:
    return shop.where("Refund", orderId=order["id"])


def refunded_quantity(shop: "Shop", line: JSON) -> int:
    found = shop.where("Refund", orderId=line["orderId"])
    return sum(part["quantity"] for refund in found for part in refund["lines"] if part["lineItemId"] == line["id"])


def current_quantity(shop: "Shop", line: JSON) -> int:
    """Ordered, less what was edited away or refunded."""
    return int(line["quantity"]) - int(line.get("removed", 0)) - refunded_quantity(shop, line)


def refundable_quantity(shop: "Shop", line: JSON) -> int:
    return max(0, current_quantity(shop, line))


def fulfilled_quantity(shop: "Shop", line: JSON) -> int:
    """Sent to the customer in fulfillments that were not cancelled."""
    return sum(
        part["quantity"]
        for part in shop.where("FulfillmentLineItem", lineItemId=line["id"])
        if (found := shop.find("Fulfillment", part["fulfillmentId"])) and found["status"] != "CANCELLED"
    )


def unfulfilled_quantity(shop: "Shop", line: JSON) -> int:
    return max(0, current_quantity(shop, line) - fulfilled_quantity(shop, line))


def unit_price(line: JSON) -> Decimal:
    """After the line's own discount."""
    quantity = int(line["quantity"]) or 1
    return decimal(line["price"]) - decimal(line.get("discount", 0)) / quantity


def line_total(line: JSON, quantity: int | None = None) -> Decimal:
    return unit_price(line) * (int(line["quantity"]) if quantity is None else quantity)


# Sums


def tax_of(order: JSON, amount: Decimal) -> Decimal:
    """The tax in (or on) an amount."""
    rate = decimal(order.get("taxRate", 0))
    if order.get("taxExempt"):
        return Decimal(0)
    return amount - amount / (1 + rate) if order["taxesIncluded"] else amount * rate


def with_tax(order: JSON, amount: Decimal) -> Decimal:
    """What the customer pays for a shown amount."""
    return amount if order["taxesIncluded"] else amount + tax_of(order, amount)


def shipping(order: JSON) -> Decimal:
    return total(line["price"] for line in order["shippingLines"])


def subtotal(shop: "Shop", order: JSON, *, current: bool = False) -> Decimal:
    """Lines after all discounts, without shipping."""
    share = _kept_share(order)
    sums = (line_total(x, current_quantity(shop, x) if current else _first_quantity(x)) for x in lines(shop, order))
    return total(sums) * share


def _first_quantity(line: JSON) -> int:
    return int(line["quantity"]) if not line.get("edited") else 0


def _kept_share(order: JSON) -> Decimal:
    """What an order-wide discount leaves of each line: it is spread over all."""
    whole = decimal(order.get("goods", 0))
    return (whole - decimal(order.get("discount", 0))) / whole if whole else Decimal(1)


def discounts(shop: "Shop", order: JSON) -> Decimal:
    return decimal(order.get("discount", 0)) + total(line.get("discount", 0) for line in lines(shop, order))


def total_price(shop: "Shop", order: JSON) -> Decimal:
    return with_tax(order, subtotal(shop, order) + shipping(order))


def refunded_shipping(shop: "Shop", order: JSON) -> Decimal:
    return total(refund.get("shipping", 0) for refund in refunds(shop, order))


def current_total(shop: "Shop", order: JSON) -> Decimal:
    """As it stands after edits, returns and refunds; nothing once it was cancelled."""
    goods = with_tax(order, subtotal(shop, order, current=True) + shipping(order))
    return goods - refunded_shipping(shop, order) - total(r.get("discrepancy", 0) for r in refunds(shop, order))


def total_tax(shop: "Shop", order: JSON, *, current: bool = False) -> Decimal:
    return tax_of(order, subtotal(shop, order, current=current) + shipping(order))


# Payments


def transactions(shop: "Shop", order: JSON) -> list[JSON]:
    return shop.where("OrderTransaction", orderId=order["id"])


def _sum(shop: "Shop", order: JSON, kinds: tuple[str, ...]) -> Decimal:
    found = transactions(shop, order)
    return total(t["amount"] for t in found if t["kind"] in kinds and t["status"] == "SUCCESS")


def received(shop: "Shop", order: JSON) -> Decimal:
    return _sum(shop, order, PAID_KINDS)


def refunded(shop: "Shop", order: JSON) -> Decimal:
    return _sum(shop, order, ("REFUND",))


def open_authorizations(shop: "Shop", order: JSON) -> list[JSON]:
    """Successful ones that are neither voided nor expired nor used up."""
    now = shop.now()
    return [
        t
        for t in transactions(shop, order)
        if t["kind"] == "AUTHORIZATION" and t["status"] == "SUCCESS" and uncaptured(shop, t) > 0
        and (t["authorizationExpiresAt"] is None or datetime.fromisoformat(t["authorizationExpiresAt"]) > now)
    ]  # fmt: skip


def uncaptured(shop: "Shop", authorization: JSON) -> Decimal:
    """What an authorization still allows; nothing after a void or a final capture."""
    children = [t for t in shop.where("OrderTransaction", parentId=authorization["id"]) if t["status"] == "SUCCESS"]
    if any(t["kind"] == "VOID" or t.get("final") for t in children):
        return Decimal(0)
    taken = total(t["amount"] for t in children if t["kind"] == "CAPTURE")
    if taken and not authorization["multiCapturable"]:
        return Decimal(0)
    return decimal(authorization["amount"]) - taken


def capturable(shop: "Shop", order: JSON) -> Decimal:
    return total(uncaptured(shop, t) for t in open_authorizations(shop, order))


def outstanding(shop: "Shop", order: JSON) -> Decimal:
    if order["cancelledAt"]:
        return Decimal(0)
    return current_total(shop, order) - received(shop, order) + refunded(shop, order)


def financial_status(shop: "Shop", order: JSON) -> str:
    """`OrderDisplayFinancialStatus`."""
    got, back = received(shop, order), refunded(shop, order)
    if back > 0:
        return "REFUNDED" if back >= got else "PARTIALLY_REFUNDED"
    if got > 0:
        return "PAID" if got >= current_total(shop, order) else "PARTIALLY_PAID"
    if open_authorizations(shop, order):
        return "AUTHORIZED"
    known = [t for t in transactions(shop, order) if t["kind"] == "AUTHORIZATION" and t["status"] == "SUCCESS"]
    if any(t["kind"] == "VOID" and t["status"] == "SUCCESS" for t in transactions(shop, order)):
        return "VOIDED"
    if known:
        return "EXPIRED"
    if order["cancelledAt"]:
        return "VOIDED"
    return "PAID" if total_price(shop, order) == 0 else "PENDING"


# Fulfillment


def fulfillment_orders(shop: "Shop", order: JSON) -> list[JSON]:
    return shop.where("FulfillmentOrder", orderId=order["id"])


def fulfillments(shop: "Shop", order: JSON) -> list[JSON]:
    return shop.where("Fulfillment", orderId=order["id"])


def fulfillment_status(shop: "Shop", order: JSON) -> str:
    """`OrderDisplayFulfillmentStatus`."""
    shippable = [line for line in lines(shop, order) if line["requiresShipping"]]
    if not shippable:
        return "FULFILLMENT_NOT_REQUIRED" if not fulfillments(shop, order) else "FULFILLED"
    sent = sum(fulfilled_quantity(shop, line) for line in shippable)
    rest = sum(unfulfilled_quantity(shop, line) for line in shippable)
    if sent and not rest:
        return "FULFILLED"
    if sent:
        return "PARTIALLY_FULFILLED"
    states = {fo["status"] for fo in fulfillment_orders(shop, order)}
    for state in ("ON_HOLD", "IN_PROGRESS"):
        if state in states:
            return state
    return "SCHEDULED" if states and states <= {"SCHEDULED", "CANCELLED", "CLOSED"} & states else "UNFULFILLED"


# Returns


def returns(shop: "Shop", order: JSON) -> list[JSON]:
    return shop.where("Return", orderId=order["id"])


def return_status(shop: "Shop", order: JSON) -> str:
    """`OrderReturnStatus`."""
    states = [r["status"] for r in returns(shop, order)]
    if "REQUESTED" in states:
        return "RETURN_REQUESTED"
    if "OPEN" in states:
        return "IN_PROGRESS"
    return "RETURNED" if "CLOSED" in states else "NO_RETURN"


# As the API shows it


def shown(order: JSON, amount: Decimal, currency: str) -> JSON:
    """MoneyBag in both of the order's currencies."""
    return bag(amount, currency, order["presentmentCurrencyCode"], order.get("rate", 1))


def recommendation(order: JSON) -> str:
    """Shopify's own advice over all assessments."""
    levels = {a["riskLevel"] for a in order["assessments"]}
    if "HIGH" in levels:
        return "CANCEL"
    if "MEDIUM" in levels:
        return "INVESTIGATE"
    return "ACCEPT" if "LOW" in levels else "NONE"
