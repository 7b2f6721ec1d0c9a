"""Timers: what an object shall be reminded of, and when. Rows go when they have rung."""

from datetime import datetime

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import JSON, Field, SQLModel

from app.db.types import UtcDateTime, new_id, utc_now


class Timer(SQLModel, table=True):
    """One reminder of one object. A change of time or detail is a new timer, with an id of its own."""

    __tablename__ = "timer"
    __table_args__ = (UniqueConstraint("store_id", "object_type", "object_id", "name"), Index("ix_timer_due", "due_at"))
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    object_type: str
    object_id: str
    name: str
    due_at: datetime = Field(sa_type=UtcDateTime)
    detail: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    set_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
