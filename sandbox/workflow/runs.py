"""Runs one process instance: SpiffWorkflow steps it, its record keeps tasks, variables and timers.

The record's variable table is the one source of truth: parallel branches share it. A run changes only the
copies its `Work` holds; whoever owns the work keeps or drops them as a whole.
"""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from sandbox.workflow import dialect, expressions, values
from sandbox.workflow.errors import ProcessFailed
from sandbox.workflow.http_task import Caller, HttpTaskCall
from sandbox.workflow.state import Instance, Model, Task, Timer, Variable, Waiting

NO_ACTIVITY = "ACTIVITY_DELETED"


class Work(Protocol):
    """What a run may use: time, new ids, models, other instances of the same tree, the outside."""

    now: datetime

    def new_id(self) -> str: ...
    def model(self, definition_id: str) -> Model: ...
    def latest(self, key: str) -> Model: ...
    def instance(self, id: str) -> Instance: ...
    def add(self, instance: Instance) -> None: ...
    def caller(self) -> Caller: ...


class Variables:
    """An instance's variables as expressions see them."""

    def __init__(self, instance: Instance) -> None:
        self._table = instance.variables
        self.instance_id, self.business_key = instance.id, instance.business_key or ""

    def has(self, name: str) -> bool:
        return name in self._table

    def get(self, name: str) -> Any:
        return self._table[name].value

    def set(self, name: str, value: Any) -> None:
        known = self._table.get(name)
        self._table[name] = Variable(name, values.kind_of(value), value, known.encryption if known else False)


class ProcessRun:
    """One instance being moved on. Raises ProcessFailed; the instance's record is then to be dropped."""

    def __init__(self, work: Work, instance: Instance) -> None:
        self.work, self.instance = work, instance
        self.model = work.model(instance.definition_id)
        self.scope = Variables(instance)
        self._caller_waits = False
        self._firing = ""
        if instance.progress is None:
            self.workflow = dialect.begin(self.model.spec, self)
        else:
            self.workflow = dialect.resume(instance.progress, self.model.spec, self)

    # What the BPMN library asks (dialect.Steps).

    def now(self) -> datetime:
        return self.work.now

    def fires(self, step: str) -> bool:
        return step == self._firing

    def value(self, expression: str) -> Any:
        return expressions.evaluate(expression, self.scope)

    def condition(self, expression: str) -> bool:
        return expressions.truth(expression.strip(), self.scope)

    def call_http(self, activity_id: str, extensions: dict[str, Any]) -> None:
        self.listen(extensions["listeners"], "start")
        call = HttpTaskCall(activity_id, extensions, self.scope, self.work.caller())
        self.instance.calls.append(call.perform())
        self.listen(extensions["listeners"], "end")

    # What the service asks.

    def begin(self) -> None:
        self.instance.not_begun = False
        self.instance.start_activity = self.model.start_activity
        self.listen(self.model.listeners, "start")
        self._advance()

    def leave(self, step: str) -> None:
        """Finish the user task, receive task or call activity with this library id, and go on."""
        self._leave(step)
        self._advance()

    def fire_timer(self) -> bool:
        """Let the timer that is longest due fire, and go on. False when none is due by the work's time."""
        due = [(when, task) for when, task in self._timers() if when <= self.work.now]
        if not due:
            return False
        task = min(due, key=lambda pair: pair[0])[1]
        self._firing = str(task.id)
        self._guarded(lambda: task.task_spec._update(task))
        self._firing = ""
        self._advance()
        return True

    def terminate(self, reason: str) -> None:
        """End the instance and what it called, before its end."""
        for waiting in list(self.instance.waiting.values()):
            if waiting.child_id:
                ProcessRun(self.work, self.work.instance(waiting.child_id)).terminate(reason)
        self.workflow.cancel()
        self._close_lost(reason)
        self._ended(reason)

    def listen(self, listeners: list[dict[str, Any]], event: str) -> None:
        for listener in listeners:
            if listener["event"] == event:
                self.value(listener["expression"])

    # Stepping.

    def _advance(self) -> None:
        going = True
        while going:
            self._guarded(lambda: self.workflow.do_engine_steps(will_complete_task=self._passing))
            self._close_lost(NO_ACTIVITY)
            going = self._take_up() or self._ready(manual=False) != []
        self._note_events()
        if self.workflow.is_completed():
            self._finish()
        else:
            self.instance.progress = dialect.keep(self.workflow)

    def _guarded(self, step: Any) -> None:
        try:
            step()
        except SpiffWorkflowException as error:
            raise ProcessFailed(f"process '{self.model.key}': {error}") from error

    def _passing(self, step: Any) -> None:
        """Before the library completes a step: its listeners (an HTTP task runs its own)."""
        extensions = getattr(step.task_spec, "extensions", None)
        if extensions and not dialect.is_http(step.task_spec):
            self.listen(extensions["listeners"], "start")
            self.listen(extensions["listeners"], "end")
        if dialect.is_end(step.task_spec):
            self.instance.end_activity = step.task_spec.bpmn_id

    def _ready(self, *, manual: bool) -> list[Any]:
        return [t for t in self.workflow.get_tasks(state=TaskState.READY) if t.task_spec.manual is manual]

    def _take_up(self) -> bool:
        """Record every newly reached user task, receive task and call; true if a call is over already."""
        for step in self._ready(manual=True):
            if str(step.id) in self.instance.waiting:
                continue
            extensions = step.task_spec.extensions
            self.listen(extensions["listeners"], "start")
            if dialect.is_call(step.task_spec):
                if self._call_process(step):
                    return True
            elif dialect.is_user_task(step.task_spec):
                self._offer(step)
            else:
                self._wait(step, "receive")
        return False

    def _wait(self, step: Any, kind: Any, **more: str) -> Waiting:
        waiting = Waiting(self.work.new_id(), step.task_spec.bpmn_id, kind, **more)
        self.instance.waiting[str(step.id)] = waiting
        return waiting

    def _leave(self, step: str) -> None:
        task = self.workflow.get_task_from_id(UUID(step))
        self.listen(task.task_spec.extensions["listeners"], "end")
        self.instance.waiting.pop(step, None)
        self._guarded(task.run)

    def _offer(self, step: Any) -> None:
        """A user task's record, its attributes filled from the variables as they are now."""
        spec, attributes = step.task_spec, step.task_spec.extensions["attributes"]
        waiting = self._wait(step, "task")
        task = Task(
            id=self.work.new_id(),
            instance_id=self.instance.id,
            execution_id=waiting.execution_id,
            step=str(step.id),
            key=spec.bpmn_id,
            name=self._text(spec.bpmn_name or spec.bpmn_id),
            created=self.work.now,
            description=self._text(spec.documentation) if spec.documentation else None,
            assignee=self._assignee(attributes),
            category=self._text(attributes.get("category", "")) or None,
            priority=values.whole_number(self._text(attributes.get("priority", "50")), "priority"),
            due=self._due(attributes.get("dueDate")),
            form_key=attributes.get("formKey"),
            candidate_users=self._names(attributes.get("candidateUsers", "")),
            candidate_groups=self._names(attributes.get("candidateGroups", "")),
            outcome_variable=attributes.get("outcomeVariable", ""),
            outcomes=values.outcomes(attributes.get("possibleOutcomes", "")),
            task_type=attributes.get("taskType", "default"),
        )
        waiting.task_id = task.id
        self.instance.tasks.append(task)

    def _text(self, template: str) -> str:
        return expressions.text(template, self.scope)

    def _names(self, template: str) -> list[str]:
        return [name.strip() for name in self._text(template).split(",") if name.strip()]

    def _assignee(self, attributes: dict[str, str]) -> str | None:
        given = attributes.get("assignee", "")
        return self.instance.started_by if given == "$INITIATOR" else self._text(given) or None

    def _due(self, template: str | None) -> datetime | None:
        if not template:
            return None
        value = self._text(template)
        return dialect.due_after(value, self.work.now) if value.startswith("P") else values.moment(value)

    def _call_process(self, step: Any) -> bool:
        """Start the called process as an instance of its own; true when it has already ended."""
        extensions = step.task_spec.extensions
        model = self.work.latest(self._text(extensions["called"]))
        flags = extensions["attributes"]
        child = Instance(
            id=self.work.new_id(),
            definition_id=model.definition_id,
            key=model.key,
            name=None,
            business_key=self.instance.business_key if flags.get("inheritBusinessKey") == "true" else None,
            started=self.work.now,
            started_by=self.instance.started_by,
            root_id=self.instance.root_id,
            parent_id=self.instance.id,
            parent_step=str(step.id),
        )
        if flags.get("inheritVariables") == "true":
            child.variables.update(self.instance.variables)
        copy_parameters(extensions["in"], self.scope, Variables(child))
        self.work.add(child)
        self._wait(step, "call", child_id=child.id)
        run = ProcessRun(self.work, child)
        run.begin_called()
        if child.ended is None:
            return False
        self._take_back(child, str(step.id))
        return True

    def begin_called(self) -> None:
        """As `begin`, for an instance whose caller is on the stack and takes it back itself."""
        self._caller_waits = True
        self.begin()

    def _take_back(self, child: Instance, step: str) -> None:
        spec = self.workflow.get_task_from_id(UUID(step)).task_spec
        copy_parameters(spec.extensions["out"], Variables(child), self.scope)
        self._leave(step)

    def _close_lost(self, reason: str) -> None:
        """Steps the process took away (a deadline, a terminate): their records end with a reason."""
        for step, waiting in list(self.instance.waiting.items()):
            if waiting.kind == "event":
                continue
            task = self.workflow.get_task_from_id(UUID(step)) if self._known(step) else None
            if task is not None and task.state == TaskState.READY:
                continue
            del self.instance.waiting[step]
            if waiting.child_id:
                ProcessRun(self.work, self.work.instance(waiting.child_id)).terminate(reason)
            for record in self.instance.tasks:
                if record.step == step and record.ended is None:
                    record.ended, record.delete_reason = self.work.now, reason

    def _known(self, step: str) -> bool:
        return UUID(step) in self.workflow.tasks

    def _note_events(self) -> None:
        """Timers the instance waits for, and intermediate events among the places where it stands."""
        self.instance.timers = [Timer(task.task_spec.bpmn_id, when) for when, task in self._timers()]
        waiting = self.workflow.event_manager.tasks.values()
        here = {str(t.id): t for t in waiting if not hasattr(t.task_spec, "cancel_activity")}
        for step, known in list(self.instance.waiting.items()):
            if known.kind == "event" and step not in here:
                del self.instance.waiting[step]
        for step, task in here.items():
            if step not in self.instance.waiting:
                self._wait(task, "event")

    def _timers(self) -> list[tuple[datetime, Any]]:
        tasks = self.workflow.event_manager.tasks.values()
        values = ((t.internal_data.get("event_value"), t) for t in tasks)
        return [(datetime.fromisoformat(value), task) for value, task in values if value]

    def _finish(self) -> None:
        self.listen(self.model.listeners, "end")
        end = self.workflow.spec.task_specs.get(self.instance.end_activity or "")
        terminated = end is not None and isinstance(end.event_definition, TerminateEventDefinition)
        self._ended(f"Terminated by end event: {self.instance.end_activity}" if terminated else None)
        if self.instance.parent_id and not self._caller_waits and self.instance.parent_step:
            caller = ProcessRun(self.work, self.work.instance(self.instance.parent_id))
            caller.take_back(self.instance)

    def take_back(self, child: Instance) -> None:
        """A called instance has ended by itself: take its results and go on."""
        self._take_back(child, child.parent_step or "")
        self._advance()

    def _ended(self, reason: str | None) -> None:
        record = self.instance
        record.ended, record.delete_reason = self.work.now, reason
        record.progress, record.retry_at, record.job_error, record.not_begun = None, None, None, False
        record.waiting.clear()
        record.timers.clear()


def copy_parameters(parameters: list[dict[str, str]], source: Variables, target: Variables) -> None:
    """In and out parameters of a call activity: `source` or `sourceExpression` to `target`."""
    for parameter in parameters:
        if expression := parameter.get("sourceExpression"):
            target.set(parameter["target"], expressions.evaluate(expression, source))
            continue
        name = parameter.get("source", "")
        target.set(parameter["target"], source.get(name) if source.has(name) else None)
