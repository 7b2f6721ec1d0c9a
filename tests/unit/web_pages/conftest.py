"""A shop with rows, on SQLite; queries are tried on PostgreSQL too."""

from collections.abc import Iterator

import pytest

from tests.unit.web_pages.shop import Shop, a_shop


@pytest.fixture
def shop(sqlite_url: str) -> Iterator[Shop]:
    with a_shop(sqlite_url) as made:
        yield made
