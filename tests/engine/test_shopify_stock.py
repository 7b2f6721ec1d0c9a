"""Stock that does not cover an order of a Shopify shop: what people decided is carried out in the order itself."""

import pytest

from sandbox import credentials
from sandbox.kernel.faults import FaultRule
from tests.engine import letters, office, shop
from tests.house import House

PAUL = "paul.eriksen@demo"


@pytest.fixture
def short(house: House) -> tuple[House, str]:
    """Three ropes in stock, five ordered, with a torch."""
    house.install_shop(connect=True)
    house.stage.shopify_admin.grant(["write_order_edits"], credentials.SHOPIFY_SHOP)
    house.drain()
    office.switch_on(house, "order-review", mode="off")
    office.switch_on(house, "stock-exception")
    shop.good(house, "NW-TENT")
    return house, shop.buy(house, ("NW-ROPE", 5), ("NW-TORCH", 1))


def goods(house: House, order_id: str) -> dict[str, int]:
    """SKU → pieces the order holds."""
    found = shop.order(house, order_id)["lineItems"]
    lines = found["nodes"] if isinstance(found, dict) else found
    return {line["sku"]: line["currentQuantity"] for line in lines if line["currentQuantity"]}


def steps(house: House, order_id: str) -> dict[str, str]:
    run = house.run_of("stock-exception", order_id)
    return {step.kind: f"{step.status}: {step.summary}{step.error_message}" for step in house.steps_of(run)}


def decide(house: House, outcome: str, **values: str) -> None:
    office.decide(house, "sf_backorder", outcome, user=PAUL, **values)


def test_a_dearer_substitute_comes_into_the_order_once_and_costs_no_more(short: tuple[House, str]) -> None:
    house, order_id = short
    assert house.run_of("stock-exception", order_id).reasons == ["3 of 5 Rope (NW-ROPE) can be shipped"]
    before = shop.order(house, order_id)["currentTotalPriceSet"]
    lost = FaultRule(system="shopify", kind="drop_after", operation="EditCommit", count=1)
    house.stage.world.faults.add(lost)
    decide(house, "substitute", substitute_skus="NW-TENT")
    house.hurry()
    house.drain()
    run = house.run_of("stock-exception", order_id)
    assert run.state == "done", steps(house, order_id)
    assert goods(house, order_id) == {"NW-ROPE": 3, "NW-TORCH": 1, "NW-TENT": 2}
    assert shop.order(house, order_id)["currentTotalPriceSet"] == before
    assert run.facts["order_before"] == {"NW-ROPE": 5, "NW-TORCH": 1}
    assert "send NW-TENT instead" in shop.order(house, order_id)["note"]


def test_what_is_missing_is_held_back_so_that_the_rest_can_leave(short: tuple[House, str]) -> None:
    house, order_id = short
    decide(house, "split_ship")
    assert house.run_of("stock-exception", order_id).state == "done", list(steps(house, order_id).items())[-4:]
    states = sorted(one["status"] for one in shop.merchant(house).list("fulfillment_orders"))
    assert states == ["ON_HOLD", "OPEN"]
    shop.ship(house, order_id)
    assert goods(house, order_id) == {"NW-ROPE": 5, "NW-TORCH": 1}
    with house.stage.shopify.acting(credentials.SHOPIFY_SHOP) as there:
        (hold,) = there.all("FulfillmentHold")
        assert (hold["reason"], hold["handle"]) == ("INVENTORY_OUT_OF_STOCK", "ecm-backorder")
        waiting = [part["remainingQuantity"] for part in there.all("FulfillmentOrderLineItem")]
        assert sorted(waiting) == [0, 0, 2]


def test_what_somebody_changed_meanwhile_or_nobody_sells_is_left_alone(short: tuple[House, str]) -> None:
    house, order_id = short
    shop.patch(house, "orders", order_id, edit=[{"sku": "NW-ROPE", "quantity": 4}])
    decide(house, "substitute", substitute_skus="NW-TENT")
    assert steps(house, order_id)["amend_order"].startswith("skipped: Somebody has changed NW-ROPE")
    assert goods(house, order_id) == {"NW-ROPE": 4, "NW-TORCH": 1}


def test_without_the_scope_the_run_says_what_to_grant_and_goes_on_when_it_is_given(short: tuple[House, str]) -> None:
    house, order_id = short
    admin = house.stage.shopify_admin
    admin.take_back(["write_order_edits"], credentials.SHOPIFY_SHOP)
    house.drain()
    decide(house, "substitute", substitute_skus="NW-TENT")
    run = house.run_of("stock-exception", order_id)
    (stopped,) = [step for step in house.steps_of(run) if step.kind == "amend_order"]
    assert (stopped.error_code, "write_order_edits" in stopped.error_hint) == ("missing_scope", True)
    admin.grant(["write_order_edits"], credentials.SHOPIFY_SHOP)
    house.drain()
    letters.try_again(house, run)
    assert goods(house, order_id) == {"NW-ROPE": 3, "NW-TORCH": 1, "NW-TENT": 2}


def test_cancelling_pays_back_what_is_missing(short: tuple[House, str]) -> None:
    house, order_id = short
    decide(house, "cancel")
    (paid,) = shop.merchant(house).list("refunds")
    assert "98.0" in str(paid)
    assert shop.order(house, order_id)["cancelledAt"] is None
