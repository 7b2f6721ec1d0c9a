"""Cases: opened once per cause, added to, closed. Every change is an event the planner reads like any other.

Case and event are written in one transaction, so that no case is left without whoever shall work on it.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from app.db import cases as rows
from app.db.cases import CaseRow
from app.db.session import UnitOfWork, reading, unit_of_work
from app.db.types import utc_now
from app.domain.cases import Case, CaseAddition, CaseItem, CaseKind, CaseState
from app.domain.commerce import Money
from app.domain.events import Source, Topic
from app.domain.ids import CaseId, CompanyId, CustomerId, ObjectType, OrderId, StoreId
from app.engine.deps import Deps
from app.engine.inbox import NewEvent
from app.errors import NotFound

FIRST = 1001
PREFIXES = {
    CaseKind.RETURN: "RMA", CaseKind.COMPLAINT: "C", CaseKind.DISPUTE: "D", CaseKind.RECALL: "REC",
    CaseKind.CAMPAIGN: "CAM", CaseKind.PRICE_REQUEST: "PR", CaseKind.APPLICATION: "APP",
}  # fmt: skip
TITLES = {
    CaseKind.RETURN: "Return", CaseKind.COMPLAINT: "Complaint", CaseKind.DISPUTE: "Dispute",
    CaseKind.RECALL: "Recall", CaseKind.CAMPAIGN: "Campaign", CaseKind.PRICE_REQUEST: "Price request",
    CaseKind.APPLICATION: "Application",
}  # fmt: skip
LONGEST_TEXT = 4000


@dataclass(frozen=True)
class NewCase:
    """What a case is opened with. `cause_key`: the same one gives the same case. `opened_by` is who, in words."""

    kind: CaseKind
    cause_key: str
    opened_by: str
    reason: str = ""
    text: str = ""
    title: str = ""
    order_id: OrderId | None = None
    order_number: str = ""
    customer_id: CustomerId | None = None
    customer_name: str = ""
    company_id: CompanyId | None = None
    items: tuple[CaseItem, ...] = ()
    amount: Money | None = None
    due_at: datetime | None = None
    external_id: str = ""
    values: dict[str, str] = field(default_factory=dict)


def open_case(deps: Deps, store_id: StoreId, new: NewCase, source: Source = Source.PERSON) -> Case:
    """Open it, or give the one this cause opened before."""
    with unit_of_work(deps.database) as uow:
        row = rows.by_cause(uow.session, store_id, new.cause_key)
        if row is None:
            row = _row(uow.session, store_id, new)
            uow.session.add(row)
            uow.session.flush()
        _tell(deps, uow, row, "opened", source)
        return case_of(row)


def _row(session: Session, store_id: StoreId, new: NewCase) -> CaseRow:
    number = rows.next_number(session, store_id, new.kind.value, FIRST)
    return CaseRow(
        store_id=store_id, kind=new.kind.value, number=f"{PREFIXES[new.kind]}-{number}", cause_key=new.cause_key,
        title=new.title or TITLES[new.kind], reason=new.reason, text=new.text[:LONGEST_TEXT], opened_by=new.opened_by,
        order_id=new.order_id or "", order_number=new.order_number, customer_id=new.customer_id or "",
        customer_name=new.customer_name, company_id=new.company_id or "", product_id=_product(new),
        items=[asdict(item) for item in new.items], amount=str(new.amount.amount) if new.amount else "",
        currency=new.amount.currency if new.amount else "", due_at=new.due_at, external_id=new.external_id,
        values=dict(new.values),
    )  # fmt: skip


def _product(new: NewCase) -> str:
    """What a case without an order is about, where that is one product."""
    products = {str(item.product_id) for item in new.items if item.product_id}
    return products.pop() if len(products) == 1 and not new.order_id else ""


def add(
    deps: Deps, store_id: StoreId, case_id: str, key: str, by: str, text: str, *,
    values: dict[str, str] | None = None, due_at: datetime | None = None, source: Source = Source.PERSON,
) -> Case:  # fmt: skip
    """Note what happened, once for each `key`; `values` are added to the case's own. Raises NotFound."""
    with unit_of_work(deps.database) as uow:
        row = _own(uow.session, store_id, case_id)
        if all(one["key"] != key for one in row.additions):
            row.additions = [*row.additions, _addition(key, by, text)]
            row.values = row.values | (values or {})
            row.due_at = due_at or row.due_at
            _changed(row)
        _tell(deps, uow, row, "added", source)
        return case_of(row)


def close(
    deps: Deps, store_id: StoreId, case_id: str, outcome: str, by: str, *,
    state: CaseState = CaseState.CLOSED, source: Source = Source.PERSON,
) -> Case:  # fmt: skip
    """Bring the case to its end, or to "decided". A closed one stays as it was closed. Raises NotFound."""
    with unit_of_work(deps.database) as uow:
        row = _own(uow.session, store_id, case_id)
        if row.state not in (CaseState.CLOSED.value, state.value):
            row.state, row.outcome = state.value, outcome or row.outcome
            row.closed_at = utc_now() if state is CaseState.CLOSED else None
            row.additions = [*row.additions, _addition(f"state:{state.value}", by, outcome)]
            _changed(row)
        _tell(deps, uow, row, row.state, source)
        return case_of(row)


def set_amount(deps: Deps, store_id: StoreId, case_id: str, amount: Money) -> None:
    """What it is about in money, worked out anew; nobody has to be told. Raises NotFound."""
    with unit_of_work(deps.database) as uow:
        row = _own(uow.session, store_id, case_id)
        row.amount, row.currency, row.changed_at = str(amount.amount), amount.currency, utc_now()


def note(deps: Deps, store_id: StoreId, case_id: str, values: dict[str, str], *, external_id: str = "") -> None:
    """Keep what is ours to know (names that begin with "_" are shown nowhere); nobody is told. Raises NotFound."""
    with unit_of_work(deps.database) as uow:
        row = _own(uow.session, store_id, case_id)
        row.values = row.values | values
        row.external_id = external_id or row.external_id


def _own(session: Session, store_id: StoreId, case_id: str) -> CaseRow:
    row = rows.by_id(session, store_id, case_id)
    if row is None:
        raise NotFound("There is no such case.")
    return row


def _addition(key: str, by: str, text: str) -> dict[str, Any]:
    return {"key": key, "at": utc_now().isoformat(), "by": by, "text": text[:LONGEST_TEXT]}


def _changed(row: CaseRow) -> None:
    row.version, row.changed_at = row.version + 1, utc_now()


def _tell(deps: Deps, uow: UnitOfWork, row: CaseRow, change: str, source: Source) -> None:
    """The event of this version, in the same transaction; told before, it is not told again."""
    deps.intake.accept_within(
        uow,
        NewEvent(
            store_id=StoreId(row.store_id), source=source, delivery_key=f"case:{row.id}:{row.version}",
            topic=Topic.CASE_CHANGED, object_type=ObjectType.CASE.value, object_id=row.id,
            detail={"kind": row.kind, "state": row.state, "change": change},
        ),
    )  # fmt: skip


def read(deps: Deps, store_id: StoreId, case_id: str) -> Case:
    """The case as it stands now. Raises NotFound."""
    with reading(deps.database) as session:
        return case_of(_own(session, store_id, case_id))


def find(deps: Deps, store_id: StoreId, cause_key: str) -> Case | None:
    """The case this cause opened."""
    with reading(deps.database) as session:
        row = rows.by_cause(session, store_id, cause_key)
        return case_of(row) if row else None


def of_external(deps: Deps, store_id: StoreId, kind: CaseKind, order_id: str, external_id: str) -> Case | None:
    """The order's latest case about what the store itself knows under this id."""
    found = [one for one in of_order(deps, store_id, order_id) if one.kind is kind and one.external_id == external_id]
    return found[-1] if found else None


def of_order(deps: Deps, store_id: StoreId, order_id: str) -> list[Case]:
    """The order's cases, the oldest first."""
    with reading(deps.database) as session:
        return [case_of(row) for row in rows.of_order(session, store_id, order_id)]


def of_customer(deps: Deps, store_id: StoreId, customer_id: str) -> list[Case]:
    """The buyer's cases, the oldest first."""
    with reading(deps.database) as session:
        return [case_of(row) for row in rows.of_account(session, store_id, "customer", customer_id)]


def case_of(row: CaseRow) -> Case:
    return Case(
        id=CaseId(row.id), number=row.number, kind=CaseKind(row.kind), state=CaseState(row.state), title=row.title,
        reason=row.reason, text=row.text, opened_at=row.opened_at, opened_by=row.opened_by, version=str(row.version),
        order_id=OrderId(row.order_id) if row.order_id else None, order_number=row.order_number,
        customer_name=row.customer_name, customer_id=CustomerId(row.customer_id) if row.customer_id else None,
        company_id=CompanyId(row.company_id) if row.company_id else None,
        items=tuple(CaseItem(**one) for one in row.items),
        amount=Money(Decimal(row.amount), row.currency) if row.amount else None, due_at=row.due_at,
        external_id=row.external_id, outcome=row.outcome, values={k: str(v) for k, v in row.values.items()},
        additions=tuple(
            CaseAddition(datetime.fromisoformat(one["at"]), one["by"], one["text"]) for one in row.additions
        ),
    )  # fmt: skip
