"""Records as the service's JSON: process instances, tasks, their history, models, and HAL lists of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import NAMESPACE_DNS, uuid5

from sandbox.kernel.standin import Call
from sandbox.workflow import values
from sandbox.workflow.errors import WorkflowError
from sandbox.workflow.filters import Row
from sandbox.workflow.state import Attachment, Comment, Model, Switches, Task, Variable, Waiting

Json = dict[str, Any]
SUBSCRIPTION = "sub-storefront"
DEFAULT_COUNT, MOST = 10, 1000


class Names:
    """Users and groups by name, or by directory id where the caller asked for ids."""

    def __init__(self, args: Mapping[str, str]) -> None:
        self.user_ids = args.get("includeUserIds") == "true"
        self.group_ids = args.get("includeGroupIds") == "true"

    def user(self, name: str | None) -> str | None:
        return directory_id(name) if name and self.user_ids else name

    def group(self, name: str) -> str:
        return directory_id(name) if self.group_ids else name


def directory_id(name: str) -> str:
    """The directory's id of a user or group; the same name has the same one always."""
    return str(uuid5(NAMESPACE_DNS, name))


def page(call: Call, rel: str, items: Sequence[Any], show: Callable[[Any], Json], switches: Switches) -> Json:
    """One page of a list as HAL: an empty one has no `_embedded`, the last one no `next`."""
    offset, count = _number(call, "offset", 0, 0), _number(call, "count", DEFAULT_COUNT, 1)
    shown = [show(item) for item in items[offset : offset + min(count, MOST)]]
    links = {"self": {"href": call.url}}
    if offset + count < len(items):
        query = urlencode(call.args.to_dict() | {"offset": str(offset + count), "count": str(count)})
        links["next"] = {"href": f"{call.base_url}?{query}"}
    total = {
        "size": count,
        "totalElements": len(items),
        "totalPages": -(-len(items) // count),
        "number": offset // count,
    }
    body: Json = {"links": {}, "content": shown} if switches.list_as_content else {"_links": links}
    if shown and not switches.list_as_content:
        body = {"_embedded": {rel: shown}} | body
    return body if switches.omit_page else body | {"page": total}


def _number(call: Call, name: str, default: int, least: int) -> int:
    number = values.whole_number(call.args.get(name, str(default)), name)
    if number < least:
        raise WorkflowError(f"{name} must be at least {least}")
    return number


def variable(given: Variable, scope: str = "local") -> Json:
    return {
        "name": given.name,
        "type": given.type,
        "value": given.value,
        "scope": scope,
        "encryption": given.encryption,
    }


def comment(given: Comment, names: Names, spell: Callable[[Any], str | None] = values.spelled_plain) -> Json:
    return {
        "id": given.id,
        "author": names.user(given.author),
        "message": given.message,
        "time": spell(given.time),
        "processInstanceId": given.instance_id,
        "taskId": given.task_id,
    }


def instance(row: Row, args: Mapping[str, str], *, with_variables: bool = False) -> Json:
    """The runtime's representation: without definition id or key, as the service's."""
    record, names = row.instance, Names(args)
    wanted = with_variables or args.get("includeProcessVariables") == "true"
    comments = record.comments if args.get("includeProcessComments") == "true" else []
    here = [w.activity_id for w in record.waiting.values()]
    return {
        "id": record.id,
        "name": record.name,
        "businessKey": record.business_key,
        "processDefinitionName": row.model.name,
        "startTime": values.spelled_plain(record.started),
        "startUserId": names.user(record.started_by),
        "dueDate": None,
        "suspended": record.suspended,
        "ended": record.ended is not None,
        "completed": record.ended is not None and not record.delete_reason,
        "activityId": here[0] if len(here) == 1 else None,
        "superProcessInstanceId": record.parent_id,
        "callbackId": None,
        "callbackType": None,
        "subscriptionId": SUBSCRIPTION,
        "tenantId": None,
        "comments": [comment(c, names) for c in comments],
        "variables": [variable(v) for v in record.variables.values()] if wanted else [],
        "links": [],
    }


def historic_instance(row: Row, args: Mapping[str, str]) -> Json:
    record, names = row.instance, Names(args)
    comments = record.comments if args.get("includeProcessComments") == "true" else []
    wanted = args.get("includeProcessVariables") == "true"
    return {
        "id": record.id,
        "name": record.name,
        "businessKey": record.business_key,
        "processDefinitionId": record.definition_id,
        "processDefinitionName": row.model.name,
        "processDefinitionDescription": row.model.documentation or None,
        "startTime": values.spelled_zulu(record.started),
        "endTime": values.spelled_zulu(record.ended),
        "durationInMillis": _milliseconds(record.started, record.ended),
        "startUserId": names.user(record.started_by),
        "startActivityId": record.start_activity,
        "endActivityId": record.end_activity,
        "deleteReason": record.delete_reason,
        "dueDate": None,
        "superProcessInstanceId": record.parent_id,
        "callbackId": None,
        "callbackType": None,
        "referenceId": None,
        "referenceType": None,
        "subscriptionId": SUBSCRIPTION,
        "tenantId": None,
        "comments": [comment(c, names, values.spelled_zulu) for c in comments],
        "variables": [variable(v) for v in record.variables.values()] if wanted else [],
    }


def _milliseconds(start: Any, end: Any) -> int | None:
    return None if end is None else int((end - start).total_seconds() * 1000)


def assignments(given: Task, names: Names) -> list[Json]:
    """Who the task concerns: assignee, owner, candidates."""
    people = [
        (given.assignee, "assignee"),
        (given.owner, "owner"),
        *((u, "candidate") for u in given.candidate_users),
    ]
    users = [{"user": names.user(name), "group": None, "type": kind} for name, kind in people if name]
    return users + [{"user": None, "group": names.group(g), "type": "candidate"} for g in given.candidate_groups]


def task(row: Row, args: Mapping[str, str]) -> Json:
    given, names = row.the_task, Names(args)
    return {
        "id": given.id,
        "name": given.name,
        "description": given.description,
        "assignee": names.user(given.assignee),
        "owner": names.user(given.owner),
        "category": given.category,
        "priority": given.priority,
        "createTime": values.spelled_offset(given.created),
        "claimTime": values.spelled_offset(given.claimed),
        "dueDate": values.spelled_offset(given.due),
        "delegationState": given.delegation,
        "suspended": row.instance.suspended,
        "formKey": given.form_key,
        "executionId": given.execution_id,
        "processInstanceId": given.instance_id,
        "parentTaskId": None,
        "subscriptionId": SUBSCRIPTION,
        "tenantId": None,
        **_details(row, args, names, values.spelled_offset),
    }


def historic_task(row: Row, args: Mapping[str, str]) -> Json:
    """The member names of a historic task are those of the engine family; no public example shows one."""
    given, names = row.the_task, Names(args)
    return {
        "id": given.id,
        "name": given.name,
        "description": given.description,
        "taskDefinitionKey": given.key,
        "processInstanceId": given.instance_id,
        "processDefinitionId": row.instance.definition_id,
        "executionId": given.execution_id,
        "assignee": names.user(given.assignee),
        "owner": names.user(given.owner),
        "category": given.category,
        "priority": given.priority,
        "startTime": values.spelled_zulu(given.created),
        "claimTime": values.spelled_zulu(given.claimed),
        "endTime": values.spelled_zulu(given.ended),
        "durationInMillis": _milliseconds(given.created, given.ended),
        "dueDate": values.spelled_zulu(given.due),
        "deleteReason": given.delete_reason,
        "formKey": given.form_key,
        "parentTaskId": None,
        "subscriptionId": SUBSCRIPTION,
        "tenantId": None,
        **_details(row, args, names, values.spelled_zulu),
    }


def _details(row: Row, args: Mapping[str, str], names: Names, spell: Callable[[Any], str | None]) -> Json:
    """Assignments, comments and variables, each only where asked for."""
    given = row.the_task
    shown: list[Json] = []
    if args.get("includeTaskLocalVariables") == "true":
        shown += [variable(v) for v in given.local.values()]
    if args.get("includeProcessVariables") == "true":
        shown += [variable(v, "global") for v in row.instance.variables.values()]
    comments = [c for c in row.instance.comments if c.task_id == given.id]
    return {
        "assignments": assignments(given, names) if args.get("includeTaskAssignments") == "true" else [],
        "comments": [comment(c, names, spell) for c in comments] if args.get("includeTaskComments") == "true" else [],
        "variables": shown,
    }


def execution(record_id: str, waiting: Waiting | None) -> Json:
    """The root execution has neither parent nor activity; the live ones have both."""
    return {
        "id": waiting.execution_id if waiting else record_id,
        "parentId": record_id if waiting else None,
        "activityId": waiting.activity_id if waiting else None,
        "processInstanceId": record_id,
        "suspended": False,
        "tenantId": None,
    }


def model(given: Model, *, with_content: bool = False) -> Json:
    shown = {
        "id": given.id,
        "modelId": given.model_id,
        "key": given.key,
        "name": given.name,
        "version": given.version,
        "modelType": given.model_type,
        "processDefinitionId": given.definition_id,
        "category": given.category or None,
        "description": given.documentation or None,
        "createTime": values.spelled_plain(given.deployed),
        "createUserId": given.deployed_by,
        "tenantId": None,
    }
    return shown | ({"modelContent": given.content} if with_content else {})


def attachment(given: Attachment, names: Names) -> Json:
    return {
        "id": given.id,
        "name": given.name,
        "url": given.url,
        "description": given.description,
        "userId": names.user(given.author),
        "time": values.spelled_offset(given.time),
    }
