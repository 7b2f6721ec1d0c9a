"""The inbox: every open task of either engine that a person may see, by what is at stake and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from app.db import open_tasks, rights
from app.db.open_tasks import WaitingWorkflow
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


@dataclass(frozen=True)
class Narrowed:
    """What a list is narrowed to; empty means everything. `assignee`: "nobody", or a person's or group's name.

    `due`: "overdue", or one of `WITHIN`, which what is overdue belongs to as well.
    """

    store: str = ""
    kind: str = ""
    assignee: str = ""
    due: str = ""
    order: str = BY_MONEY


@dataclass(frozen=True)
class Inbox:
    """`tasks` as narrowed and sorted; what there is to choose from; how it is known what the person may see."""

    tasks: tuple[OpenTask, ...]
    kinds: tuple[str, ...]
    people: tuple[str, ...]
    sight: Sight


def read(deps: Deps, who: Merchant, narrowed: Narrowed, *, is_page: bool = False) -> Inbox:
    """Three statements; where people sign in, OpenText is asked once which workspaces this person sees.

    `is_page`: as `rights.sight`.
    """
    with reading(deps.database) as session:
        found = open_tasks.waiting(session, (who.store_id,))
        of_store = rights.of_store(session, who.store_id)
    sight = sights.sight_of(deps, who, of_store, {one.node_id for one in found}, is_page=is_page)
    shown = [task for flow in found if sees(sight, flow) for task in tasks_of(flow, sight)]
    return arranged(shown, narrowed, sight)


def arranged(shown: list[OpenTask], narrowed: Narrowed, sight: Sight) -> Inbox:
    """Narrowed and sorted."""
    people = sorted({name for one in shown for name in _holders(one)}, key=str.casefold)
    chosen = [one for one in shown if _matches(one, narrowed)]
    now = utc_now()
    chosen.sort(key=_by_time if narrowed.order == BY_TIME else lambda one: _by_money(one, now))
    return Inbox(tuple(chosen), tuple(sorted({one.kind for one in shown})), tuple(people), sight)


def sees(sight: Sight, flow: WaitingWorkflow) -> bool:
    """A workflow follows its workspace; before there is one, nobody can be asked."""
    if not sight.is_known or not sight.allowed.sees_workflow:
        return False
    return sight.nodes is None or sight.sees_node(flow.node_id)


def tasks_of(flow: WaitingWorkflow, sight: Sight) -> Iterable[OpenTask]:
    amount, currency = _worth(flow.facts)
    for row in flow.tasks:
        held = tasks.held_row(Engine(flow.engine), flow.instance_id, row, flow.run_id)
        if held.id:
            yield OpenTask(
                StoreId(flow.store_id), held, flow.scenario, flow.object_type, flow.object_id, flow.object_name,
                flow.facts, amount, currency, _moment(held.due_at), flow.started_at, tasks.may(sight, held), flow.name,
            )  # fmt: skip


def _worth(facts: dict[str, str]) -> tuple[Decimal | None, str]:
    """An order's total or a case's amount."""
    try:
        return Decimal(facts["amount"]), facts.get("currency", "")
    except (KeyError, InvalidOperation):
        return None, ""


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _holders(task: OpenTask) -> tuple[str, ...]:
    return (task.held.assignee,) if task.held.assignee else task.held.candidates


def _matches(task: OpenTask, narrowed: Narrowed) -> bool:
    if narrowed.store and task.store_id != narrowed.store:
        return False
    if narrowed.kind and task.kind != narrowed.kind:
        return False
    if narrowed.due and not _is_due(task, narrowed.due):
        return False
    if narrowed.assignee == "nobody":
        return not task.held.assignee
    return not narrowed.assignee or narrowed.assignee in _holders(task)


def _is_due(task: OpenTask, due: str) -> bool:
    if due == OVERDUE or task.due_at is None:
        return task.is_overdue
    return due in WITHIN and task.due_at < utc_now() + WITHIN[due]


def _by_money(task: OpenTask, now: datetime) -> tuple[bool, Decimal, bool, float]:
    """What is overdue first, then the most money, then the nearest deadline."""
    is_overdue = task.due_at is not None and task.due_at < now
    return (not is_overdue, -(task.amount or Decimal(0)), task.due_at is None, _seconds(task))


def _by_time(task: OpenTask) -> tuple[bool, float, Decimal]:
    return (task.due_at is None, _seconds(task), -(task.amount or Decimal(0)))


def _seconds(task: OpenTask) -> float:
    return (task.due_at or task.started_at).timestamp()
