from collections.abc import Iterator

import pytest

from tests.contract.opentext.content import Place, a_place
from tests.contract.opentext.landscape import Landscape


@pytest.fixture
def land() -> Iterator[Landscape]:
    landscape = Landscape()
    yield landscape
    landscape.close()


@pytest.fixture
def place(land: Landscape) -> Place:
    return a_place(land)
