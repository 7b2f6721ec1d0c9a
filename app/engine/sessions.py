"""People signed in from a store: one-time hand-over after `load`, sessions kept here, roles, and their ends.

The browser holds 256 random bits, in a cookie, and a page token signed by us for browsers that refuse the cookie; the
database holds digests. A session ends after 30 idle minutes, 12 hours, when the user is removed, the role changes or
the app is uninstalled.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, col

from app.db import approvers, audit, rights, stores
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow, StoreUser, UsedToken, WebSession
from app.db.types import utc_now
from app.domain.ids import Provider, StoreId, store_id
from app.engine.deps import Deps
from app.engine.vault import Vault, random_token, sha256_hex
from app.errors import Conflict, NotFound, Rejected
from app.stores.port import SignedIn

log = structlog.get_logger(__name__)
OPEN_CODE_LIFE = timedelta(seconds=60)
TOUCH_EVERY = timedelta(seconds=60)
CLOCK_SLACK = timedelta(minutes=5)
WHOLE_SECOND = timedelta(seconds=1)  # signed times are whole seconds, rounded down
LOCALE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,2}")
SESSION_ID = re.compile(r"[0-9a-f]{32}")
LONGEST_SECRET = 64


class Role(StrEnum):
    """What a person may do here. Ours: the store's signed request knows owner and others only."""

    OWNER = "owner"
    MANAGER = "manager"
    VIEWER = "viewer"

    def covers(self, needed: "Role") -> bool:
        order = (Role.VIEWER, Role.MANAGER, Role.OWNER)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True)
class ByOpenText:
    """Somebody whom OpenText alone knows: their session here, and the store through whose connection they came in."""

    session_id: str
    store_id: StoreId


@dataclass(frozen=True)
class Merchant:
    """Who is at the door: a person of one store. `admin_url` is the store's control panel, which frames our pages.

    `by_opentext`: no user of the store but an approver, who decides about it as a person of OpenText; their
    `user_id` names them there, their e-mail address is their login.
    """

    store_id: StoreId
    user_id: str
    user_email: str
    role: Role
    locale: str
    session_id: str
    page_token: str
    admin_url: str
    by_opentext: ByOpenText | None = None

    @property
    def actor(self) -> str:
        """As the audit log names who did something."""
        return f"approver:{self.user_id}" if self.by_opentext else f"user:{self.user_id}"


@dataclass(frozen=True)
class Opened:
    """A hand-over that was just taken up: the session, its cookie secret, the page that was asked for."""

    merchant: Merchant
    secret: str
    path: str


def sign_in(deps: Deps, provider: Provider, signed: SignedIn) -> str:
    """Start a session for a verified `load` request; returns the code of its one-time hand-over (60 seconds).

    Raises Rejected (401): the request was used before, the store is not installed, or the user was removed after it.
    """
    code, now = random_token(), utc_now()
    with unit_of_work(deps.database) as uow:
        store = uow.session.get(StoreRow, store_id(provider, signed.external_id))
        if store is None or store.state == "uninstalled":
            raise Rejected("This store is not installed.", status=401, code="store_not_installed")
        use_once(uow.session, provider, signed)
        person = _person(uow.session, store, signed, now)
        uow.session.add(
            WebSession(
                secret_sha256=sha256_hex(random_token()), store_id=store.id, user_id=person.id, locale=person.locale,
                created_at=now, used_at=now, open_code_sha256=sha256_hex(code), open_path=signed.path,
                open_until=now + OPEN_CODE_LIFE,
            )
        )  # fmt: skip
    return code


def begin(deps: Deps, provider: Provider, signed: SignedIn, secret: str) -> Merchant:
    """Start a session whose secret is given, for a person the store has just proven; one that is over makes room.

    Raises Rejected (401): the store is not installed.
    """
    now, mark = utc_now(), sha256_hex(secret)
    with unit_of_work(deps.database) as uow:
        store = uow.session.get(StoreRow, store_id(provider, signed.external_id))
        if store is None or store.state == "uninstalled":
            raise Rejected("This store is not installed.", status=401, code="store_not_installed")
        person = _person(uow.session, store, signed, now)
        uow.session.execute(delete(WebSession).where(col(WebSession.secret_sha256) == mark))
        try:
            with uow.session.begin_nested():
                uow.session.add(
                    WebSession(secret_sha256=mark, store_id=store.id, user_id=person.id, locale=person.locale,
                               created_at=now, used_at=now)
                )  # fmt: skip
        except IntegrityError:  # two requests of one page in the same moment: one session
            log.info("session_begun_twice", store_id=store.id)
    found = by_secret(deps, secret)
    if found is None:
        raise Rejected("This store is not installed.", status=401, code="store_not_installed")
    return found


def use_once(session: Session, provider: Provider, signed: SignedIn) -> None:
    """Remember a signed request until it would expire; raises Rejected (401) when it was used before."""
    forget_at = signed.expires_at + CLOCK_SLACK  # our door's leeway, and a clock that was set
    row = UsedToken(token_id=f"{provider}:{sha256_hex(signed.token_id)}", expires_at=forget_at)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Rejected("This signed request was used before.", status=401, code="used_before") from error


def _person(session: Session, store: StoreRow, signed: SignedIn, now: datetime) -> StoreUser:
    person = stores.user(session, store.id, signed.user_id) or _new_person(session, store, signed)
    if not person.is_active and signed.issued_at + WHOLE_SECOND <= person.last_seen_at:
        raise Rejected("This user was removed after the request was signed.", status=401, code="user_removed")
    person.email, person.is_active, person.last_seen_at = signed.user_email, True, now
    person.locale = signed.locale if LOCALE.fullmatch(signed.locale) else "en"
    if signed.is_owner:
        person.role = Role.OWNER
    session.add(person)
    session.flush()
    return person


def _new_person(session: Session, store: StoreRow, signed: SignedIn) -> StoreUser:
    person = StoreUser(store_id=store.id, external_id=signed.user_id, email=signed.user_email)
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:  # opened twice in the same moment
        person = stores.user(session, store.id, signed.user_id) or person
    return person


def open_once(deps: Deps, code: str) -> Opened | None:
    """Take up a hand-over: a fresh cookie secret, the code is used up. None when unknown, used or too old."""
    if not 0 < len(code) <= LONGEST_SECRET:
        return None
    secret, now = random_token(), utc_now()
    statement: Any = (
        update(WebSession)
        .where(col(WebSession.open_code_sha256) == sha256_hex(code), col(WebSession.open_until) > now)
        .values(secret_sha256=sha256_hex(secret), open_code_sha256=None, used_at=now)
        .returning(col(WebSession.id), col(WebSession.open_path))
    )
    with unit_of_work(deps.database) as uow:
        row = uow.session.execute(statement).first()
        found = _live(uow.session, deps, now, col(WebSession.id) == row.id) if row else None
    return Opened(found.merchant, secret, row.open_path) if row and found else None


def by_secret(deps: Deps, secret: str) -> Merchant | None:
    """The signed-in person behind a cookie's secret; None when unknown or over."""
    found = _current(deps, _has_secret(secret)) if 0 < len(secret) <= LONGEST_SECRET else None
    return found.merchant if found else None


def by_id(deps: Deps, session_id: str) -> Merchant | None:
    """The signed-in person of a session we named ourselves; None when it is over."""
    found = _current(deps, col(WebSession.id) == session_id)
    return found.merchant if found else None


def person(deps: Deps, store_id: StoreId, user_id: str) -> Merchant | None:
    """Somebody of a store as they stand now, without a session: to do what they asked for. None: they left it."""
    with reading(deps.database) as session:
        user, store = session.get(StoreUser, user_id), session.get(StoreRow, store_id)
    if user is None or store is None or user.store_id != store_id or not user.is_active:
        return None
    return Merchant(store_id, user.id, user.email, Role(user.role), user.locale, "", "", store.admin_url)


def by_page_token(deps: Deps, token: str, secret: str = "") -> Merchant | None:
    """The signed-in person behind a page token; None when it is not ours, or the session is over.

    `secret` is the cookie that came with it, if any. Raises Rejected (400) when that belongs to somebody else: a
    request has one identity. Another session of the same person (a second tab) is the same identity.
    """
    if not is_page_token(deps.vault, token):
        return None
    session_id = token.partition(".")[0]
    found = _current(deps, col(WebSession.id) == session_id)
    if found and secret and found.secret_sha256 != sha256_hex(secret):
        other = by_secret(deps, secret)
        if other is not None and other.user_id != found.merchant.user_id:
            raise Rejected("Cookie and page belong to different people.", status=400, code="two_identities")
    return found.merchant if found else None


def _has_secret(secret: str) -> ColumnElement[bool]:
    return col(WebSession.secret_sha256) == sha256_hex(secret)


def is_page_token(vault: Vault, token: str) -> bool:
    """Whether we made this token; its session may be over."""
    session_id, _, signature = token.partition(".")
    return bool(SESSION_ID.fullmatch(session_id)) and vault.is_signed("page", session_id, signature)


def page_token(vault: Vault, session_id: str) -> str:
    """Proves that a request comes from a page we rendered for this session."""
    return f"{session_id}.{vault.sign('page', session_id)}"


@dataclass(frozen=True)
class _Live:
    merchant: Merchant
    used_at: datetime
    secret_sha256: str


def _current(deps: Deps, which: ColumnElement[bool]) -> _Live | None:
    now = utc_now()
    with reading(deps.database) as session:
        found = _live(session, deps, now, which)
    if found and now - found.used_at > TOUCH_EVERY:
        _touch(deps, found.merchant.session_id, now)
    return found


def _live(session: Session, deps: Deps, now: datetime, which: ColumnElement[bool]) -> _Live | None:
    periods = deps.settings.periods
    columns: tuple[Any, ...] = (
        WebSession.id, WebSession.store_id, WebSession.user_id, WebSession.locale, WebSession.used_at,
        WebSession.secret_sha256, StoreUser.email, StoreUser.role, StoreRow.admin_url,
    )  # fmt: skip
    statement = (
        select(*columns)
        .join(StoreUser, col(StoreUser.id) == col(WebSession.user_id))
        .join(StoreRow, col(StoreRow.id) == col(WebSession.store_id))
        .where(
            which,
            col(WebSession.open_code_sha256).is_(None),
            col(WebSession.created_at) > now - periods.session_absolute,
            col(WebSession.used_at) > now - periods.session_idle,
            col(StoreUser.is_active),
            col(StoreRow.state) != "uninstalled",
        )
    )
    row = session.execute(statement).first()
    if row is None:
        return None
    merchant = Merchant(
        StoreId(row.store_id), row.user_id, row.email, Role(row.role), row.locale, row.id,
        page_token(deps.vault, row.id), row.admin_url,
    )  # fmt: skip
    return _Live(merchant, row.used_at, row.secret_sha256)


def _touch(deps: Deps, session_id: str, now: datetime) -> None:
    try:
        with unit_of_work(deps.database) as uow:
            uow.session.execute(update(WebSession).where(col(WebSession.id) == session_id).values(used_at=now))
    except OperationalError:  # a busy or read-only database must not keep anybody from reading
        return


def sign_out(deps: Deps, merchant: Merchant) -> None:
    """End this one session, and the person's sign-in at OpenText with it."""
    with unit_of_work(deps.database) as uow:
        rights.forget_person(uow.session, merchant.user_id)
        uow.session.execute(delete(WebSession).where(col(WebSession.id) == merchant.session_id))


def end_for_user(session: Session, user_id: str) -> None:
    """End every session of one person, at OpenText too, in the caller's transaction."""
    rights.forget_person(session, user_id)
    session.execute(delete(WebSession).where(col(WebSession.user_id) == user_id))


def end_for_store(session: Session, store: str) -> None:
    """End every session of one store, at OpenText too, in the caller's transaction."""
    rights.forget_store(session, store)
    approvers.forget_store(session, store)
    session.execute(delete(WebSession).where(col(WebSession.store_id) == store))


def change_role(deps: Deps, actor: Merchant, user_id: str, role: Role) -> None:
    """Give a person of the actor's store another role; that person's sessions end.

    Raises NotFound (nobody of this store), Conflict (one's own role), Rejected (the actor is no owner).
    """
    if actor.role is not Role.OWNER:
        raise Rejected("Only an owner may change roles.", status=403, code="wrong_role")
    if user_id == actor.user_id:
        raise Conflict("Nobody changes their own role.", hint="Ask another owner.")
    with unit_of_work(deps.database) as uow:
        person = uow.session.get(StoreUser, user_id)
        if person is None or person.store_id != actor.store_id:
            raise NotFound("There is no such user.")
        if person.role == role:
            return
        audit.record(
            uow.session, actor.store_id, f"user:{actor.user_id}", "role.changed", f"user:{user_id}",
            before=person.role, after=role.value,
        )  # fmt: skip
        person.role = role
        uow.session.add(person)
        end_for_user(uow.session, person.id)
