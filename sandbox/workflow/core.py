"""What every part of the engine stands on: records, models, changing instances one at a time.

Every change is one unit of work. It runs on copies and outside the system's lock (an HTTP task may call
out, and who is called may read back), and is kept as a whole or not at all. Two works on one instance wait
for each other.
"""

import contextlib
import copy
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.kernel.world import World
from sandbox.workflow import dialect, http_task
from sandbox.workflow.errors import Conflict, Missing, WorkflowError, missing
from sandbox.workflow.http_task import Caller
from sandbox.workflow.state import Instance, Model, State, Task


@dataclass(frozen=True)
class Actor:
    """Who asks: a person by name, or a service client (`<client id>@OAuthClients`)."""

    name: str
    is_service: bool = False


class UnitOfWork:
    """Copies of what a change touches; `keep` writes them back together."""

    def __init__(self, engine: "Core") -> None:
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
        return Caller(self._engine.world.deliveries, self._state.switches, self._state.kept_tokens, self.now)

    def keep(self) -> None:
        with self._engine.lock:
            if self._engine.state is not self._state:
                raise Missing("The sandbox was reset while this was being done.")
            self._state.instances.update(self._instances)
            for instance in self._instances.values():
                self._state.task_homes.update((task.id, instance.id) for task in instance.tasks)
            self._engine.world.touched()


class Core:
    """Models, instances, tasks. Reads give records that are never changed in place: nor should you."""

    system = "workflow"

    def __init__(self, world: World) -> None:
        self.world = world
        self.lock = world.lock(self.system)
        self._turns: dict[str, threading.Lock] = {}
        self._mine = threading.local()

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
        home = self.state.instances.get(self.state.task_homes.get(id, ""))
        for task in home.tasks if home else []:
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
        """Read, check and keep a model as the next version of its key. Raises WorkflowError."""
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

    # One change at a time.

    @contextlib.contextmanager
    def changing(self, id: str) -> Iterator[UnitOfWork]:
        """A unit of work on a running instance; kept at the end unless something was raised."""
        with self.turn(self.running(id).root_id):
            self.running(id)
            work = UnitOfWork(self)
            yield work
            work.keep()

    @contextlib.contextmanager
    def turn(self, root_id: str) -> Iterator[None]:
        """Hold one tree of instances. The very work that holds it is refused when it asks again."""
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
