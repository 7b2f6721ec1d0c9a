"""Is what we published still live? Compared and written down for the panel; nothing is changed."""

from sqlmodel import Session

from app.db.publications import Publication
from app.db.session import reading
from app.domain.ids import ObjectType, StoreId
from app.domain.scenario import Subject
from app.engine.deps import Deps
from app.engine.publications import ledger
from app.engine.publications.kinds import KINDS


def note_drift(
    deps: Deps, store_id: StoreId, object_type: ObjectType, object_id: str, subject: Subject, *, whole: bool = True
) -> int:
    """Compare the store with what was published from this object; returns how many fields differ.

    `whole` False looks only at what `subject`, just read, tells: a list of prices is not read at every event.
    """
    with reading(deps.database) as session:
        found = _looked_at(session, store_id, object_type, object_id, whole=whole)
        rows = {one.id: ledger.fields_in(session, one.id) for one in found}
    return sum(
        ledger.note_live(
            deps, one.id, KINDS[one.kind].live(deps.store(store_id), one.target, rows[one.id], subject)
        )
        for one in found
    )  # fmt: skip


def _looked_at(
    session: Session, store_id: StoreId, object_type: ObjectType, object_id: str, *, whole: bool
) -> list[Publication]:
    live = ledger.live_for(session, store_id, object_type, object_id)
    own = (object_id, f"{object_type.value}:{object_id}")  # the object itself, or the terms of the account it is
    return [one for one in live if one.kind in KINDS and (whole or one.target in own)]
