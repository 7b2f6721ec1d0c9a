"""Scenarios about complaints and the service case file."""

import re

from pydantic import Field

from app.domain.cases import Case, CaseKind, CaseState
from app.domain.commerce import Customer, Order
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.order_parts import Message, OrderPart
from app.domain.scenario import Occasion, Preferences, Scenario, Subject, every_event
from app.domain.steps import (
    AddNote,
    AwaitDecision,
    CloseCase,
    DraftReplacement,
    EnsureWorkspace,
    FileApprovalRecord,
    FilePaper,
    OpenCase,
    Outcome,
    Refund,
    StartWorkflow,
    Step,
    TakeTag,
    UpdateWorkspace,
)
from app.scenarios.returns import is_open

REASONS = {
    "goods": "About the goods",
    "delivery": "About the delivery",
    "service": "About our service",
    "invoice": "About the invoice",
    "other": "About something else",
}
SEVERITIES = {"low": "Low", "normal": "Normal", "high": "High"}


class ComplaintIntakePreferences(Preferences):
    """Which messages of buyers are complaints."""

    words: str = Field(
        default="complain, broken, damaged, defective, missing, late, wrong, refund, unacceptable, disappointed",
        max_length=2000, title="Words of a complaint",
        description="A message about an order that has one of them opens a complaint. Empty: every message does.",
    )  # fmt: skip
    days_to_answer: int = Field(
        default=5, ge=1, le=60, title="Days to answer",
        description="Until when a complaint should be answered; shown on the order.",
    )  # fmt: skip


def _complaints(subject: Subject, preferences: Preferences) -> tuple[Message, ...]:
    """The buyer's messages that are complaints."""
    if not isinstance(subject, Order) or not isinstance(preferences, ComplaintIntakePreferences):
        return ()
    words = [re.escape(word.strip()) for word in preferences.words.split(",") if word.strip()]
    wanted = re.compile(rf"\b(?:{'|'.join(words)})", re.IGNORECASE)
    return tuple(
        one for one in subject.messages
        if one.is_from_customer and (not words or wanted.search(f"{one.subject} {one.text}"))
    )  # fmt: skip


def complains(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    found = _complaints(subject, preferences)
    return (f"{subject.customer_name} complained about the order",) if found and isinstance(subject, Order) else ()


def each_complaint(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    """One run per message; the event may name the one that came."""
    named = event.detail.get("message_id")
    return tuple(
        Occasion(f"message:{one.id}", {"message_id": one.id})
        for one in _complaints(subject, preferences)
        if named in (None, one.id)
    )


COMPLAINT_INTAKE = Scenario(
    slug="complaint-intake",
    title="Open a complaint when a buyer complains in a message about an order",
    catalogue=(21,),
    providers=frozenset({Provider.BIGCOMMERCE}),
    unavailable={
        Provider.SHOPIFY: "Shopify has no messages between buyers and staff: a tag on the customer opens a complaint, "
        "or a person on the order's page."
    },
    subject=ObjectType.ORDER,
    applies="The buyer's message holds one of your words; once for each message.",
    triggers=frozenset({Topic.ORDER_MESSAGE}),
    when=complains,
    each=each_complaint,
    needs=frozenset({OrderPart.MESSAGES}),
    preferences=ComplaintIntakePreferences,
    steps=(OpenCase(CaseKind.COMPLAINT, due_preference="days_to_answer"),),
    outcome="The order panel shows the complaint; a further message is added to the one that is open.",
    works_by="Complaints by mail or telephone are opened by a person on the page of the order or customer.",
)  # fmt: skip


class ComplaintTagPreferences(Preferences):
    """Which tag on a customer is a complaint."""

    tag: str = Field(
        default="complaint", min_length=1, max_length=40, title="Tag of a complaint",
        description="Put on a customer in the store it opens a complaint; it is taken off again once that is open.",
    )  # fmt: skip
    days_to_answer: int = Field(
        default=5, ge=1, le=60, title="Days to answer",
        description="Until when a complaint should be answered; shown on the customer.",
    )  # fmt: skip


def is_tagged(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    tag = preferences.tag.strip().casefold() if isinstance(preferences, ComplaintTagPreferences) else ""
    if isinstance(subject, Customer) and tag and tag in subject.groups:
        return (f"{subject.name} was tagged “{tag}” in the store",)
    return ()


def each_tagging(_event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One run for the customer as tagged now: taken off and put on again, it is another customer's version."""
    return (Occasion(f"tag:{subject.version}"),) if isinstance(subject, Customer) else ()


COMPLAINT_TAG = Scenario(
    slug="complaint-tag",
    title="Open a complaint when somebody puts your tag on a customer",
    catalogue=(21,),
    providers=frozenset({Provider.SHOPIFY}),
    unavailable={
        Provider.BIGCOMMERCE: "BigCommerce's customers have no tags: a message opens a complaint, or a person on the "
        "order's page."
    },
    subject=ObjectType.CUSTOMER,
    applies="The customer carries the tag you chose.",
    triggers=frozenset({Topic.CUSTOMER_CHANGED}),
    when=is_tagged,
    each=each_tagging,
    preferences=ComplaintTagPreferences,
    steps=(OpenCase(CaseKind.COMPLAINT, due_preference="days_to_answer"), TakeTag("tag")),
    outcome="The customer panel shows the complaint; the tag is gone, so that it can be put on again.",
    works_by="The store has no messages between buyers and staff: help desks and staff tag the customer, or open the "
    "complaint on the page of the order or customer.",
)


class ComplaintPreferences(Preferences):
    """Who works on complaints."""

    support_group: str = Field(
        default="Customer Service", min_length=1, max_length=120, title="Group that works on complaints",
        description="The OpenText group that acknowledges and investigates.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    support_lead_group: str = Field(
        default="Support Leads", min_length=1, max_length=120, title="Group that approves the answer",
        description="Approves what is offered to the buyer, and is told when nobody acknowledges in time.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    acknowledge_hours: int = Field(
        default=24, ge=1, le=720, title="Hours to acknowledge",
        description="After this time the leads get the task.",
    )  # fmt: skip
    deadline_days: int = Field(
        default=3, ge=1, le=90, title="Days for each step",
        description="After this time the complaint goes on to the leads.",
    )  # fmt: skip


def _answered(*steps: Step) -> tuple[Step, ...]:
    return (
        *steps,
        CloseCase(),
        UpdateWorkspace(business_object_type="COMPLAINT"),
        FileApprovalRecord(folder="04 Outcome", classification="Approvals"),
    )


COMPLAINT_CASE = Scenario(
    slug="complaint-case",
    title="Give every complaint an owner, its tasks and its evidence, and carry out the answer",
    catalogue=(21,),
    providers=frozenset(Provider),
    subject=ObjectType.CASE,
    applies="A complaint is open.",
    triggers=frozenset({Topic.CASE_CHANGED}),
    when=is_open(CaseKind.COMPLAINT, "{case.name} is open"),
    preferences=ComplaintPreferences,
    steps=(
        EnsureWorkspace("COMPLAINT", parents=(ObjectType.ORDER, ObjectType.CUSTOMER)),
        FilePaper("case_file", folder="01 Complaint"),
        FilePaper("order_record", folder="02 Evidence"),
        FilePaper("shipments", folder="02 Evidence"),
        FilePaper("message_log", folder="03 Correspondence"),
        StartWorkflow(process="sf_complaint"),
        AwaitDecision(
            process="sf_complaint",
            outcomes=(
                Outcome("resolved_refund", "Resolved with a refund", _answered(
                    Refund("items", reason="{case}"),
                    AddNote("order", "{case}: resolved with a refund by {decided_by}.{comment}"),
                )),
                Outcome("resolved_replacement", "Resolved with a replacement", _answered(
                    DraftReplacement(),
                    AddNote("order", "{case}: replacement approved by {decided_by}. {replacement}{comment}"),
                )),
                Outcome("resolved_explained", "Resolved with an explanation", _answered(
                    AddNote("order", "{case}: answered by {decided_by}.{comment}"),
                )),
                Outcome("rejected", "Rejected", _answered(
                    AddNote("order", "{case}: rejected by {decided_by}.{comment}"),
                )),
                Outcome("expired", "Not answered in time", (
                    AddNote("order", "{case}: not answered in time; please look at it."),
                    CloseCase(state=CaseState.DECIDED),
                    UpdateWorkspace(business_object_type="COMPLAINT"),
                    FileApprovalRecord(folder="04 Outcome", classification="Approvals"),
                )),
            ),
        ),
    ),
    outcome="The panels show the complaint, who has it and how it ended; workspace and records hold its history.",
)  # fmt: skip


def is_closed(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    of_service = (CaseKind.RETURN, CaseKind.COMPLAINT, CaseKind.DISPUTE)
    if isinstance(subject, Case) and subject.kind in of_service and subject.state is CaseState.CLOSED:
        return (f"{subject.name} is closed: {subject.outcome or 'no outcome given'}",)
    return ()


SERVICE_CASE_FILE = Scenario(
    slug="service-case-file",
    title="Keep order history, payments, refunds and messages of a closed case as one record set",
    catalogue=(10,),
    providers=frozenset(Provider),
    subject=ObjectType.CASE,
    applies="A return, complaint or dispute is closed.",
    triggers=frozenset({Topic.CASE_CHANGED}),
    when=is_closed,
    steps=(
        EnsureWorkspace("", parents=(ObjectType.ORDER, ObjectType.CUSTOMER)),
        FilePaper("case_file", folder="05 Case file", document="service_case_file", classification="Cases"),
        FilePaper("order_record", folder="05 Case file", classification="Cases"),
        FilePaper("order_history", folder="05 Case file", classification="Cases"),
        FilePaper("payments", folder="05 Case file", classification="Cases"),
        FilePaper("refunds", folder="05 Case file", classification="Cases"),
        FilePaper("message_log", folder="05 Case file", classification="Cases"),
    ),
    outcome="The case's workspace holds the whole file as records with the schedule of cases.",
)


def in_its_own_workspace(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    """Every case but an application, which is decided in the workspace of who applied."""
    if not isinstance(subject, Case) or subject.kind is CaseKind.APPLICATION:
        return ()
    return every_event(event, subject, preferences)


CASE_WORKSPACE = Scenario(
    slug="case-workspace",
    title="Give a case its workspace when a person asks for it",
    catalogue=(5, 8, 14, 15, 21),
    providers=frozenset(Provider),
    subject=ObjectType.CASE,
    applies="A person asked, and the case is no application.",
    triggers=frozenset(),
    requests=frozenset({"create_workspace"}),
    each=in_its_own_workspace,
    steps=(
        EnsureWorkspace("", parents=(ObjectType.ORDER, ObjectType.CUSTOMER, ObjectType.COMPANY, ObjectType.PRODUCT)),
    ),
    outcome="The case has a workspace linked to those of its order, customer and products; nothing is started there.",
)

SCENARIOS = (COMPLAINT_INTAKE, COMPLAINT_TAG, COMPLAINT_CASE, SERVICE_CASE_FILE, CASE_WORKSPACE)
