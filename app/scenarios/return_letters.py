"""Letters about returns and refunds."""

from pydantic import Field

from app.domain.cases import Case, CaseKind
from app.domain.commerce import Order
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.order_parts import OrderPart
from app.domain.scenario import Occasion, Preferences, Scenario, Subject
from app.domain.steps import ComposeCommunication, DeliverCommunication, EnsureWorkspace
from app.scenarios.communications import LetterPreferences
from app.scenarios.records import has_refunds

LETTERS = {  # what a decided return announces → the wording
    "return_approved": "approved", "return_exchange": "exchange", "return_repair": "repair",
    "return_rejected": "rejected",
}  # fmt: skip


class ReturnLetterPreferences(LetterPreferences):
    """What the return label says."""

    return_address: str = Field(
        default="", max_length=400, title="Address for returns",
        description="Printed on the return label, lines separated by semicolons. Empty: the store's own address.",
    )  # fmt: skip
    carrier: str = Field(
        default="", max_length=80, title="Carrier for returns",
        description="Printed on the return label. Empty: the buyer chooses.",
    )  # fmt: skip


def is_return(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    is_ours = isinstance(subject, Case) and subject.kind is CaseKind.RETURN
    return ("The return was decided",) if is_ours else ()


def each_decision(event: Event, _subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One letter for each decision of a return."""
    letter = LETTERS.get(event.detail.get("announced", ""))
    return (Occasion(f"letter:{letter}", {"letter": letter}),) if letter else ()


RETURN_LETTER = Scenario(
    slug="return-letter",
    title="Tell the buyer what was decided on a return, with the label to send it back",
    catalogue=(26,),
    providers=frozenset(Provider),
    subject=ObjectType.CASE,
    applies="A return was decided.",
    triggers=frozenset({Topic.ANNOUNCED}),
    when=is_return,
    each=each_decision,
    preferences=ReturnLetterPreferences,
    steps=(
        EnsureWorkspace("RETURN", parents=(ObjectType.ORDER, ObjectType.CUSTOMER)),
        ComposeCommunication("SF_RETURN_LETTER", folder="03 Correspondence", document="return_letter",
                             variant_fact="letter", classification="Cases"),
        DeliverCommunication("return_letter", subject="Your return {number}",
                             text="Your return {number} at {store} was decided. The letter says how it goes on."),
    ),
    outcome="The letter lies in the return's workspace; approved, exchanged and repaired goods come with a label.",
    works_by="The label is ours: it carries the address and the return's number, no postage.",
)  # fmt: skip


class RefundLetterPreferences(LetterPreferences):
    """Which refunds are news."""

    refund_days: int = Field(
        default=14, ge=1, le=365, title="Days a refund is news",
        description="Nothing is written about a refund that was made longer before the order's last change.",
    )  # fmt: skip


def each_refund(_event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    """One confirmation for each refund that went through."""
    if not isinstance(subject, Order) or not isinstance(preferences, RefundLetterPreferences):
        return ()
    return tuple(
        Occasion(f"refund:{one.id}", {"refund_id": one.id}, (f"{one.total} were paid back",))
        for one in subject.refunds
        if not one.is_declined and (subject.modified_at - one.at).days <= preferences.refund_days
    )


REFUND_LETTER = Scenario(
    slug="refund-letter",
    title="Confirm every refund to the buyer",
    catalogue=(26,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="Money was paid back; once for each refund.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=has_refunds,
    each=each_refund,
    needs=frozenset({OrderPart.REFUNDS}),
    preferences=RefundLetterPreferences,
    steps=(
        EnsureWorkspace("ORDER", parents=(ObjectType.CUSTOMER,)),
        ComposeCommunication(
            "SF_REFUND", folder="03 Correspondence", document="refund_letter", classification="Refunds"
        ),
        DeliverCommunication("refund_letter", subject="Your refund for order {number}",
                             text="We have given money back for your order {number} at {store}."),
    ),
    outcome="The confirmation lies in the order's workspace; the panel shows how and when it reached the buyer.",
)  # fmt: skip

SCENARIOS = (RETURN_LETTER, REFUND_LETTER)
