"""The step that passes the store's calendar on to its customers and companies."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import select
from sqlmodel import Session, col

from app.db.links import SubjectSnapshot
from app.db.session import reading
from app.domain.events import Source, Topic
from app.domain.ids import ObjectType
from app.domain.scenario import Mode
from app.domain.steps import PassOn
from app.engine import preferences
from app.engine.inbox import NewEvent
from app.engine.runs import Context, Done, Result, Skipped, Wait
from app.scenarios import ALL, times
from app.stores.port import Capability

PORTION = 100  # told in one go; what happens today is looked at in between
EVER = datetime(2000, 1, 1, tzinfo=UTC)
MANY = {"customer": "customers", "company": "companies"}


def pass_on(context: Context, step: PassOn) -> Result:
    """One event for each: told twice it is one, so this may stop anywhere and goes on behind the last one told."""
    detail: dict[str, str] = {name: str(context.facts[name]) for name in ("month", "day") if name in context.facts}
    if not detail or not _somebody_waits(context, step):
        return Skipped(f"No scenario that is on waits for it on behalf of {MANY[step.to]}.")
    told, after = int(context.step_result.get("told", 0)), str(context.step_result.get("after", ""))
    ids = _companies(context) if step.to == "company" else _customers(context, after)
    calendar = next(iter(detail))
    for object_id in ids:
        context.deps.intake.accept(
            NewEvent(context.store_id, Source.CLOCK, f"calendar:{detail[calendar]}:{step.to}:{object_id}",
                     Topic.TIME_CAME, ObjectType(step.to).value, object_id, {"calendar": calendar, **detail})
        )  # fmt: skip
    told += len(ids)
    words = f"{told} {MANY[step.to]} were told that {detail[calendar]} has begun."
    if step.to == "customer" and len(ids) == PORTION:
        return Wait(words, 0, {"told": told, "after": ids[-1]})
    return Done(words, result={"told": told})


def _somebody_waits(context: Context, step: PassOn) -> bool:
    waiting = [
        one for one in ALL
        if one.subject == step.to and Topic.TIME_CAME in one.triggers and one.each in times.CALENDAR
        and context.provider in one.providers
    ]  # fmt: skip
    with reading(context.deps.database) as session:
        chosen = preferences.load_all(session, context.store_id, waiting)
    return any(one.mode is not Mode.OFF for one in chosen.values())


def _companies(context: Context) -> list[str]:
    if Capability.COMPANIES not in context.store.read.capabilities:
        return []
    return list(dict.fromkeys(str(found) for found, _version in context.store.read.companies_changed_since(EVER)))


def _customers(context: Context, after: str) -> list[str]:
    """The next ones behind `after` among those with an account that we have seen, themselves or by an order."""
    with reading(context.deps.database) as session:
        found = {*_seen(session, context, after), *_ordering(session, context, after)}
    return list(islice(sorted(found), PORTION))


def _seen(session: Session, context: Context, after: str) -> Iterable[str]:
    return session.execute(
        select(col(SubjectSnapshot.object_id))
        .where(
            col(SubjectSnapshot.store_id) == context.store_id, col(SubjectSnapshot.object_type) == "customer",
            col(SubjectSnapshot.object_id) > after, col(SubjectSnapshot.is_gone).is_(False),
        )
        .order_by(col(SubjectSnapshot.object_id))
        .limit(PORTION)
    ).scalars()  # fmt: skip


def _ordering(session: Session, context: Context, after: str) -> Iterable[str]:
    return session.execute(
        select(col(SubjectSnapshot.customer_id))
        .where(col(SubjectSnapshot.store_id) == context.store_id, col(SubjectSnapshot.customer_id) > after)
        .distinct()
        .order_by(col(SubjectSnapshot.customer_id))
        .limit(PORTION)
    ).scalars()
