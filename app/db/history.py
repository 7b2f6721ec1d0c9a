"""Looks into a store's past: dry runs (what a scenario would have done) and imports (files for what was there)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import JSON, Field, Session, SQLModel, col, select

from app.db.types import UtcDateTime, new_id, utc_now


class HistoryJob(SQLModel, table=True):
    """One look. `reached` and `pending` are its checkpoint: everything placed before `reached` has been listed, the
    ids in `pending` have not been looked at. `listed` holds the first findings as pages show them."""

    __tablename__ = "history_job"
    __table_args__ = (Index("ix_history_job_store", "store_id", "started_at"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    kind: str  # dry_run | import
    scenario: str = ""  # a dry run's; an import serves every scenario that may be applied to the past
    values: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    reached: datetime = Field(sa_type=UtcDateTime)
    pending: list[list[str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # [id, version]
    looked: int = 0
    found: int = 0
    listed: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    state: str = "running"  # running | done | stopped | quarantined | waiting_reauth
    problem: str = ""
    asked_by: str = ""
    started_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def of_store(session: Session, store_id: str, most: int = 10) -> list[HistoryJob]:
    """The latest first."""
    statement = (
        select(HistoryJob)
        .where(HistoryJob.store_id == store_id)
        .order_by(col(HistoryJob.started_at).desc())
        .limit(most)
    )
    return list(session.exec(statement))
