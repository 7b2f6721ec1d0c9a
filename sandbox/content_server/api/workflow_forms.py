"""Tasks over HTTP: whose they are, their forms, and doing them as the user who asks. Source: sections 7.1 and 7.3."""

from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import shapes
from sandbox.content_server.api.route import Route
from sandbox.content_server.paging import collection, page_of
from sandbox.content_server.refusal import Refusal
from sandbox.content_server.wire import Exchange
from sandbox.content_server.workflow import engine
from sandbox.content_server.workflow import shapes as drawn
from sandbox.content_server.workflow.model import FORM_UPDATE, INITIATE, Process, Task
from sandbox.kernel.standin import json_response

ASSIGNMENT, ASSIGNMENT_NAME = 153, "Workflow Step"


def assignments(x: Exchange) -> Response:
    rows = [{"data": {"assignments": _assignment(process, task)}} for process, task in engine.assigned(x.actor)]
    return x.answer(rows)


def assignments_paged(x: Exchange) -> Response:
    """The same as the newer clients ask for it, page by page."""
    found = [(process, task) for process, task in engine.assigned(x.actor)]
    page = page_of(found, x.query, 20)
    rows = [{"data": {"assignments": _assignment(process, task)}} for process, task in page.items]
    return x.answer(rows, collection=collection(page))


def _assignment(process: Process, task: Task) -> dict[str, Any]:
    return {
        "id": process.id,
        "name": task.step.title,
        "type": ASSIGNMENT,
        "type_name": ASSIGNMENT_NAME,
        "description": "",
        "status": 1,
        "status_name": "ready",
        "priority": 100,
        "priority_name": "Medium",
        "date_due": process.due.date().isoformat() if process.due else None,
        "from_user_id": process.initiator,
        "instructions": task.step.instructions,
        "location_id": process.workspace_id,
        "workflow_id": process.id,
        "workflow_subworkflow_id": process.id,
        "workflow_subworkflow_task_id": task.step.id,
        "maptask_subtype": 0,
        "workflow_open_in_smart_ui": True,
        "container": False,
        "favorite": False,
    }


def task_form(x: Exchange) -> Response:
    process_id, sub_id, task_id = (_asked(x, name) for name in ("process_id", "subprocess_id", "task_id"))
    process, task = engine.task_of(x.actor, process_id, sub_id, task_id, 500)
    known = x.state.workflows.maps[process.map_id]
    data = {
        "title": task.step.title,
        "instructions": task.step.instructions,
        "priority": 100,
        "actions": [{"key": key, "label": label} for key, label in engine.actions(task)],
        "custom_actions": [{"key": item.key, "label": item.label} for item in engine.dispositions(task)],
        "data_packages": drawn.packages(x.state, known, process.folder),
        "message": None,
        "member_accept": task.step.accept and task.accepted_by is None and engine.is_group(x.actor, task),
        "authentication": False,
        "comments_on": True,
        "attachments_on": True,
        "task": {"type": 0, "sub_type": 0, "data": {}},
        "process_id": process.id,
        "subprocess_id": process.id,
        "task_id": task.step.id,
    }
    return json_response({"data": data, "forms": [drawn.form(known, process.values)]})


def _asked(x: Exchange, name: str) -> int:
    number = x.query.integer(name)
    if number is None:
        raise Refusal(f"Argument '{name}' is required")
    return number


def draft_form(x: Exchange) -> Response:
    draft = engine.draft_of(x.actor, _asked(x, "draftprocess_id"))
    known = engine.map_of(x.actor, draft.map_id)
    data = {
        "title": x.state.nodes[known.id].name,
        "instructions": known.instructions,
        "priority": 100,
        "actions": [{"key": INITIATE, "label": "Start"}],
        "custom_actions": [],
        "data_packages": drawn.packages(x.state, known, None),
        "authentication": False,
        "comments_on": True,
        "attachments_on": True,
        "task": {"type": 0, "sub_type": 0, "data": {}},
        "process_id": draft.id,
        "workflow_type": "1_1",
    }
    return json_response({"data": data, "forms": [drawn.form(known, draft.values)]})


def do_task(x: Exchange, process_id: int, sub_id: int, task_id: int) -> Response:
    """`formUpdate` saves values, other actions and custom actions move the task on: one of them, not both."""
    sent = x.parameters()
    action, custom = sent.text("action"), sent.text("custom_action")
    if action and custom:
        raise Refusal(engine.BOTH_ACTIONS)
    if not action and not custom:
        raise Refusal("Could not retrieve action")
    process, task = engine.task_of(x.actor, process_id, sub_id, task_id)
    if custom:
        engine.dispose(x.actor, process, task, custom, sent.text("comment"))
    elif action.lower() == FORM_UPDATE.lower():
        engine.fill(x.actor, x.state.workflows.maps[process.map_id], process.values, sent.mapping("values"))
    else:
        engine.act(x.actor, process, task, action, sent.text("comment"), sent.integer("assignee"))
    x.call.effect = f"workflow {process_id} task {task_id}: {custom or action}"
    return x.answer({"custom_message": None})


# --- group tasks ---


def check_group(x: Exchange, task_id: int, process_id: int, sub_id: int) -> Response:
    process, task = engine.task_of(x.actor, process_id, sub_id, task_id)
    if not engine.is_group(x.actor, task) or task.accepted_by is not None:
        return x.answer({"isGroupTask": False})
    group = x.state.members[task.performers[0]]
    told = {
        "isGroupTask": True,
        "group": group.name,
        "manager": process.initiator,
        "stepName": task.step.title,
        "taskType": 0,
        "received": shapes.local(task.started),
        "startDate": shapes.local(process.started),
        "dueDate": shapes.local(process.due),
    }
    return x.answer(told)


def accept_group(x: Exchange, task_id: int, process_id: int, sub_id: int) -> Response:
    process, task = engine.task_of(x.actor, process_id, sub_id, task_id)
    engine.accept(x.actor, process, task)
    x.call.effect = f"workflow {process_id} task {task_id} accepted by {x.actor.user.name}"
    return x.answer({"accept": True})


GROUP_TASK = "taskid/<task_id>/processid/<process_id>/subprocessid/<sub_id>"
ROUTES = (
    Route("GET", "/v2/members/assignments", assignments),
    Route("GET", "/v2/members/moduleassignments/ExpandAssignments/workflow", assignments_paged),
    Route("GET", "/v1/forms/processes/tasks/update", task_form),
    Route("GET", "/v1/forms/draftprocesses", draft_form),
    Route("GET", "/v1/forms/draftprocesses/update", draft_form),
    Route("PUT", "/v2/processes/<process_id>/subprocesses/<sub_id>/tasks/<task_id>", do_task),
    Route("GET", f"/v2/mobilegroupassignment/check/{GROUP_TASK}", check_group),
    Route("POST", f"/v2/mobilegroupassignment/accept/{GROUP_TASK}", accept_group),
)
