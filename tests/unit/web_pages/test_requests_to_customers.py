"""What is missing is asked for from the panel: a link, a mail in the customer's language, and how far it has come."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from app.db.links import SubjectSnapshot
from app.db.session import unit_of_work
from app.db.uploads import UploadRequest
from tests.doors import Browser, Doors
from tests.engine import office, papers
from tests.engine.papers import PDF
from tests.house import House
from tests.unit.web_pages.test_document_page import text
from tests.unit.web_pages.test_order_panel import words_on

LINK = re.compile(r'value="(http://app.test/up/[^"]+)"')


@pytest.fixture
def tent(house: House) -> tuple[House, Browser, str, str]:
    """An order that must not leave without its import licence; its panel."""
    house.install()
    office.switch_on(house, "order-documents", skus="NW-TENT")
    order_id = office.buy(house, ("NW-TENT", 1))
    house.request(house.store_id, "order", order_id, "recheck")
    house.drain()
    return house, Doors(house).signed_in(), f"/panel/orders/{order_id}", order_id


def test_what_is_missing_is_named_and_asked_for_with_one_link(tent: tuple[House, Browser, str, str]) -> None:
    house, browser, panel, _order_id = tent
    page = text(browser, panel)
    assert "Import licence Missing Request from customer" in words_on(page)
    form = unescape(re.search(r'href="([^"]+ask_documents[^"]+licence)"', page)[1])  # type: ignore[index]
    assert 'value="Import licence"' in text(browser, form)
    assert browser.post(urlsplit(form).path, {"document_types": "Packing list"}).status_code == 303
    house.drain()
    words = words_on(text(browser, panel))
    assert "To send us: Packing list" in words
    assert words.count("Asked") == 2  # the rule's own link and this one


def test_the_mail_speaks_the_customers_language_and_holds_nothing_hostile(
    tent: tuple[House, Browser, str, str],
) -> None:
    house, browser, panel, order_id = tent
    with unit_of_work(house.deps.database) as uow:
        row = uow.session.get_one(SubjectSnapshot, (house.store_id, "order", order_id))
        row.facts = row.facts | {
            "language": "de-AT", "customer_name": "</textarea><script>alert(1)</script>{shop}",
            "customer_email": "ada@example.com",
        }  # fmt: skip
    page = text(browser, panel)
    assert "<script>alert" not in page
    body = unescape(re.search(r"<textarea[^>]+>(.*?)</textarea>", page, re.DOTALL)[1])  # type: ignore[index]
    assert body.startswith("Guten Tag </textarea><script>alert(1)</script>{shop},")
    assert "- Import licence" in body
    assert LINK.search(page)[1] in body  # type: ignore[index]
    address = urlsplit(unescape(re.search(r'href="(mailto:[^"]+)"', page)[1]))  # type: ignore[index]
    assert address.path == "ada@example.com"
    assert parse_qs(address.query)["body"] == [body.replace("\n", "\r\n")]
    with unit_of_work(house.deps.database) as uow:
        row = uow.session.get_one(SubjectSnapshot, (house.store_id, "order", order_id))
        row.facts = row.facts | {"language": "ja", "customer_email": "a@b.c?cc=d@e.f"}
    page = text(browser, panel)
    assert "for Order" in page
    assert "mailto:" not in page


def test_a_link_tells_how_far_it_has_come_to_its_end(tent: tuple[House, Browser, str, str]) -> None:
    house, browser, panel, order_id = tent
    phone = papers.phone(house)
    link = papers.link(house)
    papers.look(phone, link)
    assert "Opened" in words_on(text(browser, panel))
    papers.send(phone, link, ("1", "licence.pdf", PDF))
    house.drain()
    house.request(house.store_id, "order", order_id, "recheck")
    house.drain()
    received = text(browser, panel)
    assert "To send us: Import licence" in words_on(received)
    assert "Received" in words_on(received)
    assert not LINK.search(received)
    assert "Import licence Missing" not in words_on(received)
    (request,) = house.rows(UploadRequest)
    assert browser.post(f"{panel}/links/upload/{request.id}/withdraw").status_code == 404
