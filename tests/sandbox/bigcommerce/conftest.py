"""Fixtures: an empty demo store, and the seeded one."""

from collections.abc import Iterator

import pytest

from tests.sandbox.bigcommerce.bench import Bench, make


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = make()
    yield bench
    bench.world.deliveries.close()


@pytest.fixture
def demo() -> Iterator[Bench]:
    bench = make(seeded=True)
    yield bench
    bench.world.deliveries.close()
