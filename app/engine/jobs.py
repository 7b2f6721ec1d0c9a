"""The one RQ job: drain what is due, many calls in flight, until nothing is or the time is up. Safe to ring twice."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

import structlog

from app.db.session import reading
from app.engine import metrics, queue, work
from app.engine.deps import Deps

log = structlog.get_logger(__name__)
# Set by the worker's entry point before it forks: how a job gets its process's dependencies.
make_deps: Callable[[], Deps] | None = None
IDLE_LOOK = 0.05
BUSY_LOOK = 0.02  # however much ends meanwhile: looking costs the most of what a small piece of work costs
LATE = 0.01  # a thread that waits longer for its turn to compute is one of too many
FEWEST = 2


def drain() -> None:
    """Called by RQ with no arguments: everything it needs is in the database."""
    if make_deps is None:
        raise RuntimeError("start the worker with `python -m app.worker`")
    deps = make_deps()
    try:
        periods = deps.settings.periods
        done = drain_until_idle(deps, time.monotonic() + periods.drain, periods.linger)
        log.info("drained", done=done)
    finally:
        metrics.flush(deps.database)
        deps.close()


def drain_until_idle(deps: Deps, until: float, linger: float = 0.0) -> int:
    """Claim and perform until nothing is due for `linger` seconds or `until` (monotonic) has come.

    Lingering keeps what a fresh process would have to ask for again: tokens, ids of folders and classes, connections.
    Returns how many pieces of work ended.
    """
    owner, most = queue.new_owner(), deps.settings.limits.in_flight
    places = most
    held: dict[Future[None], queue.Claim] = {}
    done, busy_at, cleared = 0, time.monotonic(), False
    queue.release_expired_lanes(deps.database)
    with ThreadPoolExecutor(max_workers=most, thread_name_prefix="step") as pool, _heartbeat(deps, held):
        while True:
            now = time.monotonic()
            claims = _look(deps, owner, places - len(held)) if now < until else []
            for claim in claims:
                held[pool.submit(work.perform, deps, claim)] = claim
            if held:
                busy_at, cleared = now, False
                done += _wait_for_some(held, full=len(held) >= places)
                places = _places(places, most, _lateness(held))
            elif now < until and now - busy_at < linger:
                time.sleep(IDLE_LOOK)
            elif cleared or now >= until:
                break
            else:
                deps.doorbell.clear()  # whoever comes after this rings again; so look once more
                cleared = True
    _ring_if_more(deps)
    return done


def _wait_for_some(held: dict[Future[None], queue.Claim], *, full: bool) -> int:
    """Until something ends; shortly where there is room for what comes due meanwhile."""
    ended, _ = wait(list(held), timeout=1.0 if full else IDLE_LOOK, return_when=FIRST_COMPLETED)
    for future in ended:
        del held[future]
    return len(ended)


def _lateness(held: dict[Future[None], queue.Claim]) -> float:
    """Seconds a thread of this process waits for its turn to compute, after a pause. The pause ends with all that is
    held: then nobody waits, and what that work left to do is due at once."""
    asked = time.monotonic()
    _, running = wait(list(held), timeout=BUSY_LOOK)
    return time.monotonic() - asked - BUSY_LOOK if running else 0.0


def _places(now: int, most: int, lateness: float) -> int:
    """How many pieces of work at once: as many as the processor feeds. Waiting for answers costs nothing, but threads
    that compute take turns, and one that has the database's write lock keeps everybody waiting for its turn."""
    return min(most, max(FEWEST, now - 1) if lateness > LATE else now + 1)


def _look(deps: Deps, owner: str, free: int) -> list[queue.Claim]:
    if free <= 0:
        return []
    with reading(deps.database) as session:
        waiting = queue.waiting(session)
    if waiting.deliveries:
        queue.admit(deps.database)
    return queue.claim(deps.database, deps.settings, owner, free) if waiting else []


def _ring_if_more(deps: Deps) -> None:
    with reading(deps.database) as session:
        if not queue.waiting(session):
            return
    deps.doorbell.clear()
    deps.doorbell.ring()


@contextmanager
def _heartbeat(deps: Deps, held: dict[Future[None], queue.Claim]) -> Iterator[None]:
    """Lengthen the leases of what is in flight; a frozen process stops beating and loses them."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(deps.settings.periods.heartbeat):
            try:
                queue.renew(deps.database, deps.settings, list(held.values()))
            except Exception:  # a missed beat is repaired by the next, or the lease is lost: both are safe
                log.warning("heartbeat_missed")

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)
