"""An open task of a workflow as a panel knows it, what may be done with it, and how a refusal is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from app.db.panel_facts import PanelRows
from app.domain.rights import Sight
from app.engine import rights
from app.engine.vault import sha256_hex
from app.errors import Conflict, Rejected
from app.opentext.workflows import Engine

LONGEST_COMMENT = 2000
LONGEST_NAME = 200
ASKS_BACK = frozenset({"more_info", "changes_requested"})


class Act(StrEnum):
    """What somebody does with an open task."""

    CLAIM = "claim"
    RELEASE = "release"
    DECIDE = "decide"
    COMMENT = "comment"
    DELEGATE = "delegate"
    RETURN = "return"


class DecidedAlready(Conflict):
    """The task is not open any more. `by` and `at` as the engine tells them; empty where it does not say."""

    code = "decided_already"

    def __init__(self, by: str = "", at: datetime | None = None, outcome: str = "") -> None:
        super().__init__("This task was done already.", code="decided_already")
        self.by, self.at, self.outcome = by, at, outcome


class Taken(Conflict):
    """Somebody else has claimed the task."""

    code = "claimed"

    def __init__(self, by: str) -> None:
        super().__init__("Somebody else has claimed this task.", code="claimed")
        self.by = by


class Incomplete(Rejected):
    """Something about the wish is missing or not offered; `field` names it."""

    code = "incomplete"

    def __init__(self, field: str) -> None:
        super().__init__("Something is missing.", status=422, code="incomplete")
        self.field = field


@dataclass(frozen=True)
class Option:
    """One way to end a task. `label` is the model's own; empty where the model has none and the task is just done."""

    value: str
    label: str

    @property
    def asks_back(self) -> bool:
        return self.value.casefold().replace(" ", "") in ASKS_BACK | {"requestchanges"}

    @property
    def rejects(self) -> bool:
        return self.value.casefold().startswith("reject")


@dataclass(frozen=True)
class Held:
    """An open task as we last knew it. `ref` names it in our addresses and tells nothing."""

    ref: str
    engine: Engine
    instance_id: str
    id: str
    name: str
    assignee: str
    candidates: tuple[str, ...]
    owner: str
    is_lent: bool
    due_at: str | None
    options: tuple[Option, ...]
    has_more: bool
    run_id: str


@dataclass(frozen=True)
class Wish:
    """What a person wants done. `click` is the form's own key: the same one twice is one wish."""

    act: Act
    click: str
    outcome: str = ""
    comment: str = ""
    to: str = ""


# What can be decided


def reference(engine: str, instance_id: str, task_id: str) -> str:
    return sha256_hex(f"{engine}:{instance_id}:{task_id}")[:24]


def held(shown: PanelRows) -> dict[str, Held]:
    """Every open task that the reader of these rows sees, by its reference."""
    return {one.ref: one for one in _all(shown) if one.id}


def find(shown: PanelRows, ref: str) -> Held:
    """Raises DecidedAlready: nothing open has this reference (any more), at least not for this reader."""
    found = held(shown).get(ref)
    if found is None:
        raise DecidedAlready
    return found


def _all(shown: PanelRows) -> Iterator[Held]:
    for row in shown.link.workflows if shown.link else ():
        for task in row.get("tasks") or ():
            yield held_row(Engine(str(row["engine"])), str(row["id"]), task, "")
    for run in shown.runs:
        if run.workflow is not None and not run.workflow.outcome:
            for task in run.workflow.tasks:
                yield held_row(Engine.WORKFLOW_SERVICE, run.workflow.instance_id, task, run.id)


@lru_cache(maxsize=1000)
def _options(choices: tuple[tuple[str, str], ...]) -> tuple[Option, ...]:
    """Thousands of tasks have the same few."""
    return tuple(Option(value, label) for value, label in choices)


def held_row(engine: Engine, instance_id: str, task: dict[str, Any], run_id: str) -> Held:
    task_id = str(task.get("id") or "")
    return Held(
        ref=reference(engine.value, instance_id, task_id), engine=engine, instance_id=instance_id, id=task_id,
        name=str(task.get("name") or ""), assignee=str(task.get("assignee") or ""),
        candidates=tuple(task.get("candidates") or ()), owner=str(task.get("owner") or ""),
        is_lent=task.get("is_lent") is True, due_at=task.get("due_at"),
        options=_options(tuple((str(value), str(label)) for value, label in task.get("choices") or ())),
        has_more=task.get("has_more") is True, run_id=run_id,
    )  # fmt: skip


def may(found: Sight, task: Held) -> bool:
    """Whether deciding is offered: nothing is known here that the engine would not be asked again."""
    on_content_server = task.engine is Engine.CONTENT_SERVER
    offers_something = on_content_server or bool(task.options) or task.is_lent
    return offers_something and rights.may_decide(found, on_content_server=on_content_server)


def acts(found: Sight, task: Held) -> tuple[Act, ...]:
    """What beside the outcomes makes sense. The app's own account claims for nobody, it decides at once."""
    if task.is_lent:
        return (Act.RETURN, Act.COMMENT)
    if task.engine is Engine.CONTENT_SERVER:
        return (Act.DELEGATE,)
    own = () if found.nodes is None else (Act.RELEASE,) if task.assignee else (Act.CLAIM,)
    return (*own, Act.COMMENT, Act.DELEGATE)
