"""How long a record is kept: dates worked out from a schedule's period, and the sentence people read."""

import calendar
from datetime import UTC, datetime, time, timedelta

from app.domain.content import Retention, RetentionBasis

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOON = time(12, tzinfo=UTC)
LAST_YEAR = 9999


def end_of_period(start: datetime, years: int, months: int, days: int) -> datetime | None:
    """Noon UTC of the day a period ends that began on `start`'s day; None beyond the calendar.

    A day a month does not have becomes its last one: 29 February and a year is 28 February.
    """
    count = start.year * 12 + start.month - 1 + years * 12 + months
    year, month = divmod(count, 12)
    if not 1 <= year <= LAST_YEAR:
        return None
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    try:
        end = datetime(year, month + 1, day, tzinfo=UTC) + timedelta(days=days)
    except OverflowError:
        return None
    return datetime.combine(end.date(), NOON)


def strictest(found: list[Retention]) -> Retention | None:
    """What several schedules come to: for ever before an unknown end before the latest date."""

    def rank(each: Retention) -> tuple[int, float]:
        if each.basis is RetentionBasis.PERMANENT:
            return 2, 0.0
        return (1, 0.0) if each.until is None else (0, each.until.timestamp())

    return max(found, key=rank, default=None)


def in_words(retention: Retention) -> str:
    """One sentence without a full stop: “Kept for 7 years, until 20 Nov 2033, by the schedule “Orders: 7 years””."""
    by = f"by the schedule “{retention.title or retention.schedule}”"
    period = _period(retention)
    if retention.basis is RetentionBasis.PERMANENT:
        return f"Kept for ever {by}"
    if retention.until is not None:
        until = retention.until.astimezone(UTC)
        date = f"{until.day} {MONTHS[until.month - 1]} {until.year}"
        return f"Kept for {period}, until {date}, {by}" if period else f"Kept until {date}, {by}"
    if retention.basis is RetentionBasis.EVENT:
        return f"Kept until {period} after an event, {by}" if period else f"Kept until an event, {by}"
    if retention.basis is RetentionBasis.CALENDAR and period:
        return f"Kept for {period}, counted from the end of a year, {by}"
    return f"Kept for {period} {by}" if period else f"Kept {by}"


def _period(retention: Retention) -> str:
    """“7 years”, “1 year, 6 months”; empty without a period."""
    parts = [(retention.years, "year"), (retention.months, "month"), (retention.days, "day")]
    return ", ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count)
