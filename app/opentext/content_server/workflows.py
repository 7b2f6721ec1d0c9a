"""Workflows of Content Server's own engine: started on a map, followed, acted on, their decision read from the trail.

The engine knows no business key. A workflow belongs to a workspace by the documents attached to it; starting looks
first for a running one on the same map with the same documents. Tasks are those of the user who is signed in: with the
service account only what was assigned to it.
Source: Content Server Rest API 2.0.2, processes and workflows; OpenText's own Python client.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from app.domain.content import Decision, ProcessStatus, Task, TrailEntry, WorkflowInstance
from app.domain.ids import NodeId
from app.errors import AppError, NeedsReauth, NotFound, Permanent, Retryable
from app.opentext.answers import CONTENT_SERVER, Anything
from app.opentext.content_server import workflow_payloads as payloads
from app.opentext.content_server.categories import wire
from app.opentext.content_server.client import ContentServer, Query, UnknownRoute
from app.opentext.content_server.nodes import each_child, plain
from app.opentext.content_server.payloads import OneNode

OUTCOMES = {"approve": "approved", "reject": "rejected", "requestchanges": "changes_requested"}
DONE, ENDED, PAUSED = ("complet", "finish", "archiv"), ("stop", "cancel", "abort", "kill"), ("suspend", "pause")
SHORTCUTS = "properties{id,name,type,original_id}"
MOST_FINISHED = 50  # finished workflows that are looked at, the newest first
START_STEP = "start step"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Action:
    """Something a task's assignee may do. A disposition is one of the map's own decisions."""

    key: str
    label: str
    is_disposition: bool


@dataclass(frozen=True)
class OpenTask:
    """A task as its assignee may work on it. `must_accept`: a group's task that nobody has taken yet."""

    id: str
    title: str
    instructions: str
    actions: tuple[Action, ...]
    must_accept: bool = False


class ContentWorkflows:
    """The workflows one user may see. Ids are process numbers as text; task ids "process/subprocess/task"."""

    def __init__(self, server: ContentServer) -> None:
        self._server = server
        self._maps: dict[str, int] = {}  # plain name → map
        self._keys: dict[int, dict[str, str]] = {}  # map → plain attribute name → form key
        self._at_once: dict[int, bool] = {}  # map → whether it starts in one call
        self._logins: dict[int, str] = {}
        self._attached: dict[int, frozenset[int]] = {}  # process → documents; they never change
        self._workspaces: dict[int, frozenset[int]] = {}  # process → workspaces of its documents
        self._lock = threading.Lock()

    # Starting

    def start(
        self,
        map_name: str,
        documents: Sequence[NodeId],
        *,
        workspace: NodeId,
        title: str = "",
        values: Mapping[str, Any] | None = None,
        due: datetime | None = None,
        comment: str = "",
    ) -> WorkflowInstance:
        """Start a workflow on documents of one workspace, unless one runs: same map, same documents; gives that one.

        With `title`, which must be unique for what it is about, one that has finished is found too. `values` by the
        map's attribute names. One call on a map without start step, three with one; one more looks first. After
        Retryable with `unknown_outcome` call again. Raises NotFound (`no_such_map`, a document), Permanent
        (`unknown_attribute`, a value or rule of the map).
        """
        map_id = self.map_id(map_name, documents)
        running = self._running_on(map_id, documents, workspace, title)
        if running is not None:
            return self.get(running)
        filled = self._filled(map_id, title, values or {}, due)
        process = None if filled or comment else self._started_at_once(map_id, documents)
        if process is None:
            process = self._by_draft(map_id, documents, filled, comment)
        with self._lock:
            self._attached[process] = frozenset(documents)
            self._workspaces[process] = frozenset({workspace})
        return self.get(str(process))

    def map_id(self, name: str, documents: Sequence[NodeId]) -> int:
        """The map of this name, among those offered for the documents. Raises NotFound (`no_such_map`)."""
        if name.isdecimal():
            return int(name)
        with self._lock:
            kept = self._maps.get(plain(name))
        if kept is not None:
            return kept
        if not documents:
            raise Permanent("A workflow needs a document to be started on.", code="no_documents")
        node = self._server.get(OneNode, "v2", "nodes", documents[0], query={"fields": "properties{id,parent_id}"})
        parent = node.results.data.properties.parent_id if node.results.data.properties else None
        query: Query = {"doc_id": [str(each) for each in documents], "parent_id": parent or documents[0]}
        offered = self._server.get(payloads.OfferedMaps, "v2", "docworkflows", query=query).results.data
        found = [row.id for row in offered if plain(row.name) == plain(name)]
        if not found:
            raise NotFound(
                f"There is no workflow map {name} for these documents.", code="no_such_map", map=name,
                hint="Import the map, or give our user the right to see it.",
            )  # fmt: skip
        with self._lock:
            return self._maps.setdefault(plain(name), found[0])

    # Following

    def get(self, process: str) -> WorkflowInstance:
        """One workflow; status UNKNOWN where the server does not have it (any more) or we may not see it."""
        try:
            return self._instance(process, self._status(process))
        except NotFound:
            return WorkflowInstance(process, "", "", ProcessStatus.UNKNOWN, None, None)

    def active(self, workspace: NodeId) -> list[WorkflowInstance]:
        """The running workflows of a workspace, the oldest first: one call. A suspended one counts as running here."""
        rows = self._active({"businessWorkspaceID": str(workspace)})
        found = [
            WorkflowInstance(str(row.process), "", row.title, ProcessStatus.RUNNING, row.started, None) for row in rows
        ]
        return sorted(found, key=lambda each: each.started_at or _ERA)

    def finished(self, workspace: NodeId) -> list[WorkflowInstance]:
        """Finished workflows of a workspace that our user started or manages, the newest first.

        The engine lists them without their workspace: the newest 50 are looked into once each and remembered.
        """
        query = {"Kind": "Both", "wstatus": "completed", "sort": "date_initiated desc"}
        rows = [row.data.wfstatus for row in self._server.get(payloads.OwnWorkflows, *STATUS, query=query).results]
        return [
            WorkflowInstance(str(row.process_id), "", row.name, ProcessStatus.COMPLETED, row.started, None)
            for row in rows[:MOST_FINISHED]
            if workspace in self.workspaces_of(row.process_id)
        ]

    def tasks(self, process: str) -> list[Task]:
        """The open tasks of one workflow, whoever's they are. Raises NotFound."""
        return [_task(step) for step in self._status(process).results.steps.current]

    def decision(self, process: str) -> Decision | None:
        """How a workflow ended, read anew from status and trail; None while it runs. Raises NotFound.

        The outcome is the last disposition ("Approve" is "approved"), empty where the map has none.
        """
        status = self._status(process)
        if _derived(status) in (ProcessStatus.RUNNING, ProcessStatus.SUSPENDED):
            return None
        done = [each for each in self._activities(process) if each.date is not None]
        telling = [each for each in done if each.disposition]
        last = telling[-1] if telling and _derived(status) is ProcessStatus.COMPLETED else None
        return Decision(
            outcome=_outcome(last.disposition) if last else "" if done else "terminated",
            by=self._login(last.user_id) if last else "",
            at=last.date if last else done[-1].date if done else None,
            comment=last.comment if last else "",
            trail=self._trail(status, done),
        )

    def last_done(self, process: str) -> TrailEntry | None:
        """What was done last in a workflow, running or finished, and by whom. Raises NotFound."""
        status = self._status(process)
        trail = self._trail(status, [each for each in self._activities(process) if each.date is not None])
        return trail[-1] if trail else None

    # Acting, as the user who is signed in

    def assignments(self) -> list[Task]:
        """The signed-in user's own open tasks."""
        rows = self._server.get(payloads.AssignmentList, "v2", "members", "assignments").results
        found = [row.data.assignments for row in rows]
        return [
            Task(_task_id(each.workflow, each.sub, each.task), each.name, str(each.task), "", (), None, each.due)
            for each in found
            if each.workflow is not None and each.task is not None
        ]

    def open(self, task_id: str) -> OpenTask:
        """A task with what may be done. Raises NotFound (`not_our_task`: done, or somebody else's)."""
        process, sub, task = _parts(task_id)
        query = {"process_id": process, "subprocess_id": sub, "task_id": task}
        with _not_ours(task_id):
            found = self._server.get(payloads.TaskForm, "v1", "forms", "processes", "tasks", "update", query=query).data
        actions = [Action(each.key, each.label, False) for each in found.actions]
        dispositions = [Action(each.key, each.label, True) for each in found.custom_actions]
        may = (*dispositions, *actions)
        return OpenTask(task_id, found.title, found.instructions, may, bool(found.member_accept))

    def accept(self, task_id: str) -> None:
        """Take a group's task. Raises NotFound (`not_our_task`: somebody was faster)."""
        process, sub, task = _parts(task_id)
        path = ("v2", "mobilegroupassignment", "accept", "taskid", task, "processid", process, "subprocessid", sub)
        with _not_ours(task_id):
            self._server.form(Anything, "POST", *path, fields={})

    def decide(self, task_id: str, disposition: str, comment: str = "") -> None:
        """Do a task by one of its dispositions. Raises NotFound (`not_our_task`), Permanent (unknown, not accepted)."""
        self._act(task_id, {"custom_action": disposition, "comment": comment})

    def send_on(self, task_id: str, comment: str = "") -> None:
        """Do a task that has no dispositions. Raises as `decide`."""
        self._act(task_id, {"action": "SendOn", "comment": comment})

    def delegate(self, task_id: str, member: int, comment: str = "") -> None:
        """Give a task to another member. Raises as `decide`."""
        self._act(task_id, {"action": "Delegate", "assignee": str(member), "comment": comment})

    def suspend(self, process: str) -> None:
        """Let its tasks rest. Raises Permanent (not running, no right)."""
        self._set_status(process, "suspend")

    def resume(self, process: str) -> None:
        """Let it go on. Raises Permanent."""
        self._set_status(process, "resume")

    def stop(self, process: str) -> None:
        """End it without a decision. Idempotent. Raises Permanent (no right)."""
        try:
            self._set_status(process, "stop")
        except UnknownRoute:
            raise
        except Permanent:
            if self.get(process).status in (ProcessStatus.RUNNING, ProcessStatus.SUSPENDED):
                raise

    # How

    def _running_on(self, map_id: int, documents: Sequence[NodeId], workspace: NodeId, title: str) -> str | None:
        """One that is about the same; with a title also a finished one of that title."""
        rows = self._active({"businessWorkspaceID": str(workspace), "mapObjId": map_id})
        for row in rows:
            if row.map not in (None, map_id) or (title and row.title != title):
                continue
            if frozenset(documents) <= self._documents_of(row.process):
                return str(row.process)
        if title:
            return next((each.id for each in self.finished(workspace) if each.name == title), None)
        return None

    def _filled(self, map_id: int, title: str, values: Mapping[str, Any], due: datetime | None) -> dict[str, Any]:
        form: dict[str, Any] = {"WorkflowForm_Title": title} if title else {}
        if due is not None:
            form["WorkflowForm_WorkflowDueDate"] = due.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        keys = self._form_keys(map_id) if values else {}
        unknown = [name for name in values if plain(name) not in keys]
        if unknown:
            raise Permanent(
                "The workflow map has no such attribute.", code="unknown_attribute", attributes=", ".join(unknown),
                hint="Compare the map's attributes with the names in the documentation.",
            )  # fmt: skip
        return form | {keys[plain(name)]: wire(value) for name, value in values.items()}

    def _form_keys(self, map_id: int) -> dict[str, str]:
        with self._lock:
            kept = self._keys.get(map_id)
        if kept is not None:
            return kept
        known = self._server.get(payloads.MapDefinition, "v2", "workflows", map_id, "definition").attributes()
        keys = {plain(each.name): f"WorkflowForm_{key.partition('_')[2]}" for key, each in known.items()}
        with self._lock:
            return self._keys.setdefault(map_id, keys)

    def _started_at_once(self, map_id: int, documents: Sequence[NodeId]) -> int | None:
        """One call; None where the map has a start step, which is remembered."""
        if self._at_once.get(map_id) is False:
            return None
        body = {"workflow_id": map_id, "doc_ids": ",".join(map(str, documents))}
        try:
            answer = self._server.write(payloads.Started, "POST", "v2", "draftprocesses", "startwf", body=body)
        except (UnknownRoute, Permanent) as error:
            if not isinstance(error, UnknownRoute) and START_STEP not in str(error.context.get("said", "")).lower():
                raise
            self._at_once[map_id] = False
            return None
        return _process(answer)

    def _by_draft(self, map_id: int, documents: Sequence[NodeId], filled: Mapping[str, Any], comment: str) -> int:
        body: dict[str, Any] = {"workflow_id": map_id}
        if documents:
            body |= {"doc_ids": ",".join(map(str, documents)), "AttachDocuments": "true"}
        draft = self._server.write(payloads.Draft, "POST", "v2", "draftprocesses", body=body).results.draftprocess_id
        path = ("v2", "draftprocesses", draft)
        if filled:
            self._server.write(Anything, "PUT", *path, body={"action": "formUpdate", "values": dict(filled)})
        begin = {"action": "Initiate"} | ({"comment": comment} if comment else {})
        return _process(self._server.write(payloads.Started, "PUT", *path, body=begin))

    def _status(self, process: str) -> payloads.ProcessStatus:
        try:
            return self._server.get(payloads.ProcessStatus, *STATUS, "processes", process)
        except UnknownRoute:
            raise
        except Permanent as error:
            if error.context.get("status") in (400, 500) or isinstance(error, NotFound):
                gone = "Content Server does not have this workflow, or we may not see it."
                raise NotFound(gone, process=process) from error
            raise

    def _instance(self, process: str, status: payloads.ProcessStatus) -> WorkflowInstance:
        details = status.results.details
        state = _derived(status)
        ended = None
        if state in (ProcessStatus.COMPLETED, ProcessStatus.TERMINATED):
            done = self._activities(process)
            ended = done[-1].date if done else None
        return WorkflowInstance(process, "", details.name, state, details.started, ended)

    def _active(self, query: Mapping[str, str | int]) -> list[payloads.ActiveRow]:
        answer = self._server.get(payloads.ActiveWorkflows, *STATUS, "active", query=query)
        return list(answer.results)

    def _activities(self, process: str) -> list[payloads.Activity]:
        """The trail, the oldest first. The answer's order is not documented: newest first unless dates say no."""
        path = ("v2", "processes", process, "subprocesses", process, "activities")
        found = list(self._server.get(payloads.Activities, *path).results.data)
        if len(found) > 1 and (found[0].date or _ERA) >= (found[-1].date or _ERA):
            found.reverse()
        return found

    def _trail(self, status: payloads.ProcessStatus, done: Sequence[payloads.Activity]) -> tuple[TrailEntry, ...]:
        """What people did; the step's name where every completed step left one line, which nothing promises."""
        doings = [each for each in done if each.disposition or "send" in each.action or "delegate" in each.action]
        steps: Sequence[payloads.Step | None] = status.results.steps.completed
        if len(steps) != len(doings):
            steps = [None] * len(doings)
        return tuple(
            TrailEntry(
                task=step.name if step else each.label or each.action,
                key=str(step.task_id) if step else "",
                who=self._login(each.user_id),
                started_at=step.started if step else None,
                ended_at=each.date,
                outcome=_outcome(each.disposition) if each.disposition else "",
                comment=each.comment,
            )
            for step, each in zip(steps, doings, strict=True)
        )

    def _documents_of(self, process: int) -> frozenset[int]:
        """The documents attached to a workflow, by the shortcuts in its attachments."""
        with self._lock:
            kept = self._attached.get(process)
        if kept is not None:
            return kept
        found: set[int] = set()
        try:
            attachments = self._status(str(process)).results.attachments
            if attachments is not None and attachments.folder is not None:
                query = {"fields": SHORTCUTS}
                children = [each.data.properties for each in each_child(self._server, attachments.folder, query)]
                found = {each.original_id or each.id for each in children if each is not None}
        except NotFound:
            return frozenset()  # not ours to see now, perhaps later
        with self._lock:
            return self._attached.setdefault(process, frozenset(found))

    def workspaces_of(self, process: int) -> frozenset[int]:
        """The workspaces of a workflow's documents; asked once. Raises Retryable."""
        with self._lock:
            kept = self._workspaces.get(process)
        if kept is not None:
            return kept
        inside = {self._workspace_of(document) for document in self._documents_of(process)}
        found = frozenset(each for each in inside if each is not None)
        with self._lock:
            return self._workspaces.setdefault(process, found)

    def _workspace_of(self, document: int) -> int | None:
        try:
            path = ("v1", "nodes", document, "businessworkspace")
            return self._server.get(payloads.WorkspaceOfDocument, *path).id
        except UnknownRoute:
            raise
        except Permanent:
            return None

    def _login(self, member: int | None) -> str:
        """A member's login name; its number where we may not read members."""
        if member is None:
            return ""
        if member not in self._logins:
            try:
                answer = self._server.get(payloads.OneMember, "v2", "members", member)
            except (Retryable, UnknownRoute):
                raise
            except (Permanent, NeedsReauth) as error:
                log.info("member_not_readable", upstream=CONTENT_SERVER, member=member, code=error.specific_code)
                return str(member)
            self._logins[member] = answer.results.data.properties.name or str(member)
        return self._logins[member]

    def _act(self, task_id: str, body: Mapping[str, str]) -> None:
        process, sub, task = _parts(task_id)
        path = ("v2", "processes", process, "subprocesses", sub, "tasks", task)
        with _not_ours(task_id):
            self._server.write(Anything, "PUT", *path, body={name: value for name, value in body.items() if value})

    def _set_status(self, process: str, status: str) -> None:
        self._server.form(Anything, "PUT", "v2", "processes", process, "status", fields={"status": status})


STATUS = ("v2", "workflows", "status")
_ERA = datetime.min.replace(tzinfo=UTC)


@contextmanager
def _not_ours(task_id: str) -> Iterator[None]:
    """A task that is done, or somebody else's, is answered as if there were none."""
    try:
        yield
    except AppError as error:
        if "could not get a workflow" not in str(error.context.get("said", "")).lower():
            raise
        text = "This task is done already, or it is somebody else's."
        raise NotFound(text, code="not_our_task", task=task_id) from error


def _derived(status: payloads.ProcessStatus) -> ProcessStatus:
    """By the server's word where it is known; else what has no current step is finished. Source: reference, 7.4."""
    said = status.results.details.status.casefold()
    for words, state in (
        (DONE, ProcessStatus.COMPLETED), (ENDED, ProcessStatus.TERMINATED), (PAUSED, ProcessStatus.SUSPENDED),
    ):  # fmt: skip
        if said.startswith(words):
            return state
    return ProcessStatus.RUNNING if status.results.steps.current else ProcessStatus.COMPLETED


def _task(step: payloads.Step) -> Task:
    logins = step.logins
    return Task(
        id=_task_id(step.process_id, step.subprocess_id, step.task_id),
        name=step.name,
        key=str(step.task_id),
        assignee=logins[0] if len(logins) == 1 else "",
        candidates=logins if len(logins) > 1 else (),
        created_at=step.started,
        due_at=step.due,
    )


def _task_id(process: int | None, sub: int | None, task: int | None) -> str:
    return f"{process}/{process if sub is None else sub}/{task}"


def _parts(task_id: str) -> tuple[int, int, int]:
    parts = task_id.split("/")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        raise Permanent("This is no task of Content Server.", code="bad_task", task=task_id)
    return int(parts[0]), int(parts[1]), int(parts[2])


def _outcome(disposition: str) -> str:
    """As the other engine's models say it: "Approve" is "approved", an own word stays as it is."""
    return OUTCOMES.get(plain(disposition), disposition)


def _process(answer: payloads.Started) -> int:
    if answer.process is None:
        raise Retryable(
            "Content Server did not say which workflow it started.", code="unknown_workflow", unknown_outcome=True
        )
    return answer.process
