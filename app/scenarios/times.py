"""Occasions of the clock: a timer of the subject rang, a day or month of the store has begun."""

from app.domain.events import Event, Topic
from app.domain.scenario import Each, Occasion, Preferences, Subject


def on_timer(*names: str) -> Each:
    """One run per ring of one of these timers (a name ending in ":" stands for all that begin with it)."""

    def each(event: Event, _subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
        rung = event.detail.get("timer", "")
        if any(rung == name or (name.endswith(":") and rung.startswith(name)) for name in names):
            return (Occasion(f"{rung}@{event.id}"),)
        return ()

    return each


def each_day(event: Event, _subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One run per day of the store (fact `day`: "2026-11-01")."""
    day = event.detail.get("day", "")
    return (Occasion(f"day:{day}", {"day": day}),) if day else ()


def each_month(event: Event, _subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One run per month of the store, when it has begun (fact `month`: "2026-11"); one each time it is asked for."""
    if event.topic is Topic.REQUESTED:
        return (Occasion(event.detail.get("occasion") or event.id),)
    month = event.detail.get("month", "")
    return (Occasion(f"month:{month}", {"month": month}),) if month else ()


# Who waits for a day or month to begin.
CALENDAR: frozenset[Each] = frozenset({each_day, each_month})
