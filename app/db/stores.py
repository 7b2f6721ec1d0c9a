"""Installed stores, their secrets (encrypted), their users, and the sign-ins used up."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Column, LargeBinary, UniqueConstraint, bindparam, or_, update
from sqlmodel import JSON, Field, Session, SQLModel, select

from app.db.types import UtcDateTime, new_id, utc_now


class StoreRow(SQLModel, table=True):
    """One store. The row outlives an uninstall: reinstalling takes it up again with a new token."""

    __tablename__ = "store"
    id: str = Field(primary_key=True)  # "bigcommerce:abc123"
    provider: str
    state: str = "installed"  # installed | uninstalled | needs_reauth
    token: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    scopes: str = ""
    owner_email: str = ""
    name: str = ""
    admin_url: str = ""
    storefront_url: str = ""
    currency: str = ""
    timezone: str = "UTC"
    locale: str = ""  # its language and country ("de-AT"): what we leave in it is written so; empty: not asked yet
    installed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    uninstalled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    setup_state: str = "pending"  # pending | done | failed
    setup_report: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    pause_reason: str = ""  # why the store's work is paused, in words
    last_delivery_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # to the minute; see note_delivery
    silence_hours: int | None = None  # so long the store may be silent; None: what the operator has set
    quiet_from: int | None = None  # hours of the store's day in which nothing is expected, both or neither
    quiet_until: int | None = None
    silence_mail_to: str = ""  # who is mailed of a silence; empty: nobody
    silence_mail_lang: str = "en"
    silence_told_for: datetime | None = Field(default=None, sa_type=UtcDateTime)  # since when it was silent as we told
    silence_mail_problem: str = ""  # why the last of these mails did not go out, in words
    hook_number: int = 0  # which secret header the webhooks are to carry, counted from the first; see hook_secrets
    hook_carried: int = 0  # the newest one that every webhook was seen to carry
    hook_secret_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    earlier_hook_until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the one before is accepted


class StoreUser(SQLModel, table=True):
    """A person who opened the app from a store. Roles are ours: owner, manager, viewer."""

    __tablename__ = "store_user"
    __table_args__ = (UniqueConstraint("store_id", "external_id"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id", index=True)
    external_id: str
    email: str = ""
    role: str = "viewer"
    is_active: bool = True
    locale: str = "en"
    first_seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    last_seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class WebSession(SQLModel, table=True):
    """A person's signed-in session. The cookie holds a random secret; only its digest is here."""

    __tablename__ = "web_session"
    id: str = Field(default_factory=new_id, primary_key=True)
    secret_sha256: str = Field(unique=True)
    store_id: str = Field(foreign_key="store.id", index=True)
    user_id: str = Field(foreign_key="store_user.id", index=True)
    locale: str = "en"
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    used_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    open_code_sha256: str | None = Field(default=None, index=True)  # one-time hand-over from /load to the page
    open_path: str = ""
    open_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UsedToken(SQLModel, table=True):
    """A signed request (JWT id) that was used; remembered until it would have expired."""

    __tablename__ = "used_token"
    token_id: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class OpenTextConnection(SQLModel, table=True):
    """A store's OpenText. `secrets` is one encrypted JSON of the client secrets and our callback secret."""

    __tablename__ = "opentext_connection"
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    version: int = 1
    otds_url: str
    content_server_url: str
    external_system: str
    client_id: str
    workflow_url: str
    workflow_tenant: str
    workflow_client_id: str
    workflow_path: str = "/workflow/v1"
    workflow_history_path: str = "/workflow-history/v1"
    exstream: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))  # no secrets
    secrets: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    callback_client_id: str = Field(unique=True)  # what the workflow's HTTP task signs in with at our token endpoint
    callback_secret_sha256: str
    callback_secret_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    earlier_callback_sha256: str = ""  # of the secret before it, accepted until:
    earlier_callback_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deployed_models: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    names: dict[str, dict[str, str]] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))  # see called
    state: str = "connected"  # connected | needs_reauth
    saved_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    saved_by: str = ""


class ScenarioPreference(SQLModel, table=True):
    """A store's preferences for one scenario, as JSON of the scenario's typed preferences."""

    __tablename__ = "scenario_preference"
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    scenario: str = Field(primary_key=True)
    values: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_by: str = ""


def installed(session: Session) -> list[StoreRow]:
    """Every store that is installed (working or waiting for re-authorisation)."""
    return list(session.exec(select(StoreRow).where(StoreRow.state != "uninstalled").order_by(StoreRow.id)))


def user(session: Session, store_id: str, external_id: str) -> StoreUser | None:
    statement = select(StoreUser).where(StoreUser.store_id == store_id, StoreUser.external_id == external_id)
    return session.exec(statement).first()


def can_mail(exstream: dict[str, Any] | None) -> bool:
    """Whether a stored connection has somebody who mails: Notifications, or a service of Exstream said to do so."""
    of = exstream or {}
    return bool(
        of.get("notifications_url") or (of.get("channel_service") and of.get("channel_sends") in ("mail", "both"))
    )


def note_delivery(session: Session, store_id: str, received_at: datetime) -> None:
    """Remember when the store last told us anything, written at most once a minute. In the caller's transaction."""
    values = {"store": store_id, "moment": received_at, "before": received_at - timedelta(minutes=1)}
    session.execute(_noted(), values)


@cache
def _noted() -> Any:
    table: Any = StoreRow.__table__  # type: ignore[attr-defined]
    known = table.c.last_delivery_at
    is_news = or_(known.is_(None), known < bindparam("before"))
    return update(table).where(table.c.id == bindparam("store"), is_news).values(last_delivery_at=bindparam("moment"))
