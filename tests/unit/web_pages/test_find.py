"""Find: whatever a person has in hand leads to everything about it, and to nobody else's."""

from typing import Any

import pytest
from sqlalchemy import event, select

from app.db import search
from app.db.communications import CommunicationDelivery, CommunicationRow
from app.db.links import FiledDocument
from app.db.rights import StoreRights
from app.db.search import SearchEntry
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.domain.search import TermKind, prefixes, term, terms
from app.engine import redaction, subjects
from app.engine.redaction import Person
from tests.builders import an_order
from tests.unit.web_pages.shop import STORE, Shop
from tests.unit.web_pages.test_order_panel import words_on


def scene(shop: Shop) -> None:
    """An order with customer, product, tracking number and a letter."""
    shop.related_customer()
    lines = [{"line_id": "1", "product_id": "77", "sku": "LAMP-1", "name": "Aurora", "quantity": 1}]
    run = shop.order_under_review("1001", facts={"lines": lines})
    shop.order_under_review("1002", outcome="approved")
    shop.product_live("77")
    with unit_of_work(shop.deps.database) as uow:
        known = terms("order", "1001", "Order 1001", shop.order_facts("1001", lines=lines))
        tracking = term(TermKind.TRACKING, "1Z 999-AA1")
        assert tracking is not None
        search.note(uow.session, STORE, "order", "1001", known | {tracking})
    letter = CommunicationRow(
        job_key="j1", store_id=STORE, run_id=run.id, object_type="order", object_id="1001", document="letter",
        template="SF_REVIEW_NOTICE", state="filed", outputs=[{"document": shop_node(shop, "Order 1001 record.pdf")}],
    )  # fmt: skip
    told = [{"address": "a***@example.com"}]
    sent = CommunicationDelivery(
        key="d1", job_key="j1", store_id=STORE, run_id=run.id, attempt=1, channel="mail", state="delivered",
        recipients=told,
    )  # fmt: skip
    shop.add(letter, sent)


def shop_node(shop: Shop, name: str) -> int:
    with reading(shop.deps.database) as session:
        return session.execute(select(FiledDocument.node_id).where(FiledDocument.name == name)).scalar_one()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("1001", "Order 1001"), ("#1001", "Order 1001"), ("1z999aa1", "Order 1001"), ("ADA@example", "Ada Löwe"),
        ("lowe", "Ada Löwe"), ("löwe ada", "Ada Löwe"), ("lamp-1", "Aurora desk lamp"),
    ],
)  # fmt: skip
def test_whatever_is_typed_leads_there(shop: Shop, typed: str, found: str) -> None:
    scene(shop)
    assert found in shop.sign_in("viewer").text(f"/find?q={typed.replace('#', '%23').replace(' ', '+')}")


def test_everything_about_an_order_stands_in_one_place(shop: Shop) -> None:
    scene(shop)
    words = words_on(shop.sign_in("viewer").text("/find?q=%231001"))
    for text in (
        "Order 1001 Under review", "Order 1001 record.pdf", "Letters", "Mailed to a***@example.com", "delivered",
        "Order review", "Review order 1001: Order Review", "Belongs to it Ada Löwe Customer",
        "Aurora desk lamp Product SKU LAMP-1",
    ):  # fmt: skip
        assert text in words, (text, words)


def test_a_customer_leads_to_the_orders_and_a_product_to_where_it_was_sold(shop: Shop) -> None:
    scene(shop)
    page = shop.sign_in("viewer")
    customer = words_on(page.text("/find?q=ada&show=customer:7"))
    assert "Order 1001 Order Ada Löwe" in customer
    assert "Order 1002 Order Ada Löwe" in customer
    assert "Order 1001 Order Ada Löwe" in words_on(page.text("/find?q=lamp&show=product:77"))


def test_nothing_found_says_what_can_be_typed_and_one_letter_is_not_enough(shop: Shop) -> None:
    scene(shop)
    page = shop.sign_in("viewer")
    assert "Nothing found for nobody@example.com" in words_on(page.text("/find?q=nobody@example.com"))
    assert "Nothing found for a" in words_on(page.text("/find?q=a"))
    assert page.get("/find?show=order:999999").status_code == 404
    assert page.get("/find?show=order:%27").status_code == 404


def test_another_stores_objects_are_never_found(shop: Shop) -> None:
    shop.add(StoreRow(id="bigcommerce:other", provider="bigcommerce", name="Other"))
    facts = shop.order_facts("5005", customer_name="Eve Strange")
    with unit_of_work(shop.deps.database) as uow:
        search.note(uow.session, "bigcommerce:other", "order", "5005", terms("order", "5005", "Order 5005", facts))
    assert "Nothing found" in shop.sign_in().text("/find?q=5005")


def test_names_of_documents_are_shown_only_to_who_may_see_them(shop: Shop) -> None:
    scene(shop)
    entries = [{"who": "owner", "preset": "everything"}, {"who": "everyone", "preset": "status"}]
    shop.add(StoreRights(store_id=STORE, mode="service", entries=entries, contact="Records team"))
    hidden = shop.sign_in("viewer").text("/find?q=1001")
    assert "Order 1001 record.pdf" not in hidden
    assert "You don&#39;t have access. Request it from Records team." in hidden
    assert "Order 1001 record.pdf" in shop.sign_in("owner").text("/find?q=1001")


def test_hostile_words_stay_words(shop: Shop) -> None:
    evil = "<script>alert(1)</script>\u202e"
    shop.snapshot("customer", "66", evil, {"email": "evil@example.com", "company": evil})
    page = shop.sign_in().text("/find?q=evil@")
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "<script>alert" not in shop.sign_in().text("/find?q=%3Cscript%3Ealert(1)")


def test_the_page_takes_few_statements_however_much_is_found(shop: Shop) -> None:
    scene(shop)
    for number in range(2000, 2060):
        shop.snapshot("order", str(number), f"Order {number}", shop.order_facts(str(number)))
    person, counted = shop.sign_in(), []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        counted.append(statement) if statement.startswith("SELECT") else None

    event.listen(shop.deps.database.engine, "before_cursor_execute", note)
    person.text("/find?q=20")
    many = len(counted)
    person.text("/find?q=1001")
    event.remove(shop.deps.database.engine, "before_cursor_execute", note)
    assert many <= 6
    assert len(counted) - many <= 8, counted


class TestTheWordsFollowTheObject:
    def found(self, shop: Shop, typed: str) -> list[str]:
        with reading(shop.deps.database) as session:
            return [one.key[1] for one in search.find(session, STORE, prefixes(typed))]

    def remember(self, shop: Shop, subject: Any, object_id: str) -> None:
        with unit_of_work(shop.deps.database) as uow:
            subjects.remember(uow.session, STORE, "order", object_id, subject)

    def test_a_changed_name_is_found_and_the_old_one_is_not(self, shop: Shop) -> None:
        self.remember(shop, an_order(id="300", number="300", customer_name="Ada Byron"), "300")
        self.remember(shop, an_order(id="300", number="300", customer_name="Ada Lovelace"), "300")
        assert self.found(shop, "lovelace") == ["300"]
        assert self.found(shop, "byron") == []

    def test_a_redacted_person_is_not_found_and_the_order_still_is(self, shop: Shop) -> None:
        scene(shop)
        redaction.redact(shop.deps, STORE, Person(emails=("ada@example.com",), names=("Ada Löwe",)))
        for typed in ("ada", "löwe", "ada@example", "1z999aa1"):
            assert self.found(shop, typed) == []
        assert self.found(shop, "1001") == ["1001"]
        with reading(shop.deps.database) as session:
            kept = " ".join(session.execute(select(SearchEntry.term)).scalars())
        assert "ada" not in kept
        assert "lowe" not in kept
