"""Who may see what: each store's mode and map; people's own sign-ins at OpenText, sealed; sign-ins under way."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, LargeBinary
from sqlmodel import JSON, Field, Session, SQLModel, col, delete, select

from app.db.types import UtcDateTime, new_id, utc_now
from app.domain.rights import Mode, Rights, read_entries


class StoreRights(SQLModel, table=True):
    """A store's choice; without a row everybody sees everything. `contact` grants access: a group people can ask."""

    __tablename__ = "store_rights"
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    mode: str = Mode.SERVICE.value
    contact: str = ""
    entries: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    version: int = 1
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_by: str = ""


class PersonSignIn(SQLModel, table=True):
    """A store user's own sign-in at OpenText. `tokens` is sealed JSON; `version` counts their renewals."""

    __tablename__ = "person_sign_in"
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id", index=True)
    user_id: str = Field(foreign_key="store_user.id", unique=True)
    connection_version: int
    login: str = ""
    name: str = ""
    tokens: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    version: int = 1
    refresh_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)  # of the access token
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # somebody is renewing it
    signed_in_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class SignInAttempt(SQLModel, table=True):
    """Somebody is on the way to OpenText's sign-in page; taken up once, by the browser and session it began in."""

    __tablename__ = "sign_in_attempt"
    state_sha256: str = Field(primary_key=True)
    store_id: str = Field(foreign_key="store.id", index=True)
    user_id: str = Field(foreign_key="store_user.id")
    session_id: str
    browser_sha256: str
    connection_version: int
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


def rights_from(mode: str | None, contact: str | None, entries: Any, version: int | None) -> Rights:
    """Columns of a row, or of none. A mode nobody knows is that of persons, which shows nothing by itself."""
    if mode is None:
        return Rights()
    known = Mode(mode) if mode in set(Mode) else Mode.PERSON
    return Rights(known, contact or "", read_entries(entries), version or 0)


def of_store(session: Session, store_id: str) -> Rights:
    row = session.get(StoreRights, store_id)
    return rights_from(row.mode, row.contact, row.entries, row.version) if row else Rights()


def sign_in_of(session: Session, store_id: str, user_id: str) -> PersonSignIn | None:
    statement = select(PersonSignIn).where(PersonSignIn.store_id == store_id, PersonSignIn.user_id == user_id)
    return session.exec(statement).first()


def forget_person(session: Session, user_id: str) -> None:
    """End one person's sign-in at OpenText, in the caller's transaction."""
    for table in (PersonSignIn, SignInAttempt):
        session.execute(delete(table).where(col(table.user_id) == user_id))


def forget_store(session: Session, store_id: str) -> None:
    """End everybody's of one store, in the caller's transaction."""
    for table in (PersonSignIn, SignInAttempt):
        session.execute(delete(table).where(col(table.store_id) == store_id))
