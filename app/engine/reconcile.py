"""Lost deliveries are found: what the store says changed since our watermark, against what we have seen."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session

from app.db.links import SubjectSnapshot
from app.db.runs import Watermark
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.events import Source, Topic
from app.domain.ids import ObjectType, StoreId
from app.engine.deps import Deps
from app.engine.inbox import Intake, NewEvent

OVERLAP = timedelta(minutes=10)


def run(deps: Deps, store_id: StoreId) -> int:
    """Insert a synthetic event for every order and product whose version we have not seen; returns how many.

    The watermark moves only after the whole window is stored, so a crash in the middle skips nothing.
    """
    reader = deps.store(store_id).read
    found = 0
    for stream, topic, changed in (
        (ObjectType.ORDER, Topic.ORDER_CHANGED, reader.orders_changed_since),
        (ObjectType.PRODUCT, Topic.PRODUCT_CHANGED, reader.products_changed_since),
    ):
        started = utc_now()
        since = _since(deps, store_id, stream)
        found += _insert_unseen(deps, store_id, stream, topic, changed(since))
        _move(deps, store_id, stream, started)
    return found


def _insert_unseen(
    deps: Deps, store_id: StoreId, stream: ObjectType, topic: Topic, changed: Iterable[tuple[str, str]]
) -> int:
    intake, found = Intake(deps.database, deps.vault, deps.doorbell.ring), 0
    for object_id, version in changed:
        with reading(deps.database) as session:
            if _seen(session, store_id, stream, object_id, version):
                continue
        key = f"recon:{stream}:{object_id}:{version}"
        found += intake.accept(NewEvent(store_id, Source.RECONCILE, key, topic, stream.value, object_id))
    return found


def _seen(session: Session, store_id: StoreId, stream: ObjectType, object_id: str, version: str) -> bool:
    snapshot = session.get(SubjectSnapshot, (store_id, stream.value, object_id))
    return snapshot is not None and snapshot.version == version


def _since(deps: Deps, store_id: StoreId, stream: ObjectType) -> datetime:
    with reading(deps.database) as session:
        mark = session.get(Watermark, (store_id, stream.value))
        if mark is not None:
            return mark.value - OVERLAP
        return session.get_one(StoreRow, store_id).installed_at  # history is imported when asked for, never by itself


def _move(deps: Deps, store_id: StoreId, stream: ObjectType, to: datetime) -> None:
    with unit_of_work(deps.database) as uow:
        mark = uow.session.get(Watermark, (store_id, stream.value)) or Watermark(
            store_id=store_id, stream=stream.value, value=to
        )
        mark.value = to
        uow.session.add(mark)
