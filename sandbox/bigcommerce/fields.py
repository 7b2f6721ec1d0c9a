"""Declared request fields and the check of a body against them: what is not declared is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.bigcommerce.errors import Family, Refused

Kind = Literal["string", "integer", "number", "money", "boolean", "array", "object", "any"]
Reason = Literal["missing", "unknown", "read_only", "type", "length", "range", "choice"]

EXPECTED = {
    "string": "error.expected.jsstring",
    "integer": "error.expected.jsnumber",
    "number": "error.expected.jsnumber",
    "money": "error.expected.jsstring",
    "boolean": "error.expected.jsboolean",
    "array": "error.expected.jsarray",
    "object": "error.expected.jsobject",
}


@dataclass(frozen=True)
class Field:
    """One request field. `least` and `most` bound a number's value, a string's length or an array's size.

    `of`: the fields of an object, or the declaration of an array's entries. `money`: a number or a numeric string,
    as Orders V2 accepts it. `required` counts when a resource is created, `always` on every write.
    """

    kind: Kind
    required: bool = False
    always: bool = False
    nullable: bool = False
    read_only: bool = False
    least: float | None = None
    most: float | None = None
    choices: tuple[Any, ...] | None = None
    of: "Mapping[str, Field] | Field | None" = None


Fields = Mapping[str, Field]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field: `path` like `items[0].quantity`, `hint` for the V3 wording."""

    path: str
    reason: Reason
    hint: str = ""

    def v2(self) -> str:
        if self.reason == "missing":
            return f"The required field '{self.path}' was not supplied."
        if self.reason == "unknown":
            return f"The field '{self.path}' is not supported by this resource."
        if self.reason == "read_only":
            return (
                f"The field '{self.path}' cannot be written to. Please remove it from your request before trying again."
            )
        return f"The field '{self.path}' is invalid."

    def v3(self) -> str:
        fixed = {"missing": "error.path.missing", "unknown": "error.unexpected.field"}
        return fixed.get(self.reason) or self.hint or "error.path.readonly"


def check(body: Any, fields: Fields, family: Family, *, creating: bool, path: str = "") -> dict[str, Any]:
    """The body, if it holds declared fields only and all required ones; otherwise Refused (V2 400, V3 422)."""
    problems = list(_object(body, fields, path, creating=creating))
    if not problems:
        return dict(body)
    if family == "v2":
        raise Refused(400, errors={p.path: p.v2() for p in problems})
    raise Refused(422, errors={p.path or "body": p.v3() for p in problems})


def check_list(
    body: Any, fields: Fields, *, creating: bool, most: int, least: int = 1, too_many: int = 413
) -> list[dict[str, Any]]:
    """A V3 batch: an array of objects, at most `most` of them."""
    if not isinstance(body, list):
        raise Refused(422, errors={"body": EXPECTED["array"]})
    if len(body) < least:
        raise Refused(422, errors={"body": f"at least {least} item is required"})
    if len(body) > most:
        raise Refused(too_many, f"The batch limit of {most} items was exceeded.")
    problems = [p for n, entry in enumerate(body) for p in _object(entry, fields, f"{n}", creating=creating)]
    if problems:
        raise Refused(422, errors={p.path: p.v3() for p in problems})
    return [dict(entry) for entry in body]


def problems_of(body: Any, fields: Fields, *, creating: bool) -> dict[str, str]:
    """Field path to V3 message; empty when the object is fine (for batches that report each entry)."""
    return {p.path or "body": p.v3() for p in _object(body, fields, "", creating=creating)}


def _object(value: Any, fields: Fields, path: str, *, creating: bool) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(path, "type", EXPECTED["object"])
        return
    for name, field in fields.items():
        if name not in value and (field.always or (creating and field.required)):
            yield Problem(_join(path, name), "missing")
    for name, entry in value.items():
        if name in fields:
            yield from _value(entry, fields[name], _join(path, name), creating=creating)
        else:
            yield Problem(_join(path, name), "unknown")


def _value(value: Any, field: Field, path: str, *, creating: bool) -> Iterator[Problem]:
    if field.read_only:
        yield Problem(path, "read_only")
    elif value is None:
        if not field.nullable:
            yield Problem(path, "type", EXPECTED.get(field.kind, "error.expected.value"))
    elif not _of_kind(value, field.kind):
        yield Problem(path, "type", EXPECTED[field.kind])
    elif field.choices is not None and value not in field.choices:
        yield Problem(path, "choice", f"must be one of {', '.join(map(str, field.choices))}")
    else:
        yield from _bounds(value, field, path)
        yield from _inside(value, field, path, creating=creating)


def _inside(value: Any, field: Field, path: str, *, creating: bool) -> Iterator[Problem]:
    if isinstance(value, dict) and isinstance(field.of, Mapping):
        yield from _object(value, field.of, path, creating=creating)
    if isinstance(value, list) and field.of is not None:
        for n, entry in enumerate(value):
            if isinstance(field.of, Field):
                yield from _value(entry, field.of, f"{path}[{n}]", creating=creating)
            else:
                yield from _object(entry, field.of, f"{path}[{n}]", creating=creating)


def _of_kind(value: Any, kind: Kind) -> bool:
    if kind == "any":
        return True
    if kind == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind == "integer":
        return isinstance(value, int)
    if kind == "number":
        return isinstance(value, int | float)
    if kind == "money":
        return isinstance(value, int | float) or (isinstance(value, str) and _numeric(value))
    return isinstance(value, {"string": str, "array": list, "object": dict}[kind])


def _numeric(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False


def _bounds(value: Any, field: Field, path: str) -> Iterator[Problem]:
    if field.least is None and field.most is None:
        return
    size = len(value) if isinstance(value, str | list) and field.kind != "money" else float(value)
    if field.least is not None and size < field.least:
        yield Problem(path, "range", f"must be at least {field.least:g}{_unit(value)}")
    if field.most is not None and size > field.most:
        yield Problem(path, "range", f"must be at most {field.most:g}{_unit(value)}")


def _unit(value: Any) -> str:
    return " characters" if isinstance(value, str) else " items" if isinstance(value, list) else ""


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else str(name)
