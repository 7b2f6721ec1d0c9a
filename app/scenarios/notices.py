"""Notices to buyers about what became of their order: delayed, sent in part, cancelled, under review."""

from app.domain.commerce import Order, OrderStatus
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.order_parts import IncidentKind, OrderPart
from app.domain.scenario import Occasion, Preferences, Scenario, Subject
from app.domain.steps import ComposeCommunication, ConsiderLetter, DeliverCommunication, EnsureWorkspace, Outcome
from app.scenarios.communications import RecentPreferences, is_recent

CORRESPONDENCE = "03 Correspondence"
ENDED = frozenset({OrderStatus.CANCELLED, OrderStatus.DECLINED, OrderStatus.REFUNDED, OrderStatus.INCOMPLETE})
_WORKSPACE = EnsureWorkspace("ORDER", parents=(ObjectType.CUSTOMER,))


def is_on_its_way_in_parts(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    """Something has left the house and something is still to come."""
    if not isinstance(subject, Order) or subject.status in ENDED or not is_recent(subject, preferences):
        return ()
    left = any(line.is_physical and line.quantity > line.shipped + line.refunded for line in subject.lines)
    return ("A part of the order has left the house, the rest is still to come",) if subject.shipments and left else ()


def each_part(_event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One notice for each shipment that leaves something behind; the one that completes the order needs none."""
    if not isinstance(subject, Order):
        return ()
    return tuple(Occasion(f"shipment:{one.id}", {"shipment_id": one.id}) for one in subject.shipments)


PARTIAL_NOTICE = Scenario(
    slug="partial-notice",
    title="Tell the buyer which part of the order is on its way and what is still to come",
    catalogue=(30,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="A shipment leaves something of the order behind; once for each shipment.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=is_on_its_way_in_parts,
    each=each_part,
    needs=frozenset({OrderPart.SHIPMENTS}),
    preferences=RecentPreferences,
    steps=(
        _WORKSPACE,
        ComposeCommunication(
            "SF_PARTIAL_NOTICE", folder=CORRESPONDENCE, document="partial_notice", classification="Orders"
        ),
        DeliverCommunication("partial_notice", subject="A part of your order {number} is on its way",
                             text="A part of your order {number} at {store} has left us; the rest follows."),
    ),
    outcome="The notice lies in the order's workspace; the panel shows how and when it reached the buyer.",
)  # fmt: skip


def is_cancelled(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    ended = (OrderStatus.CANCELLED, OrderStatus.DECLINED)
    if isinstance(subject, Order) and subject.status in ended and is_recent(subject, preferences):
        return (f"The order stands at “{subject.status_label}”",)
    return ()


CANCEL_NOTICE = Scenario(
    slug="cancel-notice",
    title="Tell the buyer that the order was cancelled and what becomes of the money",
    catalogue=(30,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The order was cancelled or declined.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=is_cancelled,
    preferences=RecentPreferences,
    steps=(
        _WORKSPACE,
        ComposeCommunication(
            "SF_CANCEL_NOTICE", folder=CORRESPONDENCE, document="cancel_notice", classification="Orders"
        ),
        DeliverCommunication("cancel_notice", subject="Your order {number} was cancelled",
                             text="Your order {number} at {store} was cancelled. The notice says what that means."),
    ),
    outcome="The notice lies in the order's workspace; the panel shows how and when it reached the buyer.",
    works_by="The store says that an order is cancelled or declined, not why: the notice gives no reason of its own.",
)  # fmt: skip


def is_order(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    return ("The order is checked",) if isinstance(subject, Order) and is_recent(subject, preferences) else ()


def each_review(event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One notice when the order is held, one when our review let it go; a rejected one is told as cancelled."""
    is_held = isinstance(subject, Order) and subject.status is OrderStatus.UNDER_REVIEW
    if event.detail.get("announced") == "review_released" and not is_held:
        return (Occasion("released", {"stage": "released"}, ("The review let the order go",)),)
    if is_held and event.topic is Topic.ORDER_CHANGED:
        return (Occasion("opened", {"stage": "opened"}, ("The order is held for a check",)),)
    return ()


REVIEW_NOTICE = Scenario(
    slug="review-notice",
    title="Tell the buyer that the order is being checked, and when it goes on",
    catalogue=(30,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The order is held for a check, and again when it goes on.",
    triggers=frozenset({Topic.ORDER_CHANGED, Topic.ANNOUNCED}),
    when=is_order,
    each=each_review,
    preferences=RecentPreferences,
    steps=(
        _WORKSPACE,
        ComposeCommunication("SF_REVIEW_NOTICE", folder=CORRESPONDENCE, document="review_notice",
                             variant_fact="stage", classification="Orders"),
        DeliverCommunication("review_notice", subject="About your order {number}",
                             text="There is news about the check of your order {number} at {store}."),
    ),
    outcome="The buyer knows that the order waits, and when it goes on; never why it was checked.",
    works_by="A hold is any order the store shows as held for a check. That it goes on is told by our own review only.",
)  # fmt: skip


def may_be_late(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    return ("The goods come later",) if isinstance(subject, Order) else ()


def each_delay(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    """One notice for each decision to wait, for each time a person asks for one, and for each new day the store tells.

    Goods that were to leave later from the start are no delay: a new day counts when the store tells of it.
    """
    if event.topic is Topic.REQUESTED or event.detail.get("announced") == "delayed":
        return (Occasion(event.detail.get("occasion") or event.id),)
    if event.topic is not Topic.ORDER_CHANGED or not isinstance(subject, Order) or not is_recent(subject, preferences):
        return ()
    new_days = {IncidentKind.DELAYED: ("carrier", "yes")}
    if event.detail.get("happened") == IncidentKind.RESCHEDULED:
        new_days[IncidentKind.RESCHEDULED] = ("other", "no")
    return tuple(
        Occasion(
            f"{one.kind}:{one.id}",
            {"new_date": one.new_date, "delay_reason": new_days[one.kind][0], "on_its_way": new_days[one.kind][1]},
            (one.words,),
        )
        for one in subject.incidents if one.new_date and one.kind in new_days
    )  # fmt: skip


DELAY_NOTICE = Scenario(
    slug="delay-notice",
    title="Tell the buyer that the order leaves later, and when",
    catalogue=(30,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="It was decided that the buyer waits, or the store tells of a late parcel or another day; the new day is "
    "known.",
    triggers=frozenset({Topic.ANNOUNCED, Topic.ORDER_CHANGED}),
    needs=frozenset({OrderPart.INCIDENTS}),
    requests=frozenset({"delay_notice"}),
    when=may_be_late,
    each=each_delay,
    preferences=RecentPreferences,
    steps=(
        ConsiderLetter("delay", (
            Outcome("letter", "A letter is due", (
                _WORKSPACE,
                ComposeCommunication(
                    "SF_DELAY_NOTICE", folder=CORRESPONDENCE, document="delay_notice", classification="Orders"
                ),
                DeliverCommunication("delay_notice", subject="Your order {number} is delayed",
                                     text="Your order {number} at {store} leaves us later than planned."),
            )),
        )),
    ),
    outcome="The notice lies in the order's workspace; the panel shows how and when it reached the buyer.",
    works_by="The new day comes from the decision about missing stock, or from a person; at Shopify also from a late "
    "parcel whose carrier names one, and from goods that are to leave on another day.",
)  # fmt: skip

SCENARIOS = (PARTIAL_NOTICE, CANCEL_NOTICE, REVIEW_NOTICE, DELAY_NOTICE)
