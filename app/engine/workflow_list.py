"""The workflows around an object, of both engines, asked behind the page and kept beside its workspace.

What is open is asked for. A workflow of Content Server that we saw open and is open no more is asked once how it
ended; how one of the Workflow Service ended its own run tells. So a look costs two calls for each workflow of ours
that waits, one for the workspace, one for each that runs there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.db import open_tasks
from app.db.links import WorkflowLink, WorkspaceLink
from app.db.runs import Run
from app.db.session import reading
from app.db.types import utc_now
from app.domain.content import Task
from app.domain.ids import NodeId
from app.engine.deps import Deps
from app.errors import AppError, Permanent
from app.opentext import OpenText
from app.opentext.workflow_service.choices import business_process, choices
from app.opentext.workflows import Engine, Workflow

OVER = ("completed", "terminated", "unknown")
KEPT = 20  # workflows remembered of one object, open ones first
Row = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """What a look brought: rows for the panel, tasks by business key of ours, engines that could not be asked."""

    rows: tuple[Row, ...]
    ours: dict[str, tuple[Row, ...]]
    unknown: tuple[str, ...]


def look(deps: Deps, opentext: OpenText, link: WorkspaceLink) -> Look:
    """Ask both engines. Raises nothing for what they do: what was known of a silent one stays."""
    keys = _open_keys(deps, link)
    found = opentext.all_workflows.of(keys, NodeId(link.workspace_id), finished=False)
    silent = {engine.value for engine in found.unknown}
    now_open = [_row(each) for each in found.workflows]
    seen = {(row["engine"], row["id"]) for row in now_open}
    earlier = [row for row in link.workflows if (row["engine"], row["id"]) not in seen]
    kept = [row for row in earlier if row["engine"] in silent]
    ended = [_ended(opentext, row) for row in earlier if row not in kept and row["engine"] == Engine.CONTENT_SERVER]
    rows = now_open + kept + ended
    rows.sort(key=lambda row: (row["status"] in OVER, -_seconds(row["started_at"])))
    ours = {
        each.instance.business_key: tuple(task_row(task, each.instance.business_key) for task in each.tasks)
        for each in found.workflows
        if each.engine is Engine.WORKFLOW_SERVICE
    }
    return Look(tuple(rows[:KEPT]), ours, tuple(sorted(silent)))


def remember(session: Session, link: WorkspaceLink, found: Look) -> None:
    """Keep it, in the caller's transaction: beside the workspace, and who must act in the runs' own workflows."""
    link.workflows, link.workflows_unknown = list(found.rows), ",".join(found.unknown)
    link.content_tasks = open_tasks.content_tasks(link.workflows)
    for key, tasks in found.ours.items():
        row = session.execute(select(WorkflowLink).where(col(WorkflowLink.business_key) == key)).scalar_one_or_none()
        if row is not None and row.store_id == link.store_id and not row.outcome:
            row.tasks, row.seen_at = list(tasks), utc_now()


def task_row(task: Task, business_key: str = "") -> Row:
    """A task as it is kept: who may do it, until when (ISO 8601, UTC), and what its model lets it end with."""
    found = choices(business_process(business_key), task.name)
    return {
        "id": task.id,
        "choices": [[one.value, one.label] for one in found.found],
        "has_more": found.has_more,
        "owner": task.owner,
        "is_lent": task.is_lent,
        "name": task.name,
        "assignee": task.assignee,
        "candidates": list(task.candidates),
        "created_at": _iso(task.created_at),
        "due_at": _iso(task.due_at),
    }


def _open_keys(deps: Deps, link: WorkspaceLink) -> Sequence[str]:
    """Business keys of what we started about the object and nobody has decided yet."""
    statement = (
        select(col(WorkflowLink.business_key))
        .join(Run, col(Run.id) == col(WorkflowLink.run_id))
        .where(
            col(Run.store_id) == link.store_id,
            col(Run.subject_type) == link.object_type,
            col(Run.subject_id) == link.object_id,
            col(WorkflowLink.outcome) == "",
        )
    )
    with reading(deps.database) as session:
        return list(session.execute(statement).scalars())


def _row(each: Workflow) -> Row:
    instance = each.instance
    return {
        "engine": each.engine.value,
        "id": instance.id,
        "name": instance.name,
        "status": instance.status.value,
        "started_at": _iso(instance.started_at),
        "url": each.url,
        "tasks": [task_row(task, instance.business_key) for task in each.tasks],
        "outcome": "",
        "by": "",
        "at": None,
        "comment": "",
    }


def _ended(opentext: OpenText, row: Row) -> Row:
    """How a workflow ended that was open before: asked once, unless its engine does not tell today."""
    if row["status"] in OVER:
        return row
    try:
        decision = opentext.content_workflows.decision(row["id"])
    except Permanent:  # not there any more, or not for us to see
        return row | {"status": "unknown", "tasks": [], "url": ""}
    except AppError:
        return row
    if decision is None:
        return row
    status = "terminated" if decision.outcome == "terminated" else "completed"
    return row | {
        "status": status, "tasks": [], "url": "", "outcome": decision.outcome, "by": decision.by,
        "at": _iso(decision.at), "comment": decision.comment,
    }  # fmt: skip


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _seconds(text: str | None) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0
