"""Decisions a store's work waits for, in one statement: the workflow's tasks, what they are about, what it is worth."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlmodel import Session

from app.db.links import SubjectSnapshot, WorkflowLink, WorkspaceLink
from app.db.runs import Run

MOST = 500
UNDER_WAY = ("waiting", "running", "quarantined", "waiting_reauth")

FLOW: Any = WorkflowLink
LINK: Any = WorkspaceLink
RUN: Any = Run
SNAPSHOT: Any = SubjectSnapshot


@dataclass(frozen=True)
class WaitingWorkflow:
    """One workflow that waits for people. `tasks` as `engine.workflow_list` keeps them; `node_id`: of the workspace."""

    run_id: str
    scenario: str
    object_type: str
    object_id: str
    object_name: str
    facts: dict[str, Any]
    instance_id: str
    tasks: tuple[dict[str, Any], ...]
    started_at: datetime
    node_id: int


def waiting(session: Session, store_id: str, most: int = MOST) -> tuple[WaitingWorkflow, ...]:
    """By the runs that are under way, the longest first; whatever is decided is never looked at."""
    statement = (
        select(
            RUN.id, RUN.scenario, RUN.subject_type, RUN.subject_id, RUN.subject_name, SNAPSHOT.name, SNAPSHOT.facts,
            FLOW.instance_id, FLOW.tasks, FLOW.started_at, LINK.workspace_id,
        )
        .select_from(RUN)
        .join(FLOW, FLOW.run_id == RUN.id)
        .outerjoin(SNAPSHOT, _about(SNAPSHOT))
        .outerjoin(LINK, _about(LINK))
        .where(RUN.store_id == store_id, RUN.state.in_(UNDER_WAY), FLOW.status == "running", FLOW.outcome == "")
        .order_by(FLOW.started_at)
        .limit(most)
    )  # fmt: skip
    return tuple(
        WaitingWorkflow(
            row.id, row.scenario, row.subject_type, row.subject_id, row.name or row.subject_name or row.subject_id,
            row.facts or {}, row.instance_id, tuple(row.tasks or ()), row.started_at, row.workspace_id or 0,
        )
        for row in session.execute(statement)
    )  # fmt: skip


def _about(table: Any) -> Any:
    return and_(
        table.store_id == RUN.store_id, table.object_type == RUN.subject_type, table.object_id == RUN.subject_id
    )
