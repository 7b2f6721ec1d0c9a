"""Runs: created from a plan, advanced step by step, parked while people decide, ended with a recorded outcome."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

import structlog
from sqlalchemy import select
from sqlmodel import Session, col

from app.db.runs import Run, StepRow
from app.db.session import unit_of_work
from app.db.types import utc_now
from app.domain.cases import Case
from app.domain.commerce import Order
from app.domain.events import Event
from app.domain.ids import ObjectType, Provider, StoreId, external_store_id, lane
from app.domain.order_parts import OrderPart
from app.domain.planning import PlannedRun
from app.domain.scenario import Preferences, Scenario, Subject
from app.domain.steps import STEP, Step
from app.engine import preferences, queue, store_words, subjects
from app.engine.deps import Deps
from app.engine.effects import Effects
from app.errors import Permanent
from app.language.reading import Reader
from app.opentext import OpenText
from app.stores.port import Store

log = structlog.get_logger(__name__)
SHADOW = "shadow"  # the state of a run that was planned and never done


@dataclass(frozen=True)
class Done:
    """The step is done. `summary` is a sentence for a merchant; `facts` go to the run, `result` (ids) to the step."""

    summary: str
    facts: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Skipped:
    """Nothing was done, on purpose; the summary says why."""

    summary: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wait:
    """Not yet: look again in `seconds` (or when woken). `result` replaces the step's result."""

    summary: str
    seconds: float
    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Branch:
    """The step is done and `steps` follow it. `outcome` names the branch."""

    summary: str
    outcome: str
    steps: tuple[Step, ...]
    facts: dict[str, Any] = field(default_factory=dict)


Result = Done | Skipped | Wait | Branch
Handler = Callable[["Context", Any], Result]


@dataclass
class Context:
    """What a handler may use. Plain values and ways out; no session, no transaction."""

    deps: Deps
    claim: queue.Claim
    run_id: str
    store_id: StoreId
    scenario: Scenario
    preferences: Preferences
    subject_type: ObjectType
    subject_id: str
    reasons: tuple[str, ...]
    facts: dict[str, Any]
    correlation_id: str
    step_id: str
    step_result: dict[str, Any]
    occasion: str = "once"
    seen: list[Subject] = field(default_factory=list)  # shared by the steps of one claim; emptied by `changed`

    @property
    def subject(self) -> Subject:
        """The store's object as it stands now: read once, and again after we changed it."""
        if not self.seen:
            parts = self.scenario.needs
            self.seen.append(subjects.read(self.deps, self.store_id, self.subject_type, self.subject_id, parts))
        return self.seen[0]

    def order(self, parts: frozenset[OrderPart] = frozenset()) -> Order:
        """The order the run is about with these parts: the subject itself, or that of its case.

        Raises Permanent where there is none.
        """
        subject = self.subject
        known = next((one for one in self.seen if isinstance(one, Order)), None)
        if known is not None and parts <= known.parts:
            return known
        order_id = known.id if known else subject.order_id if isinstance(subject, Case) else None
        if order_id is None:
            raise Permanent("This is about no order.", code="no_order", hint="Enter what is to be done by hand.")
        wanted = parts | self.scenario.needs | (known.parts if known else frozenset())
        order = self.store.read.order(order_id, wanted)
        if known is not None:
            self.seen[self.seen.index(known)] = order
        else:
            self.seen.append(order)
        return order

    def changed(self) -> None:
        """A step wrote to the store's object: what we saw of it is old."""
        self.seen.clear()

    @cached_property
    def store(self) -> Store:
        return self.deps.store(self.store_id)

    @cached_property
    def words(self) -> Reader:
        """How the store reads: what we leave in it is written so."""
        return store_words.reader_of(self.deps, self.store_id)

    @cached_property
    def opentext(self) -> OpenText:
        return self.deps.opentext(self.store_id)

    @cached_property
    def effects(self) -> Effects:
        return Effects(self.deps.database, self.claim)

    @property
    def provider(self) -> Provider:
        return Provider(self.store_id.partition(":")[0])

    @property
    def external_store(self) -> str:
        return external_store_id(self.store_id)

    def key(self, action: str) -> str:
        """An effect key for one action of this run."""
        return f"{self.run_id}:{action}"


def create(
    session: Session, event: Event, subject_name: str, correlation_id: str, planned: PlannedRun, *, lane_name: str = ""
) -> Run | None:
    """Write the run, its steps and its work in the caller's transaction; None when this occasion has its run.

    `lane_name`: for what needs not wait for other work about the object.
    """
    scenario = planned.scenario
    occasion = f"{SHADOW}:{planned.occasion}" if planned.is_shadow else planned.occasion
    if _is_known(session, event, scenario.slug, occasion):
        return None
    run = Run(
        store_id=event.store_id, scenario=scenario.slug, subject_type=event.object_type, subject_id=event.object_id,
        subject_name=subject_name, occasion=occasion, event_id=event.id, correlation_id=correlation_id,
        reasons=list(planned.reasons),
        facts={k: v for k, v in event.detail.items() if k != "request"} | dict(planned.facts),
    )  # fmt: skip
    session.add(run)
    session.flush()
    append_steps(session, run, scenario.steps)
    if planned.is_shadow:
        run.state, run.ended_at = SHADOW, utc_now()
        return run
    of = lane_name or lane(event.store_id, event.object_type, event.object_id)
    queue.add_run(session, run.id, run.store_id, of)
    return run


def _is_known(session: Session, event: Event, slug: str, occasion: str) -> bool:
    statement = select(col(Run.id)).where(
        col(Run.store_id) == event.store_id,
        col(Run.scenario) == slug,
        col(Run.subject_type) == event.object_type,
        col(Run.subject_id) == event.object_id,
        col(Run.occasion) == occasion,
    )
    return session.execute(statement).first() is not None


def append_steps(session: Session, run: Run, steps: Sequence[Step]) -> None:
    """Add steps behind those the run has."""
    last = session.execute(
        select(col(StepRow.seq)).where(col(StepRow.run_id) == run.id).order_by(col(StepRow.seq).desc()).limit(1)
    ).scalar()
    for offset, step in enumerate(steps, start=1):
        params = STEP.dump_python(step, mode="json")
        row = StepRow(run_id=run.id, store_id=run.store_id, seq=(last or 0) + offset, kind=step.kind, params=params)
        session.add(row)
    session.flush()


def advance(deps: Deps, claim: queue.Claim, handlers: dict[str, Handler], scenarios: Mapping[str, Scenario]) -> None:
    """Run the steps of one run until it waits, ends or an error stops it. Errors are the caller's to record."""
    seen: list[Subject] = []
    while True:
        loaded = _next_step(deps, claim, scenarios)
        if loaded is None:
            _end(deps, claim)
            return
        context, step = loaded
        context.seen = seen
        with structlog.contextvars.bound_contextvars(
            run_id=context.run_id, correlation_id=context.correlation_id, step=step.kind
        ):
            result = handlers[step.kind](context, step)
            log.info("step_ended", result=type(result).__name__, summary_chars=len(result.summary))
        if not _record(deps, context, result):
            return


def _next_step(deps: Deps, claim: queue.Claim, scenarios: Mapping[str, Scenario]) -> tuple[Context, Step] | None:
    with unit_of_work(deps.database) as uow:
        session = uow.session
        queue.assert_mine(session, claim)
        run = session.get_one(Run, claim.ref_id)
        row = session.execute(
            select(StepRow)
            .where(col(StepRow.run_id) == run.id, col(StepRow.status).not_in(("done", "skipped")))
            .order_by(col(StepRow.seq))
            .limit(1)
        ).scalar_one_or_none()
        if row is None or run.state in ("cancelled", "done"):
            return None
        row.attempts += 1
        row.started_at = row.started_at or utc_now()
        run.state, run.changed_at = "running", utc_now()
        scenario = scenarios[run.scenario]
        chosen = preferences.load(session, StoreId(run.store_id), scenario)
        context = Context(
            deps, claim, run.id, StoreId(run.store_id), scenario, chosen, ObjectType(run.subject_type), run.subject_id,
            tuple(run.reasons), dict(run.facts), run.correlation_id, row.id, dict(row.result), run.occasion,
        )  # fmt: skip
        return context, STEP.validate_python(row.params)


def _record(deps: Deps, context: Context, result: Result) -> bool:
    """Write what a step ended with; True when the run goes on now."""
    with unit_of_work(deps.database) as uow:
        session = uow.session
        queue.assert_mine(session, context.claim)
        run, row = session.get_one(Run, context.run_id), session.get_one(StepRow, context.step_id)
        row.summary, row.error_code, row.error_message, row.error_hint = result.summary, "", "", ""
        run.changed_at = utc_now()
        if isinstance(result, Wait):
            row.status, row.result, run.state = "waiting", result.result, "waiting"
            row.next_attempt_at = utc_now() + timedelta(seconds=result.seconds)
            queue.postpone(session, context.claim, result.seconds, reset=True)
            return False
        row.status = "skipped" if isinstance(result, Skipped) else "done"
        row.ended_at, row.next_attempt_at = utc_now(), None
        run.facts = run.facts | result.facts
        if isinstance(result, Done):
            row.result = result.result
        if isinstance(result, Branch):
            run.outcome = result.outcome
            append_steps(session, run, result.steps)
        return True


def _end(deps: Deps, claim: queue.Claim) -> None:
    with unit_of_work(deps.database) as uow:
        run = uow.session.get_one(Run, claim.ref_id)
        if run.state != "cancelled":
            run.state = "done"
        run.ended_at = run.changed_at = utc_now()
        queue.finish(uow.session, claim)


def open_step(session: Session, run_id: str) -> StepRow | None:
    """The step a run stands at."""
    statement = (
        select(StepRow)
        .where(col(StepRow.run_id) == run_id, col(StepRow.status).not_in(("done", "skipped")))
        .order_by(col(StepRow.seq))
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()
