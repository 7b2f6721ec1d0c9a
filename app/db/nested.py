"""Child rows as one JSON column of their parent, so that a page with several lists needs one statement.

SQLite: json_group_array(json_object(…)); PostgreSQL: json_agg(json_build_object(…)). Times come back as text, which
`when` reads. Order is not promised: sort what you got.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, Subquery, literal_column, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

Rows = list[dict[str, Any]]


class _Object(GenericFunction[Any]):
    """One row: names and values in turn."""

    type = JSON()
    inherit_cache = True
    name = "_nested_object"


class _Array(GenericFunction[Any]):
    """All rows."""

    type = JSON()
    inherit_cache = True
    name = "_nested_array"


@compiles(_Object)
def _object(element: _Object, compiler: Any, **kw: Any) -> str:
    return f"json_build_object({compiler.process(element.clauses, **kw)})"


@compiles(_Object, "sqlite")
def _object_sqlite(element: _Object, compiler: Any, **kw: Any) -> str:
    return f"json_object({compiler.process(element.clauses, **kw)})"


@compiles(_Array)
def _array(element: _Array, compiler: Any, **kw: Any) -> str:
    return f"coalesce(json_agg({compiler.process(element.clauses, **kw)}), '[]'::json)"


@compiles(_Array, "sqlite")
def _array_sqlite(element: _Array, compiler: Any, **kw: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **kw)})"


class _Json(GenericFunction[Any]):
    """A JSON column nested as JSON, not as a text that holds JSON."""

    type = JSON()
    inherit_cache = True
    name = "_nested_json"


@compiles(_Json)
def _json(element: _Json, compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.clauses, **kw))


@compiles(_Json, "sqlite")
def _json_sqlite(element: _Json, compiler: Any, **kw: Any) -> str:
    return f"json({compiler.process(element.clauses, **kw)})"


def rows_of(query: Select[Any]) -> ColumnElement[Any]:
    """The rows of a (correlated) query as one JSON list of objects named like its columns."""
    inner = query.subquery()
    return type_coerce(select(_Array(_Object(*_pairs(inner)))).scalar_subquery(), JSON)


def _pairs(inner: Subquery) -> Sequence[ColumnElement[Any]]:
    pairs: list[ColumnElement[Any]] = []
    for column in inner.columns:
        is_json = isinstance(column.type, JSON)
        pairs += [literal_column(f"'{column.key}'"), _Json(column) if is_json else column]
    return pairs


def when(text: str | None) -> datetime | None:
    """A time inside nested rows: naive UTC text on SQLite, ISO with its offset on PostgreSQL."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
