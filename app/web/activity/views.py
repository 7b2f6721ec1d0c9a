"""View models of the activity pages: lines, groups of failures, one run as a timeline, and its report for support."""

from dataclasses import dataclass
from datetime import datetime

from app import __version__
from app.db.activity import DeliveryLine, FailureGroup, RunLine
from app.db.panel_facts import RunFacts
from app.engine.replay import Foreseen
from app.web import sentences, texts
from app.web.kinds import MANY
from app.web.language import _
from app.web.panel import progress, why
from app.web.panel.progress import RunView
from app.web.panel.why import Link
from app.web.texts import State


@dataclass(frozen=True)
class Line:
    """One run in the list."""

    id: str
    title: str
    subject: str
    kind: str
    object_id: str
    state: State
    outcome: State | None
    problem: str
    started_at: datetime
    next_try_at: datetime | None
    is_stuck: bool


@dataclass(frozen=True)
class Group:
    """Failures with one cause."""

    cause: str
    step: str
    means: str
    hint: str
    count: int
    state: State
    code: str
    is_stuck: bool
    latest_at: datetime
    since: datetime
    kind: str


@dataclass(frozen=True)
class Effects:
    """What trying one run again would do. `done` is left as it is."""

    id: str
    title: str
    subject: str
    state: State
    problem: str
    done: tuple[str, ...]
    ahead: tuple[str, ...]


@dataclass(frozen=True)
class Letter:
    """One delivery in the list."""

    id: str
    title: str
    source: str
    subject: str
    kind: str
    object_id: str
    state: State
    note: str
    received_at: datetime
    is_stuck: bool


@dataclass(frozen=True)
class RunPage:
    """One run with everything behind it."""

    run: RunView
    subject: str
    kind: str
    object_id: str
    reasons: tuple[str, ...]
    chain: tuple[Link, ...]
    trail: tuple[Link, ...]
    report: str
    can_skip: bool


def line(found: RunLine) -> Line:
    is_stuck = found.state in progress.STUCK
    is_retrying = bool(found.error_code) and not is_stuck and found.state in ("running", "waiting")
    table, key = (texts.STEP_STATES, "retrying") if is_retrying else (texts.RUN_STATES, found.state)
    return Line(
        id=found.id,
        title=texts.scenario(found.scenario),
        subject=found.subject_name or found.subject_id,
        kind=found.subject_type if found.subject_type in MANY else "",
        object_id=found.subject_id,
        state=texts.state_of(table, key),
        outcome=texts.state_of(texts.OUTCOMES, found.outcome) if found.outcome else None,
        problem=texts.cause(found.error_code, found.error_message) if found.error_code else "",
        started_at=found.started_at,
        next_try_at=found.next_attempt_at if is_retrying else None,
        is_stuck=is_stuck,
    )


def group(found: FailureGroup) -> Group:
    is_stuck = found.state in progress.STUCK
    table, key = (texts.RUN_STATES, found.state) if is_stuck else (texts.STEP_STATES, "retrying")
    return Group(
        cause=texts.failure(found.error_code, found.error_message),
        step=texts.step_title(found.step_kind, {}),
        means=texts.meaning(found.step_kind),
        hint=sentences.said(found.error_hint),
        count=found.count,
        state=texts.state_of(table, key),
        code=found.error_code,
        is_stuck=is_stuck,
        latest_at=found.latest_at,
        since=found.since,
        kind=found.step_kind,
    )


def effects(found: Foreseen, *, is_whole: bool) -> Effects:
    """`is_whole`: the reader may see everything; others read what kinds of steps these are, and no names."""
    done, ahead = (
        tuple(dict.fromkeys(texts.step_title(kind, params if is_whole else {}) for kind, params in steps))
        for steps in (found.done, found.ahead)
    )
    return Effects(
        found.id, texts.scenario(found.scenario), found.subject_name or found.subject_id,
        texts.state_of(texts.RUN_STATES, found.state), texts.cause(found.error_code) if found.error_code else "",
        done, ahead,
    )  # fmt: skip


def letter(found: DeliveryLine) -> Letter:
    title = texts.REQUESTS.get(found.request) if found.request else None
    return Letter(
        id=found.id,
        title=_(title or texts.TOPICS.get(found.topic, found.topic)),
        source=_(texts.SOURCES.get(found.source, found.source)),
        subject=found.object_name or found.object_id,
        kind=found.object_type if found.object_type in MANY else "",
        object_id=found.object_id,
        state=texts.state_of(texts.DELIVERY_STATES, found.state),
        note=texts.reason(found.reason) if found.reason else "",
        received_at=found.received_at,
        is_stuck=found.state in progress.STUCK,
    )


def run_page(run: RunFacts, kind: str, object_id: str) -> RunPage:
    return RunPage(
        run=progress.run_view(run),
        subject=run.subject_name or object_id,
        kind=kind if kind in MANY else "",
        object_id=object_id,
        reasons=why.reasons(run),
        chain=why.chain(run),
        trail=why.trail(run),
        report=report(run, kind),
        can_skip=run.state in progress.STUCK,
    )


def report(run: RunFacts, kind: str) -> str:
    """What support needs and nothing personal: codes, states and times; no names, amounts or texts of people."""
    lines = [
        f"Storefront ECM {__version__}",
        f"Run {run.id}",
        f"Correlation {run.correlation_id}",
        f"Scenario {run.scenario} on a {kind}, state {run.state}, outcome {run.outcome or '-'}",
        f"Started {_utc(run.started_at)}, last change {_utc(run.changed_at)}, ended {_utc(run.ended_at)}",
    ]
    if run.event:
        cause = f"{run.event.source} {run.event.topic} {run.event.request}".rstrip()
        lines.append(f"Set off by {cause} {_utc(run.event.received_at)}")
    for step in run.steps:
        ended = _utc(step.ended_at)
        lines.append(f"{step.seq:>3} {step.kind:<22} {step.status:<14} tries {step.attempts} ended {ended}")
        if step.error_code:
            lines.append(f"      code {step.error_code}, next try {_utc(step.next_attempt_at)}")
    return "\n".join(lines)


def _utc(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else "-"
