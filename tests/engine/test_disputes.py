"""Disputes: from the store's status or the panel to one PDF of evidence with its deadline."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from pypdf import PdfReader

from app.db.cases import CaseRow
from app.db.links import FiledDocument, WorkspaceLink
from app.db.types import utc_now
from tests.engine import office
from tests.house import House

SAM, OMAR = "sam.reyes@demo", "omar.haddad@demo"


def pack(house: House, name: str) -> PdfReader:
    (row,) = house.rows(FiledDocument, name=name)
    sink = io.BytesIO()
    house.deps.opentext(house.store_id).documents.download(row.node_id, row.version, sink)
    return PdfReader(sink)


def picture() -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (60, 40), (180, 30, 30)).save(sink, "JPEG")
    return sink.getvalue()


@pytest.fixture
def disputed(installed_house: House) -> tuple[House, str, CaseRow]:
    """The store says the order is disputed; twice, for it was changed once more."""
    house = installed_house
    order_id = office.buy(house)
    office.merchant(house).create("shipments", {"order_id": int(order_id), "tracking_number": "DHL-1"})
    house.drain()
    house.store_api.put(f"v2/orders/{order_id}", json={"status_id": 13})
    house.drain()
    house.store_api.put(f"v2/orders/{order_id}", json={"customer_message": "again"})
    house.drain()
    return house, order_id, office.case_of(house, order_id)


def test_a_disputed_order_gets_its_evidence_bound_into_one_pdf(disputed):
    house, order_id, case = disputed
    assert (case.number, case.kind) == ("D-1001", "dispute")
    assert timedelta(days=6) < case.due_at - utc_now() <= timedelta(days=7)
    assert house.run_of("dispute-case", case.id).state == "waiting"
    found = pack(house, "D-1001 evidence pack.pdf")
    words = "\n".join(sheet.extract_text() for sheet in found.pages)
    assert "To be sent to the provider by" in words
    assert "DHL-1" in words
    titles = [entry.title for entry in found.outline]
    assert titles[0] == "Cover and index"
    assert {f"Invoice copy {order_id}.pdf", f"Shipments of order {order_id}.pdf", "D-1001 case file.pdf"} <= set(titles)
    first = found.get_destination_page_number(found.outline[1])
    index = found.pages[0].extract_text() + found.pages[1].extract_text()
    assert str(first + 1) in index
    shown = office.page(office.browser(house), order_id)
    assert "D-1001" in shown
    assert "to be answered by" in shown


def test_what_people_add_is_in_the_final_pack_and_what_cannot_be_shown_is_named(disputed):
    house, order_id, case = disputed
    (link,) = house.rows(WorkspaceLink, object_type="case", object_id=case.id)
    house.write_document(link.workspace_id, "02 Evidence", "Proof of delivery.jpg", picture(), user=SAM)
    house.write_document(link.workspace_id, "02 Evidence", "Recording.wav", b"RIFF....", user=SAM)
    office.decide(house, "sf_document_collection", "COMPLETE", user=SAM)
    office.decide(house, "sf_document_collection", "complete", user=OMAR, comment="Strong case")
    final = pack(house, "D-1001 evidence pack, evidence complete.pdf")
    assert "Proof of delivery.jpg" in [entry.title for entry in final.outline]
    assert "Recording.wav (cannot be shown on paper)" in final.pages[0].extract_text() + final.pages[1].extract_text()
    assert office.papers(house, "case", case.id)["D-1001 evidence pack, evidence complete.pdf"] == "Cases"
    assert "evidence released by omar.haddad@demo" in house.order(order_id)["staff_notes"]
    after = office.case_of(house, order_id)
    assert (after.state, after.outcome) == ("decided", "Evidence complete")
    person = office.browser(house)
    person.post(f"/panel/orders/{order_id}/cases/{case.id}/close", data={"outcome": "Won"})
    house.drain()
    assert house.run_of("service-case-file", case.id).state == "done"
    assert "Won" in office.page(person, order_id)


def test_a_conceded_dispute_sends_nothing(disputed):
    house, order_id, case = disputed
    office.decide(house, "sf_document_collection", "COMPLETE", user=SAM)
    office.decide(house, "sf_document_collection", "waived", user=OMAR)
    assert "conceded by omar.haddad@demo" in house.order(order_id)["staff_notes"]
    assert not [name for name in office.papers(house, "case", case.id) if "evidence pack," in name]


def test_a_dispute_opened_by_a_person_has_the_providers_deadline_and_survives_an_outage(installed_house):
    house = installed_house
    order_id = office.buy(house)
    rule = office.stop_opentext(house)
    due = (utc_now() + timedelta(days=10)).date()
    case = office.open_case(
        house, order_id, "dispute", reason="not_received", due=due.isoformat(), text="Bank wrote", external_id="CB-77"
    )
    assert (case.external_id, case.due_at.date()) == ("CB-77", due)
    assert float(case.amount) == float(house.order(order_id)["total_inc_tax"])
    office.heal(house, rule)
    assert house.run_of("dispute-case", case.id).state == "waiting"
    assert office.variables(house, "sf_document_collection")["due_date"] == due.isoformat()


def test_a_deadline_in_the_past_is_refused(installed_house):
    house = installed_house
    order_id = office.buy(house)
    sent = office.browser(house).post(
        f"/panel/orders/{order_id}/cases/dispute/new", data={"reason": "other", "due": "2020-01-01", "text": "x"}
    )
    assert sent.status_code == 422
    assert "Enter today or a later day." in sent.get_data(as_text=True)
    assert house.rows(CaseRow) == []
