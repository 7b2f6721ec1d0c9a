"""A fresh workflow service for every test."""

from collections.abc import Iterator

import pytest

from tests.sandbox.workflow.harness import Harness


@pytest.fixture
def flows() -> Iterator[Harness]:
    harness = Harness()
    yield harness
    harness.close()
