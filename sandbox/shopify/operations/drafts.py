"""Draft orders: quotes and special prices. Source: Admin GraphQL API reference, DraftOrder."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from sandbox.shopify import draft_facts as facts
from sandbox.shopify import lists
from sandbox.shopify.connections import Listing
from sandbox.shopify.gids import gid, number_of
from sandbox.shopify.money import bag, decimal, money
from sandbox.shopify.operations import orders
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

NAMES = UUID("7d1f6c52-0f0d-4f0e-9d35-5b0000000004")


@query("draftOrder")
def one(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("DraftOrder", args["id"])


@query("draftOrders")
def listed(shop: Shop, _node: JSON, args: JSON) -> Listing:
    filters: dict[str, Callable[[JSON], Any]] = {
        **lists.common(),
        "status": lambda d: d["status"],
        "customer_id": lambda d: number_of(d["customerId"] or ""),
        "source": lambda d: d["sourceName"],
    }
    sorts: dict[str, Callable[[JSON], Any]] = {
        "UPDATED_AT": lambda d: d["updatedAt"], "NUMBER": lambda d: number_of(d["id"]),
        "STATUS": lambda d: d["status"], "TOTAL_PRICE": lambda d: float(facts.total_price(shop, d)),
    }  # fmt: skip
    return lists.listing(shop, shop.all("DraftOrder"), args, filters, sorts, words=("name", "email", "note"))


def _shown(node: JSON, amount: Decimal) -> JSON:
    return bag(amount, node["currencyCode"], node["presentmentCurrencyCode"])


SUMS: dict[str, Callable[[Shop, JSON], Decimal]] = {
    "totalPriceSet": facts.total_price,
    "subtotalPriceSet": facts.subtotal,
    "totalTaxSet": facts.tax,
    "totalDiscountsSet": facts.total_discounts,
    "totalShippingPriceSet": lambda _s, d: facts.shipping(d),
    "totalLineItemsPriceSet": lambda s, d: sum(
        (facts.unit_price(x) * x["quantity"] for x in facts.lines(s, d)), Decimal(0)
    ),
}


def _sum(read: Callable[[Shop, JSON], Decimal]) -> Resolver:
    return lambda shop, node, _args: _shown(node, read(shop, node))


for _name, _read in SUMS.items():
    field("DraftOrder", _name)(_sum(_read))

FACTS: dict[str, Resolver] = {
    "legacyResourceId": lambda _s, d, _a: str(number_of(d["id"])),
    "note2": lambda _s, d, _a: d["note"],
    "customer": lambda s, d, _: s.find("Customer", d["customerId"]),
    "order": lambda s, d, _: s.find("Order", d.get("completedOrderId")),
    "purchasingEntity": lambda s, d, _: orders.buyer(s, d),
    "paymentTerms": lambda s, d, _: next(iter(s.where("PaymentTerms", referenceId=d["id"])), None),
    "lineItems": lambda s, d, _: facts.lines(s, d),
    "ready": lambda _s, _d, _a: True,
    "defaultCursor": lambda _s, d, _a: d["id"],
    "acceptAutomaticDiscounts": lambda _s, _d, _a: False,
    "anyVariantPricesOverridden": lambda s, d, _: any(x["priceOverride"] is not None for x in facts.lines(s, d)),
    "totalQuantityOfLineItems": lambda s, d, _: sum(x["quantity"] for x in facts.lines(s, d)),
    "warnings": lambda s, d, _: warnings(s, d),
}
for _name, _resolver in FACTS.items():
    field("DraftOrder", _name)(_resolver)


def warnings(shop: Shop, node: JSON) -> list[JSON]:
    """Discount codes of the draft that no discount here knows."""
    known = {c["code"] for n in shop.all("DiscountCodeNode") for c in n["codes"]}
    return [
        {"__typename": "DraftOrderDiscountNotAppliedWarning", "errorCode": "DISCOUNT_NOT_APPLIED",
         "field": "discountCodes", "message": f"The discount code {code} is not valid.", "discountCode": code,
         "discountTitle": None}
        for code in node["discountCodes"]
        if code not in known
    ]  # fmt: skip


@field("DraftOrder", "appliedDiscount")
def applied_discount(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    return _discount(node, node["appliedDiscount"], facts.discount(shop, node))


def _discount(draft: JSON, given: JSON | None, amount: Decimal) -> JSON | None:
    return {**given, "value": float(given["value"]), "amountSet": _shown(draft, amount)} if given else None


@field("DraftOrder", "taxLines")
def tax_lines(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    amount, rate = facts.tax(shop, node), decimal(node["taxRate"])
    if not amount:
        return []
    shown = _shown(node, amount)
    return [{"title": "VAT", "rate": float(rate), "ratePercentage": float(rate * 100), "priceSet": shown}]


@field("DraftOrder", "shippingLine")
def shipping_line(_shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    line = node["shippingLine"]
    if line is None:
        return None
    price = _shown(node, decimal(line["price"]))
    names = ("originalPriceSet", "discountedPriceSet", "currentDiscountedPriceSet")
    return {"id": gid("ShippingLine", f"draft-{number_of(node['id'])}"), "title": line["title"], "code": "custom",
            "custom": True, "carrierIdentifier": None, "taxLines": [], **dict.fromkeys(names, price)}  # fmt: skip


# Lines


def _draft_of(shop: Shop, line: JSON) -> JSON:
    found = shop.find("DraftOrder", line["draftId"])
    assert found is not None  # noqa: S101  # lines go with their draft
    return found


def _line_sum(read: Callable[[JSON], Decimal]) -> Resolver:
    return lambda shop, node, _args: _shown(_draft_of(shop, node), read(node))


LINE_SUMS: dict[str, Callable[[JSON], Decimal]] = {
    "originalUnitPriceSet": lambda x: decimal(x["price"]),
    "originalTotalSet": lambda x: facts.unit_price(x) * int(x["quantity"]),
    "discountedTotalSet": facts.line_total,
    "totalDiscountSet": facts.line_discount,
    "approximateDiscountedUnitPriceSet": lambda x: facts.line_total(x) / int(x["quantity"]),
}
for _name, _read_line in LINE_SUMS.items():
    field("DraftOrderLineItem", _name)(_line_sum(_read_line))

LINE_FACTS: dict[str, Resolver] = {
    "variant": lambda s, x, _: s.find("ProductVariant", x["variantId"]),
    "product": lambda s, x, _: s.find("Product", (s.find("ProductVariant", x["variantId"]) or {}).get("productId")),
    "isGiftCard": lambda _s, _x, _a: False,
    "uuid": lambda _s, x, _a: x["uuid"] or str(uuid5(NAMES, x["id"])),
    "appliedDiscount": lambda s, x, _: _discount(_draft_of(s, x), x["appliedDiscount"], facts.line_discount(x)),
}
for _name, _resolver in LINE_FACTS.items():
    field("DraftOrderLineItem", _name)(_resolver)


@field("DraftOrderLineItem", "priceOverride")
def price_override(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    amount = node["priceOverride"]
    return money(amount, _draft_of(shop, node)["currencyCode"]) if amount is not None else None
