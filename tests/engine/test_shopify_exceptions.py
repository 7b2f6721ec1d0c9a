"""Orders of a Shopify shop that do not go their usual way: what the shop tells opens or updates their workspace."""

import pytest

from app.db.inbox import InboxEvent
from app.db.runs import Run
from sandbox import credentials
from sandbox.shopify import fulfilling
from tests.engine import letters, office, shop
from tests.house import House

SAM = "sam.reyes@demo"


@pytest.fixture
def opened(house: House) -> House:
    house.install_shop(connect=True)
    house.stage.shopify_admin.grant(["write_fulfillments"], credentials.SHOPIFY_SHOP)
    house.drain()
    office.switch_on(house, "order-review", amount_from=None, check_manual=False)
    return house


def occasions(house: House, slug: str) -> list[str]:
    return sorted(run.occasion for run in house.rows(Run, scenario=slug))


def shipping_of(house: House, order_id: str) -> str:
    """The number of what is to be shipped of an order."""
    found = [one for one in shop.merchant(house).list("fulfillment_orders") if f"Order/{order_id}" in str(one)]
    return shop.number(found[0])


def test_late_and_lost_parcels_are_asked_about_once_and_forgotten_when_they_arrive(opened: House) -> None:
    house = opened
    order_id = shop.buy(house, ("NW-TORCH", 2))
    parcel = shop.ship(house, order_id)
    assert occasions(house, "order-exception") == []
    office.switch_on(house, "delay-notice")
    shop.patch(house, "fulfillments", parcel, status="IN_TRANSIT")
    with house.stage.shopify.acting(credentials.SHOPIFY_SHOP) as there:
        late = there.find("Fulfillment", f"gid://shopify/Fulfillment/{parcel}")
        assert late is not None
        about = {"message": "Snow on the road", "estimatedDeliveryAt": "2027-02-03T12:00:00Z"}
        fulfilling.event(there, late, "DELAYED", **about)
    house.drain()
    letters.arrive(house)
    (notice,) = house.rows(Run, scenario="delay-notice")
    assert (notice.state, notice.facts["new_date"], len(letters.messages(house))) == ("done", "2027-02-03", 1)
    (run,) = house.rows(Run, scenario="order-exception")
    assert run.state == "waiting"
    assert run.reasons[0].endswith("is late: Snow on the road")
    shop.patch(house, "orders", order_id, note="Asked the carrier")
    assert len(occasions(house, "order-exception")) == 1
    house.decide(order_id, "approved", user=SAM, comment="Waits")
    house.drain()
    assert "decided to go on with the order" in shop.order(house, order_id)["note"]
    shop.patch(house, "fulfillments", parcel, status="FAILURE")
    assert [one.split(":")[0] for one in occasions(house, "order-exception")] == ["delayed", "undelivered"]
    papers = office.papers(house, "order", order_id)
    assert sum("record, delayed" in name for name in papers) == 1
    other = shop.ship(house, shop.buy(house, ("NW-TENT", 1)))
    for status in ("DELAYED", "DELIVERED"):
        shop.merchant(house).patch("fulfillments", other, {"status": status})
    house.drain()
    assert len(occasions(house, "order-exception")) == 2


def test_a_failed_payment_and_a_hold_by_the_merchant_open_a_file_and_cancelling_is_carried_out(opened: House) -> None:
    house = opened
    failed = shop.buy(house, ("NW-TORCH", 1), payment_status="declined")
    (run,) = house.rows(Run, scenario="order-exception")
    assert run.reasons == ["The payment of 79.90 EUR failed (card declined)"]
    house.decide(failed, "rejected", user=SAM, comment="No answer")
    house.drain()
    assert shop.order(house, failed)["cancelledAt"]
    held = shop.buy(house, ("NW-TENT", 1))
    shop.patch(house, "fulfillment_orders", shipping_of(house, held), hold="INCORRECT_ADDRESS", note="No house number")
    (second,) = house.rows(Run, scenario="order-exception", subject_id=held)
    assert second.reasons == ["Held back in the store: Incorrect address (No house number)"]
    assert {one.reason for one in house.rows(InboxEvent, topic="shipping.changed")} <= {"planned", "already_under_way"}
    house.decide(held, "approved", user=SAM)
    house.drain()
    with house.stage.shopify.acting(credentials.SHOPIFY_SHOP) as there:  # the merchant's own hold is the merchant's
        assert [one["reason"] for one in there.all("FulfillmentHold")] == ["INCORRECT_ADDRESS"]


def test_edits_and_cancellations_bring_the_file_up_to_date_whoever_made_them(opened: House) -> None:
    house = opened
    office.switch_on(house, "order-amended")
    order_id = shop.buy(house, ("NW-TORCH", 2))
    shop.good(house, "NW-TENT")
    shop.patch(house, "orders", order_id, edit=[{"sku": "NW-TORCH", "quantity": 1}, {"sku": "NW-TENT", "quantity": 1}])
    shop.patch(house, "orders", order_id, cancel={"reason": "CUSTOMER"})
    kinds = [one.split(":")[0] for one in occasions(house, "order-amended")]
    assert kinds == ["cancelled", "edited"]
    assert {run.state for run in house.rows(Run, scenario="order-amended")} == {"done"}
    filed = [name for name in office.papers(house, "order", order_id) if "record" in name]
    assert len(filed) == 2


def test_orders_that_matter_have_a_workspace_and_others_have_none(opened: House) -> None:
    house = opened
    office.switch_on(house, "order-workspace", amount_from="500")
    plain = shop.buy(house, ("NW-TORCH", 1))
    dear = shop.buy(house, ("NW-TENT", 4))
    shop.good(house, "NW-TORCH")
    carved = shop.buy(house, items=[{"sku": "NW-TORCH", "properties": {"Engraving": "Ada", "_theme": "x"}}])
    company = shop.merchant(house).create(
        "companies", {"name": "Nordwind GmbH", "contact": {"email": "buyer@nordwind.example"}}
    )
    business = shop.number(
        shop.merchant(house).create("orders", {"company": shop.number(company), "items": [{"sku": "NW-TORCH"}]})
    )
    house.drain()
    reasons = {run.subject_id: run.reasons for run in house.rows(Run, scenario="order-workspace")}
    assert reasons[dear] == ["Total 516.00 EUR is at or above your limit of 500.00 EUR"]
    assert reasons[carved] == ["Head Torch is made to the buyer's wishes"]
    assert len(reasons[business]) == 1
    assert plain not in reasons
    assert {run.state for run in house.rows(Run, scenario="order-workspace")} == {"done"}
    assert "Orders" in office.papers(house, "order", business).values()
