"""Runs, their steps, the narrow queue of due work, and the ledger of outgoing effects."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Float, Index, UniqueConstraint, text
from sqlmodel import JSON, Field, SQLModel

from app.db.types import UtcDateTime, new_id, utc_now


class Run(SQLModel, table=True):
    """One scenario at work on one subject for one occasion."""

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("store_id", "scenario", "subject_type", "subject_id", "occasion"),
        Index("ix_run_subject", "store_id", "subject_type", "subject_id"),
        Index("ix_run_state", "store_id", "state"),
        Index("ix_run_latest", "store_id", "started_at"),
    )
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    scenario: str
    subject_type: str
    subject_id: str
    subject_name: str = ""  # what people call it: an order number, a product name
    occasion: str
    event_id: str
    correlation_id: str
    reasons: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: str = "running"  # running | waiting | done | quarantined | waiting_reauth | cancelled | shadow
    outcome: str = ""
    started_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StepRow(SQLModel, table=True):
    """One step of a run. `summary` says in a merchant's words what happened; `result` holds ids only."""

    __tablename__ = "step"
    __table_args__ = (
        UniqueConstraint("run_id", "seq"),
        Index("ix_step_failing", "store_id", "error_code", sqlite_where=text("error_code <> ''"),
              postgresql_where=text("error_code <> ''")),
    )  # fmt: skip
    id: str = Field(default_factory=new_id, primary_key=True)
    run_id: str = Field(foreign_key="run.id", index=True)
    store_id: str = Field(foreign_key="store.id")
    seq: int
    kind: str
    params: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    status: str = "pending"  # pending | waiting | done | skipped | quarantined | waiting_reauth | cancelled
    attempts: int = 0
    summary: str = ""
    result: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    error_code: str = ""
    error_message: str = ""
    error_hint: str = ""
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Work(SQLModel, table=True):
    """One due piece of work: an event to plan, a run to advance, a look into the past. Narrow; deleted when done.

    Times are seconds since 1970 by the database's clock. A leased lane has exactly one leased row (partial index).
    """

    __tablename__ = "work"
    __table_args__ = (
        UniqueConstraint("kind", "ref_id"),
        Index("ix_work_due", "due_at", "seq", sqlite_where=text("parked = ''"), postgresql_where=text("parked = ''")),
        Index("ix_work_lane_busy", "lane", unique=True, sqlite_where=text("lease_owner <> ''"),
              postgresql_where=text("lease_owner <> ''")),
        Index("ix_work_lane", "lane"),
    )  # fmt: skip
    seq: int | None = Field(default=None, primary_key=True)
    kind: str  # event | run | history
    ref_id: str
    store_id: str
    lane: str
    due_at: float = Field(sa_column=Column(Float(53), nullable=False))
    attempts: int = 0
    lost_leases: int = 0
    lease_owner: str = ""
    lease_until: float = Field(default=0.0, sa_column=Column(Float(53), nullable=False, default=0.0))
    fence: int = 0
    wakes: int = 0  # raised by whatever wants this work looked at now, also while it is leased
    parked: str = ""  # "" | quarantined | reauth:<upstream>


class Effect(SQLModel, table=True):
    """The outgoing ledger: written as intended before a call, confirmed after. Kept for ever (digests and ids only)."""

    __tablename__ = "effect"
    effect_key: str = Field(primary_key=True)
    store_id: str
    request_sha256: str = ""
    state: str = "intended"  # intended | confirmed
    external_id: str = ""
    result: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    fence: int = 0
    intended_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Singleton(SQLModel, table=True):
    """Who does a periodic thing now. `until` and `next_at` are seconds by the database's clock."""

    __tablename__ = "singleton"
    name: str = Field(primary_key=True)
    owner: str = ""
    until: float = Field(default=0.0, sa_column=Column(Float(53), nullable=False, default=0.0))
    next_at: float = Field(default=0.0, sa_column=Column(Float(53), nullable=False, default=0.0))
    fence: int = 0


class Watermark(SQLModel, table=True):
    """How far reconciliation has looked, per store and stream."""

    __tablename__ = "watermark"
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    stream: str = Field(primary_key=True)
    value: datetime = Field(sa_type=UtcDateTime)
