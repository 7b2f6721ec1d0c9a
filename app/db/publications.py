"""What was approved and put into the store, field by field, with what was there before."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import JSON, Field, SQLModel

from app.db.types import UtcDateTime, new_id, utc_now


class Publication(SQLModel, table=True):
    """One approved version published to one object."""

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("store_id", "object_type", "object_id", "node_id", "version"),
        Index("ix_publication_object", "store_id", "object_type", "object_id"),
    )
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    run_id: str = Field(foreign_key="run.id")
    object_type: str
    object_id: str
    node_id: int
    version: int
    sha256: str
    document_name: str
    document_url: str = ""
    approved_by: str
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: str = "publishing"  # domain.publication.PublicationState
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class PublicationField(SQLModel, table=True):
    """One field of a publication. Values are JSON: {"text": …}, {"image": {…}} or null for "was not there"."""

    __tablename__ = "publication_field"
    __table_args__ = (
        UniqueConstraint("publication_id", "field"),
        Index("ix_field_drifted", "store_id", sqlite_where=text("state = 'drifted'"),
              postgresql_where=text("state = 'drifted'")),
    )  # fmt: skip
    id: str = Field(default_factory=new_id, primary_key=True)
    publication_id: str = Field(foreign_key="publication.id", index=True)
    store_id: str = Field(foreign_key="store.id")
    field: str
    title: str
    seq: int = 0
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    after: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    live: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: str = "planned"  # domain.publication.FieldState
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
