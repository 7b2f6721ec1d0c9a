"""User tasks: `/workflow/v1/tasks`, the five actions, candidates and attachments.

Source: OpenText workflow reference, tasks. The bodies of assignment and attachment writes are not public:
an assignment is `{user, group, type}` or a list of them, an attachment `{name, url, description}`.
"""

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.kernel.standin import Call, json_response
from sandbox.workflow import filters, values, views
from sandbox.workflow.core import UnitOfWork
from sandbox.workflow.errors import WorkflowError, missing
from sandbox.workflow.state import Attachment, Task

if TYPE_CHECKING:
    from sandbox.workflow.gateway import WorkflowService

PATH = "/workflow/v1/tasks"
OPTIONS = {
    "includeTaskLocalVariables", "includeProcessVariables", "includeTaskComments", "includeTaskAssignments",
}  # fmt: skip


class TaskRoutes:
    def __init__(self, service: "WorkflowService") -> None:
        self.service, self.engine = service, service.engine

    def row(self, task: Task) -> filters.Row:
        row = self.service.row(self.engine.instance(task.instance_id))
        row.task = task
        return row

    def find(self, call: Call) -> Response:
        running = [i for i in self.service.instances(call.args) if not i.ended]
        rows = [self.row(t) for i in running for t in i.tasks if not t.ended]
        kept = filters.select(rows, call.args, filters.TASKS, OPTIONS, strict=self.service.strict)
        kept = filters.ordered(kept, call.args, filters.TASK_SORTS)
        shown = views.page(call, "tasks", kept, lambda r: views.task(r, call.args), self.engine.state.switches)
        return json_response(shown)

    def read(self, call: Call, id: str) -> Response:
        return json_response(views.task(self.row(self.engine.task(id)), call.args))

    def act(self, call: Call, id: str) -> Response:
        given = self.service.body(call, {"action", "assignee", "outcome", "variables"})
        by, action, assignee = self.service.actor(call), given.get("action"), values.text(given, "assignee")
        if action == "complete":
            outcome = values.text(given, "outcome")
            variables = values.variables(given.get("variables"), strict=self.service.strict)
            self.engine.complete(id, by, outcome, variables)
            call.effect = f"task {id} completed: {outcome or 'done'}"
        elif action in ("claim", "delegate"):
            if not assignee:
                raise WorkflowError("An assignee is required when claiming or delegating a task.")
            (self.engine.claim if action == "claim" else self.engine.delegate)(id, assignee, by)
            call.effect = f"task {id} {action}ed for {assignee}"
        elif action in ("unclaim", "resolve"):
            (self.engine.unclaim if action == "unclaim" else self.engine.resolve)(id, by)
            call.effect = f"task {id} {action} done"
        else:
            raise WorkflowError(f"Invalid action: '{action}'.")
        return Response(status=204)

    # Candidates.

    def assignments(self, call: Call, id: str) -> Response:
        return json_response(views.assignments(self.engine.task(id), views.Names(call.args)))

    def write_assignments(self, call: Call, id: str) -> Response:
        """Add candidates (POST), replace them (PUT) or take some away (DELETE)."""
        users, groups = self._candidates(self.service.any_body(call))

        def change(_work: UnitOfWork, task: Task) -> Task:
            if call.method == "DELETE":
                task.candidate_users = [u for u in task.candidate_users if u not in users]
                task.candidate_groups = [g for g in task.candidate_groups if g not in groups]
            else:
                before = (task.candidate_users, task.candidate_groups) if call.method == "POST" else ([], [])
                task.candidate_users = [*before[0], *(u for u in users if u not in before[0])]
                task.candidate_groups = [*before[1], *(g for g in groups if g not in before[1])]
            return task

        task = self.engine.change_task(id, self.service.actor(call), change)
        call.effect = f"task {id} candidates changed"
        return json_response(views.assignments(task, views.Names(call.args)))

    def _candidates(self, given: Any) -> tuple[list[str], list[str]]:
        items = given if isinstance(given, list) else [given]
        for item in items:
            if not isinstance(item, dict) or set(item) - {"user", "group", "type"}:
                raise WorkflowError("An assignment is {user, group, type}.")
            if item.get("type") != "candidate" or bool(item.get("user")) is bool(item.get("group")):
                raise WorkflowError("An assignment names one user or one group as candidate.")
        return [i["user"] for i in items if i.get("user")], [i["group"] for i in items if i.get("group")]

    # Attachments.

    def attachments(self, call: Call, id: str) -> Response:
        names = views.Names(call.args)
        return json_response([views.attachment(a, names) for a in self.engine.task(id).attachments])

    def attach(self, call: Call, id: str) -> Response:
        given = self.service.body(call, {"name", "url", "description"})
        name, url = (values.text(given, key, required=True) or "" for key in ("name", "url"))
        by = self.service.actor(call)

        def change(work: UnitOfWork, task: Task) -> Attachment:
            made = Attachment(work.new_id(), name, url, values.text(given, "description") or "", by.name, work.now)
            task.attachments.append(made)
            return made

        made = self.engine.change_task(id, by, change)
        call.effect = f"task {id} attachment {made.id} added"
        return json_response(views.attachment(made, views.Names(call.args)), 201)

    def attachment(self, call: Call, id: str, attachment_id: str) -> Response:
        for found in self.engine.task(id).attachments:
            if found.id == attachment_id:
                return json_response(views.attachment(found, views.Names(call.args)))
        raise missing("attachment", attachment_id)

    def detach(self, call: Call, id: str, attachment_id: str) -> Response:
        def change(_work: UnitOfWork, task: Task) -> None:
            kept = [a for a in task.attachments if a.id != attachment_id]
            if len(kept) == len(task.attachments):
                raise missing("attachment", attachment_id)
            task.attachments = kept

        self.engine.change_task(id, self.service.actor(call), change)
        call.effect = f"task {id} attachment {attachment_id} deleted"
        return Response(status=204)


def register(service: "WorkflowService") -> None:
    routes = TaskRoutes(service)
    one = f"{PATH}/<id>"
    service.answer("GET", PATH, routes.find)
    service.answer("GET", one, routes.read)
    service.answer("POST", one, routes.act)
    service.answer("GET", f"{one}/assignments", routes.assignments)
    service.answer("POST PUT DELETE", f"{one}/assignments", routes.write_assignments)
    service.answer("GET", f"{one}/attachments", routes.attachments)
    service.answer("POST", f"{one}/attachments", routes.attach)
    service.answer("GET", f"{one}/attachments/<attachment_id>", routes.attachment)
    service.answer("DELETE", f"{one}/attachments/<attachment_id>", routes.detach)
