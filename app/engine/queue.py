"""Due work: admit deliveries, claim rows (lease, fence, lane), renew, postpone, park, finish.

A claim is a row leased to us until `lease_until` by the database's clock, with a fence number that every later write
repeats. Lanes: one leased row per (store, object); the partial unique index makes a race lose instead of run.

What is asked for every piece of work is a statement made once per process: making it anew costs more than asking.
"""

import os
import secrets
import socket
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    CursorResult,
    Float,
    Integer,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from app.db.inbox import InboxEvent
from app.db.runs import Work
from app.db.session import Database, clock, clock_of, database_time, dialect, unit_of_work
from app.db.stores import note_delivery
from app.domain.events import Source
from app.domain.ids import StoreId, lane
from app.errors import LostLease
from app.settings import Settings

TABLE: Any = Work.__table__  # type: ignore[attr-defined]  # Core columns: what SQLModel gives mypy are the values' types
W: Any = TABLE.c
INBOX: Any = InboxEvent.__table__  # type: ignore[attr-defined]
IN: Any = INBOX.c
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
        found = session.execute(_accepted(dialect(session))).all()
        if not found:
            return 0
        now = database_time(session)
        rows = [
            {"kind": "event", "ref_id": row.id, "store_id": row.store_id, "due_at": now,
             "lane": lane(StoreId(row.store_id), row.object_type, row.object_id)}
            for row in found
        ]  # fmt: skip
        session.execute(insert(TABLE), rows)
        session.execute(_planned(), {"ids": [row.id for row in found]})
        latest = {
            row.store_id: row.received_at for row in found if row.source == Source.STORE
        }  # in order: the last wins
        for store_id, received_at in latest.items():
            note_delivery(session, store_id, received_at)
        return len(rows)


@cache
def _accepted(dialect_name: str) -> Any:
    columns = (IN.id, IN.store_id, IN.object_type, IN.object_id, IN.source, IN.received_at)
    oldest = select(*columns).where(IN.state == "accepted").order_by(IN.received_at).limit(ADMIT_BATCH)
    return oldest if dialect_name == "sqlite" else oldest.with_for_update(skip_locked=True)


@cache
def _planned() -> Any:
    return update(INBOX).where(IN.id.in_(bindparam("ids", expanding=True))).values(state="planned")


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
    speaks = dialect(session)
    candidates = list(session.execute(_due(speaks), {"most": want * 4}).all())
    if len(candidates) == want * 4 and len({row.store_id for row in candidates}) == 1:
        others = {"most": FAIR_LOOK, "store": candidates[0].store_id, "want": want}
        candidates += session.execute(_due_elsewhere(speaks), others).all()
    chosen = _fair([(row.seq, row.lane, row.store_id) for row in candidates], want)
    if not chosen:
        return []
    if skip_locked:
        chosen = list(session.execute(_unlocked(speaks), {"chosen": chosen}).scalars())
        if not chosen:
            return []
    return _leased(session, _lease_chosen(speaks), settings, owner, chosen=chosen)


def claim_new(session: Session, settings: Settings, owner: str, run_id: str) -> Claim | None:
    """Lease one run's work in the caller's transaction, before any worker can see it. None: its lane is busy."""
    try:
        with session.begin_nested():
            found = _leased(session, _lease_run(dialect(session)), settings, owner, run_id=run_id)
    except IntegrityError:  # a worker took the lane in the same instant
        return None
    return found[0] if found else None


@cache
def _lease_chosen(dialect_name: str) -> Any:
    now = clock_of(dialect_name)
    return _lease(now, W.seq.in_(bindparam("chosen", expanding=True)), _free(now))


@cache
def _lease_run(dialect_name: str) -> Any:
    now = clock_of(dialect_name)
    return _lease(now, W.kind == "run", W.ref_id == bindparam("run_id"), _is_due(now))


def _lease(now: Any, *which: Any) -> Any:
    return (
        update(TABLE)
        .where(*which)
        .values(
            lost_leases=W.lost_leases + case((W.lease_owner != "", 1), else_=0),
            lease_owner=bindparam("owner"),
            lease_until=now + bindparam("seconds", type_=Float),
            fence=W.fence + 1,
            attempts=W.attempts + 1,
        )
        .returning(W.seq, W.kind, W.ref_id, W.store_id, W.lane, W.attempts, W.lost_leases, W.fence,
                   W.wakes)
    )  # fmt: skip


def _leased(session: Session, lease: Any, settings: Settings, owner: str, **which: Any) -> list[Claim]:
    values = {"owner": owner, "seconds": settings.periods.lease, **which}
    return [
        Claim(r.seq, r.kind, r.ref_id, StoreId(r.store_id), r.lane, r.attempts, r.lost_leases, owner, r.fence, r.wakes)
        for r in session.execute(lease, values)
    ]


@cache
def _unlocked(dialect_name: str) -> Any:
    """Of the chosen rows those that no other worker is about to take."""
    chosen = W.seq.in_(bindparam("chosen", expanding=True))
    return select(W.seq).where(chosen, _free(clock_of(dialect_name))).with_for_update(skip_locked=True)


def _free(now: Any) -> Any:
    return or_(W.lease_owner == "", W.lease_until < now)


@cache
def _due(dialect_name: str) -> Any:
    """The oldest work that may be claimed, `most` rows of it."""
    is_due, most = _is_due(clock_of(dialect_name)), bindparam("most", type_=Integer)
    return select(W.seq, W.lane, W.store_id).where(is_due).order_by(W.due_at, W.seq).limit(most)


def _is_due(now: Any) -> Any:
    other = TABLE.alias().c
    lane_is_busy = exists().where(and_(other.lane == W.lane, other.seq != W.seq, other.lease_owner != ""))
    return and_(W.parked == "", W.due_at <= now, _free(now), ~lane_is_busy)


@cache
def _due_elsewhere(dialect_name: str) -> Any:
    """What other stores have waiting behind one store's long backlog; looks no further than FAIR_LOOK rows."""
    behind = _due(dialect_name).subquery()
    others = select(behind.c.seq, behind.c.lane, behind.c.store_id).where(behind.c.store_id != bindparam("store"))
    return others.limit(bindparam("want", type_=Integer))


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
            update(TABLE).where(expired).values(lease_owner="", lost_leases=W.lost_leases + 1, fence=W.fence + 1)
        )


def renew(database: Database, settings: Settings, claims: list[Claim]) -> None:
    """Lengthen the leases that are still ours."""
    if not claims:
        return
    with unit_of_work(database) as uow:
        values = [_which(held) | {"seconds": settings.periods.lease} for held in claims]
        uow.session.connection().execute(_renewed(dialect(uow.session)), values)


@cache
def _renewed(dialect_name: str) -> Any:
    return update(TABLE).where(*_held()).values(lease_until=clock_of(dialect_name) + bindparam("seconds", type_=Float))


def _held() -> tuple[Any, ...]:
    """The row is still what was claimed; its values are `_which`."""
    return W.seq == bindparam("held_seq"), W.fence == bindparam("held_fence"), W.lease_owner == bindparam("held_by")


def _which(held: Claim) -> dict[str, Any]:
    return {"held_seq": held.seq, "held_fence": held.fence, "held_by": held.owner}


def assert_mine(session: Session, held: Claim) -> None:
    """Raises LostLease unless the claim is still ours and not expired; asked right before each outside write."""
    if session.execute(_still_ours(dialect(session)), _which(held)).first() is None:
        raise LostLease("The work was taken over by another worker.", seq=held.seq)


@cache
def _still_ours(dialect_name: str) -> Any:
    return select(W.seq).where(*_held(), W.lease_until >= clock_of(dialect_name))


def finish(session: Session, held: Claim) -> None:
    """The work is done: its row goes. Raises LostLease when it is no longer ours."""
    _exactly_one(session.execute(_ended(), _which(held)), held)  # type: ignore[arg-type]


@cache
def _ended() -> Any:
    return delete(TABLE).where(*_held())


def postpone(session: Session, held: Claim, seconds: float, *, count: bool = True, reset: bool = False) -> None:
    """Give the lease back, due again in `seconds`, or at once when it was woken meanwhile.

    `count=False` takes the counted attempt back; `reset` starts again at 0.
    """
    attempts = 0 if reset else held.attempts if count else max(0, held.attempts - 1)
    now = clock(session)
    due = case((W.wakes != held.wakes, now), else_=now + seconds)
    values = {"lease_owner": "", "lease_until": 0.0, "due_at": due, "attempts": attempts}
    _exactly_one(session.execute(update(TABLE).where(*_held()).values(**values), _which(held)), held)  # type: ignore[arg-type]


def park(session: Session, held: Claim, why: str) -> None:
    """Set the work aside until a person replays it ("quarantined") or reconnects ("reauth:<upstream>")."""
    values = {"lease_owner": "", "lease_until": 0.0, "parked": why, "attempts": 0, "lost_leases": 0}
    _exactly_one(session.execute(update(TABLE).where(*_held()).values(**values), _which(held)), held)  # type: ignore[arg-type]


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
    found = session.execute(_anything(dialect(session))).one()
    return Waiting(bool(found.deliveries), bool(found.work))


@cache
def _anything(dialect_name: str) -> Any:
    accepted = exists().where(IN.state == "accepted")
    due = exists(select(W.seq).where(_is_due(clock_of(dialect_name))))
    return select(accepted.label("deliveries"), due.label("work"))


def seconds_until_due(session: Session) -> float | None:
    """How long until the next unparked row is due; None when there is none."""
    soonest = session.execute(select(func.min(W.due_at)).where(W.parked == "")).scalar()
    return None if soonest is None else max(0.0, float(soonest) - database_time(session))
