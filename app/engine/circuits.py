"""Leaving alone what does not answer: a circuit per store and upstream, and a share of its quota kept for people.

Closed, until 5 failures in a row or more than half of 20 calls within a minute; then open for 30 seconds, doubling to
15 minutes; after each, one call is let through as a probe, and its answer closes the circuit. While it is open, work
waits without losing an attempt. Every call is judged, only background work is held back: what a person waits for is
asked in any case, and its answer counts as well.

The database holds what all processes must agree on (since when, until when, who probes). It is written at changes only
and read at most once a second. Source: the reliability rules I6 and I13 of this product.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import structlog
from sqlalchemy import delete, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from app.db.circuits import OPENTEXT, Circuit
from app.db.session import Database, database_time, reading, unit_of_work
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.errors import CircuitOpen, RateLimited
from app.outbound import NAMES, Quota
from app.settings import Periods

log = structlog.get_logger(__name__)
IN_A_ROW = 5
WINDOW, WITHIN, SHARE = 20, 60.0, 0.5  # calls, seconds, failed
PROBE_SECONDS = 60.0  # a probe that says nothing for so long is given up
LOOK_EVERY = 1.0  # seconds between two looks at what other processes found out
ASK_AGAIN = 2.0  # seconds to wait while somebody else probes
RESERVE = 0.3  # of the quota, for people and for other apps
Key = tuple[str, str]

PATIENCE = 35.0  # seconds to wait in place for the next window of a quota; BigCommerce's is 30
_patient: ContextVar[bool] = ContextVar("patient", default=False)
_holding: ContextVar[str] = ContextVar("holding", default="")  # "" | background | person


@contextmanager
def background() -> Iterator[None]:
    """What is done inside waits for an open circuit, and stops at the quota's reserve."""
    token = _holding.set("background")
    try:
        yield
    finally:
        _holding.reset(token)


@contextmanager
def asked_by(*, person: bool) -> Iterator[None]:
    """Inside background work: where a person waits for it, it may use the quota's reserve."""
    token = _holding.set("person" if person and _holding.get() else _holding.get())
    try:
        yield
    finally:
        _holding.reset(token)


@contextmanager
def patiently() -> Iterator[None]:
    """Inside background work of many calls: at the quota's reserve it waits in place for the next window.

    Given up, it would have to read again what it has read.
    """
    token = _patient.set(True)
    try:
        yield
    finally:
        _patient.reset(token)


@dataclass
class _Seen:
    """What this process saw of one upstream, and what the database last said."""

    in_a_row: int = 0
    calls: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=WINDOW))
    is_failing: bool = False
    opened_for: float = 0.0
    looked_at: float = float("-inf")
    quota: Quota | None = None
    resets_at: float = 0.0
    is_saving: bool = False


class Circuits:
    """The gate of one process's calls. Never raises for a database that cannot be asked: then it stays closed."""

    def __init__(
        self,
        database: Database,
        periods: Periods,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database, self._periods, self._monotonic, self._sleep = database, periods, monotonic, sleep
        self._seen: dict[Key, _Seen] = {}
        self._lock = threading.Lock()

    def enter(self, tenant: str, upstream: str) -> bool:
        """Before a call. True when this call is the probe. Raises CircuitOpen or RateLimited (`quota_reserve`)."""
        if not tenant or not _holding.get():
            return False
        seen = self._of(tenant, upstream)
        self._keep_reserve(tenant, upstream, seen)
        self._look(tenant, upstream, seen)
        return bool(seen.opened_for) and self._probe(tenant, upstream)

    def answered(self, tenant: str, upstream: str, quota: Quota | None) -> None:
        """After a call that was answered, whatever the answer says."""
        if not tenant:
            return
        seen = self._of(tenant, upstream)
        with self._lock:
            seen.in_a_row = 0
            seen.calls.append((self._monotonic(), True))
            if quota is not None:
                seen.quota, seen.resets_at = quota, self._monotonic() + quota.reset_ms / 1000
        self._look(tenant, upstream, seen)
        if seen.is_failing or seen.opened_for:
            self._close(tenant, upstream, seen)

    def failed(self, tenant: str, upstream: str, reason: str, *, probe: bool) -> None:
        """After a call that got no answer, or one that says the service is down."""
        if not tenant:
            return
        seen = self._of(tenant, upstream)
        with self._lock:
            seen.in_a_row += 1
            seen.calls.append((self._monotonic(), False))
            is_too_much = seen.in_a_row >= IN_A_ROW or self._mostly_failing(seen)
        opens = probe or (is_too_much and not seen.opened_for)
        if opens or not seen.is_failing:
            self._note_failure(tenant, upstream, seen, reason, opens=opens)

    # How

    def _of(self, tenant: str, upstream: str) -> _Seen:
        with self._lock:
            return self._seen.setdefault((tenant, upstream), _Seen())

    def _mostly_failing(self, seen: _Seen) -> bool:
        since = self._monotonic() - WITHIN
        recent = [ok for at, ok in seen.calls if at >= since]
        return len(recent) == WINDOW and recent.count(False) > WINDOW * SHARE

    def _look(self, tenant: str, upstream: str, seen: _Seen) -> None:
        """Learn what other processes found out: every second, and always while the circuit is open."""
        if not seen.opened_for and self._monotonic() - seen.looked_at < LOOK_EVERY:
            return
        try:
            with reading(self._database) as session:
                row = session.get(Circuit, (tenant, upstream))
        except SQLAlchemyError:
            log.warning("circuit_not_readable", upstream=upstream)
            return
        seen.looked_at = self._monotonic()
        seen.is_failing = row is not None and row.failing_since is not None
        seen.opened_for = row.opened_for if row else 0.0

    def _probe(self, tenant: str, upstream: str) -> bool:
        """Take the one place of the probe, or say how long to wait."""
        mine = (col(Circuit.store_id) == tenant, col(Circuit.upstream) == upstream)
        with unit_of_work(self._database) as uow:
            now = database_time(uow.session)
            row = uow.session.get(Circuit, (tenant, upstream))
            if row is None or not row.opened_for:
                return False
            if now < row.open_until:
                raise _open(upstream, row.open_until - now)
            free = (*mine, col(Circuit.open_until) <= now, col(Circuit.probe_until) <= now)
            taken = uow.session.execute(update(Circuit).where(*free).values(probe_until=now + PROBE_SECONDS))
            if not taken.rowcount:  # type: ignore[attr-defined]
                raise _open(upstream, ASK_AGAIN)
        log.info("circuit_probed", upstream=upstream)
        return True

    def _note_failure(self, tenant: str, upstream: str, seen: _Seen, reason: str, *, opens: bool) -> None:
        try:
            with unit_of_work(self._database) as uow:
                row = _row(uow.session, tenant, upstream)
                if row is None:
                    return
                row.failing_since, row.reason = row.failing_since or utc_now(), reason
                if opens:
                    first, most = self._periods.circuit_open, self._periods.circuit_open_most
                    row.opened_for = min(row.opened_for * 2 or first, most)
                    row.open_until = database_time(uow.session) + row.opened_for
                    row.probe_until = 0.0
                opened_for = row.opened_for
        except SQLAlchemyError as error:  # a rival wrote the same row, or the database is busy: the next call says it
            log.warning("circuit_not_written", upstream=upstream, error=type(error).__name__)
            return
        seen.is_failing, seen.opened_for = True, opened_for
        if opens:
            log.warning("circuit_opened", upstream=upstream, code=reason, seconds=opened_for)

    def _close(self, tenant: str, upstream: str, seen: _Seen) -> None:
        try:
            with unit_of_work(self._database) as uow:
                row = uow.session.get(Circuit, (tenant, upstream))
                if row is not None:
                    row.failing_since, row.reason = None, ""
                    row.opened_for = row.open_until = row.probe_until = 0.0
        except SQLAlchemyError as error:
            log.warning("circuit_not_written", upstream=upstream, error=type(error).__name__)
            return
        if seen.opened_for:
            log.info("circuit_closed", upstream=upstream)
            with self._lock:
                seen.calls.clear()
        seen.is_failing, seen.opened_for = False, 0.0

    def _keep_reserve(self, tenant: str, upstream: str, seen: _Seen) -> None:
        """Background work stops where the reserve of the quota begins, until the quota is whole again."""
        quota, wait = seen.quota, seen.resets_at - self._monotonic()
        if _holding.get() != "background" or quota is None or wait <= 0 or quota.left > quota.limit * RESERVE:
            seen.is_saving = seen.is_saving and wait > 0
            return
        if not seen.is_saving:
            seen.is_saving = True
            self._note_saving(tenant, upstream, wait)
        if _patient.get() and wait <= PATIENCE:
            self._sleep(wait)
            return
        name = NAMES.get(upstream, upstream)
        text = f"{name} lets us make no more requests for the moment; the rest is kept for people."
        raise RateLimited(text, code="quota_reserve", retry_after=wait, service=upstream)

    def _note_saving(self, tenant: str, upstream: str, seconds: float) -> None:
        log.info("quota_saved", upstream=upstream, seconds=round(seconds, 1))
        try:
            with unit_of_work(self._database) as uow:
                row = _row(uow.session, tenant, upstream)
                if row is not None:
                    row.saving_until = database_time(uow.session) + seconds
        except SQLAlchemyError as error:
            log.warning("circuit_not_written", upstream=upstream, error=type(error).__name__)


def forget(session: Session, store_id: str) -> None:
    """After a person tested and saved a connection: OpenText is asked again at once. In the caller's transaction."""
    session.execute(delete(Circuit).where(col(Circuit.store_id) == store_id, col(Circuit.upstream).in_(OPENTEXT)))


def _row(session: Session, tenant: str, upstream: str) -> Circuit | None:
    """The row, made where there is none; None for what is no store of ours."""
    row = session.get(Circuit, (tenant, upstream), with_for_update=True)
    if row is None and session.get(StoreRow, tenant) is not None:
        row = Circuit(store_id=tenant, upstream=upstream)
        session.add(row)
        session.flush()
    return row


def _open(upstream: str, seconds: float) -> CircuitOpen:
    name = NAMES.get(upstream, upstream)
    return CircuitOpen(f"{name} does not answer at the moment.", retry_after=max(seconds, 0.0), service=upstream)
