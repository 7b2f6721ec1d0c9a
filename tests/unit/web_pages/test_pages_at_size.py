"""Inbox, home and activity over more rows than a page shows: what matters most is there, in as few statements."""

import re

from sqlalchemy import event

from bench.pages_at_size import fill
from tests.unit.web_pages.shop import Shop
from tests.unit.web_pages.test_order_panel import words_on


def counted(shop: Shop, path: str) -> tuple[str, int]:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement) if statement.startswith("SELECT") else None

    person = shop.sign_in()
    person.text(path)
    event.listen(shop.deps.database.engine, "before_cursor_execute", note)
    page = person.text(path)
    event.remove(shop.deps.database.engine, "before_cursor_execute", note)
    return page, len(statements)


def test_what_matters_most_is_first_however_much_waits_and_statements_stay_few(shop: Shop) -> None:
    shop.order_under_review("900001")
    few = {path: counted(shop, path)[1] for path in ("/inbox", "/", "/activity/", "/activity/deliveries")}
    fill(shop, 640, 600)
    many = {path: counted(shop, path)[1] for path in few}
    assert all(many[path] <= few[path] for path in few), (few, many)
    assert max(many.values()) <= 20
    page = words_on(counted(shop, "/inbox?due=week")[0])
    worth = [int(one.replace(",", "")) for one in re.findall(r"€([\d,]+)\.00", page)]
    overdue = [one for one in range(1, 601) if (one - 1) % 90 <= 10]  # hours from now: (number % 90) - 10
    assert worth[:3] == sorted(overdue, reverse=True)[:3]
    assert len(worth) == 100
