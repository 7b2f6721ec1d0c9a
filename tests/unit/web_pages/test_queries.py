"""Long tables stay long: no page walks one. Judged by the database's own plans, so that no clock is needed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from app.db import activity, open_tasks, panel, search, trends
from app.db.activity import Filter
from app.db.session import reading
from app.domain.search import prefixes, words
from tests.unit.web_pages.shop import STORE, Shop, ago

LONG = ("inbox_event", "run", "step", "filed_document", "publication_field", "subject_snapshot", "work", "search_entry")
QUERIES: dict[str, Callable[[Session], object]] = {
    "order panel": lambda session: panel.read(session, STORE, "order", "1001"),
    "company panel": lambda session: panel.read(session, STORE, "company", "9"),
    "page panel": lambda session: panel.read(session, STORE, "page", "page:4"),
    "names of people": lambda session: panel.names(session, STORE, "customer", ("7", "8")),
    "orders of a customer": lambda session: panel.orders_of_customers(session, STORE, ("7", "8")),
    "pulse": lambda session: activity.pulse(session, STORE),
    "attention": lambda session: activity.attention(session, STORE),
    "tallies": lambda session: activity.tallies(session, STORE, ago(hours=8)),
    "failures": lambda session: activity.failures(session, STORE),
    "runs": lambda session: activity.runs(session, STORE, Filter()),
    "days": lambda session: trends.days(session, STORE, (ago(days=2), ago(days=1), ago(days=0))),
    "times to workspace": lambda session: trends.times_to_workspace(session, STORE, ago(days=14)),
    "waiting decisions": lambda session: (trends.waiting_since(session, STORE), open_tasks.waiting(session, (STORE,))),
    "find": lambda session: search.find(session, STORE, prefixes("Ada Löwe"), words("Ada Löwe")),
    "orders of an account": lambda session: search.orders_of(session, STORE, "7"),
    "deliveries": lambda session: activity.deliveries(session, STORE, Filter()),
}


def plans(shop: Shop, query: Callable[[Session], object]) -> list[str]:
    """How SQLite would find the rows of every statement of a query."""
    statements: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        statements.append((statement, parameters))

    event.listen(shop.deps.database.engine, "before_cursor_execute", note)
    with reading(shop.deps.database) as session:
        query(session)
    event.remove(shop.deps.database.engine, "before_cursor_execute", note)
    with shop.deps.database.engine.connect() as connection:
        raw = connection.connection.cursor()
        found = [
            str(row[3])
            for statement, parameters in statements
            if statement.startswith("SELECT")
            for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
        raw.close()
    return found


@pytest.mark.parametrize("name", list(QUERIES))
def test_no_long_table_is_walked(shop: Shop, name: str) -> None:
    shop.related_customer()
    shop.order_under_review("1001")
    walked = [line for line in plans(shop, QUERIES[name]) if re.match(rf"SCAN ({'|'.join(LONG)})\b", line)]
    assert walked == []


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("pulse", "ix_inbox_open"),
        ("pulse", "ix_step_failing"),
        ("pulse", "ix_field_drifted"),
        ("order panel", "ix_run_subject"),
        ("deliveries", "ix_inbox_latest"),
        ("runs", "ix_run_latest"),
        ("orders of a customer", "ix_snapshot_customer"),
        ("days", "ix_run_latest"),
        ("days", "ix_inbox_latest"),
        ("waiting decisions", "ix_run_state"),
        ("orders of an account", "ix_snapshot_customer"),
    ],
)
def test_the_index_made_for_it_is_used(shop: Shop, name: str, index: str) -> None:
    assert any(index in line for line in plans(shop, QUERIES[name]))
