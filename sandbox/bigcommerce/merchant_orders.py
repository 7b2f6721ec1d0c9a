"""Friendly orders and what belongs to them: shipments, refunds, messages, transactions."""

from typing import Any

from sandbox.bigcommerce import carts, friendly, order_making, order_status, payments, placing, refunds, shipments
from sandbox.bigcommerce import orders as v2
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import Field, Fields, check
from sandbox.bigcommerce.order_fields import CREATE, SHIPPING, UPDATE
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import decimal, rfc2822

MESSAGE: Fields = {
    "order_id": Field("integer", required=True),
    "message": Field("string", required=True, least=1),
    "subject": Field("string"),
    "from": Field("string", choices=("customer", "staff")),
    "status": Field("string", choices=("read", "unread")),
    "is_flagged": Field("boolean"),
}
TRANSACTION: Fields = {
    "order_id": Field("integer", required=True),
    "event": Field("string", required=True, choices=tuple(payments.RESULTS)),
    "amount": Field("money", least=0),
    "status": Field("string", choices=("ok", "error")),
    "method": Field("string"),
    "gateway": Field("string"),
    "fraud_review": Field("boolean"),
    "avs_result": Field("object"),
    "cvv_result": Field("object"),
    "credit_card": Field("object", nullable=True),
    "custom_provider_field_result": Field("object", nullable=True),
}
SHIPMENT: Fields = {**shipments.UPDATE, "order_id": Field("integer", required=True)} | {
    "items": Field("array", of=shipments.ITEM)
}
REFUND: Fields = {
    "order_id": Field("integer", required=True),
    "items": Field("array", of=refunds.ITEM),
    "amount": Field("money", least=0),
    "reason": Field("string"),
    "provider_id": Field("string"),
}
PATCH_OWN = ("status", "billing", "shipping", "payment_status", "fraud_review")


# Orders


def create(shop: Shop, given: JSON) -> JSON:
    """A checkout: incomplete order, then payment, stock and status. Status 11 (paid) unless said otherwise."""
    status = friendly.status_id(given, order_status.AWAITING_FULFILLMENT)
    fraud, payment = given.get("fraud_review", False), given.get("payment_status")
    if not isinstance(fraud, bool):
        raise Refused(422, errors={"fraud_review": "must be true or false"})
    placing.check_payment(payment)
    body = check(friendly.order_body(shop, given) | {"status_id": 0}, CREATE, "v2", creating=True)
    order = order_making.create(shop, body)
    if "cart_id" in given:
        order["cart_id"] = given["cart_id"]
        carts.convert(shop, given["cart_id"], order["id"])
    if status != order_status.INCOMPLETE:
        payment = "held for review" if fraud and payment is None else payment
        placing.place(shop, order, status, payment, fraud_review=fraud)
    return get(shop, order["id"])


def patch(shop: Shop, number: Any, given: JSON) -> JSON:
    """As staff or payment provider would: any writable V2 field, and the friendly words."""
    order = _order(shop, number)
    body = {n: v for n, v in given.items() if n not in PATCH_OWN}
    if {"status", "status_id"} & set(given):
        body["status_id"] = friendly.status_id(given, order["status_id"])
    if "billing" in given:
        made = friendly.address(given["billing"], order["billing_address"], "billing")
        body["billing_address"] = {n: v for n, v in made.items() if n != "form_fields"}
    if "shipping" in given:
        body["shipping_addresses"] = [_shipping(shop, order, given["shipping"])]
    check(body, UPDATE, "v2", creating=False)
    if "payment_status" in given:
        placing.pay(shop, order, given["payment_status"])
    if "fraud_review" in given:
        _review(shop, order, given["fraud_review"])
    v2.change(shop, order, body)
    return get(shop, order["id"])


def get(shop: Shop, number: Any) -> JSON:
    order = _order(shop, number)
    whole = v2.shown(shop, order, frozenset({"fees"}))
    key = order["id"]
    return whole | {
        "products": order_making.lines_of(shop.store, key),
        "shipping_addresses": order_making.addresses_of(shop.store, key),
        "coupons": shop.store.order_coupons.get(key, []),
        "transactions": payments.of(shop, key),
        "shipments": shipments.of(shop, key),
        "refunds": [r for r in shop.store.refunds.values() if r["order_id"] == key],
        "messages": [m for m in shop.store.messages.values() if m["order_id"] == key],
        "metafields": _metafields(shop, "order", key),
    }


def listed(shop: Shop) -> list[JSON]:
    return [v2.shown(shop, order) for order in shop.store.orders.values() if not order["is_deleted"]]


def archive(shop: Shop, number: Any) -> None:
    v2.archive(shop, _order(shop, number))


# Shipments


def create_shipment(shop: Shop, given: JSON) -> JSON:
    """All that is left to ship, unless `items` says otherwise."""
    body = check(given, SHIPMENT, "v3", creating=True)
    order = _order(shop, body.pop("order_id"))
    lines = [x for x in order_making.lines_of(shop.store, order["id"]) if x["type"] == "physical"]
    open_lines = [x for x in lines if x["quantity"] > x["quantity_shipped"]]
    if not open_lines:
        raise Refused(422, errors={"order_id": f"nothing of order {order['id']} is left to ship"})
    usual = [{"order_product_id": x["id"], "quantity": x["quantity"] - x["quantity_shipped"]} for x in open_lines]
    body = {"order_address_id": open_lines[0]["order_address_id"], "items": usual} | body
    return shipments.create(shop, order, check(body, shipments.CREATE, "v2", creating=True))


def patch_shipment(shop: Shop, number: Any, given: JSON) -> JSON:
    shipment = _known(shop.store.shipments, number, "shipment")
    shipments.update(shop, shipment, check(given, shipments.UPDATE, "v2", creating=False))
    return shipment


def get_shipment(shop: Shop, number: Any) -> JSON:
    return _known(shop.store.shipments, number, "shipment")


def list_shipments(shop: Shop) -> list[JSON]:
    return list(shop.store.shipments.values())


def delete_shipment(shop: Shop, number: Any) -> None:
    shipments.delete(shop, _known(shop.store.shipments, number, "shipment"))


# Refunds


def create_refund(shop: Shop, given: JSON) -> JSON:
    """The whole order, some `items`, or an `amount` of it."""
    body = check(given, REFUND, "v3", creating=True)
    order = _order(shop, body["order_id"])
    items = body.get("items") or _refund_items(shop, order, body)
    if body.get("reason"):
        items = [{**item, "reason": body["reason"]} for item in items]
    asked = check({"items": items}, refunds.QUOTE, "v3", creating=True)
    quoted = refunds.quote(shop, order, asked)
    ways = [way for alternative in quoted["refund_methods"] for way in alternative]
    way = next((w for w in ways if w["provider_id"] == body.get("provider_id", ways[0]["provider_id"])), None)
    if way is None:
        raise Refused(422, errors={"provider_id": f"must be one of {', '.join(w['provider_id'] for w in ways)}"})
    payment = {"provider_id": way["provider_id"], "amount": quoted["total_refund_amount"], "offline": way["offline"]}
    return refunds.create(shop, order, asked | {"payments": [payment]})


def get_refund(shop: Shop, number: Any) -> JSON:
    return _known(shop.store.refunds, number, "refund")


def list_refunds(shop: Shop) -> list[JSON]:
    return list(shop.store.refunds.values())


# Messages


def create_message(shop: Shop, given: JSON) -> JSON:
    """A message at an order, by the customer unless `from` is staff."""
    body = check(given, MESSAGE, "v3", creating=True)
    order = _order(shop, body["order_id"])
    staff = body.get("from") == "staff"
    number = shop.store.next("message")
    billing = order["billing_address"]
    message: JSON = {
        "id": number, "order_id": order["id"], "staff_id": shop.store.owner.id if staff else 0,
        "customer_id": order["customer_id"], "type": "admin" if staff else "customer",
        "subject": body.get("subject", f"Order #{order['id']}"), "message": body["message"],
        "status": body.get("status", "unread"), "is_flagged": body.get("is_flagged", False),
        "date_created": rfc2822(shop.now()),
        "customer": {"name": f"{billing['first_name']} {billing['last_name']}", "email": billing["email"]},
    }  # fmt: skip
    shop.store.messages[number] = message
    order_status.tell(shop, order, "message/created", {"message": {"order_message_id": number}})
    return message


def patch_message(shop: Shop, number: Any, given: JSON) -> JSON:
    message = _known(shop.store.messages, number, "message")
    message |= check(given, {n: MESSAGE[n] for n in ("status", "is_flagged")}, "v3", creating=False)
    return message


def get_message(shop: Shop, number: Any) -> JSON:
    return _known(shop.store.messages, number, "message")


def list_messages(shop: Shop) -> list[JSON]:
    return list(shop.store.messages.values())


# Transactions


def create_transaction(shop: Shop, given: JSON) -> JSON:
    body = check(given, TRANSACTION, "v3", creating=True)
    order = _order(shop, body.pop("order_id"))
    amount = body.pop("amount", order["total_inc_tax"])
    return payments.record(shop, order, body.pop("event"), amount, **body)


def patch_transaction(shop: Shop, number: Any, given: JSON) -> JSON:
    transaction = _known(shop.store.transactions, number, "transaction")
    fields = {n: f for n, f in TRANSACTION.items() if n not in ("order_id", "event", "amount")}
    transaction |= check(given, fields, "v3", creating=False)
    payments.tell(shop, transaction, "updated")
    return transaction


def get_transaction(shop: Shop, number: Any) -> JSON:
    return _known(shop.store.transactions, number, "transaction")


def list_transactions(shop: Shop) -> list[JSON]:
    return list(shop.store.transactions.values())


def _shipping(shop: Shop, order: JSON, given: Any) -> JSON:
    known = order_making.addresses_of(shop.store, order["id"])[0]
    names = set(SHIPPING) - {"shipping_method"}
    made = friendly.address(given, {n: v for n, v in known.items() if n in names}, "shipping")
    return {"id": known["id"]} | made


def _review(shop: Shop, order: JSON, flagged: Any) -> None:
    for transaction in payments.of(shop, order["id"]):
        transaction["fraud_review"] = bool(flagged)
        payments.tell(shop, transaction, "updated")


def _refund_items(shop: Shop, order: JSON, body: JSON) -> list[JSON]:
    if "amount" in body:
        return [{"item_type": "ORDER", "item_id": order["id"], "amount": float(decimal(body["amount"]))}]
    lines = order_making.lines_of(shop.store, order["id"])
    items: list[JSON] = [
        {"item_type": "PRODUCT", "item_id": x["id"], "quantity": x["quantity"] - x["quantity_refunded"]}
        for x in lines
        if x["quantity"] > x["quantity_refunded"]
    ]
    cost = float(decimal(order["shipping_cost_inc_tax"]))
    if cost:
        place = order_making.addresses_of(shop.store, order["id"])[0]
        items.append({"item_type": "SHIPPING", "item_id": place["id"], "amount": cost})
    return items


def _metafields(shop: Shop, kind: str, number: int) -> list[JSON]:
    return [m for m in shop.store.metafields.values() if (m["resource_type"], m["resource_id"]) == (kind, number)]


def _order(shop: Shop, number: Any) -> JSON:
    return _known(shop.store.orders, number, "order")


def _known(parts: dict[int, JSON], number: Any, kind: str) -> JSON:
    found = parts.get(int(number)) if str(number).isdigit() else None
    if found is None:
        raise Refused(404, errors={"id": f"there is no {kind} {number}"})
    return found
