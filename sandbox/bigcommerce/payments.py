"""Transactions of an order, capture and void. The provider answers later, by the sandbox clock."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.bigcommerce import order_status
from sandbox.bigcommerce.body import only
from sandbox.bigcommerce.errors import Refused, missing
from sandbox.bigcommerce.scopes import PAYMENTS, TRANSACTIONS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON, Later
from sandbox.bigcommerce.wire import decimal, iso, number, v3_page
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

CAPTURABLE, SETTLED = ("authorized", "held for review"), ("captured", "paid", "partially refunded")
RESULTS = {
    "purchase": "Paid",
    "authorization": "Authorized",
    "capture": "Captured",
    "refund": "Refunded",
    "void": "Voided",
    "pending": "Pending",
    "settled": "Settled",
}
NO_RESULT = {"code": "", "message": "", "street_match": "", "postal_match": ""}


def routes(api: "BigCommerce") -> None:
    one = "/orders/<int:order_id>"
    api.v3("GET", f"{one}/transactions", TRANSACTIONS, list_transactions)
    api.v3("POST", f"{one}/payment_actions/capture", PAYMENTS, capture)
    api.v3("POST", f"{one}/payment_actions/void", PAYMENTS, void)


def list_transactions(shop: Shop, call: Call, order_id: int) -> Response:
    only(call, ("page", "limit"), 422)
    order_of(shop, order_id)
    found = of(shop, order_id)
    return v3_page(call, found) if found else Response(status=204)


def capture(shop: Shop, call: Call, order_id: int) -> Response:
    order = order_of(shop, order_id)
    _no_body(call)
    if order["payment_status"] not in CAPTURABLE:
        raise Refused(422, "The order's payment cannot be captured.", {"order": "payment is not authorized"})
    _begin(shop, order, "capture", "capture pending")
    call.effect = f"order {order_id} capture requested"
    return json_response({}, 201)


def void(shop: Shop, call: Call, order_id: int) -> Response:
    order = order_of(shop, order_id)
    _no_body(call)
    if order["payment_status"] not in CAPTURABLE:
        raise Refused(422, "The order's payment cannot be voided.", {"order": "payment is not authorized"})
    _begin(shop, order, "void", "void pending")
    call.effect = f"order {order_id} void requested"
    return json_response({}, 201)


# What others use too


def of(shop: Shop, order_id: int) -> list[JSON]:
    return [t for t in shop.store.transactions.values() if t["order_id"] == str(order_id)]


def order_of(shop: Shop, order_id: int) -> JSON:
    order = shop.store.orders.get(order_id)
    if order is None:
        raise missing("Order", order_id)
    return order


def later(shop: Shop, order: JSON, action: str, about: JSON) -> None:
    """Have the provider finish something in a moment."""
    due = shop.now() + timedelta(seconds=shop.store.settle_seconds)
    shop.store.later.append(Later(due, action, order["id"], about))


def finish(shop: Shop, work: Later) -> None:
    """The provider's answer to a capture or void."""
    order = shop.store.orders[work.order_id]
    held = next((t for t in of(shop, order["id"]) if t["event"] == "authorization"), None)
    amount = held["amount"] if held else order["total_inc_tax"]
    record(shop, order, work.action, amount, reference=held["id"] if held else None)
    order["payment_status"] = "captured" if work.action == "capture" else "void"
    order_status.changed(shop, order, order["status_id"])


def record(shop: Shop, order: JSON, event: str, amount: Any, *, reference: int | None = None, **more: Any) -> JSON:
    """A transaction record, announced. `more` overrides fields."""
    key = shop.store.next("transaction", 1001)
    transaction: JSON = {
        "id": key,
        "order_id": str(order["id"]),
        "date_created": iso(shop.now()),
        "event": event,
        "method": "credit_card",
        "amount": number(amount),
        "currency": order["currency_code"],
        "gateway": "braintree",
        "gateway_transaction_id": f"ch_{shop.store.hash}_{key}",
        "payment_method_id": "braintree.credit_card",
        "status": "ok",
        "test": False,
        "fraud_review": False,
        "reference_transaction_id": reference,
        "avs_result": {"code": "Y", "message": "Address and postal code match"}
        | {"street_match": "Y", "postal_match": "Y"},
        "cvv_result": {"code": "M", "message": "CVV2 match"},
        "credit_card": {
            "card_type": "visa",
            "card_iin": "411111",
            "card_last4": "1111",
            "card_expiry_month": 12,
            "card_expiry_year": shop.now().year + 2,
        },
        "offline": None,
        "custom": None,
        "gift_certificate": None,
        "store_credit": None,
        "payment_instrument_token": None,
        "provider_instrument_token": None,
        "provider_customer_id": None,
        "custom_provider_field_result": None,
    } | more
    if transaction["reference_transaction_id"] is None:
        del transaction["reference_transaction_id"]
    shop.store.transactions[key] = transaction
    tell(shop, transaction, "created")
    return transaction


def tell(shop: Shop, transaction: JSON, event: str) -> None:
    good = transaction["status"] == "ok"
    message = RESULTS[transaction["event"]]
    shop.emit(
        f"store/order/transaction/{event}",
        {
            "type": "transaction",
            "order_id": transaction["order_id"],
            "transaction_id": str(transaction["id"]),
            "transaction_status": "complete" if good else "failed",
            "transaction_type": transaction["event"],
            "result": {
                "code": message.lower() if good else "declined",
                "message": message if good else "Declined",
                "type": "success" if good else "failure",
            },
            "platform_transaction_id": str(transaction["id"] + 964_000_000),
            "provider_transaction_id": transaction["gateway_transaction_id"],
        },
    )


def paid(shop: Shop, order_id: int) -> Decimal:
    """What was taken from the shopper."""
    taken = [t for t in of(shop, order_id) if t["event"] in ("purchase", "capture", "settled") and t["status"] == "ok"]
    return sum((decimal(t["amount"]) for t in taken), Decimal(0))


def _begin(shop: Shop, order: JSON, action: str, status: str) -> None:
    order["payment_status"] = status
    later(shop, order, action, {})
    order_status.changed(shop, order, order["status_id"])


def _no_body(call: Call) -> None:
    only(call, (), 422)
    if call.raw().strip() not in (b"", b"{}"):
        raise Refused(422, errors={"body": "this action has no body"})
