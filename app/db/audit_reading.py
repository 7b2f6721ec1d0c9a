"""A store's audit log as its owner reads it: narrowed by who, what and when; and whole, in pages, for the export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlmodel import Session, col

from app.db.audit import AuditEntry
from app.db.stores import StoreUser

ENTRY: Any = AuditEntry
USER: Any = StoreUser
PAGE = 100
# Actors that are no person of the store; of some the id follows after a colon.
KINDS = ("system", "store", "buyer", "operator", "workflow", "store_user", "decision", "approver")


@dataclass(frozen=True)
class Narrowed:
    """Which entries. `who`: one of `KINDS` or "user:<id>"; `until` is exclusive; `before` is a number in the log."""

    who: str = ""
    what: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int = 0


@dataclass(frozen=True)
class Line:
    """One entry; `email` is empty where nobody of the store did it."""

    seq: int
    at: datetime
    actor: str
    email: str
    action: str
    object: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Head:
    """The newest entry: its number, and the hash that stands for everything up to it."""

    seq: int
    hash: str


def lines(session: Session, store_id: str, chosen: Narrowed, most: int = PAGE) -> tuple[Line, ...]:
    """The latest first."""
    statement: Select[Any] = (
        select(ENTRY.seq, ENTRY.at, ENTRY.actor, USER.email, ENTRY.action, ENTRY.object, ENTRY.detail)
        .outerjoin(USER, (USER.store_id == ENTRY.store_id) & (ENTRY.actor == "user:" + USER.id))
        .where(ENTRY.store_id == store_id, *_conditions(chosen))
        .order_by(ENTRY.seq.desc())
        .limit(most)
    )
    return tuple(
        Line(row.seq, row.at, row.actor, row.email or "", row.action, row.object, row.detail or {})
        for row in session.execute(statement)
    )


def _conditions(chosen: Narrowed) -> Iterator[ColumnElement[bool]]:
    if chosen.who in KINDS:
        yield or_(ENTRY.actor == chosen.who, col(ENTRY.actor).startswith(f"{chosen.who}:", autoescape=True))
    elif chosen.who:
        yield ENTRY.actor == chosen.who
    if chosen.what:
        yield ENTRY.action == chosen.what
    if chosen.since:
        yield ENTRY.at >= chosen.since
    if chosen.until:
        yield ENTRY.at < chosen.until
    if chosen.before:
        yield ENTRY.seq < chosen.before


def actions(session: Session, store_id: str) -> tuple[str, ...]:
    """What was ever done in this store."""
    statement = select(ENTRY.action).where(ENTRY.store_id == store_id).distinct().order_by(ENTRY.action)
    return tuple(session.execute(statement).scalars())


def head(session: Session, store_id: str) -> Head | None:
    """None where nothing was written yet."""
    statement = select(ENTRY.seq, ENTRY.hash).where(ENTRY.store_id == store_id).order_by(ENTRY.seq.desc()).limit(1)
    row = session.execute(statement).first()
    return Head(row.seq, row.hash) if row else None


def entries(session: Session, store_id: str, after: int, up_to: int, most: int) -> list[AuditEntry]:
    """Entries as they are stored, the first first."""
    statement = (
        select(AuditEntry)
        .where(ENTRY.store_id == store_id, ENTRY.seq > after, ENTRY.seq <= up_to)
        .order_by(ENTRY.seq)
        .limit(most)
    )
    return list(session.execute(statement).scalars())
