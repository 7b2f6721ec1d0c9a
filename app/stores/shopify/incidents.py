"""What Shopify tells of an order's way: late and lost parcels, holds, new days, edits, payments that failed.

Source: Shopify Admin GraphQL API 2026-10, FulfillmentEvent, FulfillmentHold, FulfillmentOrder (fulfillAt),
OrderAgreement, OrderTransaction. Each has an id of its own, so that each is dealt with once.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from app.domain.order_parts import Incident, IncidentKind
from app.stores.shopify.mapping import money
from app.stores.shopify.names import number
from app.stores.shopify.payloads import Hold, Nodes, Paid, Payload, Text, Time

ON_THE_WAY = {
    "DELAYED": (IncidentKind.DELAYED, "is late"),
    "FAILURE": (IncidentKind.UNDELIVERED, "could not be delivered"),
}
TRIED, MADE = frozenset({"AUTHORIZATION", "SALE", "CAPTURE"}), "SUCCESS"
FAILED = frozenset({"FAILURE", "ERROR"})


class Way(Payload):
    id: str
    status: str
    message: Text = ""
    happened_at: Time


class Parcel(Payload):
    name: Text = ""
    status: str
    estimated_delivery_at: Time | None = None
    events: Nodes[Way] = Nodes()


class SaidHold(Hold):
    display_reason: Text = ""
    reason_notes: Text = ""


class Waiting(Payload):
    id: str
    status: str
    fulfill_at: Time | None = None
    updated_at: Time
    fulfillment_holds: tuple[SaidHold, ...] = ()


class Movement(Payload):
    id: str
    kind: str
    status: str
    error_code: Text = ""
    created_at: Time
    amount_set: Paid


class Agreement(Payload):
    id: str
    happened_at: Time
    reason: str


class Told(Payload):
    """`order` of OrderIncidents."""

    fulfillments: tuple[Parcel, ...] = ()
    fulfillment_orders: Nodes[Waiting] = Nodes()
    transactions: tuple[Movement, ...] = ()
    agreements: Nodes[Agreement] = Nodes()


def incidents(found: Told) -> tuple[Incident, ...]:
    """Oldest first."""
    every = [*_on_the_way(found), *_before_it_left(found), *_payments(found), *_edits(found)]
    return tuple(sorted(every, key=lambda one: (one.at, one.id)))


def _on_the_way(found: Told) -> Iterator[Incident]:
    """What is on its way still: a parcel that has arrived since is no exception any more."""
    for parcel in found.fulfillments:
        latest = max(parcel.events.nodes, key=lambda one: (one.happened_at, int(number(one.id))), default=None)
        if parcel.status == "CANCELLED" or latest is None or latest.status not in ON_THE_WAY:
            continue
        kind, words = ON_THE_WAY[latest.status]
        said = f": {latest.message}" if latest.message else ""
        yield Incident(number(latest.id), kind, f"Shipment {parcel.name} {words}{said}"[:300], latest.happened_at,
                       _day(parcel.estimated_delivery_at))  # fmt: skip


def _before_it_left(found: Told) -> Iterator[Incident]:
    for entry in found.fulfillment_orders.nodes:
        for hold in entry.fulfillment_holds:
            if not hold.held_by_requesting_app:
                note = f" ({hold.reason_notes})" if hold.reason_notes else ""
                words = f"Held back in the store: {hold.display_reason}{note}"[:300]
                yield Incident(number(hold.id), IncidentKind.HELD, words, entry.updated_at)
        if entry.status == "SCHEDULED" and entry.fulfill_at is not None:
            day = _day(entry.fulfill_at)
            yield Incident(f"{number(entry.id)}-{day}", IncidentKind.RESCHEDULED, f"The goods leave on {day}",
                           entry.updated_at, day)  # fmt: skip


def _payments(found: Told) -> Iterator[Incident]:
    """A payment that failed, unless a later one came through."""
    for one in found.transactions:
        made = [later for later in found.transactions if later.kind in TRIED and later.status == MADE
                and later.created_at >= one.created_at and later.id != one.id]  # fmt: skip
        if one.kind in TRIED and one.status in FAILED and not made:
            why = f" ({one.error_code.replace('_', ' ').lower()})" if one.error_code else ""
            yield Incident(number(one.id), IncidentKind.PAYMENT_FAILED,
                           f"The payment of {money(one.amount_set)} failed{why}", one.created_at)  # fmt: skip


def _edits(found: Told) -> Iterator[Incident]:
    for one in found.agreements.nodes:
        if one.reason == "ORDER_EDIT":
            yield Incident(number(one.id), IncidentKind.EDITED, "The order was edited", one.happened_at)


def _day(at: datetime | None) -> str:
    return at.astimezone(UTC).date().isoformat() if at else ""


__all__ = ["Told", "incidents"]
