"""How long a store was silent, the hours of its night aside; a day of the clock change has its own length."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.silence import Silence

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Silence(6, 22, 7)


def at(day: int, hour: int, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("silence", "since", "now", "hours"),
    [
        (Silence(6), at(1, 20), at(2, 9), 13),
        (NIGHT, at(1, 20), at(2, 9), 4),
        (NIGHT, at(1, 23), at(2, 6), 0),
        (NIGHT, at(1, 8), at(3, 8), 30),
        (Silence(6, 12, 14), at(1, 11), at(1, 15), 2),
        (Silence(6, 5, 5), at(1, 11), at(1, 15), 4),
        (NIGHT, at(24, 20, month=10), at(25, 9, month=10), 4),  # the clocks go back in that night: it is ten hours long
    ],
)
def test_the_hours_of_the_night_do_not_count(silence: Silence, since: datetime, now: datetime, hours: int) -> None:
    assert silence.counted(since, now, BERLIN) == timedelta(hours=hours)


def test_what_the_store_chose_holds_before_what_the_operator_set() -> None:
    since, day = at(1, 8), timedelta(days=1)
    assert Silence(2).is_too_long(since, at(1, 11), BERLIN, day)
    assert not Silence().is_too_long(since, at(1, 11), BERLIN, day)
    assert Silence().is_too_long(since, at(2, 9), BERLIN, day)
    assert not NIGHT.is_too_long(at(1, 20), at(2, 9), BERLIN, day)


def test_years_of_silence_are_counted_in_no_time() -> None:
    assert NIGHT.counted(datetime(1990, 1, 1, tzinfo=UTC), at(1, 8), BERLIN) > timedelta(days=200)
