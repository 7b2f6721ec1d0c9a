"""After a purchase: care and set-up, warranty, welcome. When the goods are there, where there is something to say."""

import re

import pytest

from sandbox.kernel.faults import FaultRule
from tests.engine import letters, office
from tests.house import House

LAMP = {"name": "Lamp", "price": 39.9, "sku": "AP-LAMP", "brand_name": "Northwind", "warranty": "2 years",
        "custom_fields": [{"name": "Care", "value": "Wipe with a dry cloth."},
                          {"name": "Set-up", "value": "Screw in the bulb first."},
                          {"name": "Category", "value": "Lighting"}]}  # fmt: skip
MUG = {"name": "Mug", "price": 9.9, "sku": "AP-MUG", "custom_fields": [{"name": "Category", "value": "Kitchen"}]}


@pytest.fixture
def house(installed_house: House) -> House:
    office.switch_on(installed_house, "care-guide", "warranty-letter", "welcome-customer", wait_days=3)
    return installed_house


def order(house: House, *goods: dict[str, object], quantity: int = 1) -> str:
    items = [{"product_id": int(house.make_product(**one)), "quantity": quantity} for one in goods]
    made = office.merchant(house).create(
        "orders",
        {
            "items": items,
            "customer_id": office.customer(house),
            "billing": {
                "name": "Ada Löwe", "email": "ada@example.com", "street_1": "Hauptstraße 1", "city": "Köln",
                "zip": "50667", "country": "DE",
            },
        },
    )  # fmt: skip
    house.drain()
    return str(made["id"])


def ship(house: House, order_id: str) -> None:
    house.store_api.put(f"v2/orders/{order_id}", json={"status_id": 2})
    house.drain()


def three_days_later(house: House) -> None:
    house.advance(days=3, minutes=1)
    letters.arrive(house)


def test_guide_and_warranty_come_some_days_after_the_parcel_once(house):
    order_id = order(house, LAMP, MUG)
    house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="duplicate"))
    ship(house, order_id)
    run = house.run_of("care-guide", order_id)
    assert (run.state, letters.last_step(house, run).kind) == ("waiting", "wait_days")
    assert "It goes on on" in letters.last_step(house, run).summary
    house.hurry()
    house.drain()
    assert letters.messages(house) == []
    assert "In progress" not in letters.page(house, "orders", order_id)
    three_days_later(house)
    care, warranty = f"Care_{order_id}.pdf", f"Warranty_W-{order_id}.pdf"
    message = letters.went_out_as_filed(house, care)
    (shelf,) = re.findall(r"http://app\.test(/shelf/[0-9a-f.]+)", message.body.content.decode())
    answer = house.flask.test_client().get(shelf, base_url="http://app.test")
    assert (answer.status_code, care in answer.get_data(as_text=True)) == (200, True)
    said = " ".join(office.text_of(house, care).split())
    assert "Wipe with a dry cloth." in said
    assert "Screw in the bulb first." in said
    assert "Mug" not in said  # nothing to say about it
    letters.went_out_as_filed(house, warranty)
    assert letters.filed(house, warranty).record_class == "Orders"
    assert "2 years" in office.text_of(house, warranty)
    marks = office.merchant(house).get("orders", order_id)["metafields"]
    assert f"W-{order_id}" in str(marks)
    assert "Mailed to a***@example.com delivered" in letters.page(house, "orders", order_id)
    assert len(letters.messages(house)) == 3  # and the welcome of a first order
    house.store_api.put(f"v2/orders/{order_id}", json={"status_id": 10})
    house.drain()
    three_days_later(house)
    assert len(letters.messages(house)) == 3


def test_only_the_chosen_kinds_of_products_get_a_guide(house):
    office.switch_on(house, "care-guide", wait_days=0, only_for="Kitchen, Garden")
    order_id = order(house, LAMP)
    ship(house, order_id)
    run = house.run_of("care-guide", order_id)
    assert (run.state, letters.last_step(house, run).status) == ("done", "skipped")
    assert "of a kind" in letters.last_step(house, run).summary


def test_what_was_given_back_meanwhile_gets_no_letter(house):
    order_id = order(house, LAMP)
    ship(house, order_id)
    office.merchant(house).create("refunds", {"order_id": int(order_id)})
    office.settle(house)
    three_days_later(house)
    assert letters.messages(house) == []
    for slug in ("care-guide", "warranty-letter", "welcome-customer"):
        run = house.run_of(slug, order_id)
        assert (run.state, letters.last_step(house, run).status) == ("done", "skipped"), slug


def test_only_the_first_order_is_welcomed(house):
    office.switch_on(house, "care-guide", "warranty-letter", mode="off")
    office.switch_on(house, "welcome-customer", wait_days=0)
    first, second = order(house, MUG), order(house, LAMP)
    ship(house, second)  # the later order leaves first
    ship(house, first)
    letters.arrive(house)
    assert len(letters.messages(house)) == 1
    assert "It is the buyer's first order." in [one.summary for one in house.steps_of(
        house.run_of("welcome-customer", first))]  # fmt: skip
    assert "not the buyer's first" in letters.last_step(house, house.run_of("welcome-customer", second)).summary


@pytest.mark.parametrize("system", ["exstream", "content_server"])
def test_guides_wait_for_the_other_side_and_go_out_once(house, system):
    office.switch_on(house, "warranty-letter", "welcome-customer", mode="off")
    office.switch_on(house, "care-guide", wait_days=0)
    order_id = order(house, LAMP)
    rule = letters.stop(house, system)
    ship(house, order_id)
    assert letters.messages(house) == []
    office.heal(house, rule)
    letters.arrive(house)
    letters.went_out_as_filed(house, f"Care_{order_id}.pdf")
    assert len(letters.messages(house)) == 1


def test_a_missing_design_is_said_and_a_replay_sends_the_guide(house):
    office.switch_on(house, "warranty-letter", "welcome-customer", mode="off")
    office.switch_on(house, "care-guide", wait_days=0)
    letters.withdraw(house, "Care and set-up")
    order_id = order(house, LAMP)
    ship(house, order_id)
    run = house.run_of("care-guide", order_id)
    assert (run.state, letters.last_step(house, run).error_code) == ("quarantined", "not_approved")
    letters.withdraw(house, "Care and set-up", "APPROVED")
    letters.try_again(house, run)
    letters.arrive(house)
    letters.went_out_as_filed(house, f"Care_{order_id}.pdf")


def test_an_approved_company_gets_its_welcome_pack_once(b2b_house):
    house = b2b_house
    office.switch_on(house, "welcome-company")
    company = office.merchant(house).create("companies", {"name": "Harbour Supplies", "payment_terms": 30})
    house.drain()
    assert letters.runs(house, "welcome-company") == []
    office.merchant(house).patch("companies", company["id"], {"status": "approved"})
    house.drain()
    letters.arrive(house)
    name = next(one.name for one in letters.composed(house, "SF_ONBOARDING"))
    letters.went_out_as_filed(house, name)
    assert letters.filed(house, name).folder == "04 Onboarding"
    said = " ".join(office.text_of(house, name).split())
    assert "Harbour Supplies" in said
    assert "30 days net" in said
    office.merchant(house).patch("companies", company["id"], {"phone": "+49 40 1"})
    house.drain()
    assert len(letters.messages(house)) == 1


def test_a_company_that_registered_long_ago_gets_none(b2b_house):
    house = b2b_house
    office.switch_on(house, "welcome-company", newest_days=30)
    company = office.merchant(house).create("companies", {"name": "Harbour Supplies"})
    house.advance(days=40)
    office.merchant(house).patch("companies", company["id"], {"status": "approved"})
    house.drain()
    (run,) = letters.runs(house, "welcome-company")
    assert "for longer" in letters.last_step(house, run).summary
    assert letters.messages(house) == []
