"""What happened in a store and what needs a person: lists, groups and counts for home and activity, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, or_, select
from sqlmodel import Session

from app.db.circuits import Circuit
from app.db.inbox import InboxEvent
from app.db.links import SubjectSnapshot
from app.db.panel import silent_since
from app.db.publications import Publication, PublicationField
from app.db.runs import Run, StepRow, Work
from app.db.session import database_time
from app.db.stores import OpenTextConnection, StoreRow, StoreUser
from app.domain.silence import Silence

PAGE = 50
STUCK = ("quarantined", "waiting_reauth")
OPEN_EVENTS = ("accepted", "planned", "waiting_reauth")
# Written into the statement, not bound: only so does a database see that a partial index holds exactly these rows.
NONE: Any = literal_column("''")
DRIFTED: Any = literal_column("'drifted'")

# The tables as columns: their mapped attributes are typed as values, which a statement is not made of.
CIRCUIT: Any = Circuit
EVENT: Any = InboxEvent
SNAPSHOT: Any = SubjectSnapshot
PUBLICATION: Any = Publication
FIELD: Any = PublicationField
RUN: Any = Run
STEP: Any = StepRow
WORK: Any = Work
CONNECTION: Any = OpenTextConnection
STORE: Any = StoreRow
USER: Any = StoreUser


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; empty means everything. `before` is where the next page begins."""

    state: str = ""
    scenario: str = ""
    text: str = ""
    error_code: str = ""
    before: datetime | None = None


@dataclass(frozen=True)
class RunLine:
    """One run in a list, with what stops it where something does."""

    id: str
    scenario: str
    subject_type: str
    subject_id: str
    subject_name: str
    state: str
    outcome: str
    started_at: datetime
    changed_at: datetime
    step_kind: str
    step_params: dict[str, Any]
    error_code: str
    error_message: str
    next_attempt_at: datetime | None


@dataclass(frozen=True)
class DeliveryLine:
    """One event that came in, from whichever side."""

    id: str
    source: str
    topic: str
    object_type: str
    object_id: str
    object_name: str
    request: str
    received_at: datetime
    ended_at: datetime | None
    state: str
    reason: str


@dataclass(frozen=True)
class FailureGroup:
    """Everything that stopped for the same cause at the same kind of step. `state` is the runs' state."""

    step_kind: str
    error_code: str
    error_message: str
    error_hint: str
    count: int
    state: str
    latest_at: datetime
    since: datetime


@dataclass(frozen=True)
class StoreState:
    """Set-up and connection of a store. `opentext_state` is empty before a connection was saved.

    The silences began with the first of failures in a row, None while all answer; `is_saving_quota`: background work
    waits for the store's quota.
    """

    name: str
    state: str
    pause_reason: str
    timezone: str
    currency: str
    admin_url: str
    installed_at: datetime
    setup_state: str
    setup_report: dict[str, str]
    opentext_state: str
    deployed_models: dict[str, str]
    opentext_silent_since: datetime | None = None
    store_silent_since: datetime | None = None
    is_saving_quota: bool = False
    scopes: str = ""  # given, separated by blanks
    silence: Silence = field(default_factory=Silence)


@dataclass(frozen=True)
class Pulse:
    """How the work flows now. Counts are rows; `queue` is due work, `retrying` work whose next try lies ahead."""

    last_delivery_at: datetime | None
    oldest_open_at: datetime | None
    queue: int
    retrying: int
    stuck_runs: int
    stuck_deliveries: int
    drifted: int


@dataclass(frozen=True)
class Tally:
    """How many runs of one scenario stand where, since some moment."""

    scenario: str
    state: str
    outcome: str
    count: int


@dataclass(frozen=True)
class Drift:
    """A product whose store values differ from what was approved."""

    object_type: str
    object_id: str
    object_name: str
    fields: int
    changed_at: datetime


@dataclass(frozen=True)
class Person:
    """Somebody who opened the app from the store."""

    id: str
    email: str
    role: str
    is_active: bool
    last_seen_at: datetime


@dataclass(frozen=True)
class Attention:
    """What waits for a person."""

    runs: tuple[RunLine, ...] = ()
    drifts: tuple[Drift, ...] = field(default=())


def store(session: Session, store_id: str) -> StoreState | None:
    """Set-up and connection of one store."""
    s = STORE
    statement = (
        select(
            s.name, s.state, s.pause_reason, s.timezone, s.currency, s.admin_url, s.installed_at, s.setup_state,
            s.setup_report, s.scopes, s.silence_hours, s.quiet_from, s.quiet_until,
            CONNECTION.state.label("opentext_state"), CONNECTION.deployed_models,
            silent_since(store_id).label("opentext_silent_since"),
            silent_since(store_id, opentext=False).label("store_silent_since"),
            _one(_saving(store_id, database_time(session)), "is_saving_quota"),
        )
        .outerjoin(CONNECTION, CONNECTION.store_id == s.id)
        .where(s.id == store_id)
    )  # fmt: skip
    row = session.execute(statement).one_or_none()
    if row is None:
        return None
    values = dict(row._mapping)  # SQLAlchemy's public way to read a row by name
    silence = Silence(*(values.pop(name) for name in ("silence_hours", "quiet_from", "quiet_until")))
    values |= {
        "silence": silence,
        "setup_report": row.setup_report or {},
        "opentext_state": row.opentext_state or "",
        "deployed_models": row.deployed_models or {},
        "is_saving_quota": bool(row.is_saving_quota),
    }
    return StoreState(**values)


def _saving(store_id: str, now: float) -> Select[Any]:
    """How many upstreams of the store background work leaves alone for the sake of their quota."""
    return select(func.count()).where(CIRCUIT.store_id == store_id, CIRCUIT.saving_until > now)


def pulse(session: Session, store_id: str) -> Pulse:
    """Counts for the health card, in one statement of small sub-selects."""
    now = database_time(session)
    e, w = EVENT, WORK
    due = and_(w.store_id == store_id, w.parked == "")
    unended = (e.store_id == store_id, e.ended_at.is_(None))
    counts = select(
        _one(select(STORE.last_delivery_at).where(STORE.id == store_id), "last"),
        _one(_oldest(e.received_at).where(*unended, e.state.in_(OPEN_EVENTS)), "event"),
        _one(_oldest(RUN.started_at).where(RUN.store_id == store_id, RUN.state == "running"), "run"),
        _one(select(func.count()).select_from(w).where(due, w.due_at <= now), "queue"),
        _one(
            select(func.count())
            .select_from(STEP)
            .where(STEP.store_id == store_id, STEP.error_code != NONE, STEP.status == "pending"),
            "retrying",
        ),
        _one(select(func.count()).select_from(RUN).where(RUN.store_id == store_id, RUN.state.in_(STUCK)), "stuck"),
        _one(select(func.count()).select_from(e).where(*unended, e.state == "quarantined"), "letters"),
        _one(
            select(func.count(FIELD.publication_id.distinct())).where(
                FIELD.store_id == store_id, FIELD.state == DRIFTED
            ),
            "drifted",
        ),
    )  # fmt: skip
    row = session.execute(counts).one()
    oldest = min((moment for moment in (row.event, row.run) if moment is not None), default=None)
    return Pulse(row.last, oldest, row.queue, row.retrying, row.stuck, row.letters, row.drifted)


@dataclass(frozen=True)
class Compared:
    """The latest nightly comparison: how it stands and what it says."""

    run_id: str
    state: str
    words: str
    at: datetime


def compared(session: Session, store_id: str) -> Compared | None:
    """None before the first night."""
    return next(iter(comparisons(session, store_id, 1)), None)


def comparisons(session: Session, store_id: str, most: int = 30) -> tuple[Compared, ...]:
    """The comparisons with the store, the latest first."""
    rows = session.execute(
        select(RUN.id, RUN.state, RUN.changed_at, STEP.summary)
        .join(STEP, STEP.run_id == RUN.id)
        .where(RUN.store_id == store_id, RUN.scenario == "gap-report", STEP.kind == "report_gaps")
        .order_by(func.coalesce(RUN.started_at, RUN.started_at).desc())  # by value: SQLite would walk all runs in order
        .limit(most)
    )
    return tuple(Compared(row.id, row.state, row.summary or "", row.changed_at) for row in rows)


def _oldest(moment: Any) -> Select[Any]:
    """The least of a few rows. Not `min(column)`: SQLite would walk the whole index of that column in its order."""
    return select(func.min(case((moment.is_not(None), moment))))


def _one(statement: Select[Any], name: str) -> ColumnElement[Any]:
    return statement.scalar_subquery().label(name)


def tallies(session: Session, store_id: str, since: datetime) -> tuple[Tally, ...]:
    """Runs that started since, counted by scenario, state and outcome."""
    statement = (
        select(RUN.scenario, RUN.state, RUN.outcome, func.count().label("n"))
        .where(RUN.store_id == store_id, RUN.started_at >= since)
        .group_by(RUN.scenario, RUN.state, RUN.outcome)
        .order_by(RUN.scenario, RUN.state, RUN.outcome)
    )
    return tuple(Tally(row.scenario, row.state, row.outcome, row.n) for row in session.execute(statement))


def attention(session: Session, store_id: str, most: int = 8) -> Attention:
    """Runs that stopped until a person acts, and products that drifted."""
    stopped = (
        _run_lines(store_id).where(RUN.state.in_(STUCK)).order_by(None).order_by(RUN.changed_at.desc()).limit(most)
    )
    drifted = (
        select(
            PUBLICATION.object_type, PUBLICATION.object_id, SNAPSHOT.name,
            func.count().label("n"), func.max(FIELD.changed_at).label("at"),
        )
        .join(FIELD, FIELD.publication_id == PUBLICATION.id)
        .outerjoin(SNAPSHOT, _snapshot_of(PUBLICATION))
        .where(PUBLICATION.store_id == store_id, FIELD.store_id == store_id, FIELD.state == DRIFTED)
        .group_by(PUBLICATION.object_type, PUBLICATION.object_id, SNAPSHOT.name)
        .order_by(func.max(FIELD.changed_at).desc())
        .limit(most)
    )  # fmt: skip
    return Attention(
        runs=_unique(session.execute(stopped)),
        drifts=tuple(
            Drift(row.object_type, row.object_id, row.name or "", row.n, row.at) for row in session.execute(drifted)
        ),
    )


def _snapshot_of(owner: Any) -> ColumnElement[bool]:
    return and_(
        SNAPSHOT.store_id == owner.store_id,
        SNAPSHOT.object_type == owner.object_type,
        SNAPSHOT.object_id == owner.object_id,
    )


def runs(session: Session, store_id: str, chosen: Filter, most: int = PAGE) -> tuple[RunLine, ...]:
    """Runs, latest first. `text` finds names, object ids and reference codes (the beginning of a run's id)."""
    statement = _run_lines(store_id)
    if chosen.state:
        statement = statement.where(RUN.state == chosen.state)
    if chosen.scenario:
        statement = statement.where(RUN.scenario == chosen.scenario)
    if chosen.error_code:
        statement = statement.where(STEP.error_code == chosen.error_code)
    if chosen.text:
        statement = statement.where(_mentions(chosen.text))
    if chosen.before:
        statement = statement.where(RUN.started_at < chosen.before)
    return _unique(session.execute(statement.limit(most)))


def _mentions(text: str) -> ColumnElement[bool]:
    return or_(
        RUN.subject_name.icontains(text, autoescape=True),
        RUN.subject_id == text,
        RUN.id.startswith(text.lower(), autoescape=True),
    )


def _run_lines(store_id: str) -> Select[Any]:
    return (
        select(
            RUN.id, RUN.scenario, RUN.subject_type, RUN.subject_id, RUN.subject_name, RUN.state, RUN.outcome,
            RUN.started_at, RUN.changed_at, STEP.kind, STEP.params, STEP.error_code, STEP.error_message,
            STEP.next_attempt_at,
        )
        .outerjoin(STEP, and_(STEP.run_id == RUN.id, STEP.error_code != NONE))
        .where(RUN.store_id == store_id)
        .order_by(RUN.started_at.desc(), RUN.id, STEP.seq.desc())
    )  # fmt: skip


def _unique(rows: Any) -> tuple[RunLine, ...]:
    found: dict[str, RunLine] = {}
    for row in rows:
        line = RunLine(
            row.id, row.scenario, row.subject_type, row.subject_id, row.subject_name, row.state, row.outcome,
            row.started_at, row.changed_at, row.kind or "", row.params or {}, row.error_code or "",
            row.error_message or "", row.next_attempt_at,
        )  # fmt: skip
        found.setdefault(row.id, line)
    return tuple(found.values())


def failures(session: Session, store_id: str) -> tuple[FailureGroup, ...]:
    """What is stopped or being tried again, grouped by cause, most first."""
    s = STEP
    statement = (
        select(
            s.kind, s.error_code, func.max(s.error_message).label("message"), func.max(s.error_hint).label("hint"),
            func.count().label("n"), RUN.state, func.max(RUN.changed_at).label("at"),
            func.min(func.coalesce(s.started_at, RUN.started_at)).label("since"),
        )
        .join(RUN, RUN.id == s.run_id)
        .where(s.store_id == store_id, s.error_code != NONE, RUN.state.not_in(("done", "cancelled")))
        .group_by(s.kind, s.error_code, RUN.state)
        .order_by(func.count().desc(), s.kind)
    )  # fmt: skip
    return tuple(
        FailureGroup(row.kind, row.error_code, row.message, row.hint, row.n, row.state, row.at, row.since)
        for row in session.execute(statement)
    )


def deliveries(session: Session, store_id: str, chosen: Filter, most: int = PAGE) -> tuple[DeliveryLine, ...]:
    """Events as they came in, latest first. `text` finds object ids and names."""
    e = EVENT
    statement = (
        select(
            e.id, e.source, e.topic, e.object_type, e.object_id, SNAPSHOT.name, e.detail, e.received_at,
            e.ended_at, e.state, e.reason,
        )
        .outerjoin(SNAPSHOT, _snapshot_of(e))
        .where(e.store_id == store_id)
        .order_by(e.received_at.desc(), e.id)
    )  # fmt: skip
    if chosen.state:
        statement = statement.where(e.state == chosen.state)
    if chosen.text:
        named = SNAPSHOT.name.icontains(chosen.text, autoescape=True)
        is_code = e.id.startswith(chosen.text.lower(), autoescape=True)
        statement = statement.where(or_(e.object_id == chosen.text, named, is_code))
    if chosen.before:
        statement = statement.where(e.received_at < chosen.before)
    return tuple(
        DeliveryLine(
            row.id, row.source, row.topic, row.object_type, row.object_id, row.name or "",
            str((row.detail or {}).get("request", "")), row.received_at, row.ended_at, row.state, row.reason,
        )
        for row in session.execute(statement.limit(most))
    )  # fmt: skip


def people(session: Session, store_id: str) -> tuple[Person, ...]:
    """Everybody who opened the app from this store, the latest first."""
    u = USER
    statement = (
        select(u.id, u.email, u.role, u.is_active, u.last_seen_at)
        .where(u.store_id == store_id)
        .order_by(u.is_active.desc(), u.last_seen_at.desc())
    )
    return tuple(Person(*row) for row in session.execute(statement))
