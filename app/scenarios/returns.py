"""Scenarios about returns and warranty claims."""

from decimal import Decimal

from pydantic import Field

from app.domain.cases import Case, CaseKind, CaseState
from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Condition, Preferences, Scenario, Subject
from app.domain.steps import (
    AddNote,
    Announce,
    AwaitDecision,
    CloseCase,
    EnsureWorkspace,
    FileApprovalRecord,
    FilePaper,
    Outcome,
    QuoteRefund,
    Refund,
    RequestDocuments,
    StartWorkflow,
    Step,
    UpdateWorkspace,
)

REASONS = {
    "damaged": "Arrived damaged",
    "defective": "Does not work",
    "warranty": "Warranty claim",
    "wrong_item": "Wrong item sent",
    "not_as_described": "Not as described",
    "missing": "Something is missing",
    "changed_mind": "Buyer changed their mind",
    "other": "Another reason",
}
WISHES = {"refund": "Money back", "exchange": "Exchange", "repair": "Repair"}
PHOTO = "Photo of the goods"


class ReturnPreferences(Preferences):
    """Who decides on which returns."""

    returns_group: str = Field(
        default="Returns", min_length=1, max_length=120, title="Group that decides on returns",
        description="The OpenText group that gets every return no line below sends elsewhere.",
    )  # fmt: skip
    damaged_group: str = Field(
        default="", max_length=120, title="Group for damaged goods",
        description="For goods that arrived damaged, wrong or incomplete. Empty: the group above.",
    )  # fmt: skip
    warranty_group: str = Field(
        default="", max_length=120, title="Group for warranty claims",
        description="For goods that stopped working within their warranty. Empty: the group above.",
    )  # fmt: skip
    category_groups: str = Field(
        default="", max_length=1000, title="Groups by brand or category",
        description="For example Lighting=Lighting Returns; Tools=Service. Compared with a product’s brand and its "
        "custom field “Category”; the first that fits counts before the groups above.",
    )  # fmt: skip
    requester_group: str = Field(
        default="Customer Service", min_length=1, max_length=120, title="Group that asks the buyer",
        description="Who gets the task when something has to be asked.",
    )  # fmt: skip
    finance_group: str = Field(
        default="Finance", min_length=1, max_length=120, title="Group that confirms large refunds",
        description="Asked as well where a refund reaches the amount below.",
    )  # fmt: skip
    finance_from: Decimal | None = Field(
        default=Decimal("250"), ge=0, max_digits=12, decimal_places=2, title="Confirm refunds from this amount",
        description="In the order's own currency. Leave empty and nobody is asked a second time.",
    )  # fmt: skip
    warranty_months: int = Field(
        default=24, ge=0, le=240, title="Months of warranty",
        description="For products that say nothing about their warranty.",
    )  # fmt: skip
    deadline_days: int = Field(
        default=2, ge=1, le=90, title="Days to decide",
        description="After this time without a decision a note asks somebody to look at it.",
    )  # fmt: skip
    upload_days: int = Field(
        default=14, ge=1, le=90, title="Days the buyer has for photos",
        description="How long the link for photos works.",
    )  # fmt: skip


def is_open(kind: CaseKind, words: str) -> Condition:
    """An open case of this kind."""

    def when(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
        is_ours = isinstance(subject, Case) and subject.kind is kind and subject.state is CaseState.OPEN
        return (words.format(case=subject),) if is_ours else ()

    return when


def _decided(what: str, *steps: Step) -> tuple[Step, ...]:
    """What was decided is done and noted, told to whoever writes to the buyer, and closed with its papers."""
    return (
        *steps,
        CloseCase(),
        Announce(what),
        UpdateWorkspace(business_object_type="RETURN"),
        FileApprovalRecord(folder="04 Decision", classification="Approvals"),
        FilePaper("case_file", folder="04 Decision", document="final_case_file", classification="Cases"),
    )


RETURN_CASE = Scenario(
    slug="return-case",
    title="Give every return a workspace, route it to who decides, pay back what was decided",
    catalogue=(5, 17),
    providers=frozenset({Provider.BIGCOMMERCE}),
    subject=ObjectType.CASE,
    applies="A return is open.",
    triggers=frozenset({Topic.CASE_CHANGED}),
    when=is_open(CaseKind.RETURN, "{case.name} of order {case.order_number} was asked for"),
    preferences=ReturnPreferences,
    steps=(
        QuoteRefund(),
        EnsureWorkspace("RETURN", parents=(ObjectType.ORDER, ObjectType.CUSTOMER, ObjectType.PRODUCT)),
        FilePaper("case_file", folder="01 Request", classification="Cases"),
        FilePaper("order_record", folder="01 Request"),
        FilePaper("message_log", folder="03 Correspondence"),
        RequestDocuments("photos of what is returned", types=(PHOTO,), folder="02 Photos", several=True,
                         days_preference="upload_days"),
        AddNote("order", "{case} opened; the decision is made in OpenText."),
        StartWorkflow(process="sf_return_approval"),
        AwaitDecision(
            process="sf_return_approval",
            outcomes=(
                Outcome("approved_refund", "Refund approved", _decided(
                    "return_approved",
                    Refund("items", reason="{case}"),
                    AddNote("order", "{case}: refund approved by {decided_by}.{comment}"),
                    AddNote("customer", "{case}: money paid back for order {order_number}."),
                )),
                Outcome("approved_exchange", "Exchange approved", _decided(
                    "return_exchange",
                    AddNote("order", "{case}: exchange approved by {decided_by}; please send the new goods.{comment}"),
                    AddNote("customer", "{case}: goods of order {order_number} exchanged."),
                )),
                Outcome("approved_repair", "Repair approved", _decided(
                    "return_repair",
                    AddNote("order", "{case}: repair approved by {decided_by}.{comment}"),
                    AddNote("customer", "{case}: goods of order {order_number} repaired."),
                )),
                Outcome("rejected", "Return rejected", _decided(
                    "return_rejected",
                    AddNote("order", "{case}: rejected by {decided_by}.{comment}"),
                    AddNote("customer", "{case}: return of order {order_number} rejected."),
                )),
                Outcome("expired", "No decision in time", (
                    AddNote("order", "{case}: nobody decided in time; please look at it."),
                    CloseCase(state=CaseState.DECIDED),
                    UpdateWorkspace(business_object_type="RETURN"),
                    FileApprovalRecord(folder="04 Decision", classification="Approvals"),
                )),
            ),
        ),
    ),
    outcome="The order and customer panels show the return, who decides and what was paid back or refused.",
    works_by="The store knows no returns: a person opens one on the order's page, or the buyer through a form of ours.",
)  # fmt: skip

SCENARIOS = (RETURN_CASE,)
