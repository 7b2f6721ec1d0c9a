"""`POST /admin/api/{version}/graphql.json`: tokens, versions, cost, execution, error shapes.

Source: Admin GraphQL API reference, rate limits, versioning. Throttling and refusals of fields are HTTP 200.
"""

import json
import re
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    execute_sync,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values
from werkzeug.wrappers import Response

from sandbox.kernel.standin import Call, json_response
from sandbox.shopify import bucket, cost, deprecated, resolving, scopes, versions
from sandbox.shopify.errors import BAD_TOKEN, LIMITS_PAGE, Refused, failed
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON, AccessToken, Bucket, Store

if TYPE_CHECKING:
    from sandbox.shopify.standin import Shopify

CODES = (
    (re.compile(r"Cannot query field '(\w+)' on type '(\w+)'"), "undefinedField"),
    (re.compile(r"Unknown argument '(\w+)' on field '(\w+)\.(\w+)'"), "argumentNotAccepted"),
    (re.compile(r"argument '(\w+)' of type .* is required"), "missingRequiredArguments"),
    (re.compile(r"Unknown type '(\w+)'"), "undefinedType"),
    (re.compile(r"must (not )?have a (sub)?selection"), "selectionMismatch"),
    (re.compile(r"Variable '\$(\w+)' is not defined"), "variableNotDefined"),
    (re.compile(r"Variable '\$(\w+)' is never used"), "variableNotUsed"),
    (re.compile(r"Variable '\$(\w+)' of type"), "variableMismatch"),
    (re.compile(r"Unknown fragment"), "useAndDefineFragment"),
    (re.compile(r"Fragment '(\w+)' is never used"), "useAndDefineFragment"),
    (re.compile(r"Expected value of type|Field '(\w+)' is not defined by type"), "argumentLiteralsIncompatible"),
)


def serve(api: "Shopify", store: Store, call: Call, version: str) -> Response:
    try:
        served = _version(version)
        shop = enter(api, store, call)
        answer = Run(api, shop, _body(call)).answer()
    except Refused as refused:
        return json_response(refused.body, refused.status, headers=refused.headers)
    call.effect = "; ".join(shop.effects)
    headers = {"X-Shopify-API-Version": served, "X-Request-Id": str(uuid4()), "X-Shopify-Shop-Domain": store.domain}
    if answer.pop("deprecated", False):
        headers["X-Shopify-API-Deprecated-Reason"] = "https://shopify.dev/api/usage/versioning#deprecation-practices"
    return json_response(answer, headers=headers)


def enter(api: "Shopify", store: Store, call: Call) -> Shop:
    """The caller's view of the shop. Refused (401, 402, 423) when there is none."""
    known = api.state.tokens.get(call.headers.get("X-Shopify-Access-Token", ""))
    if known is None or known.shop != store.domain or not _lives(api, known, api.world.clock.now()):
        raise Refused(401, {"errors": BAD_TOKEN})
    if store.frozen:
        said = "Unavailable Shop" if store.frozen == "402" else "Locked"
        raise Refused(int(store.frozen), {"errors": said})
    installed = store.installations[known.client_id]
    granted = scopes.implied(installed.scopes if known.scopes is None else known.scopes)
    return Shop(api, store, known.client_id, granted, known.user_id)


def _lives(api: "Shopify", known: AccessToken, now: datetime) -> bool:
    app = api.state.apps.get(known.client_id)
    if app is None or known.secret not in app.secrets:
        return False
    return (known.expires is None or known.expires > now) and known.client_id in api.state.shops[
        known.shop
    ].installations


def _version(asked: str) -> str:
    found = versions.served(asked)
    if found is None:
        raise Refused(404, {"errors": "Not Found"})
    return found


def _body(call: Call) -> JSON:
    if call.mimetype == "application/graphql":
        return {"query": call.raw().decode("utf-8", "replace")}
    try:
        body = json.loads(call.raw())
    except ValueError as error:
        raise Refused(400, {"errors": {"query": "Required parameter missing or invalid"}}) from error
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise Refused(400, {"errors": {"query": "Required parameter missing or invalid"}})
    return body


@lru_cache(maxsize=1024)
def _read(query: str) -> tuple[DocumentNode, bool]:
    """Parsed and valid in the schema, or _Invalid; whether it uses what is deprecated. Apps send the same documents
    again and again."""
    try:
        document = parse(query)
    except GraphQLSyntaxError as error:
        raise _Invalid([failed(f"syntax error: {error.message}", "parseError")]) from error
    if errors := validate(resolving.schema(), document, max_errors=20):
        raise _Invalid(errors)
    return document, deprecated.used(resolving.schema(), document)


class Run:
    """One request: parsed, judged, charged, executed. A document is also run without a request (bulk operations)."""

    def __init__(self, api: "Shopify", shop: Shop, body: JSON) -> None:
        self.api, self.shop, self.body = api, shop, body
        self.schema = resolving.schema()
        self.requested, self.is_deprecated = 0, False

    def answer(self) -> JSON:
        """The whole body of the response."""
        try:
            document, operation = self._document()
            variables = self._variables(operation)
            points = self._bucket()
            self._charge(document, operation, variables, points)
        except GraphQLError as error:
            return self._failed([error])
        except _Invalid as invalid:
            return self._failed(invalid.errors)
        result = self.execute(document)
        actual = self._actual(operation)
        bucket.give_back(points, self.requested - actual)
        answer: JSON = {"data": result.data} if result.data is not None or not result.errors else {"data": None}
        if result.errors:
            answer["errors"] = [shown(error) for error in result.errors]
        answer["extensions"] = {"cost": self._cost(points, actual)}
        if self.shop.searches:
            answer["extensions"]["search"] = self.shop.searches
        answer["deprecated"] = self.is_deprecated
        return answer

    def execute(self, document: DocumentNode) -> ExecutionResult:
        return execute_sync(
            self.schema, document, context_value=self.shop, variable_values=self.body.get("variables") or {},
            operation_name=self.body.get("operationName"),
        )  # fmt: skip

    def _document(self) -> tuple[DocumentNode, OperationDefinitionNode]:
        document, self.is_deprecated = _read(self.body["query"])
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        name = self.body.get("operationName")
        chosen = [node for node in operations if name in (None, "", node.name.value if node.name else None)]
        if len(chosen) != 1:
            said = f"No operation named {name!r}" if name else "An operation name is required"
            raise _Invalid([failed(said, "BAD_REQUEST")])
        return document, chosen[0]

    def _variables(self, operation: OperationDefinitionNode) -> JSON:
        given = self.body.get("variables")
        if given is not None and not isinstance(given, dict):
            raise Refused(400, {"errors": {"variables": "must be an object"}})
        coerced: Any = get_variable_values(self.schema, operation.variable_definitions or (), given or {}, 20)
        if isinstance(coerced, list):
            raise _Invalid([_variable_error(error) for error in coerced])
        values: JSON = getattr(coerced, "coerced", coerced)
        return values

    def _bucket(self) -> Bucket:
        now = self.api.world.clock.now()
        return self.shop.store.buckets.setdefault(self.shop.client_id, bucket.make(self.shop.store.plan, now))

    def _charge(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: JSON, points: Bucket
    ) -> None:
        fragments = {n.name.value: n for n in document.definitions if isinstance(n, FragmentDefinitionNode)}
        self.requested = cost.Counter(self.schema, fragments, variables).of(operation)
        if self.requested > bucket.MOST_FOR_ONE:
            said = f"Query cost is {self.requested}, which exceeds the single query max cost limit "
            said += f"({bucket.MOST_FOR_ONE})."
            raise failed(
                said, "MAX_COST_EXCEEDED", cost=self.requested, maxCost=bucket.MOST_FOR_ONE, documentation=LIMITS_PAGE
            )
        if not bucket.take(points, self.requested, self.api.world.clock.now()):
            raise failed("Throttled", "THROTTLED", documentation=LIMITS_PAGE)

    def _actual(self, operation: OperationDefinitionNode) -> int:
        base = cost.MUTATION if operation.operation.value == "mutation" else 0
        return min(self.requested, base + self.shop.cost)

    def _failed(self, errors: list[GraphQLError]) -> JSON:
        """Nothing was executed. Throttled requests tell the bucket; the others have no cost."""
        answer: JSON = {"errors": [shown(error) for error in errors]}
        codes = {(error.extensions or {}).get("code") for error in errors}
        if codes & {"THROTTLED", "MAX_COST_EXCEEDED"}:
            answer = {"data": None, **answer, "extensions": {"cost": self._cost(self._bucket(), None)}}
        return answer

    def _cost(self, points: Bucket, actual: int | None) -> JSON:
        bucket.fill(points, self.api.world.clock.now())
        return {
            "requestedQueryCost": self.requested,
            "actualQueryCost": actual,
            "throttleStatus": bucket.status(points),
        }


class _Invalid(Exception):
    """The document or its variables cannot be taken."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(str(errors))
        self.errors = errors


def _variable_error(error: GraphQLError) -> GraphQLError:
    return GraphQLError(error.message, nodes=error.nodes, extensions={"code": "INVALID_VARIABLE"})


def shown(error: GraphQLError) -> JSON:
    """As the API spells an error; failures of the stand-in itself look like the service's own."""
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        error = GraphQLError(
            resolving.reraised(error.original_error).message, nodes=error.nodes, path=error.path,
            extensions={"code": "INTERNAL_SERVER_ERROR"},
        )  # fmt: skip
    told: JSON = {"message": error.message}
    if error.locations:
        told["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        told["path"] = list(error.path)
    extensions = dict(error.extensions or {})
    if "code" not in extensions and (code := _code(error.message)):
        extensions["code"] = code
    return told | ({"extensions": extensions} if extensions else {})


def _code(message: str) -> str:
    return next((code for pattern, code in CODES if pattern.search(message)), "")
