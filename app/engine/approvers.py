"""People of OpenText who decide without a store account: signed in at OTDS through a store's connection, sessions kept.

The way there is that of a store's people (`engine.person_sign_in`): a state of 256 bits, a secret of the browser's own,
PKCE, a return address of this purpose and this store alone. There is no session before OTDS has said who it is, and
each sign-in gets a secret of its own, so none can be planted. A session opens the inbox and nothing else; which stores
and which tasks it reaches is asked at every request. It ends after 30 idle minutes, 12 hours, or with the store's app.
"""

import re
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from app.db import approvers, audit
from app.db.approvers import ApproverAttempt, ApproverSession, StoreBeside
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.db.types import new_id, utc_now
from app.domain.ids import Provider, StoreId, store_id
from app.engine import person_sign_in
from app.engine.deps import Deps
from app.engine.person_sign_in import ATTEMPT_LIFE, SIGN_IN_SECONDS, Begun, cookie_suffix, tenant
from app.engine.sessions import LOCALE, TOUCH_EVERY, ByOpenText, Merchant, Role
from app.engine.vault import random_token, sha256_hex
from app.errors import NotFound, Rejected
from app.opentext.people import Identity, PersonTokens, SignedOut

PURPOSE = "approver-page"
TENANT = re.compile(r"(bigcommerce|shopify)-[A-Za-z0-9][A-Za-z0-9.-]{0,99}")
LONGEST = 100


@dataclass(frozen=True)
class Approver:
    """Who is at the door: a person of OpenText, who came in through the connection of one store."""

    session_id: str
    store_id: StoreId
    member_id: int
    login: str
    name: str
    locale: str
    page_token: str

    @property
    def entrance(self) -> str:
        """The store they came in through, as addresses name it."""
        return tenant(self.store_id)

    def at(self, store: StoreId) -> Merchant:
        """As whom something of a store is read and decided: nobody of the store, and no role there."""
        return Merchant(
            store, str(self.member_id), self.login, Role.VIEWER, self.locale, f"approver-{self.session_id}",
            self.page_token, "", ByOpenText(self.session_id, self.store_id),
        )  # fmt: skip


@dataclass(frozen=True)
class Attempt:
    """A sign-in that its own browser came back with."""

    store_id: StoreId
    state: str
    connection_version: int


# Addresses


def entrance_url(deps: Deps, store: StoreId) -> str:
    """What a store's administrator gives to approvers."""
    return f"{deps.settings.public_url}/approve/at/{tenant(store)}"


def return_url(deps: Deps, store: StoreId) -> str:
    """What an administrator registers at the OAuth client, letter for letter."""
    return f"{entrance_url(deps, store)}/return"


def store_of(for_tenant: str) -> StoreId | None:
    """The store an address is about; None for what names none. Whether there is such a store is another question."""
    if not TENANT.fullmatch(for_tenant):
        return None
    provider, _dash, external = for_tenant.partition("-")
    return store_id(Provider(provider), external)


# Signing in


def begin(deps: Deps, for_tenant: str) -> Begun:
    """Raises NotFound: nobody can sign in at this address."""
    store, now = store_of(for_tenant), utc_now()
    with reading(deps.database) as session:
        row = session.get(StoreRow, store) if store else None
        is_connected = row is not None and session.get(OpenTextConnection, store) is not None
    if store is None or row is None or row.state == "uninstalled" or not is_connected:
        raise NotFound("Nobody can sign in here.", code="no_entrance")
    people = deps.opentext(store)
    state, browser = random_token(), random_token()
    with unit_of_work(deps.database) as uow:
        uow.session.execute(delete(ApproverAttempt).where(col(ApproverAttempt.expires_at) <= now))
        uow.session.add(
            ApproverAttempt(
                state_sha256=sha256_hex(state), store_id=store, browser_sha256=sha256_hex(browser),
                connection_version=people.connection.version, expires_at=now + ATTEMPT_LIFE,
            )
        )  # fmt: skip
    url = people.people.sign_in_url(return_url(deps, store), state, person_sign_in.verifier(deps, state))
    return Begun(url, cookie_suffix(state), browser)


def take_up(deps: Deps, for_tenant: str, state: str, browser: str) -> Attempt | None:
    """The attempt this browser began at this address, once; None for anything else. What another browser presents does
    not use it up."""
    if not (0 < len(state) <= LONGEST and 0 < len(browser) <= LONGEST):
        return None
    taken: Any = (
        delete(ApproverAttempt)
        .where(
            col(ApproverAttempt.state_sha256) == sha256_hex(state),
            col(ApproverAttempt.browser_sha256) == sha256_hex(browser),
            col(ApproverAttempt.expires_at) > utc_now(),
        )
        .returning(col(ApproverAttempt.store_id), col(ApproverAttempt.connection_version))
    )
    with unit_of_work(deps.database) as uow:
        row = uow.session.execute(taken).first()
    if row is None or store_of(for_tenant) != row.store_id:
        return None
    return Attempt(StoreId(row.store_id), state, row.connection_version)


def finish(deps: Deps, attempt: Attempt, code: str, locale: str, earlier: str = "") -> str:
    """Redeem the code; gives the new session's secret. `earlier`: the secret this browser had, of a session that ends.

    Where that was the same person's, its pages go on working: what was typed there is not lost.
    Raises SignedOut (code refused, or nobody in Content Server), NeedsReauth (our client) or Retryable; start again.
    """
    opentext = deps.opentext(attempt.store_id)
    if opentext.connection.version != attempt.connection_version:
        raise SignedOut("The connection to OpenText was changed meanwhile.", code="connection_changed")
    until = time.monotonic() + SIGN_IN_SECONDS
    tokens = opentext.people.redeem(
        code, person_sign_in.verifier(deps, attempt.state), return_url(deps, attempt.store_id), within=SIGN_IN_SECONDS
    )
    identity = opentext.people.who_is(tokens.access, within=max(until - time.monotonic(), 1.0))
    secret = random_token()
    with unit_of_work(deps.database) as uow:
        row_id = _ended(uow.session, deps, attempt.store_id, identity, earlier) or new_id()
        uow.session.add(_row(deps, row_id, secret, attempt, identity, tokens, locale))
        audit.record(uow.session, attempt.store_id, f"approver:{identity.id}", "approver.signed_in",
                     f"approver:{identity.id}")  # fmt: skip
    return secret


def _ended(session: Session, deps: Deps, store: StoreId, identity: Identity, earlier: str) -> str:
    """End the browser's former session; its id where it was the same person's, who has just proven to be that."""
    if not 0 < len(earlier) <= LONGEST:
        return ""
    row = session.exec(select(ApproverSession).where(ApproverSession.secret_sha256 == sha256_hex(earlier))).first()
    if row is None:
        return ""
    session.delete(row)
    session.flush()
    is_recent = row.created_at > utc_now() - deps.settings.periods.session_absolute
    return row.id if is_recent and (row.store_id, row.member_id) == (store, identity.id) else ""


def _row(
    deps: Deps, row_id: str, secret: str, attempt: Attempt, identity: Identity, tokens: PersonTokens, locale: str
) -> ApproverSession:
    now = utc_now()
    return ApproverSession(
        id=row_id, secret_sha256=sha256_hex(secret), store_id=attempt.store_id, member_id=identity.id,
        login=identity.login, name=identity.name, locale=locale if LOCALE.fullmatch(locale) else "en",
        connection_version=attempt.connection_version, created_at=now, used_at=now,
        **person_sign_in.sealed(deps, ApproverSession, row_id, tokens),
    )  # fmt: skip


# The session


def by_secret(deps: Deps, secret: str) -> Approver | None:
    """Who is behind a cookie's secret; None when unknown or over."""
    if not 0 < len(secret) <= LONGEST:
        return None
    now, periods = utc_now(), deps.settings.periods
    with reading(deps.database) as session:
        row = session.exec(
            select(ApproverSession)
            .join(StoreRow, col(StoreRow.id) == col(ApproverSession.store_id))
            .where(
                ApproverSession.secret_sha256 == sha256_hex(secret),
                col(ApproverSession.created_at) > now - periods.session_absolute,
                col(ApproverSession.used_at) > now - periods.session_idle,
                StoreRow.state != "uninstalled",
            )
        ).first()
    if row is None:
        return None
    if now - row.used_at > TOUCH_EVERY:
        _touch(deps, row.id, now)
    return Approver(
        row.id, StoreId(row.store_id), row.member_id, row.login, row.name, row.locale, page_token(deps, row.id)
    )


def page_token(deps: Deps, session_id: str) -> str:
    """Proves that a request comes from a page we rendered for this session; worth nothing without its cookie."""
    return f"{session_id}.{deps.vault.sign(PURPOSE, session_id)}"


def demand_page(deps: Deps, who: Approver, token: str) -> None:
    """Raises Rejected (403): the page token is missing, forged or another session's."""
    session_id, _dot, signature = token.partition(".")
    if session_id != who.session_id or not deps.vault.is_signed(PURPOSE, session_id, signature):
        raise Rejected("The page token is missing or wrong.", status=403, code="page_token")


def _touch(deps: Deps, session_id: str, now: datetime) -> None:
    touched = update(ApproverSession).where(col(ApproverSession.id) == session_id).values(used_at=now)
    try:
        with unit_of_work(deps.database) as uow:
            uow.session.execute(touched)
    except OperationalError:  # a busy or read-only database must not keep anybody from reading
        return


def sign_out(deps: Deps, who: Approver) -> None:
    """End this one session, and what OpenText gave for it."""
    with unit_of_work(deps.database) as uow:
        uow.session.execute(delete(ApproverSession).where(col(ApproverSession.id) == who.session_id))
        audit.record(uow.session, who.store_id, f"approver:{who.member_id}", "approver.signed_out",
                     f"approver:{who.member_id}")  # fmt: skip


def stores(deps: Deps, who: Approver) -> tuple[StoreBeside, ...]:
    """The stores this person's inbox spans, now."""
    with reading(deps.database) as session:
        return approvers.stores_beside(session, who.store_id)
