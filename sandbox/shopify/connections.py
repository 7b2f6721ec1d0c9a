"""Lists the Relay way: `first`/`after`, `last`/`before`, at most 250, opaque cursors that belong to one sort order.

A cursor holds the sort value and the id of its node, so that a node which moved meanwhile is neither lost nor repeated.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphql import GraphQLError

from sandbox.shopify.errors import failed
from sandbox.shopify.gids import number_of

MOST = 250
JSON = dict[str, Any]
Value = str | int | float
Key = tuple[Value, int]


@dataclass
class Listing:
    """What a list field gives: nodes, and how each `sortKey` reads them. `most` is the largest page."""

    nodes: Sequence[JSON]
    sorts: dict[str, Callable[[JSON], Any]] = field(default_factory=dict)
    usual: str = "ID"
    most: int = MOST

    def page(
        self, *, first: int | None = None, last: int | None = None, after: str | None = None,
        before: str | None = None, reverse: bool = False, sort_key: str | None = None,
    ) -> JSON:  # fmt: skip
        """A connection. GraphQLError for bounds and cursors it cannot take."""
        _check(first, last, self.most)
        name = sort_key or self.usual
        read = self.sorts.get(name)
        order = f"{name}{'-' if reverse else '+'}"
        keyed = [(_key(node, place, read), node) for place, node in enumerate(self.nodes)]
        keyed.sort(key=lambda pair: pair[0], reverse=reverse)
        return _cut(keyed, order, reverse, first=first, last=last, after=after, before=before)


def _cut(
    keyed: list[tuple[Key, JSON]], order: str, reverse: bool, *, first: int | None, last: int | None,
    after: str | None, before: str | None,
) -> JSON:  # fmt: skip
    start, end = 0, len(keyed)
    if after is not None:
        mark = _mark(after, order)
        start = sum(1 for key, _ in keyed if (key >= mark if reverse else key <= mark))
    if before is not None:
        mark = _mark(before, order)
        end = sum(1 for key, _ in keyed if (key > mark if reverse else key < mark))
    shown = range(start, min(end, start + first)) if first is not None else range(max(start, end - (last or 0)), end)
    cursors = [_cursor(keyed[n][0], order) for n in shown]
    return {
        "nodes": [keyed[n][1] for n in shown],
        "edges": [{"cursor": cursor, "node": keyed[n][1]} for cursor, n in zip(cursors, shown, strict=True)],
        "pageInfo": {
            "hasNextPage": bool(keyed) and shown.stop < len(keyed) and shown.stop >= start,
            "hasPreviousPage": shown.start > 0,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def _key(node: JSON, place: int, read: Callable[[JSON], Any] | None) -> Key:
    """(sort value, number). Without a reader the nodes keep their order."""
    if read is None:
        return place, 0
    value = read(node)
    if isinstance(value, datetime):
        value = value.timestamp()
    if value is None:
        value = ""
    return (value if isinstance(value, (int, float)) else str(value).lower()), number_of(str(node.get("id", "")))


def _cursor(key: Key, order: str) -> str:
    text = json.dumps({"last_value": key[0], "last_id": key[1], "order": order}, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def _mark(cursor: str, order: str) -> Key:
    try:
        known = json.loads(base64.b64decode(cursor, validate=True))
        if known["order"] != order:
            raise _invalid()
        return known["last_value"], int(known["last_id"])
    except (ValueError, KeyError, TypeError) as error:
        raise _invalid() from error


def _check(first: int | None, last: int | None, most: int) -> None:
    if first is None and last is None:
        raise failed("you must provide one of first or last", "BAD_REQUEST")
    if first is not None and last is not None:
        raise failed("providing both first and last is not supported", "BAD_REQUEST")
    for name, value in (("first", first), ("last", last)):
        if value is not None and value < 0:
            raise failed(f"{name} cannot be negative", "BAD_REQUEST")
        if value is not None and value > most:
            raise failed(f"{name} cannot exceed {most}", "BAD_REQUEST")


def _invalid() -> GraphQLError:
    return failed("Invalid cursor for current pagination sort.", "BAD_REQUEST")
