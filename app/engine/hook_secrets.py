"""The secret header a store's webhooks carry: renewed by a button, the one before accepted for a while.

The header is derived from the app's key and a number, so nothing secret is stored. A renewal only counts on: the
webhooks are changed on the queue, one by one, and again after any stop, until all of them carry the new one. Until
then, and for `GRACE` after it, the former one is accepted too: the store repeats a delivery that failed as it was.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from app.db import audit
from app.db.session import Database, reading, unit_of_work
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.ids import Provider, StoreId, external_store_id
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.errors import Conflict, NotFound

GRACE = timedelta(days=3)  # a store repeats a failed delivery for two
_NUMBERS = select(*map(col, (StoreRow.hook_number, StoreRow.hook_carried, StoreRow.earlier_hook_until))).where(
    col(StoreRow.id) == bindparam("store_id")
)


@dataclass(frozen=True)
class Header:
    """How the header stands. `earlier_until`: the former one is accepted; None with `is_spread` False: until it is."""

    made_at: datetime | None
    is_spread: bool
    earlier_until: datetime | None


def accepted(database: Database, store_id: StoreId) -> tuple[int, ...]:
    """The numbers a delivery may carry, the present one first. Asked for every delivery: one row by its key."""
    with database.engine.connect() as connection:
        row = connection.execute(_NUMBERS, {"store_id": store_id}).first()
    if row is None:
        return (0,)
    return (row.hook_number, row.hook_number - 1) if _earlier_holds(row) else (row.hook_number,)


def header(deps: Deps, store_id: StoreId) -> Header | None:
    """None where the store's platform sends no header of ours."""
    if not deps.door(Provider(store_id.partition(":")[0])).hook_headers(external_store_id(store_id)):
        return None
    with reading(deps.database) as session:
        row = session.get_one(StoreRow, store_id)
    return Header(row.hook_secret_at, _is_spread(row), row.earlier_hook_until if _earlier_holds(row) else None)


def renew(deps: Deps, who: Merchant) -> None:
    """Another header from now on; the webhooks get it by the set-up work, which the caller asks for.

    Raises Conflict while the one before is still accepted (it would end unseen), NotFound where there is no header.
    """
    if header(deps, who.store_id) is None:
        raise NotFound("The webhooks of this store carry no header of ours.")
    with unit_of_work(deps.database) as uow:
        row = _own(uow.session, who)
        if _earlier_holds(row):
            raise Conflict("The header before this one is still accepted.", hint="End it first, or wait until it ends.")
        row.hook_number, row.hook_secret_at, row.earlier_hook_until = row.hook_number + 1, utc_now(), None
        audit.record(uow.session, who.store_id, f"user:{who.user_id}", "hook_secret.renewed", who.store_id,
                     number=row.hook_number)  # fmt: skip


def end_earlier(deps: Deps, who: Merchant) -> None:
    """The former header is accepted no more. Raises Conflict while a webhook may still carry it: it would be lost."""
    with unit_of_work(deps.database) as uow:
        row = _own(uow.session, who)
        if not _is_spread(row):
            raise Conflict("Not every webhook carries the new header yet.", hint="Wait until all of them do.")
        if _earlier_holds(row):
            row.earlier_hook_until = None
            audit.record(uow.session, who.store_id, f"user:{who.user_id}", "hook_secret.earlier_ended", who.store_id)


def present(deps: Deps, store_id: StoreId) -> int:
    """The number webhooks are to carry."""
    return accepted(deps.database, store_id)[0]


def note_carried(deps: Deps, store_id: StoreId, number: int) -> None:
    """Every webhook was seen to carry this one; from the first time on counts the time the former is accepted."""
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(StoreRow, store_id, with_for_update=True)
        if number > row.hook_carried:
            row.hook_carried, row.earlier_hook_until = number, utc_now() + GRACE
            audit.record(uow.session, store_id, "system", "hook_secret.spread", store_id, number=number)


def _is_spread(row: Any) -> bool:  # a StoreRow, or these columns of it
    return bool(row.hook_carried >= row.hook_number)


def _earlier_holds(row: Any) -> bool:
    until = row.earlier_hook_until
    return not _is_spread(row) or bool(until and utc_now() < until)


def _own(session: Session, who: Merchant) -> StoreRow:
    return session.get_one(StoreRow, who.store_id, with_for_update=True)
