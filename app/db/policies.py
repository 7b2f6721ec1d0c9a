"""Every version of a store's policies and terms, with the time each was in force."""

from datetime import datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.db.types import UtcDateTime, new_id, utc_now


class PolicyVersion(SQLModel, table=True):
    """One text of one page. `in_force_to` is None while it is what buyers read; numbers count from 1 for each page."""

    __tablename__ = "policy_version"
    __table_args__ = (
        UniqueConstraint("store_id", "page_id", "number"),
        Index("ix_policy_in_force", "store_id", "in_force_from"),
    )
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    page_id: str
    number: int
    title: str
    url: str = ""
    sha256: str
    html: str = Field(sa_column=Column(Text, nullable=False))
    in_force_from: datetime = Field(sa_type=UtcDateTime)
    in_force_to: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    pdf_node_id: int | None = None
    html_node_id: int | None = None


class PolicyOfOrder(SQLModel, table=True):
    """Which version of a policy an order was placed under."""

    __tablename__ = "policy_of_order"
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    order_id: str = Field(primary_key=True)
    version_id: str = Field(foreign_key="policy_version.id", primary_key=True)
