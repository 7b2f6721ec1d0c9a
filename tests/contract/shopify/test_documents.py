"""Every GraphQL document we send: valid, affordable, without anything deprecated, held against the published schema."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)

from app.stores import shopify
from app.stores.shopify.documents import document, names
from app.stores.shopify.promotions import WORDS
from sandbox.shopify.cost import Counter
from sandbox.shopify.schemas import plain_schema
from tests.sandbox.shopify.published import needs_publications, published_schema

MOST_POINTS = 800  # Shopify answers no document of more than 1,000
RULES = [*specified_rules, NoDeprecatedCustomRule]


def documents() -> Iterator[tuple[str, DocumentNode]]:
    for name in names():
        yield name, parse(document(name))


def faults(schema: GraphQLSchema) -> list[str]:
    return [f"{name}: {error.message}" for name, node in documents() for error in validate(schema, node, RULES)]


def test_every_document_is_one_the_stand_in_serves_and_names_nothing_deprecated() -> None:
    assert faults(plain_schema()) == []


@needs_publications
def test_every_document_is_valid_in_the_published_schema_and_names_nothing_deprecated() -> None:
    assert faults(published_schema()) == []


def points(node: DocumentNode) -> int:
    fragments = {one.name.value: one for one in node.definitions if isinstance(one, FragmentDefinitionNode)}
    (operation,) = [one for one in node.definitions if isinstance(one, OperationDefinitionNode)]
    return Counter(plain_schema(), fragments, {}).of(operation)


@pytest.mark.parametrize("name", names())
def test_no_document_costs_too_much(name: str) -> None:
    assert points(parse(document(name))) <= MOST_POINTS


def test_every_document_holds_the_one_operation_of_its_name() -> None:
    for name, node in documents():
        operations = [one for one in node.definitions if isinstance(one, OperationDefinitionNode)]
        assert [one.name.value for one in operations if one.name] == [name]


def test_every_document_is_sent_by_somebody() -> None:
    folder = Path(shopify.__file__).parent
    text = "\n".join(one.read_text("utf-8") for one in folder.glob("*.py"))
    verbs = ("Create", "Update", "Activate", "Deactivate")
    built = {f"Discount{kind}{verb}" for kind in WORDS.values() for verb in verbs}
    assert [name for name in names() if f'"{name}"' not in text and name not in built] == []
