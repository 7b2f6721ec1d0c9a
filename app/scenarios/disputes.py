"""Scenarios about disputes: chargebacks and inquiries of the payment provider."""

from pydantic import Field

from app.domain.cases import CaseKind, CaseState
from app.domain.commerce import Order, OrderStatus
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.order_parts import OrderPart
from app.domain.scenario import Occasion, Preferences, Scenario, Subject
from app.domain.steps import (
    AddNote,
    AwaitDecision,
    CloseCase,
    EnsureWorkspace,
    FileApprovalRecord,
    FilePaper,
    FollowDispute,
    Outcome,
    SendEvidence,
    StartWorkflow,
    Step,
    UpdateWorkspace,
)
from app.scenarios.returns import is_open

REASONS = {
    "fraudulent": "Payment not authorised by the card holder",
    "not_received": "Goods not received",
    "not_as_described": "Goods not as described",
    "duplicate": "Charged twice",
    "credit_not_processed": "Refund not received",
    "other": "Another reason",
}


class DisputeIntakePreferences(Preferences):
    """How long there is to answer."""

    days_to_answer: int = Field(
        default=7, ge=1, le=60, title="Days to answer a dispute",
        description="The deadline of a dispute where the store does not say the provider's own.",
    )  # fmt: skip


def is_disputed(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    if isinstance(subject, Order) and subject.status is OrderStatus.DISPUTED:
        return (f"The payment of {subject.total} for order {subject.number} is disputed",)
    if isinstance(subject, Order) and subject.disputes:
        return (f"The payment of {subject.total} for order {subject.number} was disputed",)
    return ()


def each_dispute(_event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One run for each state of a dispute the store tells of; one for the order where it says no more."""
    found = subject.disputes if isinstance(subject, Order) else ()
    told = tuple(
        Occasion(f"dispute:{one.id}:{one.state}:{one.due_at.isoformat() if one.due_at else ''}", {"dispute_id": one.id})
        for one in found
    )
    return told or (Occasion("once"),)


DISPUTE_INTAKE = Scenario(
    slug="dispute-intake",
    title="Open a dispute when the store says an order is disputed",
    catalogue=(8,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The order's payment is disputed; once for each state of the dispute the store tells of.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=is_disputed,
    each=each_dispute,
    needs=frozenset({OrderPart.DISPUTES}),
    preferences=DisputeIntakePreferences,
    steps=(FollowDispute(due_preference="days_to_answer"),),
    outcome="The order panel shows the dispute and until when it must be answered.",
    works_by="BigCommerce tells of disputes only by the status “Disputed” (PayPal), Shopify of those of Shopify "
    "Payments with deadline and outcome, where the app may read disputes; for others a person opens one.",
)  # fmt: skip


class DisputePreferences(Preferences):
    """Who gathers the evidence."""

    requester_group: str = Field(
        default="Customer Service", min_length=1, max_length=120, title="Group that gathers evidence",
        description="The OpenText group that adds what is missing: proof of delivery, letters, photos.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    compliance_group: str = Field(
        default="Finance", min_length=1, max_length=120, title="Group that releases the evidence",
        description="Who says that the pack may go to the provider, or that the dispute is conceded.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    document_types: str = Field(
        default="Proof of delivery, letters with the buyer", min_length=1, max_length=500, title="Evidence to gather",
        description="What the task asks for beside what we add by ourselves.",
    )  # fmt: skip
    reminder_every_days: int = Field(
        default=1, ge=1, le=30, title="Days between reminders",
        description="How often the task is offered anew until the evidence is there.",
    )  # fmt: skip
    reminders_left: int = Field(
        default=3, ge=0, le=20, title="Reminders",
        description="After the last one the case goes on with the evidence there is.",
    )  # fmt: skip
    deadline_days: int = Field(
        default=2, ge=1, le=60, title="Days to release the evidence",
        description="After this time a note asks somebody to look at the dispute.",
    )  # fmt: skip


def _ended(*steps: Step, state: CaseState = CaseState.DECIDED) -> tuple[Step, ...]:
    return (
        *steps,
        CloseCase(state=state),
        UpdateWorkspace(business_object_type="DISPUTE"),
        FileApprovalRecord(folder="04 Outcome", classification="Approvals"),
    )


_PACK = FilePaper("evidence_pack", folder="02 Evidence", document="final_pack", classification="Cases")

DISPUTE_CASE = Scenario(
    slug="dispute-case",
    title="Gather the evidence of a dispute and bind it into one PDF with its deadline",
    catalogue=(8,),
    providers=frozenset(Provider),
    subject=ObjectType.CASE,
    applies="A dispute is open.",
    triggers=frozenset({Topic.CASE_CHANGED}),
    when=is_open(CaseKind.DISPUTE, "{case.name} about order {case.order_number} is open"),
    preferences=DisputePreferences,
    steps=(
        EnsureWorkspace("DISPUTE", parents=(ObjectType.ORDER, ObjectType.CUSTOMER)),
        FilePaper("case_file", folder="01 Claim"),
        FilePaper("order_record", folder="02 Evidence"),
        FilePaper("invoice_copy", folder="02 Evidence"),
        FilePaper("payments", folder="02 Evidence"),
        FilePaper("shipments", folder="02 Evidence"),
        FilePaper("refunds", folder="02 Evidence"),
        FilePaper("order_history", folder="02 Evidence"),
        FilePaper("message_log", folder="03 Correspondence"),
        FilePaper("evidence_pack", folder="02 Evidence"),
        SendEvidence(),
        AddNote("order", "{case} opened; the evidence is gathered in OpenText. {evidence}"),
        StartWorkflow(process="sf_document_collection"),
        AwaitDecision(
            process="sf_document_collection",
            outcomes=(
                Outcome("complete", "Evidence complete", _ended(
                    _PACK,
                    SendEvidence(final=True),
                    AddNote("order", "{case}: evidence released by {decided_by}. {evidence}{comment}"),
                )),
                Outcome("waived", "Conceded", _ended(
                    AddNote("order", "{case}: conceded by {decided_by}; nothing is sent to the provider.{comment}"),
                )),
                Outcome("incomplete_closed", "Evidence as far as there is any", _ended(
                    _PACK,
                    SendEvidence(final=True),
                    AddNote("order", "{case}: {decided_by} released the evidence there is. {evidence}{comment}"),
                )),
                Outcome("expired", "No decision in time", _ended(
                    _PACK,
                    AddNote("order", "{case}: nobody released the evidence in time; please look at it now."),
                )),
            ),
        ),
    ),
    outcome="The workspace holds one PDF with cover, deadline, index and every document; the panel shows the deadline.",
    works_by="Where the store has the dispute, the evidence's texts are kept with it at once and sent when it is "
    "released; files, the pack too, a person adds there before, for afterwards nothing can be added. Elsewhere a "
    "person sends the pack to the payment provider.",
)  # fmt: skip

SCENARIOS = (DISPUTE_INTAKE, DISPUTE_CASE)
