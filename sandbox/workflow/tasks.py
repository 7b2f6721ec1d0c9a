"""User tasks: claim, delegate, resolve, complete, under the service's rules of who may do what when."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TypeVar

from sandbox.workflow.core import Actor, Core, UnitOfWork
from sandbox.workflow.errors import Conflict, Refused, WorkflowError
from sandbox.workflow.runs import ProcessRun
from sandbox.workflow.state import DELEGATED, RESOLVED, Comment, Instance, Task, Variable

Result = TypeVar("Result")
COMMENT_VARIABLE = "decision_comment"


class TaskActions(Core):
    """What people, or a service client for them, do with a user task."""

    def claim(self, id: str, assignee: str, by: Actor) -> Task:
        with self._task(id, by) as (_, task):
            if task.assignee and task.assignee != assignee:
                raise Conflict(f"Task '{id}' is already claimed by someone else.")
            if not by.is_service and by.name != assignee:
                raise Refused("A user claims tasks for himself only.")
            own = by.is_service and assignee == by.name
            if not own and not self.is_candidate(task, assignee):
                raise Refused(f"User '{assignee}' is not a candidate of task '{id}'.")
            task.assignee, task.claimed = assignee, self.world.clock.now()
        return task

    def unclaim(self, id: str, by: Actor) -> Task:
        with self._task(id, by) as (_, task):
            self._own(task, by)
            task.assignee, task.claimed = None, None
        return task

    def delegate(self, id: str, to: str, by: Actor) -> Task:
        with self._task(id, by) as (_, task):
            self._own(task, by)
            self.person(to)
            task.owner = task.owner or task.assignee
            task.assignee, task.delegation = to, DELEGATED
        return task

    def resolve(self, id: str, by: Actor) -> Task:
        with self._task(id, by) as (_, task):
            if task.delegation != DELEGATED:
                raise WorkflowError(f"Task '{id}' is not delegated.")
            self._own(task, by)
            task.assignee, task.delegation = task.owner, RESOLVED
        return task

    def complete(
        self,
        id: str,
        by: Actor,
        outcome: str | None = None,
        variables: list[Variable] | None = None,
        comment: str | None = None,
    ) -> Task:
        """Finish a task and run on; any failure on the way leaves the task open as it was.

        `comment` is what the task form's comment box gives: kept with the instance and as `decision_comment`.
        """
        with self._task(id, by) as (work, task):
            instance = work.instance(task.instance_id)
            if task.delegation == DELEGATED:
                raise WorkflowError(f"A delegated task cannot be completed, but should be resolved instead: '{id}'")
            if task.assignee is None and self.state.switches.complete_needs_assignee:
                raise WorkflowError(f"Task '{id}' has no assignee: claim it first.")
            self._own(task, by)
            self._record_outcome(instance, task, outcome)
            given = list(variables or [])
            if comment:
                given.append(Variable(COMMENT_VARIABLE, "string", comment))
                instance.comments.append(Comment(work.new_id(), by.name, comment, work.now, instance.id, id))
            instance.variables.update({v.name: v for v in given})
            task.ended, task.completed_by = work.now, by.name
            ProcessRun(work, instance).leave(task.step)
        return task

    def _record_outcome(self, instance: Instance, task: Task, given: str | None) -> None:
        """The chosen outcome into the model's variable; a label stands for its value."""
        listed = dict(task.outcomes) | {value: value for _, value in task.outcomes}
        strict = self.state.switches.outcome_must_be_listed
        if task.outcomes and strict and given not in listed:
            allowed = ", ".join(value for _, value in task.outcomes)
            raise WorkflowError(f"Invalid outcome '{given or ''}' of task '{task.id}': one of {allowed} is expected.")
        task.outcome = listed.get(given or "", given)
        if task.outcome_variable and task.outcome:
            variable = Variable(task.outcome_variable, "string", task.outcome)
            instance.variables[variable.name] = variable
            if self.state.switches.outcome_as_task_variable:
                task.local[variable.name] = variable

    def change_task(self, id: str, by: Actor, change: Callable[[UnitOfWork, Task], Result]) -> Result:
        """Any other change of an open task (candidates, attachments)."""
        with self._task(id, by) as (work, task):
            return change(work, task)

    def _own(self, task: Task, by: Actor) -> None:
        if not by.is_service and by.name not in (task.assignee, task.owner):
            raise Refused(f"Task '{task.id}' is not assigned to '{by.name}'.")

    @contextlib.contextmanager
    def _task(self, id: str, by: Actor) -> Iterator[tuple[UnitOfWork, Task]]:
        """A unit of work on an open task of an active instance, for somebody who may act at all."""
        if by.is_service and not self.state.switches.service_client_may_act:
            raise Refused("A service client may not act on user tasks.")
        with self.changing(self.task(id).instance_id) as work:
            instance = work.instance(self.task(id).instance_id)
            if instance.suspended:
                raise WorkflowError(f"Cannot act on task '{id}': it is suspended.")
            yield work, next(t for t in instance.tasks if t.id == id)
