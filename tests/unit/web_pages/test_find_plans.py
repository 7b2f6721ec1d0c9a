"""Find asks by an index whatever is typed and however many rows there are, on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from app.db import search
from app.db.links import SubjectSnapshot
from app.db.search import ENTRY, SearchEntry
from app.db.session import connect, reading, unit_of_work
from app.db.stores import StoreRow
from app.db.tables import metadata
from app.domain.search import TermKind, prefixes, words

STORE = "bigcommerce:plans"
STATEMENTS = {
    "what begins so": search._beginning_any(STORE, prefixes("best-1")),
    "several common words": search._common(STORE, "t:ad", ["t:be", "t:ce"]),
    "words of these objects": search._of_these(STORE, "t:ad", [("order", "1"), ("customer", "2")]),
    "an object's words": select(ENTRY.kind, ENTRY.term).where(search._of(STORE, "order", "1")),
}


def plan(engine: Engine, statement: Any) -> list[str]:
    dialect = sqlite.dialect() if engine.dialect.name == "sqlite" else postgresql.dialect()  # type: ignore[no-untyped-call]
    text = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).replace("%%", "%")
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
        connection.exec_driver_sql("SET enable_seqscan = off")  # a small table is read at once otherwise
        return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {text}")]


@pytest.mark.parametrize("name", STATEMENTS)
def test_sqlite_looks_by_the_word_or_by_the_object(name: str, tmp_path: Any) -> None:
    database = connect(f"sqlite:///{tmp_path}/plans.sqlite3")
    metadata.create_all(database.engine)
    lines = [one for one in plan(database.engine, STATEMENTS[name]) if "search_entry" in one]
    database.dispose()
    assert lines
    for line in lines:
        assert "SEARCH" in line, lines
        assert "(store_id=? AND term" in line or "(store_id=? AND object_type=? AND object_id=?" in line, lines


def test_postgresql_does_so_too(postgres_url: str) -> None:
    database = connect(postgres_url)
    metadata.create_all(database.engine)
    with reading(database) as session:
        assert search.find(session, STORE, prefixes("ada be"), words("ada be")) == ()
    for name, statement in STATEMENTS.items():
        lines = plan(database.engine, statement)
        conditions = [one for one in lines if "Index Cond" in one]
        assert not [one for one in lines if "Seq Scan" in one], (name, lines)
        assert conditions, (name, lines)
    database.dispose()


@pytest.fixture
def many(tmp_path: Any) -> Iterator[Any]:
    """500 orders of one SKU, its product, 400 Adas and 400 Lovelaces, one of whom is both."""
    database = connect(f"sqlite:///{tmp_path}/many.sqlite3")
    metadata.create_all(database.engine)
    rows = [("order", str(one), f"Order {one}", "sku", "c:best1") for one in range(1, 501)]
    rows += [("product", "7", "Best seller", "sku", "c:best1")]
    rows += [("customer", f"1{one:03d}", f"Ada {one}", "name", "t:ada") for one in range(400)]
    rows += [("customer", f"2{one:03d}", f"{one} Lovelace", "name", "t:lovelace") for one in range(400)]
    both = [("customer", "9999", "Ada Lovelace", "name", word) for word in ("t:ada", "t:lovelace", "t:rare")]
    key = ("object_type", "object_id", "name", "kind", "term")
    with unit_of_work(database) as uow:
        uow.session.add(StoreRow(id=STORE, provider="bigcommerce"))
        uow.session.flush()
        told = [dict(zip(key, row, strict=True)) | {"store_id": STORE} for row in [*rows, *both]]
        entries = [{name: one[name] for name in one if name != "name"} for one in told]
        uow.session.execute(insert(SearchEntry), entries)
        named = {(one["object_type"], one["object_id"]): one["name"] for one in told}
        uow.session.execute(
            insert(SubjectSnapshot),
            [{"store_id": STORE, "object_type": kind, "object_id": one, "name": name, "facts": {}}
             for (kind, one), name in named.items()],
        )  # fmt: skip
    yield database
    database.dispose()


def test_the_product_and_the_latest_orders_are_found_among_many(many: Any) -> None:
    with reading(many) as session:
        found = search.find(session, STORE, prefixes("BEST-1"))
        assert [one.key for one in found[:3]] == [("product", "7"), ("order", "500"), ("order", "499")]
        assert all(one.is_exact and one.by is TermKind.SKU for one in found)
        for typed in ("lovelace ada", "ada rare", "love ad ra"):
            assert [one.name for one in search.find(session, STORE, prefixes(typed), words(typed))] == ["Ada Lovelace"]
        assert search.find(session, STORE, prefixes("ada nobody"), words("ada nobody")) == ()
