"""What a store's Content Server has, as it was last read: names to choose from, with their age."""

from datetime import datetime

from sqlalchemy import Column, select
from sqlmodel import JSON, Field, Session, SQLModel, col

from app.db.types import UtcDateTime


class ServerNames(SQLModel, table=True):
    """One kind of thing. `problem`: why the last look found nothing; the names are then those of the look before."""

    __tablename__ = "server_names"
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    # workspace_type | category | document_type | classification | external_system | group
    kind: str = Field(primary_key=True)
    names: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    problem: str = ""


def of_store(session: Session, store_id: str) -> dict[str, ServerNames]:
    """By kind; what was never read is missing."""
    rows = session.execute(select(ServerNames).where(col(ServerNames.store_id) == store_id)).scalars()
    return {row.kind: row for row in rows}
