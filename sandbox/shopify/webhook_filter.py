"""Filters and reduced bodies of webhook subscriptions. Source: webhooks, delivery filtering, payload modification."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.shopify import search

JSON = dict[str, Any]


class _Paths(Mapping[str, search.Reader]):
    """Every field of the body is a filter; dots lead inside, through lists too."""

    def __getitem__(self, name: str) -> search.Reader:
        return lambda body: read(body, name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def get(self, name: str, default: Any = None) -> Any:
        del default
        return self[name]


def matches(filter_text: str, body: JSON) -> bool:
    found = search.parse(filter_text, _Paths(), lambda node: list(node.values()), datetime.now(UTC))
    return found.matches(body)


def read(body: Any, path: str) -> Any:
    """What stands at `a.b.c`; of lists every item's. Text that is a number or a time is read as one."""
    values = [body]
    for step in path.split("."):
        values = [value[step] for value in _flat(values) if isinstance(value, dict) and step in value]
    return [_typed(value) for value in _flat(values)]


def reduced(body: JSON, fields: tuple[str, ...]) -> JSON:
    """Only the named fields, dots for nesting; the whole body where none are named."""
    if not fields:
        return body
    made: JSON = {}
    for path in fields:
        _copy(body, made, path.split("."))
    return made


def _copy(source: Any, target: JSON, steps: list[str]) -> None:
    name, rest = steps[0], steps[1:]
    if not isinstance(source, dict) or name not in source:
        return
    value = source[name]
    if not rest:
        target[name] = value
    elif isinstance(value, list):
        kept = target.setdefault(name, [{} for _ in value])
        for item, place in zip(value, kept, strict=True):
            _copy(item, place, rest)
    elif isinstance(value, dict):
        _copy(value, target.setdefault(name, {}), rest)


def _flat(values: list[Any]) -> list[Any]:
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def _typed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return at if at.tzinfo else at.replace(tzinfo=UTC)
