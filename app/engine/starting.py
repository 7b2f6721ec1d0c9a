"""Workflows a person may start about an object: those its switched-on scenarios know, and what stands in the way.

Asked for twice it is one workflow: both requests name the same occasion, and the occasion is part of the business key.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from app.db.panel_facts import PanelRows, RunFacts
from app.db.runs import Run
from app.domain.commerce import REVIEWABLE
from app.domain.ids import Provider
from app.domain.scenario import Scenario, once
from app.domain.steps import StartWorkflow
from app.scenarios import ALL

UNDER_WAY = ("running", "waiting", "quarantined", "waiting_reauth")
NEED_ALL = frozenset({"sf_b2b_onboarding"})  # people decide about everything the workspace must hold
MOST_ATTACHED = 20


class Obstacle(StrEnum):
    """Why a workflow cannot be started now."""

    OFF = "off"
    ASKED = "asked"  # somebody asked a moment ago
    RUNNING = "running"
    DONE = "done"  # it is for once only
    TOO_LATE = "too_late"
    NO_MODEL = "no_model"


@dataclass(frozen=True)
class Start:
    """One workflow. `run_id`: the run that is in the way, where there is one."""

    scenario: Scenario
    request: str
    process: str
    obstacle: Obstacle | None = None
    run_id: str = ""

    @property
    def needs_all(self) -> bool:
        return self.process in NEED_ALL


def starts(rows: PanelRows, provider: Provider) -> tuple[Start, ...]:
    """Every workflow a person could ask for here, each with what stands in the way. From local rows only."""
    found = (
        _start(rows, one, request, step.process)
        for one in ALL
        if one.subject == rows.object_type and provider in one.providers
        for step in one.steps
        if isinstance(step, StartWorkflow)
        for request in sorted(one.requests)
    )
    return tuple(found)


def _start(rows: PanelRows, scenario: Scenario, request: str, process: str) -> Start:
    own = [run for run in rows.runs if run.scenario == scenario.slug]
    in_the_way = next((run for run in own if run.state in UNDER_WAY), None)
    if in_the_way is None and scenario.each is once:
        in_the_way = next(iter(own), None)
    obstacle = _obstacle(rows, scenario, request, process, in_the_way)
    return Start(scenario, request, process, obstacle, in_the_way.id if in_the_way else "")


def _obstacle(
    rows: PanelRows, scenario: Scenario, request: str, process: str, in_the_way: RunFacts | None
) -> Obstacle | None:
    if scenario.slug in rows.switched_off:
        return Obstacle.OFF
    if any(one.request == request and one.state in ("accepted", "planned") for one in rows.requests):
        return Obstacle.ASKED
    if in_the_way is not None:
        return Obstacle.RUNNING if in_the_way.state in UNDER_WAY else Obstacle.DONE
    status = rows.snapshot.facts.get("status") if rows.snapshot else None
    if request == "review_order" and status and status not in REVIEWABLE:
        return Obstacle.TOO_LATE
    return None if process in rows.shop.deployed else Obstacle.NO_MODEL


def occasion(session: Session, store_id: str, rows: PanelRows, start: Start) -> str:
    """The same for everybody who asks before the next one was started; another one afterwards."""
    statement = (
        select(Run.id)
        .where(
            col(Run.store_id) == store_id, col(Run.scenario) == start.scenario.slug,
            col(Run.subject_type) == rows.object_type, col(Run.subject_id) == rows.object_id,
        )
        .order_by(col(Run.started_at).desc(), col(Run.id))
        .limit(1)
    )  # fmt: skip
    return f"start:{session.exec(statement).first() or 'first'}"
