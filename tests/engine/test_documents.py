"""Required documents: an order waits, the buyer sends them without an account, people verify, the order goes on."""

import pytest
from sqlalchemy import delete
from sqlmodel import col

from app.db.audit import AuditEntry
from app.db.inbox import InboxEvent
from app.db.links import FiledDocument
from app.db.runs import Run, StepRow
from app.db.session import unit_of_work
from app.db.uploads import UploadContent, UploadRequest
from app.engine import uploads
from tests.engine import office, papers
from tests.engine.papers import PDF

PROCESS = "sf_document_collection"
UMA = "uma.patel@demo"


@pytest.fixture
def shop(installed_house):
    office.switch_on(installed_house, "order-documents", skus="NW-TENT")
    return installed_house


@pytest.fixture
def held(shop):
    """A tent was bought: it must not leave without its licence."""
    return shop, office.buy(shop, ("NW-TENT", 1))


def run(house, order_id):
    return house.run_of("order-documents", order_id)


def collect(house):
    """Customer Service says that everything was collected."""
    office.decide(house, PROCESS, "", user="sam.reyes@demo")


def verify(house, outcome, comment=""):
    office.decide(house, PROCESS, outcome, user=UMA, comment=comment)


def types_of(house, node_id):
    state = house.stage.content_server.state
    return [state.nodes[one].name for one in state.nodes[node_id].classification_ids]


def test_the_order_waits_and_the_request_names_what_content_server_misses(held):
    house, order_id = held
    assert house.order(order_id)["status_id"] == 12
    (request,) = house.rows(UploadRequest)
    assert [(one["name"], one["folder"]) for one in request.wanted] == [("Import licence", "07 Requested documents")]
    assert run(house, order_id).state == "waiting"
    given = office.variables(house, PROCESS)
    assert given["document_types"] == "Import licence"
    assert (given["requester_group"], given["compliance_group"]) == ("Customer Service", "Compliance")
    assert "NW-TENT must not leave without documents" in house.order(order_id)["staff_notes"]


def test_an_order_without_such_goods_is_left_alone(shop):
    order_id = office.buy(shop, ("NW-TORCH", 1))
    assert not shop.rows(Run, scenario="order-documents", subject_id=order_id)


def test_what_the_buyer_sends_is_filed_under_its_type_and_the_verified_order_goes_on(held):
    house, order_id = held
    answer = papers.send(papers.phone(house), papers.link(house), ("1", "scan 1.pdf", PDF))
    assert "Thank you, we have everything" in papers.words(answer)
    house.drain()
    (file,) = papers.files(house)
    assert (file.state, file.filed_name, file.name) == ("filed", "Import licence.pdf", "scan 1.pdf")
    assert types_of(house, file.node_id) == ["Import licence"]
    assert not house.rows(UploadContent)  # our copy goes when Content Server has it
    assert house.order(order_id)["status_id"] == 12  # people verify
    collect(house)
    verify(house, "complete", "stamp checked")
    assert run(house, order_id).outcome == "complete"
    assert house.order(order_id)["status_id"] == 11
    assert "Documents complete, verified by" in house.order(order_id)["staff_notes"]
    assert office.papers(house, "order", order_id)["Import licence.pdf"] in ("", "Orders")


def test_verified_too_early_the_order_waits_for_content_servers_own_word(held):
    house, order_id = held
    collect(house)
    verify(house, "complete")
    assert (run(house, order_id).state, house.order(order_id)["status_id"]) == ("waiting", 12)
    (step,) = house.rows(StepRow, kind="await_documents")
    assert "“Import licence” is missing" in step.summary
    papers.send(papers.phone(house), papers.link(house), ("1", "licence.pdf", PDF))
    house.drain()  # the file wakes the run; nobody has to hurry it
    assert (run(house, order_id).state, house.order(order_id)["status_id"]) == ("done", 11)


def test_what_never_comes_leaves_the_order_held_and_says_so(held):
    house, order_id = held
    collect(house)
    verify(house, "complete")
    house.advance(days=15)
    assert (run(house, order_id).state, house.order(order_id)["status_id"]) == ("done", 12)
    assert "OpenText still misses a document" in house.order(order_id)["staff_notes"]


@pytest.mark.parametrize(
    ("outcome", "status", "note"),
    [("waived", 11, "Documents waived by"), ("incomplete_closed", 12, "Documents are incomplete")],
)
def test_waived_lets_it_go_closed_as_incomplete_keeps_it(held, outcome, status, note):
    house, order_id = held
    collect(house)
    verify(house, outcome)
    assert house.order(order_id)["status_id"] == status
    assert note in house.order(order_id)["staff_notes"]
    assert run(house, order_id).state == "done"
    approvals = [row for row in house.rows(FiledDocument) if row.record_class == "Approvals"]
    assert len(approvals) == 1


def test_with_opentext_down_the_buyer_is_thanked_for_what_is_kept_and_it_is_filed_later(held):
    house, _order_id = held
    rule = office.stop_opentext(house)
    answer = papers.send(papers.phone(house), papers.link(house), ("1", "licence.pdf", PDF))
    assert "Thank you" in papers.words(answer)
    house.drain()
    (kept,) = house.rows(UploadContent)
    assert PDF not in kept.content  # encrypted
    (file,) = papers.files(house)
    assert file.state == "kept"
    assert uploads.content(house.deps, file.id) == PDF
    office.heal(house, rule)
    (file,) = papers.files(house)
    assert file.state == "filed"
    assert len([row for row in house.rows(FiledDocument) if row.name == "Import licence.pdf"]) == 1


def test_a_file_nobody_was_told_of_is_told_by_the_sweep_once(held):
    house, _order_id = held
    papers.send(papers.phone(house), papers.link(house), ("1", "licence.pdf", PDF))
    with unit_of_work(house.deps.database) as uow:  # as if we had died between keeping and telling
        uow.session.execute(delete(InboxEvent).where(col(InboxEvent.topic) == "document.arrived"))
    house.drain()
    assert papers.files(house)[0].state == "kept"
    house.advance(minutes=2)
    for _ in range(2):
        uploads.sweep(house.deps)
    house.drain()
    assert papers.files(house)[0].state == "filed"
    assert len(house.rows(Run, scenario="document-arrived-order")) == 1


def test_the_event_of_a_change_twice_asks_once(held):
    house, order_id = held
    for _ in range(2):
        house.store_api.put(f"v2/orders/{order_id}", json={"staff_notes": "looked at"})
        house.drain()
    assert len(house.rows(UploadRequest)) == 1
    assert len(house.rows(Run, scenario="order-documents")) == 1


def test_two_reasons_hold_one_order_and_the_last_one_lets_it_go(shop):
    office.switch_on(shop, "order-review", amount_from="100", check_countries=False)
    order_id = office.buy(shop, ("NW-TENT", 1))
    office.decide(shop, "sf_order_review", "approved", user="anna.berg@demo")
    assert shop.order(order_id)["status_id"] == 12
    (review,) = shop.rows(Run, scenario="order-review", subject_id=order_id)
    assert any("stays held" in step.summary for step in shop.steps_of(review))
    collect(shop)
    verify(shop, "waived")
    assert shop.order(order_id)["status_id"] == 11


def test_three_days_before_the_link_ends_the_panel_says_so_unless_all_was_sent(held):
    house, order_id = held
    other = office.buy(house, ("NW-TENT", 2))
    papers.send(papers.phone(house), papers.link(house, object_id=other), ("1", "l.pdf", PDF))
    house.advance(days=11, hours=1)
    assert len(house.rows(Run, scenario="documents-reminder-order", subject_id=order_id)) == 1
    assert not house.rows(Run, scenario="documents-reminder-order", subject_id=other)


def test_a_person_may_ask_for_anything_by_name_and_the_renewed_file_is_a_new_one(shop):
    order_id = office.buy(shop, ("NW-TORCH", 1))
    for number in (1, 2):
        shop.request(shop.store_id, "order", order_id, "ask_documents", document_types="Proof of age, Import licence",
                     occasion=f"ask{number}")  # fmt: skip
        shop.drain()
        path = papers.link(shop)
        papers.send(papers.phone(shop), path, ("1", "id.pdf", PDF + b"%d" % number), ("2", "l.pdf", PDF))
        shop.drain()
    names = [file.filed_name for file in papers.files(shop)]
    assert sorted(names) == ["Import licence 2.pdf", "Import licence.pdf", "Proof of age 2.pdf", "Proof of age.pdf"]


def test_a_customer_carries_the_mark_until_the_certificate_is_verified(shop):
    customer = str(office.customer(shop))
    shop.request(shop.store_id, "customer", customer, "require_documents")
    shop.drain()
    marks = shop.store_api.get(f"v3/customers/{customer}/metafields").json()["data"]
    assert ("required_documents", "missing") in [(one["key"], one["value"]) for one in marks]
    papers.send(papers.phone(shop), papers.link(shop, object_type="customer"), ("1", "tax.pdf", PDF))
    shop.drain()
    collect(shop)
    verify(shop, "complete")
    marks = shop.store_api.get(f"v3/customers/{customer}/metafields").json()["data"]
    assert ("required_documents", "complete") in [(one["key"], one["value"]) for one in marks]


def test_who_asked_sent_and_withdrew_stands_in_the_audit(held):
    house, _order_id = held
    papers.send(papers.phone(house), papers.link(house), ("1", "x.exe", b"MZ\x90"))
    (request,) = house.rows(UploadRequest)
    uploads.revoke(house.deps, house.store_id, request.id, "user:7")
    actions = [row.action for row in house.rows(AuditEntry)]
    for action in ("upload_link_made", "upload_link_opened", "upload_refused", "upload_link_revoked"):
        assert action in actions


def test_a_refused_file_is_forgotten_after_a_while(held):
    house, _order_id = held
    papers.send(papers.phone(house), papers.link(house), ("1", "x.exe", b"MZ\x90"))
    assert len(house.rows(UploadContent)) == 1
    house.advance(days=8)
    uploads.sweep(house.deps)
    assert not house.rows(UploadContent)
    assert papers.files(house)[0].reason
