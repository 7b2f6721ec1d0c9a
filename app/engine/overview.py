"""What stands where, for the operator: counts by end, the oldest open delivery, what is set aside. Read only."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.db.inbox import ENDS, InboxEvent
from app.db.runs import Run, StepRow, Work
from app.db.session import database_time, reading
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.events import Source
from app.engine.deps import Deps

PAGE = 50
OUTSIDE = frozenset({Source.STORE, Source.WORKFLOW, Source.CONTENT_SERVER})  # whose deliveries we acknowledge
OPEN_EVENTS = ("accepted", "planned", "waiting_reauth")


@dataclass
class StoreState:
    """One store's counts by state. `events` came from outside and were acknowledged; `own_events` are ours."""

    state: str = "unknown"
    events: dict[str, int] = field(default_factory=dict)
    own_events: dict[str, int] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)


@dataclass
class State:
    """All stores together, and each. Ages are in seconds; None where nothing is open."""

    acks_total: int
    events: dict[str, int]
    own_events: dict[str, int]
    runs: dict[str, int]
    oldest_open_event_seconds: float | None
    queue_due: int
    queue_waiting: int
    queue_parked: int
    quarantine_size: int
    stores: dict[str, StoreState]

    @property
    def ends(self) -> dict[str, int]:
        """Acknowledged deliveries by the end they reached."""
        return {end: self.events.get(end, 0) for end in ENDS}


@dataclass(frozen=True)
class SetAside:
    """A delivery or a run that waits for a person. `code` is what the filters take."""

    id: str
    kind: str  # event | run
    store_id: str
    scenario: str
    object_type: str
    object_id: str
    code: str
    message: str
    hint: str
    attempts: int
    since: datetime


def state(deps: Deps) -> State:
    """The counts now. Reads the whole inbox's states: for a person or a scraper, not for each request."""
    with reading(deps.database) as session:
        stores = _stores(session)
        events, own, runs = (
            _sum(getattr(store, name) for store in stores.values()) for name in ("events", "own_events", "runs")
        )
        due, waiting, parked = _queue(session)
        return State(
            acks_total=sum(events.values()),
            events=events,
            own_events=own,
            runs=runs,
            oldest_open_event_seconds=_oldest(session),
            queue_due=due,
            queue_waiting=waiting,
            queue_parked=parked,
            quarantine_size=sum(counts.get("quarantined", 0) for counts in (events, own, runs)),
            stores=stores,
        )


def _stores(session: Session) -> dict[str, StoreState]:
    found: defaultdict[str, StoreState] = defaultdict(StoreState)
    for store_id, kind in session.execute(select(col(StoreRow.id), col(StoreRow.state))):
        found[store_id].state = kind
    events: Any = (InboxEvent.store_id, InboxEvent.state, InboxEvent.source)
    for store_id, kind, source, count in session.execute(select(*events, func.count()).group_by(*events)):
        counts = found[store_id].events if source in OUTSIDE else found[store_id].own_events
        counts[kind] = counts.get(kind, 0) + count
    runs: Any = (Run.store_id, Run.state)
    for store_id, kind, count in session.execute(select(*runs, func.count()).group_by(*runs)):
        found[store_id].runs[kind] = count
    return dict(found)


def _sum(counts: Any) -> dict[str, int]:
    total: defaultdict[str, int] = defaultdict(int)
    for one in counts:
        for kind, count in one.items():
            total[kind] += count
    return dict(total)


def _queue(session: Session) -> tuple[int, int, int]:
    """(due now, waiting for their time, parked), deliveries not yet looked at included in the first."""
    now = database_time(session)
    is_free = col(Work.parked) == ""
    accepted = select(func.count()).select_from(InboxEvent).where(col(InboxEvent.state) == "accepted")
    work = select(func.count()).select_from(Work)
    due = session.execute(work.where(is_free, col(Work.due_at) <= now)).scalar_one()
    waiting = session.execute(work.where(is_free, col(Work.due_at) > now)).scalar_one()
    parked = session.execute(work.where(~is_free)).scalar_one()
    return due + session.execute(accepted).scalar_one(), waiting, parked


def _oldest(session: Session) -> float | None:
    """Age of the oldest event that has reached no end. Looks at open work only, never at the whole inbox."""
    oldest = func.min(InboxEvent.received_at)
    accepted = session.execute(select(oldest).where(col(InboxEvent.state) == "accepted")).scalar()
    taken_up = session.execute(
        select(oldest)
        .join(Work, col(Work.ref_id) == col(InboxEvent.id))
        .where(col(Work.kind) == "event", col(InboxEvent.state).in_(OPEN_EVENTS))
    ).scalar()
    times = [time for time in (accepted, taken_up) if time is not None]
    return max(0.0, (utc_now() - min(times)).total_seconds()) if times else None


def set_aside(
    deps: Deps, *, store_id: str = "", code: str = "", since: datetime | None = None, page: int = 1
) -> tuple[list[SetAside], int]:
    """One page of what is quarantined, newest first, and how many there are in all."""
    with reading(deps.database) as session:
        events, runs = _event_rows(store_id, code, since), _run_rows(store_id, code, since)
        counts = [session.execute(select(func.count()).select_from(q.subquery())).scalar_one() for q in (events, runs)]
        need = page * PAGE
        found = [_aside_event(row) for row in session.execute(_newest(events, InboxEvent.received_at, need))]
        found += [_aside_run(row) for row in session.execute(_newest(runs, Run.changed_at, need))]
    found.sort(key=lambda one: one.since, reverse=True)
    return found[need - PAGE : need], sum(counts)


def _newest(statement: Any, column: Any, limit: int) -> Any:
    return statement.order_by(col(column).desc()).limit(limit)


def _event_rows(store_id: str, code: str, since: datetime | None) -> Any:
    columns: Any = (
        InboxEvent.id, InboxEvent.store_id, InboxEvent.object_type, InboxEvent.object_id, InboxEvent.reason,
        InboxEvent.received_at, Work.attempts,
    )  # fmt: skip
    work = (col(Work.ref_id) == col(InboxEvent.id)) & (col(Work.kind) == "event")
    statement = select(*columns).join(Work, work, isouter=True).where(col(InboxEvent.state) == "quarantined")
    if store_id:
        statement = statement.where(col(InboxEvent.store_id) == store_id)
    if since:
        statement = statement.where(col(InboxEvent.received_at) >= since)
    if code:
        with_message = col(InboxEvent.reason).startswith(f"{code}:", autoescape=True)
        statement = statement.where((col(InboxEvent.reason) == code) | with_message)
    return statement


def _run_rows(store_id: str, code: str, since: datetime | None) -> Any:
    columns: Any = (
        Run.id, Run.store_id, Run.scenario, Run.subject_type, Run.subject_id, Run.changed_at, StepRow.error_code,
        StepRow.error_message, StepRow.error_hint, StepRow.attempts,
    )  # fmt: skip
    step = (col(StepRow.run_id) == col(Run.id)) & (col(StepRow.status) == "quarantined")
    statement = select(*columns).join(StepRow, step, isouter=True).where(col(Run.state) == "quarantined")
    if store_id:
        statement = statement.where(col(Run.store_id) == store_id)
    if since:
        statement = statement.where(col(Run.changed_at) >= since)
    return statement.where(col(StepRow.error_code) == code) if code else statement


def _aside_event(row: Any) -> SetAside:
    code, _, message = row.reason.partition(": ")
    return SetAside(
        row.id, "event", row.store_id, "", row.object_type, row.object_id, code, message, "", row.attempts or 0,
        row.received_at,
    )  # fmt: skip


def _aside_run(row: Any) -> SetAside:
    return SetAside(
        row.id, "run", row.store_id, row.scenario, row.subject_type, row.subject_id, row.error_code or "",
        row.error_message or "", row.error_hint or "", row.attempts or 0, row.changed_at,
    )  # fmt: skip
