"""Replay what was set aside: one, or by filter. Effect keys stay, so what already happened does not happen again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.db import audit, communications
from app.db.inbox import InboxEvent
from app.db.runs import Run, StepRow, Work
from app.db.session import database_time, unit_of_work
from app.domain.ids import StoreId, lane
from app.engine import queue, runs
from app.engine.deps import Deps

STUCK = ("quarantined", "waiting_reauth")


@dataclass(frozen=True)
class Selection:
    """What to replay. Empty filters match everything that is set aside; `ids` are run or delivery ids."""

    ids: tuple[str, ...] = ()
    store_id: str = ""
    code: str = ""
    scenario: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 500
    step: str = ""  # of a run: the kind of step it stands at


def replay(deps: Deps, selection: Selection, actor: str) -> list[str]:
    """Make the selected work due now; returns the ids. Replaying twice changes nothing more."""
    with unit_of_work(deps.database) as uow:
        done = _runs(uow.session, selection)
        if not (selection.scenario or selection.step):
            done += _events(uow.session, selection, selection.limit - len(done))
        for store_id in {store for _, store in done}:
            ids = [ref for ref, store in done if store == store_id]
            audit.record(uow.session, store_id, actor, "replayed", "", count=len(ids), first=ids[0])
        uow.after_commit(deps.doorbell.ring)
    return [ref for ref, _ in done]


def skip(deps: Deps, store_id: StoreId, run_id: str, actor: str) -> bool:
    """Leave out the step a set-aside run stands at and go on behind it. False when it is not set aside."""
    with unit_of_work(deps.database) as uow:
        session = uow.session
        run = session.get(Run, run_id)
        step = runs.open_step(session, run_id)
        if run is None or run.store_id != store_id or run.state not in STUCK or step is None:
            return False
        step.status, step.summary = "skipped", f"Left out by {actor}."
        run.state = "running"
        queue.wake(session, "run", run_id, unpark=True)
        audit.record(session, store_id, actor, "step_skipped", f"run:{run_id}", step=step.kind)
        uow.after_commit(deps.doorbell.ring)
        return True


@dataclass(frozen=True)
class Foreseen:
    """What trying again would do to one run. Steps as (kind, params); what is `done` is never done again."""

    id: str
    scenario: str
    subject_name: str
    subject_id: str
    state: str
    error_code: str
    done: tuple[tuple[str, dict[str, Any]], ...]
    ahead: tuple[tuple[str, dict[str, Any]], ...]


@dataclass(frozen=True)
class Preview:
    """What a replay would touch, before anything is done. `ids`: of all of it, `runs`: the first of them in detail."""

    runs: tuple[Foreseen, ...]
    ids: tuple[str, ...]
    events: int


def preview(session: Session, selection: Selection, most: int = 50) -> Preview:
    """The same rows that `replay` would take now, in three statements; changes nothing."""
    found = list(session.execute(_run_rows(selection)).scalars())
    shown = found[:most]
    steps = session.execute(
        select(StepRow).where(col(StepRow.run_id).in_([run.id for run in shown])).order_by(col(StepRow.seq))
    ).scalars()
    by_run: dict[str, list[StepRow]] = {}
    for step in steps:
        by_run.setdefault(step.run_id, []).append(step)
    events: list[str] = []
    if not (selection.scenario or selection.step):
        events = list(session.execute(_event_rows(selection, selection.limit - len(found)).with_only_columns(
            col(InboxEvent.id))).scalars())  # fmt: skip
    runs_ahead = tuple(_foreseen(run, by_run.get(run.id, [])) for run in shown)
    return Preview(runs_ahead, tuple([run.id for run in found] + events), len(events))


def _foreseen(run: Run, steps: list[StepRow]) -> Foreseen:
    told = [(step.status in ("done", "skipped"), (step.kind, dict(step.params))) for step in steps]
    code = next((step.error_code for step in steps if step.error_code), "")
    return Foreseen(
        run.id, run.scenario, run.subject_name, run.subject_id, run.state, code,
        tuple(one for is_done, one in told if is_done), tuple(one for is_done, one in told if not is_done),
    )  # fmt: skip


def _run_rows(selection: Selection) -> Any:
    statement = select(Run).where(col(Run.state).in_(STUCK)).order_by(col(Run.changed_at)).limit(selection.limit)
    if selection.ids:
        statement = statement.where(col(Run.id).in_(selection.ids))
    if selection.store_id:
        statement = statement.where(col(Run.store_id) == selection.store_id)
    if selection.scenario:
        statement = statement.where(col(Run.scenario) == selection.scenario)
    if selection.since:
        statement = statement.where(col(Run.changed_at) >= selection.since)
    if selection.until:
        statement = statement.where(col(Run.changed_at) <= selection.until)
    if selection.code or selection.step:
        failing = select(col(StepRow.run_id)).where(col(StepRow.status).in_(STUCK))
        if selection.code:
            failing = failing.where(col(StepRow.error_code) == selection.code)
        if selection.step:
            failing = failing.where(col(StepRow.kind) == selection.step)
        statement = statement.where(col(Run.id).in_(failing))
    return statement


def _runs(session: Session, selection: Selection) -> list[tuple[str, str]]:
    done = []
    for run in session.execute(_run_rows(selection)).scalars():
        run.state = "running"
        step = runs.open_step(session, run.id)
        if step is not None:
            step.status, step.next_attempt_at = "pending", None
        communications.allow_repeat(session, run.id)
        if not queue.wake(session, "run", run.id, unpark=True):
            queue.add_run(session, run.id, run.store_id, lane(StoreId(run.store_id), run.subject_type, run.subject_id))
        done.append((run.id, run.store_id))
    return done


def _event_rows(selection: Selection, limit: int) -> Any:
    statement = select(InboxEvent).where(col(InboxEvent.state).in_(STUCK))
    statement = statement.order_by(col(InboxEvent.received_at)).limit(max(0, limit))
    if selection.ids:
        statement = statement.where(col(InboxEvent.id).in_(selection.ids))
    if selection.store_id:
        statement = statement.where(col(InboxEvent.store_id) == selection.store_id)
    if selection.since:
        statement = statement.where(col(InboxEvent.received_at) >= selection.since)
    if selection.until:
        statement = statement.where(col(InboxEvent.received_at) <= selection.until)
    if selection.code:
        statement = statement.where(col(InboxEvent.reason).startswith(selection.code, autoescape=True))
    return statement


def _events(session: Session, selection: Selection, limit: int) -> list[tuple[str, str]]:
    done = []
    for row in session.execute(_event_rows(selection, limit)).scalars():
        row.state, row.reason = "planned", ""
        if not queue.wake(session, "event", row.id, unpark=True):
            session.add(
                Work(kind="event", ref_id=row.id, store_id=row.store_id, due_at=database_time(session),
                     lane=lane(StoreId(row.store_id), row.object_type, row.object_id))
            )  # fmt: skip
        done.append((row.id, row.store_id))
    return done
