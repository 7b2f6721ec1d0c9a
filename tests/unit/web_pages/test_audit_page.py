"""The audit log's page: an owner narrows it, takes it out as files, and the file proves itself."""

import csv
import io

from app.db import audit
from app.db.rights import StoreRights
from app.db.session import unit_of_work
from app.domain import audit_chain
from app.engine import audit_export, sessions
from tests.unit.web_pages.shop import STORE, Shop
from tests.unit.web_pages.test_order_panel import words_on


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
    assert "Put on hold: order:118" in words
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
