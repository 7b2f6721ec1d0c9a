"""The dispatcher process: every few seconds, what is due is rung for and the periodic work takes its turn."""

import signal
import sys
import threading

import structlog

from app import observability, wiring
from app.engine import queue, schedule
from app.settings import Settings

log = structlog.get_logger(__name__)


def main() -> int:
    """Run until SIGTERM or SIGINT. Any number may run; each sweep happens once."""
    settings = Settings()
    observability.configure(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    deps, owner = wiring.build(settings), queue.new_owner()
    log.info("dispatcher_started")
    while not stop.is_set():
        try:
            schedule.tick(deps, owner)
        except Exception:  # the database may be away for a while; the next round tries again
            log.exception("tick_failed")
        stop.wait(settings.periods.dispatch_every)
    deps.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
