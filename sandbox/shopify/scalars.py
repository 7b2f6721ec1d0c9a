"""The API's own scalars: how they are read and written. Money and decimals are text, 64-bit numbers too."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema, StringValueNode, ValueNode
from graphql.utilities import value_from_ast_untyped

URL = re.compile(r"(https?|pubsub)://[^\s]+|/[^\s]*|arn:[^\s]+")


def equip(schema: GraphQLSchema) -> None:
    """Give the schema's scalars their rules; the others pass any JSON."""
    for name, read in READ.items():
        kind = schema.type_map.get(name)
        if isinstance(kind, GraphQLScalarType):
            _set(kind, read)


def _set(kind: GraphQLScalarType, read: Any) -> None:
    def parse_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        return read(node.value if isinstance(node, StringValueNode) else value_from_ast_untyped(node, variables))

    kind.parse_value = read  # type: ignore[method-assign]
    kind.parse_literal = parse_literal  # type: ignore[method-assign]


def moment(at: datetime) -> str:
    """`2026-11-20T08:15:00Z`."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _date_time(value: Any) -> str:
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise GraphQLError(f"{value!r} is no date and time") from error
    return moment(at if at.tzinfo else at.replace(tzinfo=UTC))


def _decimal(value: Any) -> str:
    if isinstance(value, bool):
        raise GraphQLError(f"{value!r} is no decimal number")
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise GraphQLError(f"{value!r} is no decimal number") from error
    if not number.is_finite():
        raise GraphQLError(f"{value!r} is no decimal number")
    return str(value)


def _whole(value: Any) -> str:
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,20}", str(value)):
        raise GraphQLError(f"{value!r} is no unsigned 64-bit number")
    return str(value)


def _url(value: Any) -> str:
    if not isinstance(value, str) or not URL.fullmatch(value):
        raise GraphQLError(f"{value!r} is no URL")
    return value


READ = {"DateTime": _date_time, "Decimal": _decimal, "Money": _decimal, "UnsignedInt64": _whole, "URL": _url}
