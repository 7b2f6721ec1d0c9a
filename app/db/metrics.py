"""How long calls to others took, added up over all processes."""

from sqlalchemy import Column, Float
from sqlmodel import JSON, Field, SQLModel


class UpstreamCalls(SQLModel, table=True):
    """One upstream and outcome: how many calls, how many seconds in all, how many per bucket (not cumulated)."""

    __tablename__ = "upstream_calls"
    upstream: str = Field(primary_key=True)
    outcome: str = Field(primary_key=True)  # 2xx | 4xx | 5xx | failed
    count: int = 0
    seconds: float = Field(default=0.0, sa_column=Column(Float(53), nullable=False, default=0.0))
    buckets: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
