"""A store user's own sign-in at OpenText: begun in the panel, finished by the same browser, renewed, ended.

What was given is kept, renewed and asked with alike for approvers, who have no store account (`engine.approvers`).

The way there: state of 256 bits, kept as a digest with the panel's session and a secret of the browser's own (a cookie
of the window that goes to OpenText, where we are no third party); PKCE; an exact return address of each store's own.
Nobody else can finish it, nor make somebody finish theirs. What OTDS gives is sealed; of many processes one renews it.
"""

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import delete, or_, update
from sqlmodel import col

from app.db import audit, rights
from app.db.approvers import ApproverSession
from app.db.rights import PersonSignIn, SignInAttempt
from app.db.session import reading, unit_of_work
from app.db.types import new_id, utc_now
from app.domain.ids import StoreId, external_store_id
from app.domain.rights import Mode
from app.engine import sessions
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.engine.vault import random_token, sha256_hex
from app.errors import AppError, Conflict, Retryable
from app.opentext.people import PersonalContent, PersonTokens, SignedOut

log = structlog.get_logger(__name__)

ATTEMPT_LIFE = timedelta(minutes=10)
RENEW_AT = 0.8  # of an access token's life
LEASE = timedelta(seconds=15)
SIGN_IN_SECONDS = 8.0  # a person waits for the page they come back to
WAIT_SECONDS, LOOK_EVERY = 5.0, 0.1  # for another process that renews
LONGEST = 100
SignInRow = PersonSignIn | ApproverSession  # the same columns for what OTDS gave


@dataclass(frozen=True)
class Begun:
    """Where the browser goes, and what it keeps meanwhile. `name` tells one attempt's cookie from another's."""

    url: str
    name: str
    secret: str


@dataclass(frozen=True)
class Attempt:
    """A sign-in that its own browser came back with."""

    who: Merchant
    state: str
    connection_version: int


def tenant(store_id: StoreId) -> str:
    """A store's name in addresses."""
    return f"{store_id.partition(':')[0]}-{external_store_id(store_id)}"


def return_url(deps: Deps, store_id: StoreId) -> str:
    """What an administrator registers at the OAuth client, letter for letter. Each store has its own, so that an answer
    of one OTDS can never be taken for another's."""
    return f"{deps.settings.public_url}/sign-in/opentext/{tenant(store_id)}/return"


def begin(deps: Deps, who: Merchant) -> Begun:
    """Raises Conflict (the store does not ask people to sign in) or NeedsReauth (OpenText is not connected)."""
    people = deps.opentext(who.store_id)
    state, browser, now = random_token(), random_token(), utc_now()
    with unit_of_work(deps.database) as uow:
        if rights.of_store(uow.session, who.store_id).mode is not Mode.PERSON:
            raise Conflict("This store does not ask people to sign in to OpenText.")
        uow.session.execute(delete(SignInAttempt).where(col(SignInAttempt.expires_at) <= now))
        uow.session.add(
            SignInAttempt(
                state_sha256=sha256_hex(state), store_id=who.store_id, user_id=who.user_id, session_id=who.session_id,
                browser_sha256=sha256_hex(browser), connection_version=people.connection.version,
                expires_at=now + ATTEMPT_LIFE,
            )
        )  # fmt: skip
    url = people.people.sign_in_url(return_url(deps, who.store_id), state, verifier(deps, state))
    return Begun(url, cookie_suffix(state), browser)


def cookie_suffix(state: str) -> str:
    """Several sign-ins of one browser may be under way."""
    return sha256_hex(state)[:12]


def verifier(deps: Deps, state: str) -> str:
    """PKCE's secret: 64 hexadecimal characters that only we can make of the state. Nothing has to be kept."""
    return deps.vault.sign("pkce", state)


def take_up(deps: Deps, for_tenant: str, state: str, browser: str) -> Attempt | None:
    """The attempt this browser began, once; None for anything else: unknown, used, too old, another browser's or
    store's, or one whose session is over. What another browser presents does not use it up."""
    if not (0 < len(state) <= LONGEST and 0 < len(browser) <= LONGEST):
        return None
    taken: Any = (
        delete(SignInAttempt)
        .where(
            col(SignInAttempt.state_sha256) == sha256_hex(state),
            col(SignInAttempt.browser_sha256) == sha256_hex(browser),
            col(SignInAttempt.expires_at) > utc_now(),
        )
        .returning(
            col(SignInAttempt.store_id), col(SignInAttempt.session_id), col(SignInAttempt.user_id),
            col(SignInAttempt.connection_version),
        )
    )  # fmt: skip
    with unit_of_work(deps.database) as uow:
        row = uow.session.execute(taken).first()
    if row is None or tenant(StoreId(row.store_id)) != for_tenant:
        return None
    who = sessions.by_id(deps, row.session_id)
    if who is None or (who.user_id, who.store_id) != (row.user_id, row.store_id):
        return None
    return Attempt(who, state, row.connection_version)


def finish(deps: Deps, attempt: Attempt, code: str) -> str:
    """Redeem the code; gives the name OpenText has for the person.

    Raises SignedOut (code refused, or nobody in Content Server), NeedsReauth (our client) or Retryable; start again.
    """
    who, opentext = attempt.who, deps.opentext(attempt.who.store_id)
    if opentext.connection.version != attempt.connection_version:
        raise SignedOut("The connection to OpenText was changed meanwhile.", code="connection_changed")
    until = time.monotonic() + SIGN_IN_SECONDS
    tokens = opentext.people.redeem(
        code, verifier(deps, attempt.state), return_url(deps, who.store_id), within=SIGN_IN_SECONDS
    )
    identity = opentext.people.who_is(tokens.access, within=max(until - time.monotonic(), 1.0))
    row_id, now = new_id(), utc_now()
    with unit_of_work(deps.database) as uow:
        uow.session.execute(delete(PersonSignIn).where(col(PersonSignIn.user_id) == who.user_id))
        uow.session.add(
            PersonSignIn(
                id=row_id, store_id=who.store_id, user_id=who.user_id, login=identity.login, name=identity.name,
                connection_version=opentext.connection.version, signed_in_at=now,
                **sealed(deps, PersonSignIn, row_id, tokens),
            )
        )  # fmt: skip
        audit.record(
            uow.session, who.store_id, f"user:{who.user_id}", "opentext.signed_in", f"user:{who.user_id}",
            member=identity.id,
        )  # fmt: skip
    return identity.name


def sign_out(deps: Deps, who: Merchant) -> None:
    """Forget a person's sign-in at OpenText."""
    with unit_of_work(deps.database) as uow:
        if rights.sign_in_of(uow.session, who.store_id, who.user_id) is not None:
            audit.record(uow.session, who.store_id, f"user:{who.user_id}", "opentext.signed_out", f"user:{who.user_id}")
        rights.forget_person(uow.session, who.user_id)


def content(deps: Deps, who: Merchant, until: float = float("inf")) -> tuple[PersonalContent, str]:
    """Content Server as this person, and their name there. Raises SignedOut or NeedsReauth; asks nobody yet."""
    opentext = deps.opentext(_through(who))
    row = _row(deps, who)
    if row.connection_version != opentext.connection.version:
        _end(deps, row)
        raise SignedOut(code="connection_changed")
    return opentext.people.content((row.id,), _Renewing(deps, who, until), until=until), row.name


def login(deps: Deps, who: Merchant) -> str:
    """What OpenText calls this person. Raises SignedOut."""
    return _row(deps, who).login


def _through(who: Merchant) -> StoreId:
    """The store by whose connection the person signed in."""
    return who.by_opentext.store_id if who.by_opentext else who.store_id


def _row(deps: Deps, who: Merchant) -> SignInRow:
    row: SignInRow | None
    with reading(deps.database) as session:
        if who.by_opentext:
            row = session.get(ApproverSession, who.by_opentext.session_id)
        else:
            row = rights.sign_in_of(session, who.store_id, who.user_id)
    if row is None or row.tokens is None:
        raise SignedOut("Sign in to OpenText.", code="sign_in_needed")
    return row


def _end(deps: Deps, row: SignInRow) -> None:
    """What OpenText gave is forgotten. An approver's session stays, for what was typed there and the next sign-in."""
    with unit_of_work(deps.database) as uow:
        if isinstance(row, PersonSignIn):
            uow.session.execute(delete(PersonSignIn).where(col(PersonSignIn.id) == row.id))
        else:
            uow.session.execute(
                update(ApproverSession).where(col(ApproverSession.id) == row.id).values(tokens=None, leased_until=None)
            )


def sealed(deps: Deps, table: type[SignInRow], row_id: str, tokens: PersonTokens) -> dict[str, Any]:
    """The columns of a row that keeps what OTDS gave."""
    now = utc_now()
    plain = json.dumps({"access": tokens.access, "refresh": tokens.refresh}).encode()
    return {
        "tokens": deps.vault.encrypt(plain, f"{table.__tablename__}:tokens:{row_id}"),
        "refresh_at": now + timedelta(seconds=tokens.life * RENEW_AT),
        "ends_at": now + timedelta(seconds=tokens.life),
        "leased_until": None,
    }


class _Renewing:
    """A person's access token out of its row. Whoever holds the row's lease renews it; the others go on with the old
    one, or wait a moment where that is over."""

    def __init__(self, deps: Deps, who: Merchant, until: float) -> None:
        self._deps, self._who, self._until = deps, who, until

    def __call__(self, refused: str = "") -> str:
        row = _row(self._deps, self._who)
        access, refresh = self._open(row)
        if refused and access != refused:
            return access
        if not refused and utc_now() < row.refresh_at:
            return access
        is_over = bool(refused) or utc_now() >= row.ends_at
        if not refresh:
            return self._at_its_end(row) if is_over else access
        if self._lease(row):
            return self._renew(row, access, refresh, is_over=is_over)
        return self._wait(row) if is_over else access

    def _open(self, row: SignInRow) -> tuple[str, str]:
        if row.tokens is None:
            raise SignedOut
        plain = json.loads(self._deps.vault.decrypt(row.tokens, f"{row.__tablename__}:tokens:{row.id}"))
        return plain["access"], plain["refresh"]

    def _at_its_end(self, row: SignInRow) -> str:
        _end(self._deps, row)
        raise SignedOut

    def _lease(self, row: SignInRow) -> bool:
        now, until = utc_now(), col(type(row).leased_until)
        return self._change(row, {"leased_until": now + LEASE}, or_(until.is_(None), until < now))

    def _renew(self, row: SignInRow, access: str, refresh: str, *, is_over: bool) -> str:
        try:
            tokens = self._deps.opentext(_through(self._who)).people.renew(refresh, within=self._left())
        except SignedOut:
            current = _row(self._deps, self._who)
            if current.id == row.id and current.version == row.version:
                log.info("person_signed_out", store_id=row.store_id, user_id=self._who.user_id)
                return self._at_its_end(row)
            return self._open(current)[0]
        except AppError:
            self._change(row, {"leased_until": None})
            if is_over:
                raise
            return access
        fresh = sealed(self._deps, type(row), row.id, tokens) | {"version": row.version + 1}
        if not self._change(row, fresh):
            raise SignedOut  # signed out, or signed in anew, while we asked
        return tokens.access

    def _wait(self, row: SignInRow) -> str:
        until = min(time.monotonic() + WAIT_SECONDS, self._until)
        while time.monotonic() < until:
            current = _row(self._deps, self._who)
            if (current.id, current.version) != (row.id, row.version):
                return self._open(current)[0]
            time.sleep(LOOK_EVERY)
        raise Retryable("The sign-in is being renewed.", code="being_renewed")

    def _change(self, row: SignInRow, values: dict[str, Any], *more: Any) -> bool:
        table = type(row)
        statement: Any = (
            update(table)
            .where(col(table.id) == row.id, col(table.version) == row.version, *more)
            .values(**values)
            .returning(col(table.id))
        )
        with unit_of_work(self._deps.database) as uow:
            return uow.session.execute(statement).first() is not None

    def _left(self) -> float:
        return min(max(self._until - time.monotonic(), 0.05), SIGN_IN_SECONDS)
