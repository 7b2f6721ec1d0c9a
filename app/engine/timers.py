"""Time as an event: timers of single objects and the calendar of each store, told once as TIME_CAME.

A timer's event names it ("timer": "…") beside the timer's own detail. The calendar's events are about the store, in
its time zone: {"calendar": "day", "day": "2026-11-01"} and {"calendar": "month", "month": "2026-11"}, told when that
day or month has begun. A dispatcher that was away tells each month it missed and the present day.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.db.runs import Watermark
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.db.timers import Timer
from app.db.types import utc_now
from app.domain.events import Source, Topic
from app.domain.ids import ObjectType, StoreId, external_store_id
from app.domain.zones import zone_of
from app.engine.deps import Deps
from app.engine.inbox import NewEvent

BATCH = 500
CALENDAR = "calendar"  # the watermark's stream
MISSED_MONTHS = 12


def set(  # read as timers.set
    session: Session,
    store_id: StoreId,
    object_type: str,
    object_id: str,
    name: str,
    due_at: datetime,
    detail: dict[str, str] | None = None,
) -> None:
    """Remind this object at `due_at` (aware), in the caller's transaction. Replaces its timer of that name.

    Idempotent: the same time and detail again leave the timer as it is. `detail` holds ids and enumerations only.
    """
    found = _find(session, store_id, object_type, object_id, name)
    due_at, detail = due_at.astimezone(UTC), detail or {}
    if found is not None:
        if found.due_at == due_at and found.detail == detail:
            return
        session.delete(found)
        session.flush()
    session.add(
        Timer(store_id=store_id, object_type=object_type, object_id=object_id, name=name, due_at=due_at, detail=detail)
    )
    session.flush()


def cancel(session: Session, store_id: StoreId, object_type: str, object_id: str, name: str) -> bool:
    """Forget the timer, in the caller's transaction. False: there is none (any more)."""
    found = _find(session, store_id, object_type, object_id, name)
    if found is None:
        return False
    session.delete(found)
    session.flush()
    return True


def of(session: Session, store_id: StoreId, object_type: str, object_id: str, prefix: str = "") -> list[Timer]:
    """The timers of an object, the next one first; with `prefix`, those whose name begins with it."""
    statement = select(Timer).where(
        col(Timer.store_id) == store_id, col(Timer.object_type) == object_type, col(Timer.object_id) == object_id,
        col(Timer.name).startswith(prefix, autoescape=True),
    )  # fmt: skip
    return sorted(session.execute(statement).scalars(), key=lambda row: row.due_at)


def _find(session: Session, store_id: StoreId, object_type: str, object_id: str, name: str) -> Timer | None:
    return session.execute(
        select(Timer).where(
            col(Timer.store_id) == store_id, col(Timer.object_type) == object_type, col(Timer.object_id) == object_id,
            col(Timer.name) == name,
        )
    ).scalar_one_or_none()  # fmt: skip


def sweep(deps: Deps) -> None:
    """Tell what is due. Its turn is leased; a sweep that broke off is taken up again without telling anything twice."""
    ring_due(deps)
    turn_calendars(deps)


def ring_due(deps: Deps) -> int:
    """Turn due timers of installed stores into events; returns how many. The event's key is the timer's id."""
    rung = 0
    while found := _due(deps):
        for timer in found:
            detail = {"timer": timer.name, **timer.detail}
            rung += deps.intake.accept(
                NewEvent(StoreId(timer.store_id), Source.CLOCK, f"timer:{timer.id}", Topic.TIME_CAME,
                         timer.object_type, timer.object_id, detail)
            )  # fmt: skip
        with unit_of_work(deps.database) as uow:
            uow.session.execute(delete(Timer).where(col(Timer.id).in_([timer.id for timer in found])))
    return rung


def _due(deps: Deps) -> list[Timer]:
    """A paused store's timers wait with it: they ring when it works again."""
    statement = (
        select(Timer)
        .join(StoreRow, col(StoreRow.id) == col(Timer.store_id))
        .where(col(Timer.due_at) <= utc_now(), col(StoreRow.state) == "installed")
        .order_by(col(Timer.due_at))
        .limit(BATCH)
    )
    with reading(deps.database) as session:
        return list(session.execute(statement).scalars())


def turn_calendars(deps: Deps) -> None:
    """Tell every installed store that its day, or month, has begun. A store just installed starts with today."""
    with reading(deps.database) as session:
        statement = (
            select(col(StoreRow.id), col(StoreRow.timezone), col(Watermark.value))
            .outerjoin(Watermark, (col(Watermark.store_id) == col(StoreRow.id)) & (col(Watermark.stream) == CALENDAR))
            .where(col(StoreRow.state) == "installed")
        )
        stores = session.execute(statement).all()
    now = utc_now()
    for store_id, timezone, told in stores:
        zone = zone_of(timezone)
        today = now.astimezone(zone).date()
        if told is None or told.astimezone(zone).date() < today:
            _tell(deps, StoreId(store_id), told.astimezone(zone).date() if told is not None else None, today)
            _note_told(deps, StoreId(store_id), now)


def _tell(deps: Deps, store_id: StoreId, told: date | None, today: date) -> None:
    details = [{"calendar": "month", "month": month} for month in months_begun(told, today)] if told else []
    details.append({"calendar": "day", "day": today.isoformat()})
    for detail in details:
        key = "calendar:" + ":".join(detail.values())
        deps.intake.accept(
            NewEvent(store_id, Source.CLOCK, key, Topic.TIME_CAME, ObjectType.STORE.value, external_store_id(store_id),
                     detail)
        )  # fmt: skip


def months_begun(after: date, until: date) -> Iterator[str]:
    """The months ("2026-11") that began after one day and not later than another; the newest twelve at most."""
    first = until.replace(day=1)
    found: list[str] = []
    while first > after and len(found) < MISSED_MONTHS:
        found.append(f"{first:%Y-%m}")
        first = (first - timedelta(days=1)).replace(day=1)
    return reversed(found)


def _note_told(deps: Deps, store_id: StoreId, now: datetime) -> None:
    with unit_of_work(deps.database) as uow:
        mark = uow.session.get(Watermark, (store_id, CALENDAR)) or Watermark(
            store_id=store_id, stream=CALENDAR, value=now
        )
        mark.value = now
        uow.session.add(mark)
