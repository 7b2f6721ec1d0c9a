"""The workflow engine as the routes, the control API and the desk use it."""

import contextlib
import copy
from datetime import timedelta
from typing import Any

from sandbox.kernel.world import World
from sandbox.workflow.core import Actor
from sandbox.workflow.errors import WorkflowError
from sandbox.workflow.instances import InstanceActions, Start
from sandbox.workflow.runs import ProcessRun
from sandbox.workflow.state import Instance, Switches
from sandbox.workflow.tasks import TaskActions

__all__ = ["Actor", "Engine", "Start"]
RETRY_AFTER = timedelta(seconds=10)


class Engine(InstanceActions, TaskActions):
    """Models, instances, tasks, jobs and switches. Its timers follow the sandbox's clock."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        world.clock.on_advance(self._clock_advanced)

    def _clock_advanced(self) -> None:
        self.run_due_jobs()

    # Jobs: timers and asynchronous starts.

    def run_due_jobs(self) -> int:
        """Run what is due by the sandbox's clock; the runner calls this every second. Gives how many ran."""
        ran = 0
        while done := sum(self._run_job(i.id) for i in self.instances() if self._is_due(i)):
            ran += done
        return ran

    def _is_due(self, instance: Instance) -> bool:
        now = self.world.clock.now()
        if instance.ended or instance.suspended or instance.retries == 0:
            return False
        if instance.retry_at and instance.retry_at > now:
            return False
        return instance.not_begun or any(timer.due <= now for timer in instance.timers)

    def _run_job(self, id: str) -> int:
        """One timer or start. A failure is tried again twice, ten seconds apart, then left."""
        try:
            with self.changing(id) as work:
                instance = work.instance(id)
                if not self._is_due(instance):
                    return 0
                run = ProcessRun(work, instance)
                if instance.not_begun:
                    run.begin()
                elif not run.fire_timer():
                    return 0
                instance.retries, instance.retry_at, instance.job_error = 3, None, None
        except WorkflowError as error:
            self._postpone(id, error)
            return 0
        return 1

    def _postpone(self, id: str, error: WorkflowError) -> None:
        with contextlib.suppress(WorkflowError), self.changing(id) as work:
            instance = work.instance(id)
            instance.retries -= 1
            instance.retry_at, instance.job_error = work.now + RETRY_AFTER, str(error)

    def retry_failed_jobs(self) -> int:
        """Give up jobs another three tries; gives how many."""
        dead = [i.id for i in self.instances() if i.retries == 0 and not i.ended]
        for id in dead:
            with self.changing(id) as work:
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
                if known is None or not isinstance(
                    value, type(known) if not isinstance(known, float) else (int, float)
                ):
                    raise WorkflowError(f"no switch '{name}' with a value like {value!r}")
                setattr(switches, name, value)
            self.state.switches = switches
            self.world.touched()
        return switches
