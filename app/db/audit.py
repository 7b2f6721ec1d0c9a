"""Who did what: append-only, hash-chained per store, so that a quiet edit shows."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import JSON, Field, Session, SQLModel, col, select

from app.db.types import UtcDateTime, utc_now

GENESIS = "0" * 64


class AuditEntry(SQLModel, table=True):
    """One entry. `detail` holds ids and enumerations; `hash` covers the entry and the one before it."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_object", "store_id", "object"),)
    store_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    action: str
    object: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    prev_hash: str
    hash: str


def digest(entry: AuditEntry) -> str:
    body = json.dumps(
        [entry.store_id, entry.seq, entry.at.isoformat(), entry.actor, entry.action, entry.object, entry.detail],
        sort_keys=True, separators=(",", ":"), ensure_ascii=False,
    )  # fmt: skip
    return hashlib.sha256((entry.prev_hash + body).encode()).hexdigest()


def record(session: Session, store_id: str, actor: str, action: str, object_: str = "", **detail: Any) -> AuditEntry:
    """Append one entry in the caller's transaction; a rival for the same number makes the transaction fail."""
    last = session.exec(
        select(AuditEntry)
        .where(AuditEntry.store_id == store_id)
        .order_by(col(AuditEntry.seq).desc())
        .limit(1)
        .with_for_update()
    ).first()  # fmt: skip
    entry = AuditEntry(
        store_id=store_id, seq=last.seq + 1 if last else 1, at=utc_now(), actor=actor, action=action, object=object_,
        detail=detail, prev_hash=last.hash if last else GENESIS, hash="",
    )  # fmt: skip
    entry.hash = digest(entry)
    session.add(entry)
    session.flush()
    return entry


def first_bad_entry(session: Session, store_id: str) -> int | None:
    """The sequence number of the first entry that was changed, removed or reordered; None when the chain holds."""
    expected, previous = 1, GENESIS
    entries = session.exec(select(AuditEntry).where(AuditEntry.store_id == store_id).order_by(col(AuditEntry.seq)))
    for entry in entries:
        if entry.seq != expected or entry.prev_hash != previous or entry.hash != digest(entry):
            return expected
        expected, previous = entry.seq + 1, entry.hash
    return None
