"""People of OpenText who decide here without a store account: their sessions, sign-ins under way, the stores they span.

A session belongs to the store through whose connection the person came in; which other stores it reaches is asked of
their connections at every request.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, and_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, delete

from app.db.stores import OpenTextConnection, StoreRow
from app.db.types import UtcDateTime, new_id, utc_now


class ApproverSession(SQLModel, table=True):
    """One browser's session. Of its secret only the digest is here; `tokens` is sealed JSON, NULL once OpenText no
    longer takes them; `version` counts their renewals."""

    __tablename__ = "approver_session"
    id: str = Field(default_factory=new_id, primary_key=True)
    secret_sha256: str = Field(unique=True)
    store_id: str = Field(foreign_key="store.id", index=True)
    member_id: int  # in Content Server
    login: str
    name: str = ""
    locale: str = "en"
    connection_version: int
    tokens: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    version: int = 1
    refresh_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)  # of the access token
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # somebody is renewing it
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    used_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ApproverAttempt(SQLModel, table=True):
    """Somebody is on the way to OpenText's sign-in page; taken up once, by the browser it began in."""

    __tablename__ = "approver_attempt"
    state_sha256: str = Field(primary_key=True)
    store_id: str = Field(foreign_key="store.id", index=True)
    browser_sha256: str
    connection_version: int
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


@dataclass(frozen=True)
class StoreBeside:
    """A store an approver's inbox spans."""

    id: str
    name: str
    timezone: str


def stores_beside(session: Session, store_id: str) -> tuple[StoreBeside, ...]:
    """The store itself and those connected to the very same OpenText: sign-in, Content Server, workflows and tenant.

    All four have to be equal: a store that merely names somebody else's sign-in must not be listed beside theirs.
    """
    own: Any = aliased(OpenTextConnection)
    other: Any = aliased(OpenTextConnection)
    store: Any = StoreRow
    names = ("otds_url", "content_server_url", "workflow_url", "workflow_tenant")
    same: list[Any] = [getattr(own, name) == getattr(other, name) for name in names]
    columns: tuple[Any, ...] = (store.id, store.name, store.timezone)
    statement = (
        select_columns(*columns)
        .join(other, other.store_id == store.id)
        .join(own, and_(*same))
        .where(own.store_id == store_id, store.state != "uninstalled")
        .order_by(store.name, store.id)
    )
    return tuple(StoreBeside(row.id, row.name, row.timezone) for row in session.execute(statement))


def forget_store(session: Session, store_id: str) -> None:
    """End everybody's who came in through this store, in the caller's transaction."""
    for table in (ApproverSession, ApproverAttempt):
        session.execute(delete(table).where(col(table.store_id) == store_id))


def forget_old(session: Session, before: datetime) -> None:
    """Sessions that began before then, and attempts nobody came back from; in the caller's transaction."""
    session.execute(delete(ApproverSession).where(col(ApproverSession.created_at) < before))
    session.execute(delete(ApproverAttempt).where(col(ApproverAttempt.expires_at) < utc_now()))
