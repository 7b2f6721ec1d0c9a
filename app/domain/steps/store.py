"""Steps that write to the store's objects."""

from dataclasses import dataclass
from typing import Literal

from app.domain.commerce import OrderStatus
from app.domain.ids import ObjectType
from app.domain.trade import CompanyState


@dataclass(frozen=True)
class SetOrderStatus:
    """Move the order to `status` if it is in one of `only_from` now; otherwise the step is skipped and says so.

    `note` (may be empty) is appended to the staff notes, once; {placeholders} are facts of the run. `only_if` (may be
    empty) names a fact of the run that must be "yes". `is_wish`: where the store finds the status by itself and does
    not take it over, nothing is wrong.
    """

    status: OrderStatus
    only_from: tuple[OrderStatus, ...]
    note: str = ""
    only_if: str = ""
    is_wish: bool = False
    kind: Literal["set_order_status"] = "set_order_status"


@dataclass(frozen=True)
class AddNote:
    """Append one line for the staff to the order or the customer the run is about, once.

    `text` may hold {placeholders}: reasons, decided_by, comment, case, values of the decision and facts of the run.
    """

    on: Literal["order", "customer"]
    text: str
    kind: Literal["add_note"] = "add_note"


@dataclass(frozen=True)
class AmendOrder:
    """Carry out what was decided about missing goods, where the store lets an app change an order.

    "substitute": what is missing goes, what the decision names (`substitute_skus`) comes in its place and costs no
    more. "split": what is missing is held back, so that the rest can leave. Where the store has no such thing, or
    somebody changed the order since it was looked at (facts `short_json`, `order_json`), it is left out and says so.
    """

    what: Literal["substitute", "split"]
    kind: Literal["amend_order"] = "amend_order"


@dataclass(frozen=True)
class LinkInStore:
    """Leave the workspace's id and address on the store's object (a metafield), for people and other tools."""

    object_type: ObjectType
    kind: Literal["link_in_store"] = "link_in_store"


@dataclass(frozen=True)
class TellAccounts:
    """Tell the customer and the company an order belongs to that it moved on: their own scenarios look at it."""

    kind: Literal["tell_accounts"] = "tell_accounts"


@dataclass(frozen=True)
class SetCompanyState:
    """Bring the company to `state` if it is in one of `only_from` now; otherwise the step is skipped and says so."""

    state: CompanyState
    only_from: tuple[CompanyState, ...]
    kind: Literal["set_company_state"] = "set_company_state"


@dataclass(frozen=True)
class ReportGaps:
    """Compare the store's changes of the last `days` with what we know, make up for what is missing, say what was."""

    days: int = 2
    kind: Literal["report_gaps"] = "report_gaps"


@dataclass(frozen=True)
class SetUpStore:
    """After installation: read the profile, register webhooks and app extensions."""

    kind: Literal["set_up_store"] = "set_up_store"


Steps = AmendOrder | SetOrderStatus | AddNote | LinkInStore | TellAccounts | SetCompanyState | ReportGaps | SetUpStore
__all__ = [
    "AddNote",
    "AmendOrder",
    "LinkInStore",
    "ReportGaps",
    "SetCompanyState",
    "SetOrderStatus",
    "SetUpStore",
    "TellAccounts",
]
