"""The part of the Admin GraphQL schema the stand-in speaks, read from `schema/*.graphql`.

Written for this stand-in: only the types and fields it serves. A test holds it against the published schema, where that
is at hand: every type, field, argument, nullability and enumeration value must exist there with the same type.
"""

from functools import lru_cache
from pathlib import Path

from graphql import GraphQLSchema, build_schema

FOLDER = Path(__file__).with_name("schema")


def sources() -> str:
    """All schema files as one document."""
    return "\n".join(path.read_text("utf-8") for path in sorted(FOLDER.glob("*.graphql")))


@lru_cache(maxsize=1)
def plain_schema() -> GraphQLSchema:
    """The schema without resolvers, built once in a process."""
    return build_schema(sources())
