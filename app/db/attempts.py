"""Failed tries at a door, counted where every process sees them. Purged when they no longer count."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.db.types import UtcDateTime


class FailedTries(SQLModel, table=True):
    """How often one caller failed within a period. `key` is a digest of door and caller, never a name or address."""

    __tablename__ = "failed_tries"
    key: str = Field(primary_key=True)
    count: int = 0
    until: datetime = Field(sa_type=UtcDateTime, index=True)
