"""Running bulk operations: a query over whole lists into JSONL, a mutation over JSONL variables.

Children carry `__parentId` and follow their parent; the results of mutations carry `__lineNumber`.
Source: Admin GraphQL API, bulk operations (queries, imports).
"""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    execute_sync,
    get_named_type,
    parse,
    validate,
    visit,
)
from graphql.type import GraphQLInterfaceType, GraphQLObjectType

from sandbox.shopify import resolving, scopes, storage
from sandbox.shopify.payloads import bodies
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

MOST_CONNECTIONS, DEEPEST = 5, 2
LIST_KEYS = {"nodes", "edges", "pageInfo"}
MARK = "bulkId"


class Unfit(Exception):
    """The document cannot be run in bulk."""


def checked_query(text: str) -> DocumentNode:
    """The query, with an id asked of every listed node. Raises Unfit."""
    document = _parsed(text)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation is not OperationType.QUERY:
        raise Unfit("Bulk queries must be one query operation.")
    schema = resolving.schema()
    if errors := validate(schema, document):
        raise Unfit(f"Invalid bulk query: {errors[0].message}")
    roots = [node.name.value for node in operations[0].selection_set.selections if isinstance(node, FieldNode)]
    if {"node", "nodes"} & set(roots):
        raise Unfit("Bulk queries cannot use the top-level fields node and nodes.")
    info = TypeInfo(schema)
    counter = _Connections(info)
    made: DocumentNode = visit(document, TypeInfoVisitor(info, counter))
    if not counter.count:
        raise Unfit("Bulk queries must contain at least one connection.")
    if counter.count > MOST_CONNECTIONS:
        raise Unfit(f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections.")
    if counter.deepest > DEEPEST:
        raise Unfit(f"Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}.")
    return made


def checked_mutation(text: str) -> DocumentNode:
    """One mutation operation with one field. Raises Unfit."""
    document = _parsed(text)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation is not OperationType.MUTATION:
        raise Unfit("The document must be one mutation operation.")
    if len(operations[0].selection_set.selections) != 1:
        raise Unfit("The document must call one mutation.")
    if errors := validate(resolving.schema(), document):
        raise Unfit(errors[0].message)
    return document


def _parsed(text: str) -> DocumentNode:
    try:
        return parse(text)
    except GraphQLError as error:
        raise Unfit(f"Invalid document: {error.message}") from error


class _Connections(Visitor):
    """Counts connections, and asks listed nodes for their id under a name of ours."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self._info, self.count, self.deepest, self._depth = info, 0, 0, 0

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        del node
        if self._is_connection():
            self.count += 1
            self._depth += 1
            self.deepest = max(self.deepest, self._depth)

    def leave_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        if self._is_connection():
            self._depth -= 1
        kind = get_named_type(self._info.get_type())
        has_id = isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)) and "id" in kind.fields
        if not has_id or node.selection_set is None:
            return None
        asked = FieldNode(alias=NameNode(value=MARK), name=NameNode(value="id"), arguments=(), directives=())
        selections = (*node.selection_set.selections, asked)
        return FieldNode(
            alias=node.alias, name=node.name, arguments=node.arguments, directives=node.directives,
            selection_set=SelectionSetNode(selections=selections),
        )  # fmt: skip

    def _is_connection(self) -> bool:
        kind = get_named_type(self._info.get_type())
        return kind is not None and kind.name.endswith("Connection")


def run_query(shop: "Shop", record: JSON) -> None:
    """Do the work of a query operation, and finish it."""
    here = _as_client(shop, record)
    result = execute_sync(resolving.schema(), checked_query(record["query"]), context_value=here)
    lines: list[JSON] = []
    for value in (result.data or {}).values():
        _flatten(value, None, lines)
    record["rootObjectCount"] = sum("__parentId" not in line for line in lines)
    denied = [e for e in result.errors or [] if (e.extensions or {}).get("code") == "ACCESS_DENIED"]
    if result.errors:
        code = "ACCESS_DENIED" if denied else "INTERNAL_SERVER_ERROR"
        finish(shop, record, "FAILED", lines, code)
    else:
        finish(shop, record, "COMPLETED", lines)


def run_mutation(shop: "Shop", record: JSON, data: bytes) -> None:
    """Call the mutation once for each line of variables."""
    document = checked_mutation(record["query"])
    lines: list[JSON] = []
    for number, row in enumerate(data.decode("utf-8", "replace").splitlines()):
        if row.strip():
            lines.append(_one(shop, record, document, row) | {"__lineNumber": number})
    record["rootObjectCount"] = len(lines)
    finish(shop, record, "COMPLETED", lines)


def _one(shop: "Shop", record: JSON, document: DocumentNode, row: str) -> JSON:
    try:
        variables = json.loads(row)
    except ValueError:
        return {"errors": [{"message": "The line is not valid JSON."}]}
    here = _as_client(shop, record)
    here.bulk = False
    result = execute_sync(resolving.schema(), document, context_value=here, variable_values=variables)
    if result.errors:
        return {"data": result.data, "errors": [{"message": error.message} for error in result.errors]}
    return {"data": result.data}


def _as_client(shop: "Shop", record: JSON) -> "Shop":
    """The shop with the rights of the app that began the operation."""
    installed = shop.store.installations.get(record["clientId"])
    granted = scopes.implied(installed.scopes) if installed else frozenset()
    rights = shop.scopes if not record["clientId"] else granted
    return replace(shop, client_id=record["clientId"], scopes=rights, bulk=True, effects=[], searches=[])


def finish(shop: "Shop", record: JSON, status: str, lines: list[JSON], code: str | None = None) -> None:
    """Put the result where it can be fetched, and tell."""
    data = b"".join(json.dumps(line, ensure_ascii=False, default=str).encode() + b"\n" for line in lines)
    address = storage.publish_result(shop, f"bulk-{record['id'].rpartition('/')[2]}.jsonl", data) if lines else None
    record |= {"status": status, "errorCode": code, "completedAt": shop.stamp(), "objectCount": len(lines)}
    record |= {"fileSize": len(data) if lines else None}
    record["url" if status == "COMPLETED" else "partialDataUrl"] = address
    shop.emit("bulk_operations/finish", lambda: bodies.of(shop, record))


def _flatten(value: Any, parent: str | None, lines: list[JSON]) -> None:
    """One line for each listed node; lists inside it become lines of their own behind it."""
    if not isinstance(value, dict):
        return
    if value and value.keys() - {MARK} <= LIST_KEYS:
        for node in value.get("nodes") or [edge.get("node") for edge in value.get("edges") or []]:
            _line(node, parent, lines)
    else:
        _line(value, parent, lines)


def _line(node: Any, parent: str | None, lines: list[JSON]) -> None:
    if not isinstance(node, dict):
        return
    own = node.get(MARK)
    plain, lists = _without_lists(node)
    lines.append(plain | ({"__parentId": parent} if parent else {}))
    for inner in lists:
        _flatten(inner, own or parent, lines)


def _without_lists(node: JSON) -> tuple[JSON, list[JSON]]:
    """A node without its connections, wherever they are inside it, and the connections."""
    plain: JSON = {}
    found: list[JSON] = []
    for name, value in node.items():
        if name == MARK:
            continue
        if isinstance(value, dict) and value and value.keys() - {MARK} <= LIST_KEYS:
            found.append(value)
        elif isinstance(value, dict):
            plain[name], inner = _without_lists(value)
            found += inner
        elif isinstance(value, list):
            plain[name] = [_without_lists(v)[0] if isinstance(v, dict) else v for v in value]
        else:
            plain[name] = value
    return plain, found
