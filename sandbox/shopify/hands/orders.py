"""Orders: payment, cancellation, edits, as staff or the payment provider would."""

from typing import Any, Literal

from pydantic import Field

from sandbox.kernel.hands import NotAccepted
from sandbox.shopify import changed
from sandbox.shopify import order_facts as facts
from sandbox.shopify.hands import placing_orders, reads
from sandbox.shopify.hands.asking import Friendly, change, checked, every, need, shown
from sandbox.shopify.hands.placing_orders import Place, Risk
from sandbox.shopify.money import text
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

CancelReason = Literal["CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "OTHER", "STAFF"]


class Cancel(Friendly):
    reason: CancelReason = "CUSTOMER"
    refund: bool = True
    restock: bool = True
    note: str = ""


class Edit(Friendly):
    """The quantity a line shall have; a SKU that is not on the order yet is added."""

    sku: str
    quantity: int = Field(ge=0)


class OrderPatch(Friendly):
    note: str | None = None
    tags: list[str] | None = None
    email: str | None = None
    po_number: str | None = None
    shipping: Place | None = None
    payment_status: Literal["paid", "captured", "voided"] | None = None
    risk: Risk | None = None
    cancel: Cancel | None = None
    closed: bool | None = None
    edit: list[Edit] | None = None


def create(shop: Shop, given: JSON) -> JSON:
    return get(shop, placing_orders.place(shop, given)["id"])


def get(shop: Shop, number: Any) -> JSON:
    return shown(shop, "Order", number, reads.ORDER)


def listed(shop: Shop) -> list[JSON]:
    return every(shop, "Order", reads.ORDER_HEAD)


def patch(shop: Shop, number: Any, given: JSON) -> JSON:
    """As staff or the payment provider would."""
    order, asked = need(shop, "Order", number, status=404), checked(OrderPatch, given)
    names = {"note": "note", "tags": "tags", "email": "email", "poNumber": "po_number"}
    body = {name: getattr(asked, said) for name, said in names.items() if said in asked.model_fields_set}
    if body:
        change(shop, "orderUpdate", {"input": {"id": order["id"], **body}}, "input")
    if asked.shipping is not None:
        order["shippingAddress"] = placing_orders.address(
            shop, asked.shipping, order["shippingAddress"] or {}, "shipping"
        )
        changed.tell(shop, order)
    if asked.payment_status is not None:
        _pay(shop, order, asked.payment_status)
    if asked.risk is not None:
        placing_orders.assess(shop, order, asked.risk)
    if asked.edit is not None:
        _edit(shop, order, asked.edit)
    if asked.closed is not None:
        change(shop, "orderClose" if asked.closed else "orderOpen", {"input": {"id": order["id"]}}, "input")
    if asked.cancel is not None:
        _cancel(shop, order, asked.cancel)
    return get(shop, order["id"])


def delete(shop: Shop, number: Any) -> None:
    change(shop, "orderDelete", {"orderId": need(shop, "Order", number, status=404)["id"]})


def _pay(shop: Shop, order: JSON, status: str) -> None:
    """Money comes in (what is authorized, else what is due) or the authorization is given up."""
    authorized = facts.open_authorizations(shop, order)
    if status == "voided":
        if not authorized:
            raise NotAccepted(422, "", {"payment_status": "nothing is authorized that could be voided"})
        for one in authorized:
            change(shop, "transactionVoid", {"parentTransactionId": one["id"]})
        return
    for one in authorized:
        body = {"id": order["id"], "parentTransactionId": one["id"], "amount": text(facts.uncaptured(shop, one))}
        change(shop, "orderCapture", {"input": body}, "input")
    if not authorized:
        change(shop, "orderMarkAsPaid", {"input": {"id": order["id"]}}, "input")


def _cancel(shop: Shop, order: JSON, asked: Cancel) -> None:
    args = {
        "orderId": order["id"], "reason": asked.reason, "restock": asked.restock, "staffNote": asked.note,
        "refundMethod": {"originalPaymentMethodsRefund": asked.refund},
    }  # fmt: skip
    change(shop, "orderCancel", args)


def _edit(shop: Shop, order: JSON, edits: list[Edit]) -> None:
    begun = change(shop, "orderEditBegin", {"id": order["id"]})["calculatedOrder"]
    lines = {line["sku"]: line for line in facts.lines(shop, order)}
    for place, one in enumerate(edits):
        known = lines.get(one.sku)
        if known is not None:
            args = {"id": begun["id"], "lineItemId": known["id"], "quantity": one.quantity, "restock": True}
            change(shop, "orderEditSetQuantity", args)
            continue
        variant = next((v for v in shop.all("ProductVariant") if v["sku"] == one.sku), None)
        if variant is None:
            raise NotAccepted(422, "", {f"edit.{place}.sku": f"there is no variant with the SKU {one.sku}"})
        change(shop, "orderEditAddVariant", {"id": begun["id"], "variantId": variant["id"], "quantity": one.quantity})
    change(shop, "orderEditCommit", {"id": begun["id"], "notifyCustomer": False})
