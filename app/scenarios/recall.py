"""Scenarios of a recall."""

from pydantic import Field

from app.domain.cases import Case, CaseKind, CaseState
from app.domain.commerce import REVIEWABLE, OrderStatus
from app.domain.communications import CommunicationPreferences
from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Condition, Preferences, Scenario, Subject, every_event
from app.domain.steps import (
    AddNote,
    AwaitRemedies,
    AwaitRemedy,
    ComposeCommunication,
    DeliverCommunication,
    EnsureWorkspace,
    FilePaper,
    FindAffected,
    MarkInStore,
    NoteRecall,
    OpenCase,
    PlaceHold,
    PublishNotice,
    ReleaseHold,
    SetOrderStatus,
    SetVisibility,
    TellAffected,
    UpdateWorkspace,
)

HOLD, REASON = "Recall {case_number}", "recall:{subject}"
BY_HAND = (
    "BigCommerce finds no orders by product: all orders of the time you choose are looked through, month by month. "
    "Shopify finds them by SKU, those older than 60 days only with the access read_all_orders. The search goes on "
    "where it stood after a stop."
)


class RecallPreferences(Preferences):
    """How far back a recall looks."""

    window_days: int = Field(
        default=730, ge=1, le=3650, title="Days to look back",
        description="Orders placed so many days before the recall was opened are looked through.",
    )  # fmt: skip


class RecallEndPreferences(Preferences):
    """What happens when a recall is closed."""

    show_again: bool = Field(
        default=False, title="Sell the products again",
        description="Off: recalled products stay hidden until somebody shows them again.",
    )  # fmt: skip


def _recall(state: CaseState, words: str) -> Condition:
    def when(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
        is_ours = isinstance(subject, Case) and subject.kind is CaseKind.RECALL and subject.state is state
        return (words.format(case=subject),) if is_ours else ()

    return when


RECALL_OPEN = Scenario(
    slug="recall-open",
    title="Open a recall of a product",
    catalogue=(14,),
    providers=frozenset(Provider),
    subject=ObjectType.PRODUCT,
    triggers=frozenset(),
    requests=frozenset({"open_recall"}),
    each=every_event,
    steps=(OpenCase(CaseKind.RECALL),),
    outcome="The recall has its number and case; everything else follows from it.",
)

RECALL_RUN = Scenario(
    slug="recall-run",
    title="Take recalled products off sale, find whom it concerns, tell them, hold everything, track each remedy",
    catalogue=(14,),
    providers=frozenset(Provider),
    subject=ObjectType.CASE,
    applies="A recall was opened.",
    triggers=frozenset({Topic.CASE_CHANGED}),
    when=_recall(CaseState.OPEN, "{case.name} was opened"),
    preferences=RecallPreferences,
    steps=(
        SetVisibility(reason=REASON, shown=False, message="This product has been recalled.", which="recall"),
        PublishNotice(shown=True),
        EnsureWorkspace(business_object_type="RECALL", parents=(ObjectType.PRODUCT,)),
        FilePaper("case_file", folder="01 Notice", classification="Cases"),
        FindAffected(window_preference="window_days"),
        SetVisibility(reason=REASON, shown=False, message="This product has been recalled.", which="recall"),
        PlaceHold(HOLD, comment="Everything about this recall is kept.", reach="recall"),
        TellAffected(request="recall_notice"),
        AwaitRemedies(),
        UpdateWorkspace(business_object_type="RECALL"),
    ),
    outcome="The case's page counts the orders found, told and remedied; nothing about them can be deleted.",
    works_by=BY_HAND,
)

RECALL_LETTER = Scenario(
    slug="recall-letter",
    title="Tell the buyer of a recalled product",
    catalogue=(14,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    triggers=frozenset(),
    requests=frozenset({"recall_notice"}),
    each=every_event,
    preferences=CommunicationPreferences,
    steps=(
        NoteRecall("telling"),
        EnsureWorkspace(business_object_type="ORDER", parents=(ObjectType.CUSTOMER,)),
        PlaceHold(HOLD, comment="Everything about this recall is kept."),
        ComposeCommunication("SF_RECALL_NOTICE", folder="03 Correspondence", document="recall_notice",
                             classification="Orders"),
        DeliverCommunication("recall_notice", subject="Important: a product you bought is being recalled",
                             text="Please read the attached notice about your order {number}."),
        NoteRecall("told"),
    ),
    outcome="The buyer has the notice, the order's workspace a copy of it, and the recall counts it.",
)  # fmt: skip

RECALL_HOLD = Scenario(
    slug="recall-hold",
    title="Hold orders with recalled goods that have not left the house",
    catalogue=(14,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    triggers=frozenset(),
    requests=frozenset({"recall_notice"}),
    each=every_event,
    steps=(
        SetOrderStatus(OrderStatus.UNDER_REVIEW, only_from=tuple(sorted(REVIEWABLE)),
                       note="Held: recall {case_number} concerns this order."),
        MarkInStore((("recall", "{case_number}"),)),
        AwaitRemedy(),
        SetOrderStatus(OrderStatus.AWAITING_FULFILLMENT, only_from=(OrderStatus.UNDER_REVIEW,),
                       note="Let go: recall {case_number} is dealt with.", only_if="release"),
        MarkInStore((("recall", "{case_number}: dealt with"),)),
    ),
    outcome="Nothing recalled leaves the house before it is repaired, replaced or found not affected.",
)  # fmt: skip

RECALL_REMEDY = Scenario(
    slug="recall-remedy",
    title="Note what became of a recalled product of an order",
    catalogue=(14,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    triggers=frozenset(),
    requests=frozenset({"recall_remedy"}),
    each=every_event,
    steps=(NoteRecall("remedied"), AddNote("order", "Recall {case_number}: {remedy_words}.")),
    outcome="The recall's counts show it; the order says what was done.",
)

RECALL_END = Scenario(
    slug="recall-end",
    title="End a recall: notice hidden, hold released, file closed",
    catalogue=(14,),
    providers=frozenset(Provider),
    subject=ObjectType.CASE,
    applies="A recall was closed.",
    triggers=frozenset({Topic.CASE_CHANGED}),
    when=_recall(CaseState.CLOSED, "{case.name} was closed"),
    preferences=RecallEndPreferences,
    steps=(
        EnsureWorkspace(business_object_type="RECALL"),
        PublishNotice(shown=False),
        SetVisibility(reason=REASON, shown=True, which="recall", only_if="show_again"),
        FilePaper("case_file", folder="04 Remediation", document="final_case_file", classification="Cases"),
        ReleaseHold(HOLD, comment="The recall is over."),
    ),
    outcome="The hold is lifted, the notice hidden, and the file says what became of every order.",
)

SHOW_AGAIN = Scenario(
    slug="product-show-again",
    title="Sell a product again that we took off sale",
    catalogue=(6, 14),
    providers=frozenset(Provider),
    subject=ObjectType.PRODUCT,
    triggers=frozenset(),
    requests=frozenset({"show_again"}),
    each=every_event,
    steps=(SetVisibility(reason="*", shown=True),),
    outcome="The product is shown and sold as before we hid it, unless a person changed it since.",
)

SCENARIOS = (RECALL_OPEN, RECALL_RUN, RECALL_HOLD, RECALL_LETTER, RECALL_REMEDY, RECALL_END, SHOW_AGAIN)
