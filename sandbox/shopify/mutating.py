"""Mutations: registered functions that change a shop and give a payload, or raise UserError.

Some mutations must carry `@idempotent(key:)`: the same key and the same input give the first answer again.
Source: Admin GraphQL API, idempotent requests; the list is that of version 2026-04 onwards.
"""

import copy
import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graphql import DirectiveNode, GraphQLResolveInfo, get_directive_values, get_named_type
from graphql.type import GraphQLEnumType, GraphQLObjectType

from sandbox.shopify.errors import UserError, entry, failed

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

JSON = dict[str, Any]
Change = Callable[["Shop", JSON], JSON]
MUTATIONS: dict[str, Change] = {}
MUST_BE_IDEMPOTENT = frozenset(
    {
        "refundCreate", "inventoryAdjustQuantities", "inventorySetQuantities", "inventorySetOnHandQuantities",
        "inventoryMoveQuantities", "inventoryActivate", "locationActivate", "locationDeactivate",
    }
)  # fmt: skip
LARGEST_ARRAY = 250


def mutation(name: str) -> Callable[[Change], Change]:
    """Register `work(shop, args)`; it returns the payload's fields, `userErrors` are added."""

    def register(work: Change) -> Change:
        MUTATIONS[name] = work
        return work

    return register


def run(shop: "Shop", name: str, work: Change, args: JSON, info: "GraphQLResolveInfo[Any]") -> JSON:
    """The payload of one mutation: what it returns, or empty fields and its user errors."""
    key = _key(info)
    if key is None and name in MUST_BE_IDEMPOTENT:
        raise failed(f"The @idempotent directive is required for {name}.", "BAD_REQUEST")
    _check_arrays(args)
    names, codes = _error_fields(info), _codes(info)
    if key is not None and (known := _known(shop, name, key, args)) is not None:
        return known
    try:
        payload = work(shop, args)
    except UserError as error:
        return {key_0: [_with_known_code(entry, codes) for entry in error.entries] for key_0 in names}
    shop.effects.append(_effect(name, args, payload))
    answer = {**{key_0: [] for key_0 in names}, **payload}
    if key is not None:
        about = {"mutation": name, "input": _digest(args), "payload": copy.deepcopy(answer)}
        shop.store.idempotent[f"{shop.client_id}/{key}"] = about
    return answer


def _key(info: "GraphQLResolveInfo[Any]") -> str | None:
    node = info.field_nodes[0]
    directives: tuple[DirectiveNode, ...] = tuple(node.directives or ())
    if not any(directive.name.value == "idempotent" for directive in directives):
        return None
    definition = info.schema.get_directive("idempotent")
    values = get_directive_values(definition, node, info.variable_values) if definition else None
    key = str((values or {}).get("key", ""))
    if not key.strip():
        raise failed("The idempotency key must not be blank.", "BAD_REQUEST")
    return key


def _known(shop: "Shop", name: str, key: str, args: JSON) -> JSON | None:
    """The first answer of this key; user errors when it was used for something else."""
    former = shop.store.idempotent.get(f"{shop.client_id}/{key}")
    if former is None:
        return None
    if (former["mutation"], former["input"]) != (name, _digest(args)):
        said = "The idempotency key was used before with other parameters."
        return {"userErrors": [entry(said, None, "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")]}
    payload: JSON = former["payload"]
    return payload


def _digest(args: JSON) -> str:
    return hashlib.sha256(json.dumps(args, sort_keys=True, default=str).encode()).hexdigest()


def _check_arrays(args: Any) -> None:
    """At most 250 items in any array of the input."""
    if isinstance(args, dict):
        for value in args.values():
            _check_arrays(value)
    elif isinstance(args, list):
        if len(args) > LARGEST_ARRAY:
            said = f"The input array size of {len(args)} is greater than the maximum allowed of {LARGEST_ARRAY}."
            raise failed(said, "MAX_INPUT_SIZE_EXCEEDED")
        for value in args:
            _check_arrays(value)


def _error_fields(info: "GraphQLResolveInfo[Any]") -> list[str]:
    """`userErrors`, or what this payload calls them."""
    kind = get_named_type(info.return_type)
    assert isinstance(kind, GraphQLObjectType)  # noqa: S101  # payloads are objects
    return [name for name in kind.fields if name.lower().endswith("usererrors")]


def _codes(info: "GraphQLResolveInfo[Any]") -> frozenset[str]:
    """The codes this mutation's errors may carry; none where they have no code at all."""
    kind = get_named_type(info.return_type)
    assert isinstance(kind, GraphQLObjectType)  # noqa: S101  # payloads are objects
    for name, field in kind.fields.items():
        told = get_named_type(field.type)
        if name.lower().endswith("usererrors") and isinstance(told, GraphQLObjectType) and "code" in told.fields:
            enumeration = get_named_type(told.fields["code"].type)
            if isinstance(enumeration, GraphQLEnumType):
                return frozenset(enumeration.values)
    return frozenset()


def _with_known_code(error: JSON, codes: frozenset[str]) -> JSON:
    """The same error with a code this mutation knows: `INVALID` for what it has no word for."""
    code = error.get("code")
    fitting = code if code in codes else "INVALID" if code and "INVALID" in codes else None
    return {**error, "code": fitting}


def _effect(name: str, args: JSON, payload: JSON) -> str:
    """One line for the ledger: the mutation and the id it was about."""
    given = args.get("input") if isinstance(args.get("input"), dict) else args
    about = next((str(given[key]) for key in ("id", "orderId", "ownerId", "returnId") if given and key in given), "")
    if not about:
        nodes = [value for value in payload.values() if isinstance(value, dict) and "id" in value]
        about = str(nodes[0]["id"]) if nodes else ""
    return f"{name} {about}".strip()
