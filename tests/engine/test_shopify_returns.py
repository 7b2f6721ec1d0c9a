"""Returns of a Shopify shop: asked for there, decided in OpenText, agreed to, declined, paid back there, once."""

import pytest

from app.db.cases import CaseRow
from app.db.links import WorkspaceLink
from app.db.runs import Run
from sandbox.kernel.faults import FaultRule
from sandbox.shopify import returning
from tests.engine import aftersale as shop
from tests.engine import office
from tests.house import House
from tests.made_once import once


@pytest.fixture
def asked(selling: House) -> tuple[House, str, str]:
    """Two lamps bought, one shall come back: the order and the return."""
    order, back = once(selling, "a lamp asked back", lambda: _ask_back(selling))
    return selling, order, back


def _ask_back(house: House) -> tuple[str, str]:
    order = shop.sell(house)
    return order, shop.ask_back(house, order)


def summaries(house: House, case: CaseRow) -> str:
    return " ".join(step.summary for step in house.steps_of(house.run_of("return-case", case.id)))


def test_a_return_asked_for_in_the_shop_opens_its_case_with_workspace_and_task(asked):
    house, order, back = asked
    case = office.case_of(house, order)
    assert (case.number, case.kind, case.state, case.external_id) == ("RMA-1001", "return", "open", back)
    assert (case.reason, case.amount, case.items[0]["quantity"]) == ("defective", "40.00", 1)
    assert "It flickers" in case.text
    assert {row.object_type for row in house.rows(WorkspaceLink)} == {"case", "order", "product"}
    names = office.papers(house, "case", case.id)
    assert {"RMA-1001 case file.pdf", "Order 1001 record.pdf"} <= set(names)
    assert "_return" not in office.text_of(house, "RMA-1001 case file.pdf")
    given = office.variables(house, "sf_return_approval")
    assert (given["rma_number"], given["reason"], given["refund_amount"]) == ("RMA-1001", "defective", "40.00")
    assert house.run_of("return-case", case.id).state == "waiting"


def test_told_twice_and_late_it_is_one_case_and_one_run(asked):
    house, order, back = asked
    with house.stage.shopify.acting(shop.SHOP) as here:
        record = here.need("Return", f"gid://shopify/Return/{back}")
        for _ in range(2):
            returning.tell(here, record, "request")
    house.drain()
    assert office.case_of(house, order).additions == []
    assert len(house.rows(Run, scenario="return-case")) == len(house.rows(Run, scenario="return-intake")) == 1


def test_an_approval_agrees_to_the_return_and_pays_back_once(asked):
    house, order, back = asked
    house.stage.world.faults.add(FaultRule(system="workflow", kind="duplicate"))
    office.decide(house, "sf_return_approval", "approved_refund", comment="Clear case")
    assert shop.return_of(house, back)["status"] == "CLOSED"
    (paid,) = shop.refunds(house)
    assert (paid["totalRefundedSet"]["shopMoney"]["amount"], paid["return"]["id"]) == (
        "40.00", int(back))  # fmt: skip
    case = office.case_of(house, order)
    assert (case.state, case.outcome) == ("closed", "Refund approved")
    assert {one["by"] for one in case.additions} <= {"Storefront ECM", "nina.koch@demo"}
    assert "refund approved by nina.koch@demo" in shop.order_of(house, order)["note"]
    assert office.papers(house, "case", case.id)["RMA-1001 case file, refund approved.pdf"] == "Cases"


def test_another_amount_is_paid_as_decided_and_too_much_never(asked):
    house, order, _back = asked
    office.decide(house, "sf_return_approval", "approved_refund", refund_amount="25.50")
    (paid,) = shop.refunds(house)
    assert paid["totalRefundedSet"]["shopMoney"]["amount"] == "25.50"
    second = shop.ask_back(house, order)
    office.decide(house, "sf_return_approval", "approved_refund", refund_amount="9000")
    assert len(shop.refunds(house)) == 1
    assert shop.return_of(house, second)["status"] == "OPEN"
    run = next(one for one in house.rows(Run, scenario="return-case") if one.state == "quarantined")
    failed = [step for step in house.steps_of(run) if step.error_code]
    assert failed[0].error_code == "refund_too_large"


def test_a_rejection_declines_it_with_words_for_the_buyer_and_pays_nothing(asked):
    house, order, back = asked
    office.decide(house, "sf_return_approval", "rejected", comment="Used for a year")
    found = shop.return_of(house, back)
    assert (found["status"], found["decline"]["note"]) == ("DECLINED", "Used for a year")
    assert shop.refunds(house) == []
    case = office.case_of(house, order)
    assert (case.state, case.outcome) == ("closed", "Return rejected")


def test_an_exchange_agrees_to_it_and_leaves_the_goods_to_the_shop(asked):
    house, order, back = asked
    office.decide(house, "sf_return_approval", "approved_exchange")
    assert shop.return_of(house, back)["status"] == "OPEN"
    assert shop.refunds(house) == []
    assert office.case_of(house, order).state == "closed"


@pytest.mark.parametrize(
    ("done", "state", "outcome"),
    [({"status": "DECLINED", "note": "No"}, "DECLINED", "Declined in the store"),
     ({"status": "CANCELED"}, "CANCELED", "Cancelled in the store")],
)  # fmt: skip
def test_what_a_person_ended_in_the_shop_stays_ended_and_closes_the_case(asked, done, state, outcome):
    house, order, back = asked
    shop.merchant(house).patch("returns", back, done)
    house.drain()
    case = office.case_of(house, order)
    assert (case.state, case.outcome) == ("closed", outcome)
    office.decide(house, "sf_return_approval", "approved_refund")
    assert shop.return_of(house, back)["status"] == state
    assert shop.refunds(house) == []
    assert office.case_of(house, order).outcome == outcome
    note = shop.order_of(house, order)["note"]
    assert f"Return RMA-1001 was closed before ({outcome}); the decision “Refund approved”" in note


def test_what_a_person_agreed_to_in_the_shop_is_not_declined_and_both_are_told(asked):
    house, order, back = asked
    shop.merchant(house).patch("returns", back, {"status": "OPEN"})
    house.drain()
    assert "agreed to in the store" in office.case_of(house, order).additions[0]["text"]
    office.decide(house, "sf_return_approval", "rejected")
    assert shop.return_of(house, back)["status"] == "OPEN"
    assert "somebody agreed to the return 1001-R1 in the store meanwhile" in shop.order_of(house, order)["note"]


def test_a_person_faster_than_the_decision_by_a_moment_is_respected_too(asked):
    house, order, back = asked
    with house.stage.shopify.acting(shop.SHOP) as here:  # without a word to us
        here.need("Return", f"gid://shopify/Return/{back}")["status"] = "DECLINED"
    office.decide(house, "sf_return_approval", "approved_refund")
    assert shop.refunds(house) == []
    assert office.case_of(house, order).outcome == "Declined in the store"


def test_completed_by_a_person_in_the_shop_it_is_not_paid_again(asked):
    house, order, back = asked
    shop.merchant(house).patch("returns", back, {"status": "OPEN"})
    shop.merchant(house).patch("returns", back, {"process": True})
    house.drain()
    case = office.case_of(house, order)
    assert (case.state, case.outcome) == ("closed", "Closed in the store")
    assert "40.00 EUR were paid back." in case.additions[-2]["text"]
    office.decide(house, "sf_return_approval", "approved_refund")
    assert len(shop.refunds(house)) == 1


@pytest.mark.parametrize("operation", ["ReturnProcess", "ReturnApprove"])
def test_an_answer_that_was_lost_after_its_effect_pays_once(asked, operation):
    house, order, back = asked
    rule = house.stage.world.faults.add(FaultRule(system="shopify", operation=operation, kind="drop_after", count=1))
    office.decide(house, "sf_return_approval", "approved_refund")
    house.stage.world.faults.remove(rule.id)
    house.hurry()
    house.drain()
    assert shop.return_of(house, back)["status"] == "CLOSED"
    assert len(shop.refunds(house)) == 1
    assert office.case_of(house, order).state == "closed"


def test_where_chosen_the_money_waits_for_the_goods(selling):
    house = selling
    office.switch_on(house, "return-case", wait_for_goods="on")
    order = shop.sell(house)
    back = shop.ask_back(house, order)
    office.decide(house, "sf_return_approval", "approved_refund")
    case = office.case_of(house, order)
    assert (shop.return_of(house, back)["status"], shop.refunds(house), case.state) == ("OPEN", [], "open")
    assert "Waiting for the goods" in summaries(house, case)
    with house.stage.shopify.acting(shop.SHOP) as here:
        (line,) = here.all("ReverseFulfillmentOrderLineItem")
        returning.dispose(here, line, {"dispositionType": "NOT_RESTOCKED", "quantity": 1})
    house.advance(hours=2)
    assert shop.return_of(house, back)["status"] == "CLOSED"
    assert len(shop.refunds(house)) == 1


def test_a_case_from_the_panel_becomes_a_return_of_the_shop_where_goods_were_shipped(selling):
    house = selling
    order = shop.sell(house)
    case = shop.open_case(house, order)
    assert case.external_id == ""
    rule = house.stage.world.faults.add(
        FaultRule(system="shopify", operation="ReturnCreate", kind="drop_after", count=1)
    )
    office.decide(house, "sf_return_approval", "approved_refund")
    house.stage.world.faults.remove(rule.id)
    house.hurry()
    house.drain()
    (made,) = shop.merchant(house).list("returns")
    assert made["status"] == "CLOSED"
    assert len(shop.refunds(house)) == 1
    case = office.case_of(house, order)
    assert (case.external_id, case.state) == (shop.number(made), "closed")


def test_opened_again_in_the_shop_it_is_decided_again(asked):
    house, order, back = asked
    for status in ("OPEN", "CLOSED", "OPEN"):
        shop.merchant(house).patch("returns", back, {"status": status})
        house.drain()
    first, second = sorted(house.rows(CaseRow, order_id=order), key=lambda one: one.number)
    assert (first.state, first.outcome) == ("closed", "Closed in the store")
    assert (second.state, second.external_id, second.number) == ("open", back, "RMA-1002")
    assert house.run_of("return-case", second.id).state == "waiting"


def test_what_was_never_shipped_is_paid_back_without_a_return(selling):
    house = selling
    order = shop.sell(house, shipped=False)
    shop.open_case(house, order)
    office.decide(house, "sf_return_approval", "approved_refund")
    assert shop.merchant(house).list("returns") == []
    (paid,) = shop.refunds(house)
    assert paid["totalRefundedSet"]["shopMoney"]["amount"] == "40.00"


def test_a_return_staff_made_in_the_shop_has_a_case_and_is_decided_once(selling):
    house = selling
    order = shop.sell(house)
    back = shop.ask_back(house, order, status="OPEN", reason="wrong-item")
    case = office.case_of(house, order)
    assert (case.opened_by, case.reason) == ("Somebody in the store", "wrong_item")
    office.decide(house, "sf_return_approval", "approved_refund")
    assert shop.return_of(house, back)["status"] == "CLOSED"
    assert len(shop.refunds(house)) == 1


def test_a_lost_delivery_is_made_up_for(selling):
    house = selling
    order = shop.sell(house)
    with house.stage.shopify.acting(shop.SHOP) as here:
        found = here.need("Order", f"gid://shopify/Order/{order}")
        part = here.where("FulfillmentLineItem", orderId=found["id"])[0]
        rule = house.stage.world.faults.add(FaultRule(system="app", kind="status", status=503))
        returning.make(here, found, "REQUESTED", [{"fulfillmentLineItemId": part["id"], "quantity": 1}])
    house.stage.world.faults.remove(rule.id)
    house.drain()
    house.request(house.store_id, "store", shop.SHOP, "reconcile")
    house.drain()
    assert office.case_of(house, order).external_id
