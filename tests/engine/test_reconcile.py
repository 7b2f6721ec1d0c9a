"""Lost webhooks are found; history is left alone; nothing is done twice."""

from app.db.runs import Run, Watermark
from app.engine import reconcile, schedule
from sandbox.kernel.faults import FaultRule


def test_orders_from_before_the_installation_are_left_alone(house):
    house.install()
    reconcile.run(house.deps, house.store_id)
    house.drain()
    assert house.rows(Run, scenario="order-review") == []


def test_an_order_whose_webhooks_were_lost_is_found_and_only_once(installed_house):
    house = installed_house
    house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="withhold"))
    order_id = house.place_order("950.00")
    product_id = house.make_product()
    house.drain()
    assert house.rows(Run, subject_id=order_id) == []
    assert reconcile.run(house.deps, house.store_id) == 2
    house.drain()
    assert house.run_of("order-review", order_id).state == "waiting"
    assert house.run_of("product-launch-workspace", product_id).state == "done"
    house.drain()
    assert reconcile.run(house.deps, house.store_id) <= 1  # our own hold changed the order once more
    house.drain()
    assert reconcile.run(house.deps, house.store_id) == 0


def test_the_watermark_moves_only_after_everything_is_stored(installed_house):
    house = installed_house
    house.stage.world.faults.add(
        FaultRule(system="bigcommerce", path="*/v2/orders", method="GET", kind="status", status=503)
    )
    before = house.rows(Watermark)
    house.request(house.store_id, "store", "demostore1", "reconcile")
    house.drain()
    assert house.rows(Watermark) == before


def test_each_sweep_takes_its_turn_once_however_many_ask(installed_house):
    house = installed_house
    sweep = next(one for one in schedule.SWEEPS if one.name == "reconcile")
    turns = [schedule._take_turn(house.deps, sweep, owner) for owner in ("a", "b", "c")]
    assert turns == [True, False, False]
    schedule._run(house.deps, sweep)
    assert not schedule._take_turn(house.deps, sweep, "b")  # not before its next time


def test_a_subscription_that_was_deleted_is_made_again(installed_house):
    house = installed_house
    hooks = house.store_api.get("v3/hooks?limit=250").json()["data"]
    house.store_api.delete(f"v3/hooks/{hooks[0]['id']}")
    house.store_api.put(f"v3/hooks/{hooks[1]['id']}", json={"is_active": False})
    house.request(house.store_id, "store", "demostore1", "check_set_up")
    house.drain()
    after = house.store_api.get("v3/hooks?limit=250").json()["data"]
    assert {hook["scope"] for hook in after} == {hook["scope"] for hook in hooks}
    assert all(hook["is_active"] for hook in after)
