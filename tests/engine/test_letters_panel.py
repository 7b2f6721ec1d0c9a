"""Letters a person asks for on an object's page: offered where switched on, refused where something is missing."""

import re

import pytest

from app.db.inbox import InboxEvent
from tests.engine import letters, office
from tests.house import House


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


@pytest.fixture
def bought(installed_house: House) -> tuple[House, str]:
    order_id = office.buy(installed_house, ("NW-TORCH", 1))
    return installed_house, order_id


def test_what_is_switched_off_is_said_and_not_asked_for(bought):
    house, order_id = bought
    person = office.browser(house)
    assert f"/panel/orders/{order_id}/ask/delay_notice" in office.page(person, order_id)
    for refused in (
        person.get(f"/panel/orders/{order_id}/ask/delay_notice"),
        person.post(f"/panel/orders/{order_id}/ask/delay_notice",
                    data={"new_date": "2027-01-31", "delay_reason": "carrier"}),
    ):  # fmt: skip
        assert "“Notice of a delay” is switched off in this store." in words(refused)
        assert "/settings/scenarios/delay-notice" in refused.get_data(as_text=True)
        assert '<button type="submit" class="primary"' not in refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert house.rows(InboxEvent, topic="requested", object_id=order_id) == []


def test_a_delay_is_written_about_once_with_the_day_and_reason_typed(bought):
    house, order_id = bought
    office.switch_on(house, "delay-notice")
    person = office.browser(house)
    sent = person.post(f"/panel/orders/{order_id}/ask/delay_notice",
                       data={"new_date": "2027-01-31", "delay_reason": "carrier"})  # fmt: skip
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/panel/orders/{order_id}")
    assert "Write to the buyer about a delay" in office.page(person, order_id)
    house.drain()
    letters.arrive(house)
    letters.went_out_as_filed(house, f"Delay_{order_id}.pdf")
    assert "The carrier is late." in " ".join(office.text_of(house, f"Delay_{order_id}.pdf").split())
    assert "Mailed to a***@example.com delivered" in letters.page(house, "orders", order_id)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"new_date": "", "delay_reason": "carrier"}, "Please fill this in."),
        ({"new_date": "2020-01-01", "delay_reason": "carrier"}, "Enter a day from today on"),
        ({"new_date": "soon", "delay_reason": "carrier"}, "Enter a day from today on"),
        ({"new_date": "2027-01-31", "delay_reason": "<b>mine</b>"}, "Choose one of these."),
    ],
)
def test_what_is_missing_or_wrong_is_said_beside_the_field(bought, typed, said):
    house, order_id = bought
    office.switch_on(house, "delay-notice")
    refused = office.browser(house).post(f"/panel/orders/{order_id}/ask/delay_notice", data=typed)
    assert refused.status_code == 422
    assert said in words(refused)
    assert "<b>mine" not in refused.get_data(as_text=True)
    assert house.rows(InboxEvent, topic="requested", object_id=order_id) == []


def test_a_customer_gets_statement_or_catalogue_and_no_letter_of_an_order(bought):
    house, _order_id = bought
    ada = office.customer(house)
    office.switch_on(house, "statement-customer", without_open_items=True)
    office.switch_on(house, "catalogue-request", skus="NW-TORCH")
    person = office.browser(house)
    shown = letters.page(house, "customers", str(ada))
    assert "Send an account statement" in shown
    assert "Send a personal catalogue" in shown
    assert person.post(f"/panel/customers/{ada}/ask/delay_notice", data={}).status_code == 404
    assert person.post(f"/panel/customers/{ada}/ask/send_catalogue", data={}).status_code == 303
    assert person.post(f"/panel/customers/{ada}/ask/send_statement", data={}).status_code == 303
    house.drain()
    assert len(letters.composed(house, "SF_CATALOG")) == 1
    (run,) = letters.runs(house, "statement-customer")  # nothing happened in the month before
    assert (run.state, letters.last_step(house, run).summary) == ("done", "Nothing is open.")
