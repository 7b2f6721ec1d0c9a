"""Writing to orders: how they stand, notes, and what moves money.

Source: Shopify Admin GraphQL API 2026-10, fulfillmentOrderHold, fulfillmentOrderReleaseHold, orderCancel, orderClose,
orderUpdate, orderCapture, transactionVoid, refundCreate. An order's status cannot be set there: to review it is to hold
what is to be shipped, with holds of our own that are found again by their handle; to let it go is to release those and
no others.
"""

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.domain.aftersale import RiskLevel
from app.domain.commerce import OrderStatus
from app.domain.ids import OrderId
from app.domain.order_parts import Refund, RefundQuote
from app.errors import Conflict, Permanent, Retryable
from app.stores.notes import with_note
from app.stores.shopify import mapping, part_mapping, payloads
from app.stores.shopify.client import ShopifyClient
from app.stores.shopify.names import SERVICE, gid, number
from app.stores.shopify.orders import OrderReading
from app.stores.shopify.payloads import parse
from app.stores.shopify.refunding import refund_lines, shipping_of

NOTE = 5000  # characters
REASON = {OrderStatus.CANCELLED: "OTHER", OrderStatus.DECLINED: "DECLINED"}
# Each of these says that nothing holds the order any more; where its goods stand, Shopify says by itself.
LET_GO = frozenset(
    {
        OrderStatus.PENDING,
        OrderStatus.AWAITING_PAYMENT,
        OrderStatus.AWAITING_FULFILLMENT,
        OrderStatus.AWAITING_SHIPMENT,
    }
)
CANCEL_NOTE = HOLD_NOTE = 255  # characters of why
MOST_FACTS = 20
SENTIMENT = {
    RiskLevel.PENDING: "NEUTRAL", RiskLevel.NONE: "NEUTRAL", RiskLevel.LOW: "POSITIVE", RiskLevel.MEDIUM: "NEGATIVE",
    RiskLevel.HIGH: "NEGATIVE",
}  # fmt: skip
SAME_NOTE = 1000  # characters of a refund's reason


class OrderWriting(OrderReading):
    """The orders' part of StorePublisher."""

    _client: ShopifyClient

    def set_order_status(self, order_id: OrderId, status: OrderStatus, why: str = "") -> None:
        """Looks first; what stands already is left. Permanent for a status an order only gets by what happens to it."""
        standing = self._standing(order_id)
        if status is OrderStatus.UNDER_REVIEW:
            self._hold(standing, why)
        elif status in LET_GO:
            self._release(standing)
        elif status in REASON:
            self._cancel(standing, REASON[status], why)
        elif status is OrderStatus.COMPLETED:
            self._close(standing)
        else:
            raise Permanent(
                "Shopify sets this status by itself, from payments and shipments.", code="not_in_this_store",
                service=SERVICE, hint="Record the payment or the shipment in Shopify.",
            )  # fmt: skip

    def append_staff_note(self, order_id: OrderId, text: str, mark: str = "") -> None:
        """The note is one field, replaced whole: read, append a line, write. Permanent when it is full."""
        note = parse(self._node("OrderNote", order_id), payloads.Standing).note
        extended = with_note(note, text, mark)
        if extended == note:
            return
        if len(extended) > NOTE:
            raise Permanent(
                "The order's note is full, so no line can be added.", code="notes_full", service=SERVICE,
                hint="Shorten the note in Shopify, then try again.",
            )  # fmt: skip
        wanted = {"id": gid("Order", order_id), "note": extended}
        self._client.change("OrderUpdate", "orderUpdate", input=wanted)

    def refund(self, order_id: OrderId, quote: RefundQuote, reason: str, key: str = "") -> Refund:
        """Under a key made of what is given back and what was given back before: asked again, it is the same refund."""
        order = parse(self._node("OrderRead", order_id), payloads.Order)
        before = [entry["id"] for entry in self._node("OrderRefunds", order_id)["refunds"]]
        owner = gid("Order", order_id)
        wanted = {
            "orderId": owner, "note": reason[:SAME_NOTE], "notify": False,
            "currency": quote.total.currency, "refundLineItems": refund_lines(quote.items),
            "transactions": [
                {"orderId": owner, "parentId": part["parent"], "kind": "REFUND", "gateway": part["gateway"],
                 "amount": part["amount"]}
                for part in quote.payments
            ],
        }  # fmt: skip
        shipping = shipping_of(order, quote.items)
        if shipping is not None:
            wanted["shipping"] = {"amount": shipping}
        same = hashlib.sha256(f"{owner}{before}{quote}{key or reason}".encode()).hexdigest()
        payload = self._client.change("RefundCreate", "refundCreate", input=wanted, key=same)
        return part_mapping.refund(parse(payload.get("refund"), payloads.Refund))

    def assess_risk(self, order_id: OrderId, level: RiskLevel, reasons: Sequence[str]) -> None:
        """An order shipped already takes none any more: there is nothing left to hold back."""
        told = [{"description": text[:255], "sentiment": SENTIMENT[level]} for text in list(reasons)[:MOST_FACTS]]
        wanted = {"orderId": gid("Order", order_id), "riskLevel": level.name, "facts": told}
        self._client.change("RiskAssessmentCreate", "orderRiskAssessmentCreate", input=wanted)

    def capture(self, order_id: OrderId) -> None:
        """Every authorisation still open, with what it holds. Nothing open: taken already."""
        found = self._payments(order_id)
        for one in open_authorizations(found):
            amount = authorized(one, found.transactions)
            wanted: dict[str, Any] = {
                "id": gid("Order", order_id), "parentTransactionId": one.id, "amount": str(amount),
                "currency": one.amount_set.presentment_money.currency_code,
            }  # fmt: skip
            if one.multi_capturable:
                wanted["finalCapture"] = True
            self._client.change("Capture", "orderCapture", input=wanted)
        if not found.transactions:
            raise Permanent("This order has no payment that could be taken.", code="no_payment", service=SERVICE)

    def void(self, order_id: OrderId) -> None:
        """Every authorisation nothing was taken of."""
        for one in open_authorizations(self._payments(order_id)):
            self._client.change("VoidPayment", "transactionVoid", id=one.id)

    def _standing(self, order_id: str) -> payloads.Standing:
        return parse(self._node("OrderStanding", order_id), payloads.Standing)

    def _hold(self, found: payloads.Standing, why: str) -> None:
        """The tag first: it is what holds an order of which nothing is shipped, and what a merchant sees in lists."""
        if found.cancelled_at is not None:
            raise Conflict("The order is cancelled, so there is nothing to hold.", service=SERVICE)
        if found.waits_for_routing:
            raise Retryable("Shopify has not said yet from where the order is shipped, so nothing of it can be held.",
                            code="not_routed", service=SERVICE)  # fmt: skip
        if mapping.REVIEW_TAG not in found.tags:
            self._client.change("TagsAdd", "tagsAdd", id=found.id, tags=[mapping.REVIEW_TAG])
        hold = {
            "reason": "OTHER", "reasonNotes": why[:HOLD_NOTE], "handle": mapping.REVIEW_HANDLE, "notifyMerchant": False,
        }  # fmt: skip
        for entry in found.fulfillment_orders.nodes:
            if entry.is_open and not mapping.review_holds(entry):
                try:
                    self._client.change("Hold", "fulfillmentOrderHold", id=entry.id, hold=hold)
                except Conflict:  # our own lost request was faster
                    continue

    def _release(self, found: payloads.Standing) -> None:
        """By the ids of our own holds: without any, Shopify would release those of the merchant, too."""
        for entry in found.fulfillment_orders.nodes:
            if holds := [one.id for one in mapping.review_holds(entry)]:
                self._client.change("ReleaseHold", "fulfillmentOrderReleaseHold", id=entry.id, holdIds=holds)
        self._untag(found)

    def _untag(self, found: payloads.Standing) -> None:
        if mapping.REVIEW_TAG in found.tags:
            self._client.change("TagsRemove", "tagsRemove", id=found.id, tags=[mapping.REVIEW_TAG])

    def _cancel(self, found: payloads.Standing, reason: str, why: str) -> None:
        """Without giving money back: that is a step of its own. Shopify cancels in the background; Retryable until it
        has, so that nobody goes on with an order that is not cancelled yet.
        """
        if found.cancelled_at is not None:
            self._untag(found)
            return
        payload = self._client.change(
            "CancelOrder",
            "orderCancel",
            errors="orderCancelUserErrors",
            id=found.id,
            reason=reason,
            note=why[:CANCEL_NOTE],
        )
        self._untag(found)
        if not (payload.get("job") or {}).get("done") and self._standing(number(found.id)).cancelled_at is None:
            raise Retryable("Shopify is still cancelling the order.", code="still_working", service=SERVICE)

    def _close(self, found: payloads.Standing) -> None:
        if found.closed_at is None:
            self._client.change("CloseOrder", "orderClose", id=found.id)


def open_authorizations(found: payloads.OrderPayments) -> list[payloads.Transaction]:
    return [
        one
        for one in found.transactions
        if one.kind in ("AUTHORIZATION", "EMV_AUTHORIZATION") and one.status == "SUCCESS"
        and authorized(one, found.transactions) > 0
    ]  # fmt: skip


def authorized(one: payloads.Transaction, others: tuple[payloads.Transaction, ...]) -> Decimal:
    """What an authorisation still allows to take; nothing after a void, or once taken where it can be taken once."""
    children = [t for t in others if t.parent_id == one.id and t.status in ("SUCCESS", "PENDING")]
    taken = sum((t.amount_set.presentment_money.amount for t in children if t.kind == "CAPTURE"), Decimal(0))
    if any(t.kind == "VOID" for t in children) or (taken and not one.multi_capturable):
        return Decimal(0)
    return one.amount_set.presentment_money.amount - taken


__all__ = ["OrderWriting", "authorized", "open_authorizations"]
