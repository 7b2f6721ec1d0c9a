"""Links given out to buyers, as a panel shows them: for documents to send and for documents to read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from app.db.cases import CaseRow
from app.db.nested import Rows, when
from app.db.panel_deliveries import DeliveryFacts
from app.db.panel_facts import BuyerLinkFacts
from app.db.shelves import Shelf
from app.db.types import utc_now
from app.db.uploads import UploadFile, UploadRequest

CASE: Any = CaseRow
FILE: Any = UploadFile
SHELF: Any = Shelf
UPLOAD: Any = UploadRequest
MOST_LINKS = 20
SHOWN_AFTER_END = timedelta(days=30)


def uploads_of(store_id: str, object_type: str, object_id: str) -> Select[Any]:
    """The latest links of the object; of an order those of its cases as well. What ended long ago is left out."""
    u = UPLOAD
    own = and_(u.object_type == object_type, u.object_id == object_id)
    cases = select(CASE.id).where(CASE.store_id == store_id, CASE.order_id == object_id)
    mine = or_(own, and_(u.object_type == "case", u.object_id.in_(cases))) if object_type == "order" else own
    received = select(func.count()).where(FILE.request_id == u.id, FILE.state != "refused").correlate(u)
    return (
        select(
            u.id, u.object_name, u.wanted, u.created_at, u.expires_at, u.opened_at, u.state,
            received.scalar_subquery().label("received"),
        )
        .where(u.store_id == store_id, mine, u.purpose != "staff", u.expires_at > utc_now() - SHOWN_AFTER_END)
        .order_by(u.created_at.desc())
        .limit(MOST_LINKS)
    )  # fmt: skip


def shelf_of(store_id: str, object_type: str, object_id: str) -> Select[Any]:
    """The object's shelf while its link works."""
    s = SHELF
    return select(s.id, s.object_name, s.round, s.created_at, s.expires_at, s.opened_at).where(
        s.store_id == store_id, s.object_type == object_type, s.object_id == object_id,
        s.is_revoked.is_(False), s.expires_at > utc_now(),
    )  # fmt: skip


def links(uploads: Rows, shelves: Rows, mailed: Mapping[str, DeliveryFacts]) -> tuple[BuyerLinkFacts, ...]:
    """The newest first, the shelf last."""
    sending = [
        replace(
            _facts("upload", row, tuple(str(one.get("name", "")) for one in row["wanted"] or ()), row["received"]),
            mailed=mailed.get(row["id"]),
        )
        for row in uploads
    ]
    newest = sorted(sending, key=lambda one: (str(one.created_at), one.id), reverse=True)
    return (*newest, *(_facts("shelf", row, (), 0) for row in shelves))


def _facts(kind: str, row: dict[str, Any], wanted: tuple[str, ...], received: int) -> BuyerLinkFacts:
    return BuyerLinkFacts(
        kind, row["id"], row["object_name"], wanted, received, when(row["created_at"]), when(row["expires_at"]),
        when(row["opened_at"]), row.get("round", 1), _state(row),
    )  # fmt: skip


def _state(row: dict[str, Any]) -> str:
    """A link whose time is over is expired, whatever its row says."""
    until = when(row["expires_at"])
    state = str(row.get("state", "open"))
    return "expired" if state == "open" and until is not None and until <= utc_now() else state
