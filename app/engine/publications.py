"""Approved content → store: the plan, the writes, the read-back, drift, undo. Works from rows, so it can stop anywhere.

A field's value is a small JSON object: {"text": …}, {"image": {"file_name", "alt", …}}, {} for "not there".
Nothing here decides *whether* to publish: the approval does. Lanes keep one of these at work per product.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.db.links import SharedDocument
from app.db.publications import Publication, PublicationField
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.domain.commerce import Product
from app.domain.ids import ObjectType, ProductId, StoreId
from app.domain.publication import (
    IMAGE_PREFIX,
    TEXT_FIELDS,
    ApprovedSource,
    FieldState,
    PublicationState,
    image_name,
)
from app.domain.scenario import Subject
from app.engine.deps import Deps

Value = dict[str, Any]
GOVERNING = (FieldState.LIVE.value, FieldState.DRIFTED.value)


@dataclass(frozen=True)
class PlannedField:
    """One field to be published: what is there now, what shall be."""

    name: str
    title: str
    before: Value
    after: Value


def live_value(product: Product, field: str, custom_field: str = "") -> Value:
    """What the store holds for a field now."""
    if field in TEXT_FIELDS:
        return {"text": product.fields.get(field, "")}
    if field.startswith(IMAGE_PREFIX):
        name = field.removeprefix(IMAGE_PREFIX)
        image = next((one for one in product.images if one.file_name == image_name(name)), None)
        if image is None:
            return {}
        return {"image": {"file_name": name, "alt": image.alt, "thumbnail": image.is_thumbnail, "id": image.id}}
    value = next((v for n, v in product.custom_fields if n == custom_field), None)
    return {} if value is None else {"text": value, "name": custom_field}


def same(a: Value, b: Value) -> bool:
    """Equal as a buyer would see it: line ends and outer blanks do not count, an image counts by name and text."""
    if "image" in a or "image" in b:
        return _image_key(a) == _image_key(b)
    return _text_key(a) == _text_key(b)


def _text_key(value: Value) -> str | None:
    return value["text"].replace("\r\n", "\n").strip() if "text" in value else None


def _image_key(value: Value) -> tuple[str, str, bool] | None:
    image = value.get("image")
    return (image["file_name"], image["alt"], image["thumbnail"]) if image else None


def start(
    deps: Deps, store_id: StoreId, product_id: ProductId, run_id: str, source: ApprovedSource, url: str,
    fields: list[PlannedField],
) -> str:  # fmt: skip
    """Write the publication with its before-image, before anything is sent; taken up again if it is there. Its id."""
    with unit_of_work(deps.database) as uow:
        session = uow.session
        found = _same_source(session, store_id, product_id, source)
        if found is not None:
            if found.state == PublicationState.UNDONE.value:  # approved again after an undo: a new round, same row
                _start_again(session, found, run_id, fields)
            return found.id
        row = Publication(
            store_id=store_id, run_id=run_id, object_type=ObjectType.PRODUCT.value, object_id=product_id,
            node_id=source.node_id, version=source.version, sha256=source.sha256, document_name=source.name,
            document_url=url, approved_by=source.approved_by, approved_at=source.approved_at,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _add_fields(session, row, fields)
        return row.id


def _same_source(
    session: Session, store_id: StoreId, product_id: ProductId, source: ApprovedSource
) -> Publication | None:
    statement = select(Publication).where(
        col(Publication.store_id) == store_id,
        col(Publication.object_type) == ObjectType.PRODUCT.value,
        col(Publication.object_id) == product_id,
        col(Publication.node_id) == source.node_id,
        col(Publication.version) == source.version,
    )
    return session.execute(statement).scalar_one_or_none()


def _start_again(session: Session, row: Publication, run_id: str, fields: list[PlannedField]) -> None:
    for old in fields_in(session, row.id):
        session.delete(old)
    session.flush()
    row.state, row.run_id, row.undone_at = PublicationState.PUBLISHING.value, run_id, None
    _add_fields(session, row, fields)


def _add_fields(session: Session, row: Publication, fields: list[PlannedField]) -> None:
    for seq, field in enumerate(fields):
        session.add(
            PublicationField(publication_id=row.id, store_id=row.store_id, field=field.name, title=field.title, seq=seq,
                             before=field.before, after=field.after)
        )  # fmt: skip
    session.flush()


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


def confirm(deps: Deps, publication_id: str, product: Product) -> list[PublicationField]:
    """After the writes: compare what is live with what was approved; older publications step back."""
    with unit_of_work(deps.database) as uow:
        session = uow.session
        publication = session.get_one(Publication, publication_id)
        rows = fields_in(session, publication_id)
        for row in rows:
            row.live = live_value(product, row.field, row.after.get("name", ""))
            if "image" in row.after and "image" in row.live:
                row.after = {"image": row.after["image"] | {"id": row.live["image"]["id"]}}
            row.state = (FieldState.LIVE if same(row.live, row.after) else FieldState.DRIFTED).value
            row.changed_at = utc_now()
        publication.state, publication.checked_at = PublicationState.LIVE.value, utc_now()
        publication.published_at = publication.published_at or utc_now()
        _supersede_older(session, publication, {row.field for row in rows})
        return rows


def _supersede_older(session: Session, publication: Publication, governed: set[str]) -> None:
    statement = select(Publication).where(
        col(Publication.store_id) == publication.store_id,
        col(Publication.object_type) == publication.object_type,
        col(Publication.object_id) == publication.object_id,
        col(Publication.id) != publication.id,
        col(Publication.state) == PublicationState.LIVE.value,
    )
    for older in session.execute(statement).scalars():
        rows = fields_in(session, older.id)
        for row in rows:
            if row.field in governed and row.state in GOVERNING:
                row.state = FieldState.SUPERSEDED.value
        if all(row.state not in GOVERNING for row in rows):
            older.state = PublicationState.SUPERSEDED.value


def note_drift(deps: Deps, store_id: StoreId, object_type: ObjectType, object_id: str, subject: Subject) -> int:
    """Compare the product as it stands with what is published; returns how many fields differ. Only shown."""
    if object_type is not ObjectType.PRODUCT or not isinstance(subject, Product):
        return 0
    drifted = 0
    with unit_of_work(deps.database) as uow:
        for publication in _live(uow.session, store_id, object_id):
            publication.checked_at = utc_now()
            for row in fields_in(uow.session, publication.id):
                if row.state not in GOVERNING:
                    continue
                row.live = live_value(subject, row.field, row.after.get("name", ""))
                state = (FieldState.LIVE if same(row.live, row.after) else FieldState.DRIFTED).value
                drifted += state == FieldState.DRIFTED.value
                if state != row.state:
                    row.state, row.changed_at = state, utc_now()
    return drifted


def _live(session: Session, store_id: StoreId, object_id: str) -> list[Publication]:
    statement = select(Publication).where(
        col(Publication.store_id) == store_id,
        col(Publication.object_type) == ObjectType.PRODUCT.value,
        col(Publication.object_id) == object_id,
        col(Publication.state) == PublicationState.LIVE.value,
    )
    return list(session.execute(statement).scalars())


def mark(
    deps: Deps, field_ids: dict[str, tuple[FieldState, Value]], publication_id: str, state: PublicationState
) -> None:
    """Record how an undo or a restore left each field (row id → state, what is live now)."""
    with unit_of_work(deps.database) as uow:
        for row_id, (field_state, live) in field_ids.items():
            row = uow.session.get_one(PublicationField, row_id)
            row.state, row.live, row.changed_at = field_state.value, live, utc_now()
        publication = uow.session.get_one(Publication, publication_id)
        publication.state, publication.checked_at = state.value, utc_now()
        if state is PublicationState.UNDONE:
            publication.undone_at = utc_now()


def share(deps: Deps, row: SharedDocument) -> SharedDocument:
    """One address per exact version and product; found again rather than made anew."""
    with unit_of_work(deps.database) as uow:
        statement = select(SharedDocument).where(
            col(SharedDocument.store_id) == row.store_id,
            col(SharedDocument.object_id) == row.object_id,
            col(SharedDocument.node_id) == row.node_id,
            col(SharedDocument.version) == row.version,
        )
        found: SharedDocument | None = uow.session.execute(statement).scalar_one_or_none()
        if found is not None:
            found.is_withdrawn = False
            return found
        uow.session.add(row)
        return row


def withdraw(deps: Deps, store_id: StoreId, object_id: str) -> None:
    """Shoppers' links to this product's documents stop working."""
    with unit_of_work(deps.database) as uow:
        statement = select(SharedDocument).where(
            col(SharedDocument.store_id) == store_id, col(SharedDocument.object_id) == object_id
        )
        for row in uow.session.execute(statement).scalars():
            row.is_withdrawn = True
