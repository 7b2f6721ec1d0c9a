"""Decisions a store's work waits for, one statement for each engine: the tasks, what they are about, what it is worth.

Workflows of the Workflow Service are those of our runs; those of Content Server are kept beside their workspace.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session

from app.db.links import SubjectSnapshot, WorkflowLink, WorkspaceLink
from app.db.runs import Run

MOST = 6000  # what is worth most may have come last: all are looked at, so only what a line says is read of each
UNDER_WAY = ("waiting", "running", "quarantined", "waiting_reauth")
SAID = ("customer_name", "status_label", "company", "amount", "currency")
WORKFLOW_SERVICE, CONTENT_SERVER = "workflow_service", "content_server"

FLOW: Any = WorkflowLink
LINK: Any = WorkspaceLink
RUN: Any = Run
SNAPSHOT: Any = SubjectSnapshot


@dataclass(frozen=True)
class WaitingWorkflow:
    """One workflow that waits for people. `facts`: what a line says of what the store told; `tasks` as
    `engine.workflow_list` keeps them; `node_id`: of the workspace.

    `run_id` and `scenario` are empty where the workflow is none of ours; `name` is the workflow's own then.
    """

    store_id: str
    engine: str
    run_id: str
    scenario: str
    object_type: str
    object_id: str
    object_name: str
    facts: dict[str, str]
    instance_id: str
    tasks: tuple[dict[str, Any], ...]
    started_at: datetime
    node_id: int
    name: str = ""


def waiting(session: Session, stores: Collection[str], most: int = MOST) -> tuple[WaitingWorkflow, ...]:
    """The longest waiting first; whatever is decided is never looked at. Those of Content Server as last seen."""
    found = [*_ours(session, stores, most), *_of_content_server(session, stores, most)]
    return tuple(sorted(found, key=lambda one: one.started_at)[:most])


def _ours(session: Session, stores: Collection[str], most: int) -> Iterator[WaitingWorkflow]:
    """By the runs that are under way."""
    statement = (
        select(
            RUN.store_id, RUN.id, RUN.scenario, RUN.subject_type, RUN.subject_id, RUN.subject_name, SNAPSHOT.name,
            FLOW.instance_id, FLOW.tasks, FLOW.started_at, LINK.workspace_id, *_said(),
        )
        .select_from(RUN)
        .join(FLOW, FLOW.run_id == RUN.id)
        .outerjoin(SNAPSHOT, _about(SNAPSHOT))
        .outerjoin(LINK, _about(LINK))
        .where(RUN.store_id.in_(stores), RUN.state.in_(UNDER_WAY), FLOW.status == "running", FLOW.outcome == "")
        .order_by(FLOW.started_at)
        .limit(most)
    )  # fmt: skip
    for row in session.execute(statement):
        yield WaitingWorkflow(
            row.store_id, WORKFLOW_SERVICE, row.id, row.scenario, row.subject_type, row.subject_id,
            row.name or row.subject_name or row.subject_id, _facts(row[-len(SAID) :]), row.instance_id,
            tuple(row.tasks or ()), row.started_at, row.workspace_id or 0,
        )  # fmt: skip


def _said() -> list[Any]:
    """Of what the store told, what a line in a list says: what hangs on it, and whose it is. As texts, each alone: of
    thousands of orders nothing else is read."""
    said = [SNAPSHOT.facts[name].as_string().label(f"said_{name}") for name in SAID[:3]]
    return [*said, *(_worth(name).label(f"said_{name}") for name in SAID[3:])]


def _worth(part: str) -> ColumnElement[str]:
    """Of an order's total, or of a case's amount."""
    facts = SNAPSHOT.facts
    return func.coalesce(facts["total", part].as_string(), facts["amount", part].as_string())


def _facts(values: Sequence[Any]) -> dict[str, str]:
    return {name: str(value) for name, value in zip(SAID, values, strict=True) if value}


def _about(table: Any) -> Any:
    return and_(
        table.store_id == RUN.store_id, table.object_type == RUN.subject_type, table.object_id == RUN.subject_id
    )


def _of_content_server(session: Session, stores: Collection[str], most: int) -> Iterator[WaitingWorkflow]:
    """By the workspaces in which something waits, which an index tells."""
    same = and_(
        SNAPSHOT.store_id == LINK.store_id, SNAPSHOT.object_type == LINK.object_type,
        SNAPSHOT.object_id == LINK.object_id,
    )  # fmt: skip
    statement = (
        select(
            LINK.store_id, LINK.object_type, LINK.object_id, LINK.object_name, LINK.workspace_id, LINK.workflows,
            LINK.seen_at, SNAPSHOT.name, *_said(),
        )
        .select_from(LINK)
        .outerjoin(SNAPSHOT, same)
        .where(LINK.store_id.in_(stores), LINK.content_tasks > 0)
        .limit(most)
    )  # fmt: skip
    for row in session.execute(statement):
        for flow in row.workflows:
            if flow.get("engine") == CONTENT_SERVER and flow.get("tasks"):
                yield WaitingWorkflow(
                    row.store_id, CONTENT_SERVER, "", "", row.object_type, row.object_id,
                    row.name or row.object_name or row.object_id, _facts(row[-len(SAID) :]), str(flow["id"]),
                    tuple(flow["tasks"]), _moment(flow.get("started_at")) or row.seen_at, row.workspace_id,
                    str(flow.get("name") or ""),
                )  # fmt: skip


def objects_in(
    session: Session, stores: Collection[str], workspaces: Collection[int]
) -> tuple[tuple[str, str, str], ...]:
    """(store, type, id) of the objects these workspaces are of."""
    if not workspaces:
        return ()
    statement = select(LINK.store_id, LINK.object_type, LINK.object_id).where(
        LINK.store_id.in_(stores), LINK.workspace_id.in_(workspaces)
    )
    return tuple((row.store_id, row.object_type, row.object_id) for row in session.execute(statement))


def content_tasks(workflows: Collection[dict[str, Any]]) -> int:
    """How many open tasks of Content Server's own engine are among workflows as they are kept."""
    return sum(len(flow.get("tasks") or ()) for flow in workflows if flow.get("engine") == CONTENT_SERVER)


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None
