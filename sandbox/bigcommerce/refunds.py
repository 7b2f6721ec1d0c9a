"""Refund quotes and refunds. One at a time per order; the money moves later, by the sandbox clock."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.bigcommerce import filters, order_making, order_status, payments
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused, missing, v3_body
from sandbox.bigcommerce.fields import Field, check
from sandbox.bigcommerce.scopes import PAYMENTS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON, Later
from sandbox.bigcommerce.wire import decimal, money, number, v3, v3_page, zulu
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

COUNTED, AMOUNTS = ("PRODUCT", "GIFT_WRAPPING"), ("ORDER", "SHIPPING", "HANDLING", "TAX", "FEE")
ADJUSTMENT = {
    "amount": Field("number", required=True, most=0),
    "description": Field("string", required=True, most=255),
}
ITEM = {
    "item_type": Field("string", always=True, choices=(*COUNTED, *AMOUNTS)),
    "item_id": Field("integer", always=True),
    "quantity": Field("integer", least=1),
    "amount": Field("number", least=0),
    "adjustments": Field("array", of=ADJUSTMENT),
    "reason": Field("string", most=1000),
}
OVERRIDE = {
    "total_amount": Field("number", required=True, least=0),
    "total_tax": Field("number", required=True, least=0),
}
PAYMENT = {
    "provider_id": Field("string", required=True),
    "amount": Field("number", required=True, least=0),
    "offline": Field("boolean"),
}
QUOTE = {"items": Field("array", least=1, of=ITEM), "tax_adjustment_amount": Field("number", least=0)}
REFUND = QUOTE | {
    "payments": Field("array", least=1, of=PAYMENT),
    "merchant_calculated_override": Field("object", of=OVERRIDE),
}


def routes(api: "BigCommerce") -> None:
    one = "/orders/<int:order_id>/payment_actions"
    api.v3("POST", f"{one}/refund_quotes", PAYMENTS, create_quote)
    api.v3("GET", f"{one}/refunds", PAYMENTS, list_of_order)
    api.v3("POST", f"{one}/refunds", PAYMENTS, create_refund)
    api.v3("GET", "/orders/payment_actions/refunds", PAYMENTS, list_refunds)
    api.v3("GET", "/orders/payment_actions/refunds/<int:refund_id>", PAYMENTS, show_refund)


def create_quote(shop: Shop, call: Call, order_id: int) -> Response:
    order = payments.order_of(shop, order_id)
    return v3(quote(shop, order, check(json_of(call), QUOTE, "v3", creating=True)), 201)


def create_refund(shop: Shop, call: Call, order_id: int) -> Response:
    order = payments.order_of(shop, order_id)
    refund = create(shop, order, check(json_of(call), REFUND, "v3", creating=True))
    call.effect = f"order {order_id} refund {refund['id']} of {refund['total_amount']} created"
    return v3(refund, 201)


def list_of_order(shop: Shop, call: Call, order_id: int) -> Response:
    only(call, ("transaction_id",), 422)
    payments.order_of(shop, order_id)
    return v3([r for r in _by_transaction(shop, call) if r["order_id"] == order_id])


def list_refunds(shop: Shop, call: Call) -> Response:
    declared: filters.Declared = {
        "order_id": ("integer", ("in",)),
        "id": ("integer", ("in",)),
        "created": ("date", ("min", "max")),
    }
    return v3_page(call, filters.apply(call, _by_transaction(shop, call), declared, ("transaction_id",)))


def show_refund(shop: Shop, call: Call, refund_id: int) -> Response:
    only(call, (), 422)
    refund = shop.store.refunds.get(refund_id)
    if refund is None:
        raise missing("Refund", refund_id)
    return v3(refund)


# What others use too


def quote(shop: Shop, order: JSON, body: JSON) -> JSON:
    """What the refund would come to, and the alternative ways to pay it."""
    if order["payment_status"] not in payments.SETTLED:
        raise _no("The order has no settled payment to refund.")
    if ("items" in body) is ("tax_adjustment_amount" in body):
        raise _no("Either items or tax_adjustment_amount is required.")
    tax_only = decimal(body.get("tax_adjustment_amount", 0))
    parts = [_part(shop, order, item) for item in body.get("items", [])]
    total = sum((amount for amount, _ in parts), tax_only)
    tax = sum((tax for _, tax in parts), tax_only)
    adjusted = sum((decimal(a["amount"]) for i in body.get("items", []) for a in i.get("adjustments", [])), Decimal(0))
    if total > _left(shop, order):
        raise _no("The refund is larger than what is left of the payment.")
    order_level = sum((decimal(i["amount"]) for i in body.get("items", []) if i["item_type"] == "ORDER"), Decimal(0))
    return {
        "order_id": order["id"],
        "total_refund_amount": number(total),
        "total_refund_tax_amount": number(tax),
        "order_level_refund_amount": number(order_level),
        "rounding": 0,
        "adjustment": number(adjusted),
        "tax_inclusive": bool(order["is_tax_inclusive_pricing"]),
        "refund_methods": _methods(shop, order, total),
    }


def create(shop: Shop, order: JSON, body: JSON) -> JSON:
    """A refund as quoted. The provider is charged afterwards; offline payments count at once."""
    if any(work.action == "refund" and work.order_id == order["id"] for work in shop.store.later):
        raise _no("Another refund of this order is being processed.")
    quoted = quote(shop, order, {n: v for n, v in body.items() if n in QUOTE})
    override = body.get("merchant_calculated_override")
    total = decimal(override["total_amount"] if override else quoted["total_refund_amount"])
    tax = decimal(override["total_tax"] if override else quoted["total_refund_tax_amount"])
    if total > _left(shop, order):
        raise _no("The refund is larger than what is left of the payment.")
    chosen = _payments(shop, order, body, quoted, total)
    key = shop.store.next("refund")
    refund: JSON = {
        "id": key,
        "order_id": order["id"],
        "user_id": 0,
        "created": zulu(shop.now()),
        "reason": next((i["reason"] for i in body.get("items", []) if i.get("reason")), ""),
        "total_amount": number(total),
        "total_tax": number(tax),
        "uses_merchant_override_values": override is not None,
        "items": [_shown(shop, item) for item in body.get("items", [])],
        "payments": chosen,
    }
    shop.store.refunds[key] = refund
    shop.emit("store/order/refund/created", {"type": "order", "id": order["id"], "refund": {"refund_id": key}})
    order_status.changed(shop, order, order["status_id"])
    payments.later(shop, order, "refund", {"refund_id": key})
    return refund


def finish(shop: Shop, work: Later) -> None:
    """The provider paid (or declined): transaction, lines, order and payment status."""
    order, refund = shop.store.orders[work.order_id], shop.store.refunds[work.about["refund_id"]]
    declined = shop.store.decline_refunds
    for payment in refund["payments"]:
        fails = declined and not payment["offline"]
        payment |= {"is_declined": fails, "declined_message": "Declined by the provider" if fails else ""}
        made = payments.record(
            shop, order, "refund", payment["amount"], status="error" if fails else "ok", gateway=payment["provider_id"]
        )
        payment["transaction_id"] = str(made["id"])
    before = order["status_id"]
    if not any(payment["is_declined"] for payment in refund["payments"]):
        for item in refund["items"]:
            _mark(shop, item)
        whole = _left(shop, order) <= 0
        order["payment_status"] = "refunded" if whole else "partially refunded"
        order_status.move(shop, order, order_status.REFUNDED if whole else order_status.PARTIALLY_REFUNDED)
    order_status.changed(shop, order, before)


def _left(shop: Shop, order: JSON) -> Decimal:
    """Paid, less what was refunded and not declined."""
    own = [r for r in shop.store.refunds.values() if r["order_id"] == order["id"]]
    gone = [p for r in own for p in r["payments"] if not p["is_declined"]]
    return payments.paid(shop, order["id"]) - sum((decimal(p["amount"]) for p in gone), Decimal(0))


def _part(shop: Shop, order: JSON, item: JSON) -> tuple[Decimal, Decimal]:
    """(amount, tax in it) of one item."""
    if item["item_type"] in AMOUNTS:
        return _amount(shop, order, item)
    line = shop.store.order_lines.get(item["item_id"])
    if line is None or line["order_id"] != order["id"]:
        raise _no(f"There is no order product {item['item_id']}.")
    if "quantity" not in item or "amount" in item:
        raise _no(f"{item['item_type']} needs a quantity and no amount.")
    count = item["quantity"]
    if item["item_type"] == "GIFT_WRAPPING":
        cost, tax = decimal(line["wrapping_cost_inc_tax"]), decimal(line["wrapping_cost_tax"])
        return cost * count, tax * count
    if count > line["quantity"] - line["quantity_refunded"]:
        raise _no(f"Order product {line['id']} has not that many left to refund.")
    change = sum((decimal(a["amount"]) for a in item.get("adjustments", [])), Decimal(0))
    amount = decimal(line["price_inc_tax"]) * count + change
    if amount < 0:
        raise _no("The adjustments are larger than the item.")
    return amount, decimal(line["price_tax"]) * count


def _amount(shop: Shop, order: JSON, item: JSON) -> tuple[Decimal, Decimal]:
    if "amount" not in item or "quantity" in item or "adjustments" in item:
        raise _no(f"{item['item_type']} needs an amount and nothing else.")
    amount, kind, number_ = decimal(item["amount"]), item["item_type"], item["item_id"]
    known = {
        "ORDER": number_ == order["id"],
        "TAX": True,
        "FEE": any(f["id"] == number_ for f in shop.store.order_fees.get(order["id"], [])),
    }
    address = shop.store.order_addresses.get(number_)
    if not known.get(kind, address is not None and address["order_id"] == order["id"]):
        raise _no(f"item_id {number_} does not belong to this order.")
    most = {
        "SHIPPING": order["shipping_cost_inc_tax"],
        "HANDLING": order["handling_cost_inc_tax"],
        "TAX": order["total_tax"],
    }.get(kind, order["total_inc_tax"])
    if amount > decimal(most):
        raise _no(f"{kind} can be refunded up to {most}.")
    return amount, amount if kind == "TAX" else Decimal(0)


def _methods(shop: Shop, order: JSON, total: Decimal) -> list[list[JSON]]:
    taken = [t for t in payments.of(shop, order["id"]) if t["event"] in ("purchase", "capture", "settled")]
    ways = [(t["gateway"], t["gateway"].title(), False) for t in taken[:1]]
    if order["customer_id"]:
        ways.append(("storecredit", "Store Credit", False))
    ways.append(("custom", "Custom", True))
    return [
        [
            {
                "provider_id": provider,
                "provider_description": words,
                "amount": number(total),
                "offline": offline,
                "offline_provider": offline,
                "offline_reason": "This payment provider is offline" if offline else "",
            }
        ]
        for provider, words, offline in ways
    ]


def _payments(shop: Shop, order: JSON, body: JSON, quoted: JSON, total: Decimal) -> list[JSON]:
    given = body.get("payments")
    if given is None and "items" in body:
        raise _no("payments is required.", {"payments": "error.path.missing"})
    first = quoted["refund_methods"][0][0]
    given = given or [{"provider_id": first["provider_id"], "amount": number(total), "offline": first["offline"]}]
    offered = {way["provider_id"]: way for alternative in quoted["refund_methods"] for way in alternative}
    for payment in given:
        if payment["provider_id"] == "storecredit" and not order["customer_id"]:
            raise _no("Unable to provide store credit for a guest customer.")
        if payment["provider_id"] not in offered:
            raise _no(f"{payment['provider_id']} is not among the refund methods of the quote.")
    if sum(decimal(p["amount"]) for p in given) != total:
        raise _no(f"The payments must add up to {number(total)}.")
    return [
        {
            "id": shop.store.next("refund_payment"),
            "provider_id": payment["provider_id"],
            "amount": payment["amount"],
            "offline": payment.get("offline", offered[payment["provider_id"]]["offline"]),
            "is_declined": False,
            "declined_message": "",
        }
        for payment in given
    ]


def _shown(shop: Shop, item: JSON) -> JSON:
    if item["item_type"] in AMOUNTS:
        asked, count = decimal(item["amount"]), 1
    else:
        line = shop.store.order_lines[item["item_id"]]
        count = item["quantity"]
        asked = decimal(line["price_inc_tax"]) * count
    return {
        "item_type": item["item_type"],
        "item_id": item["item_id"],
        "reason": item.get("reason", ""),
        "quantity": count,
        "adjustments": item.get("adjustments", []),
        "requested_amount": number(asked),
    }


def _mark(shop: Shop, item: JSON) -> None:
    if item["item_type"] != "PRODUCT":
        return
    line = shop.store.order_lines[item["item_id"]]
    line["quantity_refunded"] += item["quantity"]
    line["is_refunded"] = line["quantity_refunded"] >= line["quantity"]
    less = sum((decimal(a["amount"]) for a in item["adjustments"]), Decimal(0))
    line["refund_amount"] = money(decimal(line["refund_amount"]) + decimal(item["requested_amount"]) + less)
    order_making.price_line(line)


def _by_transaction(shop: Shop, call: Call) -> list[JSON]:
    found = list(shop.store.refunds.values())
    wanted = call.args.get("transaction_id")
    return [r for r in found if any(p.get("transaction_id") == wanted for p in r["payments"])] if wanted else found


def _no(title: str, errors: Any = None) -> Refused:
    return Refused(422, title, body={"data": [v3_body(422, title, errors)], "meta": {}})
