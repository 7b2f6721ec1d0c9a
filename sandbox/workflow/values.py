"""Values on the wire: variables and their types, outcomes, dates in the service's three spellings."""

import re
from datetime import datetime, timedelta, timezone
from typing import Any

from sandbox.workflow.errors import WorkflowError
from sandbox.workflow.state import Variable

KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "boolean": (bool,),
    "date": (str,),
    "json": (dict, list),
}
FIELDS = {"name", "type", "value", "scope", "encryption"}
INDIA = timezone(timedelta(hours=5, minutes=30))


def kind_of(value: Any) -> str:
    """The type the service infers where none is given."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if abs(value) < 2**31 else "long"
    if isinstance(value, float):
        return "double"
    return "json" if isinstance(value, dict | list) else "string"


def variable(given: Any, *, strict: bool = True) -> Variable:
    """A variable as sent. Raises WorkflowError for a missing name, an unknown field, a wrong type."""
    if not isinstance(given, dict) or not isinstance(given.get("name"), str) or not given["name"]:
        raise WorkflowError("Variable name is required")
    name, value = given["name"], given.get("value")
    if strict and (unknown := set(given) - FIELDS):
        raise WorkflowError(f"Unknown field of variable '{name}': {', '.join(sorted(unknown))}")
    if given.get("scope") not in (None, "local", "global"):
        raise WorkflowError(f"Invalid variable scope: '{given['scope']}'")
    kind = given.get("type") or kind_of(value)
    if kind not in KINDS:
        raise WorkflowError(f"Unsupported type of variable '{name}': {kind}")
    fits = isinstance(value, KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))
    if value is not None and not fits:
        raise WorkflowError(f"Converter can only convert {kind}s: variable '{name}'")
    if kind == "date" and value is not None:
        moment(value)
    encryption = given.get("encryption", False)
    if not isinstance(encryption, bool):
        raise WorkflowError(f"encryption of variable '{name}' must be true or false")
    return Variable(name, kind, value, encryption)


def variables(given: Any, *, strict: bool = True) -> list[Variable]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise WorkflowError("variables must be an array")
    found = [variable(one, strict=strict) for one in given]
    if len({v.name for v in found}) < len(found):
        raise WorkflowError("a variable is given twice")
    return found


def outcomes(listed: str) -> list[tuple[str, str]]:
    """`Approve:approved,Reject:rejected` as (label, value) pairs; without a colon the label is the value."""
    pairs = [part.strip().partition(":") for part in listed.split(",") if part.strip()]
    return [(label.strip(), (value or label).strip()) for label, _, value in pairs]


def text(given: dict[str, Any], name: str, *, required: bool = False) -> str | None:
    """A text member; null counts as absent."""
    value = given.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or (required and not value):
        raise WorkflowError(f"{name} must be a text")
    return value


def message(given: Any) -> str | None:
    """The message of a `{includeUserIds, message, type}` comment."""
    if given is None:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("message"), str):
        raise WorkflowError("comment must hold a message")
    found: str = given["message"]
    return found


def whole_number(text: str, what: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise WorkflowError(f"{what} must be a number: '{text}'") from error


def moment(text: str) -> datetime:
    """A time in any of the spellings: `…+0000`, `…+05:30`, `…Z`; a `+` lost in a query string is put back."""
    fixed = re.sub(r" (\d\d:?\d\d)$", r"+\1", text)
    try:
        parsed = datetime.fromisoformat(fixed)
    except ValueError as error:
        raise WorkflowError(f"The date format is not valid: '{text}'") from error
    if parsed.tzinfo is None:
        raise WorkflowError(f"The date has no time zone: '{text}'")
    return parsed


def _clock(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}"


def spelled_plain(time: datetime | None) -> str | None:
    """`2018-04-17T10:17:43.902+0000`, as process instances spell it."""
    return None if time is None else _clock(time) + time.strftime("%z")


def spelled_offset(time: datetime | None) -> str | None:
    """`2020-04-02T17:20:18.722+05:30`, as tasks spell it: the directory's home office."""
    return None if time is None else _clock(time.astimezone(INDIA)) + "+05:30"


def spelled_zulu(time: datetime | None) -> str | None:
    """`2014-09-11T07:43:22.823Z`, as history spells it."""
    return None if time is None else _clock(time) + "Z"
