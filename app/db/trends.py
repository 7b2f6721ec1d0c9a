"""How a store's work went over the last days: counts by day, waiting times, ages. Few rows, each by its index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlmodel import Session

from app.db.inbox import InboxEvent
from app.db.links import WorkflowLink
from app.db.open_tasks import UNDER_WAY
from app.db.runs import Run, StepRow

MOST_TIMES = 1000  # of the latest workspaces; a median does not need more
MOST_WAITING = 5000

EVENT: Any = InboxEvent
FLOW: Any = WorkflowLink
RUN: Any = Run
STEP: Any = StepRow

GOOD = ("approved",)
BAD = ("rejected", "expired")
STUCK = ("quarantined", "waiting_reauth")


@dataclass(frozen=True)
class Day:
    """One day: messages received; work that began then, by how it stands now."""

    began_at: datetime
    events: int
    done: int
    approved: int
    rejected: int
    stopped: int


def days(session: Session, store_id: str, midnights: Sequence[datetime]) -> tuple[Day, ...]:
    """`midnights`: when each day began, and when the last one ends. Two statements, whatever the number of days."""
    spans = list(pairwise(midnights))
    within = (EVENT.store_id == store_id, EVENT.received_at >= midnights[0], EVENT.received_at < midnights[-1])
    events = session.execute(select(*(_in(EVENT.received_at, *span) for span in spans)).where(*within)).one()
    ends = (RUN.state == "done", RUN.outcome.in_(GOOD), RUN.outcome.in_(BAD), RUN.state.in_(STUCK))
    started = (RUN.store_id == store_id, RUN.started_at >= midnights[0], RUN.started_at < midnights[-1])
    columns = [_in(RUN.started_at, *span, end) for span in spans for end in ends]
    runs = session.execute(select(*columns).where(*started)).one()
    return tuple(
        Day(span[0], events[number] or 0, *(runs[number * 4 + each] or 0 for each in range(4)))
        for number, span in enumerate(spans)
    )


def _in(moment: Any, since: datetime, until: datetime, *more: Any) -> Any:
    return func.sum(case((and_(moment >= since, moment < until, *more), 1), else_=0))


def times_to_workspace(session: Session, store_id: str, since: datetime) -> tuple[tuple[datetime, float], ...]:
    """(when the message came, seconds until its workspace was there), the latest first."""
    statement = (
        select(EVENT.received_at, STEP.ended_at)
        .select_from(RUN)
        .join(STEP, and_(STEP.run_id == RUN.id, STEP.kind == "ensure_workspace", STEP.status == "done"))
        .join(EVENT, EVENT.id == RUN.event_id)
        .where(RUN.store_id == store_id, RUN.started_at >= since, STEP.ended_at.is_not(None))
        .order_by(RUN.started_at.desc())
        .limit(MOST_TIMES)
    )
    return tuple((row[0], max(0.0, (row[1] - row[0]).total_seconds())) for row in session.execute(statement))


def waiting_since(session: Session, store_id: str) -> tuple[datetime, ...]:
    """Since when each open decision waits."""
    statement = (
        select(FLOW.started_at)
        .join(RUN, RUN.id == FLOW.run_id)
        .where(RUN.store_id == store_id, RUN.state.in_(UNDER_WAY), FLOW.status == "running", FLOW.outcome == "")
        .limit(MOST_WAITING)
    )
    return tuple(session.execute(statement).scalars())
