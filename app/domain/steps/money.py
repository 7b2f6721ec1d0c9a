"""Steps that move money: what was paid is given back, an authorised payment is taken or let go."""

from dataclasses import dataclass
from typing import Literal

from app.domain.commerce import OrderStatus


@dataclass(frozen=True)
class Refund:
    """Give money back for the order the run is about, once, and never more than is left of it.

    `what`: "items", those of the case; "shortfall", what stock does not cover; "order", all that is left. An amount
    the workflow decided (`refund_amount`) comes before what the items cost. `preference` (may be empty) names a
    switch of the scenario that must be on. The refund is found again by `reason`, which may hold {placeholders}.
    """

    what: Literal["items", "shortfall", "order"]
    reason: str
    preference: str = ""
    kind: Literal["refund"] = "refund"


@dataclass(frozen=True)
class QuoteRefund:
    """Ask the store what giving back the case's items would pay, tax and all; the case shows that as its amount."""

    kind: Literal["quote_refund"] = "quote_refund"


@dataclass(frozen=True)
class SettlePayment:
    """Take ("capture") or let go ("void") a payment that is only authorised; otherwise the step is left out.

    Only while the order stands in one of `only_from`, and only while the switch `preference` (may be empty) is on.
    """

    action: Literal["capture", "void"]
    only_from: tuple[OrderStatus, ...]
    preference: str = ""
    kind: Literal["settle_payment"] = "settle_payment"


Steps = Refund | QuoteRefund | SettlePayment
__all__ = ["QuoteRefund", "Refund", "SettlePayment"]
