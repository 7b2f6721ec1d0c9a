"""Who was redacted, so that nothing that comes later brings them back. No name or address is kept here."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.db.types import UtcDateTime, utc_now


class RedactedPerson(SQLModel, table=True):
    """A tombstone. `mark` is a keyed digest of one thing that names a person: a customer id, an e-mail address."""

    __tablename__ = "redacted_person"
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    mark: str = Field(primary_key=True)
    redacted_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
