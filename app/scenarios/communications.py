"""Scenarios that write to buyers."""

from typing import Literal

from pydantic import Field

from app.domain.commerce import Order, OrderStatus
from app.domain.communications import CommunicationPreferences
from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Mode, Preferences, Scenario, Subject
from app.domain.steps import ComposeCommunication, DeliverCommunication, EnsureWorkspace

NEEDS_COMPANIES = "Needs a store with companies (BigCommerce: B2B Edition; Shopify: B2B)."
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

SCENARIOS = (ORDER_INVOICE,)
