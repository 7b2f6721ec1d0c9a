"""Deliveries as they came in: append-only, unique per sender's key, raw body encrypted and purged later."""

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import JSON, Field, SQLModel

from app.db.types import UtcDateTime, new_id, utc_now

# The only ends. `accepted` and `planned` are on the way there.
ENDS = ("done", "ignored", "quarantined", "cancelled")


class InboxEvent(SQLModel, table=True):
    """One delivery. `store_id` is what the sender's signature proved; an unknown store's ends ignored."""

    __tablename__ = "inbox_event"
    __table_args__ = (
        UniqueConstraint("store_id", "source", "delivery_key"),
        Index("ix_inbox_accepted", "received_at", sqlite_where=text("state = 'accepted'"),
              postgresql_where=text("state = 'accepted'")),
        Index("ix_inbox_object", "store_id", "object_type", "object_id"),
        # what pages ask: the latest of a store, and what has not come to its end
        Index("ix_inbox_latest", "store_id", "received_at"),
        Index("ix_inbox_open", "store_id", "state", sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str
    source: str
    delivery_key: str
    topic: str
    object_type: str = ""
    object_id: str = ""
    detail: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    received_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: str = "accepted"  # accepted | planned | waiting_reauth | done | ignored | quarantined | cancelled
    reason: str = ""
    correlation_id: str = Field(default_factory=new_id, index=True)
    raw: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    raw_sha256: str = ""
