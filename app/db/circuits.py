"""How each upstream of a store answers: since when it fails, and until when we leave it alone."""

from datetime import datetime

from sqlalchemy import Column, Float
from sqlmodel import Field, SQLModel

from app.db.types import UtcDateTime

OPENTEXT = ("otds", "content_server", "workflow", "exstream", "notifications")


class Circuit(SQLModel, table=True):
    """One upstream of one store. Times ending in `_until` are seconds by the database's clock, 0 for never."""

    __tablename__ = "circuit"
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    upstream: str = Field(primary_key=True)
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the first of consecutive failures
    reason: str = ""  # of the latest failure: unreachable, timeout, broken_answer, server_error
    opened_for: float = Field(default=0.0, sa_column=Column(Float(53), nullable=False))  # seconds; 0: closed
    open_until: float = Field(default=0.0, sa_column=Column(Float(53), nullable=False))
    probe_until: float = Field(default=0.0, sa_column=Column(Float(53), nullable=False))
    saving_until: float = Field(default=0.0, sa_column=Column(Float(53), nullable=False))  # quota at its reserve
