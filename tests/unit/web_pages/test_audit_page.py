"""The audit log's page: an owner narrows it, takes it out as files, and the file proves itself."""

import ast
import csv
import io
from pathlib import Path

import pytest
from flask import g

from app import domain
from app.db import audit
from app.db.rights import StoreRights
from app.db.session import unit_of_work
from app.domain import audit_chain
from app.engine import audit_export, sessions
from app.engine.deciding.tasks import Act
from app.web import audit_words, language, texts
from tests.unit.web_pages.shop import STORE, Shop
from tests.unit.web_pages.test_order_panel import words_on

APP = Path(domain.__file__).parent.parent


def record(shop: Shop, actor: str, action: str, object_: str = "", store: str = STORE, **detail: object) -> None:
    with unit_of_work(shop.deps.database) as uow:
        audit.record(uow.session, store, actor, action, object_, **detail)


def a_log(shop: Shop, user_id: str) -> None:
    """Three more entries after that of the connection, and one of another store."""
    record(shop, f"user:{user_id}", "hold.applied", "node:5", about="order:118", hold=3,
           reason=audit_chain.said("Löwe <b>v.</b> us"))  # fmt: skip
    record(shop, "system", "upload_link_made", "order:119", request="r1")
    record(shop, "store_user:9", "reauthorised", "=HYPERLINK(1)")
    record(shop, "system", "installed", "canary-of-others", store="bigcommerce:other")


def test_an_owner_narrows_the_log_by_who_what_and_when(shop: Shop) -> None:
    owner = shop.sign_in("owner")
    a_log(shop, owner.user_id)
    page = owner.text("/settings/audit")
    assert "canary-of-others" not in page
    assert 'href="/panel/orders/118"' in page
    assert "<b>v." not in page
    words = words_on(page)
    assert "Put on hold: Order 118" in words
    assert "owner@example.com number 2 hold: 3 · reason: Löwe" in words

    def entries(query: str) -> str:
        return words_on(owner.text(f"/settings/audit?{query}")).split("Show", 1)[1]

    assert "number 3" in entries("who=system")
    assert "number 2" not in entries("who=system")
    assert "number 4" in entries("who=store_user")
    assert "number 2" in entries(f"who=user:{owner.user_id}&what=hold.applied&since=2020-01-01")
    assert "No entry matches." in entries("until=2020-01-01")
    assert "number 2" in entries("before=3")
    wrong = owner.get("/settings/audit?since=soon")
    assert wrong.status_code == 422
    assert "Enter a day" in wrong.get_data(as_text=True)


def test_the_whole_log_proves_itself_and_its_export_is_an_entry(shop: Shop) -> None:
    owner = shop.sign_in("owner")
    a_log(shop, owner.user_id)
    answer = owner.post("/settings/audit/chain")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-log.jsonl"'
    found = audit_chain.check(answer.get_data().splitlines())
    assert (found.broken, found.entries, found.store_id) == (None, 5, STORE)
    assert found.head in owner.text("/settings/audit")
    assert b"audit.exported" in answer.get_data()
    person = sessions.by_page_token(shop.deps, owner.token)
    assert person
    paged = audit_chain.check(one.rstrip() for one in audit_export.whole(shop.deps, person, page=2))
    assert (paged.broken, paged.entries) == (None, 6)
    with shop.deps.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET actor = 'nobody' WHERE seq = 3 AND store_id = ?", (STORE,))
    changed = audit_chain.check(owner.post("/settings/audit/chain").get_data().splitlines()).broken
    assert changed is not None
    assert changed.line == 3


def test_reasons_stay_with_whoever_may_see_everything_and_the_chain_holds(shop: Shop) -> None:
    owner = shop.sign_in("owner")
    a_log(shop, owner.user_id)
    shop.add(StoreRights(store_id=STORE, mode="person"))
    assert "Löwe" not in owner.text("/settings/audit")
    answer = owner.post("/settings/audit/chain").get_data()
    found = audit_chain.check(answer.splitlines())
    assert (found.broken, found.forgotten) == (None, 1)
    assert b"we <b>v." not in answer
    assert "Löwe" not in owner.post("/settings/audit/entries").get_data(as_text=True)


def test_chosen_entries_are_a_table_without_formulas(shop: Shop) -> None:
    owner = shop.sign_in("owner")
    a_log(shop, owner.user_id)
    answer = owner.post("/settings/audit/entries", who="store_user")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0] == list(audit_export.COLUMNS)
    assert [(row[0], row[2], row[4]) for row in rows[1:]] == [("4", "store_user:9", "'=HYPERLINK(1)")]


def test_only_owners_read_or_export_it(shop: Shop) -> None:
    manager = shop.sign_in("manager")
    assert manager.get("/settings/audit").status_code == 403
    assert "/settings/audit" not in manager.text("/settings/people")
    for path in ("/settings/audit/chain", "/settings/audit/entries"):
        assert manager.post(path).status_code == 403
    owner = shop.sign_in("owner", email="o@example.com")
    assert owner.client.post("/settings/audit/chain", base_url="http://app.test").status_code == 403


def test_every_action_and_everything_kept_beside_one_has_its_words() -> None:
    """Asked of the code that writes entries: what it names must be told."""
    actions, names = set[str](), set[str]()
    written = (text for path in APP.rglob("*.py") if "audit.record(" in (text := path.read_text("utf-8")))
    for text in written:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                actions |= {one.value for one in ast.walk(node.args[3]) if isinstance(one, ast.Constant)}
                names |= {word.arg for word in node.keywords if word.arg}
    assert names - {"about"} <= set(audit_words.NAMES)
    assert len(actions) > 30
    known = audit_words.ACTIONS | texts.REQUESTS | texts.TOPICS
    assert {one for one in actions if one not in ("request", "task.", "_started", "_stopped")} <= set(known)
    assert {f"task.{act}" for act in Act} <= set(known)
    assert {f"{kind}_{end}" for kind in ("dry_run", "import") for end in ("started", "stopped")} <= set(known)


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("order:118", "Order 118"), ("page:page:4", "Page 4"), ("order-review", "Order review"),
        ("bigcommerce:demostore1", "The store"), ("run:7:approved", "Run 7: Approved"),
        ("desk:" + "3a67f963" * 4, "Help desk 3A67F963"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"), ("odd:1", "odd:1"), ("", ""),
    ],
)  # fmt: skip
def test_what_an_entry_is_about_is_said_in_words(shop: Shop, kept: str, shown: str) -> None:
    with shop.flask.test_request_context():
        assert audit_words.about(kept) == shown


def test_codes_beside_an_entry_are_said_in_words(shop: Shop) -> None:
    told = {"about": "order:1", "mode": "person", "map": [1, 2], "size": 84_000, "rows": 1200, "read_back": False,
            "before": "viewer", "outcome": "gamma", "reason": ""}  # fmt: skip
    with shop.flask.test_request_context():
        g.reader = language.reader_for("de-DE")
        assert audit_words.details(told).replace("\u00a0", " ") == (
            "Rechte nach: die der einzelnen Person · Rechtetabelle: 2 Zeilen · Größe: 84 kB · geleerte Zeilen: 1.200"
            " · in OpenText gesehen: Nein · Rolle vorher: Leser · Ausgang: gamma"
        )
