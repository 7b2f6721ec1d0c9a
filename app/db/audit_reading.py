"""A store's audit log as its owner reads it: narrowed by who, what and when; and whole, in pages, for the export."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlmodel import Session

from app.db.audit import AuditEntry
from app.db.stores import StoreUser

ENTRY: Any = AuditEntry
USER: Any = StoreUser
PAGE = 100
# The log is written in the order of time, so a day is a range of its numbers; clocks of two machines differ by less.
SKEW = timedelta(hours=1)
LAST = 2**31 - 1
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
        .where(ENTRY.store_id == store_id, *_conditions(store_id, chosen, most))
        .order_by(ENTRY.seq.desc())
        .limit(most)
    )
    return tuple(
        Line(row.seq, row.at, row.actor, row.email or "", row.action, row.object, row.detail or {})
        for row in session.execute(statement)
    )


def _conditions(store_id: str, chosen: Narrowed, most: int) -> Iterator[ColumnElement[bool]]:
    if chosen.who in KINDS:
        yield ENTRY.seq.in_(_of_kind(store_id, chosen, most))
    else:
        yield from _exactly(store_id, chosen)


def _of_kind(store_id: str, chosen: Narrowed, most: int) -> Select[Any]:
    """The numbers of a kind's latest entries, each part by the index of actors: of a million lines of others none is
    read. The second part is sorted by a value, or SQLite would walk the whole log in its order instead."""
    kind, others = chosen.who, tuple(_exactly(store_id, replace(chosen, who="")))
    within = select(ENTRY.seq).where(ENTRY.store_id == store_id, *others).limit(most)
    alone = within.where(ENTRY.actor == kind).order_by(ENTRY.seq.desc())
    with_id = within.where(ENTRY.actor >= f"{kind}:", ENTRY.actor < f"{kind};")  # ";" follows ":"
    with_id = with_id.order_by(func.coalesce(ENTRY.seq, ENTRY.seq).desc())
    return select(union_all(*(select(one.subquery()) for one in (alone, with_id))).subquery())


def _exactly(store_id: str, chosen: Narrowed) -> Iterator[ColumnElement[bool]]:
    if chosen.who:
        yield ENTRY.actor == chosen.who
    if chosen.what:
        yield ENTRY.action == chosen.what
    if chosen.since:
        earlier = select(ENTRY.seq).where(ENTRY.store_id == store_id, ENTRY.at < chosen.since - SKEW)
        first = earlier.order_by(ENTRY.at.desc()).limit(1).scalar_subquery()
        yield from (ENTRY.at >= chosen.since, ENTRY.seq > func.coalesce(first, 0))
    if chosen.until:
        later = select(ENTRY.seq).where(ENTRY.store_id == store_id, ENTRY.at >= chosen.until + SKEW)
        last = later.order_by(ENTRY.at).limit(1).scalar_subquery()
        yield from (ENTRY.at < chosen.until, ENTRY.seq < func.coalesce(last, LAST))
    if chosen.before:
        yield ENTRY.seq < chosen.before


def actions(session: Session, store_id: str) -> tuple[str, ...]:
    """What was ever done in this store, in order: from each to the next by the index, whatever the log's length."""
    first = select(func.min(ENTRY.action)).where(ENTRY.store_id == store_id)
    known = select(first.scalar_subquery().label("action")).cte("known", recursive=True)
    following = first.where(ENTRY.action > known.c.action).correlate(known).scalar_subquery()
    known = known.union_all(select(following).where(known.c.action.is_not(None)))
    return tuple(session.execute(select(known.c.action).where(known.c.action.is_not(None))).scalars())


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
