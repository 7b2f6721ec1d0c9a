"""Our schema is a true part of the published one: what validates here validates there."""

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    Undefined,
    is_introspection_type,
    is_specified_scalar_type,
    validate_schema,
)

from sandbox.shopify import operations as _served  # noqa: F401  # they name what they serve
from sandbox.shopify import resolving
from sandbox.shopify.schemas import plain_schema
from tests.sandbox.shopify.published import needs_publications, published_schema

FIELDS = (GraphQLObjectType, GraphQLInterfaceType)


def ours() -> list[GraphQLNamedType]:
    kinds = plain_schema().type_map.values()
    return [kind for kind in kinds if not is_introspection_type(kind) and not is_specified_scalar_type(kind)]


def test_our_schema_is_valid_by_itself() -> None:
    assert validate_schema(plain_schema()) == []
    assert len(ours()) > 500


def test_every_root_field_of_the_schema_is_served() -> None:
    assert resolving.unserved() == []


@needs_publications
def test_every_type_of_ours_is_published_as_the_same_kind() -> None:
    theirs = published_schema().type_map
    different = [k.name for k in ours() if type(theirs.get(k.name)) is not type(k)]
    assert different == []


@needs_publications
def test_every_field_has_the_published_type_and_deprecation() -> None:
    found = []
    for kind in ours():
        if isinstance(kind, FIELDS):
            theirs: Any = published_schema().type_map[kind.name]
            for name, field in kind.fields.items():
                other = theirs.fields.get(name)
                same = other is not None and str(other.type) == str(field.type)
                if not same or (other.deprecation_reason is None) is not (field.deprecation_reason is None):
                    found.append(f"{kind.name}.{name}")
    assert found == []


@needs_publications
def test_every_argument_and_input_field_is_published_alike_and_no_required_one_is_left_out() -> None:
    found = []
    for kind in ours():
        theirs: Any = published_schema().type_map[kind.name]
        if isinstance(kind, GraphQLInputObjectType):
            found += [f"{kind.name}.{name}" for name in _different(kind.fields, theirs.fields)]
            if kind.is_one_of is not theirs.is_one_of:
                found.append(f"{kind.name} @oneOf")
        if isinstance(kind, FIELDS):
            for name, field in kind.fields.items():
                differing = _different(field.args, theirs.fields[name].args)
                found += [f"{kind.name}.{name}({argument})" for argument in differing]
    assert found == []


def _different(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    wrong = [
        name
        for name, given in ours.items()
        if name not in theirs
        or str(theirs[name].type) != str(given.type)
        or theirs[name].default_value != given.default_value
        or (theirs[name].deprecation_reason is None) is not (given.deprecation_reason is None)
    ]
    required = [n for n, given in theirs.items() if str(given.type).endswith("!") and given.default_value is Undefined]
    return wrong + [name for name in required if name not in ours]


@needs_publications
def test_enumerations_unions_and_interfaces_say_nothing_that_is_not_published() -> None:
    found: list[str] = []
    for kind in ours():
        theirs: Any = published_schema().type_map[kind.name]
        if isinstance(kind, GraphQLEnumType):
            found += [f"{kind.name}.{value}" for value in set(kind.values) - set(theirs.values)]
        if isinstance(kind, GraphQLUnionType):
            members = {member.name for member in theirs.types}
            found += [f"{kind.name} | {m.name}" for m in kind.types if m.name not in members]
        if isinstance(kind, FIELDS):
            published = {interface.name for interface in theirs.interfaces}
            found += [f"{kind.name} & {i.name}" for i in kind.interfaces if i.name not in published]
    assert found == []
