"""Scenarios that write to buyers."""

from typing import Literal

from pydantic import Field

from app.domain.commerce import Order, OrderStatus
from app.domain.communications import CommunicationPreferences
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.order_parts import OrderPart
from app.domain.scenario import Mode, Occasion, Preferences, Scenario, Subject
from app.domain.steps import ComposeCommunication, DeliverCommunication, EnsureWorkspace

NEEDS_COMPANIES = "Needs a store with companies (BigCommerce: B2B Edition; Shopify: B2B)."
TAKEN = frozenset({"purchase", "capture", "settled"})  # kinds of payments by which money comes in
GOING_OUT = frozenset(
    {
        OrderStatus.AWAITING_FULFILLMENT, OrderStatus.AWAITING_SHIPMENT, OrderStatus.AWAITING_PICKUP,
        OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED, OrderStatus.COMPLETED,
    }
)  # fmt: skip


class LetterPreferences(CommunicationPreferences):
    """Base of letters that go out by themselves: off until switched on, for the store may send mails of its own."""

    mode: Mode = Mode.OFF


class RecentPreferences(LetterPreferences):
    """Base of letters about orders: a change of a long forgotten order is no news to its buyer."""

    newest_days: int = Field(
        default=60, ge=1, le=730, title="Days an order is news",
        description="Nothing is written about a change of an order that was placed longer before it.",
    )  # fmt: skip


def is_recent(order: Order, preferences: Preferences) -> bool:
    days = preferences.newest_days if isinstance(preferences, RecentPreferences) else 60
    return (order.modified_at - order.placed_at).days <= days


class InvoicePreferences(CommunicationPreferences):
    """When a buyer gets an invoice from here, and how. Off until switched on: the store may send its own."""

    mode: Mode = Mode.OFF
    send_when: Literal["paid", "shipped"] = Field(
        default="paid", title="The invoice is sent",
        description="As soon as the order is paid, or once it has been shipped.",
    )  # fmt: skip


def invoice_is_due(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    """A paid order that is on its way (or a shipped one, where that was chosen)."""
    if not isinstance(subject, Order) or not isinstance(preferences, InvoicePreferences):
        return ()
    shipped = subject.status in (OrderStatus.SHIPPED, OrderStatus.COMPLETED)
    if preferences.send_when == "shipped":
        return ("The order was shipped",) if shipped else ()
    return ("The order is paid",) if subject.is_paid and subject.status in GOING_OUT else ()


ORDER_INVOICE = Scenario(
    slug="order-invoice",
    title="Compose the invoice, file it as a record and send it as the buyer wishes",
    catalogue=(24,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The order is paid and on its way, or shipped, as you chose.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    requests=frozenset({"send_invoice"}),
    when=invoice_is_due,
    preferences=InvoicePreferences,
    steps=(
        EnsureWorkspace(business_object_type="ORDER", parents=(ObjectType.CUSTOMER,)),
        ComposeCommunication(
            template="SF_INVOICE", folder="02 Payment", document="invoice", classification="Invoices"
        ),
        DeliverCommunication(
            document="invoice", subject="Your invoice for {about}",
            text="Thank you for {about} at {store}. Your invoice is ready.",
        ),
    ),
    outcome="The invoice is in the order's workspace as a record; the panel shows how and when it reached the buyer.",
)  # fmt: skip


def is_confirmed(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    """An order the store has taken on, whether or not it is paid yet."""
    if not isinstance(subject, Order) or not is_recent(subject, preferences):
        return ()
    taken = subject.status in GOING_OUT or subject.status in (OrderStatus.AWAITING_PAYMENT, OrderStatus.PENDING)
    return ("The order was placed",) if taken else ()


ORDER_CONFIRMATION = Scenario(
    slug="order-confirmation",
    title="Confirm every order to its buyer, and keep the confirmation as a record",
    catalogue=(24, 38),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The order was placed and is not held for a check.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=is_confirmed,
    preferences=RecentPreferences,
    steps=(
        EnsureWorkspace(business_object_type="ORDER", parents=(ObjectType.CUSTOMER,)),
        ComposeCommunication(
            "SF_ORDER_CONFIRMATION", folder="03 Correspondence", document="confirmation", classification="Orders"
        ),
        DeliverCommunication("confirmation", subject="Your order {number}",
                             text="Thank you for your order {number} at {store}."),
    ),
    outcome="The confirmation is in the order's workspace as a record; the panel shows how and when it reached the "
    "buyer.",
    works_by="Switch the store's own confirmation off, or buyers get two.",
)  # fmt: skip


def was_paid(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    taken = isinstance(subject, Order) and any(one.is_ok and one.kind in TAKEN for one in subject.payments)
    if taken and isinstance(subject, Order) and is_recent(subject, preferences):
        return ("Money was taken",)
    return ()


def each_payment(_event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One receipt for each time money came in."""
    if not isinstance(subject, Order):
        return ()
    return tuple(
        Occasion(f"payment:{one.id}", {"payment_id": one.id}, (f"{one.amount} were paid",))
        for one in subject.payments if one.is_ok and one.kind in TAKEN
    )  # fmt: skip


RECEIPT = Scenario(
    slug="payment-receipt",
    title="Send a receipt for every payment, and keep it as a record",
    catalogue=(24, 38),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="Money was taken; once for each payment.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=was_paid,
    each=each_payment,
    needs=frozenset({OrderPart.PAYMENTS}),
    preferences=RecentPreferences,
    steps=(
        EnsureWorkspace(business_object_type="ORDER", parents=(ObjectType.CUSTOMER,)),
        ComposeCommunication("SF_RECEIPT", folder="02 Payment", document="receipt", classification="Payments"),
        DeliverCommunication("receipt", subject="Your receipt for order {number}",
                             text="We have received your payment for order {number} at {store}."),
    ),
    outcome="The receipt is in the order's workspace as a record; the panel shows how and when it reached the buyer.",
)  # fmt: skip

SCENARIOS = (ORDER_CONFIRMATION, ORDER_INVOICE, RECEIPT)
