"""Starting workflows, doing their tasks, ending them. Source: OpenText's Content Server REST documentation

Where the documents are silent: whoever may see the workspace a workflow belongs to may look at it; the tasks of a
suspended workflow are refused; the last step works with the rights of the map's owner and reports the decision (8.1).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.content_server import approval_record, attributes, audit, documents, seed, tree
from sandbox.content_server.model import DOCUMENT, FOLDER, GROUP, READ, SHORTCUT, WORKFLOW_MAP, Node
from sandbox.content_server.permissions import Actor, may
from sandbox.content_server.refusal import Refusal, missing, wrong_type
from sandbox.content_server.workflow.model import (
    COMPLETED,
    DELEGATE,
    RUNNING,
    SEND_FOR_REVIEW,
    SEND_ON,
    STOPPED,
    SUSPENDED,
    Activity,
    Disposition,
    Draft,
    Process,
    Task,
    WorkflowMap,
)

NO_MAP = "Could not Loadmap"
NO_NODE = "Error getting node from ID"
NO_STATUS = "Could not access task status"
START_STEP = (
    "This REST API only initiates workflows with a disabled start step. The workflow's start step is enabled. "
    "Hence this operation will not be successful."
)
BOTH_ACTIONS = "It is not allowed to execute an action and a custom action"
UNKNOWN_ACTION = "The requested action is unknown."
FORM = "WorkflowForm_"
TITLE, DUE = "Title", "WorkflowDueDate"
DUE_FORMS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")


# --- starting ---


def map_of(actor: Actor, map_id: int) -> WorkflowMap:
    """A map the user may see. Raises Refusal."""
    node = actor.state.nodes.get(map_id)
    found = actor.state.workflows.maps.get(map_id)
    if node is None or not tree.is_live(actor.state, node) or not may(actor, node, "see"):
        raise Refusal(NO_NODE)
    if node.type != WORKFLOW_MAP or found is None:
        raise Refusal(NO_MAP)
    return found


def draft(actor: Actor, map_id: int, document_ids: list[int]) -> Draft:
    known = map_of(actor, map_id)
    made = Draft(actor.state.new_id(), known.id, actor.user.id, _documents(actor, document_ids))
    actor.state.workflows.drafts[made.id] = made
    return made


def draft_of(actor: Actor, draft_id: int) -> Draft:
    """A draft of the user's own."""
    found = actor.state.workflows.drafts.get(draft_id)
    if found is None or found.initiator != actor.user.id:
        raise Refusal(f"Could not get a draft workflow for {draft_id}", 500)
    return found


def fill(actor: Actor, known: WorkflowMap, values: dict[str, Any], sent: dict[str, Any]) -> None:
    """Form values over `values`: the title, the due date and the map's attributes by number. All or nothing."""
    checked: dict[str, Any] = {}
    for key, value in sent.items():
        name = key.removeprefix(FORM)
        if key == FORM.rstrip("_"):
            continue  # the empty form, as the documents show it
        if name == key:
            raise wrong_type("values")
        if name in (TITLE, DUE):
            checked[name] = str(value) if name == TITLE else due_date(value)
            continue
        attribute = attributes.by_id(known.attributes, int(name)) if name.isdigit() else None
        if attribute is None:
            raise wrong_type("values")
        checked[name] = attributes.checked(actor.state, attribute, value)
    values |= checked


def due_date(value: Any) -> datetime | None:
    if value in (None, ""):
        return None
    for form in DUE_FORMS:
        try:
            return datetime.strptime(str(value), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise wrong_type("values")


def initiate(actor: Actor, draft_id: int, comment: str = "") -> Process:
    found = draft_of(actor, draft_id)
    known = map_of(actor, found.map_id)
    process = start(actor, known, found.documents, found.values, comment)
    del actor.state.workflows.drafts[draft_id]
    return process


def start_at_once(actor: Actor, map_id: int, document_ids: list[int]) -> Process:
    known = map_of(actor, map_id)
    if known.start_step:
        raise Refusal(START_STEP)
    return start(actor, known, _documents(actor, document_ids), {}, "")


def start(actor: Actor, known: WorkflowMap, document_ids: list[int], values: dict[str, Any], comment: str) -> Process:
    state, now = actor.state, actor.now
    for attribute in known.attributes:
        if attribute.required and values.get(str(attribute.id)) is None:
            raise missing(attribute.name)
    number = state.new_id()
    inside = [tree.workspace_of(state, state.nodes[item]) for item in document_ids]
    process = Process(
        number, known.id, values.get(TITLE) or state.nodes[known.id].name, actor.user.id, now, values.get(DUE),
        document_ids, _attachments(actor, number, document_ids), next((node.id for node in inside if node), None),
        {key: value for key, value in values.items() if key not in (TITLE, DUE)},
    )  # fmt: skip
    state.workflows.processes[number] = process
    _note(actor, process, "initiate", comment)
    for item in document_ids:
        audit.note(state, item, 280, actor.user.id, now)
    _next(actor, process, known)
    return process


def _documents(actor: Actor, ids: list[int]) -> list[int]:
    for item in ids:
        try:
            tree.find(actor, item)
        except Refusal as error:
            raise Refusal(NO_NODE) from error
    return ids


def _attachments(actor: Actor, number: int, document_ids: list[int]) -> int:
    """The folder of shortcuts that a workflow's attachments are."""
    state = actor.state
    folder = tree.insert(actor, state.workflows.attachments_id, FOLDER, f"Attachments {number}")
    folder.permissions = {actor.user.id: READ}
    for item in document_ids:
        name = state.nodes[item].name
        taken = tree.child_named(state, folder.id, name) is not None
        tree.insert(actor, folder.id, SHORTCUT, f"{name} ({item})" if taken else name, original_id=item)
    return folder.id


# --- looking ---


def process_of(actor: Actor, process_id: int, text: str = NO_STATUS, status: int = 400) -> Process:
    found = actor.state.workflows.processes.get(process_id)
    if found is None or not visible(actor, found):
        raise Refusal(text, status)
    return found


def visible(actor: Actor, process: Process) -> bool:
    workspace = actor.state.nodes.get(process.workspace_id or 0)
    return manages(actor, process) or any(
        (*(_has(actor, task) for task in process.tasks), workspace is not None and may(actor, workspace, "see"))
    )


def manages(actor: Actor, process: Process) -> bool:
    return actor.user.admin or process.initiator == actor.user.id


def status_key(process: Process, now: datetime) -> str:
    """The documented words, and "suspended", which no document names."""
    if process.status != RUNNING:
        return process.status
    return "workflowlate" if process.due is not None and process.due < now else "ontime"


def assigned(actor: Actor) -> list[tuple[Process, Task]]:
    """The user's own tasks: theirs, or their groups' until somebody accepts them."""
    return [
        (process, task)
        for process in actor.state.workflows.processes.values()
        if process.status == RUNNING and (task := process.current) is not None and is_for(actor, task)
    ]


def is_for(actor: Actor, task: Task) -> bool:
    if task.accepted_by is not None:
        return task.accepted_by == actor.user.id
    return not actor.principals.isdisjoint(task.performers)


def _has(actor: Actor, task: Task) -> bool:
    return task.done_by == actor.user.id or not actor.principals.isdisjoint(task.performers)


def is_group(actor: Actor, task: Task) -> bool:
    return any(actor.state.members[member].type == GROUP for member in task.performers)


def task_of(actor: Actor, process_id: int, sub_id: int, task_id: int, status: int = 400) -> tuple[Process, Task]:
    """The open task, if it is the user's. Nobody else's, no done one."""
    for process, task in assigned(actor):
        if (process.id, process.id, task.step.id) == (process_id, sub_id, task_id):
            return process, task
    raise Refusal(f"Could not get a workflow for {process_id}, {sub_id}, {task_id}", status)


# --- doing ---


def accept(actor: Actor, process: Process, task: Task) -> None:
    task.accepted_by = actor.user.id
    _note(actor, process, "accept", "")


def act(actor: Actor, process: Process, task: Task, action: str, comment: str, assignee: int | None) -> None:
    """A standard action, compared without case."""
    doings: dict[str, Callable[[], None]] = {
        SEND_ON.lower(): lambda: _send_on(actor, process, task, comment),
        DELEGATE.lower(): lambda: _pass_on(actor, process, task, comment, assignee, "delegate"),
        SEND_FOR_REVIEW.lower(): lambda: _pass_on(actor, process, task, comment, assignee, "send_for_review"),
        "review": lambda: _pass_on(actor, process, task, comment, assignee, "send_for_review"),
    }
    if action.lower() not in doings:
        raise Refusal(UNKNOWN_ACTION)
    _require_accepted(task)
    doings[action.lower()]()


def dispose(actor: Actor, process: Process, task: Task, key: str, comment: str) -> None:
    """A custom action: its decision, and onwards or to the end."""
    chosen = next((item for item in dispositions(task) if item.key.lower() == key.lower()), None)
    if chosen is None:
        raise Refusal(UNKNOWN_ACTION)
    _require_accepted(task)
    _done(actor, task)
    process.decision = chosen.status
    _note(actor, process, "disposition", comment, event=chosen.key, label=chosen.label)
    known = actor.state.workflows.maps[process.map_id]
    if chosen.goes_on:
        _next(actor, process, known)
    else:
        _finish(actor, process)


def dispositions(task: Task) -> list[Disposition]:
    return [] if task.returns_to is not None else task.step.dispositions


def actions(task: Task) -> list[tuple[str, str]]:
    """The standard actions of a task: key and label. A step with dispositions cannot simply be sent on."""
    sends = [] if dispositions(task) else [(SEND_ON, "Send On")]
    return [*sends, (DELEGATE, "Forward"), (SEND_FOR_REVIEW, "Send for Review")]


def _require_accepted(task: Task) -> None:
    if task.step.accept and task.accepted_by is None and task.step.performer in task.performers:
        raise Refusal("The assignment must be accepted first.")


def _send_on(actor: Actor, process: Process, task: Task, comment: str) -> None:
    if dispositions(task):
        raise Refusal(UNKNOWN_ACTION)
    _done(actor, task)
    _note(actor, process, "send_on", comment)
    if task.returns_to is not None:
        process.tasks.append(Task(task.step, task.returns_to, actor.now))
        return
    _next(actor, process, actor.state.workflows.maps[process.map_id])


def _pass_on(actor: Actor, process: Process, task: Task, comment: str, assignee: int | None, action: str) -> None:
    member = actor.state.members.get(assignee or 0)
    if member is None or member.type == GROUP:
        raise wrong_type("assignee")
    _done(actor, task)
    back = [actor.user.id] if action == "send_for_review" else task.returns_to
    process.tasks.append(Task(task.step, [member.id], actor.now, returns_to=back))
    _let_see(actor, process, [member.id])
    _note(actor, process, action, comment, target=member.id)


def _done(actor: Actor, task: Task) -> None:
    task.finished, task.done_by = actor.now, actor.user.id


def _next(actor: Actor, process: Process, known: WorkflowMap) -> None:
    done = {task.step.id for task in process.tasks}
    step = next((item for item in known.steps if item.id not in done), None)
    if step is None:
        _finish(actor, process)
        return
    chosen = process.values.get(str(step.chosen_by)) if step.chosen_by else None
    performers = [chosen or step.performer]
    process.tasks.append(Task(step, performers, actor.now))
    _let_see(actor, process, performers)


def _let_see(actor: Actor, process: Process, members: list[int]) -> None:
    folder = actor.state.nodes[process.folder]
    folder.permissions = {**(folder.permissions or {}), **dict.fromkeys(members, READ)}


def _finish(actor: Actor, process: Process) -> None:
    """The map's last step: the decision onto every document, then the report."""
    state, worker = actor.state, approval_record.elevated(actor)
    process.status, process.ended = "completed", actor.now
    comment = next((item.comment for item in reversed(process.activities) if item.label), "")
    for node in (state.nodes.get(item) for item in process.documents):
        if node is None or node.type != DOCUMENT or not tree.is_live(state, node):
            continue
        audit.note(state, node.id, 281, actor.user.id, actor.now)
        if process.decision and not node.record.finalized:
            number = documents.version_of(node).number
            approval_record.write(worker, node, process.decision, number, comment)
            _report(actor, process, node, number)


def _report(actor: Actor, process: Process, node: Node, number: int) -> None:
    event = "content.approved" if process.decision == seed.APPROVED else "content.rejected"
    fields = {
        "event": event, "node_id": node.id, "workspace_id": process.workspace_id, "process_id": process.id,
        "workflow_id": process.map_id, "decision": process.decision, "version": number,
    }  # fmt: skip
    actor.state.workflows.reports.append(fields)


def set_status(actor: Actor, process: Process, wanted: str) -> None:
    """suspend, resume, stop, archive: by its initiator or an administrator, where the present state allows it."""
    if not manages(actor, process):
        raise Refusal("No permission to change the status of the process")
    steps = {
        ("suspend", RUNNING): SUSPENDED, ("resume", SUSPENDED): RUNNING,
        ("stop", RUNNING): STOPPED, ("stop", SUSPENDED): STOPPED,
        ("archive", COMPLETED): COMPLETED, ("archive", STOPPED): STOPPED,
    }  # fmt: skip
    target: Any = steps.get((wanted.lower(), process.status))
    if target is None:
        raise Refusal(NO_STATUS)
    process.status = target
    process.archived = process.archived or wanted.lower() == "archive"
    if target == STOPPED and process.ended is None:
        process.ended = actor.now
    _note(actor, process, wanted.lower(), "")


def remove(actor: Actor, process: Process) -> None:
    if not manages(actor, process):
        raise Refusal("No permission to change the status of the process")
    del actor.state.workflows.processes[process.id]


def _note(actor: Actor, process: Process, action: str, comment: str, **more: Any) -> None:
    """`more`: the other members of Activity."""
    process.activities.append(Activity(action, actor.user.id, actor.now, comment, **more))
