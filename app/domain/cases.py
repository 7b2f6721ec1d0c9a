"""Cases: what stores have no object for. Ours, with our own number; a store that knows one gives its id as well."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.commerce import Money
from app.domain.ids import CaseId, CompanyId, CustomerId, OrderId


class CaseKind(StrEnum):
    """What a case is about. Each has its workspace type, its number range and its form."""

    RETURN = "return"  # return, refund dispute, warranty claim, damaged goods
    COMPLAINT = "complaint"
    DISPUTE = "dispute"  # a chargeback or inquiry of the payment provider
    RECALL = "recall"
    CAMPAIGN = "campaign"
    PRICE_REQUEST = "price_request"  # a special or contract price, a promotion override
    APPLICATION = "application"  # a B2B registration or credit request


class CaseState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"
    CLOSED = "closed"


@dataclass(frozen=True)
class CaseItem:
    """What of an order or catalogue the case is about. `line_id` is the store's order line id, or empty."""

    sku: str
    name: str
    quantity: int
    line_id: str = ""
    product_id: str = ""


@dataclass(frozen=True)
class CaseAddition:
    """Something that happened to a case after it was opened: a message, a decision, its end."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True)
class Case:
    """A case as it stands now. Times are aware UTC. `values` holds what its kind's form asks for, by field name.

    `reason` is one of the kind's codes; `text` is what a person wrote. `external_id` is the store's own id of it
    (a Shopify return, a dispute), or empty. `additions` is what happened since, oldest first.
    """

    id: CaseId
    number: str
    kind: CaseKind
    state: CaseState
    title: str
    reason: str
    text: str
    opened_at: datetime
    opened_by: str
    version: str
    order_id: OrderId | None = None
    order_number: str = ""
    customer_name: str = ""
    customer_id: CustomerId | None = None
    company_id: CompanyId | None = None
    items: tuple[CaseItem, ...] = ()
    amount: Money | None = None
    due_at: datetime | None = None
    external_id: str = ""
    outcome: str = ""
    values: dict[str, str] = field(default_factory=dict)
    additions: tuple["CaseAddition", ...] = ()

    @property
    def name(self) -> str:
        return f"{self.title} {self.number}"
