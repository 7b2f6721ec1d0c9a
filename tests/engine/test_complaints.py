"""Complaints: from a message or the panel, through investigation and its answer, to the service case file."""

import pytest

from app.db.cases import CaseRow
from app.db.runs import Run
from app.db.session import unit_of_work
from sandbox.kernel.faults import FaultRule
from tests.engine import office
from tests.house import House

SAM, SOFIA = "sam.reyes@demo", "sofia.rossi@demo"


def write(house: House, order_id: str, text: str) -> None:
    office.merchant(house).create("messages", {"order_id": int(order_id), "message": text})
    house.drain()


@pytest.fixture
def complained(installed_house: House) -> tuple[House, str, CaseRow]:
    """A buyer wrote that something arrived broken; the webhook came twice."""
    order_id = office.buy(installed_house)
    installed_house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="duplicate", count=1))
    write(installed_house, order_id, "My torch arrived broken!")
    return installed_house, order_id, office.case_of(installed_house, order_id)


def answer(house: House, outcome: str, **values: str) -> None:
    """Acknowledge, propose, and the lead says yes."""
    office.decide(house, "sf_complaint", "COMPLETE", user=SAM)
    office.decide(house, "sf_complaint", outcome, user=SAM, **values)
    office.decide(house, "sf_complaint", outcome, user=SOFIA, comment="Sorry", **values)


def test_a_complaint_in_a_message_becomes_a_case_once(complained):
    house, order_id, case = complained
    assert (case.number, case.opened_by) == ("C-1001", "Ada Löwe")
    assert "arrived broken" in case.text
    assert case.due_at is not None
    assert house.run_of("complaint-case", case.id).state == "waiting"
    assert "arrived broken" in office.text_of(house, f"Messages of order {order_id}.pdf")
    shown = office.page(office.browser(house), order_id)
    assert "C-1001" in shown
    assert "waiting for Customer Service" in shown
    assert "to be answered by" in shown


def test_a_further_message_goes_into_the_open_complaint_other_words_into_none(complained):
    house, order_id, _case = complained
    write(house, order_id, "Still broken, and nobody answers")
    write(house, order_id, "What are your opening hours?")
    case = office.case_of(house, order_id)
    assert [one["text"].strip().endswith("nobody answers") for one in case.additions] == [True]
    assert len(house.rows(Run, scenario="complaint-case")) == 1


def test_a_refund_as_an_answer_is_paid_and_the_whole_file_kept(complained):
    house, order_id, case = complained
    answer(house, "resolved_refund", refund_amount="15.00")
    (paid,) = office.refunds(house, order_id)
    assert float(paid["total_amount"]) == 15.0
    assert office.case_of(house, order_id).state == "closed"
    assert house.run_of("service-case-file", case.id).state == "done"
    names = office.papers(house, "case", case.id)
    kept = {name for name, record in names.items() if record == "Cases"}
    assert len(kept) == 6, names
    assert any(name.startswith("Order history of Ada") for name in kept)
    history = next(name for name in kept if name.startswith("C-1001 case file"))
    assert "arrived broken" in office.text_of(house, history)


def test_a_refund_without_an_amount_stops_and_asks_a_person(complained):
    house, order_id, _case = complained
    answer(house, "resolved_refund")
    assert office.refunds(house, order_id) == []
    (run,) = house.rows(Run, scenario="complaint-case")
    assert run.state == "quarantined"


def test_a_rejection_is_noted_and_pays_nothing(complained):
    house, order_id, _case = complained
    answer(house, "rejected")
    assert office.refunds(house, order_id) == []
    assert "C-1001: rejected by sofia.rossi@demo. “Sorry”" in house.order(order_id)["staff_notes"]


def test_a_complaint_about_no_order_from_the_customers_page(installed_house):
    house = installed_house
    order_id = office.buy(house)
    customer = office.customer(house)
    house.request(house.store_id, "customer", str(customer), "recheck")
    house.drain()
    person = office.browser(house)
    sent = person.post(
        f"/panel/customers/{customer}/cases/complaint/new",
        data={"reason": "service", "severity": "high", "text": "Rude on the telephone"},
    )
    assert sent.status_code == 303
    house.drain()
    (case,) = house.rows(CaseRow, customer_id=str(customer))
    assert (case.order_id, house.run_of("complaint-case", case.id).state) == ("", "waiting")
    assert office.variables(house, "sf_complaint")["severity"] == "high"
    assert "C-1001" in person.get(f"/panel/customers/{customer}").get_data(as_text=True)
    answer(house, "resolved_explained")
    assert house.run_of("complaint-case", case.id).state == "done"
    assert "C-1001" not in house.order(order_id)["staff_notes"]


def test_a_numbers_range_belongs_to_its_store_and_gives_no_number_twice(installed_house):
    from app.db import cases as rows  # noqa: PLC0415

    house = installed_house
    given = []
    for _ in range(2):
        with unit_of_work(house.deps.database) as uow:
            given.append(rows.next_number(uow.session, house.store_id, "recall", 1001))
    assert given == [1001, 1002]
