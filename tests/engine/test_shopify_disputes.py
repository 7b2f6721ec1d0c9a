"""Disputes of a Shopify shop: opened by the bank, answered with texts when somebody decides, ended by the bank."""

import pytest

from app.db.cases import CaseRow
from app.db.runs import Run, StepRow
from app.domain.cases import CaseKind
from sandbox.kernel.faults import FaultRule
from sandbox.shopify.state import JSON
from tests.engine import aftersale as shop
from tests.engine import office
from tests.house import House
from tests.made_once import once

SAM, OMAR = "sam.reyes@demo", "omar.haddad@demo"
SCOPES = ["read_shopify_payments_disputes", "write_shopify_payments_dispute_evidences"]


def dispute(house: House, order: str, **given: object) -> str:
    made = shop.merchant(house).create("disputes", {"order_id": order, "reason": "PRODUCT_NOT_RECEIVED", **given})
    house.drain()
    return shop.number(made)


@pytest.fixture
def disputed(selling: House) -> tuple[House, str, str]:
    """The app may read disputes and send evidence; a bank takes a payment back."""
    order, number = once(selling, "a payment disputed", lambda: _dispute(selling))
    return selling, order, number


def _dispute(house: House) -> tuple[str, str]:
    house.stage.shopify_admin.grant(SCOPES, shop.SHOP)
    house.drain()
    order = shop.sell(house)
    return order, dispute(house, order)


def evidence(house: House, number: str) -> JSON:
    found: JSON = shop.merchant(house).get("disputes", number)
    return found


def release(house: House) -> None:
    """Customer Service says the evidence is there, Finance releases it."""
    office.decide(house, "sf_document_collection", "COMPLETE", user=SAM)
    office.decide(house, "sf_document_collection", "complete", user=OMAR)


def test_a_dispute_of_the_shop_has_its_case_with_deadline_and_texts_kept_there(disputed):
    house, order, number = disputed
    case = office.case_of(house, order)
    assert (case.kind, case.external_id, case.reason, case.amount) == ("dispute", number, "not_received", "80.00")
    found = evidence(house, number)
    assert case.due_at.isoformat()[:19] == found["evidenceDueBy"][:19]
    kept = found["disputeEvidence"]
    assert not kept["submitted"]
    assert "DHL-1" in kept["uncategorizedText"]
    assert "ECM" not in kept["uncategorizedText"]
    assert "Files are added to the dispute by hand in the store" in shop.order_of(house, order)["note"]
    assert "D-1001 evidence pack.pdf" in office.papers(house, "case", case.id)


def test_told_twice_it_is_one_case(disputed):
    house, order, number = disputed
    house.stage.world.faults.add(FaultRule(system="shopify", method="SEND", kind="duplicate"))
    shop.merchant(house).patch("orders", order, {"note": "called the buyer"})
    house.drain()
    assert office.case_of(house, order).external_id == number
    assert len(house.rows(Run, scenario="dispute-intake")) == len(house.rows(Run, scenario="dispute-case")) == 1


def test_released_it_is_sent_once_and_the_banks_word_closes_the_case(disputed):
    house, order, number = disputed
    rule = house.stage.world.faults.add(
        FaultRule(system="shopify", operation="DisputeEvidence", kind="drop_after", count=1)
    )
    release(house)
    house.stage.world.faults.remove(rule.id)
    house.hurry()
    house.drain()
    found = evidence(house, number)
    assert (found["status"], found["disputeEvidence"]["submitted"]) == ("UNDER_REVIEW", True)
    assert office.case_of(house, order).state == "decided"
    shop.merchant(house).patch("disputes", number, {"status": "WON"})
    house.drain()
    case = office.case_of(house, order)
    assert (case.state, case.outcome) == ("closed", "Won")
    assert [one["by"] for one in case.additions][-1] == "The provider"
    assert house.run_of("service-case-file", case.id).state == "done"


def test_conceded_nothing_is_sent(disputed):
    house, _order, number = disputed
    office.decide(house, "sf_document_collection", "WAIVE", user=SAM)
    office.decide(house, "sf_document_collection", "waived", user=OMAR)
    assert not evidence(house, number)["disputeEvidence"]["submitted"]


def test_what_a_person_sent_in_the_shop_is_left_alone(disputed):
    house, order, number = disputed
    with house.stage.shopify.acting(shop.SHOP) as here:
        (kept,) = here.all("ShopifyPaymentsDisputeEvidence")
        kept |= {"submitted": True, "uncategorizedText": "Written by hand"}
        here.need("ShopifyPaymentsDispute", f"gid://shopify/ShopifyPaymentsDispute/{number}")["status"] = "UNDER_REVIEW"
    release(house)
    assert evidence(house, number)["disputeEvidence"]["uncategorizedText"] == "Written by hand"
    assert house.run_of("dispute-case", office.case_of(house, order).id).state == "done"


def test_without_the_scopes_the_case_opens_and_says_exactly_what_to_grant(selling):
    house = selling
    order = shop.sell(house)
    number = dispute(house, order)
    shop.merchant(house).patch("orders", order, {"note": "look"})  # no dispute topic without the scope
    house.drain()
    case = office.case_of(house, order)
    assert case.external_id == number
    assert "give it the access read_shopify_payments_disputes" in case.text
    assert case.due_at is not None
    release(house)
    (failed,) = [one for one in house.rows(StepRow) if one.error_code]
    assert failed.kind == "send_evidence"
    assert "read_shopify_payments_disputes" in failed.error_hint
    assert not evidence(house, number)["disputeEvidence"]["submitted"]
    house.stage.shopify_admin.grant(SCOPES, shop.SHOP)
    house.drain()
    shop.merchant(house).patch("orders", order, {"note": "look again"})
    house.drain()
    after = office.case_of(house, order)
    assert after.due_at.isoformat()[:19] == evidence(house, number)["evidenceDueBy"][:19]


def test_a_dispute_of_another_provider_is_a_persons_to_send(selling):
    house = selling
    order = shop.sell(house)
    case = shop.open_case(house, order, CaseKind.DISPUTE, reason="duplicate", external_id="PP-D-4711", items=())
    release(house)
    assert "Please send the evidence to the provider by hand." in shop.order_of(house, order)["note"]
    found: CaseRow = house.rows(CaseRow, id=case.id)[0]
    assert found.state == "decided"
