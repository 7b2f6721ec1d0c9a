"""Workflows over HTTP: start, status, trail, life and end. Source: sections 7.1, 7.2 and 7.4.

The core file draws the running workflows of a workspace as one object; its own summary says list: a list is sent.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import shapes, tree
from sandbox.content_server.api.route import Route
from sandbox.content_server.refusal import Refusal, missing, wrong_type
from sandbox.content_server.wire import Exchange
from sandbox.content_server.workflow import engine
from sandbox.content_server.workflow import shapes as drawn
from sandbox.content_server.workflow.model import RUNNING, SUSPENDED, Activity, Process
from sandbox.kernel.standin import json_response

WORKFLOW_TYPE = 100  # of a map, as recorded answers show it
KINDS: dict[str, Callable[[Exchange, Process], bool]] = {
    "initiated": lambda x, process: process.initiator == x.actor.user.id,
    "managed": lambda x, process: engine.manages(x.actor, process),
    "both": lambda x, process: engine.manages(x.actor, process),
}


# --- maps ---


def for_documents(x: Exchange) -> Response:
    """The maps somebody may start for documents."""
    documents, parent = x.query.integers("doc_id"), x.query.integer("parent_id")
    if not documents or parent is None:
        raise missing("parent_id" if documents else "doc_id")
    for number in (*documents, parent):
        tree.find(x.actor, number)
    rows = []
    for number in x.state.workflows.maps:
        try:
            engine.map_of(x.actor, number)
        except Refusal:
            continue
        rows.append({"DataID": number, "Name": x.state.nodes[number].name, "WorkflowType": WORKFLOW_TYPE})
    return x.answer({"data": rows, "fError": "", "fErrorDetail": "", "statusMsg": None})


def definition(x: Exchange, map_id: int) -> Response:
    known = engine.map_of(x.actor, map_id)
    tasks = [
        {"task_id": item.id, "title": item.title, "type": 0, "sub_type": 0, "description": "",
         "instructions": item.instructions, "data": {}}
        for item in known.steps
    ]  # fmt: skip
    packages = drawn.packages(x.state, known, None)
    return x.answer({"definition": {"workflow_id": map_id, "data_packages": packages, "tasks": tasks}})


# --- starting ---


def create_draft(x: Exchange) -> Response:
    sent = x.parameters()
    documents = sent.integers("doc_ids")
    attach = documents and sent.flag("AttachDocuments")
    draft = engine.draft(x.actor, sent.required_integer("workflow_id"), documents if attach else [])
    x.call.effect = f"draft workflow {draft.id} created"
    typed: dict[str, Any] = {"workflow_type": "1_1"} if documents else {}
    return x.answer({"draftprocess_id": draft.id, **typed})


def change_draft(x: Exchange, draft_id: int) -> Response:
    """`formUpdate` keeps values, `Initiate` starts; any case."""
    sent = x.parameters()
    action = sent.text("action").lower()
    draft = engine.draft_of(x.actor, draft_id)
    if action == "formupdate":
        known = engine.map_of(x.actor, draft.map_id)
        engine.fill(x.actor, known, draft.values, sent.mapping("values"))
        x.call.effect = f"draft workflow {draft_id} filled in"
        return x.answer({"custom_message": None, "process_id": draft_id})
    if action != "initiate":
        raise Refusal(engine.UNKNOWN_ACTION if action else "Could not retrieve action")
    process = engine.initiate(x.actor, draft_id, sent.text("comment"))
    x.call.effect = f"workflow {process.id} '{process.title}' started"
    return x.answer({"custom_message": None, "process_id": process.id, "WorkID": None, "WRID": None})


def start_at_once(x: Exchange) -> Response:
    sent = x.parameters()
    process = engine.start_at_once(x.actor, sent.required_integer("workflow_id"), sent.integers("doc_ids"))
    x.call.effect = f"workflow {process.id} '{process.title}' started"
    return x.answer({"custom_message": None, "process_id": process.id}, process_id=process.id, custom_message="")


def start_plain(x: Exchange) -> Response:
    """Without documents; a map with a start step takes it, for nothing is asked of it here."""
    wanted = x.parameters().mapping("definition").get("workflow_id")
    if not str(wanted or "").isdigit():
        raise missing("workflow_id")
    process = engine.start(x.actor, engine.map_of(x.actor, int(str(wanted))), [], {}, "")
    x.call.effect = f"workflow {process.id} '{process.title}' started"
    return json_response({"process_id": process.id})


# --- status ---


def of_user(x: Exchange) -> Response:
    """The user's own workflows: initiated, managed."""
    wanted = {word.lower() for word in x.query.words("wstatus")}
    keep = _kind(x) or KINDS["both"]
    rows = [
        {"data": {"wfstatus": _status_row(x, process)}, "permissions": drawn.permissions(x.actor, process)}
        for process in _sorted(x, x.state.workflows.processes.values())
        if keep(x, process)
        and not process.archived
        and (not wanted or engine.status_key(process, x.actor.now) in wanted)
    ]
    return x.answer(rows)


def _kind(x: Exchange) -> Callable[[Exchange, Process], bool] | None:
    name = x.query.text("Kind") or x.query.text("kind")
    if name and name.lower() not in KINDS:
        raise wrong_type("Kind")
    return KINDS.get(name.lower())


def _sorted(x: Exchange, processes: Any) -> list[Process]:
    """`date_initiated desc`; the other columns are sorted by the title."""
    column, _, direction = x.query.text("sort").partition(" ")
    by_date: Callable[[Process], Any] = lambda process: (process.started, process.id)  # noqa: E731
    keys = {"wf_name": lambda process: process.title, "status_key": lambda process: process.status}
    return sorted(processes, key=keys.get(column, by_date), reverse=direction == "desc")


def _status_row(x: Exchange, process: Process) -> dict[str, Any]:
    task = process.current if process.status in (RUNNING, SUSPENDED) else None
    steps = [drawn.step(process, task, x.state, x.actor.now)] if task else []
    people = steps[0]["task_assignees"] if steps else {"assignee": [], "assigneeCount": 0, "currentAssignee": ""}
    return {
        "process_id": process.id,
        "subprocess_id": process.id,
        "task_id": task.step.id if task else None,
        "wf_name": process.title,
        "step_name": task.step.title if task else "",
        "status_key": engine.status_key(process, x.actor.now),
        "date_initiated": shapes.local(process.started),
        "due_date": shapes.local(process.due) or "",
        "assignee": people["assignee"],
        "assignee_count": people["assigneeCount"],
        "current_assignee": people["currentAssignee"],
        "comments_on": True,
        "steps_count": len(steps),
        "parallel_steps": steps,
    }


def of_process(x: Exchange, process_id: int) -> Response:
    process = engine.process_of(x.actor, process_id)
    known = x.state.workflows.maps[process.map_id]
    initiator = drawn.person(x.state.members[process.initiator])
    done = [task for task in process.tasks if task.finished]
    current = process.current if process.ended is None else None
    steps = {
        "completed": [drawn.step(process, task, x.state, x.actor.now) for task in done],
        "current": [drawn.step(process, current, x.state, x.actor.now)] if current else [],
        "next": [drawn.next_step(process, item) for item in drawn.coming(process, known)],
    }
    packages = [
        {"TYPE": item["type"], "SUBTYPE": item["sub_type"], "DESCRIPTION": item["description"] or "",
         "USERDATA": process.folder if item["sub_type"] == 1 else None}
        for item in drawn.packages(x.state, known, process.folder)
    ]  # fmt: skip
    return x.answer(
        {
            "attachments": {"attachment_folder_id": process.folder},
            "data_packages": packages,
            "permissions": drawn.permissions(x.actor, process),
            "step_list": steps,
            "wf_details": {
                "date_initiated": shapes.local(process.started),
                "due_date": shapes.local(process.due) or "",
                "initiator": {name: initiator[name] for name in ("firstName", "lastName", "loginName", "userId")},
                "status": engine.status_key(process, x.actor.now),
                "wf_name": process.title,
                "work_workID": process.id,
            },
        }
    )


def active(x: Exchange) -> Response:
    """Running workflows, of a workspace where one is named; `ARCHIVED` ones instead when asked."""
    query = x.query
    workspace, map_id = query.integer("businessWorkspaceID"), query.integer("mapObjId")
    keep, archived = _kind(x), query.text("status") == "ARCHIVED"
    name = query.text("search_name").casefold()
    rows = [
        _active_row(process)
        for process in _sorted(x, x.state.workflows.processes.values())
        if engine.visible(x.actor, process)
        and (process.archived if archived else process.status in (RUNNING, SUSPENDED))
        and workspace in (None, process.workspace_id)
        and map_id in (None, process.map_id)
        and name in process.title.casefold()
        and (keep is None or keep(x, process))
        and (not query.text("fromDate") or process.started.date().isoformat() >= query.text("fromDate"))
        and (not query.text("toDate") or process.started.date().isoformat() <= query.text("toDate"))
    ]
    return x.answer(rows)


def _active_row(process: Process) -> dict[str, Any]:
    due = shapes.local(process.due) or ""
    return {
        "Work_WorkID": process.id,
        "Work_Status": 2 if process.status == RUNNING else 3,  # the numbers are not documented; nobody should read them
        "Work_OwnerID": process.initiator,
        "Work_ManagerID": process.initiator,
        "Work_DateDue_Max": due,
        "Work_OwnerPerms": {},
        "SubWork_SubWorkID": process.id,
        "SubWork_DateInitiated": shapes.local(process.started),
        "SubWork_DateDue_Max": due,
        "SubWork_Title": process.title,
        "SubWork_Status": 2 if process.status == RUNNING else 3,
        "SubWork_UserData": "",
        "SubWork_ReturnSubWorkID": 0,
        "SubWorkTask_DateMilestone": "",
        "SubWorkTask_DateDue_Max": due,
        "Map_MapID": process.map_id,
        "Map_MapObjID": process.map_id,
        "comments_on": 1,
    }


def activities(x: Exchange, process_id: int, sub_id: int) -> Response:
    """The trail, newest first, `limit` lines of it."""
    process = engine.process_of(x.actor, process_id)
    if sub_id != process.id:
        raise Refusal(engine.NO_STATUS)
    rows = [_activity(item) for item in reversed(process.activities)]
    return x.answer({"data": rows[: x.query.integer("limit") or None]})


def _activity(item: Activity) -> dict[str, Any]:
    told: dict[str, Any] = {"event": item.event, "label": item.label, "user_id": item.target}
    return {
        "action": item.action,
        "action_properties": {name: value for name, value in told.items() if value},
        "comment": item.comment,
        "date": shapes.utc(item.date),
        "user_id": item.user_id,
    }


# --- life and end ---


def set_status(x: Exchange, process_id: int) -> Response:
    process, wanted = engine.process_of(x.actor, process_id), x.parameters().required("status")
    engine.set_status(x.actor, process, wanted)
    x.call.effect = f"workflow {process_id} {wanted}"
    return x.answer({})


def remove(x: Exchange, process_id: int) -> Response:
    engine.remove(x.actor, engine.process_of(x.actor, process_id))
    x.call.effect = f"workflow {process_id} deleted"
    return x.answer({})


SUB = "/v2/processes/<process_id>/subprocesses/<sub_id>"
ROUTES = (
    Route("GET", "/v2/docworkflows", for_documents),
    Route("GET", "/v2/workflows/<map_id>/definition", definition),
    Route("GET", "/v2/processes/<map_id>/definition", definition),
    Route("POST", "/v2/draftprocesses", create_draft),
    Route("PUT", "/v2/draftprocesses/<draft_id>", change_draft),
    Route("POST", "/v2/draftprocesses/startwf", start_at_once),
    Route("POST", "/v2/processes", start_plain),
    Route("GET", "/v2/workflows/status", of_user),
    Route("GET", "/v2/workflows/status/processes/<process_id>", of_process),
    Route("GET", "/v2/workflows/status/active", active),
    Route("GET", f"{SUB}/activities", activities),
    Route("PUT", "/v2/processes/<process_id>/status", set_status),
    Route("DELETE", "/v2/processes/<process_id>", remove),
)
