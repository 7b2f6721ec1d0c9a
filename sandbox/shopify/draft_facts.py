"""What follows from a draft order's lines and discounts: sums. Nothing here changes it.

Amounts are decimals in the shop's currency. A line keeps `unitPrice` or `priceOverride`; a discount its `value` and
`valueType` (FIXED_AMOUNT, PERCENTAGE).
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from sandbox.shopify.money import decimal
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

CENT = Decimal("0.01")


def lines(shop: "Shop", draft: JSON) -> list[JSON]:
    return shop.where("DraftOrderLineItem", draftOrderId=draft["id"])


def unit_price(line: JSON) -> Decimal:
    """Before the line's discount; a price a person set comes first."""
    return decimal(line.get("priceOverride") or line["unitPrice"])


def line_discount(line: JSON) -> Decimal:
    return _off(line["appliedDiscount"], unit_price(line) * int(line["quantity"]))


def line_total(line: JSON) -> Decimal:
    """After the line's own discount."""
    return unit_price(line) * int(line["quantity"]) - line_discount(line)


def discount(shop: "Shop", draft: JSON) -> Decimal:
    """The whole draft's own discount."""
    return _off(draft["appliedDiscount"], sum((line_total(one) for one in lines(shop, draft)), Decimal(0)))


def subtotal(shop: "Shop", draft: JSON) -> Decimal:
    """The lines less every discount, without shipping."""
    return sum((line_total(one) for one in lines(shop, draft)), Decimal(0)) - discount(shop, draft)


def tax(shop: "Shop", draft: JSON) -> Decimal:
    """At the shop's rate on what is taxable; contained in the prices where the shop says so."""
    if draft["taxExempt"]:
        return Decimal(0)
    rate, base = decimal(draft.get("taxRate") or "0"), subtotal(shop, draft)
    due = base - base / (1 + rate) if draft["taxesIncluded"] else base * rate
    return due.quantize(CENT, ROUND_HALF_UP)


def total_price(shop: "Shop", draft: JSON) -> Decimal:
    shipping = decimal(draft["shippingLine"]["price"]) if draft["shippingLine"] else Decimal(0)
    extra = Decimal(0) if draft["taxesIncluded"] else tax(shop, draft)
    return subtotal(shop, draft) + shipping + extra


def _off(given: JSON | None, base: Decimal) -> Decimal:
    """Never more than what it is taken from."""
    if given is None:
        return Decimal(0)
    value = decimal(given["value"])
    amount = base * value / 100 if given["valueType"] == "PERCENTAGE" else value
    return min(base, amount).quantize(CENT, ROUND_HALF_UP)
