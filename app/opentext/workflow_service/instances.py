"""Workflow instances: started once per business key, followed, acted on; decisions read from the history.

Nothing is idempotent by the service's own means: looking before a start is the guard, one writer per lane.
Source: OpenText's demo applications, the public API collection for the Workflow Service.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from app.domain.content import Decision, ProcessStatus, Task, TrailEntry, WorkflowInstance
from app.errors import Conflict, NotFound, Retryable
from app.opentext.answers import Anything
from app.opentext.workflow_service import mapping, payloads
from app.opentext.workflow_service.client import WorkflowApi

OUTCOME_VARIABLE = "decision"
HISTORY = "historic-process-instances"


class WorkflowService:
    """One tenant's workflows. Business keys: `<platform>:<store>:<object>:<id>:<process>:<attempt>`."""

    def __init__(self, api: WorkflowApi) -> None:
        self._api = api

    # Instances

    def start(
        self,
        process_key: str,
        business_key: str,
        name: str,
        variables: Mapping[str, Any],
        *,
        secret: Collection[str] = (),
    ) -> WorkflowInstance:
        """Start a process unless this business key has an instance, running or finished; gives that one then.

        `secret` names the variables that people are not to see. After Retryable with `unknown_outcome` call again: it
        looks first. Raises Permanent (no such process, a variable an expression misses).
        """
        for found in (self.running, self._past):
            existing = found(business_key)
            if existing:
                return existing[0]
        body = {
            "processDefinitionKey": process_key,
            "businessKey": business_key,
            "name": name,
            "variables": [mapping.variable(key, each, encrypted=key in secret) for key, each in variables.items()],
            "returnVariables": True,
        }
        started = self._api.write(payloads.Instance, "POST", "process-instances", body=body)
        return mapping.instance(started, historic=False)

    def running(self, business_key: str) -> list[WorkflowInstance]:
        """The running (or suspended) instances of a business key, the oldest first: one call."""
        return self._with_key(business_key, past=False)

    def find_by_business_key(self, business_key: str) -> list[WorkflowInstance]:
        """All instances of a business key, the oldest first; a running one as the runtime tells it."""
        running = self.running(business_key)
        known = {each.id for each in running}
        past = [each for each in self._past(business_key) if each.id not in known]
        return sorted([*running, *past], key=_started)

    def get(self, instance_id: str) -> WorkflowInstance:
        """One instance; status UNKNOWN where neither runtime nor history has it (yet, or any more)."""
        running = self._runtime_record(instance_id)
        if running is not None:
            return mapping.instance(running, historic=False)
        past = self._historic_record(instance_id)
        if past is not None:
            return mapping.instance(past, historic=True)
        return WorkflowInstance(instance_id, "", "", ProcessStatus.UNKNOWN, None, None)

    def terminate(self, instance_id: str, reason: str) -> None:
        """End an instance; the reason becomes a comment, for the service takes none. Gone already is fine."""
        try:
            self.comment(instance_id, reason)
            self._api.write(Anything, "DELETE", "process-instances", instance_id)
        except NotFound:
            return

    def comment(self, instance_id: str, text: str) -> None:
        """Leave a comment on a running instance. Raises NotFound."""
        self._api.write(
            Anything, "POST", "process-instances", instance_id, "comments",
            body={"includeUserIds": False, "message": text},
        )  # fmt: skip

    def diagram(self, instance_id: str) -> bytes:
        """A PNG of the model with the current step marked. Raises NotFound."""
        return self._api.content("process-instances", instance_id, "diagram")

    # Tasks

    def tasks(self, business_key: str) -> list[Task]:
        """The open tasks of a business key, the oldest first."""
        query = {"processInstanceBusinessKey": business_key, "includeTaskAssignments": "true"}
        found = [mapping.task(each) for each in self._api.each(payloads.Task, "tasks", query=query)]
        return sorted(found, key=lambda task: task.created_at or _ERA)

    def tasks_of(self, user: str, *, within: float | None = None) -> list[Task]:
        """The open tasks somebody has taken, or may take, whatever they are about; `within` seconds for each page.

        A service that does not honour the filter must not give us what others have taken.
        """
        query = {"candidateOrAssigned": user, "includeTaskAssignments": "true"}
        found = [mapping.task(each) for each in self._api.each(payloads.Task, "tasks", query=query, within=within)]
        return [task for task in found if task.assignee in ("", user)]

    def claim(self, task_id: str, user: str) -> None:
        """Make `user` the assignee; theirs already is fine. Raises Conflict (somebody else's), NotFound."""
        try:
            self._api.write(Anything, "POST", "tasks", task_id, body={"action": "claim", "assignee": user})
        except Retryable as error:
            if error.specific_code != "locked":
                raise
            holder = self._api.get(payloads.Task, "tasks", task_id).assignee
            if holder != user:
                taken = "Somebody else has claimed this task."
                raise Conflict(taken, code="claimed", task=task_id) from error

    @property
    def own_name(self) -> str:
        """What the service calls our client where it acts on a task. Source: OpenText workflow reference, callers."""
        return f"{self._api.login.client_id}{mapping.SERVICE}"

    def task(self, task_id: str) -> Task:
        """One open task. Raises NotFound: it is done, or was taken away."""
        query = {"includeTaskAssignments": "true"}
        return mapping.task(self._api.get(payloads.Task, "tasks", task_id, query=query))

    def finished_task(self, task_id: str, *, outcome_variable: str = OUTCOME_VARIABLE) -> TrailEntry | None:
        """Who ended a task, when and how; None where the history does not have it (yet)."""
        query = {
            "taskId": task_id, "includeTaskLocalVariables": "true", "includeProcessVariables": "true",
            "includeTaskComments": "true",
        }  # fmt: skip
        for found in self._api.each(payloads.Task, "historic-task-instances", query=query, past=True):
            if found.id == task_id and found.ended is not None:
                own = {each.name: each.value for each in found.variables}
                return mapping.entry(found, outcome_variable, own)
        return None

    def unclaim(self, task_id: str) -> None:
        """Give a claimed task back to its candidates. Raises NotFound, Permanent."""
        self._api.write(Anything, "POST", "tasks", task_id, body={"action": "unclaim"})

    def delegate(self, task_id: str, to: str) -> None:
        """Lend a claimed task to somebody, who gives it back. Raises NotFound (done, or nobody of that name)."""
        self._api.write(Anything, "POST", "tasks", task_id, body={"action": "delegate", "assignee": to})

    def resolve(self, task_id: str, user: str) -> None:
        """Give a lent task back to whose it is. Raises NotFound, Permanent (it was not lent)."""
        self._api.write(Anything, "POST", "tasks", task_id, body={"action": "resolve", "assignee": user})

    def complete(self, task_id: str, outcome: str, variables: Mapping[str, Any] | None = None) -> None:
        """Complete a claimed task with one of the model's outcomes. Raises NotFound (done), Permanent."""
        wire = [{"name": name, "value": value} for name, value in (variables or {}).items()]
        body = {"action": "complete", "outcome": outcome, "variables": wire}
        self._api.write(Anything, "POST", "tasks", task_id, body=body)

    # Decisions

    def decision(
        self, business_key: str = "", *, instance_id: str = "", outcome_variable: str = OUTCOME_VARIABLE
    ) -> Decision | None:
        """How the workflow ended, read anew from instance and task history; None while it runs.

        Give the business key or the instance's id. Raises Retryable `history_lag` where the runtime has it no
        more and the history not yet: the service writes its history behind the event.
        """
        record = self._ended_record(business_key, instance_id)
        if record is None:
            return None
        query = {
            "processInstanceIdWithChildren": record.id,
            "includeTaskLocalVariables": "true",
            "includeTaskComments": "true",
        }
        tasks = list(self._api.each(payloads.Task, "historic-task-instances", query=query, past=True))
        if any(each.ended is None for each in tasks):
            raise Retryable("The workflow's history is not complete yet.", code="history_lag")
        return mapping.decision(record, tasks, outcome_variable=outcome_variable)

    def _ended_record(self, business_key: str, instance_id: str) -> payloads.Instance | None:
        """The finished instance's history record; None while it runs. Raises Retryable `history_lag`."""
        if not instance_id:
            running = self.running(business_key)
            if running:
                return None
            past = self._past(business_key)
            instance_id = past[0].id if past else ""
        elif (running_record := self._runtime_record(instance_id)) is not None and not running_record.ended:
            return None
        record = self._historic_record(instance_id) if instance_id else None
        if record is None or record.end_time is None:
            raise Retryable("The workflow's history is not written yet.", code="history_lag")
        return record

    def _past(self, business_key: str) -> list[WorkflowInstance]:
        return self._with_key(business_key, past=True)

    def _with_key(self, business_key: str, *, past: bool) -> list[WorkflowInstance]:
        """By business key, compared again: a filter that is not honoured must not give us a stranger's."""
        path = HISTORY if past else "process-instances"
        query = {"businessKey": business_key, "includeProcessVariables": "true"}
        found = self._api.each(payloads.Instance, path, query=query, past=past)
        own = [mapping.instance(each, historic=past) for each in found if each.business_key == business_key]
        return sorted(own, key=_started)

    def _runtime_record(self, instance_id: str) -> payloads.Instance | None:
        try:
            return self._api.get(
                payloads.Instance, "process-instances", instance_id, query={"includeProcessVariables": "true"}
            )
        except NotFound:
            return None

    def _historic_record(self, instance_id: str) -> payloads.Instance | None:
        """With variables and comments, which only the list gives; by id where the list does not know it."""
        query = {
            "processInstanceId": instance_id,
            "includeProcessVariables": "true",
            "includeProcessComments": "true",
        }
        for found in self._api.each(payloads.Instance, HISTORY, query=query, past=True):
            if found.id == instance_id:
                return found
        return None


_ERA = datetime.min.replace(tzinfo=UTC)


def _started(each: WorkflowInstance) -> datetime:
    return each.started_at or _ERA
