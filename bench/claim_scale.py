"""Does a claim cost the same with a long backlog? p50 of a claim of 50 at a small and at a large backlog (SQLite)."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert

from app.db.runs import Work
from app.db.session import Database, connect, unit_of_work
from app.db.tables import metadata
from app.engine import queue
from app.settings import Settings
from bench.figures import ratio, show

KEY = "bench-only-key-0123456789-abcdefghijklmno"


def a_backlog(folder: Path, size: int) -> Database:
    database = connect(f"sqlite:///{folder / f'{size}.sqlite3'}")
    metadata.create_all(database.engine)
    with unit_of_work(database) as uow:
        for start in range(0, size, 10_000):
            rows = [
                {"kind": "run", "ref_id": str(n), "store_id": f"s{n % 5}", "lane": f"l{n}", "due_at": 0.0}
                for n in range(start, min(size, start + 10_000))
            ]
            uow.session.execute(insert(Work), rows)
    return database


def claims(database: Database, settings: Settings, times: int) -> list[float]:
    took = []
    for _ in range(times):
        started = time.perf_counter()
        found = queue.claim(database, settings, queue.new_owner(), 50)
        took.append((time.perf_counter() - started) * 1000)
        assert len(found) == 50
        with unit_of_work(database) as uow:
            for held in found:
                queue.postpone(uow.session, held, 0)
    return took


def main() -> int:
    quick = "--quick" in sys.argv
    sizes = (2_000, 20_000) if quick else (10_000, 1_000_000)
    settings = Settings(secret_key=KEY, public_url="https://ecm.example")
    with tempfile.TemporaryDirectory() as name:
        small, large = (a_backlog(Path(name), size) for size in sizes)
        found: dict[str, list[float]] = {"large backlog": [], "small backlog": []}
        for _ in range(5):
            found["small backlog"].append(statistics.median(claims(small, settings, 10)))
            found["large backlog"].append(statistics.median(claims(large, settings, 10)))
    print(f"claim of 50, {sizes[0]:,} against {sizes[1]:,} rows")
    show(found, "ms")
    ratio(found, "large backlog", "small backlog", "≤ 1.5")
    return 0


if __name__ == "__main__":
    sys.exit(main())
