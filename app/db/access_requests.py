"""Who asked to see what OpenText has about an object, and whether it was answered: entries of the audit, no table.

A request names the store's object and the person, never anything in OpenText. It ends when a manager says that it was
dealt with, and by itself after a month.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from app.db import audit
from app.db.audit import AuditEntry
from app.db.links import SubjectSnapshot
from app.db.stores import StoreUser
from app.db.types import utc_now

ENTRY: Any = AuditEntry
USER: Any = StoreUser
SNAPSHOT: Any = SubjectSnapshot
ASKED, ANSWERED = "access.requested", "access.answered"
OBJECT = "access"  # of every such entry: found by the index
OPEN_FOR = timedelta(days=30)
MOST_READ, MOST = 500, 8


@dataclass(frozen=True)
class AccessRequest:
    """Somebody waits for access. `who` is an e-mail address, `object_name` the store's own name of the object."""

    number: int
    user_id: str
    who: str
    object_type: str
    object_id: str
    object_name: str
    at: datetime


def ask(session: Session, store_id: str, user_id: str, object_type: str, object_id: str) -> bool:
    """Note a request in the caller's transaction; False where the same person asks for the same already."""
    if asked_at(session, store_id, user_id, object_type, object_id) is not None:
        return False
    audit.record(session, store_id, f"user:{user_id}", ASKED, OBJECT, about=f"{object_type}:{object_id}")
    return True


def answer(session: Session, store_id: str, by: str, number: int) -> bool:
    """A manager dealt with it, one way or the other. False where it is not open (any more)."""
    found = next((one for one in _open(session, store_id) if one.seq == number), None)
    if found is None:
        return False
    audit.record(
        session, store_id, f"user:{by}", ANSWERED, OBJECT, about=found.detail["about"], of=found.actor, number=number
    )
    return True


def asked_at(session: Session, store_id: str, user_id: str, object_type: str, object_id: str) -> datetime | None:
    """When this person asked for this object; None where nothing is open."""
    key = (f"user:{user_id}", f"{object_type}:{object_id}")
    return next((one.at for one in _open(session, store_id) if (one.actor, one.detail["about"]) == key), None)


def waiting(session: Session, store_id: str) -> tuple[AccessRequest, ...]:
    """What managers are asked for, the longest waiting first; two statements, three where somebody waits."""
    found = sorted(_open(session, store_id), key=lambda one: one.seq)[:MOST]
    if not found:
        return ()
    users = {one.actor.partition(":")[2] for one in found}
    known = select(USER.id, USER.email).where(USER.store_id == store_id, USER.id.in_(users))
    emails = {row.id: row.email for row in session.execute(known)}
    return tuple(_request(session, store_id, one, emails) for one in found)


def _request(session: Session, store_id: str, row: Any, emails: dict[str, str]) -> AccessRequest:
    user_id = row.actor.partition(":")[2]
    kind, _colon, object_id = str(row.detail["about"]).partition(":")
    name = session.execute(
        select(SNAPSHOT.name).where(
            SNAPSHOT.store_id == store_id, SNAPSHOT.object_type == kind, SNAPSHOT.object_id == object_id
        )
    ).scalar()
    return AccessRequest(row.seq, user_id, emails.get(user_id, ""), kind, object_id, name or "", row.at)


def _open(session: Session, store_id: str) -> list[Any]:
    """The newest first; a request whose person and object have a later answer is over."""
    # By value: SQLite would read the whole month's log, and not the few entries of this kind.
    recent = func.coalesce(ENTRY.at, ENTRY.at) > utc_now() - OPEN_FOR
    statement = (
        select(ENTRY.seq, ENTRY.actor, ENTRY.action, ENTRY.detail, ENTRY.at)
        .where(ENTRY.store_id == store_id, ENTRY.object == OBJECT, recent)
        .order_by(ENTRY.seq.desc())
        .limit(MOST_READ)
    )
    over: set[tuple[str, str]] = set()
    found = []
    for row in session.execute(statement):
        if row.action == ANSWERED:
            over.add((row.detail["of"], row.detail["about"]))
        elif row.action == ASKED and (row.actor, row.detail["about"]) not in over:
            found.append(row)
    return found
