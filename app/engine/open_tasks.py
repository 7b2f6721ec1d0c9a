"""The inbox: every open task of either engine that a person may see, by what is at stake and until when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple

from app.db import open_tasks, rights
from app.db.open_tasks import NOTHING_TOLD, Told, WaitingWorkflow
from app.db.session import reading
from app.db.types import utc_now
from app.domain.ids import StoreId
from app.domain.rights import Sight
from app.engine import rights as sights
from app.engine.deciding import tasks
from app.engine.deciding.tasks import Held
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.opentext.workflows import Engine

BY_MONEY, BY_TIME = "money", "time"
CONTENT_SERVER = Engine.CONTENT_SERVER.value  # the kind of what is none of our own workflows
OVERDUE = "overdue"
SHOWN = 100
NOUGHT = Decimal(0)
WITHIN = {"day": timedelta(days=1), "week": timedelta(days=7)}


@dataclass(frozen=True)
class OpenTask:
    """One decision somebody has to take. `amount` is what hangs on it, None where that is no money.

    `scenario` is empty for a workflow that is none of ours; `workflow` is its own name then.
    """

    store_id: StoreId
    held: Held
    scenario: str
    object_type: str
    object_id: str
    object_name: str
    facts: dict[str, str]
    amount: Decimal | None
    currency: str
    due_at: datetime | None
    started_at: datetime
    is_mine_to_decide: bool
    workflow: str = ""
    store_name: str = ""  # told where a list spans several

    @property
    def kind(self) -> str:
        """What a list is narrowed by: the scenario, or that it is none of ours."""
        return self.scenario or CONTENT_SERVER

    @property
    def is_overdue(self) -> bool:
        return self.due_at is not None and self.due_at < utc_now()

    @property
    def key(self) -> str:
        """Names it in a form: what it is about, and which task."""
        return f"{self.store_id}:{self.object_type}:{self.object_id}:{self.held.ref}"


class Waiting(NamedTuple):
    """One open task as far as thousands are narrowed and sorted by it. `task` as `engine.workflow_list` keeps it."""

    flow: WaitingWorkflow
    task: dict[str, Any]
    worth: Decimal | None
    due_at: datetime | None

    @property
    def kind(self) -> str:
        return self.flow.scenario or CONTENT_SERVER

    @property
    def assignee(self) -> str:
        return str(self.task.get("assignee") or "")

    @property
    def holders(self) -> Sequence[str]:
        """Who has it; else who may take it."""
        return (self.assignee,) if self.assignee else self.task.get("candidates") or ()

    @property
    def key(self) -> str:
        """The same as its `OpenTask.key`."""
        ref = tasks.reference(self.flow.engine, self.flow.instance_id, str(self.task["id"]))
        return ":".join((*self.flow.about, ref))


@dataclass(frozen=True)
class Narrowed:
    """What a list is narrowed to; empty means everything. `assignee`: "nobody", or a person's or group's name.

    `due`: "overdue", or one of `WITHIN`, which what is overdue belongs to as well. `keys`: of the tasks that are meant.
    """

    store: str = ""
    kind: str = ""
    assignee: str = ""
    due: str = ""
    order: str = BY_MONEY
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Inbox:
    """The first `SHOWN` of `count` tasks as narrowed and sorted; what there is to choose from; how it is known what
    the person may see."""

    tasks: tuple[OpenTask, ...]
    count: int
    kinds: tuple[str, ...]
    people: tuple[str, ...]
    sight: Sight


def read(deps: Deps, who: Merchant, narrowed: Narrowed, *, is_page: bool = False) -> Inbox:
    """Four statements; where people sign in, OpenText is asked once which workspaces this person sees.

    `is_page`: as `rights.sight`.
    """
    with reading(deps.database) as session:
        found = open_tasks.waiting(session, (who.store_id,))
        of_store = rights.of_store(session, who.store_id)
    sight = sights.sight_of(deps, who, of_store, {one.node_id for one in found}, is_page=is_page)
    return arranged(deps, [task for flow in seen(sight, found) for task in tasks_of(flow)], narrowed, sight)


def arranged(deps: Deps, waiting: list[Waiting], narrowed: Narrowed, sight: Sight) -> Inbox:
    """Narrowed and sorted; only what is shown is read in full."""
    people = sorted({name for one in waiting for name in one.holders}, key=str.casefold)
    kinds = sorted({one.kind for one in waiting})
    chosen = _matching(waiting, narrowed)
    now = utc_now()
    chosen.sort(key=_by_time if narrowed.order == BY_TIME else lambda one: _by_money(one, now))
    shown = chosen[:SHOWN]
    with reading(deps.database) as session:
        told = open_tasks.told(session, {one.flow.about for one in shown})
    in_full = tuple(_in_full(one, told.get(one.flow.about, NOTHING_TOLD), sight) for one in shown)
    return Inbox(in_full, len(chosen), tuple(kinds), tuple(people), sight)


def seen(sight: Sight, flows: list[WaitingWorkflow]) -> list[WaitingWorkflow]:
    """A workflow follows its workspace; before there is one, nobody can be asked."""
    if not sight.is_known or not sight.allowed.sees_workflow:
        return []
    nodes = sight.nodes
    return flows if nodes is None else [one for one in flows if one.node_id in nodes]


def tasks_of(flow: WaitingWorkflow) -> Iterator[Waiting]:
    worth = _decimal(flow.worth)
    for task in flow.tasks:
        if task.get("id"):
            yield Waiting(flow, task, worth, _moment(task.get("due_at")))


def _in_full(one: Waiting, told: Told, sight: Sight) -> OpenTask:
    flow = one.flow
    held = tasks.held_row(Engine(flow.engine), flow.instance_id, one.task, flow.run_id)
    return OpenTask(
        StoreId(flow.store_id), held, flow.scenario, flow.object_type, flow.object_id,
        told.name or flow.object_name or flow.object_id, told.facts, one.worth, told.facts.get("currency", ""),
        one.due_at, flow.started_at, tasks.may(sight, held), flow.name,
    )  # fmt: skip


def _decimal(text: str) -> Decimal | None:
    """An order's total or a case's amount."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


@lru_cache(maxsize=open_tasks.MOST)
def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _matching(waiting: list[Waiting], narrowed: Narrowed) -> list[Waiting]:
    found: Iterable[Waiting] = waiting
    if narrowed.keys:
        objects = {key.rpartition(":")[0] for key in narrowed.keys}
        found = (one for one in found if ":".join(one.flow.about) in objects and one.key in narrowed.keys)
    if narrowed.store:
        found = (one for one in found if one.flow.store_id == narrowed.store)
    if narrowed.kind:
        found = (one for one in found if one.kind == narrowed.kind)
    if narrowed.due:
        until = utc_now() + WITHIN.get(narrowed.due, timedelta(0))
        found = (one for one in found if one.due_at is not None and one.due_at < until)
    if narrowed.assignee:
        found = (one for one in found if _is_with(one, narrowed.assignee))
    return list(found)


def _is_with(one: Waiting, assignee: str) -> bool:
    return not one.assignee if assignee == "nobody" else assignee in one.holders


def _by_money(one: Waiting, now: datetime) -> tuple[bool, Decimal, bool, float]:
    """What is overdue first, then the most money, then the nearest deadline."""
    is_overdue = one.due_at is not None and one.due_at < now
    return (not is_overdue, -(one.worth or NOUGHT), one.due_at is None, _seconds(one))


def _by_time(one: Waiting) -> tuple[bool, float, Decimal]:
    return (one.due_at is None, _seconds(one), -(one.worth or NOUGHT))


def _seconds(one: Waiting) -> float:
    return (one.due_at or one.flow.started_at).timestamp()
