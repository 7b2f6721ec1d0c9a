"""Shelves: one signed, expiring link per order or customer to everything its buyer may read.

A link is "<shelf id>.<signature>"; the signature covers the id, the end of its time and its round, so that withdrawing
it makes every earlier link useless. Documents lie on a shelf as SharedDocument rows; approved documents of the order's
products and letters delivered about it are shown beside them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session, col

from app.db import audit
from app.db.communications import CommunicationDelivery, CommunicationRow
from app.db.links import SharedDocument
from app.db.session import reading, unit_of_work
from app.db.shelves import Shelf
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.ids import StoreId
from app.engine.deps import Deps
from app.engine.shared_documents import SHELF
from app.engine.vault import random_token
from app.errors import NotFound, Rejected

TOKEN = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{64})")
PURPOSE = "shelf-link"


@dataclass(frozen=True)
class OnShelf:
    """One document as its page lists it. `is_own`: the buyer's own paper, no product's."""

    token: str
    name: str
    put_at: datetime
    is_own: bool


@dataclass(frozen=True)
class Opened:
    """A shelf and what is on it."""

    shelf: Shelf
    shop: str
    shop_url: str
    timezone: str
    documents: tuple[OnShelf, ...]


def ensure(
    session: Session,
    store_id: StoreId,
    object_type: str,
    object_id: str,
    object_name: str,
    expires_at: datetime,
    products: Sequence[str] = (),
) -> Shelf:
    """Find or make the object's shelf, in the caller's transaction. A link already given out keeps working as long as
    it was to; once its time is over or it was withdrawn, the shelf gets a new time, and so a new link."""
    row = of(session, store_id, object_type, object_id) or Shelf(
        store_id=store_id, object_type=object_type, object_id=object_id, object_name=object_name,
        expires_at=expires_at.replace(microsecond=0),
    )  # fmt: skip
    if row.is_revoked or row.expires_at <= utc_now():
        row.is_revoked, row.expires_at = False, expires_at.replace(microsecond=0)
    row.products = list(dict.fromkeys([*row.products, *products]))
    session.add(row)
    session.flush()
    return row


def of(session: Session, store_id: str, object_type: str, object_id: str) -> Shelf | None:
    return session.execute(
        select(Shelf).where(
            col(Shelf.store_id) == store_id, col(Shelf.object_type) == object_type, col(Shelf.object_id) == object_id
        )
    ).scalar_one_or_none()


def put(
    session: Session, shelf: Shelf, node_id: int, version: int, sha256: str, name: str, mime_type: str
) -> SharedDocument:
    """Put exactly this version there; an earlier version of the same document makes room. Idempotent."""
    key = f"{SHELF}{shelf.id}"
    there = session.execute(
        select(SharedDocument).where(col(SharedDocument.delivery_key) == key, col(SharedDocument.node_id) == node_id)
    ).scalars()
    found = None
    for row in there:
        row.is_withdrawn = row.version != version
        found = row if row.version == version else found
    if found is None:
        found = SharedDocument(
            token=random_token(), store_id=shelf.store_id, object_id=shelf.object_id, node_id=node_id, version=version,
            sha256=sha256, name=name, mime_type=mime_type, delivery_key=key,
        )  # fmt: skip
        session.add(found)
        audit.record(session, shelf.store_id, "system", "put_on_shelf", f"{shelf.object_type}:{shelf.object_id}",
                     node=node_id, version=version)  # fmt: skip
    session.flush()
    return found


def link(deps: Deps, shelf: Shelf) -> str:
    """The address for the buyer."""
    return link_of(deps, shelf.id, shelf.round, shelf.expires_at)


def link_of(deps: Deps, shelf_id: str, turn: int, expires_at: datetime) -> str:
    """The same from what a page knows of the row."""
    signed = f"{shelf_id}:{turn}:{int(expires_at.timestamp())}"
    return f"{deps.settings.public_url}/shelf/{shelf_id}.{deps.vault.sign(PURPOSE, signed)}"


def _signed(shelf: Shelf) -> str:
    return f"{shelf.id}:{shelf.round}:{int(shelf.expires_at.timestamp())}"


def open_shelf(deps: Deps, token: str) -> Opened:
    """Raises NotFound (no link of ours, or withdrawn since), Rejected 410 (its time is over, the shop has left)."""
    found = TOKEN.fullmatch(token)
    with reading(deps.database) as session:
        shelf = session.get(Shelf, found[1]) if found else None
        if shelf is None or found is None or not deps.vault.is_signed(PURPOSE, _signed(shelf), found[2]):
            raise NotFound("There is no such shelf.", code="no_link")
        store = session.get_one(StoreRow, shelf.store_id)
        if shelf.is_revoked or store.state == "uninstalled":
            raise Rejected("These documents were withdrawn.", status=410, code="withdrawn")
        if shelf.expires_at <= utc_now():
            raise Rejected("This link has expired.", status=410, code="shelf_expired")
        documents = tuple(_documents(session, shelf))
    _note_opened(deps, shelf)
    return Opened(shelf, store.name, store.storefront_url, store.timezone, documents)


def _documents(session: Session, shelf: Shelf) -> list[OnShelf]:
    delivered = (
        select(col(CommunicationDelivery.key))
        .join(CommunicationRow, col(CommunicationRow.job_key) == col(CommunicationDelivery.job_key))
        .where(
            col(CommunicationRow.store_id) == shelf.store_id, col(CommunicationRow.object_type) == shelf.object_type,
            col(CommunicationRow.object_id) == shelf.object_id,
        )
    )  # fmt: skip
    of_products = (col(SharedDocument.delivery_key) == "") & or_(
        col(SharedDocument.object_id).in_(shelf.products),
        *(col(SharedDocument.object_id).startswith(f"compliance:{one}:", autoescape=True) for one in shelf.products),
    )
    mine = or_(
        col(SharedDocument.delivery_key) == f"{SHELF}{shelf.id}", col(SharedDocument.delivery_key).in_(delivered)
    )
    rows = session.execute(
        select(SharedDocument)
        .where(
            col(SharedDocument.store_id) == shelf.store_id, col(SharedDocument.is_withdrawn).is_(False),
            or_(mine, of_products),
            or_(col(SharedDocument.expires_at).is_(None), col(SharedDocument.expires_at) > utc_now()),
        )
        .order_by(col(SharedDocument.created_at).desc())
    ).scalars()  # fmt: skip
    return [OnShelf(row.token, row.name, row.created_at, bool(row.delivery_key)) for row in rows]


def _note_opened(deps: Deps, shelf: Shelf) -> None:
    if shelf.opened_at is not None:
        return
    with unit_of_work(deps.database) as uow:
        row = uow.session.get_one(Shelf, shelf.id)
        if row.opened_at is None:
            row.opened_at = utc_now()
            audit.record(uow.session, row.store_id, "buyer", "shelf_opened", f"{row.object_type}:{row.object_id}")


def withdraw(deps: Deps, store_id: StoreId, shelf_id: str, actor: str) -> Shelf:
    """Every link to this shelf stops working now. Raises NotFound (also another store's)."""
    with unit_of_work(deps.database) as uow:
        row = uow.session.get(Shelf, shelf_id, with_for_update=True)
        if row is None or row.store_id != store_id:
            raise NotFound("There is no such shelf.")
        row.is_revoked, row.round = True, row.round + 1
        audit.record(uow.session, store_id, actor, "shelf_withdrawn", f"{row.object_type}:{row.object_id}")
        return row
