"""Who renews a store's token just now: one holder among all processes, for a limited time."""

from sqlalchemy import Column, Float
from sqlmodel import Field, SQLModel


class TokenLease(SQLModel, table=True):
    """The lease of one store's token. `until`: seconds by the database's clock; 0: free."""

    __tablename__ = "token_lease"
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    holder: str = ""
    until: float = Field(default=0.0, sa_column=Column(Float(53), nullable=False))
