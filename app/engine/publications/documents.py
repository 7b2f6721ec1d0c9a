"""Documents that shoppers may open: one address per exact version, found again, withdrawn when nothing names it."""

from sqlalchemy import select
from sqlmodel import col

from app.db.links import SharedDocument
from app.db.session import unit_of_work
from app.domain.ids import StoreId
from app.engine.deps import Deps


def share(deps: Deps, row: SharedDocument) -> SharedDocument:
    """One address per exact version and object; found again rather than made anew."""
    with unit_of_work(deps.database) as uow:
        statement = select(SharedDocument).where(
            col(SharedDocument.store_id) == row.store_id,
            col(SharedDocument.object_id) == row.object_id,
            col(SharedDocument.node_id) == row.node_id,
            col(SharedDocument.version) == row.version,
            col(SharedDocument.delivery_key) == "",
        )
        found: SharedDocument | None = uow.session.execute(statement).scalar_one_or_none()
        if found is not None:
            found.is_withdrawn = False
            return found
        uow.session.add(row)
        return row


def withdraw(deps: Deps, store_id: StoreId, object_id: str, *, besides: str = "") -> None:
    """Shoppers' links to this object's documents stop working, but for the one in the text `besides`."""
    with unit_of_work(deps.database) as uow:
        statement = select(SharedDocument).where(
            col(SharedDocument.store_id) == store_id, col(SharedDocument.object_id) == object_id,
            col(SharedDocument.delivery_key) == "",  # not those given to one buyer
        )  # fmt: skip
        for row in uow.session.execute(statement).scalars():
            row.is_withdrawn = row.token not in besides
