"""History: `/workflow-history/v1/historic-process-instances` and `historic-task-instances`.

By the switch `history_lag_seconds` both show the world as it was so long ago, as an engine with
asynchronous history does. The relation names of these two lists are not public. Source: OpenText workflow
reference, history.
"""

import copy
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.kernel.standin import Call, json_response
from sandbox.workflow import filters, views
from sandbox.workflow.errors import missing
from sandbox.workflow.filters import Row
from sandbox.workflow.state import Instance, Task

if TYPE_CHECKING:
    from sandbox.workflow.gateway import WorkflowService

PATH = "/workflow-history/v1"
OPTIONS = {"includeProcessVariables", "includeProcessComments"}
TASK_OPTIONS = {
    "includeTaskLocalVariables", "includeProcessVariables", "includeTaskAssignments", "includeTaskComments",
}  # fmt: skip


class HistoryRoutes:
    def __init__(self, service: "WorkflowService") -> None:
        self.service, self.engine = service, service.engine

    def rows(self, args: Mapping[str, str]) -> list[Row]:
        now, lag = self.service.world.clock.now(), self.engine.state.switches.history_lag_seconds
        shown = (seen_by(now, lag, instance) for instance in self.service.instances(args))
        return [self.service.row(instance) for instance in shown if instance]

    def task_rows(self, args: Mapping[str, str]) -> list[Row]:
        found = [
            Row(row.instance, row.model, row.groups, row.tree, task)
            for row in self.rows(args)
            for task in row.instance.tasks
        ]
        return sorted(found, key=lambda row: row.the_task.created)

    def instances(self, call: Call) -> Response:
        kept = filters.select(
            self.rows(call.args), call.args, filters.HISTORIC_INSTANCES, OPTIONS, strict=self.service.strict
        )
        kept = filters.ordered(kept, call.args, filters.INSTANCE_SORTS)
        switches = self.engine.state.switches
        body = views.page(
            call,
            "historic-process-instances",
            kept,
            lambda r: views.historic_instance(r, call.args),
            switches,
        )
        return json_response(body)

    def instance(self, call: Call, id: str) -> Response:
        for row in self.rows({"processInstanceId": id}):
            if row.instance.id == id:
                return json_response(views.historic_instance(row, call.args))
        raise missing("historic process instance", id)

    def tasks(self, call: Call) -> Response:
        kept = filters.select(
            self.task_rows(call.args), call.args, filters.HISTORIC_TASKS, TASK_OPTIONS, strict=self.service.strict
        )
        kept = filters.ordered(kept, call.args, filters.TASK_SORTS)
        switches = self.engine.state.switches
        body = views.page(call, "historic-task-instances", kept, lambda r: views.historic_task(r, call.args), switches)
        return json_response(body)


def register(service: "WorkflowService") -> None:
    routes = HistoryRoutes(service)
    service.answer("GET", f"{PATH}/historic-process-instances", routes.instances)
    service.answer("GET", f"{PATH}/historic-process-instances/<id>", routes.instance)
    service.answer("GET", f"{PATH}/historic-task-instances", routes.tasks)


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
