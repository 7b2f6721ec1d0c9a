"""Complaints about a Shopify shop: tagged or opened by a person; refund, replacement as a draft, explanation."""

from decimal import Decimal

import pytest

from app.db.cases import CaseRow
from app.db.runs import Run
from app.domain.cases import CaseKind
from app.domain.commerce import Money
from sandbox.kernel.faults import FaultRule
from tests.engine import aftersale as shop
from tests.engine import office
from tests.engine.shop import customer, patch
from tests.house import House


def complain(house: House, order: str, **given: object) -> CaseRow:
    wanted = {"reason": "goods", "items": (), "values": {"severity": "normal"}} | given
    return shop.open_case(house, order, CaseKind.COMPLAINT, **wanted)


def answer(house: House, outcome: str) -> None:
    """Customer Service takes it up and proposes, a lead approves."""
    office.decide(house, "sf_complaint", "COMPLETE", user="sam.reyes@demo")
    for user in ("sam.reyes@demo", "sofia.rossi@demo"):
        office.decide(house, "sf_complaint", outcome, user=user)


def test_a_tag_on_a_customer_opens_one_complaint_and_is_taken_off(selling):
    house = selling
    who = shop.number(customer(house))
    house.stage.world.faults.add(FaultRule(system="shopify", method="SEND", kind="duplicate"))
    patch(house, "customers", who, tags=["vip", "Complaint"])
    (case,) = house.rows(CaseRow)
    assert (case.kind, case.customer_id, case.number) == ("complaint", who, "C-1001")
    assert shop.merchant(house).get("customers", who)["tags"] == ["vip"]
    assert len(house.rows(Run, scenario="complaint-tag")) == 1
    patch(house, "customers", who, note="called")
    assert len(house.rows(CaseRow)) == 1
    patch(house, "customers", who, tags=["vip", "complaint"])  # again: it is added to the open one
    (case,) = house.rows(CaseRow)
    assert len(case.additions) == 1


@pytest.mark.parametrize("granted", [True, False])
def test_a_replacement_is_a_draft_for_nothing_that_a_person_completes(selling, granted):
    house = selling
    if granted:
        house.stage.shopify_admin.grant(["write_draft_orders"], shop.SHOP)
        house.drain()
    order = shop.sell(house, shipping={"name": "Ada Löwe", "address1": "Hauptstraße 1", "city": "Köln",
                                              "zip": "50667", "countryCode": "DE"})  # fmt: skip
    case = complain(house, order)
    rule = house.stage.world.faults.add(
        FaultRule(system="shopify", operation="DraftCreate", kind="drop_after", count=1)
    )
    answer(house, "resolved_replacement")
    house.stage.world.faults.remove(rule.id)
    house.hurry()
    house.drain()
    assert office.case_of(house, order).outcome == "Resolved with a replacement"
    drafts = shop.merchant(house).list("draft_orders")
    note = shop.order_of(house, order)["note"]
    assert "Complaint C-1001: replacement approved" in note
    if not granted:
        assert drafts == []
        assert "write_draft_orders" in note
        return
    (draft,) = drafts
    assert (draft["status"], draft["tags"], draft["totalPriceSet"]["shopMoney"]["amount"]) == (
        "OPEN", [f"ECM {case.number}"], "0.00")  # fmt: skip
    assert [(one["sku"], one["quantity"]) for one in draft["lineItems"]] == [("LAMP-1", 2)]
    assert draft["name"] in note


def test_a_refund_of_a_complaint_is_paid_once(selling):
    house = selling
    order = shop.sell(house)
    shop.open_case(house, order, CaseKind.COMPLAINT, reason="goods", items=(),
                   values={"severity": "normal"}, amount=Money(Decimal("15.00"), "EUR"))  # fmt: skip
    rule = house.stage.world.faults.add(
        FaultRule(system="shopify", operation="RefundCreate", kind="drop_after", count=1)
    )
    answer(house, "resolved_refund")
    house.stage.world.faults.remove(rule.id)
    house.hurry()
    house.drain()
    (paid,) = shop.refunds(house)
    assert paid["totalRefundedSet"]["shopMoney"]["amount"] == "15.00"
    assert office.case_of(house, order).outcome == "Resolved with a refund"
