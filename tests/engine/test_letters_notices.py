"""Notices about an order: sent in part, cancelled, under review, delayed. Each once, filed before it is sent."""

import pytest

from app.domain.scenario import Mode
from app.scenarios import BY_SLUG
from sandbox.kernel.faults import FaultRule
from tests.engine import letters, office
from tests.house import House

NOTICES = ("partial-notice", "cancel-notice", "review-notice", "delay-notice")


@pytest.fixture
def house(installed_house: House) -> House:
    office.switch_on(installed_house, *NOTICES)
    return installed_house


def ship(house: House, order_id: str, quantity: int) -> str:
    (line,) = office.line_ids(house, order_id)
    made = office.merchant(house).create(
        "shipments",
        {
            "order_id": int(order_id),
            "items": [{"order_product_id": int(line), "quantity": quantity}],
            "tracking_number": "JD014",
        },
    )
    house.drain()
    return str(made["id"])


def set_status(house: House, order_id: str, status_id: int) -> None:
    house.store_api.put(f"v2/orders/{order_id}", json={"status_id": status_id})
    house.drain()


def test_nothing_is_written_before_somebody_switches_it_on(house):
    assert {BY_SLUG[slug].preferences().mode for slug in NOTICES} == {Mode.OFF}
    office.switch_on(house, *NOTICES, mode="off")
    order_id = office.buy(house, ("NW-TORCH", 3))
    ship(house, order_id, 1)
    set_status(house, order_id, 5)
    assert letters.messages(house) == []


def test_each_part_that_leaves_something_behind_is_told_once(house):
    order_id = office.buy(house, ("NW-TORCH", 3))
    house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="duplicate"))
    first = ship(house, order_id, 1)
    letters.arrive(house)
    name = f"Partial_{order_id}_{first}.pdf"
    message = letters.went_out_as_filed(house, name)
    assert message.subject == f"A part of your order {order_id} is on its way"
    assert (letters.filed(house, name).folder, letters.filed(house, name).record_class) == (
        "03 Correspondence", "Orders")  # fmt: skip
    said = office.text_of(house, name)
    assert "JD014" in said
    assert "Head Torch 2" in " ".join(said.split())  # still to come
    shown = letters.page(house, "orders", order_id)
    assert name in shown
    assert "Mailed to a***@example.com delivered" in shown
    second = ship(house, order_id, 1)
    ship(house, order_id, 1)  # completes the order: no notice
    letters.arrive(house)
    assert {run.occasion for run in letters.runs(house, "partial-notice")} == {
        f"shipment:{first}", f"shipment:{second}"}  # fmt: skip
    assert len(letters.messages(house)) == 2


def test_deliveries_out_of_order_tell_of_each_part_once(house):
    order_id = office.buy(house, ("NW-TORCH", 3))
    house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="withhold", count=2))
    ship(house, order_id, 1)
    ship(house, order_id, 1)
    house.stage.world.deliveries.release()
    house.drain()
    assert len(letters.composed(house, "SF_PARTIAL_NOTICE")) == 2
    assert len(letters.messages(house)) == 2


@pytest.mark.parametrize("system", ["exstream", "content_server"])
def test_a_cancellation_is_told_once_after_the_other_side_came_back(house, system):
    order_id = office.buy(house, ("NW-TORCH", 1))
    rule = letters.stop(house, system)
    house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="duplicate"))
    set_status(house, order_id, 5)
    assert letters.messages(house) == []
    office.heal(house, rule)
    letters.arrive(house)
    name = f"Cancel_{order_id}.pdf"
    assert letters.went_out_as_filed(house, name).subject == f"Your order {order_id} was cancelled"
    said = " ".join(office.text_of(house, name).split())
    assert "it was cancelled in our store" in said
    assert "go back to where they came from" in said
    assert len(letters.composed(house, "SF_CANCEL_NOTICE")) == 1
    assert f"{name}" in letters.page(house, "orders", order_id)


def test_a_long_forgotten_order_is_no_news(house):
    office.switch_on(house, "cancel-notice", newest_days=5)
    order_id = office.buy(house, ("NW-TORCH", 1))
    house.advance(days=8)
    set_status(house, order_id, 5)
    assert letters.runs(house, "cancel-notice") == []


def test_a_notice_whose_design_is_not_approved_says_so_and_goes_out_after_a_replay(house):
    letters.withdraw(house, "Cancellation notice")
    order_id = office.buy(house, ("NW-TORCH", 1))
    set_status(house, order_id, 5)
    run = house.run_of("cancel-notice", order_id)
    step = letters.last_step(house, run)
    assert (run.state, step.error_code, letters.messages(house)) == ("quarantined", "not_approved", [])
    assert "approved" in step.error_hint
    assert "Needs attention" in letters.page(house, "orders", order_id)
    letters.withdraw(house, "Cancellation notice", "APPROVED")
    letters.try_again(house, run)
    letters.arrive(house)
    assert (house.run_of("cancel-notice", order_id).state, len(letters.messages(house))) == ("done", 1)


def test_a_check_is_told_when_it_begins_and_when_it_is_over_never_why(house):
    order_id = house.place_order("950.00")
    house.drain()
    letters.arrive(house)
    (opened,) = letters.messages(house)
    assert opened.subject == f"About your order {order_id}"
    said = " ".join(office.text_of(house, f"Review_{order_id}_opened.pdf").split())
    assert "We check some orders before we send them" in said
    assert "limit" not in said
    house.decide(order_id, "approved", comment="Looks fine")
    house.drain()
    letters.arrive(house)
    letters.went_out_as_filed(house, f"Review_{order_id}_released.pdf")
    said = " ".join(office.text_of(house, f"Review_{order_id}_released.pdf").split())
    assert "finished checking" in said
    assert "Looks fine" not in said
    assert len(letters.messages(house)) == 2
    assert {run.occasion for run in letters.runs(house, "review-notice")} == {"opened", "released"}


def test_a_rejected_order_is_told_as_cancelled_and_not_as_released(house):
    order_id = house.place_order("950.00")
    house.drain()
    house.decide(order_id, "rejected")
    house.drain()
    letters.arrive(house)
    assert {run.occasion for run in letters.runs(house, "review-notice")} == {"opened"}
    assert len(letters.composed(house, "SF_CANCEL_NOTICE")) == 1


def test_a_decision_to_wait_tells_the_new_day(house):
    office.switch_on(house, "stock-exception")
    order_id = office.buy(house, ("NW-ROPE", 5))
    office.decide(house, "sf_backorder", "wait", user="paul.eriksen@demo", comment="Dodgy supplier",
                  expected_date="2027-01-15")  # fmt: skip
    letters.arrive(house)
    name = f"Delay_{order_id}.pdf"
    letters.went_out_as_filed(house, name)
    said = " ".join(office.text_of(house, name).split())
    assert "15 January 2027" in said.replace("January 15, 2027", "15 January 2027")
    assert "not in stock" in said
    assert "Dodgy" not in said  # what staff say to each other is not for the buyer


def test_without_a_new_day_there_is_no_letter_and_the_run_says_why(house):
    order_id = office.buy(house, ("NW-TORCH", 1))
    house.request(house.store_id, "order", order_id, "delay_notice")
    house.drain()
    run = house.run_of("delay-notice", order_id)
    assert (run.state, letters.last_step(house, run).status) == ("done", "skipped")
    assert "No new day is known" in letters.last_step(house, run).summary
    house.request(house.store_id, "order", order_id, "delay_notice", new_date="2027-02-01", delay_reason="supplier")
    house.drain()
    assert "Our supplier is late" in office.text_of(house, f"Delay_{order_id}.pdf")
