"""Lost webhooks are found; history is left alone; nothing is done twice."""

from app.db.runs import Run, Watermark
from app.engine import reconcile, schedule
from sandbox.kernel.faults import FaultRule
from tests.doors import Doors


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


def withheld(house):
    """The store's messages get lost from now on; the rule's id."""
    return house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="withhold")).id


def test_every_night_what_was_lost_is_made_up_for_and_the_home_page_says_what(installed_house):
    house = installed_house
    told = house.place_order("20.00")
    house.drain()
    rule = withheld(house)
    lost, product = house.place_order("950.00"), house.make_product(name="Lost lamp")
    made = house.store_api.post("v3/customers", json=[
        {"first_name": "Ada", "last_name": "Löwe", "email": "ada@example.com", "company": "Löwe GmbH"}
    ]).json()["data"][0]  # fmt: skip
    house.stage.world.faults.remove(rule)
    house.advance(days=1)
    for _ in range(3):
        house.hurry()
        house.drain()
    reports = house.rows(Run, scenario="gap-report", state="done")
    words = house.steps_of(max(reports, key=lambda run: run.started_at))[0].summary
    assert f"Order {lost}" in words
    assert "Lost lamp" in words
    assert "Ada Löwe" in words
    assert f"Order {told}," not in words
    assert "3 changes nobody had told us: made up for" in words
    assert house.run_of("order-review", lost).state == "waiting"
    assert house.run_of("product-launch-workspace", product).state == "done"
    assert house.run_of("customer-workspace", str(made["id"])).state == "done"
    page = Doors(house).signed_in().get("/").get_data(as_text=True)
    assert "Compared with your store" in page
    assert f"Order {lost}" in page


def test_a_comparison_asked_for_finds_nothing_twice_and_goes_on_after_the_store_was_away(installed_house):
    house = installed_house
    rule = withheld(house)
    house.place_order("950.00")
    house.stage.world.faults.remove(rule)
    house.stage.world.faults.add(
        FaultRule(system="bigcommerce", path="*/v2/orders", method="GET", kind="status", status=503, count=2)
    )
    person = Doors(house).signed_in()
    assert person.post("/home/compare").status_code == 303
    for _ in range(4):
        house.drain()
        house.hurry()
    assert "1 change nobody" in person.get("/").get_data(as_text=True)
    before = len(house.events(source="reconcile"))
    person.post("/home/compare")
    for _ in range(3):
        house.drain()
        house.hurry()
    assert len(house.events(source="reconcile")) <= before + 1  # our own hold changed the order once more
