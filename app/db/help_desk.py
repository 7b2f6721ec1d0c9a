"""Links for a help desk's side bar: which host may frame Find for a store, and until when."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from app.db.types import UtcDateTime, new_id, utc_now


class HelpDeskLink(SQLModel, table=True):
    """One help desk. Its address is signed over id and `round`; renewing counts the round up. No secret is kept."""

    __tablename__ = "help_desk_link"
    id: str = Field(default_factory=new_id, primary_key=True)
    store_id: str = Field(foreign_key="store.id", index=True)
    host: str  # an origin, "https://acme.zendesk.com"
    round: int = 1
    made_by: str = ""
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    earlier_until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # how long the round before still opens
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # last time, to the hour


def of_store(session: Session, store_id: str) -> list[HelpDeskLink]:
    """Those that are not withdrawn, the oldest first."""
    statement = select(HelpDeskLink).where(HelpDeskLink.store_id == store_id, col(HelpDeskLink.withdrawn_at).is_(None))
    return list(session.exec(statement.order_by(col(HelpDeskLink.made_at))))
