"""V3 list filters: `name`, `name:in`, `name:min` and so on, by declared type; anything else is refused."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from werkzeug.wrappers import Request

from sandbox.bigcommerce.body import only
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import comma, decimal, flag, when, whole

Type = Literal["integer", "number", "string", "boolean", "date", "integers"]
Declared = dict[str, tuple[Type, tuple[str, ...]]]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "min": lambda have, want: have >= want,
    "max": lambda have, want: have <= want,
    "greater": lambda have, want: have > want,
    "less": lambda have, want: have < want,
    "not": lambda have, want: have != want,
}


def apply(call: Request, items: Iterable[JSON], declared: Declared, others: Iterable[str] = ()) -> list[JSON]:
    """The items that pass all filters of the query. `declared`: field to type and the operators it has ("" is equal).

    `others` are query parameters that the caller works himself.
    """
    names = {f"{field}:{op}" if op else field for field, (_, ops) in declared.items() for op in ops}
    only(call, names | set(others) | {"page", "limit"}, 422)
    found = list(items)
    for name, text in call.args.items():
        if name in names:
            field, _, op = name.partition(":")
            test = _test(field, op, declared[field][0], text, name)
            found = [item for item in found if test(item)]
    return found


def sort(items: list[JSON], field: str, direction: str, fields: Iterable[str]) -> list[JSON]:
    if field not in fields or direction not in ("asc", "desc"):
        raise Refused(422, errors={"sort": "The field 'sort' is invalid."})

    def key(item: JSON) -> tuple[Any, Any]:
        value = item.get(field)
        return (value is not None, value.lower() if isinstance(value, str) else value)

    return sorted(items, key=key, reverse=direction == "desc")


def _test(field: str, op: str, kind: Type, text: str, name: str) -> Callable[[JSON], bool]:
    if op in ("in", "not_in"):
        wanted = [_read(part, kind, name) for part in comma(text)]
        return lambda item: (
            any(_have(item, field, kind) == w for w in wanted) is (op == "in")
            or (kind == "integers" and op == "in" and bool(set(item[field]) & set(wanted)))
        )
    if op == "like":
        return lambda item: text.lower() in str(item[field]).lower()
    want = _read(text, kind, name)
    if op:
        return lambda item: _have(item, field, kind) is not None and COMPARE[op](_have(item, field, kind), want)
    if kind == "integers":
        return lambda item: want in item[field]
    if kind == "date":
        end = want if "T" in text or " " in text else want + timedelta(days=1) - timedelta(seconds=1)
        return lambda item: (have := _have(item, field, kind)) is not None and want <= have <= end
    if kind == "string":
        return lambda item: str(item[field] or "").lower() == want.lower()
    return lambda item: bool(_have(item, field, kind) == want)


def _read(text: str, kind: Type, name: str) -> Any:
    if kind in ("integer", "integers"):
        return whole(text, name, 422)
    if kind == "number":
        return _number(text, name)
    if kind == "boolean":
        return flag(text, name, 422)
    return when(text, name, 422) if kind == "date" else text


def _number(text: str, name: str) -> Any:
    try:
        return decimal(text)
    except Refused as refused:
        raise Refused(422, errors={name: f"The field '{name}' is invalid."}) from refused


def _have(item: JSON, field: str, kind: Type) -> Any:
    value = item.get(field)
    if kind == "date":
        return _moment(value)
    return decimal(value) if kind == "number" and value is not None else value


def _moment(value: Any) -> datetime | None:
    return when(value) if value else None
