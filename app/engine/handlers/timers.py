"""Steps about time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.steps import SetTimer, WaitDays
from app.domain.zones import zone_of
from app.engine import timers
from app.engine.runs import Context, Done, Result, Skipped, Wait
from app.errors import Permanent


def set_timer(context: Context, step: SetTimer) -> Result:
    """Once per run and step: a repetition keeps the time first worked out."""
    base = _base(context, step.fact)
    if base is None:
        return Skipped("There is no date to be reminded of.")
    due = base + timedelta(days=step.days + _preferred(context, step.preference), hours=step.hours)
    kept = context.effects.once(context.key(f"timer:{step.name}:{context.step_id}"), lambda: {"due": due.isoformat()})
    due = datetime.fromisoformat(kept["due"])
    with unit_of_work(context.deps.database) as uow:
        timers.set(uow.session, context.store_id, context.subject_type.value, context.subject_id, step.name, due,
                   {"run": context.run_id})  # fmt: skip
    return Done(f"A reminder is set for {day_in_store(context, due)}.", {f"timer_{step.name}": due.isoformat()})


def wait_days(context: Context, step: WaitDays) -> Result:
    """The days count from the first time; a change of the preference counts once somebody looks."""
    kept = context.step_result.get("since")
    since = datetime.fromisoformat(kept) if kept else utc_now()
    due = since + timedelta(days=_preferred(context, step.preference))
    left = (due - utc_now()).total_seconds()
    if left <= 0:
        return Done("Its time has come.")
    return Wait(f"It goes on on {day_in_store(context, due)}.", left, {"since": since.isoformat()})


def _base(context: Context, fact: str) -> datetime | None:
    if not fact:
        return utc_now()
    value: Any = context.facts
    for part in fact.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if not value:
        return None
    found = datetime.fromisoformat(str(value))
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _preferred(context: Context, preference: str) -> int:
    if not preference:
        return 0
    value = getattr(context.preferences, preference, None)
    if not isinstance(value, int):
        raise Permanent(
            f"The scenario has no number of days called “{preference}”.", code="no_preference",
            hint="This is a mistake in the scenario; ask for help with the report of this run.",
        )  # fmt: skip
    return value


def day_in_store(context: Context, when: datetime) -> str:
    """ "21 Nov 2026" as the calendar in the store's time zone reads."""
    with reading(context.deps.database) as session:
        store = session.get_one(StoreRow, context.store_id)
    local = when.astimezone(zone_of(store.timezone))
    return f"{local.day} {local:%b %Y}"
