"""What stores asked of us about people's data, and what came of it. Ids and counts only: no name, no address."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, select
from sqlmodel import JSON, Field, Session, SQLModel, col

from app.db.types import UtcDateTime, new_id


class PrivacyRequest(SQLModel, table=True):
    """One request. `kind`: data, person or store. `report`: what was done; what OpenText keeps, by link and reason."""

    __tablename__ = "privacy_request"
    __table_args__ = (Index("ix_privacy_request_store", "store_id", "received_at"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    event_id: str = Field(unique=True)
    kind: str
    reference: str = ""  # the store's own number of it
    customer_id: str = ""
    order_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    received_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    report: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


def requests(session: Session, store_id: str, most: int = 200) -> list[PrivacyRequest]:
    """The newest first."""
    statement = (
        select(PrivacyRequest)
        .where(col(PrivacyRequest.store_id) == store_id)
        .order_by(col(PrivacyRequest.received_at).desc())
    )
    return list(session.execute(statement.limit(most)).scalars())


def request_of_event(session: Session, event_id: str) -> PrivacyRequest | None:
    statement = select(PrivacyRequest).where(col(PrivacyRequest.event_id) == event_id)
    return session.execute(statement).scalar_one_or_none()
