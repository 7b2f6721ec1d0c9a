"""How long a store may tell us nothing before it is worth a word: hours of its own day, those of the night aside."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

SHORTEST, LONGEST = 1, 720  # hours
MOST_DAYS = 400  # looked back; longer is long enough


def silent_since(last: datetime | None, installed: datetime) -> datetime:
    """The last message, or the (re)installation where none came since."""
    return max(last or installed, installed)


@dataclass(frozen=True)
class Silence:
    """What a store has chosen. `hours` None: what the operator has set; quiet hours: both or neither, 0 to 23."""

    hours: int | None = None
    quiet_from: int | None = None
    quiet_until: int | None = None

    def is_too_long(self, since: datetime, now: datetime, zone: tzinfo, otherwise: timedelta) -> bool:
        """Whether nothing came for so long as to be told; `otherwise` holds where the store has chosen nothing."""
        allowed = timedelta(hours=self.hours) if self.hours else otherwise
        return now - since > allowed and self.counted(since, now, zone) > allowed

    def counted(self, since: datetime, now: datetime, zone: tzinfo) -> timedelta:
        """The time between, without the hours in which nothing is expected."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return now - since
        since = max(since, now - timedelta(days=MOST_DAYS))
        length = timedelta(hours=(self.quiet_until - self.quiet_from) % 24)
        first, counted = since.astimezone(zone).date() - timedelta(days=1), now - since
        for number in range((now - since).days + 3):
            begins = datetime.combine(first + timedelta(days=number), time(self.quiet_from), zone)
            ends = (begins + length).astimezone(UTC)  # a night in which the clocks change has its own length
            counted -= max(timedelta(), min(ends, now) - max(begins.astimezone(UTC), since))
        return counted
