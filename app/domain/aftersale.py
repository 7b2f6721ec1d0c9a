"""What some stores know by themselves beside orders: returns, disputes of payments, quotes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from app.domain.ids import CompanyId, CustomerId, OrderId

if TYPE_CHECKING:
    from app.domain.commerce import Money

ReturnId = NewType("ReturnId", str)
DisputeId = NewType("DisputeId", str)
QuoteId = NewType("QuoteId", str)


class ReturnState(StrEnum):
    REQUESTED = "requested"
    OPEN = "open"  # agreed to; the goods are on their way or being looked at
    DECLINED = "declined"
    CANCELLED = "cancelled"
    CLOSED = "closed"


@dataclass(frozen=True)
class ReturnItem:
    """One line of a return. `open`: how many of them nothing was decided about yet."""

    id: str
    line_id: str
    sku: str
    name: str
    quantity: int
    open: int
    reason: str = ""  # in the store's words
    note: str = ""  # what the buyer or the staff wrote
    code: str = ""  # the reason as a code of ours (scenarios/returns.py), or empty


@dataclass(frozen=True)
class StoreReturn:
    """A return as the store knows it. `note` is why it was declined. `refunds`: ids of what was paid back for it."""

    id: ReturnId
    name: str
    order_id: OrderId
    state: ReturnState
    requested_at: datetime
    items: tuple[ReturnItem, ...]
    version: str
    note: str = ""
    refunds: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Nothing of it can be decided or paid back any more."""
        return self.state not in (ReturnState.REQUESTED, ReturnState.OPEN)

    @property
    def has_open(self) -> bool:
        """Goods of it that nothing was done about yet."""
        return any(item.open for item in self.items)


@dataclass(frozen=True)
class ReturnAsked:
    """What of an order shall come back: a line, how many, and our code of the reason."""

    line_id: str
    quantity: int
    code: str = ""


class DisputeState(StrEnum):
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    ACCEPTED = "accepted"
    PREVENTED = "prevented"


@dataclass(frozen=True)
class Dispute:
    """A buyer's bank asks for money back. `gap`: what the store does not let us see of it and who can change that; then
    only its id and state are known.
    """

    id: DisputeId
    order_id: OrderId | None
    state: DisputeState
    is_inquiry: bool  # asked first, nothing was taken back yet
    reason: str = ""
    amount: "Money | None" = None
    opened_at: datetime | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None
    code: str = ""  # the reason as a code of ours (scenarios/disputes.py)
    gap: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)


# The texts of evidence a store takes, by our name, with the words a merchant reads.
EVIDENCE = {
    "activity": "Activity of the buyer",
    "cancellation_policy": "Cancellation policy",
    "cancellation_answer": "Answer to a cancellation",
    "refund_policy": "Refund policy",
    "refund_refusal": "Why nothing was refunded",
    "other": "Anything else",
}


class QuoteState(StrEnum):
    OPEN = "open"
    SENT = "sent"
    ORDERED = "ordered"


@dataclass(frozen=True)
class QuoteLine:
    """`agreed` None: the usual price holds."""

    id: str
    sku: str
    name: str
    quantity: int
    price: "Money"
    agreed: "Money | None" = None


@dataclass(frozen=True)
class Quote:
    """An order that is not one yet. `url` is where the buyer can pay it."""

    id: QuoteId
    name: str
    state: QuoteState
    total: "Money"
    lines: tuple[QuoteLine, ...]
    version: str
    customer_id: CustomerId | None = None
    company_id: CompanyId | None = None
    order_id: OrderId | None = None
    note: str = ""
    tags: tuple[str, ...] = ()
    url: str = ""


class RiskLevel(StrEnum):
    PENDING = "pending"  # being looked at
    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class PublicFile:
    """A file in the store's own public files: whoever has the address can read it."""

    id: str
    url: str
