"""Who had a document in their hands, from the audit: opened, downloaded or filed from a panel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.db.audit import AuditEntry
from app.db.stores import StoreUser

ENTRY: Any = AuditEntry
USER: Any = StoreUser
ACTIONS = ("document.fetched", "document.previewed", "document.filed", "document.version_filed")
MOST = 30


@dataclass(frozen=True)
class Reading:
    """Who did what with which version when. `version` is 0 where it was not noted; `who` is an e-mail address."""

    action: str
    who: str
    version: int
    at: datetime


def of_document(session: Session, store_id: str, node_id: int) -> tuple[Reading, ...]:
    """The latest first."""
    statement = (
        select(ENTRY.action, ENTRY.actor, ENTRY.detail, ENTRY.at, USER.email)
        .outerjoin(USER, (USER.store_id == ENTRY.store_id) & (ENTRY.actor == "user:" + USER.id))
        .where(ENTRY.store_id == store_id, ENTRY.object == f"node:{node_id}", ENTRY.action.in_(ACTIONS))
        .order_by(ENTRY.seq.desc())
        .limit(MOST)
    )
    return tuple(
        Reading(row.action, row.email or "", int((row.detail or {}).get("version") or 0), row.at)
        for row in session.execute(statement)
    )
