"""How a task of a model we ship may be decided: the service does not tell a task's outcomes, its model does.

A task is found by its process and its name, for a runtime task tells no step. Source: OpenText workflow reference,
`possibleOutcomes` ("Label:value" separated by commas); a task without any is completed with `COMPLETE`.
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cache

from app.opentext.workflow_service.models import MODELS, model_file

BPMN, WORKFLOW = "{http://www.omg.org/spec/BPMN/20100524/MODEL}", "{http://workflow.opentext.com}"
EXPRESSION = re.compile(r"\$\{[^}]*\}")
COMPLETE = "COMPLETE"
# (process, step, outcome): what carries a number of its own, which only the task's form in OpenText asks for.
WITH_A_FORM = frozenset({("sf_special_price", "pricing", "approved_modified")})


@dataclass(frozen=True)
class Choice:
    """One outcome: the model's value and its label there."""

    value: str
    label: str


@dataclass(frozen=True)
class Choices:
    """What a task may end with here; `has_more`: others need the task's own form in OpenText."""

    found: tuple[Choice, ...] = ()
    has_more: bool = False


NONE = Choices()


def business_process(business_key: str) -> str:
    """The process a business key names, where it is one of ours."""
    parts = business_key.split(":")
    return parts[-2] if len(parts) > 2 and parts[-2] in MODELS else ""


def choices(process: str, task_name: str) -> Choices:
    """Of a process's task by its name; none for a process or task we do not know."""
    if process not in MODELS:
        return NONE
    fitting = [(weight, found) for pattern, weight, found in _tasks(process) if pattern.fullmatch(task_name)]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else NONE


@cache
def _tasks(process: str) -> tuple[tuple[re.Pattern[str], int, Choices], ...]:
    """(name as a pattern, how much of it is fixed, choices) for each user task."""
    root = ET.fromstring(model_file(process))  # noqa: S314  # a file of our own
    return tuple(_task(process, task) for task in root.iter(f"{BPMN}userTask"))


def _task(process: str, task: ET.Element) -> tuple[re.Pattern[str], int, Choices]:
    fixed = EXPRESSION.split(task.get("name", ""))
    pattern = re.compile(".*".join(re.escape(part) for part in fixed), re.DOTALL)
    return pattern, sum(map(len, fixed)), _choices(process, task)


def _choices(process: str, task: ET.Element) -> Choices:
    listed = [one.rpartition(":") for one in task.get(f"{WORKFLOW}possibleOutcomes", "").split(",") if ":" in one]
    if not listed:
        return Choices((Choice(COMPLETE, ""),))
    found = tuple(Choice(value.strip(), label.strip()) for label, _colon, value in listed)
    kept = tuple(one for one in found if (process, task.get("id"), one.value) not in WITH_A_FORM)
    return Choices(kept, len(kept) < len(found))


__all__ = ["COMPLETE", "Choice", "Choices", "business_process", "choices"]
