"""What a shopper's checkout does to an order: incomplete first, then paid, placed, taken from stock."""

from typing import Any

from sandbox.bigcommerce import order_making, order_status, payments, settings
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON

PAYMENT_STATUSES = (
    "", "authorized", "captured", "capture pending", "declined", "held for review", "paid", "partially refunded",
    "pending", "refunded", "void", "void pending",
)  # fmt: skip
# Payment of an order that comes into the world with this status, when nothing else is said.
USUAL_PAYMENT = {0: "", 1: "pending", 4: "refunded", 5: "void", 6: "declined", 7: "pending", 14: "partially refunded"}
# The transaction records a payment status stands for: (event, status).
RECORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "authorized": (("authorization", "ok"),),
    "held for review": (("authorization", "ok"),),
    "captured": (("authorization", "ok"), ("capture", "ok")),
    "capture pending": (("authorization", "ok"),),
    "paid": (("purchase", "ok"),),
    "declined": (("purchase", "error"),),
    "pending": (("pending", "ok"),),
    "void": (("authorization", "ok"), ("void", "ok")),
    "void pending": (("authorization", "ok"),),
    "refunded": (("purchase", "ok"), ("refund", "ok")),
    "partially refunded": (("purchase", "ok"),),
}


def place(shop: Shop, order: JSON, status_id: int, payment: str | None, **about: Any) -> None:
    """Finish the checkout of an incomplete order. `about` goes into its transactions (fraud_review, gateway, …)."""
    payment = USUAL_PAYMENT.get(status_id, "captured") if payment is None else payment
    pay(shop, order, payment, **about)
    take_from_stock(shop, order)
    order_status.move(shop, order, status_id)
    order_status.changed(shop, order, order_status.INCOMPLETE)


def pay(shop: Shop, order: JSON, payment: str, **about: Any) -> None:
    """Bring the order's payment to this status, with the transaction records that are still missing."""
    check_payment(payment)
    known = payments.of(shop, order["id"])
    for event, status in RECORDS.get(payment, ()):
        if any((t["event"], t["status"]) == (event, status) for t in known):
            continue
        held = next((t["id"] for t in payments.of(shop, order["id"]) if t["event"] == "authorization"), None)
        payments.record(shop, order, event, order["total_inc_tax"], status=status, reference=held, **about)
    order["payment_status"] = payment


def check_payment(payment: Any) -> None:
    if payment is not None and payment not in PAYMENT_STATUSES:
        raise Refused(422, errors={"payment_status": f"must be one of {', '.join(p for p in PAYMENT_STATUSES if p)}"})


def take_from_stock(shop: Shop, order: JSON) -> None:
    """Sales count and stock of what was ordered: noise every order makes on product hooks."""
    for line in order_making.lines_of(shop.store, order["id"]):
        product = shop.store.products.get(line["product_id"])
        if product is None:
            continue
        product["total_sold"] += line["quantity"]
        if settings.takes_stock_when_placed(shop, order["channel_id"]):
            take_line(shop, line, line["quantity"])
        shop.emit("store/product/updated", {"type": "product", "id": product["id"]})


def take_line(shop: Shop, line: JSON, count: int) -> None:
    """So many of what a line holds leave the stock, if it is tracked."""
    product, variant = shop.store.products.get(line["product_id"]), shop.store.variants.get(line["variant_id"])
    if product is not None and product["inventory_tracking"] == "product":
        _less(shop, product, product, None, count)
    if product is not None and product["inventory_tracking"] == "variant" and variant is not None:
        _less(shop, product, variant, variant, count)


def stock_of(shop: Shop, variant: JSON) -> JSON:
    """What holds the count of a tracked variant: the variant, or its product as a whole."""
    product = shop.store.products[variant["product_id"]]
    return product if product["inventory_tracking"] == "product" else variant


def _less(shop: Shop, product: JSON, stock: JSON, variant: JSON | None, count: int) -> None:
    stock["inventory_level"] = (stock["inventory_level"] or 0) - count
    inventory = {"product_id": product["id"], "method": "relative", "value": -count}
    if variant is None:
        data = {"type": "product", "id": product["id"], "inventory": inventory}
        shop.emit("store/product/inventory/order/updated", data)
    else:
        data = {"type": "sku", "id": variant["sku_id"], "inventory": inventory | {"variant_id": variant["id"]}}
        shop.emit("store/sku/inventory/order/updated", data)
