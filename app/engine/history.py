"""Looking into a store's past, a little at a time: dry runs plan and touch nothing, imports make events.

A job is one piece of work that is done in portions and postponed in between, so that it survives any stop where it
stood and never keeps today's orders waiting.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.db import audit
from app.db.history import HistoryJob
from app.db.inbox import InboxEvent
from app.db.runs import Run, Work
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.domain.events import Event, Source, Topic
from app.domain.ids import ObjectType, OrderId, Provider, StoreId
from app.domain.planning import needs, plan
from app.domain.scenario import Preferences, Scenario
from app.engine import queue, subjects
from app.engine.deps import Deps
from app.engine.inbox import NewEvent
from app.errors import AppError, Conflict, NotFound
from app.scenarios import BY_SLUG

WINDOW = timedelta(days=1)  # how much of the past one listing covers
PORTION = 25  # orders read in one portion of a dry run
AHEAD = 50  # imported events that may wait at once: what happens today is never far behind
MOST_LISTED = 200
LONGEST = timedelta(days=3660)
SOON, LATER = 0.0, 5.0


@dataclass(frozen=True)
class Asked:
    """What a person wants to know or have. `values` are the preferences to try, as the form gives them."""

    kind: str
    since: datetime
    until: datetime
    scenario: str = ""
    values: Mapping[str, Any] | None = None


def start(deps: Deps, store_id: StoreId, asked: Asked, actor: str) -> str:
    """Write the job and its work; returns its id. Raises Conflict while one of its kind is under way."""
    since, until = max(asked.since, utc_now() - LONGEST), min(asked.until, utc_now())
    with unit_of_work(deps.database) as uow:
        session = uow.session
        if _under_way(session, store_id, asked):
            raise Conflict("The same look into the past is under way.", hint="Wait until it has ended, or stop it.")
        job = HistoryJob(
            store_id=store_id, kind=asked.kind, scenario=asked.scenario, values=dict(asked.values or {}), since=since,
            until=until, reached=since, asked_by=actor,
        )  # fmt: skip
        session.add(job)
        session.flush()
        session.add(
            Work(kind="history", ref_id=job.id, store_id=store_id, lane=f"{store_id}/history/{asked.kind}", due_at=0.0)
        )
        audit.record(session, store_id, actor, f"{asked.kind}_started", asked.scenario, job=job.id)
        uow.after_commit(deps.doorbell.ring)
        return job.id


def stop(deps: Deps, store_id: StoreId, job_id: str, actor: str) -> bool:
    """End it where it stands; what was imported stays. False when there is nothing to stop."""
    with unit_of_work(deps.database) as uow:
        job = uow.session.get(HistoryJob, job_id)
        if job is None or job.store_id != store_id or job.ended_at is not None:
            return False
        job.state, job.ended_at = "stopped", utc_now()
        queue.wake(uow.session, "history", job_id, unpark=True)
        audit.record(uow.session, store_id, actor, f"{job.kind}_stopped", job.scenario, job=job.id)
        uow.after_commit(deps.doorbell.ring)
        return True


def _under_way(session: Session, store_id: StoreId, asked: Asked) -> bool:
    statement = select(col(HistoryJob.id)).where(
        col(HistoryJob.store_id) == store_id,
        col(HistoryJob.kind) == asked.kind,
        col(HistoryJob.scenario) == asked.scenario,
        col(HistoryJob.ended_at).is_(None),
    )
    return session.execute(statement).first() is not None


def advance(deps: Deps, claim: queue.Claim) -> None:
    """One portion. Errors leave here for the caller to record."""
    with reading(deps.database) as session:
        job = session.get_one(HistoryJob, claim.ref_id)
    if job.ended_at is not None:
        with unit_of_work(deps.database) as uow:
            queue.finish(uow.session, claim)
        return
    if not job.pending and job.reached < job.until:
        _list_window(deps, claim, job)
    elif not job.pending:
        _end(deps, claim)
    elif job.kind == "import":
        _import_portion(deps, claim, job)
    else:
        _try_portion(deps, claim, job)


def _list_window(deps: Deps, claim: queue.Claim, job: HistoryJob) -> None:
    until = min(job.reached + WINDOW, job.until)
    placed = deps.store(claim.store_id).read.orders_placed(job.reached, until)
    pending = [[str(order_id), version] for order_id, version in placed]
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(HistoryJob, job.id)
        row.reached, row.pending, row.state, row.problem = until, pending, "running", ""
        queue.postpone(uow.session, claim, SOON, reset=True)


def _end(deps: Deps, claim: queue.Claim) -> None:
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(HistoryJob, claim.ref_id)
        row.state, row.ended_at = "done", utc_now()
        queue.finish(uow.session, claim)


def _import_portion(deps: Deps, claim: queue.Claim, job: HistoryJob) -> None:
    """As many events as may wait; the intake knows those it has (a crash in between makes none twice)."""
    room = AHEAD - _waiting(deps, claim.store_id)
    portion, rest = job.pending[: max(0, room)], job.pending[max(0, room) :]
    for order_id, version in portion:
        deps.intake.accept(
            NewEvent(claim.store_id, Source.IMPORT, f"import:{job.id}:{order_id}:{version}", Topic.ORDER_CHANGED,
                     ObjectType.ORDER.value, order_id, {"import": job.id})
        )  # fmt: skip
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(HistoryJob, job.id)
        row.pending, row.looked, row.state, row.problem = rest, row.looked + len(portion), "running", ""
        queue.postpone(uow.session, claim, LATER if rest else SOON, reset=True)


def _waiting(deps: Deps, store_id: StoreId) -> int:
    """Imported events and runs of this store that are due and not done."""
    with reading(deps.database) as session:
        events = select(func.count()).where(
            col(InboxEvent.store_id) == store_id, col(InboxEvent.source) == Source.IMPORT.value,
            col(InboxEvent.state).in_(("accepted", "planned")),
        )  # fmt: skip
        runs = select(func.count()).where(col(Run.store_id) == store_id, col(Run.state) == "running")
        return int(session.execute(events).scalar_one()) + int(session.execute(runs).scalar_one())


def _try_portion(deps: Deps, claim: queue.Claim, job: HistoryJob) -> None:
    """Read some orders and plan with the preferences to try. Nothing is written but what would have happened."""
    scenario = BY_SLUG[job.scenario]
    chosen = {scenario.slug: scenario.preferences.model_validate(job.values | {"mode": "on"})}
    portion, rest = job.pending[:PORTION], job.pending[PORTION:]
    found: list[dict[str, Any]] = []
    for order_id, _version in portion:
        found += _would_have(deps, claim.store_id, scenario, chosen, order_id)
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(HistoryJob, job.id)
        row.pending, row.looked, row.found = rest, row.looked + len(portion), row.found + len(found)
        row.listed = (row.listed + found)[:MOST_LISTED]
        row.state, row.problem = "running", ""
        queue.postpone(uow.session, claim, SOON, reset=True)


def _would_have(
    deps: Deps, store_id: StoreId, scenario: Scenario, chosen: Mapping[str, Preferences], order_id: str
) -> list[dict[str, Any]]:
    provider = Provider(store_id.partition(":")[0])
    event = Event("dry", store_id, Source.CLOCK, Topic.ORDER_CHANGED, ObjectType.ORDER.value, order_id, {})
    try:
        parts = needs(event, (scenario,), chosen, provider)
        subject = subjects.read(deps, store_id, ObjectType.ORDER, OrderId(order_id), parts)
    except NotFound:
        return []
    planned = plan(event, subject, (scenario,), chosen, provider)
    facts = subjects.facts(subject)
    return [
        {"object_id": order_id, "name": subjects.name(subject), "reasons": list(one.reasons),
         "total": facts.get("total"), "placed_at": facts.get("placed_at")}
        for one in planned
    ]  # fmt: skip


def note_failure(session: Session, job_id: str, error: AppError, state: str) -> None:
    """What people see of a look that could not go on; in the caller's transaction."""
    row = session.get_one(HistoryJob, job_id)
    row.problem = error.message
    if state != "pending":
        row.state = state


def can_try(scenario: Scenario) -> bool:
    """Whether the past tells what it would have done: it is about orders and starts by itself."""
    return scenario.subject is ObjectType.ORDER and Topic.ORDER_CHANGED in scenario.triggers


@dataclass(frozen=True)
class Report:
    """What became of an import: orders by end, and the work they led to."""

    orders: dict[str, int]  # by the state of their event
    runs: dict[str, int]  # by state
    open: int


def report(session: Session, job: HistoryJob) -> Report:
    """Counts by what is recorded now."""
    mine = col(InboxEvent.delivery_key).like(f"import:{job.id}:%")
    here = (col(InboxEvent.store_id) == job.store_id, col(InboxEvent.source) == Source.IMPORT.value, mine)
    orders = _counts(session, select(col(InboxEvent.state), func.count()).where(*here).group_by(InboxEvent.state))
    events = select(col(InboxEvent.id)).where(*here)
    led_to = (col(Run.store_id) == job.store_id, col(Run.event_id).in_(events))
    runs = _counts(session, select(col(Run.state), func.count()).where(*led_to).group_by(Run.state))
    waiting = sum(orders.get(one, 0) for one in ("accepted", "planned")) + sum(
        runs.get(one, 0) for one in ("running", "waiting")
    )
    return Report(orders, runs, waiting)


def _counts(session: Session, statement: Any) -> dict[str, int]:
    return {state: int(count) for state, count in session.execute(statement)}
