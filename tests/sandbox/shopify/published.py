"""Shopify's published schema and webhook samples, where they lie beside the project."""

from functools import lru_cache
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema

FOLDER = Path(__file__).resolve().parents[4] / "shared/specs/shopify"
SCHEMA = FOLDER / "admin-2026-10.graphql"
SAMPLES = FOLDER / "webhooks"
needs_publications = pytest.mark.skipif(
    not SCHEMA.is_file(), reason="Shopify's schema and webhook samples are not here (../shared/specs/shopify)"
)


@lru_cache(maxsize=1)
def published_schema() -> GraphQLSchema:
    """Without its own strictness: six implementations deprecate a field that their interface does not."""
    return build_schema(SCHEMA.read_text("utf-8"), assume_valid=True)
