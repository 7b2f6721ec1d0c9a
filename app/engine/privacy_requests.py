"""What a store asks of us about people's data: tell what is kept of somebody, forget somebody, forget the store.

The delivery is kept like any other and worked off here: safe to repeat at every point. What is noted of a request has
ids, counts and reasons only, for the merchant to see and to answer from; what OpenText keeps stays the merchant's.
Source: Shopify developer documentation, "Privacy law compliance"; reliability rule I17 of this product.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.db import privacy
from app.db.inbox import InboxEvent
from app.db.privacy import PrivacyRequest
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.events import Event, Topic
from app.domain.ids import CustomerId, OrderId, Provider, StoreId
from app.domain.privacy import Person
from app.engine import installs, redaction
from app.engine.deps import Deps
from app.engine.redaction import Held, PersonalData
from app.errors import NeedsReauth, NotFound, Rejected

KINDS = {Topic.DATA_REQUESTED: "data", Topic.PERSON_REDACTED: "person", Topic.STORE_REDACTED: "store"}


def handle(deps: Deps, event: Event, received_at: datetime) -> tuple[str, str] | None:
    """(state, reason) for the event's end; None when the event went with everything else of its store."""
    if event.topic is Topic.STORE_REDACTED:
        return _forget_store(deps, event)
    request, whom = _begin(deps, event, received_at)
    if request.done_at is not None:
        return "done", "already_done"
    if event.topic is Topic.DATA_REQUESTED:
        report = _told(redaction.data_of(deps, event.store_id, whom))
    else:
        done = redaction.redact(deps, event.store_id, whom)
        report = {
            "objects": list(done.objects), "rows": done.rows, "raw_bodies": done.raw_bodies,
            "records": [_place(one) for one in done.records], "others": [_place(one) for one in done.others],
            "workspaces": list(done.workspaces),
        }  # fmt: skip
    _end(deps, request, report)
    return "done", "told" if event.topic is Topic.DATA_REQUESTED else "redacted"


def export(deps: Deps, store_id: StoreId, request_id: str, *, by: str) -> PersonalData:
    """What is kept now of the person of a request, for the merchant to hand on. Raises NotFound."""
    with reading(deps.database) as session:
        row = session.get(PrivacyRequest, request_id)
    if row is None or row.store_id != store_id or row.kind != "data":
        raise NotFound("There is no such request.")
    return redaction.data_of(deps, store_id, _by_ids(row), by=by)


def _begin(deps: Deps, event: Event, received_at: datetime) -> tuple[PrivacyRequest, Person]:
    """The note of the request, made before anything else: the delivery itself may be forgotten on the way."""
    told = _person(deps, event)
    with unit_of_work(deps.database) as uow:
        row = privacy.request_of_event(uow.session, event.id)
        if row is None:
            row = PrivacyRequest(
                store_id=event.store_id, event_id=event.id, kind=KINDS[event.topic], received_at=received_at,
                reference=event.detail.get("reference", ""), customer_id=str(told.customer_id or ""),
                order_ids=[str(one) for one in told.order_ids],
            )  # fmt: skip
            uow.session.add(row)
            uow.session.flush()
        known = _by_ids(row)
    return row, replace(known, emails=told.emails, phones=told.phones)


def _by_ids(row: PrivacyRequest) -> Person:
    return Person(
        customer_id=CustomerId(row.customer_id) if row.customer_id else None,
        order_ids=tuple(OrderId(one) for one in row.order_ids),
    )


def _person(deps: Deps, event: Event) -> Person:
    """As the delivery names them; after a first, interrupted try only the id is left of it."""
    with reading(deps.database) as session:
        row = session.get_one(InboxEvent, event.id)
    by_id = Person(customer_id=CustomerId(event.object_id) if event.object_id else None)
    if row.raw is None:
        return by_id
    body = deps.vault.decrypt(row.raw, f"inbox_event:raw:{row.id}")
    try:
        return deps.door(Provider(event.store_id.partition(":")[0])).person(body)
    except Rejected:
        return by_id


def _end(deps: Deps, request: PrivacyRequest, report: dict[str, Any]) -> None:
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(PrivacyRequest, request.id)
        row.report, row.done_at = report, utc_now()
        uow.session.add(row)


def _told(data: PersonalData) -> dict[str, Any]:
    return {
        "objects": list(data.objects), "rows": {name: len(rows) for name, rows in data.rows.items()},
        "records": [_place(one) for one in data.documents if one.must_stay],
        "others": [_place(one) for one in data.documents if not one.must_stay],
    }  # fmt: skip


def _place(one: Held) -> dict[str, Any]:
    """Where a document is and why it stays; its name may be the person's, so that is left out."""
    return {
        "url": one.url, "record_class": one.record_class, "retention": one.retention, "holds": list(one.holds),
        "until": one.until.isoformat() if one.until else "",
    }  # fmt: skip


def _forget_store(deps: Deps, event: Event) -> tuple[str, str] | None:
    """48 hours after an uninstall. The message may be old: a store where the app works is not forgotten."""
    with reading(deps.database) as session:
        store = session.get_one(StoreRow, event.store_id)
    if store.state != "uninstalled":
        try:
            deps.store(event.store_id).read.profile()
        except NeedsReauth:
            with unit_of_work(deps.database) as uow:
                installs.forget(uow.session, uow.session.get_one(StoreRow, event.store_id), "store")
        else:
            return "ignored", "still_installed"
    redaction.redact_store(deps, event.store_id)
    return None


__all__ = ["KINDS", "export", "handle"]
