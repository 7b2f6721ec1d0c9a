"""Scenarios that keep the papers of a transaction as records: order, invoice, refund, payment, tax."""

from app.domain.commerce import Order, OrderStatus
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.order_parts import OrderPart
from app.domain.scenario import Mode, Occasion, Preferences, Scenario, Subject, every_event
from app.domain.steps import EnsureWorkspace, FilePaper, LinkInStore

FOLDER = "06 Records"
ENDED = frozenset({OrderStatus.SHIPPED, OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.REFUNDED})
SOLD = frozenset({OrderStatus.SHIPPED, OrderStatus.COMPLETED})
_WORKSPACE = EnsureWorkspace("ORDER", parents=(ObjectType.CUSTOMER,))
_LINK = LinkInStore(ObjectType.ORDER)


class RecordPreferences(Preferences):
    """Off until somebody switches it on: it files something for nearly every order."""

    mode: Mode = Mode.OFF


def has_ended(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    if isinstance(subject, Order) and subject.status in ENDED:
        return (f"The order stands at “{subject.status_label}”",)
    return ()


def each_end(_event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One record for each way an order ends: shipped, then completed, then refunded."""
    if not isinstance(subject, Order):
        return ()
    return (Occasion(subject.status.value, {"stage": subject.status_label}),)


ORDER_RECORDS = Scenario(
    slug="order-records",
    title="Keep every order as a record when it is shipped, completed, cancelled or refunded",
    catalogue=(9, 38),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The order is shipped, completed, cancelled or refunded; once for each of them.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=has_ended,
    each=each_end,
    preferences=RecordPreferences,
    steps=(_WORKSPACE, FilePaper("order_record", folder=FOLDER, classification="Orders"), _LINK),
    outcome="The order's workspace holds the order as it ended, with the schedule of orders.",
    for_history=True,
)


RECORD_ON_REQUEST = Scenario(
    slug="record-on-request",
    title="Keep an order as a record when somebody asks",
    catalogue=(9,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    triggers=frozenset(),
    requests=frozenset({"file_record"}),
    each=every_event,
    steps=(_WORKSPACE, FilePaper("order_record", folder=FOLDER, classification="Orders"), _LINK),
    outcome="The order's workspace holds the order as it stands, as a record. The set-up ends with this.",
)


def is_billed(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    if isinstance(subject, Order) and subject.is_paid and subject.status is not OrderStatus.INCOMPLETE:
        return (f"{subject.total} were paid",)
    return ()


INVOICE_RECORDS = Scenario(
    slug="invoice-records",
    title="Keep a copy of every paid order's invoice as a record",
    catalogue=(9, 13, 38),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The order is paid.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=is_billed,
    preferences=RecordPreferences,
    steps=(_WORKSPACE, FilePaper("invoice_copy", folder=FOLDER, classification="Invoices"), _LINK),
    outcome="The order's workspace holds what was billed, with the schedule of invoices.",
    works_by="The store gives out no invoice documents: the copy is made of the order's own figures.",
    for_history=True,
)


def has_refunds(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    return ("Money was paid back",) if isinstance(subject, Order) and subject.refunds else ()


def each_refund(_event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    if not isinstance(subject, Order):
        return ()
    return tuple(
        Occasion(f"refund:{one.id}", {"refund_id": one.id}, (f"{one.total} were paid back",))
        for one in subject.refunds if not one.is_declined
    )  # fmt: skip


REFUND_RECORDS = Scenario(
    slug="refund-records",
    title="Keep every refund as a record",
    catalogue=(9, 38),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="Money was paid back; once for each refund.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=has_refunds,
    each=each_refund,
    needs=frozenset({OrderPart.REFUNDS}),
    preferences=RecordPreferences,
    steps=(_WORKSPACE, FilePaper("refund_record", folder=FOLDER, classification="Refunds"), _LINK),
    outcome="The order's workspace holds each refund with its reason, with the schedule of refunds.",
    for_history=True,
)


def has_payments(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    return ("Money moved",) if isinstance(subject, Order) and subject.payments else ()


def each_payment(_event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """Every movement the provider has finished; a failed one tells of what was tried."""
    if not isinstance(subject, Order):
        return ()
    return tuple(
        Occasion(f"payment:{one.id}", {"payment_id": one.id}, (f"Payment entry of {one.amount}: {one.kind}",))
        for one in subject.payments if one.kind != "pending"
    )  # fmt: skip


PAYMENT_RECORDS = Scenario(
    slug="payment-records",
    title="Keep every movement at the payment provider as a record",
    catalogue=(9, 38),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="Money moved at the payment provider; once for each movement.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=has_payments,
    each=each_payment,
    needs=frozenset({OrderPart.PAYMENTS}),
    preferences=RecordPreferences,
    steps=(_WORKSPACE, FilePaper("payment_record", folder=FOLDER, classification="Payments"), _LINK),
    outcome="The order's workspace holds each payment with the provider's reference, with the schedule of payments.",
    for_history=True,
)


def is_taxed(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    if isinstance(subject, Order) and (subject.status in SOLD or _given_back(subject)):
        return (f"Sold for {subject.total} with {subject.tax} of tax in it",)
    return ()


def _given_back(order: Order) -> list[str]:
    return [one.id for one in order.refunds if not one.is_declined]


def each_tax_fact(_event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """Once when it is sold, and once again after each refund, for the tax is another then."""
    if not isinstance(subject, Order):
        return ()
    sold = (Occasion("sold", {"stage": "sold"}),) if subject.status in SOLD else ()
    back = tuple(Occasion(f"refund:{one}", {"stage": f"after refund {one}"}) for one in _given_back(subject))
    return (*sold, *back)


TAX_ARCHIVE = Scenario(
    slug="tax-archive",
    title="Archive what accounting and tax ask for when an order is sold or money is paid back",
    catalogue=(13, 38),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The order was sold, or money of it was paid back; once for each of them.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=is_taxed,
    each=each_tax_fact,
    needs=frozenset({OrderPart.REFUNDS}),
    preferences=RecordPreferences,
    steps=(
        _WORKSPACE,
        FilePaper("tax_record", folder=FOLDER, classification="Tax documents"),
        FilePaper("shipments", folder=FOLDER, classification="Shipping documents"),
        _LINK,
    ),
    outcome="The order's workspace holds seller, buyer, amounts and tax, with the schedule of tax documents.",
    for_history=True,
)

SCENARIOS = (ORDER_RECORDS, RECORD_ON_REQUEST, INVOICE_RECORDS, REFUND_RECORDS, PAYMENT_RECORDS, TAX_ARCHIVE)
