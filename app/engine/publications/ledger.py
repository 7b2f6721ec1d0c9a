"""The rows of publications: before-image written before anything is sent, progress, read-back, superseding, undo.

Works from rows, so a publication can stop anywhere and go on. Nothing is published without its approval record: `start`
refuses. Lanes keep one of these at work per object.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from app.db.publications import ApprovalRow, Publication, PublicationField
from app.db.session import reading, unit_of_work
from app.db.types import new_id, utc_now
from app.domain.ids import ObjectType, StoreId
from app.domain.publication import ApprovedSource, FieldState, PublicationState
from app.engine.deps import Deps
from app.engine.publications.kind import PlannedField
from app.engine.publications.values import Value, same
from app.errors import Permanent

GOVERNING = (FieldState.LIVE.value, FieldState.DRIFTED.value)
WRITABLE = (FieldState.PLANNED.value, FieldState.WRITTEN.value, *GOVERNING)
CHUNK = 500  # rows named in one statement


@dataclass(frozen=True)
class Draft:
    """A publication about to begin. `target` is the kind's own id of what is written to."""

    store_id: StoreId
    run_id: str
    object_type: ObjectType
    object_id: str
    kind: str
    target: str
    target_name: str
    source: ApprovedSource
    url: str
    fields: Sequence[PlannedField]
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    is_whole: bool = False


def start(deps: Deps, draft: Draft) -> tuple[Publication, bool]:
    """Write the publication with its before-image, before anything is sent; taken up again if it is there.

    True beside it: it begins now, with this before-image.
    Raises Permanent(code="no_approval_record") where this exact version has no approval kept as a record.
    """
    with unit_of_work(deps.database) as uow:
        session = uow.session
        approval_id = _approval_of(session, draft)
        row = find_in(session, draft.store_id, draft.object_type, draft.object_id, draft.source)
        if row is not None and row.state != PublicationState.UNDONE.value:
            return row, False
        if row is None:
            row = _new(draft)
            session.add(row)
        else:  # approved again after an undo: a new round, same row
            _start_again(session, row, draft)
        row.approval_id, row.is_whole = approval_id, draft.is_whole
        row.valid_from, row.valid_to = draft.valid_from, draft.valid_to
        session.flush()
        _add_fields(session, row, draft.fields)
        return row, True


def _approval_of(session: Session, draft: Draft) -> str:
    found: ApprovalRow | None = session.execute(
        select(ApprovalRow).where(
            col(ApprovalRow.store_id) == draft.store_id,
            col(ApprovalRow.object_type) == draft.object_type.value,
            col(ApprovalRow.object_id) == draft.object_id,
            col(ApprovalRow.node_id) == draft.source.node_id,
            col(ApprovalRow.version) == draft.source.version,
        )
    ).scalar_one_or_none()
    if found is None or not found.is_approved:
        raise Permanent(
            f"No approval of version {draft.source.version} of “{draft.source.name}” is kept as a record, so it was "
            "not published.",
            code="no_approval_record",
            hint="Have it approved in OpenText; once the approval is filed as a record, try again.",
        )  # fmt: skip
    return found.id


def _new(draft: Draft) -> Publication:
    source = draft.source
    return Publication(
        store_id=draft.store_id, run_id=draft.run_id, object_type=draft.object_type.value, object_id=draft.object_id,
        kind=draft.kind, target=draft.target, target_name=draft.target_name,
        node_id=source.node_id, version=source.version, sha256=source.sha256, document_name=source.name,
        document_url=draft.url, approved_by=source.approved_by, approved_at=source.approved_at,
    )  # fmt: skip


def _start_again(session: Session, row: Publication, draft: Draft) -> None:
    for old in fields_in(session, row.id):
        session.delete(old)
    row.state, row.run_id, row.undone_at = PublicationState.PUBLISHING.value, draft.run_id, None
    row.target, row.target_name = draft.target, draft.target_name


def _add_fields(session: Session, row: Publication, fields: Sequence[PlannedField]) -> None:
    values: list[dict[str, Any]] = [
        {"id": new_id(), "publication_id": row.id, "store_id": row.store_id, "field": one.field, "title": one.title,
         "seq": seq, "before": one.before, "after": one.after, "live": {}, "note": one.note, "changed_at": utc_now(),
         "state": (FieldState.REFUSED if one.note else FieldState.PLANNED).value}
        for seq, one in enumerate(fields)
    ]  # fmt: skip
    if values:
        session.execute(insert(PublicationField), values)


def find_in(
    session: Session, store_id: StoreId, object_type: ObjectType, object_id: str, source: ApprovedSource
) -> Publication | None:
    """The publication of exactly this version, if it has begun."""
    statement = select(Publication).where(
        col(Publication.store_id) == store_id,
        col(Publication.object_type) == object_type.value,
        col(Publication.object_id) == object_id,
        col(Publication.node_id) == source.node_id,
        col(Publication.version) == source.version,
    )
    return session.execute(statement).scalar_one_or_none()


def find(
    deps: Deps, store_id: StoreId, object_type: ObjectType, object_id: str, source: ApprovedSource
) -> Publication | None:
    """The publication of exactly this version, unless it was undone: then there is none to go on with."""
    with reading(deps.database) as session:
        row = find_in(session, store_id, object_type, object_id, source)
    return None if row is None or row.state == PublicationState.UNDONE.value else row


def latest(
    session: Session, store_id: StoreId, object_type: ObjectType, object_id: str, kind: str
) -> Publication | None:
    """The newest publication of a kind from an object's workspace."""
    statement = (
        select(Publication)
        .where(
            col(Publication.store_id) == store_id, col(Publication.object_type) == object_type.value,
            col(Publication.object_id) == object_id, col(Publication.kind) == kind,
        )
        .order_by(col(Publication.created_at).desc())
        .limit(1)
    )  # fmt: skip
    return session.execute(statement).scalar_one_or_none()


def earlier_versions(session: Session, publication: Publication) -> list[Publication]:
    """Publications of earlier versions of the same document that still stand or wait."""
    statement = select(Publication).where(
        col(Publication.store_id) == publication.store_id,
        col(Publication.object_type) == publication.object_type,
        col(Publication.object_id) == publication.object_id,
        col(Publication.node_id) == publication.node_id,
        col(Publication.version) < publication.version,
        col(Publication.state).in_((PublicationState.LIVE.value, PublicationState.PLANNED.value)),
    )
    return list(session.execute(statement).scalars())


def on_target(session: Session, publication: Publication) -> list[Publication]:
    """What was ever published to the same target before, newest first."""
    statement = (
        select(Publication)
        .where(
            col(Publication.store_id) == publication.store_id, col(Publication.kind) == publication.kind,
            col(Publication.target) == publication.target, col(Publication.created_at) < publication.created_at,
        )
        .order_by(col(Publication.created_at).desc())
    )  # fmt: skip
    return list(session.execute(statement).scalars())


def fields_in(session: Session, publication_id: str) -> list[PublicationField]:
    statement = (
        select(PublicationField)
        .where(col(PublicationField.publication_id) == publication_id)
        .order_by(col(PublicationField.seq))
    )
    return list(session.execute(statement).scalars())


def fields_of(deps: Deps, publication_id: str) -> list[PublicationField]:
    with reading(deps.database) as session:
        return fields_in(session, publication_id)


def get(deps: Deps, store_id: StoreId, publication_id: str) -> Publication | None:
    """A store's own publication; another store's id is like none."""
    with reading(deps.database) as session:
        row = session.get(Publication, publication_id)
        return row if row is not None and row.store_id == store_id else None


def set_state(deps: Deps, publication_id: str, state: PublicationState) -> None:
    with unit_of_work(deps.database) as uow:
        uow.session.get_one(Publication, publication_id).state = state.value


def note(
    deps: Deps,
    publication_id: str,
    state: FieldState,
    notes: Mapping[str, str],
    live: Mapping[str, Value] | None = None,
) -> None:
    """Fields that will not be written, or were not taken, and why (field → words)."""
    with unit_of_work(deps.database) as uow:
        for fields in _chunks(sorted(notes)):
            rows = uow.session.execute(
                select(PublicationField).where(
                    col(PublicationField.publication_id) == publication_id, col(PublicationField.field).in_(fields)
                )
            ).scalars()
            for row in rows:
                row.state, row.note, row.changed_at = state.value, notes[row.field], utc_now()
                row.live = dict(live[row.field]) if live and row.field in live else row.live


def progress(deps: Deps, publication_id: str, written: Collection[str], refused: Mapping[str, str]) -> None:
    """A part has been sent: these fields need not be sent again, those the store refused."""
    with unit_of_work(deps.database) as uow:
        for fields in _chunks(sorted(set(written) - set(refused))):
            uow.session.execute(
                update(PublicationField)
                .where(col(PublicationField.publication_id) == publication_id, col(PublicationField.field).in_(fields))
                .values(state=FieldState.WRITTEN.value, changed_at=utc_now())
            )
    note(deps, publication_id, FieldState.REFUSED, refused)


def _chunks(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + CHUNK] for start in range(0, len(names), CHUNK)]


def confirm(deps: Deps, publication_id: str, live: Mapping[str, Value]) -> list[PublicationField]:
    """After the writes: compare what is live with what was approved; older publications step back."""
    with unit_of_work(deps.database) as uow:
        session = uow.session
        publication = session.get_one(Publication, publication_id)
        rows = fields_in(session, publication_id)
        for row in rows:
            if row.state in WRITABLE:
                _compare(row, dict(live.get(row.field, {})))
        governed = {row.field for row in rows if row.state in GOVERNING}
        is_live = bool(governed) or not rows
        publication.state = (PublicationState.LIVE if is_live else PublicationState.FAILED).value
        publication.checked_at = utc_now()
        publication.published_at = publication.published_at or (utc_now() if is_live else None)
        _supersede_older(session, publication, governed)
        return rows


def _compare(row: PublicationField, live: Value) -> None:
    row.live = live
    if "image" in row.after and "image" in live:
        row.after = {"image": row.after["image"] | {"id": live["image"]["id"]}}
    state = (FieldState.LIVE if same(live, row.after) else FieldState.DRIFTED).value
    if state != row.state:
        row.state, row.changed_at = state, utc_now()


def _supersede_older(session: Session, publication: Publication, governed: set[str]) -> None:
    for older in live_on(session, publication.store_id, publication.kind, publication.target):
        if older.id == publication.id:
            continue
        rows = fields_in(session, older.id)
        for row in rows:
            if row.field in governed and row.state in GOVERNING:
                row.state = FieldState.SUPERSEDED.value
        if all(row.state not in GOVERNING for row in rows):
            older.state = PublicationState.SUPERSEDED.value


def live_on(session: Session, store_id: str, kind: str, target: str) -> list[Publication]:
    """The publications that govern a target now."""
    statement = select(Publication).where(
        col(Publication.store_id) == store_id,
        col(Publication.kind) == kind,
        col(Publication.target) == target,
        col(Publication.state) == PublicationState.LIVE.value,
    )
    return list(session.execute(statement).scalars())


def live_for(session: Session, store_id: StoreId, object_type: ObjectType, object_id: str) -> list[Publication]:
    """The publications that came from an object's workspace and are live."""
    statement = select(Publication).where(
        col(Publication.store_id) == store_id,
        col(Publication.object_type) == object_type.value,
        col(Publication.object_id) == object_id,
        col(Publication.state) == PublicationState.LIVE.value,
    )
    return list(session.execute(statement).scalars())


def note_live(deps: Deps, publication_id: str, live: Mapping[str, Value]) -> int:
    """A look at what is live: which fields hold what was approved, which have drifted. Returns how many have."""
    with unit_of_work(deps.database) as uow:
        uow.session.get_one(Publication, publication_id).checked_at = utc_now()
        rows = [row for row in fields_in(uow.session, publication_id) if row.state in GOVERNING]
        for row in rows:
            _compare(row, dict(live.get(row.field, {})))
        return sum(row.state == FieldState.DRIFTED.value for row in rows)


def mark(
    deps: Deps, fields: Mapping[str, tuple[FieldState, Value]], publication_id: str, state: PublicationState
) -> None:
    """Record how an undo left each field (row id → state, what is live now)."""
    with unit_of_work(deps.database) as uow:
        rows = {row.id: row for row in fields_in(uow.session, publication_id)}
        for row_id, (field_state, live) in fields.items():
            row = rows[row_id]
            row.state, row.live, row.changed_at = field_state.value, live, utc_now()
        publication = uow.session.get_one(Publication, publication_id)
        publication.state, publication.checked_at = state.value, utc_now()
        if state is PublicationState.UNDONE:
            publication.undone_at = utc_now()
