"""Due work: admit deliveries, claim rows (lease, fence, lane), renew, postpone, park, finish.

A claim is a row leased to us until `lease_until` by the database's clock, with a fence number that every later write
repeats. Lanes: one leased row per (store, object); the partial unique index makes a race lose instead of run.
"""

import os
import secrets
import socket
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, and_, case, delete, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from app.db.inbox import InboxEvent
from app.db.runs import Work
from app.db.session import Database, clock, database_time, unit_of_work
from app.db.stores import note_delivery
from app.domain.events import Source
from app.domain.ids import StoreId, lane
from app.errors import LostLease
from app.settings import Settings

TABLE: Any = Work.__table__  # type: ignore[attr-defined]  # Core columns: what SQLModel gives mypy are the values' types
W: Any = TABLE.c
IN: Any = InboxEvent.__table__.c  # type: ignore[attr-defined]
ADMIT_BATCH = 200
FAIR_LOOK = 20_000


@dataclass(frozen=True)
class Claim:
    """One leased piece of work."""

    seq: int
    kind: str  # event | run | history
    ref_id: str
    store_id: StoreId
    lane: str
    attempts: int
    lost_leases: int
    owner: str
    fence: int
    wakes: int = 0


def new_owner() -> str:
    """A name for this process's claims, never reused."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def admit(database: Database) -> int:
    """Turn accepted deliveries into due work, in the order they came; returns how many. One transaction."""
    with unit_of_work(database) as uow:
        session = uow.session
        statement = _accepted().limit(ADMIT_BATCH)
        if not database.is_sqlite:
            statement = statement.with_for_update(skip_locked=True)
        found = session.execute(statement).all()
        if not found:
            return 0
        now = database_time(session)
        rows = [
            {"kind": "event", "ref_id": row.id, "store_id": row.store_id, "due_at": now,
             "lane": lane(StoreId(row.store_id), row.object_type, row.object_id)}
            for row in found
        ]  # fmt: skip
        session.execute(insert(Work), rows)
        ids = [row.id for row in found]
        session.execute(update(InboxEvent).where(IN.id.in_(ids)).values(state="planned"))
        latest = {
            row.store_id: row.received_at for row in found if row.source == Source.STORE
        }  # in order: the last wins
        for store_id, received_at in latest.items():
            note_delivery(session, store_id, received_at)
        return len(rows)


def _accepted() -> Any:
    columns = (IN.id, IN.store_id, IN.object_type, IN.object_id, IN.source, IN.received_at)
    return select(*columns).where(IN.state == "accepted").order_by(IN.received_at)


def add_run(session: Session, run_id: str, store_id: str, lane_name: str, *, due_in: float = 0.0) -> None:
    """Make a run due in the caller's transaction."""
    due = database_time(session) + due_in
    session.add(Work(kind="run", ref_id=run_id, store_id=store_id, lane=lane_name, due_at=due))


def claim(database: Database, settings: Settings, owner: str, want: int) -> list[Claim]:
    """Lease up to `want` due rows, at most one per lane, at most half of them for one store while others wait."""
    if want <= 0:
        return []
    try:
        with unit_of_work(database) as uow:
            return _claim(uow.session, settings, owner, want, skip_locked=not database.is_sqlite)
    except (IntegrityError, OperationalError):  # another worker took one of these lanes in the same instant
        return []


def _claim(session: Session, settings: Settings, owner: str, want: int, *, skip_locked: bool) -> list[Claim]:
    now = clock(session)
    candidates = list(session.execute(_due(now, want * 4)).all())
    if len(candidates) == want * 4 and len({row.store_id for row in candidates}) == 1:
        candidates += session.execute(_due_elsewhere(now, candidates[0].store_id, want)).all()
    chosen = _fair([(row.seq, row.lane, row.store_id) for row in candidates], want)
    if not chosen:
        return []
    if skip_locked:
        picked = select(W.seq).where(W.seq.in_(chosen), _free(now)).with_for_update(skip_locked=True)
        chosen = list(session.execute(picked).scalars())
        if not chosen:
            return []
    return _lease(session, settings, owner, W.seq.in_(chosen), _free(now))


def claim_new(session: Session, settings: Settings, owner: str, run_id: str) -> Claim | None:
    """Lease one run's work in the caller's transaction, before any worker can see it. None: its lane is busy."""
    try:
        with session.begin_nested():
            found = _lease(session, settings, owner, W.kind == "run", W.ref_id == run_id, _is_due(clock(session)))
    except IntegrityError:  # a worker took the lane in the same instant
        return None
    return found[0] if found else None


def _lease(session: Session, settings: Settings, owner: str, *which: Any) -> list[Claim]:
    now = clock(session)
    statement = (
        update(Work)
        .where(*which)
        .values(
            lost_leases=W.lost_leases + case((W.lease_owner != "", 1), else_=0),
            lease_owner=owner,
            lease_until=now + settings.periods.lease,
            fence=W.fence + 1,
            attempts=W.attempts + 1,
        )
        .returning(W.seq, W.kind, W.ref_id, W.store_id, W.lane, W.attempts, W.lost_leases, W.fence,
                   W.wakes)
    )  # fmt: skip
    return [
        Claim(r.seq, r.kind, r.ref_id, StoreId(r.store_id), r.lane, r.attempts, r.lost_leases, owner, r.fence, r.wakes)
        for r in session.execute(statement)
    ]


def _free(now: Any) -> Any:
    return or_(W.lease_owner == "", W.lease_until < now)


def _due(now: Any, limit: int) -> Any:
    """The oldest work that may be claimed; `now`: the clock within the statement."""
    return select(W.seq, W.lane, W.store_id).where(_is_due(now)).order_by(W.due_at, W.seq).limit(limit)


def _is_due(now: Any) -> Any:
    other = TABLE.alias().c
    lane_is_busy = exists().where(and_(other.lane == W.lane, other.seq != W.seq, other.lease_owner != ""))
    return and_(W.parked == "", W.due_at <= now, _free(now), ~lane_is_busy)


def _due_elsewhere(now: Any, store_id: str, limit: int) -> Any:
    """What other stores have waiting behind one store's long backlog; looks no further than FAIR_LOOK rows."""
    behind = _due(now, FAIR_LOOK).subquery()
    return select(behind.c.seq, behind.c.lane, behind.c.store_id).where(behind.c.store_id != store_id).limit(limit)


def _fair(rows: list[tuple[int, str, str]], want: int) -> list[int]:
    """The oldest of each lane; no store more than half of the places while another store waits."""
    first: dict[str, tuple[int, str]] = {}
    for seq, lane_name, store in rows:
        first.setdefault(lane_name, (seq, store))
    stores = {store for _, store in first.values()}
    cap = want if len(stores) < 2 else max(1, want // 2)
    taken: dict[str, int] = {}
    chosen: list[int] = []
    for seq, store in first.values():
        if len(chosen) < want and taken.get(store, 0) < cap:
            chosen.append(seq)
            taken[store] = taken.get(store, 0) + 1
    return chosen


def release_expired_lanes(database: Database) -> None:
    """A lane whose leased row expired is free again: the row loses its owner (counted when it is claimed next)."""
    with unit_of_work(database) as uow:
        now = clock(uow.session)
        expired = and_(W.lease_owner != "", W.lease_until < now)
        uow.session.execute(
            update(Work).where(expired).values(lease_owner="", lost_leases=W.lost_leases + 1, fence=W.fence + 1)
        )


def renew(database: Database, settings: Settings, claims: list[Claim]) -> None:
    """Lengthen the leases that are still ours."""
    if not claims:
        return
    with unit_of_work(database) as uow:
        until = clock(uow.session) + settings.periods.lease
        for held in claims:
            uow.session.execute(_mine(held).values(lease_until=until))


def _mine(held: Claim) -> Any:
    return update(Work).where(W.seq == held.seq, W.fence == held.fence, W.lease_owner == held.owner)


def assert_mine(session: Session, held: Claim) -> None:
    """Raises LostLease unless the claim is still ours and not expired; asked right before each outside write."""
    ours = select(W.seq).where(
        W.seq == held.seq, W.fence == held.fence, W.lease_owner == held.owner, W.lease_until >= clock(session)
    )
    if session.execute(ours).first() is None:
        raise LostLease("The work was taken over by another worker.", seq=held.seq)


def finish(session: Session, held: Claim) -> None:
    """The work is done: its row goes. Raises LostLease when it is no longer ours."""
    statement = delete(Work).where(W.seq == held.seq, W.fence == held.fence, W.lease_owner == held.owner)
    _exactly_one(session.execute(statement), held)  # type: ignore[arg-type]


def postpone(session: Session, held: Claim, seconds: float, *, count: bool = True, reset: bool = False) -> None:
    """Give the lease back, due again in `seconds`, or at once when it was woken meanwhile.

    `count=False` takes the counted attempt back; `reset` starts again at 0.
    """
    attempts = 0 if reset else held.attempts if count else max(0, held.attempts - 1)
    now = clock(session)
    due = case((W.wakes != held.wakes, now), else_=now + seconds)
    values = {"lease_owner": "", "lease_until": 0.0, "due_at": due, "attempts": attempts}
    _exactly_one(session.execute(_mine(held).values(**values)), held)  # type: ignore[arg-type]


def park(session: Session, held: Claim, why: str) -> None:
    """Set the work aside until a person replays it ("quarantined") or reconnects ("reauth:<upstream>")."""
    values = {"lease_owner": "", "lease_until": 0.0, "parked": why, "attempts": 0, "lost_leases": 0}
    _exactly_one(session.execute(_mine(held).values(**values)), held)  # type: ignore[arg-type]


def _exactly_one(result: CursorResult[object], held: Claim) -> None:
    if result.rowcount != 1:
        raise LostLease("The work was taken over by another worker.", seq=held.seq)


def wake(session: Session, kind: str, ref_id: str, *, unpark: bool = False) -> bool:
    """Make work due now; what is leased is due again as soon as its holder postpones it. False: no row."""
    values: dict[str, object] = {"due_at": clock(session), "wakes": W.wakes + 1}
    if unpark:
        values |= {"parked": "", "attempts": 0, "lost_leases": 0}
    statement = update(Work).where(W.kind == kind, W.ref_id == ref_id).values(**values)
    return bool(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def unpark_store(session: Session, store_id: str, upstream: str | None = None) -> list[tuple[str, str]]:
    """After a person reconnected: everything of that store that waited for it is due again. Returns (kind, ref_id)."""
    parked = W.parked == f"reauth:{upstream}" if upstream else W.parked.like("reauth:%")
    statement = (
        update(Work)
        .where(W.store_id == store_id, parked)
        .values(parked="", attempts=0, due_at=clock(session))
        .returning(W.kind, W.ref_id)
    )
    return [(row.kind, row.ref_id) for row in session.execute(statement)]


@dataclass(frozen=True)
class Waiting:
    """Whether deliveries wait to be admitted, and whether work could be claimed now."""

    deliveries: bool
    work: bool

    def __bool__(self) -> bool:
        return self.deliveries or self.work


def waiting(session: Session) -> Waiting:
    """What a worker could do now, in one look."""
    accepted = exists().where(IN.state == "accepted")
    due = exists(select(W.seq).where(_is_due(clock(session))))
    found = session.execute(select(accepted.label("deliveries"), due.label("work"))).one()
    return Waiting(bool(found.deliveries), bool(found.work))


def seconds_until_due(session: Session) -> float | None:
    """How long until the next unparked row is due; None when there is none."""
    soonest = session.execute(select(func.min(W.due_at)).where(W.parked == "")).scalar()
    return None if soonest is None else max(0.0, float(soonest) - database_time(session))
