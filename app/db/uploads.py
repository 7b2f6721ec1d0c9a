"""What buyers were asked for and what they sent: requests with their links, files, the bytes until they are filed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, text
from sqlmodel import JSON, Field, SQLModel

from app.db.types import UtcDateTime, new_id, utc_now


class UploadRequest(SQLModel, table=True):
    """One request for documents and its link. The link is made from the id and signed; it is not kept anywhere.

    `wanted` are domain.uploads.Wanted as JSON. `holder_sha256` is of the browser that sent the first file.
    """

    __tablename__ = "upload_request"
    __table_args__ = (Index("ix_upload_request_object", "store_id", "object_type", "object_id"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id")
    run_id: str | None = Field(default=None, foreign_key="run.id")
    object_type: str
    object_id: str
    object_name: str
    purpose: str = ""  # why it is asked for, in words for the buyer
    wanted: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    state: str = "open"  # open | complete | revoked
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by: str = ""
    holder_sha256: str = ""


class UploadFile(SQLModel, table=True):
    """One file that came in. `name` is what the buyer called it, made harmless; it is filed under another one."""

    __tablename__ = "upload_file"
    __table_args__ = (
        Index("ix_upload_file_kept", "received_at", sqlite_where=text("state = 'kept'"),
              postgresql_where=text("state = 'kept'")),
    )  # fmt: skip
    id: str = Field(default_factory=new_id, primary_key=True)
    request_id: str = Field(foreign_key="upload_request.id", index=True)
    store_id: str = Field(foreign_key="store.id")
    wanted: str  # the key of what it was sent for
    name: str
    filed_name: str = ""
    size: int
    mime_type: str
    sha256: str
    state: str = "kept"  # kept | filed | refused
    reason: str = ""  # why it was refused, in words for the buyer
    received_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    filed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    node_id: int | None = None


class UploadContent(SQLModel, table=True):
    """The encrypted bytes of a file, until Content Server has it; of a refused one for as long as raw bodies."""

    __tablename__ = "upload_content"
    file_id: str = Field(foreign_key="upload_file.id", primary_key=True)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
