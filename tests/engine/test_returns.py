"""Returns: opened in the panel, routed, decided in OpenText, paid back in the store, told on both pages."""

import pytest

from app.db.cases import CaseRow
from app.db.inbox import InboxEvent
from app.db.links import WorkspaceLink
from app.db.runs import Run
from app.domain.ids import StoreId
from sandbox.kernel.faults import FaultRule
from tests.engine import office
from tests.house import House


def ask(house: House, order_id: str, *, quantity: str = "1", reason: str = "damaged", **form: str) -> CaseRow:
    item = f"item-{office.line_ids(house, order_id)[0]}"
    return office.open_case(
        house, order_id, "return", reason=reason, wish="refund", condition="cracked", text="The glass is cracked.",
        **({item: quantity} | form),
    )  # fmt: skip


@pytest.fixture
def returned(installed_house: House) -> tuple[House, str, CaseRow]:
    """Two torches bought, one comes back; somebody has to decide."""
    order_id = office.buy(installed_house, ("NW-TORCH", 2))
    return installed_house, order_id, ask(installed_house, order_id)


def test_a_return_gets_its_number_its_workspace_and_its_task(returned):
    house, order_id, case = returned
    assert (case.number, case.state, case.kind) == ("RMA-1001", "open", "return")
    run = house.run_of("return-case", case.id)
    assert (run.state, run.subject_name) == ("waiting", "Return RMA-1001")
    objects = {row.object_type for row in house.rows(WorkspaceLink)}
    assert objects == {"case", "order", "customer", "product"}
    names = office.papers(house, "case", case.id)
    assert names["RMA-1001 case file.pdf"] == "Cases"
    assert {f"Order {order_id} record.pdf", f"Messages of order {order_id}.pdf"} <= set(names)
    assert "The glass is cracked." in office.text_of(house, "RMA-1001 case file.pdf")
    given = office.variables(house, "sf_return_approval")
    assert (given["rma_number"], given["reason"], given["refund_amount"]) == (
        "RMA-1001",
        "damaged",
        f"{float(case.amount):.2f}",
    )
    assert (given["returns_group"], given["needs_second_approval"]) == ("Returns", False)
    assert "Return RMA-1001 opened" in house.order(order_id)["staff_notes"]


def test_the_order_and_customer_pages_tell_of_it(returned):
    house, order_id, _case = returned
    person = office.browser(house)
    shown = office.page(person, order_id)
    for words in ("RMA-1001", "waiting for Returns", "open since", "Arrived damaged"):
        assert words in shown
    customer = person.get(f"/panel/customers/{office.customer(house)}").get_data(as_text=True)
    assert "RMA-1001" in customer


def test_an_approved_refund_pays_back_exactly_the_items_once(returned):
    house, order_id, case = returned
    house.stage.world.faults.add(FaultRule(system="workflow", kind="duplicate"))
    office.decide(house, "sf_return_approval", "approved_refund", comment="Clear case")
    (paid,) = office.refunds(house, order_id)
    assert float(paid["total_amount"]) == float(case.amount)
    assert paid["items"][0]["quantity"] == 1
    after = office.case_of(house, order_id)
    assert (after.state, after.outcome) == ("closed", "Refund approved")
    names = office.papers(house, "case", case.id)
    assert names["Return RMA-1001 decision.pdf"] == "Approvals"
    assert names["RMA-1001 case file, refund approved.pdf"] == "Cases"
    assert "Clear case" in house.order(order_id)["staff_notes"]
    assert "Refund approved" in office.page(office.browser(house), order_id)
    assert len(house.effects("bigcommerce", f"order {order_id} refund ")) == 1


def test_another_amount_may_be_decided_and_is_what_is_paid(returned):
    house, order_id, _case = returned
    office.decide(house, "sf_return_approval", "approved_refund", refund_amount="20.00")
    (paid,) = office.refunds(house, order_id)
    assert float(paid["total_amount"]) == 20.0


@pytest.mark.parametrize("amount", ["a lot", "100000"])
def test_an_amount_that_is_none_or_too_large_is_never_paid(returned, amount):
    house, order_id, _case = returned
    office.decide(house, "sf_return_approval", "approved_refund", refund_amount=amount)
    assert office.refunds(house, order_id) == []
    (run,) = house.rows(Run, scenario="return-case")
    assert run.state == "quarantined"
    assert "Needs attention" in office.page(office.browser(house), order_id)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("approved_exchange", "exchange approved"), ("rejected", "rejected by")],
)
def test_other_decisions_are_noted_and_pay_nothing(returned, outcome, words):
    house, order_id, _case = returned
    office.decide(house, "sf_return_approval", outcome, comment="As agreed")
    assert office.refunds(house, order_id) == []
    assert words in house.order(order_id)["staff_notes"]
    assert office.case_of(house, order_id).state == "closed"
    customer = house.store_api.get("v3/customers", params={"id:in": office.customer(house)}).json()["data"][0]
    assert "RMA-1001" in customer["notes"]


def test_a_refund_whose_answer_was_lost_is_found_and_not_repeated(returned):
    house, order_id, _case = returned
    rule = house.stage.world.faults.add(
        FaultRule(system="bigcommerce", method="POST", path="*/payment_actions/refunds", kind="drop_after", count=1)
    )
    office.decide(house, "sf_return_approval", "approved_refund")
    house.stage.world.faults.remove(rule.id)
    house.hurry()
    house.drain()
    assert len(office.refunds(house, order_id)) == 1
    assert office.case_of(house, order_id).state == "closed"


def test_a_case_closed_by_a_person_meanwhile_is_not_paid(returned):
    house, order_id, case = returned
    person = office.browser(house)
    closed = person.post(f"/panel/orders/{order_id}/cases/{case.id}/close", data={"outcome": "Buyer kept it"})
    assert closed.status_code == 303
    house.drain()
    office.decide(house, "sf_return_approval", "approved_refund")
    assert office.refunds(house, order_id) == []
    assert office.case_of(house, order_id).outcome == "Buyer kept it"


def test_large_amounts_faults_and_brands_find_their_group(installed_house):
    house = installed_house
    office.switch_on(house, "return-case", finance_from="50", damaged_group="Operations", warranty_group="Compliance")
    order_id = office.buy(house, ("NW-TORCH", 2))
    ask(house, order_id, quantity="2", reason="damaged")
    given = office.variables(house, "sf_return_approval")
    assert (given["returns_group"], given["needs_second_approval"]) == ("Operations", True)
    office.decide(house, "sf_return_approval", "approved_refund", user="paul.eriksen@demo")
    assert office.refunds(house, order_id) == []
    office.decide(house, "sf_return_approval", "approved_refund", user="omar.haddad@demo")
    assert len(office.refunds(house, order_id)) == 1
    second = office.buy(house, ("NW-TENT", 1))
    ask(house, second, reason="warranty")
    assert office.variables(house, "sf_return_approval")["returns_group"] == "Compliance"
    assert office.case_of(house, second).number == "RMA-1002"


def test_opentext_down_delays_a_return_and_loses_nothing(installed_house):
    house = installed_house
    order_id = office.buy(house)
    rule = office.stop_opentext(house)
    case = ask(house, order_id)
    assert house.run_of("return-case", case.id).state == "running"
    assert "RMA-1001" in office.page(office.browser(house), order_id)
    office.heal(house, rule)
    assert house.run_of("return-case", case.id).state == "waiting"
    assert len(house.effects("workflow", "started")) == 1


def test_a_form_sent_twice_opens_one_case(installed_house):
    house = installed_house
    order_id = office.buy(house)
    person = office.browser(house)
    form = {"reason": "damaged", "wish": "refund", "text": "Broken", "click": "a" * 32,
            f"item-{office.line_ids(house, order_id)[0]}": "1"}  # fmt: skip
    for _ in range(2):
        assert person.post(f"/panel/orders/{order_id}/cases/return/new", data=form).status_code == 303
    house.drain()
    case = office.case_of(house, order_id)
    assert len(house.rows(InboxEvent, object_type="case", object_id=case.id)) == 1
    assert len(house.rows(Run, scenario="return-case")) == 1


def test_a_form_that_is_wrong_says_where_and_opens_nothing(installed_house):
    house = installed_house
    order_id = office.buy(house, ("NW-TORCH", 2))
    person = office.browser(house)
    form = person.get(f"/panel/orders/{order_id}/cases/return/new")
    assert form.status_code == 200
    assert 'aria-invalid="true"' not in form.get_data(as_text=True)
    assert "built-in" not in form.get_data(as_text=True)
    item = f"item-{office.line_ids(house, order_id)[0]}"
    sent = person.post(
        f"/panel/orders/{order_id}/cases/return/new", data={"reason": "nonsense", "text": "Kept words", item: "3"}
    )
    shown = sent.get_data(as_text=True)
    assert sent.status_code == 422
    for words in ("Choose one of these.", "at most 2 can come back", "Kept words", "Please fill this in."):
        assert words in shown
    assert house.rows(CaseRow) == []


def test_another_stores_case_is_not_there(returned):
    house, order_id, case = returned
    other = office.buy(house)
    person = office.browser(house)
    wrong_order = person.post(f"/panel/orders/{other}/cases/{case.id}/close", data={"outcome": "Mine"})
    assert wrong_order.status_code == 404
    assert house.rows(CaseRow, store_id=StoreId("bigcommerce:other")) == []
    assert office.case_of(house, order_id).state == "open"


def test_nobody_deciding_leaves_the_money_alone_and_says_so(returned):
    house, order_id, _case = returned
    house.advance(days=3)
    house.hurry()
    house.drain()
    assert office.refunds(house, order_id) == []
    assert "nobody decided in time" in house.order(order_id)["staff_notes"]
    assert office.case_of(house, order_id).state == "decided"
