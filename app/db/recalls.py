"""Whom a recall concerns: each order with an affected product, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import JSON, Field, SQLModel

from app.db.types import UtcDateTime, utc_now


class RecallSearch(SQLModel, table=True):
    """How far the search for a recall's orders has come; `reached` is the day up to which everything was read."""

    __tablename__ = "recall_search"
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    case_id: str = Field(primary_key=True)
    skus: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    reached: datetime = Field(sa_type=UtcDateTime)
    is_done: bool = False
    started_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class RecallOrder(SQLModel, table=True):
    """One order a recall concerns. `items` are {"sku", "name", "quantity"} of the affected lines."""

    __tablename__ = "recall_order"
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    case_id: str = Field(primary_key=True)
    order_id: str = Field(primary_key=True)
    order_number: str
    customer_id: str = ""
    placed_at: datetime = Field(sa_type=UtcDateTime)
    items: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    state: str = "found"  # found | told | remedied | no_answer
    remedy: str = ""  # refund, replacement, repair, disposed of: what was done
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_by: str = ""
