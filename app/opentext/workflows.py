"""Both kinds of workflows behind one face: the Workflow Service by business key, Content Server by workspace."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from app.domain.content import Decision, ProcessStatus, Task, WorkflowInstance
from app.domain.ids import NodeId
from app.errors import AppError
from app.opentext.content_server.links import Links
from app.opentext.content_server.workflows import ContentWorkflows
from app.opentext.workflow_service.instances import WorkflowService

OPEN = (ProcessStatus.RUNNING, ProcessStatus.SUSPENDED)
_ERA = datetime.min.replace(tzinfo=UTC)


class Engine(StrEnum):
    """Where a workflow runs."""

    WORKFLOW_SERVICE = "workflow_service"
    CONTENT_SERVER = "content_server"


@dataclass(frozen=True)
class Workflow:
    """One workflow about a business object. `tasks` are its open ones; `url` opens it for people with rights there."""

    engine: Engine
    instance: WorkflowInstance
    tasks: tuple[Task, ...] = ()
    url: str = ""

    @property
    def is_open(self) -> bool:
        return self.instance.status in OPEN


@dataclass(frozen=True)
class WorkflowList:
    """The workflows of one business object, open ones first, the newest first. `unknown`: engines that failed."""

    workflows: tuple[Workflow, ...] = ()
    unknown: dict[Engine, AppError] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        return not self.unknown


class Workflows:
    """Reads from both engines. One that fails does not hide the other: its error is part of the answer."""

    def __init__(self, service: WorkflowService, content: ContentWorkflows, links: Links) -> None:
        self._service, self._content, self._links = service, content, links

    def of(
        self, business_keys: Sequence[str] = (), workspace: NodeId | None = None, *, finished: bool = True
    ) -> WorkflowList:
        """Running and finished workflows of a business object: by its business keys, by its workspace, or both.

        Without the finished ones: two calls per key, one per workspace and one per workflow that runs there; with
        them Content Server is asked for every workflow of our user that ended. Raises nothing for what the other
        sides do.
        """
        found: list[Workflow] = []
        unknown: dict[Engine, AppError] = {}

        def ask(engine: Engine, read: Callable[[], list[Workflow]]) -> None:
            try:
                found.extend(read())
            except AppError as error:
                unknown[engine] = error

        if business_keys:
            ask(Engine.WORKFLOW_SERVICE, lambda: self._by_keys(business_keys, finished))
        if workspace is not None:
            ask(Engine.CONTENT_SERVER, lambda: self._by_workspace(workspace, finished))
        newest = sorted(found, key=lambda each: each.instance.started_at or _ERA, reverse=True)
        return WorkflowList(tuple(sorted(newest, key=lambda each: not each.is_open)), unknown)

    def decision(self, workflow: Workflow) -> Decision | None:
        """How it ended, None while it is open. Raises what the engine raises (Retryable `history_lag`)."""
        if workflow.engine is Engine.WORKFLOW_SERVICE:
            return self._service.decision(instance_id=workflow.instance.id)
        return self._content.decision(workflow.instance.id)

    def _by_keys(self, keys: Sequence[str], finished: bool) -> list[Workflow]:
        return [each for key in keys for each in self._by_key(key, finished)]

    def _by_key(self, key: str, finished: bool) -> list[Workflow]:
        instances = self._service.find_by_business_key(key) if finished else self._service.running(key)
        tasks = self._service.tasks(key) if any(each.status in OPEN for each in instances) else []
        return [
            Workflow(Engine.WORKFLOW_SERVICE, each, tuple(tasks) if each.status in OPEN else ()) for each in instances
        ]

    def _by_workspace(self, workspace: NodeId, finished: bool) -> list[Workflow]:
        running = [self._running(each) for each in self._content.active(workspace)]
        if not finished:
            return running
        return [*running, *(Workflow(Engine.CONTENT_SERVER, each) for each in self._content.finished(workspace))]

    def _running(self, instance: WorkflowInstance) -> Workflow:
        tasks = tuple(self._content.tasks(instance.id))
        process, sub, task = (int(part) for part in tasks[0].id.split("/")) if tasks else (0, 0, 0)
        url = self._links.workflow_step(process, sub, task) if tasks else ""
        return Workflow(Engine.CONTENT_SERVER, instance, tasks, url)
