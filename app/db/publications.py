"""What was approved and put into the store, field by field, with what was there before; and the approvals behind it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import JSON, Field, SQLModel

from app.db.types import UtcDateTime, new_id, utc_now


class ApprovalRow(SQLModel, table=True):
    """One decision about exactly one document version, kept as a record. Nothing is published without one.

    For what a workflow decided the document is the approval record itself. `about` says what was decided in words.
    """

    __tablename__ = "approval"
    __table_args__ = (
        UniqueConstraint("store_id", "object_type", "object_id", "node_id", "version", name="uq_approval_source"),
    )
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    run_id: str = Field(foreign_key="run.id", index=True)
    object_type: str
    object_id: str
    about: str
    node_id: int
    version: int
    sha256: str
    name: str
    url: str = ""
    is_approved: bool
    outcome: str
    decided_by: str
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    comment: str = ""
    record_node_id: int
    record_name: str
    record_class: str
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Publication(SQLModel, table=True):
    """One approved version published from one object's workspace.

    `kind` says what is written (engine/publications/kinds), `target` its id there: the product, page or customer
    itself, or the price list or promotion that belongs to it. `target_name` is what people call that.
    """

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("store_id", "object_type", "object_id", "node_id", "version"),
        Index("ix_publication_object", "store_id", "object_type", "object_id"),
        Index("ix_publication_target", "store_id", "kind", "target"),
    )
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    run_id: str = Field(foreign_key="run.id")
    object_type: str
    object_id: str
    kind: str = "content"
    target: str = ""
    target_name: str = ""
    approval_id: str | None = None
    is_whole: bool = False  # all of it or nothing: one field that cannot be published holds back the others
    node_id: int
    version: int
    sha256: str
    document_name: str
    document_url: str = ""
    approved_by: str
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: str = "publishing"  # domain.publication.PublicationState
    valid_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    valid_to: datetime | None = Field(default=None, sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class PublicationField(SQLModel, table=True):
    """One field of a publication. Values are JSON that says what it is (engine/publications/values); {} "not there".

    `note` says in words why a field was skipped or refused.
    """

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
    note: str = ""
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
