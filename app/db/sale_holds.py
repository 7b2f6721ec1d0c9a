"""Why a product is not for sale: each reason of ours, and how the product stood before the first of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import JSON, Field, SQLModel

from app.db.types import UtcDateTime, new_id, utc_now


class SaleHold(SQLModel, table=True):
    """One reason that keeps a product hidden or from being bought. `before` and `written` are SaleState as JSON.

    `before` is how the product stood before any reason of ours; it comes back when the last one is lifted.
    """

    __tablename__ = "sale_hold"
    __table_args__ = (UniqueConstraint("store_id", "product_id", "reason"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    product_id: str
    reason: str  # "compliance", "documents:<run>", "recall:<case>"
    run_id: str = Field(foreign_key="run.id")
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    written: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: str = "on"  # on | lifted
    note: str = ""  # how it ended, where not as planned
    since: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
