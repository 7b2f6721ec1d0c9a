"""A store's time zone, whatever the store says it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.zones import zone_of


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe", "Europe/", "a\0b"])
def test_what_is_no_zone_is_utc(name):
    assert zone_of(name).key == "UTC"


def test_a_zone_is_found_by_its_name():
    assert zone_of("Europe/Vienna").key == "Europe/Vienna"


@given(st.text(max_size=60))
def test_no_name_stops_a_page(name):
    assert zone_of(name).key
