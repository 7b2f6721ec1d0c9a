"""What we know of OpenText about a store's objects, with its age: the workspace, its documents, the workflow."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Computed, Index, String, UniqueConstraint
from sqlmodel import JSON, Field, SQLModel

from app.db.types import UtcDateTime, new_id, utc_now

WORTH = "coalesce(facts -> 'total' ->> 'amount', facts -> 'amount' ->> 'amount')"  # the same for both databases


class WorkspaceLink(SQLModel, table=True):
    """A store object's workspace. `object_version` is the newest applied one.

    `content_tasks`: how many open tasks of Content Server's own engine are in `workflows`, so that lists find them.
    """

    __tablename__ = "workspace_link"
    __table_args__ = (
        UniqueConstraint("store_id", "object_type", "object_id"),
        Index("ix_workspace_link_waiting", "store_id", "content_tasks"),
    )
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    object_type: str
    object_id: str
    object_name: str = ""
    business_object_type: str
    business_object_id: str
    workspace_id: int
    workspace_name: str
    workspace_url: str
    object_version: str = ""
    workflows: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    content_tasks: int = 0
    workflows_unknown: str = ""  # engines that could not be asked, separated by commas
    completeness: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    linked_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)  # when OpenText last answered about it


class FiledDocument(SQLModel, table=True):
    """A document of a linked workspace as last seen. SHA-256 is known for what we filed."""

    __tablename__ = "filed_document"
    __table_args__ = (UniqueConstraint("store_id", "node_id"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    link_id: str = Field(foreign_key="workspace_link.id", index=True)
    node_id: int
    name: str
    folder: str = ""
    version: int = 1
    size: int = 0
    mime_type: str = ""
    sha256: str = ""
    url: str = ""
    filed_by_us: bool = False
    # What a map of rights looks at; None where nobody has looked. `folders` from the workspace down, without it.
    folders: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    types: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    categories: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    record_class: str = ""
    record_class_id: int | None = None
    record_schedule: str = ""
    kept_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    retention: str = ""  # how long it is kept and by which schedule, one sentence
    holds: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    approval_status: str = ""
    approval_version: int | None = None
    modified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class WorkflowLink(SQLModel, table=True):
    """A workflow we started: where it stands, who must act, what was decided."""

    __tablename__ = "workflow_link"
    run_id: str = Field(foreign_key="run.id", primary_key=True)
    store_id: str = Field(foreign_key="store.id", index=True)
    process: str
    business_key: str = Field(unique=True)
    instance_id: str
    status: str = "running"
    tasks: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    outcome: str = ""
    decided_by: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    comment: str = ""
    found_by: str = ""  # callback | polling
    hinted_outcome: str = ""  # what a callback claimed; never trusted, kept to notice a contradiction
    case_token_sha256: str = ""
    started_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class SharedDocument(SQLModel, table=True):
    """One exact version of a document that shoppers may read under a long random address."""

    __tablename__ = "shared_document"
    token: str = Field(primary_key=True)
    store_id: str = Field(foreign_key="store.id", index=True)
    object_id: str = ""
    node_id: int
    version: int
    sha256: str
    name: str
    mime_type: str
    is_withdrawn: bool = False
    delivery_key: str = Field(default="", index=True)  # of whose delivery it is; empty: for every shopper
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # first read, where a delivery gave it
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class SubjectSnapshot(SQLModel, table=True):
    """What the store last told us about an object, for pages that must not ask it. `facts` are ready-to-show values."""

    __tablename__ = "subject_snapshot"
    __table_args__ = (Index("ix_snapshot_customer", "store_id", "customer_id"),)
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    object_type: str = Field(primary_key=True)
    object_id: str = Field(primary_key=True)
    name: str = ""
    version: str = ""
    customer_id: str = ""  # of an order: whose it is, so that the customer's page finds it
    is_gone: bool = False
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    # An order's total or a case's amount, taken out of the facts by the database: lists sort thousands by it.
    worth: str | None = Field(default=None, sa_column=Column(String, Computed(WORTH, persisted=True)))
