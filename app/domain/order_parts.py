"""What belongs to an order and is read only where it is needed: shipments, payments, refunds, messages, shortfalls,
and the store's own returns and disputes (domain/aftersale.py)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.commerce import Address, Money


class OrderPart(StrEnum):
    """A part of an order that costs calls of its own. A scenario names those its condition looks at."""

    SHIPMENTS = "shipments"
    PAYMENTS = "payments"
    REFUNDS = "refunds"
    MESSAGES = "messages"
    SHORTFALLS = "shortfalls"
    RETURNS = "returns"
    DISPUTES = "disputes"
    INCIDENTS = "incidents"


@dataclass(frozen=True)
class ShippedItem:
    line_id: str
    sku: str
    name: str
    quantity: int


@dataclass(frozen=True)
class Shipment:
    """One parcel or delivery. `location` is the warehouse it left, where the store names it."""

    id: str
    shipped_at: datetime
    items: tuple[ShippedItem, ...]
    carrier: str = ""
    method: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    location: str = ""
    comments: str = ""
    to: "Address | None" = None


@dataclass(frozen=True)
class Payment:
    """One movement at the provider. `kind`: purchase, authorization, capture, refund, void, pending or settled."""

    id: str
    kind: str
    amount: "Money"
    method: str
    gateway: str
    is_ok: bool
    at: datetime
    reference: str = ""  # the provider's own id
    card_last4: str = ""
    risk: str = ""  # what the provider says about fraud, in its own words
    address_check: str = ""
    code_check: str = ""


@dataclass(frozen=True)
class RefundItem:
    """A line (`line_id`, `quantity`), shipping ("shipping") or an amount of the whole order ("order")."""

    kind: str
    line_id: str = ""
    quantity: int = 0
    amount: Decimal | None = None


@dataclass(frozen=True)
class Refund:
    """Money given back. `is_declined`: the provider refused it afterwards."""

    id: str
    total: "Money"
    tax: "Money"
    reason: str
    at: datetime
    items: tuple[RefundItem, ...] = ()
    is_declined: bool = False


@dataclass(frozen=True)
class RefundQuote:
    """What a refund of these items would give back, and how. `payments` is the provider's own, passed back unread."""

    items: tuple[RefundItem, ...]
    total: "Money"
    payments: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Message:
    """What a buyer or the staff wrote about an order."""

    id: str
    subject: str
    text: str
    at: datetime
    is_from_customer: bool


@dataclass(frozen=True)
class Shortfall:
    """A line that stock does not cover. `available` is what could be shipped now."""

    line_id: str
    sku: str
    name: str
    wanted: int
    available: int


class IncidentKind(StrEnum):
    DELAYED = "delayed"  # the carrier is late
    UNDELIVERED = "undelivered"  # the carrier could not deliver
    HELD = "held"  # somebody else than we holds the goods back
    RESCHEDULED = "rescheduled"  # the goods leave on another day
    EDITED = "edited"  # other goods, other numbers
    PAYMENT_FAILED = "payment_failed"


@dataclass(frozen=True)
class Incident:
    """What the store tells of an order's way that people should know. `id`: the same however often it is read."""

    id: str
    kind: IncidentKind
    words: str
    at: datetime
    new_date: str = ""  # ISO date on which the goods come, or leave, instead


@dataclass(frozen=True)
class LineChange:
    """A line of an order shall hold another number of pieces. `before`: as it was when people decided."""

    line_id: str
    variant_id: str
    before: int
    after: int


@dataclass(frozen=True)
class AddedGoods:
    """Goods that come into an order; the buyer pays for a piece at most what one of the line `instead_of` costs."""

    variant_id: str
    sku: str
    quantity: int
    instead_of: str


@dataclass(frozen=True)
class OrderEdit:
    """Changes to an order that are made together or not at all. `note` is for the staff, `to_buyer` says why
    what is dearer costs no more."""

    changes: tuple[LineChange, ...]
    added: tuple[AddedGoods, ...]
    note: str
    to_buyer: str = ""
