"""Long tables stay long: no page walks one. Judged by the database's own plans, so that no clock is needed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from app.db import access_requests, activity, audit_reading, open_tasks, panel, search, trends
from app.db.activity import Filter
from app.db.audit_reading import Narrowed
from app.db.session import reading
from app.domain.search import prefixes, words
from tests.unit.web_pages.shop import STORE, Shop, ago

LONG = (
    "audit",
    "inbox_event",
    "run",
    "step",
    "filed_document",
    "publication_field",
    "subject_snapshot",
    "work",
    "search_entry",
)
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
    "what waits, in words": lambda session: open_tasks.told(session, {(STORE, "order", "7"), (STORE, "case", "8")}),
    "known": lambda session: search.known(session, STORE, {("order", "7"), ("customer", "8")}),
    "comparisons": lambda session: activity.comparisons(session, STORE),
    "requests for access": lambda session: access_requests.waiting(session, STORE),
    "log": lambda session: audit_reading.lines(session, STORE, Narrowed()),
    "log by one kind": lambda session: audit_reading.lines(session, STORE, Narrowed(who="workflow")),
    "log by a person": lambda session: audit_reading.lines(session, STORE, Narrowed(who="user:7")),
    "log of one act": lambda session: audit_reading.lines(session, STORE, Narrowed(what="decided")),
    "log of a day": lambda session: audit_reading.lines(session, STORE, Narrowed(since=ago(days=2), until=ago(days=1))),
    "acts in the log": lambda session: audit_reading.actions(session, STORE),
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
            if statement.startswith(("SELECT", "WITH"))
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
        ("what waits, in words", "sqlite_autoindex_subject_snapshot_1 (store_id=? AND object_type=? AND object_id=?)"),
        ("known", "sqlite_autoindex_subject_snapshot_1 (store_id=? AND object_type=? AND object_id=?)"),
        ("comparisons", "run USING INDEX sqlite_autoindex_run_2 (store_id=? AND scenario=?)"),
        ("requests for access", "ix_audit_object (store_id=? AND object=?)"),
        ("log by one kind", "ix_audit_actor (store_id=? AND actor=?)"),
        ("log by one kind", "ix_audit_actor (store_id=? AND actor>? AND actor<?)"),
        ("log by one kind", "audit USING INDEX sqlite_autoindex_audit_1 (store_id=? AND seq=?)"),
        ("log by a person", "ix_audit_actor (store_id=? AND actor=?)"),
        ("log of one act", "ix_audit_action (store_id=? AND action=?)"),
        ("log of a day", "sqlite_autoindex_audit_1 (store_id=? AND seq>? AND seq<?)"),
        ("log of a day", "ix_audit_at (store_id=? AND at>?)"),
        ("acts in the log", "ix_audit_action (store_id=? AND action>?)"),
    ],
)
def test_the_index_made_for_it_is_used(shop: Shop, name: str, index: str) -> None:
    assert any(index in line for line in plans(shop, QUERIES[name]))
