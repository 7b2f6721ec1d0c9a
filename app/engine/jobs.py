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


def drain() -> None:
    """Called by RQ with no arguments: everything it needs is in the database."""
    if make_deps is None:
        raise RuntimeError("start the worker with `python -m app.worker`")
    deps = make_deps()
    try:
        done = drain_until_idle(deps, time.monotonic() + deps.settings.periods.drain)
        log.info("drained", done=done)
    finally:
        metrics.flush(deps.database)
        deps.close()


def drain_until_idle(deps: Deps, until: float) -> int:
    """Claim and perform until nothing is due or `until` (monotonic). Returns how many pieces of work ended."""
    owner = queue.new_owner()
    held: dict[Future[None], queue.Claim] = {}
    places, done = deps.settings.limits.in_flight, 0
    queue.release_expired_lanes(deps.database)
    with ThreadPoolExecutor(max_workers=places, thread_name_prefix="step") as pool, _heartbeat(deps, held):
        cleared = False
        while True:
            time_left = time.monotonic() < until
            claims = _look(deps, owner, places - len(held)) if time_left else []
            for claim in claims:
                held[pool.submit(work.perform, deps, claim)] = claim
            if claims:
                cleared = False
            elif not held and (cleared or not time_left):
                break
            elif not held:
                deps.doorbell.clear()  # whoever comes after this rings again; so look once more
                cleared = True
                continue
            if held:
                ended, _ = wait(list(held), timeout=IDLE_LOOK if len(held) < places else 1.0, return_when=FIRST_COMPLETED)
                for future in ended:
                    del held[future]
                    done += 1
    _ring_if_more(deps)
    return done


def _look(deps: Deps, owner: str, free: int) -> list[queue.Claim]:
    if free <= 0:
        return []
    queue.admit(deps.database)
    with reading(deps.database) as session:
        if not queue.anything_due(session):
            return []
    return queue.claim(deps.database, deps.settings, owner, free)


def _ring_if_more(deps: Deps) -> None:
    with reading(deps.database) as session:
        if not queue.anything_due(session):
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
