"""Processes, steps and assignees as the wire shows them. Source: section 7.2 and the samples of pyxecm."""

from datetime import datetime
from typing import Any

from sandbox.content_server.model import GROUP, Member, State
from sandbox.content_server.permissions import Actor
from sandbox.content_server.shapes import local
from sandbox.content_server.workflow import engine
from sandbox.content_server.workflow.model import Process, Step, Task, WorkflowMap

NO_DATE = ""


def step(process: Process, task: Task, state: State, now: datetime) -> dict[str, Any]:
    """One row of `step_list` and of `parallel_steps`."""
    people = _performers(state, task)
    return {
        "process_id": process.id,
        "subprocess_id": process.id,
        "task_id": task.step.id,
        "task_name": task.step.title,
        "task_due_date": local(process.due) or NO_DATE,
        "task_start_date": local(task.started),
        "task_status": "completed" if task.finished else engine.status_key(process, now),
        "task_assignees": {
            "assignee": [person(member) for member in people],
            "assigneeCount": len(people),
            "currentAssignee": people[0].display_name if people else "",
        },
    }


def _performers(state: State, task: Task) -> list[Member]:
    """Who did it or accepted it; else the members of the group it waits for."""
    one = task.done_by or task.accepted_by
    if one is not None:
        return [state.members[one]]
    found: list[Member] = []
    for number in task.performers:
        member = state.members[number]
        inside = [item for item in state.members.values() if number in item.groups]
        found += inside if member.type == GROUP else [member]
    return found


def person(member: Member) -> dict[str, Any]:
    return {
        "userId": member.id,
        "loginName": member.name,
        "firstName": member.first_name,
        "lastName": member.last_name,
        "emailAddress": member.email,
        "phone": "",
    }


def coming(process: Process, known: WorkflowMap) -> list[Step]:
    """Steps nobody has begun, while the process lasts."""
    begun = {task.step.id for task in process.tasks}
    return [item for item in known.steps if item.id not in begun] if process.ended is None else []


def next_step(process: Process, item: Step) -> dict[str, Any]:
    return {
        "process_id": process.id,
        "subprocess_id": process.id,
        "task_id": item.id,
        "task_name": item.title,
        "task_due_date": NO_DATE,
        "task_start_date": NO_DATE,
        "task_status": NO_DATE,
        "task_assignees": {"assignee": [], "assigneeCount": 0, "currentAssignee": ""},
    }


def permissions(actor: Actor, process: Process) -> dict[str, bool]:
    manages = engine.manages(actor, process)
    names = ("Archive", "ChangeAttr", "ChangeRoute", "Delete", "ManagerPerms", "Stop", "Suspend")
    return dict.fromkeys(names, manages) | {"SeeDetail": True}


def packages(state: State, known: WorkflowMap, folder: int | None) -> list[dict[str, Any]]:
    """The data packages of a task or a definition: attachments, comments, attributes."""
    found: list[dict[str, Any]] = [
        {"type": 1, "sub_type": 1, "description": "", "data": {"attachment_folder_id": folder} if folder else {}},
        {"type": 1, "sub_type": 2, "description": None, "data": {}},
    ]
    if known.attributes:
        data = {"definitions": definitions(state, known)}
        found.append({"type": 1, "sub_type": 3, "description": "Please fill in all required attributes.", "data": data})
    return found


def definitions(state: State, known: WorkflowMap) -> dict[str, Any]:
    """`{map}_{n}` -> what the attribute is; the map's own entry comes first."""
    top: dict[str, Any] = {str(known.id): {"name": state.nodes[known.id].name, "type_name": "Assoc", "persona": ""}}
    for item in known.attributes:
        top[f"{known.id}_{item.id}"] = {
            "key": f"{known.id}_{item.id}",
            "name": item.name,
            "type_name": "Integer" if item.kind == "User" else item.kind,
            "persona": "user" if item.kind == "User" else "",
            "required": item.required,
            "multi_value": item.multi_value,
            "read_only": False,
            "valid_values": item.valid_values,
            "max_length": item.max_length,
            "description": None,
            "default_value": item.default,
        }
    return top


def form(known: WorkflowMap, values: dict[str, Any]) -> dict[str, Any]:
    """The Alpaca form of a draft or task."""
    names = {f"{engine.FORM}{item.id}": item for item in known.attributes}
    title = {f"{engine.FORM}{name}": values.get(name) for name in (engine.TITLE, engine.DUE)}
    return {
        "data": {**title, **{key: values.get(str(item.id)) for key, item in names.items()}},
        "options": {"fields": {key: {"label": item.name} for key, item in names.items()}, "form": {}},
        "schema": {
            "properties": {
                key: {"title": item.name, "type": _json_type(item), "required": item.required}
                for key, item in names.items()
            },
            "type": "object",
        },
        "columns": 2,
    }


def _json_type(item: Any) -> str:
    return {"Integer": "integer", "User": "otcs_user_picker", "Boolean": "boolean"}.get(item.kind, "string")
