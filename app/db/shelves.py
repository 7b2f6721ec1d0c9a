"""What a buyer may read: one shelf for each order or account. The documents on it are SharedDocument rows."""

from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import JSON, Field, SQLModel

from app.db.types import UtcDateTime, new_id, utc_now


class Shelf(SQLModel, table=True):
    """One order's or customer's documents behind one signed link. The link is not kept: it is made from the row."""

    __tablename__ = "shelf"
    __table_args__ = (UniqueConstraint("store_id", "object_type", "object_id"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    object_type: str
    object_id: str
    object_name: str
    products: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # their papers too
    expires_at: datetime = Field(sa_type=UtcDateTime)
    is_revoked: bool = False
    round: int = 1  # raised when the link is withdrawn: earlier links stop working
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
