"""Ends of retention periods and the sentence about them."""

from datetime import UTC, datetime

import pytest

from app.domain.content import Retention, RetentionBasis
from app.domain.retention import end_of_period, in_words, strictest

NOON = datetime(2033, 11, 20, 12, tzinfo=UTC)
ORDERS = Retention("ORD-7", "Orders: 7 years", RetentionBasis.DATE, years=7, until=NOON, action="Destroy")


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2026-11-20", (7, 0, 0), "2033-11-20"),
        ("2024-02-29", (1, 0, 0), "2025-02-28"),
        ("2024-02-29", (4, 0, 0), "2028-02-29"),
        ("2026-08-31", (0, 6, 0), "2027-02-28"),
        ("2026-12-31", (0, 1, 0), "2027-01-31"),
        ("2026-01-31", (0, 13, 30), "2027-03-30"),
        ("2026-11-20", (0, 0, 0), "2026-11-20"),
    ],
)
def test_a_period_ends_on_the_same_day_or_the_last_of_its_month(
    start: str, period: tuple[int, int, int], end: str
) -> None:
    ended = end_of_period(datetime.fromisoformat(f"{start}T23:59:00+00:00"), *period)
    assert ended == datetime.fromisoformat(f"{end}T12:00:00+00:00")


@pytest.mark.parametrize("period", [(9000, 0, 0), (0, 120_000, 0), (0, 0, 4_000_000), (-9000, 0, 0)])
def test_a_period_beyond_the_calendar_has_no_end(period: tuple[int, int, int]) -> None:
    assert end_of_period(datetime(2026, 11, 20, tzinfo=UTC), *period) is None


@pytest.mark.parametrize(
    ("basis", "period", "until", "words"),
    [
        (
            RetentionBasis.DATE, (7, 0, 0), NOON,
            "Kept for 7 years, until 20 Nov 2033, by the schedule “Orders: 7 years”",
        ),
        (RetentionBasis.DATE, (1, 6, 1), None, "Kept for 1 year, 6 months, 1 day by the schedule “Orders: 7 years”"),
        (RetentionBasis.DATE, (0, 0, 0), NOON, "Kept until 20 Nov 2033, by the schedule “Orders: 7 years”"),
        (RetentionBasis.PERMANENT, (0, 0, 0), None, "Kept for ever by the schedule “Orders: 7 years”"),
        (RetentionBasis.EVENT, (3, 0, 0), None, "Kept until 3 years after an event, by the schedule “Orders: 7 years”"),
        (RetentionBasis.EVENT, (0, 0, 0), None, "Kept until an event, by the schedule “Orders: 7 years”"),
        (
            RetentionBasis.CALENDAR, (2, 0, 0), None,
            "Kept for 2 years, counted from the end of a year, by the schedule “Orders: 7 years”",
        ),
        (RetentionBasis.UNKNOWN, (0, 0, 0), None, "Kept by the schedule “Orders: 7 years”"),
    ],
)  # fmt: skip
def test_what_a_merchant_reads(
    basis: RetentionBasis, period: tuple[int, int, int], until: datetime | None, words: str
) -> None:
    assert in_words(Retention("ORD-7", "Orders: 7 years", basis, *period, until=until)) == words


def test_the_strictest_of_several_schedules_holds() -> None:
    longer = Retention("INV-10", "Invoices", RetentionBasis.DATE, years=10, until=NOON.replace(year=2036))
    unknown = Retention("X", "X", RetentionBasis.EVENT)
    ever = Retention("Y", "Y", RetentionBasis.PERMANENT)
    assert strictest([ORDERS, longer]) is longer
    assert strictest([longer, unknown, ORDERS]) is unknown
    assert strictest([unknown, ever, ORDERS]) is ever
    assert strictest([]) is None
