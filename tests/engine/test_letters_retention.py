"""Letters that ask a buyer back, and catalogues: only with consent, once for each cause, filed before they are sent."""

from datetime import UTC, datetime

import pytest

from app.db.inbox import InboxEvent
from app.db.types import utc_now
from app.domain.scenario import Mode
from app.scenarios import BY_SLUG
from sandbox.kernel.faults import FaultRule
from tests.engine import letters, office
from tests.house import House

SLUGS = ("win-back", "loyalty-letter", "cart-letter", "catalogue-month", "catalogue-request")


def buyer(house: House, email: str = "ada@example.com", *, newsletter: bool = True, carts: bool = True,
          **fields: object) -> str:  # fmt: skip
    """A private customer, and what they agreed to."""
    made = house.store_api.post("v3/customers", json=[
        {"first_name": "Ada", "last_name": "Löwe", "email": email,
         "accepts_product_review_abandoned_cart_emails": carts} | fields
    ])  # fmt: skip
    if newsletter:
        office.merchant(house).create("subscribers", {"email": email})
    house.drain()
    return str(made.json()["data"][0]["id"])


def unsubscribe(house: House, email: str = "ada@example.com") -> None:
    merchant = office.merchant(house)
    (found,) = [one for one in merchant.list("subscribers") if one["email"] == email]
    merchant.delete("subscribers", found["id"])


def months_pass(house: House, count: int = 1) -> None:
    """Month for month, as a dispatcher that never sleeps sees them begin."""
    for _ in range(count):
        now = utc_now()
        house.at(datetime(now.year + now.month // 12, now.month % 12 + 1, 1, 12, tzinfo=UTC))
        letters.arrive(house)


def last_words(house: House, slug: str) -> list[str]:
    return [letters.last_step(house, run).summary for run in letters.runs(house, slug)]


@pytest.fixture
def house(installed_house: House) -> House:
    return installed_house


def test_all_of_them_are_off_until_switched_on():
    assert {BY_SLUG[slug].preferences().mode for slug in SLUGS} == {Mode.OFF}


def test_a_long_silence_gives_one_letter_with_its_offer(house):
    office.switch_on(house, "win-back", after_days=60, offer_title="Come back", offer_code="BACK10")
    ada, bob = buyer(house), buyer(house, "bob@example.com", newsletter=False)
    for one in (ada, bob):
        office.buy(house, ("NW-TORCH", 1), customer_id=int(one))
    months_pass(house, 2)
    assert letters.messages(house) == []
    months_pass(house, 3)
    (row,) = letters.composed(house, "SF_RETENTION")
    message = letters.went_out_as_filed(house, row.name)
    assert (message.subject, message.destinations[0].address) == ("Northwind Outfitters misses you", "ada@example.com")
    said = " ".join(office.text_of(house, row.name).split())
    for words in ("Come back", "BACK10", "newsletter"):
        assert words in said
    assert {run.subject_id for run in letters.runs(house, "win-back")} == {ada}  # Bob never agreed: not looked at
    shown = letters.page(house, "customers", ada)
    assert row.name in shown
    assert "Mailed to a***@example.com delivered" in shown


def test_a_buyer_with_a_rhythm_is_missed_sooner_and_who_orders_again_is_not(house):
    office.switch_on(house, "win-back", after_days=300)
    ada = buyer(house)
    for _ in range(3):
        office.buy(house, ("NW-TORCH", 1), customer_id=int(ada))
        house.advance(days=20)
    months_pass(house, 2)
    assert len(letters.composed(house, "SF_RETENTION")) == 1
    office.buy(house, ("NW-TORCH", 1), customer_id=int(ada))
    months_pass(house)
    assert last_words(house, "win-back")[-1] == "The buyer has ordered lately."
    assert len(letters.messages(house)) == 1


@pytest.mark.parametrize("system", ["exstream", "content_server"])
def test_consent_withdrawn_while_the_other_side_was_down_is_respected(house, system):
    office.switch_on(house, "loyalty-letter", milestones="1")
    ada = buyer(house)
    office.buy(house, ("NW-TORCH", 1), customer_id=int(ada))
    path = "*/outbound/emails" if system == "exstream" else "*"
    rule = house.stage.world.faults.add(FaultRule(system=system, path=path, kind="status", status=503))
    months_pass(house)
    unsubscribe(house)
    office.heal(house, str(rule.id))
    letters.arrive(house)
    (run,) = letters.runs(house, "loyalty-letter")
    assert (run.state, letters.messages(house)) == ("done", [])
    assert letters.last_step(house, run).status == "skipped"
    assert "has not agreed" in letters.last_step(house, run).summary
    assert "has not agreed" in letters.page(house, "customers", ada)


def test_a_count_of_orders_is_thanked_for_once_after_the_other_side_came_back(house):
    office.switch_on(house, "loyalty-letter", milestones="2, 3")
    ada = buyer(house)
    for _ in range(3):
        office.buy(house, ("NW-TORCH", 1), customer_id=int(ada))
    rule = letters.stop(house, "exstream")
    months_pass(house)
    assert letters.messages(house) == []
    office.heal(house, rule)
    letters.arrive(house)
    months_pass(house)
    (row,) = letters.composed(house, "SF_RETENTION")
    letters.went_out_as_filed(house, row.name)
    assert "The buyer has come to 3 orders." in [one.summary for run in letters.runs(house, "loyalty-letter")
                                                 for one in house.steps_of(run)]  # fmt: skip
    assert len(letters.messages(house)) == 1


def test_who_got_advertising_lately_gets_none_now(house):
    office.switch_on(house, "loyalty-letter", milestones="1, 2", quiet_days=60)
    ada = buyer(house)
    for _ in range(2):
        office.buy(house, ("NW-TORCH", 1), customer_id=int(ada))
        months_pass(house)
    assert len(letters.messages(house)) == 1
    assert "within the last 60 days" in last_words(house, "loyalty-letter")[-1]


# Carts


def leave_a_cart(house: House, customer: str | None = None, email: str = "ada@example.com") -> str:
    who = {"customer_id": int(customer)} if customer else {}
    merchant = office.merchant(house)
    cart = merchant.create("carts", {"email": email, **who, "items": [
        {"product_id": int(office.good(house, "NW-TENT")), "quantity": 1}]})  # fmt: skip
    merchant.patch("carts", cart["id"], {"abandoned": True})
    house.drain()
    return str(cart["id"])


def with_carts(house: House, **values: object) -> None:
    """Switched on, and the store told to tell us of carts."""
    office.switch_on(house, "cart-letter", **values)
    house.request(house.store_id, "store", house.store_id.partition(":")[2], "set_up_store")
    house.drain()


def test_a_cart_left_behind_gives_one_letter_to_who_agreed_to_that(house):
    with_carts(house)
    ada = buyer(house, newsletter=False)
    bob = buyer(house, "bob@example.com", newsletter=True, carts=False)
    house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="duplicate"))
    cart = leave_a_cart(house, ada)
    leave_a_cart(house, bob, "bob@example.com")  # agreed to the newsletter, not to this
    leave_a_cart(house, email="guest@example.com")
    reasons = {row.reason for row in house.rows(InboxEvent, topic="cart.abandoned")}
    assert {"planned", "no_scenario_applies", "guest_cart"} <= reasons
    office.merchant(house).patch("carts", cart, {"abandoned": True})
    house.advance(days=1, minutes=1)
    letters.arrive(house)
    (row,) = letters.composed(house, "SF_RETENTION")
    assert letters.went_out_as_filed(house, row.name).destinations[0].address == "ada@example.com"
    said = " ".join(office.text_of(house, row.name).split())
    assert "Tent" in said
    assert "129.00" in said
    assert len(letters.messages(house)) == 1


def test_who_has_ordered_meanwhile_gets_no_letter(house):
    with_carts(house)
    ada = buyer(house)
    cart = leave_a_cart(house, ada)
    office.buy(house, ("NW-TENT", 1), customer_id=int(ada), cart_id=cart)
    house.advance(days=1, minutes=1)
    assert last_words(house, "cart-letter") == ["The cart has become an order, or was deleted."]
    assert letters.messages(house) == []


# Catalogues


def group(house: House, name: str) -> int:
    return int(office.merchant(house).create("customer_groups", {"name": name})["id"])


def test_a_catalogue_on_a_click_has_what_was_chosen_and_bought_at_the_group_s_prices(house):
    office.switch_on(house, "catalogue-request", skus="NW-TENT, NW-NONE", title="Autumn")
    wholesale = group(house, "Wholesale")
    ada = buyer(house, customer_group_id=wholesale)
    office.buy(house, ("NW-TORCH", 1), customer_id=int(ada))
    tent = office.good(house, "NW-TENT")
    listed = house.store_api.post("v3/pricelists", json={"name": "Wholesale prices"}).json()["data"]["id"]
    variant = house.store_api.get(f"v3/catalog/products/{tent}/variants").json()["data"][0]["id"]
    house.store_api.put(f"v3/pricelists/{listed}/records",
                        json=[{"variant_id": variant, "currency": "eur", "price": 99.5}])  # fmt: skip
    house.store_api.post("v3/pricelists/assignments",
                         json=[{"price_list_id": listed, "customer_group_id": wholesale, "channel_id": 1}])  # fmt: skip
    house.request(house.store_id, "customer", ada, "send_catalogue")
    house.drain()
    letters.arrive(house)
    (row,) = letters.composed(house, "SF_CATALOG")
    letters.went_out_as_filed(house, row.name)
    assert letters.filed(house, row.name).folder == "05 Pricing"
    said = " ".join(office.text_of(house, row.name).split())
    for words in ("Autumn", "Tent 99.50 EUR", "Head Torch 79.90 EUR"):
        assert words in said
    assert row.name in letters.page(house, "customers", ada)


def test_without_consent_a_catalogue_is_made_and_not_sent(house):
    office.switch_on(house, "catalogue-request", skus="NW-TENT")
    office.good(house, "NW-TENT")
    ada = buyer(house, newsletter=False)
    house.request(house.store_id, "customer", ada, "send_catalogue")
    house.drain()
    (row,) = letters.composed(house, "SF_CATALOG")
    assert row.state == "filed"
    assert letters.messages(house) == []
    assert "filed and not sent" in last_words(house, "catalogue-request")[0]


def test_only_the_chosen_groups_get_one_every_month(house):
    office.switch_on(house, "catalogue-month", skus="NW-TENT", groups="wholesale")
    office.good(house, "NW-TENT")
    ada = buyer(house, customer_group_id=group(house, "Wholesale"))
    buyer(house, "bob@example.com")
    months_pass(house)
    assert {run.subject_id for run in letters.runs(house, "catalogue-month")} == {ada}
    assert len(letters.messages(house)) == 1
    months_pass(house)
    assert len(letters.messages(house)) == 2


def test_a_missing_design_is_said_and_a_replay_sends_the_catalogue(house):
    letters.withdraw(house, "Personal catalogue")
    office.switch_on(house, "catalogue-request", skus="NW-TENT")
    office.good(house, "NW-TENT")
    ada = buyer(house)
    house.request(house.store_id, "customer", ada, "send_catalogue")
    house.drain()
    run = house.run_of("catalogue-request", ada)
    assert (run.state, letters.last_step(house, run).error_code) == ("quarantined", "not_approved")
    letters.withdraw(house, "Personal catalogue", "APPROVED")
    letters.try_again(house, run)
    letters.arrive(house)
    assert len(letters.messages(house)) == 1


def test_nothing_to_show_is_said(house):
    office.switch_on(house, "catalogue-request")
    ada = buyer(house)
    house.request(house.store_id, "customer", ada, "send_catalogue")
    house.drain()
    assert "No products are chosen" in last_words(house, "catalogue-request")[0]
