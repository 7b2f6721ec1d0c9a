from collections.abc import Iterator

import pytest

from tests.contract.opentext.landscape import Landscape


@pytest.fixture
def land() -> Iterator[Landscape]:
    landscape = Landscape()
    yield landscape
    landscape.close()
