"""Cases and their number ranges: what stores have no object for."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import JSON, Field, Session, SQLModel, col

from app.db.types import UtcDateTime, new_id, utc_now


class CaseRow(SQLModel, table=True):
    """One case. `cause_key` makes opening it twice harmless; `version` counts its changes.

    `amount` is a decimal as text (empty: none) in `currency`; empty ids mean "none". `additions` are what happened
    since, each with the `key` that makes adding it twice harmless.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        UniqueConstraint("store_id", "cause_key"),
        UniqueConstraint("store_id", "number"),
        Index("ix_case_order", "store_id", "order_id"),
        Index("ix_case_customer", "store_id", "customer_id"),
        Index("ix_case_product", "store_id", "product_id"),
    )
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    kind: str
    number: str
    cause_key: str
    state: str = "open"
    title: str
    reason: str = ""
    text: str = ""
    opened_by: str = ""
    opened_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1
    order_id: str = ""
    order_number: str = ""
    customer_id: str = ""
    customer_name: str = ""
    company_id: str = ""
    product_id: str = ""  # of a case about one product and no order: a recall, a campaign
    items: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    amount: str = ""
    currency: str = ""
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    external_id: str = ""
    outcome: str = ""
    values: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    additions: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class CaseNumber(SQLModel, table=True):
    """The last number given to a kind of case in a store."""

    __tablename__ = "case_number"
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    kind: str = Field(primary_key=True)
    last: int


def next_number(session: Session, store_id: str, kind: str, first: int) -> int:
    """The next number of the range, in the caller's transaction: rolled back, it is given again."""
    table: Any = CaseNumber.__table__  # type: ignore[attr-defined]
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(store_id=store_id, kind=kind, last=first)
    statement = statement.on_conflict_do_update(
        index_elements=["store_id", "kind"], set_={"last": table.c.last + 1}
    ).returning(table.c.last)
    return int(session.execute(statement).scalar_one())


def by_cause(session: Session, store_id: str, cause_key: str) -> CaseRow | None:
    statement = select(CaseRow).where(col(CaseRow.store_id) == store_id, col(CaseRow.cause_key) == cause_key)
    return session.execute(statement).scalar_one_or_none()


def by_id(session: Session, store_id: str, case_id: str) -> CaseRow | None:
    """The case, also None for another store's."""
    row = session.get(CaseRow, case_id)
    return row if row is not None and row.store_id == store_id else None


def of_account(session: Session, store_id: str, object_type: str, object_id: str) -> list[CaseRow]:
    """The cases of a customer or company, the oldest first."""
    owner = col(CaseRow.company_id) if object_type == "company" else col(CaseRow.customer_id)
    statement = (
        select(CaseRow)
        .where(col(CaseRow.store_id) == store_id, owner == object_id)
        .order_by(col(CaseRow.opened_at), col(CaseRow.id))
    )
    return list(session.execute(statement).scalars())


def of_order(session: Session, store_id: str, order_id: str) -> list[CaseRow]:
    """The order's cases, the oldest first."""
    statement = (
        select(CaseRow)
        .where(col(CaseRow.store_id) == store_id, col(CaseRow.order_id) == order_id)
        .order_by(col(CaseRow.opened_at), col(CaseRow.id))
    )
    return list(session.execute(statement).scalars())
