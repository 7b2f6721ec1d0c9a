"""Changing orders: notes and addresses, open and closed, payment, cancellation, risk.

Source: Admin GraphQL API reference, orderUpdate, orderCancel, orderCapture, orderMarkAsPaid,
orderRiskAssessmentCreate and their neighbours. Cancelling is asynchronous and cannot be undone.
"""

from decimal import Decimal
from typing import Any

from sandbox.shopify import addresses, changed, jobs, placing, refunding
from sandbox.shopify import order_facts as facts
from sandbox.shopify.errors import UserError, denied
from sandbox.shopify.gids import number_of
from sandbox.shopify.money import decimal
from sandbox.shopify.mutating import mutation
from sandbox.shopify.operations import metafields, orders, tags
from sandbox.shopify.payloads import bodies
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

LONGEST_NOTE, LONGEST_STAFF_NOTE, MOST_FACTS = 5000, 255, 20
PLAIN = ("note", "email", "phone", "poNumber")


@mutation("orderUpdate")
def update(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    order = shop.need("Order", given["id"], ["input", "id"], said="Order does not exist")
    if len(given.get("note") or "") > LONGEST_NOTE:
        raise UserError(f"Note is too long (maximum is {LONGEST_NOTE} characters)", ["input", "note"], "TOO_LONG")
    for one in given.get("customAttributes") or []:
        if not one["key"].strip():
            raise UserError("Key can't be blank", ["input", "customAttributes"], "BLANK")
    metafields.set_for(shop, order, given.get("metafields"), ["input", "metafields"])
    order |= {name: given[name] for name in PLAIN if name in given}
    if "customAttributes" in given:
        order["customAttributes"] = [dict(one) for one in given["customAttributes"]]
    if given.get("shippingAddress"):
        order["shippingAddress"] = addresses.mailing(shop, given["shippingAddress"], order["shippingAddress"])
    if "tags" in given:
        order["tags"] = tags.checked(given["tags"] or [])
    changed.tell(shop, order)
    return {"order": order}


@mutation("orderClose")
def close(shop: Shop, args: JSON) -> JSON:
    order = _order(shop, args["input"]["id"])
    if not order["closed"]:
        order |= {"closed": True, "closedAt": shop.stamp()}
        changed.tell(shop, order)
    return {"order": order}


@mutation("orderOpen")
def reopen(shop: Shop, args: JSON) -> JSON:
    order = _order(shop, args["input"]["id"])
    if order["closed"]:
        order |= {"closed": False, "closedAt": None}
        changed.tell(shop, order)
    return {"order": order}


@mutation("orderDelete")
def delete(shop: Shop, args: JSON) -> JSON:
    """Only what never was a real sale, or was cancelled."""
    order = shop.need("Order", args["orderId"], ["orderId"])
    if not order["test"] and not order["cancelledAt"] and facts.received(shop, order):
        raise UserError("This order can't be deleted: it was paid.", ["orderId"], "INVALID")
    remove(shop, order)
    return {"deletedId": order["id"]}


def remove(shop: Shop, order: JSON) -> None:
    shop.drop(order)
    shop.emit("orders/delete", bodies.deleted(shop, order))


@mutation("orderCustomerSet")
def set_customer(shop: Shop, args: JSON) -> JSON:
    order = shop.need("Order", args["orderId"], ["orderId"])
    customer = shop.need("Customer", args["customerId"], ["customerId"])
    order |= {"customerId": customer["id"], "email": customer["email"]}
    changed.tell(shop, order)
    return {"order": order}


@mutation("orderInvoiceSend")
def send_invoice(shop: Shop, args: JSON) -> JSON:
    order = shop.need("Order", args["id"], ["id"], "ORDER_INVOICE_SEND_UNSUCCESSFUL")
    to = (args.get("email") or {}).get("to") or order["email"]
    if not to:
        raise UserError("The order has no email address.", ["email", "to"], "ORDER_INVOICE_SEND_UNSUCCESSFUL")
    placing.note(shop, order, "mail_sent", f"An invoice was sent to {to}.")
    return {"order": order}


# Payment


@mutation("orderCapture")
def capture(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    order = _order(shop, given["id"])
    parent = shop.find("OrderTransaction", given["parentTransactionId"])
    if parent is None or parent["orderId"] != order["id"] or parent["kind"] != "AUTHORIZATION":
        raise UserError("Parent transaction must be a successful authorization", ["input", "parentTransactionId"])
    amount, left = decimal(given["amount"]), facts.uncaptured(shop, parent)
    if parent not in facts.open_authorizations(shop, order):
        raise UserError("The authorization has expired, was voided or was captured", ["input", "parentTransactionId"])
    if given.get("currency") not in (None, shop.currency):
        raise UserError("Currency must be the order's currency", ["input", "currency"])
    if not Decimal(0) < amount <= left:
        said = f"Amount must be greater than 0 and at most {orders.spoken(left, shop)}"
        raise UserError(said, ["input", "amount"])
    final = bool(given.get("finalCapture")) or not parent["multiCapturable"]
    made = placing.transaction(shop, order, "CAPTURE", amount, gateway=parent["gateway"], parent=parent, final=final)
    paid(shop, order, f"{orders.spoken(amount, shop)} was captured.")
    return {"transaction": made}


@mutation("orderMarkAsPaid")
def mark_as_paid(shop: Shop, args: JSON) -> JSON:
    order = _order(shop, args["input"]["id"])
    due = facts.outstanding(shop, order)
    if order["cancelledAt"] or due <= 0:
        raise UserError("Order cannot be marked as paid.", ["input", "id"])
    placing.transaction(shop, order, "SALE", due, gateway="manual")
    paid(shop, order, "The order was marked as paid.")
    return {"order": order}


def paid(shop: Shop, order: JSON, said: str) -> None:
    """A payment came in: the order changes, and is paid when nothing is left."""
    placing.note(shop, order, "payment", said)
    changed.tell(shop, order)
    if facts.outstanding(shop, order) <= 0:
        shop.emit("orders/paid", lambda: bodies.of(shop, order))


@mutation("transactionVoid")
def void(shop: Shop, args: JSON) -> JSON:
    parent = shop.need("OrderTransaction", args["parentTransactionId"], ["parentTransactionId"],
                       "TRANSACTION_NOT_FOUND")  # fmt: skip
    order = shop.find("Order", parent["orderId"])
    if order is None or parent["kind"] != "AUTHORIZATION" or facts.uncaptured(shop, parent) <= 0:
        raise UserError("Only an open authorization can be voided.", ["parentTransactionId"], "AUTH_NOT_VOIDABLE")
    made = placing.transaction(shop, order, "VOID", parent["amount"], gateway=parent["gateway"], parent=parent)
    changed.tell(shop, order)
    return {"transaction": made}


# Cancelling


@mutation("orderCancel")
def cancel(shop: Shop, args: JSON) -> JSON:
    order = shop.find("Order", args["orderId"])
    if order is None:
        raise UserError("Order does not exist", ["orderId"], "NOT_FOUND")
    if said := why_not_cancelled(shop, order):
        raise UserError(said, ["orderId"], "INVALID")
    if len(args.get("staffNote") or "") > LONGEST_STAFF_NOTE:
        said = f"Staff note is too long (maximum is {LONGEST_STAFF_NOTE} characters)"
        raise UserError(said, ["staffNote"], "INVALID")
    method = args.get("refundMethod") or {}
    _check_store_credit(shop, order, method)
    about = {
        "order": order["id"], "reason": args["reason"], "restock": args["restock"],
        "refund": bool(method.get("originalPaymentMethodsRefund") or args.get("refund")),
        "credit": "storeCreditRefund" in method, "note": args.get("staffNote") or "",
    }  # fmt: skip
    job = jobs.begin(shop, "cancel order", **about)
    return {"job": job}


def why_not_cancelled(shop: Shop, order: JSON) -> str:
    """Why an order cannot be cancelled; empty when it can."""
    if order["cancelledAt"]:
        return "Order has already been cancelled"
    if any(r["status"] in ("OPEN", "REQUESTED") for r in facts.returns(shop, order)):
        return "Cannot cancel an order with a return in progress"
    if any(f["status"] == "SUCCESS" for f in facts.fulfillments(shop, order)):
        return "Cannot cancel an order with fulfilled items"
    if any(t["status"] == "PENDING" for t in facts.transactions(shop, order)):
        return "Cannot cancel an order with a pending payment"
    return ""


def _check_store_credit(shop: Shop, order: JSON, method: JSON) -> None:
    if "storeCreditRefund" not in method:
        return
    if order["companyId"]:
        raise UserError("Store credit is not for companies", ["refundMethod"], "STORE_CREDIT_REFUND_B2B_NOT_SUPPORTED")
    if not order["customerId"]:
        raise UserError("The order has no customer", ["refundMethod"], "STORE_CREDIT_REFUND_MISSING_CUSTOMER")
    expires = (method["storeCreditRefund"] or {}).get("expiresAt")
    if expires and expires < shop.stamp():
        said = "The expiration lies in the past"
        raise UserError(said, ["refundMethod"], "STORE_CREDIT_REFUND_EXPIRATION_IN_PAST")


def finish_cancel(shop: Shop, about: JSON) -> None:
    """The job's work: money back or never taken, goods back to stock, nothing left to send."""
    order = shop.find("Order", about["order"])
    jobs.end(shop, about)
    if order is None or order["cancelledAt"]:
        return
    for authorization in facts.open_authorizations(shop, order):
        placing.transaction(
            shop, order, "VOID", facts.uncaptured(shop, authorization), gateway=authorization["gateway"],
            parent=authorization,
        )  # fmt: skip
    for found in facts.fulfillment_orders(shop, order):
        if found["status"] in facts.OPEN_STATES:
            found["status"] = "CANCELLED"
            shop.touch(found)
            shop.emit("fulfillment_orders/cancelled", {"fulfillment_order": {"id": found["id"], "status": "cancelled"}})
    refunding.everything(shop, order, refund=about["refund"], credit=about["credit"], restock=about["restock"])
    order |= {"cancelledAt": shop.stamp(), "cancelReason": about["reason"], "closed": True, "closedAt": shop.stamp()}
    said = f"The order was cancelled ({about['reason'].lower()}). {about['note']}".strip()
    placing.note(shop, order, "cancelled", said)
    changed.tell(shop, order)
    shop.emit("orders/cancelled", lambda: bodies.of(shop, order))


# Risk


@mutation("orderRiskAssessmentCreate")
def assess(shop: Shop, args: JSON) -> JSON:
    """One assessment for each app: a new one replaces it. Offline tokens only."""
    if shop.user_id:
        raise denied("orderRiskAssessmentCreate", "offline access token.")
    given = args["orderRiskAssessmentInput"]
    order = shop.need("Order", given["orderId"], ["orderRiskAssessmentInput", "orderId"])
    if facts.fulfillment_status(shop, order) == "FULFILLED":
        raise UserError("The order has already been fulfilled.", ["orderRiskAssessmentInput", "orderId"],
                        "ORDER_ALREADY_FULFILLED")  # fmt: skip
    if len(given["facts"]) > MOST_FACTS:
        said = f"Too many facts (maximum is {MOST_FACTS})"
        raise UserError(said, ["orderRiskAssessmentInput", "facts"], "TOO_MANY_FACTS")
    made = put_assessment(shop, order, given["riskLevel"], given["facts"], shop.client_id)
    return {"orderRiskAssessment": orders.assessment(shop, made)}


def put_assessment(shop: Shop, order: JSON, level: str, told: list[JSON], client_id: str) -> JSON:
    """`client_id` empty: Shopify's own analysis."""
    one: JSON = {"clientId": client_id, "riskLevel": level, "facts": [dict(fact) for fact in told]}
    order["assessments"] = [a for a in order["assessments"] if a.get("clientId") != client_id] + [one]
    shop.touch(order)
    app = shop.api.state.apps.get(client_id) if client_id else None
    body: dict[str, Any] = {
        "provider_id": app.number if app else None, "provider_title": app.title if app else "Shopify",
        "risk_level": level.lower(), "created_at": shop.stamp(), "order_id": number_of(order["id"]),
        "admin_graphql_api_order_id": order["id"],
    }  # fmt: skip
    shop.emit("orders/risk_assessment_changed", body)
    shop.emit("orders/updated", lambda: bodies.of(shop, order))
    return one


def _order(shop: Shop, text: Any) -> JSON:
    return shop.need("Order", text, ["input", "id"], said="Order does not exist")


FINISH = {"cancel order": finish_cancel}
