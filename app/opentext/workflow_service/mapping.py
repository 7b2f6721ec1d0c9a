"""Between the Workflow Service's shapes and ours. It has three shapes for a list and no status field.

Source: the running public clients (HAL), the API collection (`content`); status rules are ours.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from app.domain.content import Decision, ProcessStatus, TrailEntry, WorkflowInstance
from app.domain.content import Task as OpenTask
from app.opentext.workflow_service import payloads

TERMINATED = "terminated"  # the outcome of an instance that somebody ended without a decision
LARGEST_INTEGER = 2**31 - 1
SERVICE = "@OAuthClients"  # ends the name of a service client, which acts for people it names itself
LONGEST_TEXT = 4000  # of one variable; references travel in variables, documents do not


@dataclass(frozen=True)
class Page:
    """One page of a list. `more`: True or False where the service tells, else None. `total` likewise."""

    items: list[Any]
    more: bool | None = None
    total: int | None = None


def page(body: Any) -> Page:
    """Read HAL (`_embedded`, whatever the relation's name), `content`, or a bare array."""
    if isinstance(body, list):
        return Page(body, more=False)
    if not isinstance(body, dict):
        return Page([], more=False)
    embedded, content = body.get("_embedded"), body.get("content")
    arrays = [v for v in embedded.values() if isinstance(v, list)] if isinstance(embedded, dict) else []
    items = arrays[0] if arrays else content if isinstance(content, list) else []
    numbers, links = body.get("page"), body.get("_links")
    total = numbers.get("totalElements") if isinstance(numbers, dict) else None
    return Page(
        items,
        more="next" in links if isinstance(links, dict) else None,
        total=total if isinstance(total, int) else None,
    )


def variable(name: str, value: Any, *, encrypted: bool = False) -> dict[str, Any]:
    """A process variable as the service takes it. Raises TypeError for what cannot travel.

    `encrypted` keeps it from the eyes of people in the service's own client; whoever may read variables by the API
    still may. Source: OpenText's demo applications, the member `encryption`.
    """
    kind, wire = _typed(value)
    given = {"name": name, "type": kind, "value": wire, "scope": "local"}
    return given | {"encryption": True} if encrypted else given


def _typed(value: Any) -> tuple[str, Any]:
    match value:
        case bool():
            return "boolean", value
        case int():
            return ("integer" if abs(value) <= LARGEST_INTEGER else "long"), value
        case float():
            return "double", value
        case Decimal():
            return "string", str(value)  # money stays exact
        case None:
            return "string", ""  # every variable of an expression needs a value
        case datetime():
            moment = value.astimezone(UTC) if value.tzinfo else value
            return "date", moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
        case date():
            return "date", f"{value.isoformat()}T00:00:00.000Z"
        case str():
            return "string", value[:LONGEST_TEXT]
        case Mapping() | Sequence():
            return "json", json.loads(json.dumps(value))
    raise TypeError(f"a {type(value).__name__} cannot be a process variable")


def instance(given: payloads.Instance, *, historic: bool) -> WorkflowInstance:
    return WorkflowInstance(
        id=given.id,
        business_key=given.business_key,
        name=given.name,
        status=status(given, historic=historic),
        started_at=given.start_time,
        ended_at=given.end_time,
        variables={each.name: each.value for each in given.variables},
    )


def status(given: payloads.Instance, *, historic: bool) -> ProcessStatus:
    """A runtime record runs or is suspended; in the history an end time means finished, a reason ended."""
    if given.end_time is not None:
        return ProcessStatus.TERMINATED if given.delete_reason else ProcessStatus.COMPLETED
    if given.suspended:
        return ProcessStatus.SUSPENDED
    if given.ended and not historic:
        return ProcessStatus.COMPLETED
    return ProcessStatus.RUNNING


def task(given: payloads.Task) -> OpenTask:
    candidates = (each.group or each.user for each in given.assignments if each.type.lower() == "candidate")
    return OpenTask(
        id=given.id,
        name=given.name,
        key=given.key,
        assignee=given.assignee,
        candidates=tuple(dict.fromkeys(name for name in candidates if name)),
        created_at=given.created,
        due_at=given.due,
        owner=given.owner,
        is_lent=given.delegation.lower() == "pending",
    )


def decision(given: payloads.Instance, tasks: Sequence[payloads.Task], *, outcome_variable: str) -> Decision:
    """How a finished instance ended. The author is who completed the last approval task.

    Nobody decided (`by` empty) where the last task was cancelled: a deadline passed, or somebody ended it.
    """
    variables = {each.name: each.value for each in given.variables}
    outcome = str(variables.get(outcome_variable) or "")
    finished = sorted((t for t in tasks if t.ended is not None), key=_ending)
    completed = [t for t in finished if not t.delete_reason]
    author = _author(finished, completed, outcome, outcome_variable)
    if given.delete_reason and not outcome:
        author = None
    trail = tuple(entry(t, outcome_variable, variables, outcome if t is author else "") for t in finished)
    comment = _comment(author, given, variables) if author else ""
    return Decision(
        outcome=outcome or (TERMINATED if given.delete_reason else ""),
        by=who(author, variables) if author else "",
        at=(author.ended if author else None) or given.end_time,
        comment=comment,
        trail=trail,
        values={name: _text(value) for name, value in variables.items() if isinstance(value, str | bool | int | float)},
    )


def _text(value: str | bool | int | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _author(
    finished: Sequence[payloads.Task], completed: Sequence[payloads.Task], outcome: str, outcome_variable: str
) -> payloads.Task | None:
    """The last completed task that tells this outcome; else the last of category approval; else the last."""
    telling = [t for t in completed if _outcome(t, outcome_variable) == outcome and outcome]
    approvals = [t for t in completed if "approval" in t.category.lower()]
    ranked = telling or approvals or completed
    if not ranked or (finished[-1].delete_reason and not telling):
        return None
    return ranked[-1]


def entry(given: payloads.Task, outcome_variable: str, variables: Mapping[str, Any], decided: str = "") -> TrailEntry:
    """A task of the history."""
    return TrailEntry(
        task=given.name,
        key=given.key,
        who="" if given.delete_reason else who(given, variables),
        started_at=given.created,
        ended_at=given.ended,
        outcome=_outcome(given, outcome_variable) or decided,
        comment=_messages(given.comments),
    )


def named_by_us(task_id: str) -> str:
    """The process variable in which a service client says for whom it completed a task."""
    return f"decided_by_{task_id}"


def who(given: payloads.Task, variables: Mapping[str, Any]) -> str:
    """Who did a task: its assignee, or whom our service client named as it completed it for them."""
    if not given.assignee.endswith(SERVICE):
        return given.assignee
    return str(variables.get(named_by_us(given.id)) or given.assignee)


def _outcome(given: payloads.Task, outcome_variable: str) -> str:
    """A historic task's own outcome, where the service keeps one."""
    local = next((each.value for each in given.variables if each.name == outcome_variable), None)
    return "" if given.delete_reason else given.outcome or str(local or "")


def _comment(author: payloads.Task, given: payloads.Instance, variables: Mapping[str, Any]) -> str:
    """What was said with the decision: the model's own variable, else comments of its author."""
    own = [each for each in given.comments if each.author == author.assignee]
    return str(variables.get("decision_comment") or "") or _messages(author.comments) or _messages(own)


def _messages(comments: Sequence[payloads.Comment]) -> str:
    return "\n".join(each.message for each in comments if each.message)


def _ending(given: payloads.Task) -> datetime:
    return given.ended or datetime.min.replace(tzinfo=UTC)
