"""An order two people look at."""

import pytest

from app.domain.rights import Mode
from tests.house import House
from tests.rights.people import Case, a_case, choose


@pytest.fixture
def case(house: House) -> Case:
    """Everybody sees everything: a store that has chosen nothing."""
    return a_case(house)


@pytest.fixture
def personal(case: Case) -> Case:
    """A store whose people sign in to OpenText."""
    choose(case.house, Mode.PERSON)
    return case
