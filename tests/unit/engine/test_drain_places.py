"""How much a worker does at once: as much as the processor feeds."""

from hypothesis import given
from hypothesis import strategies as st

from app.engine.jobs import FEWEST, LATE, _places

LATENESS = st.floats(0, 5)


@given(st.integers(1, 128), st.integers(1, 128), LATENESS)
def test_it_changes_by_one_and_stays_within_its_bounds(now, most, lateness):
    then = _places(min(now, most), most, lateness)
    assert min(FEWEST, most) <= then <= most
    assert abs(then - min(now, most)) <= 1


def test_threads_that_wait_for_the_processor_become_fewer_and_come_back():
    places = 32
    for _ in range(100):
        places = _places(places, 32, LATE * 2)
    assert places == FEWEST
    for _ in range(100):
        places = _places(places, 32, LATE / 2)
    assert places == 32
