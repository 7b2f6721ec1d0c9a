"""Letters to a Shopify shop's buyers: the same scenarios, with that shop's consents, tags, companies and carts."""

from datetime import timedelta

import pytest

from app.db.inbox import InboxEvent
from app.db.runs import Run
from app.engine import reconcile
from app.scenarios import BY_SLUG
from tests.engine import letters, office, shop
from tests.house import House

NOTICES = ("order-invoice", "partial-notice", "cancel-notice", "review-notice")


@pytest.fixture
def opened(house: House) -> House:
    house.move_in_shop()
    return house


def test_an_order_has_its_invoice_its_notices_and_its_refund_letter_in_the_buyers_language(opened: House) -> None:
    house = opened
    office.switch_on(house, *NOTICES, "refund-letter")
    order_id = shop.buy(house, ("NW-TORCH", 2), ("NW-TENT", 1))
    letters.arrive(house)
    (invoice,) = letters.composed(house, "SF_INVOICE")
    letters.went_out_as_filed(house, invoice.name)
    shop.ship(house, order_id, items=[{"sku": "NW-TENT", "quantity": 1}])
    letters.arrive(house)
    assert [run.state for run in letters.runs(house, "partial-notice")] == ["done"]
    shop.merchant(house).create("refunds", {"order_id": order_id, "items": [{"sku": "NW-TORCH", "quantity": 1}]})
    house.drain()
    letters.arrive(house)
    assert [run.state for run in letters.runs(house, "refund-letter")] == ["done"]
    other = shop.buy(house, ("NW-TORCH", 1))
    shop.patch(house, "orders", other, cancel={"reason": "CUSTOMER"})
    letters.arrive(house)
    assert house.run_of("cancel-notice", other).state == "done"
    held = shop.buy(house, ("NW-TENT", 6))
    letters.arrive(house)
    (opened_notice,) = [run for run in letters.runs(house, "review-notice") if run.subject_id == held]
    assert opened_notice.state == "done"
    house.decide(held, "approved")
    house.drain()
    letters.arrive(house)
    assert {run.occasion for run in letters.runs(house, "review-notice")} == {"opened", "released"}


@pytest.mark.parametrize(
    ("consent", "channel", "sent"),
    [
        ({}, "buyer", 0),
        ({"emailMarketingConsent": {"marketingState": "SUBSCRIBED"}}, "buyer", 1),
        ({"emailMarketingConsent": {"marketingState": "SUBSCRIBED"}}, "sms", 1),
        ({"smsMarketingConsent": {"marketingState": "SUBSCRIBED"}}, "mail", 0),
    ],
)
def test_a_cart_left_behind_is_found_and_written_about_only_with_consent_to_mails(
    opened: House, consent: dict[str, object], channel: str, sent: int
) -> None:
    house = opened
    office.switch_on(house, "cart-letter", wait_days=1, channel=channel)
    who = shop.customer(house, phone="+4915112345678", **consent)
    shop.good(house, "NW-TENT")
    cart = shop.merchant(house).create("checkouts", {"customer": shop.number(who), "items": [{"sku": "NW-TENT"}]})
    guest = shop.merchant(house).create("checkouts", {"email": "guest@example.com", "items": [{"sku": "NW-TENT"}]})
    for _again in range(2):
        reconcile.run(house.deps, house.store_id)
    house.drain()
    told = {one.object_id: one.reason for one in house.rows(InboxEvent, topic="cart.abandoned")}
    assert told[shop.number(guest)] == "guest_cart"
    assert len(told) == 2
    house.advance(days=1, minutes=1)
    letters.arrive(house)
    assert len(letters.messages(house)) == sent, [one.summary for run in house.rows(Run) for one in house.steps_of(run)]
    assert len(house.rows(Run, scenario="cart-letter")) == (1 if "email" in str(consent) else 0)
    del cart


def test_guides_and_warranties_come_from_the_merchants_own_metafields(opened: House) -> None:
    house = opened
    office.switch_on(house, "care-guide", "warranty-letter", "welcome-customer", wait_days=0)
    tent = shop.good(house, "NW-TENT")
    kept = [
        {"namespace": "custom", "key": name, "type": "single_line_text_field", "value": text}
        for name, text in (("care", "Dry it before you pack it."), ("warranty", "2 years"))
    ]
    shop.patch(house, "products", shop.number(tent), metafields=kept)
    order_id = shop.buy(house, ("NW-TENT", 1))
    shop.ship(house, order_id)
    letters.arrive(house)
    ended = {slug: house.run_of(slug, order_id).state for slug in ("care-guide", "warranty-letter", "welcome-customer")}
    assert set(ended.values()) == {"done"}
    assert len(letters.messages(house)) == 3
    assert "Dry it before you pack it." in office.text_of(house, letters.composed(house, "SF_CARE")[0].name)


def test_a_companys_month_tells_its_statement_and_a_tagged_buyers_catalogue(opened: House) -> None:
    house = opened
    office.switch_on(house, "statement-company", "welcome-company", "overdue-company")
    office.switch_on(house, "catalogue-month", groups="Wholesale", skus="NW-TENT")
    shop.good(house, "NW-TENT")
    shop.customer(house, tags=["vip", "wholesale"], emailMarketingConsent={"marketingState": "SUBSCRIBED"})
    company = shop.merchant(house).create(
        "companies", {"name": "Nordwind GmbH", "contact": {"email": "buyer@nordwind.example"}}
    )
    house.drain()
    shop.buy(house, ("NW-TENT", 1))  # Ada is known to us by what she ordered
    shop.merchant(house).create(
        "orders", {"company": shop.number(company), "payment_status": "pending", "items": [{"sku": "NW-TENT"}]}
    )
    house.drain()
    start = house.stage.world.clock.now().replace(day=1) + timedelta(days=33)
    house.at(start)
    letters.arrive(house)
    (statement,) = letters.runs(house, "statement-company")
    (catalogue,) = letters.runs(house, "catalogue-month")
    assert (statement.state, catalogue.state) == ("done", "done"), [
        one.summary for run in (statement, catalogue) for one in house.steps_of(run)
    ]
    assert "buyer@nordwind.example" in str([one.destinations for one in letters.messages(house)])


def test_every_letter_and_every_request_for_documents_is_offered_in_both_stores() -> None:
    lacking = [one.slug for one in BY_SLUG.values() if set(one.catalogue) & set(range(23, 32)) and
               len(one.providers) < 2]  # fmt: skip
    assert lacking == []
