"""Decision links for mail: each asks one person about one task, and is good for one decision in one browser."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

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
    task_id: str = ""  # as its engine names it, to ask there who decided
    holder_sha256: str = ""  # empty until somebody has opened it for good
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = ""
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def is_good(self) -> bool:
        """Whether it may still decide something, as far as the link itself says."""
        return self.used_at is None and self.withdrawn_at is None and self.expires_at > utc_now()


def for_task(session: Session, store_id: str, task_ref: str) -> list[DecisionLink]:
    """The links of one task that still may decide it, the oldest first."""
    statement = select(DecisionLink).where(DecisionLink.store_id == store_id, DecisionLink.task_ref == task_ref)
    return [one for one in session.exec(statement.order_by(col(DecisionLink.made_at))) if one.is_good]
