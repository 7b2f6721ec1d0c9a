"""The demo store's starting data, and that it survives a restart and a reset."""

from pathlib import Path

from sandbox.bigcommerce import BigCommerce
from sandbox.kernel.world import World
from tests.sandbox.bigcommerce.bench import HASH, Bench


def test_the_demo_store_has_goods_people_and_orders_of_every_kind(demo: Bench) -> None:
    orders, products = demo.merchant.list("orders"), demo.merchant.list("products")
    customers = demo.merchant.list("customers")
    assert (len(orders), len(products), len(customers)) == (24, 12, 10)
    assert {order["status_id"] for order in orders} == set(range(15)) - {1}
    assert {order["currency_code"] for order in orders} == {"EUR", "USD"}
    assert sum(order["customer_id"] == 0 for order in orders) >= 1
    assert sum(order["order_is_digital"] for order in orders) == 1
    assert sum(float(order["total_inc_tax"]) > 5000 for order in orders) >= 2


def test_some_orders_are_shipped_to_another_country_than_they_are_billed(demo: Bench) -> None:
    wholes = [demo.merchant.get("orders", order["id"]) for order in demo.merchant.list("orders")]
    elsewhere = [
        order["id"]
        for order in wholes
        if order["billing_address"]["country_iso2"] != order["shipping_addresses"][0]["country_iso2"]
    ]
    assert elsewhere == [122, 121, 118, 115]


def test_orders_add_up_and_lie_in_the_past(demo: Bench) -> None:
    for order in demo.merchant.list("orders"):
        whole = demo.merchant.get("orders", order["id"])
        lines = sum(float(line["total_inc_tax"]) for line in whole["products"])
        assert float(whole["total_inc_tax"]) == round(lines + float(whole["shipping_cost_inc_tax"]), 4)
    created = demo.api.get("/v2/orders?max_date_created=" + demo.world.clock.now().isoformat().replace("+", "%2B"))
    assert len(created.json()) == 24


def test_every_product_has_a_picture_that_is_served(demo: Bench) -> None:
    for product in demo.merchant.list("products"):
        picture = demo.http.get(product["images"][0]["url_standard"])
        assert picture.content.startswith(b"\x89PNG")


def test_seeding_sends_nothing(demo: Bench) -> None:
    demo.hook("store/order/*")
    demo.world.reset()
    assert len(demo.merchant.list("orders")) == 24
    assert demo.app.seen == []
    assert demo.store.hooks == {}


def test_seeding_twice_gives_the_same_store(demo: Bench) -> None:
    before = [(o["id"], o["total_inc_tax"], o["status_id"]) for o in demo.merchant.list("orders")]
    demo.world.reset()
    assert [(o["id"], o["total_inc_tax"], o["status_id"]) for o in demo.merchant.list("orders")] == before


def test_a_saved_world_is_taken_up_again(demo: Bench, tmp_path: Path) -> None:
    number = demo.merchant.create("orders", {"staff_notes": "kept"})["id"]
    token = next(iter(demo.bc.state.tokens))
    file = tmp_path / "world.pickle"
    demo.world.save_if_touched(file)
    world = World(inline=True)
    assert world.load(file)
    again = BigCommerce(world)
    assert again.store(HASH).orders[number]["staff_notes"] == "kept"
    assert token in again.state.tokens
    world.deliveries.close()


def test_without_seeding_the_store_is_empty_but_has_its_people(bench: Bench) -> None:
    assert bench.merchant.list("orders") == bench.merchant.list("products") == []
    assert [user.role for user in bench.panel.users()] == ["owner", "order manager", "catalog editor"]


def test_the_profile_names_control_panel_and_time_zone() -> None:
    world = World(inline=True)
    bc = BigCommerce(world, control_panel_url="http://127.0.0.1:8001")
    profile = bc.store(HASH).profile
    assert profile["control_panel_base_url"] == "http://127.0.0.1:8001"
    assert profile["timezone"]["name"] == "Europe/Berlin"
    world.deliveries.close()
