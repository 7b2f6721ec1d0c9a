"""What is missing is asked for from the panel: a link, a mail in the customer's language, and how far it has come."""

import re
from html import unescape
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Table, select

from app.db.links import FiledDocument, SubjectSnapshot
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.db.tables import metadata
from app.db.uploads import UploadRequest
from app.domain.ids import NodeId
from app.engine.sessions import Role
from tests.doors import OTHER, Browser, Doors
from tests.engine import letters, office, papers
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
    assert "Import licence Missing File it : Import licence Request from customer" in words_on(page)
    form = text(browser, f"{panel}/documents/new?type=Import+licence")
    assert [re.sub("<.*?>", "", one) for one in re.findall(r"<option[^>]*selected.*?</option>", form)] == [
        "07 Requested documents", "Import licence",
    ], "its type and where it belongs are chosen"  # fmt: skip
    for nothing in ("documents/new", "documents/new?type=Secret%20plan", "documents/new?type=%00"):
        assert "selected" not in text(browser, f"{panel}/{nothing}")
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
    with unit_of_work(house.deps.database) as uow:  # a language we don't speak, in a French store
        row = uow.session.get_one(SubjectSnapshot, (house.store_id, "order", order_id))
        row.facts = row.facts | {"language": "pl", "customer_name": "Ada"}
        uow.session.get_one(StoreRow, house.store_id).locale = "fr-CA"
    assert "Bonjour Ada," in text(browser, panel)


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


def test_the_mail_is_sent_for_the_person_and_nothing_kept_of_it_holds_the_link(
    tent: tuple[House, Browser, str, str],
) -> None:
    house, browser, panel, order_id = tent
    with unit_of_work(house.deps.database) as uow:
        row = uow.session.get_one(SubjectSnapshot, (house.store_id, "order", order_id))
        row.facts = row.facts | {"language": "de", "customer_email": "ada@example.com"}
    page = text(browser, panel)
    assert "Send it for me to a***@example.com" in words_on(page)
    assert "Copy the mail text" in words_on(page)
    (request,) = house.rows(UploadRequest)
    send = f"{panel}/links/upload/{request.id}/send"
    down = letters.stop(house, "exstream")
    assert browser.post(send, {"click": "b" * 32}).status_code == 303
    assert browser.post(send, {"click": "b" * 32}).status_code == 303  # a double click is one mail
    assert "The mail to the customer is being sent" in words_on(text(browser, panel))
    house.drain()
    waiting = words_on(text(browser, panel))
    assert "Try now" in waiting
    assert "Send it for me" not in waiting
    office.heal(house, down)
    house.hurry()
    house.drain()
    (message,) = letters.messages(house)
    assert [one.address for one in message.destinations] == ["ada@example.com"]
    assert message.body is not None
    said = message.body.content.decode()
    link = papers.link(house)
    assert said.startswith("Guten Tag")
    assert said.count(link) == 1
    assert message.files == []
    letters.arrive(house)
    assert "Mailed to a***@example.com delivered" in words_on(text(browser, panel))
    assert "Send it again to" in words_on(text(browser, panel))
    (copy,) = [one for one in house.rows(FiledDocument) if one.name.startswith("Request to the customer")]
    sink = BytesIO()
    house.deps.opentext(house.store_id).documents.download(NodeId(copy.node_id), copy.version, sink)
    assert "der persönliche Link" in sink.getvalue().decode()
    assert "- Import licence" in sink.getvalue().decode()
    token = link.removeprefix("/up/")
    assert token.encode() not in sink.getvalue()
    kept = "".join(str(row) for table in metadata.sorted_tables for row in all_of(house, table))
    assert request.id in kept
    assert token.rpartition(".")[2] not in kept


def all_of(house: House, table: Table) -> list[object]:
    with reading(house.deps.database) as session:
        return list(session.execute(select(table)).all())


def test_a_mail_that_cannot_go_out_says_why_and_what_to_do(tent: tuple[House, Browser, str, str]) -> None:
    house, browser, panel, _order_id = tent
    (request,) = house.rows(UploadRequest)
    send = f"{panel}/links/upload/{request.id}/send"
    down = letters.stop(house, "exstream")
    assert browser.post(send).status_code == 303
    assert browser.post(f"{panel}/links/upload/{request.id}/withdraw").status_code == 303
    office.heal(house, down)
    house.hurry()
    house.drain()
    assert letters.messages(house) == []
    (run,) = letters.runs(house, "mail-request")
    assert run.state == "quarantined"
    assert "The link does not work any more" in words_on(text(browser, panel))
    assert browser.post(send).status_code == 404
    viewer = Doors(house).signed_in(OTHER, role=Role.VIEWER)
    assert viewer.post(send).status_code == 403
    with unit_of_work(house.deps.database) as uow:  # a store that sends no mail of its own: the text is there to copy
        row = uow.session.get_one(OpenTextConnection, house.store_id)
        row.exstream = None
    form = unescape(re.search(r'href="([^"]+ask_documents[^"]*)"', text(browser, panel))[1])  # type: ignore[index]
    assert browser.post(urlsplit(form).path, {"document_types": "Packing list"}).status_code == 303
    house.drain()
    page = words_on(text(browser, panel))
    assert "Copy the mail text" in page
    assert "Send it for me" not in page
    assert (
        "We cannot mail this for you, because nothing that mails is connected: neither OpenText Notifications nor"
        in page
    )
