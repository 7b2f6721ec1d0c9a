"""The workflows around an object beside its own decision: who must act, until when, how each stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db.panel_facts import PanelRows, RunFacts
from app.db.types import utc_now
from app.engine.deciding.tasks import reference
from app.web import language, sentences, texts
from app.web.display import web_url
from app.web.language import _
from app.web.panel import decisions
from app.web.texts import State


@dataclass(frozen=True)
class TaskView:
    """An open task: who must act, until when. `ref` names it at our own door for deciding."""

    name: str
    who: str
    due_at: datetime | None
    is_overdue: bool
    ref: str = ""


@dataclass(frozen=True)
class Flow:
    """One workflow of either engine. `url` opens it for people with rights there, where its engine has an address."""

    name: str
    engine: str
    state: State
    tasks: tuple[TaskView, ...]
    url: str
    started_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    comment: str


def tasks(rows: Iterable[dict[str, Any]], engine: str = "", instance_id: str = "") -> tuple[TaskView, ...]:
    """Open tasks as kept by the engine; of which workflow they are, where it is known."""
    now = utc_now()
    found = []
    for task in rows:
        who = decisions.who_must_act(str(task.get("assignee") or ""), tuple(task.get("candidates") or ()))
        ref = reference(engine, instance_id, str(task["id"])) if engine and task.get("id") else ""
        due = language.parse_moment(task.get("due_at"))
        found.append(TaskView(sentences.said(str(task.get("name") or "")), who, due, bool(due and due < now), ref))
    return tuple(found)


def flows(rows: PanelRows, main: RunFacts | None) -> tuple[Flow, ...]:
    """Every workflow of the workspace except the one whose decision is shown by itself."""
    own = main.workflow.instance_id if main and main.workflow else ""
    kept = rows.link.workflows if rows.link else ()
    return tuple(_flow(row) for row in kept if row.get("engine") != "workflow_service" or row.get("id") != own)


def unknown(rows: PanelRows) -> str:
    """Which engine did not tell its workflows when it was last asked, in words."""
    engines = rows.link.workflows_unknown if rows.link else ()
    return _(" and ").join(_(texts.ENGINES.get(name, name)) for name in engines)


def _flow(row: dict[str, Any]) -> Flow:
    return Flow(
        name=str(row.get("name") or _("Workflow")),
        engine=_(texts.ENGINES.get(str(row.get("engine")), str(row.get("engine")))),
        state=_state(row),
        tasks=tasks(row.get("tasks") or (), str(row.get("engine") or ""), str(row.get("id") or "")),
        url=web_url(str(row.get("url") or "")),
        started_at=language.parse_moment(row.get("started_at")),
        ended_at=language.parse_moment(row.get("at")),
        ended_by=str(row.get("by") or ""),
        comment=str(row.get("comment") or ""),
    )


def _state(row: dict[str, Any]) -> State:
    if row.get("outcome") and row.get("status") == "completed":
        return texts.state_of(texts.OUTCOMES, str(row["outcome"]))
    return texts.state_of(texts.WORKFLOW_STATES, str(row.get("status") or "unknown"))
