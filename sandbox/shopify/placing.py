"""Orders come into the world: a checkout's lines, addresses and payment; then Shopify routes them for fulfillment.

Used by the control API, by completed draft orders and by the seed. Amounts are text or decimals.
"""

import secrets
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.shopify import changed, stock
from sandbox.shopify import order_facts as facts
from sandbox.shopify.gids import gid
from sandbox.shopify.money import text, total
from sandbox.shopify.payloads import bodies
from sandbox.shopify.scalars import moment
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

FIRST_ORDER_NUMBER = 1001
AUTHORIZED_FOR = timedelta(days=7)
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
# How a payment begins: the transactions an order starts with, as (kind, status).
PAYMENTS: dict[str, tuple[tuple[str, str], ...]] = {
    "paid": (("SALE", "SUCCESS"),),
    "authorized": (("AUTHORIZATION", "SUCCESS"),),
    "pending": (),
    "declined": (("AUTHORIZATION", "FAILURE"),),
    "voided": (("AUTHORIZATION", "SUCCESS"), ("VOID", "SUCCESS")),
    "captured": (("AUTHORIZATION", "SUCCESS"), ("CAPTURE", "SUCCESS")),
}


def place(
    shop: "Shop", about: JSON, lines: list[JSON], *, payment: str = "paid", gateway: str = "shopify_payments"
) -> JSON:
    """A new order. `about`: fields of the order; `lines`: fields of LineItem."""
    order = _order(shop, about)
    for line in lines:
        add_line(shop, order, line)
    order["goods"] = str(total(facts.line_total(line) for line in facts.lines(shop, order)))
    agree(shop, order, "OrderAgreement", "ORDER")
    shop.emit("orders/create", lambda: bodies.of(shop, order))
    pay(shop, order, payment, gateway)
    _take_from_stock(shop, order)
    note(shop, order, "confirmed", f"{_name(shop, order)} placed this order.")
    shop.later(shop.store.routing_seconds, "route order", order=order["id"])
    return order


def _order(shop: "Shop", about: JSON) -> JSON:
    shop.store.counters["order number"] += 1
    number, at = FIRST_ORDER_NUMBER - 1 + shop.store.counters["order number"], shop.stamp()
    prefix = shop.store.profile["orderNumberFormatPrefix"]
    usual: JSON = {
        "name": f"{prefix}{number}", "number": number, "confirmationNumber": confirmation(shop),
        "createdAt": at, "processedAt": at, "updatedAt": at, "cancelledAt": None, "cancelReason": None,
        "closed": False, "closedAt": None, "test": False, "email": None, "phone": None, "poNumber": None, "note": None,
        "tags": [], "customAttributes": [], "sourceName": "web", "customerLocale": "en", "clientIp": "203.0.113.24",
        "currencyCode": shop.currency, "presentmentCurrencyCode": shop.currency, "rate": "1", "edited": False,
        "taxesIncluded": shop.store.profile["taxesIncluded"], "taxExempt": False, "taxRate": "0.19", "taxTitle": "VAT",
        "billingAddress": None, "shippingAddress": None, "customerId": None, "companyId": None, "locationId": None,
        "contactId": None, "discountCodes": [], "discount": "0", "shippingLines": [], "assessments": [],
        "draftOrderId": None,
    }  # fmt: skip
    return shop.new("Order", **(usual | about))


def add_line(shop: "Shop", order: JSON, given: JSON) -> JSON:
    """A line of an order; it takes no stock by itself."""
    return shop.new("LineItem", orderId=order["id"], **_line(given))


def _line(given: JSON) -> JSON:
    usual: JSON = {
        "productId": None, "variantId": None, "title": "Assorted goods", "variantTitle": None, "sku": None,
        "vendor": None, "quantity": 1, "price": "0.00", "discount": "0", "requiresShipping": True, "taxable": True,
        "isGiftCard": False, "customAttributes": [], "removed": 0, "edited": False,
    }  # fmt: skip
    line = usual | given
    variant = line["variantTitle"]
    line["name"] = line["title"] if variant in (None, "Default Title") else f"{line['title']} - {variant}"
    line["price"] = text(line["price"])
    return line


def confirmation(shop: "Shop") -> str:
    """Nine letters and digits. The same at every start of a seeded shop."""
    if shop.muted:
        seed, letters = shop.next("confirmation") * 7_919_771, ""
        for _ in range(9):
            seed, letter = divmod(seed, len(ALPHABET))
            letters += ALPHABET[letter]
        return letters
    return "".join(secrets.choice(ALPHABET) for _ in range(9))


# Payment


def pay(shop: "Shop", order: JSON, payment: str, gateway: str = "shopify_payments") -> None:
    """The transactions a payment begins with."""
    parent: JSON | None = None
    for kind, status in PAYMENTS[payment]:
        parent = transaction(
            shop, order, kind, facts.total_price(shop, order), status=status, gateway=gateway, parent=parent
        )
    if payment in ("paid", "captured") and facts.total_price(shop, order):
        shop.emit("orders/paid", lambda: bodies.of(shop, order))


def transaction(
    shop: "Shop", order: JSON, kind: str, amount: Decimal | str, *, status: str = "SUCCESS",
    gateway: str = "shopify_payments", parent: JSON | None = None, **more: Any,
) -> JSON:  # fmt: skip
    """Record what the payment provider did, and tell."""
    at, authorized = shop.now(), kind == "AUTHORIZATION"
    card = gateway == "shopify_payments"
    made = shop.new(
        "OrderTransaction", orderId=order["id"], kind=kind, status=status, amount=text(amount), gateway=gateway,
        formattedGateway=gateway.replace("_", " ").title(), createdAt=moment(at), processedAt=moment(at),
        parentId=parent["id"] if parent else None, test=order["test"], multiCapturable=card and authorized,
        authorizationExpiresAt=moment(at + AUTHORIZED_FOR) if authorized and status == "SUCCESS" else None,
        errorCode="CARD_DECLINED" if status == "FAILURE" else None,
        authorizationCode=f"A{shop.next('authorization'):08d}" if authorized else None,
        paymentId=f"{order['name']}.{len(facts.transactions(shop, order)) + 1}", refundId=None,
        paymentDetails=card_details() if card else None, **more,
    )  # fmt: skip
    shop.emit("order_transactions/create", lambda: bodies.of(shop, made))
    if status == "SUCCESS" and kind in ("SALE", "CAPTURE", "REFUND"):
        shop.emit("tender_transactions/create", lambda: bodies.tender(shop, made))
    return made


def card_details() -> JSON:
    return {
        "__typename": "CardPaymentDetails", "company": "Visa", "number": "•••• •••• •••• 4242",
        "avsResultCode": "Y", "cvvResultCode": "M", "paymentMethodName": "card",
    }  # fmt: skip


# Stock and routing


def _take_from_stock(shop: "Shop", order: JSON) -> None:
    for line in facts.lines(shop, order):
        variant = shop.find("ProductVariant", line["variantId"])
        if variant is not None and stock.item_of(shop, variant)["tracked"]:
            level = stock.level_at(shop, stock.item_of(shop, variant), main_location(shop))
            stock.commit(shop, level, int(line["quantity"]))


def give_back_stock(shop: "Shop", line: JSON, quantity: int) -> None:
    """What was committed to an order is available again."""
    variant = shop.find("ProductVariant", line["variantId"])
    if variant is not None and stock.item_of(shop, variant)["tracked"]:
        stock.commit(shop, stock.level_at(shop, stock.item_of(shop, variant), main_location(shop)), -quantity)


def main_location(shop: "Shop") -> JSON:
    return shop.all("Location")[0]


def route(shop: "Shop", about: JSON) -> None:
    """Shopify decides where an order is sent from: its fulfillment orders come into being."""
    order = shop.find("Order", about["order"])
    if order is None or order["cancelledAt"] or facts.fulfillment_orders(shop, order):
        return
    lines = [line for line in facts.lines(shop, order) if line["requiresShipping"]]
    if not lines:
        return
    made = fulfillment_order(shop, order, main_location(shop), [(line, int(line["quantity"])) for line in lines])
    body = {"fulfillment_order": {"id": made["id"], "status": made["status"].lower()}}
    shop.emit("fulfillment_orders/order_routing_complete", body)


def fulfillment_order(shop: "Shop", order: JSON, location: JSON, lines: list[tuple[JSON, int]], **more: Any) -> JSON:
    """A fulfillment order over lines and quantities."""
    at = shop.stamp()
    usual: JSON = {
        "status": "OPEN", "requestStatus": "UNSUBMITTED", "fulfillAt": at, "fulfillBy": None, "createdAt": at,
        "updatedAt": at, "orderName": order["name"],
    }  # fmt: skip
    made = shop.new("FulfillmentOrder", orderId=order["id"], locationId=location["id"], **(usual | more))
    for line, quantity in lines:
        shop.new(
            "FulfillmentOrderLineItem", fulfillmentOrderId=made["id"], lineItemId=line["id"], totalQuantity=quantity,
            remainingQuantity=quantity,
        )  # fmt: skip
    return made


# What is written beside


def note(shop: "Shop", record: JSON, action: str, message: str) -> None:
    """An entry of the timeline."""
    app = shop.app
    kinds = {"Order": "ORDER", "DraftOrder": "DRAFT_ORDER", "Customer": "CUSTOMER", "Product": "PRODUCT"}
    shop.new(
        "BasicEvent", subjectId=record["id"], subjectType=kinds.get(record["__typename"], "UNKNOWN"), action=action,
        message=message, createdAt=shop.stamp(), appTitle=app.title if app else None, attributeToApp=app is not None,
        attributeToUser=bool(shop.user_id), criticalAlert=False, author=shop.user_name or None,
        hasAdditionalContent=False,
    )  # fmt: skip


def agree(shop: "Shop", order: JSON, kind: str, reason: str) -> None:
    """What merchant and buyer agreed on, as the order's history of sales."""
    number = shop.next("Agreement")
    shop.store.all("Agreement")[number] = {
        "__typename": kind, "id": gid(kind, number), "orderId": order["id"], "happenedAt": shop.stamp(),
        "reason": reason,
    }  # fmt: skip


def _name(shop: "Shop", order: JSON) -> str:
    customer = shop.find("Customer", order["customerId"])
    return str(customer["displayName"]) if customer else order["email"] or "A customer"


def update(shop: "Shop", order: JSON) -> None:
    """The order is another than before."""
    changed.tell(shop, order)


def line_of(shop: "Shop", variant: JSON, quantity: int, **more: Any) -> JSON:
    """The line of an order for so many of a variant, at its price."""
    product = shop.find("Product", variant["productId"])
    assert product is not None  # noqa: S101  # variants go with their product
    usual = {
        "productId": product["id"], "variantId": variant["id"], "title": product["title"],
        "variantTitle": variant["title"], "sku": variant["sku"], "vendor": product["vendor"], "quantity": quantity,
        "price": variant["price"], "taxable": variant["taxable"],
        "requiresShipping": stock.item_of(shop, variant)["requiresShipping"],
    }  # fmt: skip
    return usual | more


def fulfill_all(shop: "Shop", order: JSON, tracking: JSON | None = None) -> list[JSON]:
    """Send everything that is open, as one fulfillment for each fulfillment order."""
    from sandbox.shopify import fulfilling  # noqa: PLC0415  # it makes fulfillment orders by this module

    return [
        fulfilling.fulfill(shop, order, found, fulfilling.everything(shop, found), tracking)
        for found in facts.fulfillment_orders(shop, order)
        if found["status"] in ("OPEN", "IN_PROGRESS")
    ]
