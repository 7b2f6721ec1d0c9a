"""How long Find takes in a store of 100,000 orders and 200,000 names, by what people type; the goal is 300 ms each.

The rows are written in one go, as `engine.subjects` would write them one by one. SQLite in a file, or the database of
ECM_BENCH_DATABASE_URL. `--quick`: a tenth of it.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from app.db.links import SubjectSnapshot
from app.db.search import SearchEntry
from app.db.session import Database, connect, reading, unit_of_work
from app.db.stores import StoreRow
from app.db.tables import metadata
from app.db.types import utc_now
from app.domain.search import Term, TermKind, term, terms
from app.engine import finding

STORE = "bigcommerce:bench"
FIRST = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jule")
SYLLABLES = ("ba", "de", "li", "mo", "nu", "ra", "so", "ti", "vu", "za")
GOAL_MS, BATCH = 300.0, 20_000


def a_name(number: int) -> str:
    """Two words; every first name is shared by a tenth of all, every last one by a few."""
    last = "".join(SYLLABLES[int(digit)] for digit in f"{number % 60_000:05d}")
    return f"{FIRST[number % len(FIRST)]} {last.capitalize()}"


def rows(orders: int, customers: int) -> Iterator[tuple[dict[str, Any], list[dict[str, str]]]]:
    """Snapshot and words of every object. One SKU is in a fifth of the orders."""
    for number in range(1, customers + 1):
        facts: dict[str, Any] = {"email": f"buyer{number}@example.com"}
        yield _row("customer", str(number), a_name(number), facts, ())
    for number in range(1, orders + 1):
        lines = [{"product_id": "7", "sku": "BEST-1" if number % 5 == 0 else f"SKU-{number % 9000}", "name": "Thing"}]
        facts = {"number": str(number), "customer_name": a_name(number * 7), "lines": lines,
                 "customer_email": f"buyer{number}@example.com"}  # fmt: skip
        parcel = term(TermKind.TRACKING, f"1Z{number:012d}")
        yield _row("order", str(number), f"Order {number}", facts, (parcel,) if parcel else ())
    yield _row("product", "7", "Thing", {"sku": "BEST-1"}, ())


def _row(
    kind: str, object_id: str, name: str, facts: dict[str, Any], more: tuple[Term, ...]
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    key = {"store_id": STORE, "object_type": kind, "object_id": object_id}
    words = {*terms(kind, object_id, name, facts), *more}
    snapshot = key | {"name": name, "facts": facts, "version": "", "customer_id": "", "is_gone": False,
                      "seen_at": utc_now()}  # fmt: skip
    return snapshot, [key | {"kind": one.kind.value, "term": one.term} for one in words]


def fill(database: Database, orders: int, customers: int) -> int:
    """Write them; returns how many words there are."""
    count = 0
    with unit_of_work(database) as uow:
        uow.session.add(StoreRow(id=STORE, provider="bigcommerce"))
        uow.session.flush()
        snapshots: list[dict[str, Any]] = []
        entries: list[dict[str, str]] = []
        for snapshot, words in rows(orders, customers):
            snapshots.append(snapshot)
            entries += words
            if len(entries) >= BATCH:
                count += _write(uow.session, snapshots, entries)
        count += _write(uow.session, snapshots, entries)
    return count


def _write(session: Session, snapshots: list[dict[str, Any]], entries: list[dict[str, str]]) -> int:
    written = len(entries)
    session.execute(insert(SubjectSnapshot), snapshots)
    session.execute(insert(SearchEntry), entries)
    snapshots.clear()
    entries.clear()
    return written


TYPED = {
    "an order's number": "9999", "the beginning of one": "100", "one figure": "1", "an e-mail address":
    "buyer7777@example.com", "the beginning of all": "buyer", "one letter": "a", "two letters": "be",
    "a first name of a tenth": "ada", "name and first name": "Bababadede Ben", "with accents": "Ádà BÄBÁBADÈDE",
    "two words everybody has": "be ad", "four of them": "ba be ad da", "a SKU of a fifth": "BEST-1",
    "SKUs of all": "SKU", "a tracking number": "1Z000000009999", "nothing of that name": "zzzz yyyy",
    "signs a database reads": "%_' OR 1=1 --", "a whole page": "ada \u202e<b>" * 20, "no letter at all": "\U0001f600 -",
}  # fmt: skip


def main() -> int:
    share = 10 if "--quick" in sys.argv else 1
    with tempfile.TemporaryDirectory() as place:
        database = connect(os.environ.get("ECM_BENCH_DATABASE_URL", f"sqlite:///{place}/find.sqlite3"))
        try:
            return measure(database, share)
        finally:
            database.dispose()


def measure(database: Database, share: int) -> int:
    metadata.create_all(database.engine)
    began = time.perf_counter()
    words = fill(database, 100_000 // share, 200_000 // share)
    print(f"{words} words of {300_000 // share} objects in {time.perf_counter() - began:.1f} s")
    slowest = 0.0
    for what, typed in TYPED.items():
        took = []
        for _ in range(5):
            with reading(database) as session:
                began = time.perf_counter()
                found = finding.hits(session, STORE, typed)
                took.append((time.perf_counter() - began) * 1000)
        slowest = max(slowest, sorted(took)[2])
        print(f"  {what:28} {sorted(took)[2]:8.1f} ms   (max {max(took):.1f}, found {len(found)})")
    print(f"  slowest median {slowest:.1f} ms   goal {GOAL_MS:.0f} ms")
    return int(slowest > GOAL_MS)


if __name__ == "__main__":
    sys.exit(main())
