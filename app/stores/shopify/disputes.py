"""Disputes of Shopify Payments and the texts of their evidence. Files can be added in the admin only.

Source: Shopify Admin GraphQL API 2026-10, disputes, disputeEvidenceUpdate (without `submitEvidence` what is kept is
sent at the due date).
"""

from collections.abc import Iterator, Mapping

from pydantic import AliasPath, Field

from app.domain.aftersale import EVIDENCE, Dispute, DisputeId, DisputeState
from app.domain.commerce import Money
from app.domain.ids import OrderId
from app.errors import Conflict, NotFound, Permanent
from app.stores.shopify import payloads
from app.stores.shopify.client import Data, ScopeMissing, ShopifyClient
from app.stores.shopify.names import SERVICE, gid
from app.stores.shopify.payloads import Amount, Node, Number, Payload, Text, Time, parse

REASONS = {
    "FRAUDULENT": "fraudulent", "UNRECOGNIZED": "fraudulent", "DEBIT_NOT_AUTHORIZED": "fraudulent",
    "PRODUCT_NOT_RECEIVED": "not_received", "PRODUCT_UNACCEPTABLE": "not_as_described", "DUPLICATE": "duplicate",
    "CREDIT_NOT_PROCESSED": "credit_not_processed", "SUBSCRIPTION_CANCELLED": "credit_not_processed",
}  # fmt: skip
FIELDS = {
    "activity": "accessActivityLog", "cancellation_policy": "cancellationPolicyDisclosure",
    "cancellation_answer": "cancellationRebuttal", "refund_policy": "refundPolicyDisclosure",
    "refund_refusal": "refundRefusalExplanation", "other": "uncategorizedText",
}  # fmt: skip
GAP = (
    "Amount, reason and deadline are not known, for the app may not read disputes: give it the access "
    "read_shopify_payments_disputes in the Shopify admin, and write_shopify_payments_dispute_evidences to send "
    "evidence."
)
SEND = "Give the app the access write_shopify_payments_dispute_evidences in the Shopify admin."
LONGEST = 150_000  # characters of one text


class DisputeNode(Payload):
    id: Number
    type: str
    status: str
    initiated_at: Time
    evidence_due_by: Time | None = None
    evidence_sent_on: Time | None = None
    amount: Amount
    reason: Text = Field(default="", validation_alias=AliasPath("reasonDetails", "reason"))
    order: Node | None = None


class DisputeReading:
    """The disputes' part of StoreReader."""

    _client: ShopifyClient

    def open_disputes(self) -> Iterator[Dispute]:
        """None where the app may not see them."""
        try:
            for node in self._client.pages("DisputesOpen", "disputes", filter="status:needs_response"):
                found = parse(node, DisputeNode)
                if found.status == "NEEDS_RESPONSE":
                    yield _dispute(found)
        except ScopeMissing:
            return

    def dispute(self, dispute_id: DisputeId) -> Dispute:
        return _dispute(parse(self._dispute_node("DisputeRead", dispute_id), DisputeNode))

    def disputes_of(self, order: payloads.Order) -> Iterator[Dispute]:
        """Those the order itself names; without the scope no more than that there is one.

        What the order names is a summary; its number is taken for the dispute's only where that is about this order.
        """
        for one in order.disputes:
            try:
                found = self.dispute(DisputeId(one.id))
            except NotFound:
                found = None
            except ScopeMissing:
                yield _summary(order, one, GAP)
                continue
            if found is not None and found.order_id == order.id:
                yield found
            else:
                yield _summary(order, one, "")

    def _dispute_node(self, name: str, dispute_id: str) -> Data:
        node = self._client.run(name, id=gid("ShopifyPaymentsDispute", dispute_id)).get("dispute")
        if not isinstance(node, dict):
            raise NotFound("Shopify does not have this dispute.", service=SERVICE)
        return node


class DisputeWriting(DisputeReading):
    """The disputes' part of StorePublisher."""

    def send_evidence(self, dispute_id: DisputeId, texts: Mapping[str, str], *, final: bool) -> None:
        _check(texts)
        try:
            self._send(dispute_id, texts, final=final)
        except ScopeMissing as error:
            raise ScopeMissing(error.message, hint=SEND, service=SERVICE) from error

    def _send(self, dispute_id: DisputeId, texts: Mapping[str, str], *, final: bool) -> None:
        node = self._dispute_node("DisputeEvidenceRead", dispute_id)
        kept: Data = node["disputeEvidence"]
        wanted = {FIELDS[name]: text for name, text in texts.items()}
        changed: Data = {name: text for name, text in wanted.items() if (kept.get(name) or "") != text}
        if kept["submitted"]:
            if changed:
                raise Conflict("The evidence of this dispute was sent already; nothing can be added.", service=SERVICE)
            return
        if final:
            changed["submitEvidence"] = True
        if changed:
            self._client.change("DisputeEvidence", "disputeEvidenceUpdate", id=kept["id"], input=changed)


def _summary(order: payloads.Order, one: payloads.OrderDispute, gap: str) -> Dispute:
    is_inquiry = one.initiated_as == "INQUIRY"
    return Dispute(DisputeId(one.id), OrderId(order.id), _state(one.status), is_inquiry, gap=gap)


def _state(status: str) -> DisputeState:
    known = status.lower()
    return DisputeState(known) if known in set(DisputeState) else DisputeState.UNDER_REVIEW


def _check(texts: Mapping[str, str]) -> None:
    strange = sorted(texts.keys() - FIELDS.keys())
    if strange:
        raise Permanent(f"Not a text of evidence: {', '.join(strange)}.", service=SERVICE)
    for name, text in texts.items():
        if len(text) > LONGEST:
            words = f"{EVIDENCE[name]}: Shopify takes at most {LONGEST:,} characters."
            raise Permanent(words, code="too_long", service=SERVICE)


def _dispute(found: DisputeNode) -> Dispute:
    return Dispute(
        id=DisputeId(found.id),
        order_id=OrderId(found.order.id) if found.order else None,
        state=_state(found.status),
        is_inquiry=found.type == "INQUIRY",
        reason=found.reason.replace("_", " ").lower(),
        amount=Money(found.amount.amount, found.amount.currency_code),
        opened_at=found.initiated_at,
        due_at=found.evidence_due_by,
        sent_at=found.evidence_sent_on,
        code=REASONS.get(found.reason, "other"),
    )


__all__ = ["DisputeReading", "DisputeWriting"]
