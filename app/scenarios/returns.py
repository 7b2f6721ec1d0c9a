"""Scenarios about returns and warranty claims."""

from decimal import Decimal

from pydantic import Field

from app.domain.cases import Case, CaseKind, CaseState
from app.domain.commerce import Order
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.order_parts import OrderPart
from app.domain.scenario import Condition, Occasion, Preferences, Scenario, Subject
from app.domain.steps import (
    AddNote,
    AgreeReturn,
    Announce,
    AwaitDecision,
    AwaitGoods,
    CloseCase,
    DeclineReturn,
    DraftReplacement,
    EnsureWorkspace,
    FileApprovalRecord,
    FilePaper,
    FollowReturn,
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
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    damaged_group: str = Field(
        default="", max_length=120, title="Group for damaged goods",
        description="For goods that arrived damaged, wrong or incomplete. Empty: the group above.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    warranty_group: str = Field(
        default="", max_length=120, title="Group for warranty claims",
        description="For goods that stopped working within their warranty. Empty: the group above.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    category_groups: str = Field(
        default="", max_length=1000, title="Groups by brand or category",
        description="For example Lighting=Lighting Returns; Tools=Service. Compared with a product’s brand and its "
        "custom field “Category”; the first that fits counts before the groups above.",
    )  # fmt: skip
    requester_group: str = Field(
        default="Customer Service", min_length=1, max_length=120, title="Group that asks the buyer",
        description="Who gets the task when something has to be asked.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    finance_group: str = Field(
        default="Finance", min_length=1, max_length=120, title="Group that confirms large refunds",
        description="Asked as well where a refund reaches the amount below.",
        json_schema_extra={"name": "group"},
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
    wait_for_goods: bool = Field(
        default=False, title="Pay back only when the goods are here",
        description="For returns the store itself knows: an approved refund is paid once the store says that the goods "
        "were looked at. Off: it is paid at once.",
    )  # fmt: skip
    make_store_return: bool = Field(
        default=True, title="Make a return in the store",
        description="For cases opened on the order’s page, once they are approved: the store then counts what comes "
        "back. Only for goods that were shipped, in stores that know returns.",
    )  # fmt: skip


def is_open(kind: CaseKind, words: str) -> Condition:
    """An open case of this kind."""

    def when(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
        is_ours = isinstance(subject, Case) and subject.kind is kind and subject.state is CaseState.OPEN
        return (words.format(case=subject),) if is_ours else ()

    return when


def asked_for(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    """Whatever returns the store knows of the order."""
    found = subject.returns if isinstance(subject, Order) else ()
    return tuple(f"The store has the return {one.name}: {one.state.value}" for one in found)


def each_return(event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One run for each state a return comes to. Opened again it stands as it stood before, so the event counts."""
    again = event.detail.get("return_id", "") if event.detail.get("reopened") else ""
    return tuple(
        Occasion(f"return:{one.id}:{one.version}" + (f":{event.id}" if one.id == again else ""), {"return_id": one.id},
                 (f"The store has the return {one.name}: {one.state.value}",))
        for one in (subject.returns if isinstance(subject, Order) else ())
    )  # fmt: skip


RETURN_INTAKE = Scenario(
    slug="return-intake",
    title="Open a return case when a return is asked for in the store, follow what becomes of it there",
    catalogue=(17, 33),
    providers=frozenset({Provider.SHOPIFY}),
    unavailable={Provider.BIGCOMMERCE: "BigCommerce keeps no returns of its own: one is opened on the order's page."},
    subject=ObjectType.ORDER,
    applies="The store has a return of the order; once for each state it comes to.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=asked_for,
    each=each_return,
    needs=frozenset({OrderPart.RETURNS}),
    steps=(FollowReturn(),),
    outcome="The order panel shows the case; what somebody decides in the store holds, and the case says it.",
)


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
    catalogue=(5, 17, 33),
    providers=frozenset(Provider),
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
                    AgreeReturn(make="make_store_return"),
                    AwaitGoods("wait_for_goods", announce="return_approved"),
                    Refund("items", reason="{case}"),
                    AddNote("order", "{case}: refund approved by {decided_by}.{comment}"),
                    AddNote("customer", "{case}: money paid back for order {order_number}."),
                )),
                Outcome("approved_exchange", "Exchange approved", _decided(
                    "return_exchange",
                    AgreeReturn(make="make_store_return"),
                    DraftReplacement(),
                    AddNote("order", "{case}: exchange approved by {decided_by}. {replacement}{comment}"),
                    AddNote("customer", "{case}: goods of order {order_number} exchanged."),
                )),
                Outcome("approved_repair", "Repair approved", _decided(
                    "return_repair",
                    AgreeReturn(make="make_store_return"),
                    AddNote("order", "{case}: repair approved by {decided_by}.{comment}"),
                    AddNote("customer", "{case}: goods of order {order_number} repaired."),
                )),
                Outcome("rejected", "Return rejected", _decided(
                    "return_rejected",
                    DeclineReturn(),
                    AddNote("order", "{case}: rejected by {decided_by}.{comment} {overruled}"),
                    AddNote("customer", "{case}: return of order {order_number} rejected. {overruled}"),
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
    works_by="A person opens one on the order's page: warranty, damaged goods, and every return where the store knows "
    "none of its own. Those the store knows open by themselves, and are agreed to, declined and completed there.",
)  # fmt: skip

SCENARIOS = (RETURN_INTAKE, RETURN_CASE)
