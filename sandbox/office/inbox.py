"""The Workflow Service for its users: tasks to claim and decide, and what became of them."""

from datetime import datetime
from typing import Any

from sandbox.office.problems import OfficeProblem, as_problems
from sandbox.stage import Stage
from sandbox.workflow import values
from sandbox.workflow.engine import Actor
from sandbox.workflow.state import Instance, Task, Variable

JSON = dict[str, Any]


class TaskInbox:
    """Every method raises OfficeProblem. People are names such as `anna.berg@demo`."""

    def __init__(self, stage: Stage) -> None:
        self._engine = stage.workflow.engine

    def people(self) -> list[JSON]:
        return [{"name": name, "groups": groups} for name, groups in self._engine.state.people.items()]

    def tasks(self, *, all_of_them: bool = False) -> list[JSON]:
        """Open tasks, oldest first; with `all_of_them` the finished ones too."""
        return [
            self._task(task, instance)
            for instance in self._engine.instances()
            for task in instance.tasks
            if all_of_them or not (task.ended or instance.ended)
        ]

    def task(self, task_id: str) -> JSON:
        """Open or finished."""
        for instance in self._engine.instances():
            for task in instance.tasks:
                if task.id == task_id:
                    return self._task(task, instance)
        raise OfficeProblem(f"There is no task {task_id}.", 404)

    def instances(self) -> list[JSON]:
        """Newest first."""
        return [self._instance(instance) for instance in reversed(self._engine.instances())]

    def instance(self, instance_id: str) -> JSON:
        with as_problems():
            return self._instance(self._engine.instance(instance_id))

    def claim(self, task_id: str, user: str) -> JSON:
        with as_problems():
            self._engine.claim(task_id, user, self._person(user))
        return self.task(task_id)

    def unclaim(self, task_id: str, user: str) -> JSON:
        with as_problems():
            self._engine.unclaim(task_id, self._person(user))
        return self.task(task_id)

    def complete(
        self, task_id: str, user: str, outcome: str | None = None, comment: str = "", variables: JSON | None = None
    ) -> JSON:
        """Decide or answer; a task nobody has is claimed first. The process runs on before this returns."""
        with as_problems():
            person = self._person(user)
            given = [_variable(name, value) for name, value in (variables or {}).items()]
            if self._engine.task(task_id).assignee is None:
                self._engine.claim(task_id, user, person)
            self._engine.complete(task_id, person, outcome, given, comment or None)
        return self.task(task_id)

    def _person(self, name: str) -> Actor:
        if name not in self._engine.state.people:
            raise OfficeProblem(f"There is no user {name}.", field="user")
        return self._engine.person(name)

    def _task(self, task: Task, instance: Instance) -> JSON:
        return {
            "id": task.id,
            "name": task.name,
            "key": task.key,
            "description": task.description,
            "process": instance.key,
            "instance_id": instance.id,
            "business_key": instance.business_key,
            "assignee": task.assignee,
            "candidate_groups": list(task.candidate_groups),
            "candidate_users": list(task.candidate_users),
            "candidates": [p for p in self._engine.state.people if self._engine.is_candidate(task, p)],
            "outcomes": [{"label": label, "value": value} for label, value in task.outcomes],
            "created": _moment(task.created),
            "due": _moment(task.due),
            "state": "open" if not (task.ended or instance.ended) else "done" if task.completed_by else "ended",
            "ended": _moment(task.ended),
            "completed_by": task.completed_by,
            "outcome": task.outcome,
            "variables": _plain(instance),
        }

    def _instance(self, instance: Instance) -> JSON:
        return {
            "id": instance.id,
            "name": instance.name or self._engine.definition(instance.definition_id).name,
            "process": instance.key,
            "business_key": instance.business_key,
            "started": _moment(instance.started),
            "started_by": instance.started_by,
            "ended": _moment(instance.ended),
            "state": "running" if not instance.ended else "terminated" if instance.delete_reason else "completed",
            "variables": _plain(instance),
            "comments": [{"by": c.author, "at": _moment(c.time), "text": c.message} for c in instance.comments],
            "tasks": [self._task(task, instance) for task in instance.tasks],
            "timers": [{"activity": t.activity_id, "due": _moment(t.due)} for t in instance.timers],
            "calls": [
                {"activity": c.activity_id, "method": c.method, "url": c.url, "status": c.status,
                 "at": _moment(c.time), "note": c.note}
                for c in instance.calls
            ],
            "error": instance.job_error,
        }  # fmt: skip


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _plain(instance: Instance) -> JSON:
    """Variables by name; an encrypted one is not shown."""
    return {name: "(encrypted)" if v.encryption else v.value for name, v in instance.variables.items()}


def _variable(name: str, value: Any) -> Variable:
    return values.variable({"name": name, "value": value})
