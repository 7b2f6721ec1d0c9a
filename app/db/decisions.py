"""Clicks on an open task of a workflow: each is done once. What was decided is the engine's to say, never these rows.

No comment is kept here: what somebody wrote travels to OpenText and stays there.
"""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.db.types import UtcDateTime, utc_now


class DecisionClick(SQLModel, table=True):
    """One click. `state`: sent (being done, or nobody knows), done, refused."""

    __tablename__ = "decision_click"
    __table_args__ = (Index("ix_decision_click_object", "store_id", "object_type", "object_id"),)
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    click: str = Field(primary_key=True)  # session and form, as for everything else people ask for
    user_id: str
    object_type: str
    object_id: str
    engine: str
    instance_id: str
    task_id: str
    act: str
    outcome: str = ""
    state: str = "sent"
    tried_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
