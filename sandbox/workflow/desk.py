"""Tasks and instances as a person sees them, JSON-ready: for the desk and the control API."""

from typing import Any

from sandbox.workflow import diagram
from sandbox.workflow.engine import Engine
from sandbox.workflow.state import Instance, Task

Json = dict[str, Any]
ENCRYPTED = "(encrypted)"


def task_card(engine: Engine, task: Task) -> Json:
    """One open task: who may take it, how it may be decided, what the process knows. Times are ISO 8601, UTC."""
    instance = engine.instance(task.instance_id)
    return {
        "id": task.id,
        "name": task.name,
        "description": task.description,
        "step": task.key,
        "process": instance.key,
        "instance_id": instance.id,
        "instance_name": instance.name,
        "business_key": instance.business_key,
        "assignee": task.assignee,
        "candidate_users": list(task.candidate_users),
        "candidate_groups": list(task.candidate_groups),
        "may_claim": [name for name in engine.state.people if engine.is_candidate(task, name)],
        "outcomes": [{"label": label, "value": value} for label, value in task.outcomes],
        "created_at": task.created.isoformat(),
        "due_at": _deadline(instance, task),
        "suspended": instance.suspended,
        "variables": _shown(instance),
        "comments": [{"author": c.author, "message": c.message} for c in instance.comments],
    }


def _shown(instance: Instance) -> Json:
    """Variables by name; of an encrypted one only that it is, as the service's own client shows it."""
    return {v.name: ENCRYPTED if v.encryption else v.value for v in instance.variables.values()}


def _deadline(instance: Instance, task: Task) -> str | None:
    """The task's due date, else the first timer its process runs while it is open."""
    if task.due:
        return task.due.isoformat()
    return min((timer.due.isoformat() for timer in instance.timers), default=None)


def task_cards(engine: Engine) -> list[Json]:
    return [task_card(engine, task) for task in engine.tasks()]


def status(instance: Instance) -> str:
    """RUNNING, SUSPENDED, COMPLETED or TERMINATED, by the reference's rule."""
    if instance.ended is None:
        return "SUSPENDED" if instance.suspended else "RUNNING"
    return "TERMINATED" if instance.delete_reason else "COMPLETED"


def instance_card(engine: Engine, instance: Instance) -> Json:
    """One instance, running or finished, with its trail of tasks and what its HTTP tasks were answered."""
    return {
        "id": instance.id,
        "name": instance.name,
        "process": instance.key,
        "process_name": engine.definition(instance.definition_id).name,
        "business_key": instance.business_key,
        "status": status(instance),
        "started_at": instance.started.isoformat(),
        "started_by": instance.started_by,
        "ended_at": instance.ended.isoformat() if instance.ended else None,
        "waits_at": [waiting.activity_id for waiting in instance.waiting.values()],
        "timers": [{"step": t.activity_id, "due_at": t.due.isoformat()} for t in instance.timers],
        "failed_job": instance.job_error,
        "variables": _shown(instance),
        "comments": [{"author": c.author, "message": c.message} for c in instance.comments],
        "trail": [_trail(task) for task in instance.tasks],
        "calls": [{"step": c.activity_id, "url": c.url, "status": c.status, "note": c.note} for c in instance.calls],
    }


def _trail(task: Task) -> Json:
    return {
        "task": task.name,
        "step": task.key,
        "who": task.assignee,
        "completed_by": task.completed_by,
        "outcome": task.outcome,
        "ended_at": task.ended.isoformat() if task.ended else None,
        "taken_away": task.delete_reason,
    }


def instance_cards(engine: Engine) -> list[Json]:
    return [instance_card(engine, instance) for instance in engine.instances()]


def picture(engine: Engine, instance_id: str) -> bytes:
    """The instance's diagram as PNG, finished ones too."""
    instance = engine.instance(instance_id)
    here = {waiting.activity_id for waiting in instance.waiting.values()}
    return diagram.png(engine.definition(instance.definition_id).xml, here)
