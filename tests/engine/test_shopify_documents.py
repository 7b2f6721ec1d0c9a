"""Required documents in a Shopify shop: held by a hold of ours alone, sent by the buyer, verified, let go."""

import pytest

from app.db.runs import Run
from app.db.uploads import UploadRequest
from sandbox import credentials
from sandbox.kernel.faults import FaultRule
from tests.engine import office, papers, shop
from tests.engine.papers import PDF
from tests.house import House

PROCESS = "sf_document_collection"
SHOP = credentials.SHOPIFY_SHOP


@pytest.fixture
def opened(house: House) -> House:
    house.install_shop(connect=True)
    office.switch_on(house, "order-review", mode="off")
    return house


def holds(house: House) -> list[tuple[str, str]]:
    with house.stage.shopify.acting(SHOP) as there:
        return sorted((one["reason"], one["handle"] or "") for one in there.all("FulfillmentHold"))


def verify(house: House, outcome: str = "complete") -> None:
    office.decide(house, PROCESS, "", user="sam.reyes@demo")
    office.decide(house, PROCESS, outcome, user="uma.patel@demo", comment="stamp checked")


def test_an_order_waits_for_its_papers_and_only_our_own_hold_is_let_go(opened: House) -> None:
    house = opened
    office.switch_on(house, "order-documents", skus="NW-TENT")
    faults = house.stage.world.faults
    faults.add(FaultRule(system="shopify", kind="drop_after", operation="Hold", count=1))
    faults.add(FaultRule(system="shopify", kind="duplicate"))
    order_id = shop.buy(house, ("NW-TENT", 1))
    for _round in range(2):
        house.hurry()
        house.drain()
    assert holds(house) == [("OTHER", "ecm-review")]  # the lost answer left one hold, and the doubled delivery none
    assert len(house.rows(Run, scenario="order-documents")) == 1
    (request,) = house.rows(UploadRequest)
    assert [one["name"] for one in request.wanted] == ["Import licence"]
    (waiting,) = shop.merchant(house).list("fulfillment_orders")
    shop.merchant(house).patch("fulfillment_orders", shop.number(waiting), {"hold": "AWAITING_PAYMENT"})
    house.drain()
    answer = papers.send(papers.phone(house), papers.link(house), ("1", "scan.pdf", PDF))
    assert "Thank you, we have everything" in papers.words(answer)
    house.drain()
    verify(house)
    assert house.run_of("order-documents", order_id).outcome == "complete"
    assert holds(house) == [("AWAITING_PAYMENT", "")]
    assert "Documents complete, verified by" in shop.order(house, order_id)["note"]
    assert "Import licence.pdf" in office.papers(house, "order", order_id)


def test_an_order_shopify_has_not_routed_yet_is_held_as_soon_as_it_is(opened: House) -> None:
    house = opened
    office.switch_on(house, "order-documents", skus="NW-TENT")
    with house.stage.shopify.acting(SHOP) as there:
        there.store.routing_seconds = 60
    order_id = shop.buy(house, ("NW-TENT", 1))
    assert (holds(house), house.run_of("order-documents", order_id).state) == ([], "running")
    house.advance(minutes=2)
    house.hurry()
    house.drain()
    assert holds(house) == [("OTHER", "ecm-review")]
    assert house.run_of("order-documents", order_id).state == "waiting"


def test_a_tagged_customer_and_a_company_are_asked_and_what_they_send_is_filed(opened: House) -> None:
    house = opened
    office.switch_on(house, "customer-documents", groups="Wholesale")
    office.switch_on(house, "company-documents", every_company=True, document_types="Signed agreement")
    who = shop.customer(house, tags=["vip", "wholesale"])
    house.drain()
    run = house.run_of("customer-documents", shop.number(who))
    assert run.reasons == ["Customers of the group Wholesale need documents"]
    papers.send(papers.phone(house), papers.link(house), ("1", "certificate.pdf", PDF))
    house.drain()
    verify(house, "waived")
    assert house.run_of("customer-documents", shop.number(who)).outcome == "waived"
    company = shop.number(shop.merchant(house).create("companies", {"name": "Nordwind GmbH"}))
    house.drain()
    papers.send(papers.phone(house), papers.link(house, object_type="company"), ("1", "certificate.pdf", PDF))
    house.drain()
    verify(house)
    run = house.run_of("company-documents", company)
    assert run.state == "done", [step.summary for step in house.steps_of(run)][-3:]
    assert "Signed agreement.pdf" in office.papers(house, "company", company)
