"""How a store's work went over the last days: counts by day, waiting times, ages. Few rows, each by its index."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, and_, func, literal, select, union_all
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
    received = union_all(*(_received(store_id, number, *span) for number, span in enumerate(spans)))
    events = {row.day: row.n for row in session.execute(received)}
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for row in session.execute(union_all(*(_began(store_id, number, *span) for number, span in enumerate(spans)))):
        for end in _ends(row.state, row.outcome):
            counts[row.day, end] += row.n
    return tuple(
        Day(span[0], events[number], *(counts[number, end] for end in ("done", "approved", "rejected", "stopped")))
        for number, span in enumerate(spans)
    )


def _received(store_id: str, number: int, since: datetime, until: datetime) -> Select[Any]:
    within = (EVENT.store_id == store_id, EVENT.received_at >= since, EVENT.received_at < until)
    columns: tuple[Any, ...] = (literal(number).label("day"), func.count().label("n"))
    return select(*columns).select_from(EVENT).where(*within)


def _began(store_id: str, number: int, since: datetime, until: datetime) -> Select[Any]:
    """One day's runs by how they stand: each day its own part of the index, each row looked at once."""
    within = (RUN.store_id == store_id, RUN.started_at >= since, RUN.started_at < until)
    columns = (literal(number).label("day"), RUN.state, RUN.outcome, func.count().label("n"))
    return select(*columns).where(*within).group_by(RUN.state, RUN.outcome)


def _ends(state: str, outcome: str) -> Iterator[str]:
    """What a run counts as; a decided one that is done counts as both."""
    if state == "done":
        yield "done"
    if outcome in GOOD:
        yield "approved"
    if outcome in BAD:
        yield "rejected"
    if state in STUCK:
        yield "stopped"


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
