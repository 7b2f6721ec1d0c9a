"""Reading orders. Source: Admin GraphQL API reference, Order and its parts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.shopify import lists, placing
from sandbox.shopify import order_facts as facts
from sandbox.shopify.connections import Listing
from sandbox.shopify.gids import gid, number_of
from sandbox.shopify.money import decimal, money, text
from sandbox.shopify.operations.shops import app_node
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

WITHOUT_ALL_ORDERS = timedelta(days=60)
SORTS: dict[str, Callable[[JSON], Any]] = {
    "CREATED_AT": lambda o: o["createdAt"], "UPDATED_AT": lambda o: o["updatedAt"],
    "PROCESSED_AT": lambda o: o["processedAt"], "ORDER_NUMBER": lambda o: o["number"],
    "PO_NUMBER": lambda o: o["poNumber"], "ID": lambda o: number_of(o["id"]),
}  # fmt: skip


def visible(shop: Shop) -> list[JSON]:
    """Orders of the last 60 days; older ones need a scope of their own."""
    found = shop.all("Order")
    if shop.may("read_all_orders"):
        return found
    since = shop.now() - WITHOUT_ALL_ORDERS
    return [o for o in found if datetime.fromisoformat(o["createdAt"]) >= since]


def listing(shop: Shop, orders: list[JSON], args: JSON) -> Listing:
    return lists.listing(
        shop, orders, args, filters(shop), SORTS, usual="PROCESSED_AT", words=("name", "email", "note")
    )


def filters(shop: Shop) -> dict[str, Callable[[JSON], Any]]:
    return {
        **lists.common(),
        "name": lambda o: [o["name"], o["name"].lstrip("#")],
        "confirmation_number": lambda o: o["confirmationNumber"],
        "email": lambda o: o["email"],
        "po_number": lambda o: o["poNumber"],
        "customer_id": lambda o: str(number_of(o["customerId"] or "")),
        "processed_at": lambda o: datetime.fromisoformat(o["processedAt"]),
        "financial_status": lambda o: facts.financial_status(shop, o),
        "fulfillment_status": lambda o: _search_fulfillment(shop, o),
        "return_status": lambda o: facts.return_status(shop, o),
        "risk_level": lambda o: [a["riskLevel"] for a in o["assessments"]],
        "chargeback_status": lambda o: [d["status"] for d in shop.where("ShopifyPaymentsDispute", orderId=o["id"])],
        "status": lambda o: "cancelled" if o["cancelledAt"] else "closed" if o["closed"] else "open",
        "current_total_price": lambda o: float(facts.current_total(shop, o)),
        "sku": lambda o: [line["sku"] for line in facts.lines(shop, o)],
        "source_name": lambda o: o["sourceName"],
        "sales_channel": lambda o: o["sourceName"],
        "gateway": lambda o: [t["gateway"] for t in facts.transactions(shop, o)],
        "discount_code": lambda o: o["discountCodes"],
        "location_id": lambda o: [str(number_of(f["locationId"])) for f in facts.fulfillment_orders(shop, o)],
        "test": lambda o: o["test"],
    }


def _search_fulfillment(shop: Shop, order: JSON) -> list[str]:
    state = facts.fulfillment_status(shop, order)
    return [state, "fulfilled" if state == "FULFILLED" else "unshipped", "partial" if "PARTIALLY" in state else state]


@query("orders")
def orders(shop: Shop, _node: JSON, args: JSON) -> Listing:
    return listing(shop, visible(shop), args)


@query("ordersCount")
def orders_count(shop: Shop, _node: JSON, args: JSON) -> JSON:
    return lists.count(listing(shop, visible(shop), args).nodes)


@query("order")
def order(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    found = shop.get("Order", args["id"])
    return found if found in visible(shop) else None


# Plain facts


def _shown(read: Callable[[Shop, JSON], Decimal]) -> Resolver:
    return lambda shop, node, _args: facts.shown(node, read(shop, node), shop.currency)


SUMS: dict[str, Callable[[Shop, JSON], Decimal]] = {
    "totalPriceSet": facts.total_price,
    "originalTotalPriceSet": facts.total_price,
    "currentTotalPriceSet": facts.current_total,
    "subtotalPriceSet": facts.subtotal,
    "currentSubtotalPriceSet": lambda s, o: facts.subtotal(s, o, current=True),
    "totalTaxSet": facts.total_tax,
    "currentTotalTaxSet": lambda s, o: facts.total_tax(s, o, current=True),
    "totalDiscountsSet": facts.discounts,
    "currentTotalDiscountsSet": facts.discounts,
    "totalShippingPriceSet": lambda _s, o: facts.shipping(o),
    "totalReceivedSet": facts.received,
    "totalRefundedSet": facts.refunded,
    "totalCapturableSet": facts.capturable,
    "totalOutstandingSet": facts.outstanding,
    "netPaymentSet": lambda s, o: facts.received(s, o) - facts.refunded(s, o),
}
for _name, _read in SUMS.items():
    field("Order", _name)(_shown(_read))

FACTS: dict[str, Resolver] = {
    "displayFinancialStatus": lambda s, o, _: facts.financial_status(s, o),
    "displayFulfillmentStatus": lambda s, o, _: facts.fulfillment_status(s, o),
    "returnStatus": lambda s, o, _: facts.return_status(s, o),
    "legacyResourceId": lambda _s, o, _a: str(number_of(o["id"])),
    "capturable": lambda s, o, _: facts.capturable(s, o) > 0,
    "refundable": lambda s, o, _: facts.received(s, o) > facts.refunded(s, o),
    "fullyPaid": lambda s, o, _: facts.outstanding(s, o) <= 0,
    "unpaid": lambda s, o, _: facts.received(s, o) == 0 and facts.total_price(s, o) > 0,
    "canMarkAsPaid": lambda s, o, _: not o["cancelledAt"] and facts.outstanding(s, o) > 0,
    "fulfillable": lambda s, o, _: any(facts.unfulfilled_quantity(s, line) for line in facts.lines(s, o)),
    "restockable": lambda s, o, _: any(facts.current_quantity(s, line) for line in facts.lines(s, o)),
    "merchantEditable": lambda _s, o, _a: not o["cancelledAt"],
    "merchantEditableErrors": lambda _s, o, _a: ["The order was cancelled."] if o["cancelledAt"] else [],
    "confirmed": lambda _s, _o, _a: True,
    "requiresShipping": lambda s, o, _: any(line["requiresShipping"] for line in facts.lines(s, o)),
    "paymentGatewayNames": lambda s, o, _: list(dict.fromkeys(t["gateway"] for t in facts.transactions(s, o))),
    "discountCode": lambda _s, o, _a: o["discountCodes"][0] if o["discountCodes"] else None,
    "statusPageUrl": lambda s, o, _: s.url(f"/orders/{number_of(o['id'])}/authenticate?key={o['confirmationNumber']}"),
    "subtotalLineItemsQuantity": lambda s, o, _: sum(x["quantity"] for x in facts.lines(s, o)),
    "currentSubtotalLineItemsQuantity": lambda s, o, _: sum(facts.current_quantity(s, x) for x in facts.lines(s, o)),
    "billingAddressMatchesShippingAddress": lambda _s, o, _a: _same_place(o["billingAddress"], o["shippingAddress"]),
    "customer": lambda s, o, _: s.find("Customer", o["customerId"]),
    "paymentTerms": lambda s, o, _: next(iter(s.where("PaymentTerms", referenceId=o["id"])), None),
    "transactions": lambda s, o, a: facts.transactions(s, o)[: a.get("first")],
    "transactionsCount": lambda s, o, _: lists.count(facts.transactions(s, o)),
    "refunds": lambda s, o, a: facts.refunds(s, o)[: a.get("first")],
    "returns": lambda s, o, _: facts.returns(s, o),
    "fulfillments": lambda s, o, a: facts.fulfillments(s, o)[: a.get("first")],
    "fulfillmentsCount": lambda s, o, _: lists.count(facts.fulfillments(s, o)),
    "fulfillmentOrders": lambda s, o, _: facts.fulfillment_orders(s, o),
    "lineItems": lambda s, o, _: facts.lines(s, o),
    "agreements": lambda s, o, _: [a for a in s.all("Agreement") if a["orderId"] == o["id"]],  # of several types
}  # fmt: skip
for _name, _resolver in FACTS.items():
    field("Order", _name)(_resolver)


@field("Order", "purchasingEntity")
def purchasing_entity(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    return buyer(shop, node)


def buyer(shop: Shop, node: JSON) -> JSON | None:
    """A company with its location and contact, else the customer."""
    if node.get("companyId"):
        return {
            "__typename": "PurchasingCompany",
            "company": shop.find("Company", node["companyId"]),
            "location": shop.find("CompanyLocation", node["locationId"]),
            "contact": shop.find("CompanyContact", node["contactId"]),
        }
    return shop.find("Customer", node["customerId"])


@field("Order", "risk")
def risk(shop: Shop, node: JSON, _args: JSON) -> JSON:
    return {
        "recommendation": facts.recommendation(node),
        "assessments": [assessment(shop, one) for one in node["assessments"]],
    }


def assessment(shop: Shop, one: JSON) -> JSON:
    """The provider is an app, or none for Shopify's own analysis."""
    app = shop.api.state.apps.get(one["clientId"]) if one.get("clientId") else None
    return {"riskLevel": one["riskLevel"], "facts": one["facts"], "provider": app_node(app) if app else None}


@field("Order", "riskLevel")
def risk_level(_shop: Shop, node: JSON, _args: JSON) -> str:
    levels = [a["riskLevel"] for a in node["assessments"]]
    return next((level for level in ("HIGH", "MEDIUM") if level in levels), "LOW")


@field("Order", "disputes")
def disputes(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    return [
        {"__typename": "OrderDisputeSummary", "id": gid("OrderDisputeSummary", number_of(d["id"])),
         "status": d["status"], "initiatedAs": d["type"]}
        for d in shop.where("ShopifyPaymentsDispute", orderId=node["id"])
    ]  # fmt: skip


@field("Order", "events")
def events(shop: Shop, node: JSON, args: JSON) -> Listing:
    found = shop.where("BasicEvent", subjectId=node["id"])
    return lists.listing(shop, found, args, lists.common(), {"CREATED_AT": lambda e: e["createdAt"]}, usual="ID")


# Lines, taxes, shipping


def _line_bag(read: Callable[[JSON], Decimal]) -> Resolver:
    def resolve(shop: Shop, node: JSON, _args: JSON) -> JSON:
        return facts.shown(_order_of(shop, node), read(node), shop.currency)

    return resolve


def _order_of(shop: Shop, node: JSON) -> JSON:
    found = shop.find("Order", node["orderId"])
    assert found is not None  # noqa: S101  # parts go with their order
    return found


LINE_SUMS: dict[str, Callable[[JSON], Decimal]] = {
    "originalUnitPriceSet": lambda x: decimal(x["price"]),
    "originalTotalSet": lambda x: decimal(x["price"]) * int(x["quantity"]),
    "discountedTotalSet": facts.line_total,
    "discountedUnitPriceSet": facts.unit_price,
    "discountedUnitPriceAfterAllDiscountsSet": facts.unit_price,
    "totalDiscountSet": lambda x: decimal(x.get("discount", 0)),
}
for _name, _read_line in LINE_SUMS.items():
    field("LineItem", _name)(_line_bag(_read_line))

LINE_FACTS: dict[str, Resolver] = {
    "currentQuantity": lambda s, x, _: max(0, facts.current_quantity(s, x)),
    "unfulfilledQuantity": lambda s, x, _: facts.unfulfilled_quantity(s, x),
    "refundableQuantity": lambda s, x, _: facts.refundable_quantity(s, x),
    "nonFulfillableQuantity": lambda s, x, _: int(x["quantity"]) - max(0, facts.current_quantity(s, x)),
    "restockable": lambda s, x, _: facts.current_quantity(s, x) > 0,
    "merchantEditable": lambda s, x, _: facts.fulfilled_quantity(s, x) == 0,
    "product": lambda s, x, _: s.find("Product", x["productId"]),
    "variant": lambda s, x, _: s.find("ProductVariant", x["variantId"]),
    "taxLines": lambda s, x, _: tax_lines(s, _order_of(s, x), facts.line_total(x)),
}
for _name, _resolver in LINE_FACTS.items():
    field("LineItem", _name)(_resolver)


@field("Order", "taxLines")
def order_taxes(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    return tax_lines(shop, node, facts.subtotal(shop, node) + facts.shipping(node))


@field("Order", "currentTaxLines")
def current_taxes(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    return tax_lines(shop, node, facts.subtotal(shop, node, current=True) + facts.shipping(node))


def tax_lines(shop: Shop, node: JSON, amount: Decimal) -> list[JSON]:
    """One tax: the order's own rate."""
    rate = decimal(node.get("taxRate", 0))
    if not rate or node.get("taxExempt"):
        return []
    priced = facts.shown(node, facts.tax_of(node, amount), shop.currency)
    return [
        {"title": node.get("taxTitle", "VAT"), "rate": float(rate), "ratePercentage": float(rate * 100),
         "priceSet": priced}
    ]  # fmt: skip


@field("Order", "shippingLine")
def shipping_line(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    found = shipping_lines(shop, node, {})
    return found[0] if found else None


@field("Order", "shippingLines")
def shipping_lines(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    return [
        {
            "id": gid("ShippingLine", number_of(node["id"]) * 10 + place), "title": line["title"],
            "code": line["title"], "custom": False, "carrierIdentifier": None,
            **{n: facts.shown(node, decimal(line["price"]), shop.currency)
               for n in ("originalPriceSet", "discountedPriceSet", "currentDiscountedPriceSet")},
            "taxLines": tax_lines(shop, node, decimal(line["price"])),
        }
        for place, line in enumerate(node["shippingLines"])
    ]  # fmt: skip


def _same_place(first: JSON | None, second: JSON | None) -> bool:
    names = ("address1", "city", "zip", "countryCodeV2")
    return first is not None and second is not None and all(first[n] == second[n] for n in names)


# Transactions


def _transaction_bag(read: Callable[[Shop, JSON], Decimal]) -> Resolver:
    def resolve(shop: Shop, node: JSON, _args: JSON) -> JSON:
        return facts.shown(_order_of(shop, node), read(shop, node), shop.currency)

    return resolve


field("OrderTransaction", "amountSet")(_transaction_bag(lambda _s, t: decimal(t["amount"])))


@field("OrderTransaction", "totalUnsettledSet")
def unsettled(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    if node["kind"] != "AUTHORIZATION":
        return None
    return facts.shown(_order_of(shop, node), facts.uncaptured(shop, node), shop.currency)


@field("OrderTransaction", "maximumRefundableV2")
def most_refundable(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    return money(refundable(shop, node), shop.currency) if node["kind"] in facts.PAID_KINDS else None


def refundable(shop: Shop, transaction: JSON) -> Decimal:
    """What of a payment was not given back yet."""
    children = shop.where("OrderTransaction", parentId=transaction["id"], kind="REFUND", status="SUCCESS")
    back = [decimal(t["amount"]) for t in children]
    return max(Decimal(0), decimal(transaction["amount"]) - sum(back, Decimal(0)))


TRANSACTION_FACTS: dict[str, Resolver] = {
    "parentTransaction": lambda s, t, _: s.find("OrderTransaction", t["parentId"]),
    "order": lambda s, t, _: s.find("Order", t["orderId"]),
    "manuallyCapturable": lambda s, t, _: t["kind"] == "AUTHORIZATION" and facts.uncaptured(s, t) > 0,
    "manualPaymentGateway": lambda _s, t, _a: t["gateway"] in ("manual", "bank deposit"),
    "accountNumber": lambda _s, t, _a: (t["paymentDetails"] or {}).get("number"),
}
for _name, _resolver in TRANSACTION_FACTS.items():
    field("OrderTransaction", _name)(_resolver)


# Refunds


def _refund_bag(read: Callable[[JSON], Any]) -> Resolver:
    def resolve(shop: Shop, node: JSON, _args: JSON) -> JSON:
        return facts.shown(_order_of(shop, node), decimal(read(node)), shop.currency)

    return resolve


field("Refund", "totalRefundedSet")(_refund_bag(lambda r: r["amount"]))
REFUND_FACTS: dict[str, Resolver] = {
    "legacyResourceId": lambda _s, r, _a: str(number_of(r["id"])),
    "order": lambda s, r, _: s.find("Order", r["orderId"]),
    "return": lambda s, r, _: s.find("Return", r["returnId"]),
    "transactions": lambda s, r, _: s.where("OrderTransaction", refundId=r["id"]),
}
for _name, _resolver in REFUND_FACTS.items():
    field("Refund", _name)(_resolver)


@field("Refund", "refundLineItems")
def refund_lines(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    return [refund_line(shop, _order_of(shop, node), part) for part in node["lines"]]


def refund_line(shop: Shop, order: JSON, part: JSON) -> JSON:
    line = shop.find("LineItem", part["lineItemId"])
    assert line is not None  # noqa: S101
    subtotal = facts.line_total(line, part["quantity"])
    return {
        "id": part.get("id"), "lineItem": line, "quantity": part["quantity"], "restockType": part["restockType"],
        "restocked": part["restockType"] != "NO_RESTOCK", "location": shop.find("Location", part.get("locationId")),
        "priceSet": facts.shown(order, facts.unit_price(line), shop.currency),
        "subtotalSet": facts.shown(order, subtotal, shop.currency),
        "totalTaxSet": facts.shown(order, facts.tax_of(order, subtotal), shop.currency),
    }  # fmt: skip


@field("Refund", "refundShippingLines")
def refund_shipping(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    order, amount = _order_of(shop, node), decimal(node.get("shipping", 0))
    if not amount or not order["shippingLines"]:
        return []
    return [
        {"id": gid("RefundShippingLine", number_of(node["id"])), "shippingLine": shipping_line(shop, order, {}),
         "subtotalAmountSet": facts.shown(order, amount, shop.currency),
         "taxAmountSet": facts.shown(order, facts.tax_of(order, amount), shop.currency)}
    ]  # fmt: skip


def spoken(amount: Any, shop: Shop) -> str:
    """`EUR 12.50`, for messages."""
    return f"{shop.currency} {text(amount)}"


FINISH = {"route order": placing.route}
