"""Key rotation: everything encrypted is sealed again with the newest key, in small resumable batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import SQLModel, col

from app.db.approvers import ApproverSession
from app.db.communications import CommunicationRow
from app.db.inbox import InboxEvent
from app.db.rights import PersonSignIn
from app.db.session import reading, unit_of_work
from app.db.setup_drafts import SetupDraft
from app.db.stores import OpenTextConnection, StoreRow
from app.db.uploads import UploadContent
from app.engine.deps import Deps

BATCH = 200


@dataclass(frozen=True)
class Place:
    """An encrypted column: its table, key column, and the name that binds a ciphertext to its row."""

    table: type[SQLModel]
    key: str
    column: str

    def bound_to(self, row_id: str) -> str:
        return f"{self.table.__tablename__}:{self.column}:{row_id}"


PLACES = (
    Place(StoreRow, "id", "token"),
    Place(OpenTextConnection, "store_id", "secrets"),
    Place(InboxEvent, "id", "raw"),
    Place(CommunicationRow, "job_key", "contents"),
    Place(SetupDraft, "store_id", "secrets"),
    Place(PersonSignIn, "id", "tokens"),
    Place(ApproverSession, "id", "tokens"),
    Place(UploadContent, "file_id", "content"),
)


def count(deps: Deps) -> int:
    """How many values are encrypted at all."""
    with reading(deps.database) as session:
        return sum(
            int(
                session.execute(
                    select(func.count())
                    .select_from(place.table)
                    .where(col(getattr(place.table, place.column)).is_not(None))
                ).scalar_one()
            )
            for place in PLACES
        )


def rotate(deps: Deps) -> Iterator[int]:
    """Re-encrypt what is not under the newest key; yields the size of each batch. Stop and start at will."""
    for place in PLACES:
        last = ""
        while ids := _next_ids(deps, place, last):
            _reseal(deps, place, ids)
            last = ids[-1]
            yield len(ids)


def _next_ids(deps: Deps, place: Place, after: str) -> list[str]:
    key, column = col(getattr(place.table, place.key)), col(getattr(place.table, place.column))
    with reading(deps.database) as session:
        statement = select(key).where(key > after, column.is_not(None)).order_by(key).limit(BATCH)
        return list(session.execute(statement).scalars())


def _reseal(deps: Deps, place: Place, ids: list[str]) -> None:
    with unit_of_work(deps.database) as uow:
        key = col(getattr(place.table, place.key))
        rows: list[Any] = list(uow.session.execute(select(place.table).where(key.in_(ids))).scalars())
        for row in rows:
            blob = getattr(row, place.column)
            if blob is None or deps.vault.is_current(blob):
                continue
            name = place.bound_to(getattr(row, place.key))
            setattr(row, place.column, deps.vault.encrypt(deps.vault.decrypt(blob, name), name))


def unknown_keys(deps: Deps) -> list[str]:
    """Places whose values need a key that is not configured; empty is good. Asked at the start of every process."""
    missing = []
    for place in PLACES:
        key, column = col(getattr(place.table, place.key)), col(getattr(place.table, place.column))
        with reading(deps.database) as session:
            for row_id, blob in session.execute(select(key, column).where(column.is_not(None)).limit(BATCH)):
                if not deps.vault.knows(blob):
                    missing.append(place.bound_to(row_id))
    return missing
