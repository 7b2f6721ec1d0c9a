"""Stock that does not cover a paid order: people choose, the store shows it."""

import pytest

from tests.engine import office
from tests.house import House

PAUL = "paul.eriksen@demo"


@pytest.fixture
def short(installed_house: House) -> tuple[House, str]:
    """Three ropes in stock, five ordered."""
    office.switch_on(installed_house, "stock-exception")
    return installed_house, office.buy(installed_house, ("NW-ROPE", 5))


def test_a_shortage_is_told_with_its_figures_and_asked_about_once(short):
    house, order_id = short
    run = house.run_of("stock-exception", order_id)
    assert (run.state, run.reasons) == ("waiting", ["3 of 5 Rope (NW-ROPE) can be shipped"])
    house.store_api.put(f"v2/orders/{order_id}", json={"customer_message": "Where is it?"})
    house.drain()
    assert len(house.effects("workflow", "started")) == 1
    assert '"wanted": "5"' in office.variables(house, "sf_backorder")["items_json"]
    assert "3 of 5 Rope" in office.page(office.browser(house), order_id)


@pytest.mark.parametrize(
    ("outcome", "values", "words", "status"),
    [
        ("wait", {"expected_date": "2027-01-15"}, "the buyer waits. Expected on 15 Jan 2027.", 11),
        ("substitute", {"substitute_skus": "NW-TENT"}, "send NW-TENT instead", 11),
        ("split_ship", {}, "ship what there is now, the rest later", 9),
    ],
)
def test_the_choice_is_noted_on_the_order(short, outcome, values, words, status):
    house, order_id = short
    office.decide(house, "sf_backorder", outcome, user=PAUL, comment="By phone", **values)
    order = house.order(order_id)
    assert (order["status_id"], words in order["staff_notes"]) == (status, True), order["staff_notes"]
    assert office.refunds(house, order_id) == []
    assert house.run_of("stock-exception", order_id).state == "done"
    shown = office.page(office.browser(house), order_id)
    assert "paul.eriksen@demo decided." in shown
    assert "deadline passed" not in shown


def test_cancelling_pays_back_what_is_missing_and_nothing_else(short):
    house, order_id = short
    office.decide(house, "sf_backorder", "cancel", user=PAUL)
    (paid,) = office.refunds(house, order_id)
    assert paid["items"][0]["quantity"] == 2
    order = house.order(order_id)
    assert order["status_id"] != 5
    assert "were paid back" in order["staff_notes"]


def test_an_order_of_which_nothing_is_there_is_cancelled_whole(installed_house):
    house = installed_house
    office.switch_on(house, "stock-exception")
    rule = office.stop_opentext(house)
    office.buy(house, ("NW-ROPE", 3))
    order_id = office.buy(house, ("NW-ROPE", 2), payment_status="authorized")
    office.heal(house, rule)
    office.decide(house, "sf_backorder", "cancel", user=PAUL)
    office.settle(house)
    order = house.order(order_id)
    assert (order["status_id"], order["payment_status"]) == (5, "void")
    assert office.refunds(house, order_id) == []


def test_nobody_deciding_leaves_the_order_and_says_so(short):
    house, order_id = short
    house.advance(hours=30)
    house.hurry()
    house.drain()
    assert "nobody decided in time" in house.order(order_id)["staff_notes"]
