"""One claimed piece of work, from claim to recorded outcome. Whatever happens ends in the row."""

from datetime import timedelta

import structlog
from sqlmodel import Session

from app import outbound
from app.db.inbox import InboxEvent
from app.db.runs import Run, StepRow
from app.db.session import unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.db.types import utc_now
from app.engine import circuits, history, planner, policy, queue, runs
from app.engine.deps import Deps
from app.engine.handlers import HANDLERS
from app.errors import AppError, LostLease, NeedsReauth, RateLimited, Retryable
from app.scenarios import RUNNABLE

log = structlog.get_logger(__name__)


def perform(deps: Deps, claim: queue.Claim) -> None:
    """Do it; record postponement, quarantine or the need for a person. Never raises."""
    with structlog.contextvars.bound_contextvars(store_id=claim.store_id, work=claim.kind, ref=claim.ref_id):
        try:
            if claim.lost_leases >= deps.settings.limits.lost_leases:
                raise _Crash
            with circuits.background():
                _do(deps, claim)
        except LostLease:
            log.warning("lease_lost")
        except Exception as error:  # the last line of defence: a bug is an outcome too, never silence
            _record_failure(deps, claim, error)


def at_once(deps: Deps, claim: queue.Claim, seconds: float) -> None:
    """The same while a person waits for it: what is not done after so many seconds is tried again by a worker."""
    with outbound.within(seconds):
        perform(deps, claim)


def _do(deps: Deps, claim: queue.Claim) -> None:
    if claim.kind == "event":
        planner.handle(deps, claim)
    elif claim.kind == "history":
        history.advance(deps, claim)
    else:
        runs.advance(deps, claim, HANDLERS, RUNNABLE)


class _Crash(AppError):
    code = "crash"

    def __init__(self) -> None:
        super().__init__(
            "This work ended a worker three times.", hint="Look at the worker's log before you try it again."
        )


def _record_failure(deps: Deps, claim: queue.Claim, error: Exception) -> None:
    try:
        with unit_of_work(deps.database) as uow:
            _decide(uow.session, deps, claim, error)
    except LostLease:
        log.warning("lease_lost")


def _decide(session: Session, deps: Deps, claim: queue.Claim, error: Exception) -> None:
    known = error if isinstance(error, AppError) else _bug(error)
    if isinstance(known, NeedsReauth):
        log.warning("needs_reauth", upstream=known.upstream, code=known.specific_code)
        _set_aside(session, claim, known, "waiting_reauth", f"reauth:{known.upstream}")
        _pause(session, claim, known)
        return
    delay = _delay(deps, claim, known)
    if delay is None:
        log.error("quarantined", code=known.specific_code, attempts=claim.attempts)
        _set_aside(session, claim, known, "quarantined", "quarantined")
        return
    log.info("postponed", code=known.specific_code, attempts=claim.attempts, seconds=round(delay, 1))
    queue.postpone(session, claim, delay, count=not isinstance(known, RateLimited))
    _note(session, claim, known, "pending", delay)


def _delay(deps: Deps, claim: queue.Claim, error: AppError) -> float | None:
    if error.specific_code == "bug" and claim.attempts >= policy.BUG_ATTEMPTS:
        return None
    if isinstance(error, Retryable):
        return policy.next_attempt(deps.settings.periods, claim.attempts, error)
    return None


def _bug(error: Exception) -> Retryable:
    log.exception("bug", error=type(error).__name__)
    return Retryable(
        "Something went wrong on our side.",
        code="bug",
        hint="Ask for help with the report of this run; it can be replayed.",
    )


def _set_aside(session: Session, claim: queue.Claim, error: AppError, state: str, parked: str) -> None:
    queue.park(session, claim, parked)
    _note(session, claim, error, state, None)


def _note(session: Session, claim: queue.Claim, error: AppError, state: str, delay: float | None) -> None:
    """What people see: the reason in words, the code, when it is tried next."""
    if claim.kind == "event":
        row = session.get_one(InboxEvent, claim.ref_id)
        row.reason = f"{error.specific_code}: {error.message}"
        if state != "pending":
            row.state = state
        return
    if claim.kind == "history":
        history.note_failure(session, claim.ref_id, error, state)
        return
    run = session.get_one(Run, claim.ref_id)
    run.changed_at = utc_now()
    if state != "pending":
        run.state = state
    step = runs.open_step(session, run.id)
    if step is not None:
        _note_step(step, error, state, delay)


def _note_step(step: StepRow, error: AppError, state: str, delay: float | None) -> None:
    step.status = "pending" if state == "pending" else state
    step.error_code, step.error_message, step.error_hint = error.specific_code, error.message, error.hint
    step.next_attempt_at = utc_now() + timedelta(seconds=delay) if delay is not None else None


def _pause(session: Session, claim: queue.Claim, error: NeedsReauth) -> None:
    """One button, on the home page: reconnect the store, or OpenText.

    Where a part of OpenText was never connected nothing has broken: only the run that needs it waits.
    """
    store = session.get(StoreRow, claim.store_id)
    if store is None:
        return
    if error.specific_code == "not_connected" and error.upstream == "exstream":
        return
    store.pause_reason = error.message
    if error.upstream == claim.store_id.partition(":")[0]:
        store.state = "needs_reauth" if store.state == "installed" else store.state
        return
    connection = session.get(OpenTextConnection, claim.store_id)
    if connection is not None:
        connection.state = "needs_reauth"
