"""The workflow engine as the stand-in's routes, the control API and the desk use it.

Every change is one unit of work: it runs on copies, outside the system's lock (an HTTP task may call out, and who is
called may read back), and is kept as a whole or not at all. Two works on one instance wait for each other.
"""

import contextlib
import copy
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from sandbox.kernel.world import World
from sandbox.workflow import dialect, http_task, values
from sandbox.workflow.errors import Conflict, Missing, Refused, WorkflowError, missing
from sandbox.workflow.http_task import Caller
from sandbox.workflow.runs import ProcessRun
from sandbox.workflow.state import DELEGATED, RESOLVED, Comment, Instance, Model, State, Switches, Task, Variable

Result = TypeVar("Result")
RETRY_AFTER = timedelta(seconds=10)
COMMENT_VARIABLE = "decision_comment"


@dataclass(frozen=True)
class Actor:
    """Who asks: a person by name, or a service client (`<client id>@OAuthClients`)."""

    name: str
    is_service: bool = False


@dataclass
class Start:
    """What a start asks for; exactly one of key, definition id and message says which process."""

    key: str | None = None
    definition_id: str | None = None
    message: str | None = None
    name: str | None = None
    business_key: str | None = None
    variables: list[Variable] = field(default_factory=list)
    transient: list[Variable] = field(default_factory=list)
    comment: str | None = None
    later: bool = False


class UnitOfWork:
    """Copies of what a change touches; `keep` writes them back together."""

    def __init__(self, engine: "Engine") -> None:
        self._engine, self._state = engine, engine.state
        self.now = engine.world.clock.now()
        self._instances: dict[str, Instance] = {}

    def new_id(self) -> str:
        with self._engine.lock:
            return self._state.new_id()

    def model(self, definition_id: str) -> Model:
        return self._engine.definition(definition_id)

    def latest(self, key: str) -> Model:
        return self._engine.latest(key)

    def instance(self, id: str) -> Instance:
        if id not in self._instances:
            self._instances[id] = copy.deepcopy(self._engine.instance(id))
        return self._instances[id]

    def add(self, instance: Instance) -> None:
        self._instances[instance.id] = instance

    def caller(self) -> Caller:
        return Caller(
            self._engine.world.deliveries, self._state.switches, self._state.kept_tokens, self.now
        )

    def keep(self) -> None:
        with self._engine.lock:
            if self._engine.state is not self._state:
                raise Missing("The sandbox was reset while this was being done.")
            self._state.instances.update(self._instances)
            self._engine.world.touched()


class Engine:
    """Models, instances and tasks. Reads give records that are never changed in place: do not change them either."""

    system = "workflow"

    def __init__(self, world: World) -> None:
        self.world = world
        self.lock = world.lock(self.system)
        self._turns: dict[str, threading.Lock] = {}
        self._mine = threading.local()
        world.clock.on_advance(self.run_due_jobs)

    @property
    def state(self) -> State:
        return self.world.state(self.system, State)

    # Reading.

    def instance(self, id: str) -> Instance:
        found = self.state.instances.get(id)
        if found is None:
            raise missing("process instance", id)
        return found

    def running(self, id: str) -> Instance:
        found = self.instance(id)
        if found.ended:
            raise missing("process instance", id)
        return found

    def instances(self) -> list[Instance]:
        """All, running and finished, oldest first."""
        return list(self.state.instances.values())

    def tasks(self) -> list[Task]:
        """The open ones, oldest first."""
        return [t for i in self.instances() if not i.ended for t in i.tasks if not t.ended]

    def task(self, id: str) -> Task:
        for instance in self.instances():
            for task in instance.tasks:
                if task.id == id and not task.ended:
                    return task
        raise missing("task", id)

    def models(self) -> list[Model]:
        """What is deployed, every version, oldest first."""
        return [m for m in self.state.models.values() if not m.removed]

    def model(self, id: str) -> Model:
        for model in self.models():
            if model.id == id:
                return model
        raise missing("model", id)

    def definition(self, definition_id: str) -> Model:
        for model in self.state.models.values():
            if model.definition_id == definition_id:
                return model
        raise missing("process definition", definition_id)

    def latest(self, key: str) -> Model:
        versions = [m for m in self.models() if m.key == key]
        if not versions:
            raise Missing(f"No process definition found for key '{key}'")
        return max(versions, key=lambda m: m.version)

    def person(self, name: str) -> Actor:
        if name not in self.state.people:
            raise missing("user", name)
        return Actor(name)

    def is_candidate(self, task: Task, name: str) -> bool:
        """May this person claim the task? Without any candidate everybody may."""
        groups = self.state.people.get(name, [])
        open_to_all = not task.candidate_users and not task.candidate_groups
        known = name in self.state.people
        return known and (
            open_to_all or name in task.candidate_users or any(g in task.candidate_groups for g in groups)
        )

    # Models.

    def deploy(
        self,
        xml: str,
        by: Actor,
        *,
        model_id: str | None = None,
        model_type: Literal["xml", "json"] = "xml",
        content: Any = None,
    ) -> Model:
        """Read, check and keep a model as the next version of its key. Raises WorkflowError with the reason."""
        parsed = dialect.parse(xml)
        for name, spec in parsed.spec["task_specs"].items():
            if spec["typename"].endswith("HttpTask"):
                http_task.check(spec["extensions"], name, WorkflowError)
        with self.lock:
            version = 1 + max((m.version for m in self.state.models.values() if m.key == parsed.key), default=0)
            id = self.state.new_id()
            model = Model(
                id=id,
                model_id=model_id or parsed.key,
                key=parsed.key,
                name=parsed.name,
                version=version,
                definition_id=f"{parsed.key}:{version}:{self.state.new_id()}",
                model_type=model_type,
                content=xml if content is None else content,
                xml=xml,
                spec=parsed.spec,
                deployed=self.world.clock.now(),
                deployed_by=by.name,
                documentation=parsed.documentation,
                start_message=parsed.start_message,
                start_activity=parsed.start_activity,
                listeners=parsed.listeners,
            )
            self.state.models[id] = model
            self.world.touched()
        return model

    def undeploy(self, id: str) -> None:
        """Remove a version nobody runs on."""
        with self.lock:
            model = self.model(id)
            if any(i.definition_id == model.definition_id and not i.ended for i in self.instances()):
                raise Conflict(f"Model '{id}' has running process instances.")
            model.removed = True
            self.world.touched()

    # Instances.

    def start(self, asked: Start, by: Actor) -> Instance:
        """Start and run to the first wait state; with `later`, leave even that to the next job run."""
        model = self._startable(asked)
        work = UnitOfWork(self)
        id = work.new_id()
        instance = Instance(
            id=id,
            definition_id=model.definition_id,
            key=model.key,
            name=asked.name,
            business_key=asked.business_key,
            started=work.now,
            started_by=by.name,
            root_id=id,
            not_begun=asked.later,
            variables={v.name: v for v in [*asked.transient, *asked.variables]},
        )
        if asked.comment:
            instance.comments.append(Comment(work.new_id(), by.name, asked.comment, work.now, id))
        work.add(instance)
        if not asked.later:
            ProcessRun(work, instance).begin()
            for variable in asked.transient:
                if instance.variables.get(variable.name) is variable:
                    del instance.variables[variable.name]
        work.keep()
        return instance

    def _startable(self, asked: Start) -> Model:
        given = [x for x in (asked.key, asked.definition_id, asked.message) if x]
        if len(given) != 1:
            raise WorkflowError("Either processDefinitionId, processDefinitionKey or message is required.")
        if asked.key:
            return self.latest(asked.key)
        if asked.definition_id:
            model = self.definition(asked.definition_id)
            if model.removed:
                raise missing("process definition", asked.definition_id)
            return model
        for model in sorted(self.models(), key=lambda m: -m.version):
            if model.start_message == asked.message and self.latest(model.key) is model:
                return model
        raise Missing(f"Cannot start process instance by message: no subscription to message '{asked.message}'")

    def set_suspended(self, id: str, suspended: bool, by: Actor, comment: str | None = None) -> Instance:
        with self._changing(id) as work:
            instance = work.instance(id)
            if instance.suspended is suspended:
                word = "suspended" if suspended else "active"
                raise Conflict(f"Process instance with id '{id}' is already {word}.")
            instance.suspended = suspended
            if comment:
                instance.comments.append(Comment(work.new_id(), by.name, comment, work.now, id))
        return instance

    def terminate(self, id: str, by: Actor) -> Instance:
        with self._changing(id) as work:
            instance = work.instance(id)
            ProcessRun(work, instance).terminate(f"deleted by {by.name}")
        return instance

    def create_variables(self, id: str, given: list[Variable]) -> list[Variable]:
        with self._changing(id) as work:
            table = work.instance(id).variables
            if taken := [v.name for v in given if v.name in table]:
                raise Conflict(f"Variable '{taken[0]}' is already present on process instance '{id}'.")
            table.update({v.name: v for v in given})
        return given

    def update_variable(self, id: str, given: Variable) -> Variable:
        with self._changing(id) as work:
            table = work.instance(id).variables
            if given.name not in table:
                raise Missing(f"Process instance '{id}' does not have a variable with name: '{given.name}'.")
            table[given.name] = given
        return given

    def comment(self, id: str, message: str, by: Actor, task_id: str | None = None) -> Comment:
        with self._changing(id) as work:
            comment = Comment(work.new_id(), by.name, message, work.now, id, task_id)
            work.instance(id).comments.append(comment)
        return comment

    def delete_comment(self, id: str, comment_id: str, by: Actor) -> None:
        with self._changing(id) as work:
            instance = work.instance(id)
            comment = next((c for c in instance.comments if c.id == comment_id), None)
            if comment is None:
                raise missing("comment", comment_id)
            if comment.author != by.name:
                raise Refused("Only its author may delete a comment.")
            instance.comments.remove(comment)

    def trigger(self, execution_id: str, given: list[Variable]) -> None:
        """Continue a waiting receive task."""
        for instance in self.instances():
            for step, waiting in instance.waiting.items():
                if waiting.execution_id == execution_id:
                    if waiting.kind != "receive":
                        raise WorkflowError(f"Execution '{execution_id}' does not wait for a trigger.")
                    with self._changing(instance.id) as work:
                        work.instance(instance.id).variables.update({v.name: v for v in given})
                        ProcessRun(work, work.instance(instance.id)).leave(step)
                    return
        raise missing("execution", execution_id)

    # Tasks.

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
        """Finish a task and run on. `comment` is what the task form's comment box gives: it is kept with the instance
        and as the variable `decision_comment`. Any failure on the way leaves the task open as it was."""
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
        listed = {label: value for label, value in task.outcomes} | {value: value for _, value in task.outcomes}
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

    # Jobs: timers and asynchronous starts.

    def run_due_jobs(self) -> int:
        """Run what is due by the sandbox's clock; the runner calls this every second. Gives how many ran."""
        ran = 0
        while due := [i.id for i in self.instances() if self._is_due(i)]:
            ran += sum(self._run_job(id) for id in due)
        return ran

    def _is_due(self, instance: Instance) -> bool:
        now = self.world.clock.now()
        if instance.ended or instance.suspended or instance.retries == 0:
            return False
        if instance.retry_at and instance.retry_at > now:
            return False
        return instance.not_begun or any(timer.due <= now for timer in instance.timers)

    def _run_job(self, id: str) -> int:
        """One timer of one instance. A failure is tried again twice, ten seconds apart, then left with its reason."""
        try:
            with self._changing(id) as work:
                instance = work.instance(id)
                if not self._is_due(instance):
                    return 0
                run = ProcessRun(work, instance)
                if instance.not_begun:
                    run.begin()
                else:
                    run.fire_timer()
                instance.retries, instance.retry_at, instance.job_error = 3, None, None
        except WorkflowError as error:
            self._postpone(id, error)
            return 0
        return 1

    def _postpone(self, id: str, error: WorkflowError) -> None:
        with contextlib.suppress(WorkflowError), self._changing(id) as work:
            instance = work.instance(id)
            instance.retries -= 1
            instance.retry_at, instance.job_error = work.now + RETRY_AFTER, str(error)

    def retry_failed_jobs(self) -> int:
        """Give up jobs another three tries; gives how many."""
        dead = [i.id for i in self.instances() if i.retries == 0 and not i.ended]
        for id in dead:
            with self._changing(id) as work:
                work.instance(id).retries, work.instance(id).retry_at = 3, None
        self.run_due_jobs()
        return len(dead)

    # Switches.

    def set_switches(self, **changes: Any) -> Switches:
        """Change some switches. Raises WorkflowError for an unknown name or a value of another type."""
        with self.lock:
            switches = copy.copy(self.state.switches)
            for name, value in changes.items():
                known = getattr(switches, name, None)
                if known is None or not isinstance(value, type(known) if not isinstance(known, float) else (int, float)):
                    raise WorkflowError(f"no switch '{name}' with a value like {value!r}")
                setattr(switches, name, value)
            self.state.switches = switches
            self.world.touched()
        return switches

    # One change at a time.

    @contextlib.contextmanager
    def _changing(self, id: str) -> Iterator[UnitOfWork]:
        """A unit of work on a running instance; kept at the end unless something was raised."""
        with self._turn(self.running(id).root_id):
            self.running(id)
            work = UnitOfWork(self)
            yield work
            work.keep()

    @contextlib.contextmanager
    def _task(self, id: str, by: Actor) -> Iterator[tuple[UnitOfWork, Task]]:
        """A unit of work on an open task of an active instance, for somebody who may act at all."""
        if by.is_service and not self.state.switches.service_client_may_act:
            raise Refused("A service client may not act on user tasks.")
        with self._changing(self.task(id).instance_id) as work:
            instance = work.instance(self.task(id).instance_id)
            if instance.suspended:
                raise WorkflowError(f"Cannot act on task '{id}': it is suspended.")
            yield work, next(t for t in instance.tasks if t.id == id)

    @contextlib.contextmanager
    def _turn(self, root_id: str) -> Iterator[None]:
        """Hold one tree of instances. Asked again by the very work that holds it, the engine refuses, as it would."""
        mine: set[str] = self._mine.__dict__.setdefault("roots", set())
        turn = self._turns.setdefault(root_id, threading.Lock())
        if root_id in mine or not turn.acquire(timeout=60):
            raise Conflict(f"Process instance '{root_id}' was updated by another transaction concurrently")
        mine.add(root_id)
        try:
            yield
        finally:
            mine.discard(root_id)
            turn.release()


def seen_by(now: datetime, lag_seconds: float, instance: Instance) -> Instance | None:
    """The instance as a history that lags by so many seconds shows it; None when not yet."""
    if not lag_seconds:
        return instance
    horizon = now - timedelta(seconds=lag_seconds)
    if instance.started > horizon:
        return None
    shown = copy.copy(instance)
    shown.tasks = [_task_as_of(horizon, t) for t in instance.tasks if t.created <= horizon]
    if instance.ended and instance.ended > horizon:
        shown.ended, shown.delete_reason, shown.end_activity = None, None, None
    return shown


def _task_as_of(horizon: datetime, task: Task) -> Task:
    if task.ended is None or task.ended <= horizon:
        return task
    shown = copy.copy(task)
    shown.ended, shown.delete_reason, shown.outcome, shown.completed_by = None, None, None, None
    return shown
