"""A person says "try now": work that waits for its next try, or was set aside, is due at once."""

from sqlmodel import Session

from app.db import audit
from app.db.runs import Run
from app.db.session import reading, unit_of_work
from app.domain.ids import StoreId
from app.engine import queue, replay, runs
from app.engine.deps import Deps

OVER = ("done", "cancelled")


def try_now(deps: Deps, store_id: StoreId, run_id: str, actor: str) -> bool:
    """Make one run of this store due now, audited. False: no such run, or nothing is left to try. Safe to repeat."""
    with reading(deps.database) as session:
        run = session.get(Run, run_id)
    if run is None or run.store_id != store_id or run.state in OVER:
        return False
    if run.state in replay.STUCK:
        return bool(replay.replay(deps, replay.Selection(ids=(run_id,), store_id=store_id), actor))
    with unit_of_work(deps.database) as uow:
        _forget_the_wait(uow.session, run_id)
        woken = queue.wake(uow.session, "run", run_id)
        audit.record(uow.session, store_id, actor, "tried_now", f"run:{run_id}")
        uow.after_commit(deps.doorbell.ring)
    return woken


def _forget_the_wait(session: Session, run_id: str) -> None:
    step = runs.open_step(session, run_id)
    if step is not None and step.error_code:
        step.next_attempt_at = None
