"""Composed communications, their deliveries by recipient, and what jobs reported about them.

A communication is composed and filed once (`job_key`); each delivery of it is an attempt of its own. Addresses are kept
masked, the composed bytes sealed and only until they are filed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint, func, select, update
from sqlmodel import JSON, Field, Session, SQLModel, col

from app.db.types import UtcDateTime, new_id, utc_now

# How a delivery may stand beside the states of `DeliveryState`.
SENDING = "sending"  # the call is under way, or whoever made it is gone
UNKNOWN = "unknown"  # nobody knows whether it went out: never repeated by itself
REFUSED = "refused"  # surely nothing went out: the same attempt may be made again
GIVEN_UP = "given_up"  # watched for as long as the settings say, without an end


class CommunicationRow(SQLModel, table=True):
    """One document composed in Exstream. `state`: composing, composed (bytes in `contents`), filed (`outputs`).

    `compositions` counts what a licence may count; `outputs` are `FiledOutput`s as JSON, the archive copy first.
    """

    __tablename__ = "communication"
    __table_args__ = (
        UniqueConstraint("run_id", "document"),
        Index("ix_communication_object", "store_id", "object_type", "object_id"),
    )
    job_key: str = Field(primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    run_id: str = Field(foreign_key="run.id")
    object_type: str
    object_id: str
    document: str  # the run's fact it becomes
    template: str
    variant: str = ""
    name: str = ""  # of the filed document
    state: str = "composing"
    compositions: int = 0
    template_version: str = ""
    domain: str = ""
    communication_id: str = ""
    driver_sha256: str = ""
    elapsed_ms: int = 0
    notes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    outputs: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    contents: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    composed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    filed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CommunicationDelivery(SQLModel, table=True):
    """One attempt to bring a communication to its recipients. `key` names it for the channel: never used twice.

    `may_repeat`: a person asked for another attempt after this one. `recipients` are statuses as JSON.
    """

    __tablename__ = "communication_delivery"
    __table_args__ = (
        Index("ix_delivery_provider_job", "store_id", "provider_job"),
        Index("ix_delivery_address", "store_id", "address_mark"),
    )
    key: str = Field(primary_key=True)
    job_key: str = Field(foreign_key="communication.job_key", index=True)
    store_id: str = Field(foreign_key="store.id")
    run_id: str = Field(foreign_key="run.id", index=True)
    attempt: int
    channel: str  # mail | sms | portal | print
    provider: str = ""  # the channel's own name in the handle
    provider_job: str = ""  # its job id
    state: str = SENDING
    may_repeat: bool = False
    is_marketing: bool = False
    address_mark: str = ""  # a digest: finds who opted out, tells nobody the address
    sent: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    recipients: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    reason: str = ""
    asked_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    handed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    final_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CommunicationNews(SQLModel, table=True):
    """One event a customer's job reported about one recipient's part; each (part, event) counts once."""

    __tablename__ = "communication_news"
    __table_args__ = (UniqueConstraint("store_id", "part_key", "event"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    part_key: str
    event: str
    detail: str = ""
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


def of_run(session: Session, run_id: str, document: str) -> CommunicationRow | None:
    statement = select(CommunicationRow).where(
        col(CommunicationRow.run_id) == run_id, col(CommunicationRow.document) == document
    )
    return session.execute(statement).scalar_one_or_none()


def how_many(session: Session, prefix: str) -> int:
    """Communications whose job key begins so."""
    begins = col(CommunicationRow.job_key).startswith(prefix, autoescape=True)
    return int(session.execute(select(func.count()).select_from(CommunicationRow).where(begins)).scalar_one())


def latest_delivery(session: Session, job_key: str) -> CommunicationDelivery | None:
    statement = (
        select(CommunicationDelivery)
        .where(col(CommunicationDelivery.job_key) == job_key)
        .order_by(col(CommunicationDelivery.attempt).desc())
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()


def delivery_of_job(session: Session, store_id: str, provider_job: str) -> CommunicationDelivery | None:
    """The delivery a channel knows under this id."""
    statement = select(CommunicationDelivery).where(
        col(CommunicationDelivery.store_id) == store_id, col(CommunicationDelivery.provider_job) == provider_job
    )
    return session.execute(statement.limit(1)).scalar_one_or_none()


def unsettled(session: Session, store_id: str) -> bool:
    """Whether a delivery of this store was begun and its channel's id is not known."""
    statement = select(col(CommunicationDelivery.key)).where(
        col(CommunicationDelivery.store_id) == store_id, col(CommunicationDelivery.state).in_((SENDING, UNKNOWN))
    )
    return session.execute(statement.limit(1)).first() is not None


def news_of(session: Session, store_id: str, part_key: str) -> list[CommunicationNews]:
    statement = select(CommunicationNews).where(
        col(CommunicationNews.store_id) == store_id, col(CommunicationNews.part_key) == part_key
    )
    return list(session.execute(statement).scalars())


def has_opted_out(session: Session, store_id: str, address_mark: str, *, marketing: bool) -> bool:
    """Whether somebody at this address wanted no more of it: who leaves advertising still gets invoices."""
    statement = select(col(CommunicationDelivery.recipients)).where(
        col(CommunicationDelivery.store_id) == store_id, col(CommunicationDelivery.address_mark) == address_mark
    )
    if not marketing:
        statement = statement.where(col(CommunicationDelivery.is_marketing).is_(False))
    return any(each.get("opted_out") for found in session.execute(statement).scalars() for each in found)


def was_written_to(session: Session, store_id: str, address_mark: str, since: datetime) -> bool:
    """Whether advertising went to this address since then."""
    statement = select(col(CommunicationDelivery.key)).where(
        col(CommunicationDelivery.store_id) == store_id,
        col(CommunicationDelivery.address_mark) == address_mark,
        col(CommunicationDelivery.is_marketing),
        col(CommunicationDelivery.handed_at) >= since,
    )
    return session.execute(statement.limit(1)).first() is not None


def allow_repeat(session: Session, run_id: str) -> None:
    """A person asked for the run again: what failed, or nobody knows about, may be sent once more."""
    over = (UNKNOWN, GIVEN_UP, "delivery_failed")
    statement = (
        update(CommunicationDelivery)
        .where(col(CommunicationDelivery.run_id) == run_id, col(CommunicationDelivery.state).in_(over))
        .values(may_repeat=True)
    )
    session.execute(statement)


def forget_contents(session: Session, before: datetime) -> None:
    """Drop composed bytes that were never filed, once they are old: they are a person's letters."""
    statement = (
        update(CommunicationRow)
        .where(col(CommunicationRow.contents).is_not(None), col(CommunicationRow.created_at) < before)
        .values(contents=None, state="composing")
    )
    session.execute(statement)
