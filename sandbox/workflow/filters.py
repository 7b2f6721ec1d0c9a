"""Query parameters of the lists: filters by name, sorting, and a refusal of names the service does not know.

A row is what a list is made of, together with what its filters look at. Source: OpenText workflow
reference, endpoints.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.workflow import values
from sandbox.workflow.errors import WorkflowError
from sandbox.workflow.state import Instance, Model, Task

Filter = Callable[[Any, str], bool]
Get = Callable[[Any], Any]
COMMON = {"offset", "count", "sort", "order", "sortEmptyValuesOnTop", "filterByCurrentSubscription",
          "includeUserIds", "includeGroupIds"}  # fmt: skip


@dataclass
class Row:
    """An instance, or a task with its instance, and their model. `groups` are everybody's groups."""

    instance: Instance
    model: Model
    groups: Mapping[str, list[str]]
    tree: frozenset[str] = frozenset()
    task: Task | None = None

    @property
    def the_task(self) -> Task:
        if self.task is None:
            raise LookupError("this row is not a task's")
        return self.task


def equals(get: Get) -> Filter:
    return lambda row, given: str(get(row) if get(row) is not None else "") == given


def like(get: Get, *, fold: bool = False) -> Filter:
    """SQL's LIKE: `%` any text, `_` any letter."""

    def match(row: Any, given: str) -> bool:
        pattern = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in given)
        flags = re.DOTALL | (re.IGNORECASE if fold else 0)
        return get(row) is not None and re.fullmatch(pattern, get(row), flags) is not None

    return match


def flag(get: Get) -> Filter:
    return lambda row, given: bool(get(row)) is truth(given)


def only(get: Get) -> Filter:
    """A switch that does nothing when false."""
    return lambda row, given: bool(get(row)) if truth(given) else True


def on(get: Get) -> Filter:
    return _time(get, lambda have, want: values.spelled_zulu(have) == values.spelled_zulu(want))


def before(get: Get) -> Filter:
    return _time(get, lambda have, want: have < want)


def after(get: Get) -> Filter:
    return _time(get, lambda have, want: have > want)


def _time(get: Get, holds: Callable[[datetime, datetime], bool]) -> Filter:
    return lambda row, given: get(row) is not None and holds(get(row), values.moment(given))


def among(get: Get) -> Filter:
    return lambda row, given: get(row) in given.split(",")


def at_least(get: Get) -> Filter:
    return lambda row, given: get(row) >= values.whole_number(given, "priority")


def at_most(get: Get) -> Filter:
    return lambda row, given: get(row) <= values.whole_number(given, "priority")


def times(name: str, get: Get, **more: str) -> dict[str, Filter]:
    """`<name>On`, `<name>Before`, `<name>After`; `plain` names one more for the exact moment."""
    found = {f"{name}On": on(get), f"{name}Before": before(get), f"{name}After": after(get)}
    return found | ({more["plain"]: on(get)} if "plain" in more else {})


def truth(given: str) -> bool:
    if given not in ("true", "false"):
        raise WorkflowError(f"'{given}' is neither true nor false")
    return given == "true"


def involved(row: Row, name: str) -> bool:
    people = {row.instance.started_by, *(c.author for c in row.instance.comments)}
    for task in row.instance.tasks if row.task is None else [row.task]:
        people |= {task.assignee or "", task.owner or "", *task.candidate_users}
    return name in people


def offered_to(row: Row, user: str) -> bool:
    """Is the task unassigned and this user, or a group of theirs, a candidate?"""
    task = row.the_task
    groups = row.groups.get(user, [])
    return not task.assignee and (user in task.candidate_users or any(g in task.candidate_groups for g in groups))


def _instance(name: str) -> Get:
    return lambda row: getattr(row.instance, name)


def _model(name: str) -> Get:
    return lambda row: getattr(row.model, name)


def _task(name: str) -> Get:
    return lambda row: getattr(row.the_task, name)


def _never(_row: Row) -> None:
    return None


def _no_subtasks(_row: Row, given: str) -> bool:
    """Nothing here makes subtasks: both values keep all."""
    return truth(given) in (True, False)


def _has_child(row: Row, given: str) -> bool:
    return any(w.child_id == given for w in row.instance.waiting.values())


SHARED: dict[str, Filter] = {
    "processDefinitionKey": equals(_instance("key")),
    "processDefinitionId": equals(_instance("definition_id")),
    "processDefinitionCategory": equals(_model("category")),
    "processDefinitionVersion": equals(_model("version")),
    "businessKey": equals(_instance("business_key")),
    "startedBy": equals(_instance("started_by")),
    "startedBefore": before(_instance("started")),
    "startedAfter": after(_instance("started")),
    "involvedUser": involved,
    "superProcessInstanceId": equals(_instance("parent_id")),
    "excludeSubprocesses": only(lambda row: row.instance.parent_id is None),
    "callbackId": equals(_never),
    "callbackType": equals(_never),
    "dueOn": on(_never),
    "dueBefore": before(_never),
    "dueAfter": after(_never),
}
INSTANCES = SHARED | {
    "id": equals(_instance("id")),
    "name": equals(_instance("name")),
    "nameLike": like(_instance("name")),
    "nameLikeIgnoreCase": like(_instance("name"), fold=True),
    "suspended": flag(_instance("suspended")),
    "subProcessInstanceId": _has_child,
}
HISTORIC_INSTANCES = SHARED | {
    "processInstanceId": equals(_instance("id")),
    "processInstanceName": equals(_instance("name")),
    "processInstanceNameLike": like(_instance("name")),
    "processInstanceNameLikeIgnoreCase": like(_instance("name"), fold=True),
    "processDefinitionName": equals(_model("name")),
    "deploymentId": equals(_model("id")),
    "businessKeyLike": like(_instance("business_key")),
    "finished": flag(_instance("ended")),
    "finishedAfter": after(_instance("ended")),
    "finishedBefore": before(_instance("ended")),
}
TASKS: dict[str, Filter] = {
    "name": equals(_task("name")),
    "nameLike": like(_task("name")),
    "description": equals(_task("description")),
    "priority": equals(_task("priority")),
    "minimumPriority": at_least(_task("priority")),
    "maximumPriority": at_most(_task("priority")),
    "assignee": equals(_task("assignee")),
    "assigneeLike": like(_task("assignee")),
    "owner": equals(_task("owner")),
    "ownerLike": like(_task("owner")),
    "unassigned": only(lambda row: not row.task.assignee),
    "delegationState": equals(_task("delegation")),
    "candidateUser": offered_to,
    "candidateGroup": lambda row, given: not row.task.assignee and given in row.task.candidate_groups,
    "candidateGroups": lambda row, given: (
        not row.task.assignee and bool(set(given.split(",")) & set(row.task.candidate_groups))
    ),
    "candidateOrAssigned": lambda row, given: row.task.assignee == given or offered_to(row, given),
    "involvedUser": involved,
    "processInstanceId": equals(_instance("id")),
    "processInstanceIdWithChildren": lambda row, given: given in row.tree,
    "processInstanceBusinessKey": equals(_instance("business_key")),
    "processInstanceBusinessKeyLike": like(_instance("business_key")),
    "processDefinitionId": equals(_instance("definition_id")),
    "processDefinitionKey": equals(_instance("key")),
    "processDefinitionKeyLike": like(_instance("key")),
    "processDefinitionName": equals(_model("name")),
    "processDefinitionNameLike": like(_model("name")),
    "executionId": equals(_task("execution_id")),
    **times("created", _task("created")),
    **times("due", _task("due")),
    "withoutDueDate": only(lambda row: row.task.due is None),
    "excludeSubTasks": _no_subtasks,
    "active": flag(lambda row: not row.instance.suspended),
    "category": equals(_task("category")),
}
HISTORIC_TASKS: dict[str, Filter] = {
    "taskId": equals(_task("id")),
    "processInstanceId": equals(_instance("id")),
    "processInstanceIdWithChildren": lambda row, given: given in row.tree,
    "processDefinitionId": equals(_instance("definition_id")),
    "processDefinitionKey": equals(_instance("key")),
    "processDefinitionKeyLike": like(_instance("key")),
    "processDefinitionName": equals(_model("name")),
    "processDefinitionNameLike": like(_model("name")),
    "processBusinessKey": equals(_instance("business_key")),
    "processBusinessKeyLike": like(_instance("business_key")),
    "executionId": equals(_task("execution_id")),
    "taskDefinitionKey": equals(_task("key")),
    "taskDefinitionKeys": among(_task("key")),
    "taskName": equals(_task("name")),
    "taskNameLike": like(_task("name")),
    "taskDescription": equals(_task("description")),
    "taskDescriptionLike": like(_task("description")),
    "taskCategory": equals(_task("category")),
    "taskDeleteReason": equals(_task("delete_reason")),
    "taskDeleteReasonLike": like(_task("delete_reason")),
    "taskAssignee": equals(_task("assignee")),
    "taskAssigneeLike": like(_task("assignee")),
    "taskOwner": equals(_task("owner")),
    "taskOwnerLike": like(_task("owner")),
    "taskInvolvedUser": involved,
    "taskPriority": equals(_task("priority")),
    "finished": flag(_task("ended")),
    "processFinished": flag(_instance("ended")),
    "parentTaskId": equals(_never),
    "dueDate": on(_task("due")),
    "dueDateAfter": after(_task("due")),
    "dueDateBefore": before(_task("due")),
    "withoutDueDate": only(lambda row: row.task.due is None),
    **times("taskCompleted", _task("ended")),
    **times("taskCreated", _task("created")),
    "excludeSubTasks": _no_subtasks,
}
INSTANCE_SORTS: dict[str, Get] = {
    "startTime": _instance("started"),
    "processDefinitionKey": _instance("key"),
    "dueDate": _never,
    "id": _instance("id"),
    "name": _instance("name"),
    "endTime": _instance("ended"),
}
TASK_SORTS: dict[str, Get] = {
    "createTime": _task("created"),
    "startTime": _task("created"),
    "endTime": _task("ended"),
    "name": _task("name"),
    "priority": _task("priority"),
    "dueDate": _task("due"),
    "id": _task("id"),
}


def select(
    rows: list[Row], args: Mapping[str, str], filters: dict[str, Filter], options: set[str], *, strict: bool
) -> list[Row]:
    """The rows every given filter keeps. An unknown name is refused: it would silently keep everything."""
    unknown = set(args) - set(filters) - options - COMMON
    if strict and unknown:
        raise WorkflowError(f"Unknown query parameter: {', '.join(sorted(unknown))}")
    for name, given in args.items():
        if name in filters:
            rows = [row for row in rows if filters[name](row, given)]
    return rows


def ordered(rows: list[Row], args: Mapping[str, str], sorts: dict[str, Get]) -> list[Row]:
    """By `sort` and `order`; rows without a value last, or on top where asked."""
    name = args.get("sort")
    if name is None:
        return rows
    if name not in sorts or args.get("order", "asc") not in ("asc", "desc"):
        raise WorkflowError(f"Value for param 'sort' or 'order' is not valid: '{name} {args.get('order', '')}'")
    get = sorts[name]
    full = sorted((r for r in rows if get(r) is not None), key=get, reverse=args.get("order") == "desc")
    empty = [r for r in rows if get(r) is None]
    return empty + full if args.get("sortEmptyValuesOnTop") == "true" else full + empty
