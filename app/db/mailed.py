"""Decision links for mail: each asks one person about one task, and is good for one decision in one browser."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.db.types import UtcDateTime, new_id, utc_now


class DecisionLink(SQLModel, table=True):
    """One link. The address holds a secret of which only the digest is here; so does the browser that opened it."""

    __tablename__ = "decision_link"
    id: str = Field(default_factory=new_id, primary_key=True)
    token_sha256: str = Field(unique=True)
    store_id: str = Field(foreign_key="store.id", index=True)
    maker_id: str = Field(foreign_key="store_user.id")  # whose right to decide it passes on
    asked: str  # the mail address of who is asked
    object_type: str
    object_id: str
    run_id: str = Field(foreign_key="run.id")
    task_ref: str
    holder_sha256: str = ""  # empty until somebody has opened it for good
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = ""
