"""Scenarios about orders that do not go their usual way: failed payments, late or partial shipping, holds, edits."""

from pydantic import Field

from app.domain.commerce import Order, OrderStatus
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.order_parts import Incident, IncidentKind, OrderPart
from app.domain.scenario import Mode, Occasion, Preferences, Scenario, Subject
from app.domain.steps import (
    AddNote,
    AwaitDecision,
    EnsureWorkspace,
    FileApprovalRecord,
    FilePaper,
    LinkInStore,
    Outcome,
    SetOrderStatus,
    SettlePayment,
    StartWorkflow,
    UpdateWorkspace,
)
from app.scenarios.orders import CANCELLABLE, TO_SHIP, UNPAID

SHIPPING = frozenset({IncidentKind.DELAYED, IncidentKind.UNDELIVERED})
OVER = frozenset({OrderStatus.CANCELLED, OrderStatus.DECLINED, OrderStatus.REFUNDED})


class OrderExceptionPreferences(Preferences):
    """What counts as an exception, and who resolves it."""

    payment_failures: bool = Field(
        default=True, title="Failed payments",
        description="Open a file when the payment of an order was declined.",
    )  # fmt: skip
    shipping_issues: bool = Field(
        default=True, title="Shipping issues",
        description="Open a file when only a part of an order was shipped, nothing after the days below, or the "
        "carrier is late or could not deliver.",
    )  # fmt: skip
    holds: bool = Field(
        default=True, title="Held back in the store",
        description="Open a file when somebody else than this app holds back what is to be shipped.",
    )  # fmt: skip
    late_days: int = Field(
        default=10, ge=1, le=365, title="Days until shipping is late",
        description="Counted from the order to its last change; looked at whenever the store tells of the order.",
    )  # fmt: skip
    review_group: str = Field(
        default="Customer Service", min_length=1, max_length=120, title="Group that resolves it",
        description="The OpenText group that gets the task.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    requester_group: str = Field(
        default="Customer Service", min_length=1, max_length=120, title="Group that answers questions",
        description="Who gets the task when somebody asks for information.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    deadline_hours: int = Field(
        default=48, ge=1, le=720, title="Hours to resolve it",
        description="After this time without an answer a note on the order asks somebody to look at it.",
    )  # fmt: skip


def _exceptions(subject: Subject, preferences: Preferences) -> dict[str, str]:
    """Kind of exception → its reason."""
    if not isinstance(subject, Order) or not isinstance(preferences, OrderExceptionPreferences):
        return {}
    found = {}
    if preferences.payment_failures and subject.status in UNPAID and subject.payment_status == "declined":
        found["payment"] = f"The payment of {subject.total} by {subject.payment_method or 'the buyer'} was declined"
    if preferences.shipping_issues and subject.status is OrderStatus.PARTIALLY_SHIPPED:
        found["partial"] = "Only a part of the order was shipped"
    waited = (subject.modified_at - subject.placed_at).days
    is_late = subject.is_paid and subject.status in TO_SHIP and waited >= preferences.late_days
    if preferences.shipping_issues and is_late:
        found["late"] = f"Nothing was shipped {waited} days after the order"
    if subject.status in OVER:
        return found
    return found | {f"{one.kind}:{one.id}": one.words for one in subject.incidents if _counts(one, preferences)}


def _counts(incident: Incident, preferences: OrderExceptionPreferences) -> bool:
    """Whether people have to resolve it; what is only to be known brings the order's file up to date."""
    if incident.kind is IncidentKind.PAYMENT_FAILED:
        return preferences.payment_failures
    if incident.kind is IncidentKind.HELD:
        return preferences.holds
    return incident.kind in SHIPPING and preferences.shipping_issues


def is_exception(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    return tuple(_exceptions(subject, preferences).values())


def each_exception(_event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    """Each kind of exception of an order is dealt with once."""
    found = _exceptions(subject, preferences)
    return tuple(
        Occasion(key, {"exception": key.partition(":")[0], "stage": _stage(key)}, (reason,))
        for key, reason in found.items()
    )


def _stage(key: str) -> str:
    """What tells one paper of an order from another: "late", "delayed 1001"."""
    return key.replace(":", " ").replace("_", " ")


_RESOLVED = (
    UpdateWorkspace(business_object_type="ORDER"),
    FilePaper("message_log", folder="03 Correspondence", document="messages_after"),
    FileApprovalRecord(folder="04 Decision", classification="Approvals"),
)

ORDER_EXCEPTION = Scenario(
    slug="order-exception",
    title="Open a file for failed payments, late, lost or held goods, ask who resolves it",
    catalogue=(2, 35),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies=(
        "The payment failed, only a part was shipped, nothing was shipped after the days you chose, the carrier is "
        "late or could not deliver, or somebody holds the goods back; once for each of them."
    ),
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=is_exception,
    each=each_exception,
    needs=frozenset({OrderPart.INCIDENTS}),
    preferences=OrderExceptionPreferences,
    steps=(
        EnsureWorkspace(business_object_type="ORDER", parents=(ObjectType.CUSTOMER,)),
        FilePaper("order_record", folder="01 Order record", classification="Orders"),
        FilePaper("payments", folder="02 Payment", classification="Payments"),
        FilePaper("message_log", folder="03 Correspondence"),
        LinkInStore(ObjectType.ORDER),
        StartWorkflow(process="sf_order_review"),
        AwaitDecision(
            process="sf_order_review",
            outcomes=(
                Outcome("approved", "Goes on", (
                    AddNote("order", "{reasons}. {decided_by} decided to go on with the order.{comment}"),
                    *_RESOLVED,
                )),
                Outcome("rejected", "Cancelled", (
                    SetOrderStatus(OrderStatus.CANCELLED, only_from=tuple(sorted(CANCELLABLE)),
                                   note="{reasons}. {decided_by} cancelled the order.{comment}"),
                    SettlePayment("void", only_from=(OrderStatus.CANCELLED,)),
                    *_RESOLVED,
                )),
                Outcome("expired", "Not resolved in time", (
                    AddNote("order", "{reasons}. Nobody resolved it in time; please look at this order."),
                    *_RESOLVED,
                )),
            ),
        ),
    ),
    outcome="The order panel shows what went wrong, who resolves it, and afterwards what was decided.",
    works_by="A late shipment is noticed when the store next tells of the order, or in our regular comparison. Only "
    "Shopify tells of late and lost parcels and of holds by others.",
)  # fmt: skip


class OrderAmendedPreferences(Preferences):
    """Off until somebody switches it on."""

    mode: Mode = Mode.OFF


KNOWN = frozenset({IncidentKind.EDITED, IncidentKind.RESCHEDULED})


def was_amended(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    if not isinstance(subject, Order):
        return ()
    ended = (f"The order stands at “{subject.status_label}”",) if subject.status in OVER else ()
    return (*ended, *(one.words for one in subject.incidents if one.kind in KNOWN))


def each_change(event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """Once for each edit and each new day, and once when the order ends without being shipped.

    Goods that were to leave later from the start are no change: a new day counts when the store tells of it.
    """
    if not isinstance(subject, Order):
        return ()
    told = event.detail.get("happened") == IncidentKind.RESCHEDULED
    changes = [one for one in subject.incidents if one.kind is IncidentKind.EDITED
               or (told and one.kind is IncidentKind.RESCHEDULED)]  # fmt: skip
    found = [Occasion(f"{one.kind}:{one.id}", {"stage": _stage(f"{one.kind}:{one.id}")}, (one.words,))
             for one in changes]  # fmt: skip
    if subject.status in OVER:
        words = f"The order stands at “{subject.status_label}”"
        found.append(Occasion(subject.status.value, {"stage": subject.status_label}, (words,)))
    return tuple(found)


ORDER_AMENDED = Scenario(
    slug="order-amended",
    title="Bring an order's file up to date when it is edited, gets another day, or is cancelled",
    catalogue=(35,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The order was edited, leaves on another day, or was cancelled, declined or refunded; once for each.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=was_amended,
    each=each_change,
    needs=frozenset({OrderPart.INCIDENTS}),
    preferences=OrderAmendedPreferences,
    steps=(
        EnsureWorkspace(business_object_type="ORDER", parents=(ObjectType.CUSTOMER,)),
        UpdateWorkspace(business_object_type="ORDER"),
        FilePaper("order_record", folder="01 Order record", classification="Orders"),
        FilePaper("refunds", folder="02 Payment", classification="Refunds"),
        LinkInStore(ObjectType.ORDER),
    ),
    outcome="The order's workspace holds the order after each change as a record, beside the one before.",
    works_by="Only Shopify tells of edits and new days; at BigCommerce an order's end is what is noticed.",
)  # fmt: skip

SCENARIOS = (ORDER_EXCEPTION, ORDER_AMENDED)
