"""Who did what: append-only, hash-chained per store, so that a quiet edit shows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import JSON, Field, Session, SQLModel, col, select

from app.db.types import UtcDateTime, bytewise, utc_now
from app.domain import audit_chain
from app.domain.audit_chain import GENESIS


class AuditEntry(SQLModel, table=True):
    """One entry. `hash` covers the entry and the one before it.

    `detail` holds ids, enumerations, and of what a person wrote what `said` makes of it.
    """

    __tablename__ = "audit"
    # How its readers narrow it, each with the log's own order behind: about what, what was done, by whom; and when.
    __table_args__ = (
        Index("ix_audit_object", "store_id", "object", "seq"),
        Index("ix_audit_action", "store_id", "action", "seq"),
        Index("ix_audit_actor", "store_id", "actor", "seq"),
        Index("ix_audit_at", "store_id", "at"),
    )
    store_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(sa_column=Column(bytewise(), nullable=False))
    action: str
    object: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    prev_hash: str
    hash: str


def as_exported(entry: AuditEntry) -> dict[str, Any]:
    """An entry as the chain and the exported file have it."""
    return {name: getattr(entry, name) for name in audit_chain.FIELDS} | {"at": entry.at.isoformat()}


def digest(entry: AuditEntry) -> str:
    return audit_chain.entry_hash(as_exported(entry))


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


def forget_words(session: Session, store_id: str, objects: Iterable[str] | None = None) -> int:
    """Take what people wrote out of a store's entries, of all or of those about certain objects ("order:118"); the
    digests stay, so that the chain holds. Returns how many entries lost words."""
    about, count = None if objects is None else frozenset(objects), 0
    for entry in session.exec(select(AuditEntry).where(AuditEntry.store_id == store_id)):
        if about is not None and not about & {entry.object, str(entry.detail.get("about"))}:
            continue
        kept = {name: audit_chain.forgotten(value) for name, value in entry.detail.items()}
        if kept != entry.detail:
            entry.detail, count = kept, count + 1
    session.flush()
    return count
