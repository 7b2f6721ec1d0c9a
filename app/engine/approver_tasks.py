"""An approver's tasks across stores: what both engines say is theirs to do, now, and nothing else.

The Workflow Service is asked by each store's own client for the person's tasks, Content Server for their assignments
under their own ticket. A task is listed where its engine names it and Content Server lets the person see the workspace
it is about; it is decided as the person, so that the engine refuses once more.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import structlog

from app.db import open_tasks as waiting_rows
from app.db import panel
from app.db.approvers import StoreBeside
from app.db.open_tasks import WaitingWorkflow
from app.db.panel_facts import PanelRows
from app.db.session import reading
from app.domain.content import Task
from app.domain.events import Source, Topic
from app.domain.ids import StoreId
from app.domain.rights import Look, Mode, Rights, Sight, blind
from app.engine import approvers, open_tasks, person_sign_in, rights
from app.engine.approvers import Approver
from app.engine.deciding import tasks
from app.engine.deciding.tasks import DecidedAlready, Taken
from app.engine.deps import Deps
from app.engine.inbox import NewEvent
from app.engine.open_tasks import Inbox, Narrowed, Waiting
from app.engine.rights import NoAccess
from app.engine.sessions import Merchant
from app.errors import AppError, NotFound
from app.opentext.connection import WorkflowConnection
from app.opentext.people import SignedOut
from app.opentext.workflows import Engine

log = structlog.get_logger(__name__)
MOST_NEW = 20  # assignments of nobody knows what that one list looks into
AS_PERSONS = Rights(mode=Mode.PERSON)
TasksOf = dict[str, dict[str, Task]]  # store → task by id


@dataclass(frozen=True)
class Across:
    """An inbox over several stores. `silent`: names of those whose workflows could not be asked about."""

    inbox: Inbox
    stores: tuple[StoreBeside, ...]
    silent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mine:
    """What the engines say is the person's: tasks by id, for each store; `silent` are stores nobody answered for."""

    ours: TasksOf
    content: dict[str, Task]
    silent: frozenset[str] = frozenset()

    def find(self, store: str, engine: str, task_id: str) -> Task | None:
        """`engine`: a value of `Engine`."""
        return (self.content if engine == Engine.CONTENT_SERVER else self.ours.get(store, {})).get(task_id)


@dataclass(frozen=True)
class Looked:
    """One task's object as the approver may see it. `rows` as they are, only to decide with."""

    who: Merchant
    rows: PanelRows
    shown: PanelRows
    sight: Sight
    mine: frozenset[str]  # references of tasks


def read(deps: Deps, who: Approver, narrowed: Narrowed, patience: float) -> Across:
    """Every task of theirs in every store their inbox spans. `patience`: seconds each engine is waited for."""
    stores = approvers.stores(deps, who)
    with reading(deps.database) as session:
        found = waiting_rows.waiting(session, [one.id for one in stores])
    sight = rights.sight_of(deps, who.at(who.store_id), AS_PERSONS, {one.node_id for one in found}, patience=patience)
    flows = open_tasks.seen(sight, found)
    mine, sight = _mine(deps, who, flows, sight, patience)
    _look_for_new(deps, who, stores, found, mine)
    names = {one.id: one.name or one.id for one in stores} if len(stores) > 1 else {}
    theirs = [task for flow in flows for task in _of_flow(flow, sight, mine)]
    inbox = open_tasks.arranged(deps, theirs, narrowed, sight)
    shown = tuple(replace(one, store_name=names.get(one.store_id, "")) for one in inbox.tasks)
    silent = tuple(one.name or one.id for one in stores if one.id in mine.silent)
    return Across(replace(inbox, tasks=shown), stores, silent)


def _of_flow(flow: WaitingWorkflow, sight: Sight, mine: Mine) -> Iterable[Waiting]:
    """As the engine has them now: who holds them may have changed since we looked."""
    for one in open_tasks.tasks_of(flow) if sight.is_known else ():
        now = mine.find(flow.store_id, flow.engine, str(one.task["id"]))
        if now is not None:
            yield one._replace(task=_fresh(flow, one.task, now), due_at=now.due_at or one.due_at)


def _fresh(flow: WaitingWorkflow, task: dict[str, Any], now: Task) -> dict[str, Any]:
    """Content Server's list of assignments says only that it is theirs."""
    if flow.engine == open_tasks.CONTENT_SERVER:
        return task
    return task | {
        "assignee": now.assignee, "candidates": now.candidates or task.get("candidates"), "owner": now.owner,
        "due_at": now.due_at.isoformat() if now.due_at else task.get("due_at"), "is_lent": now.is_lent,
    }  # fmt: skip


def _mine(deps: Deps, who: Approver, flows: list[WaitingWorkflow], sight: Sight, patience: float) -> tuple[Mine, Sight]:
    """Both engines' answers; a sight of nothing where Content Server does not know the person any more."""
    asked = [StoreId(one) for one in dict.fromkeys(f.store_id for f in flows if f.engine != open_tasks.CONTENT_SERVER)]
    ours, silent = _of_service(deps, who, asked, patience)
    content: dict[str, Task] = {}
    try:
        content = _assigned(deps, who, patience)
    except SignedOut:
        return Mine({}, {}), blind(sight, Look.SIGN_IN)
    except AppError as error:
        log.warning("assignments_not_asked", store_id=who.store_id, reason=error.specific_code)
        silent |= {one.store_id for one in flows if one.engine == open_tasks.CONTENT_SERVER}
    return Mine(ours, content, frozenset(silent)), sight


def _assigned(deps: Deps, who: Approver, patience: float) -> dict[str, Task]:
    content, _name = person_sign_in.content(deps, who.at(who.store_id), time.monotonic() + patience)
    return {task.id: task for task in content.workflows.assignments()}


def _look_for_new(
    deps: Deps, who: Approver, stores: tuple[StoreBeside, ...], found: Iterable[WaitingWorkflow], mine: Mine
) -> None:
    """Workflows started at Content Server itself since we last looked: their objects are looked at behind the page, so
    that the next list has them. Whose workspaces they are in is asked with the app's own account, and remembered."""
    known = {str(task.get("id")) for one in found if one.engine == open_tasks.CONTENT_SERVER for task in one.tasks}
    new = sorted({task_id for task_id in mine.content if task_id not in known})
    for task_id in new[:MOST_NEW]:
        try:
            process = int(task_id.partition("/")[0])
            nodes = deps.opentext(who.store_id).content_workflows.workspaces_of(process)
        except (AppError, ValueError):
            continue
        with reading(deps.database) as session:
            links = waiting_rows.objects_in(session, [one.id for one in stores], nodes)
        for store, object_type, object_id in links:
            detail = {"request": "recheck", "user": who.at(StoreId(store)).actor}
            deps.intake.accept(
                NewEvent(StoreId(store), Source.CLOCK, f"assigned:{task_id}", Topic.REQUESTED, object_type, object_id,
                         detail)
            )  # fmt: skip


def _of_service(deps: Deps, who: Approver, stores: list[StoreId], patience: float) -> tuple[TasksOf, set[str]]:
    """One call for each client: stores that share one see the same."""
    answers: dict[WorkflowConnection, dict[str, Task] | None] = {}
    found: TasksOf = {}
    for store in stores:
        try:
            opentext = deps.opentext(store)
            client = opentext.connection.workflow
            if client not in answers:
                answers[client] = None
                told = opentext.workflows.tasks_of(who.login, within=patience)
                answers[client] = {task.id: task for task in told}
        except AppError as error:
            log.warning("tasks_not_asked", store_id=store, reason=error.specific_code)
            continue
        told_before = answers[client]
        if told_before is not None:
            found[store] = told_before
    return found, {str(store) for store in stores if store not in found}


# One of them


def look(deps: Deps, who: Approver, store: StoreId, object_type: str, object_id: str, patience: float) -> Looked:
    """What a task is about, asked anew. Raises NotFound: no store of this inbox; its message is always the same."""
    if store not in {one.id for one in approvers.stores(deps, who)}:
        raise NotFound("There is no such task.", code="no_such_task")
    with reading(deps.database) as session:
        rows = panel.read(session, store, object_type, object_id)
    if rows is None:
        raise NotFound("There is no such task.", code="no_such_task")
    rows = replace(rows, rights=replace(rows.rights, mode=Mode.PERSON))
    person = who.at(store)
    sight = rights.sight(deps, person, rows, patience=patience)
    shown = rights.shown(rows, sight)
    return Looked(person, rows, shown, sight, _refs(deps, who, store, shown, patience))


def _refs(deps: Deps, who: Approver, store: StoreId, shown: PanelRows, patience: float) -> frozenset[str]:
    """Of the open tasks there those that are this person's, as the engines say now. Raises SignedOut or Retryable."""
    held = tasks.held(shown)
    ours, content = dict[str, Task](), dict[str, Task]()
    if any(one.engine is Engine.WORKFLOW_SERVICE for one in held.values()):
        found = deps.opentext(store).workflows.tasks_of(who.login, within=patience)
        ours = {task.id: task for task in found}
    if any(one.engine is Engine.CONTENT_SERVER for one in held.values()):
        content = _assigned(deps, who, patience)
    mine = Mine({store: ours}, content)
    return frozenset(ref for ref, one in held.items() if mine.find(store, one.engine, one.id) is not None)


def demand_mine(deps: Deps, found: Looked, ref: str) -> None:
    """What the Workflow Service does not name as theirs is not even tried there, since our client acts for them.

    Raises DecidedAlready, Taken or NoAccess. Content Server is asked under their own ticket, which says so itself.
    """
    held = tasks.held(found.shown).get(ref)
    if ref in found.mine or held is None or held.engine is Engine.CONTENT_SERVER:
        return
    service = deps.opentext(found.who.store_id).workflows
    ended = service.finished_task(held.id)
    if ended is not None and ended.who == found.who.user_email:
        return  # by this very press, perhaps: the deciding knows
    if ended is not None:
        raise DecidedAlready(ended.who, ended.ended_at, ended.outcome)
    now = service.task(held.id)
    raise Taken(now.assignee) if now.assignee else NoAccess(found.sight.contact)
