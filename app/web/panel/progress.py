"""Runs and steps in words: what is happening, what failed, what that means, what to do."""

from dataclasses import dataclass
from datetime import datetime

from app.db.panel_facts import RunFacts, StepFacts
from app.web import sentences, texts
from app.web.language import _, ngettext
from app.web.texts import State

STUCK = ("quarantined", "waiting_reauth")
ENDED = ("done", "skipped")
DECISION_STEPS = ("start_workflow", "await_decision")


@dataclass(frozen=True)
class Problem:
    """Why a step does not go on: what happened, what it means, the way out. `can_try` offers "Try now"."""

    what: str
    means: str
    way_out: str
    next_try_at: datetime | None
    is_stuck: bool
    needs_connection: bool


@dataclass(frozen=True)
class StepView:
    """One step as people read it."""

    title: str
    state: State
    summary: str
    at: datetime | None
    problem: Problem | None


@dataclass(frozen=True)
class RunView:
    """One run as people read it; `is_over` runs are folded away, and the first `folded` steps of one that waits."""

    id: str
    title: str
    state: State
    steps: tuple[StepView, ...]
    started_at: datetime
    ended_at: datetime | None
    is_over: bool
    summary: str
    problem: Problem | None
    folded: int


def run_view(run: RunFacts) -> RunView:
    steps = _steps(run)
    problem = next((step.problem for step in steps if step.problem), None)
    return RunView(
        id=run.id,
        title=texts.scenario(run.scenario),
        state=_run_state(run, problem),
        steps=steps,
        started_at=run.started_at,
        ended_at=run.ended_at,
        is_over=run.state in ("done", "cancelled"),
        summary=_summary(run),
        problem=problem,
        folded=_folded(run),
    )


def _folded(run: RunFacts) -> int:
    """How many done steps to fold away while people decide: what matters then is who decides."""
    done = sum(step.status in ENDED for step in run.steps)
    return done if run.state == "waiting" and done > 1 else 0


def _run_state(run: RunFacts, problem: Problem | None) -> State:
    if problem and not problem.is_stuck and run.state not in STUCK:
        return texts.state_of(texts.STEP_STATES, "retrying")
    return texts.state_of(texts.RUN_STATES, run.state)


def _summary(run: RunFacts) -> str:
    done = sum(step.status in ENDED for step in run.steps)
    if run.state == "done":
        return ngettext("%(n)s step, all done", "%(n)s steps, all done", len(run.steps))
    return _("%(done)s of %(all)s steps done", done=done, all=len(run.steps))


def _steps(run: RunFacts) -> tuple[StepView, ...]:
    current = open_step(run)
    return tuple(_step_view(step, is_current=step is current) for step in run.steps)


def open_step(run: RunFacts) -> StepFacts | None:
    """The step a run stands at."""
    if run.state in ("done", "cancelled"):
        return None
    return next((step for step in run.steps if step.status not in ENDED), None)


def _step_view(step: StepFacts, *, is_current: bool) -> StepView:
    problem = _problem(step) if is_current and step.error_code else None
    state = step.status
    if is_current and state == "pending":
        state = "retrying" if problem else "now"
    return StepView(
        title=texts.step_title(step.kind, step.params),
        state=texts.state_of(texts.STEP_STATES, state),
        summary="" if problem else sentences.said(step.summary),
        at=step.ended_at if step.status in ENDED else None,
        problem=problem,
    )


def _problem(step: StepFacts) -> Problem:
    is_stuck = step.status in STUCK
    return Problem(
        what=texts.failure(step.error_code, step.error_message),
        means=texts.meaning(step.kind),
        way_out=sentences.said(step.error_hint) or _way_out(step),
        next_try_at=None if is_stuck else step.next_attempt_at,
        is_stuck=is_stuck,
        needs_connection=step.status == "waiting_reauth",
    )


def _way_out(step: StepFacts) -> str:
    if step.status == "waiting_reauth":
        return _("Renew the connection in the settings. Everything that waits then goes on by itself.")
    if step.status == "quarantined":
        return _("We stopped trying by ourselves. Once the cause is gone, press “Try now”. Nothing is done twice.")
    return _("Nothing is lost and there is nothing you have to do: we try again by ourselves.")


def step_of(run: RunFacts, *kinds: str) -> StepFacts | None:
    """The first step of one of these kinds."""
    return next((step for step in run.steps if step.kind in kinds), None)


def is_review(run: RunFacts) -> bool:
    """Whether people decide something in this run."""
    return step_of(run, *DECISION_STEPS) is not None


def opentext_is_silent(runs: tuple[RunFacts, ...]) -> bool:
    """Whether a step that needs OpenText waits because it does not answer."""
    for run in runs:
        step = open_step(run)
        is_trying = step and step.status not in STUCK and step.error_code in texts.NO_ANSWER
        if step and is_trying and step.kind in texts.OPENTEXT_STEPS:
            return True
    return False
