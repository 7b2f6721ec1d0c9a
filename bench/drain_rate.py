"""Risky orders a second through the whole run, with a slow OpenText: one order at a time against many at once."""

import sys
import tempfile
import time
from pathlib import Path

from bench.figures import in_turn, ratio, show
from sandbox.kernel.faults import FaultRule
from tests.house import a_house

DELAY_MS = 100


def ours(count: int) -> float:
    """Orders a second through the whole run, up to the waiting decision."""
    with tempfile.TemporaryDirectory() as name, a_house(f"sqlite:///{Path(name) / 'b.sqlite3'}") as house:
        house.install()
        for system in ("otds", "content_server", "workflow"):
            house.stage.world.faults.add(FaultRule(system=system, kind="delay", delay_ms=DELAY_MS))
        for _ in range(count):
            house.place_order("950.00")
        started = time.perf_counter()
        house.drain()
        return count / (time.perf_counter() - started)


def main() -> int:
    count, rounds = (12, 1) if "--quick" in sys.argv else (64, 5)
    found = in_turn(rounds, many=lambda: ours(count), one=lambda: ours(1))
    print(f"{count} risky orders at once against one, {DELAY_MS} ms added to each OpenText call")
    show(found, "orders/s")
    ratio(found, "many", "one", "≥ 4: eight calls in flight to each service, the stand-ins on the same cores")
    return 0


if __name__ == "__main__":
    sys.exit(main())
