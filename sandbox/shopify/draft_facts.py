"""What follows from a draft order's lines and discounts."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.shopify.money import decimal, total
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop


def lines(shop: "Shop", draft: JSON) -> list[JSON]:
    return shop.where("DraftOrderLineItem", draftId=draft["id"])


def unit_price(line: JSON) -> Decimal:
    return decimal(line["priceOverride"] if line["priceOverride"] is not None else line["price"])


def _discounted(given: JSON | None, amount: Decimal, each: int) -> Decimal:
    """What a discount takes of an amount; fixed ones count for each item."""
    if given is None:
        return Decimal(0)
    value = decimal(given["value"])
    taken = amount * value / 100 if given["valueType"] == "PERCENTAGE" else value * each
    return min(amount, taken)


def line_discount(line: JSON) -> Decimal:
    whole = unit_price(line) * int(line["quantity"])
    return _discounted(line["appliedDiscount"], whole, int(line["quantity"]))


def line_total(line: JSON) -> Decimal:
    return unit_price(line) * int(line["quantity"]) - line_discount(line)


def goods(shop: "Shop", draft: JSON) -> Decimal:
    return total(line_total(line) for line in lines(shop, draft))


def discount(shop: "Shop", draft: JSON) -> Decimal:
    """The discount on the whole draft."""
    return _discounted(draft["appliedDiscount"], goods(shop, draft), 1)


def subtotal(shop: "Shop", draft: JSON) -> Decimal:
    return goods(shop, draft) - discount(shop, draft)


def shipping(draft: JSON) -> Decimal:
    return decimal(draft["shippingLine"]["price"]) if draft["shippingLine"] else Decimal(0)


def tax(shop: "Shop", draft: JSON) -> Decimal:
    rate, amount = decimal(draft["taxRate"]), subtotal(shop, draft) + shipping(draft)
    if draft["taxExempt"] or not rate:
        return Decimal(0)
    return amount - amount / (1 + rate) if draft["taxesIncluded"] else amount * rate


def total_price(shop: "Shop", draft: JSON) -> Decimal:
    extra = Decimal(0) if draft["taxesIncluded"] else tax(shop, draft)
    return subtotal(shop, draft) + shipping(draft) + extra


def total_discounts(shop: "Shop", draft: JSON) -> Decimal:
    return total(line_discount(line) for line in lines(shop, draft)) + discount(shop, draft)
