"""Lost deliveries are found: what the store says changed since our watermark, against what we have seen."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from app.db.inbox import InboxEvent
from app.db.links import SubjectSnapshot
from app.db.runs import Run, Watermark
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.events import Source, Topic
from app.domain.ids import ObjectType, StoreId
from app.engine.deps import Deps
from app.engine.inbox import Intake, NewEvent
from app.stores.port import StoreReader

OVERLAP = timedelta(minutes=10)
CARTS = "cart"  # the stream of carts left behind
FOUND = "recon:"  # how the keys of what we found begin
OPEN = ("accepted", "planned")
Changed = Callable[[datetime], Iterator[tuple[str, str]]]


def _streams(reader: StoreReader) -> tuple[tuple[ObjectType, Topic, Changed], ...]:
    return (
        (ObjectType.ORDER, Topic.ORDER_CHANGED, reader.orders_changed_since),
        (ObjectType.PRODUCT, Topic.PRODUCT_CHANGED, reader.products_changed_since),
        (ObjectType.CUSTOMER, Topic.CUSTOMER_CHANGED, reader.customers_changed_since),
        (ObjectType.COMPANY, Topic.COMPANY_CHANGED, reader.companies_changed_since),
    )


def run(deps: Deps, store_id: StoreId) -> int:
    """Insert a synthetic event for everything whose version we have not seen; returns how many.

    The watermark moves only after the whole window is stored, so a crash in the middle skips nothing.
    """
    found = 0
    for stream, topic, changed in _streams(deps.store(store_id).read):
        started = utc_now()
        since = _since(deps, store_id, stream)
        _looked, new = _insert_unseen(deps, store_id, stream, topic, changed(since))
        found += new
        _move(deps, store_id, stream, started)
    return found + _carts(deps, store_id)


def _carts(deps: Deps, store_id: StoreId) -> int:
    """Carts left behind in stores that tell nobody, each once: the reader lists none where the store tells of them."""
    intake, started, found = Intake(deps.database, deps.vault, deps.doorbell.ring), utc_now(), 0
    for cart_id in deps.store(store_id).read.carts_left_since(_since(deps, store_id, CARTS)):
        key, detail = f"left:{cart_id}", {"cart_id": cart_id}  # no gap: nobody would have told us
        found += intake.accept(
            NewEvent(store_id, Source.RECONCILE, key, Topic.CART_ABANDONED, CARTS, cart_id, detail)
        )  # fmt: skip
    _move(deps, store_id, CARTS, started)
    return found


def look_back(deps: Deps, store_id: StoreId, since: datetime) -> dict[str, int]:
    """The same over a time already looked at, watermarks or not. Kind of object -> how many changed in the store."""
    with reading(deps.database) as session:
        since = max(since, session.get_one(StoreRow, store_id).installed_at)
    return {
        stream.value: _insert_unseen(deps, store_id, stream, topic, changed(since))[0]
        for stream, topic, changed in _streams(deps.store(store_id).read)
    }


def _insert_unseen(
    deps: Deps, store_id: StoreId, stream: ObjectType, topic: Topic, changed: Iterable[tuple[str, str]]
) -> tuple[int, int]:
    """(looked at, new among them)."""
    intake, looked, found = Intake(deps.database, deps.vault, deps.doorbell.ring), 0, 0
    for object_id, version in changed:
        looked += 1
        with reading(deps.database) as session:
            if _seen(session, store_id, stream, object_id, version):
                continue
        key = f"{FOUND}{stream}:{object_id}:{version}"
        found += intake.accept(NewEvent(store_id, Source.RECONCILE, key, topic, stream.value, object_id))
    return looked, found


@dataclass(frozen=True)
class Gaps:
    """What became of everything found since a time. Names as people say them; `led_to`: runs by their state."""

    repaired: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    led_to: dict[str, int] = field(default_factory=dict)


def gaps(session: Session, store_id: StoreId, since: datetime) -> Gaps:
    """By what is recorded now. What was read again and led to nothing is repaired as well: our knowledge was old."""
    statement = select(InboxEvent).where(
        col(InboxEvent.store_id) == store_id, col(InboxEvent.source) == Source.RECONCILE.value,
        col(InboxEvent.delivery_key).startswith(FOUND), col(InboxEvent.received_at) >= since,
    )  # fmt: skip
    events = list(session.execute(statement.order_by(col(InboxEvent.received_at))).scalars())
    runs = [
        state
        for start in range(0, len(events), 500)
        for state in session.execute(
            select(col(Run.state)).where(col(Run.event_id).in_([one.id for one in events[start : start + 500]]))
        ).scalars()
    ]
    sorted_out: dict[str, list[str]] = {"repaired": [], "open": [], "failed": []}
    for event in events:
        end = "open" if event.state in OPEN else "repaired" if event.state in ("done", "ignored") else "failed"
        sorted_out[end].append(_name(session, event))
    led_to = {state: runs.count(state) for state in sorted(set(runs))}
    return Gaps(**{end: tuple(dict.fromkeys(names)) for end, names in sorted_out.items()}, led_to=led_to)


def _name(session: Session, event: InboxEvent) -> str:
    known = session.get(SubjectSnapshot, (event.store_id, event.object_type, event.object_id))
    return known.name if known is not None and known.name else f"{event.object_type} {event.object_id}"


def _seen(session: Session, store_id: StoreId, stream: ObjectType, object_id: str, version: str) -> bool:
    snapshot = session.get(SubjectSnapshot, (store_id, stream.value, object_id))
    return snapshot is not None and snapshot.version == version


def _since(deps: Deps, store_id: StoreId, stream: str) -> datetime:
    with reading(deps.database) as session:
        mark = session.get(Watermark, (store_id, str(stream)))
        if mark is not None:
            return mark.value - OVERLAP
        return session.get_one(StoreRow, store_id).installed_at  # history is imported when asked for, never by itself


def _move(deps: Deps, store_id: StoreId, stream: str, to: datetime) -> None:
    with unit_of_work(deps.database) as uow:
        mark = uow.session.get(Watermark, (store_id, str(stream))) or Watermark(
            store_id=store_id, stream=str(stream), value=to
        )
        mark.value = to
        uow.session.add(mark)
