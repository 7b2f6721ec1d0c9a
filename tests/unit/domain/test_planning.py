"""What an event leads to, as a pure function."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.commerce import Address, OrderStatus
from app.domain.events import Topic
from app.domain.ids import Provider
from app.domain.planning import plan
from app.domain.steps import STEP
from app.scenarios import ALL
from app.scenarios.orders import ORDER_REVIEW, OrderReviewPreferences
from tests.builders import a_product, an_event, an_order, money

BIGCOMMERCE = Provider.BIGCOMMERCE


def reasons(order, **preferences):
    chosen = {ORDER_REVIEW.slug: OrderReviewPreferences(**preferences)}
    planned = plan(an_event(), order, ALL, chosen, BIGCOMMERCE)
    return planned[0].reasons if planned else ()


def test_a_harmless_paid_order_is_left_alone():
    assert reasons(an_order()) == ()


def test_an_order_at_the_limit_is_reviewed_and_the_reason_names_both_figures():
    assert reasons(an_order(total=money("500.00"))) == ("Total 500.00 EUR is at or above your limit of 500.00 EUR",)


def test_a_cent_below_the_limit_is_not_reviewed():
    assert reasons(an_order(total=money("499.99"))) == ()


def test_a_currency_of_its_own_limit_is_held_against_that_limit():
    order = an_order(total=money(79_999, "JPY"))
    assert reasons(order, amount_by_currency="JPY=80000") == ()
    assert reasons(replace(order, total=money(80_000, "JPY")), amount_by_currency="JPY=80000") != ()


def test_differing_countries_are_a_reason_unless_switched_off():
    order = an_order(shipping=(Address(country_code="FR"),))
    assert reasons(order) == ("Billing country DE differs from shipping country FR",)
    assert reasons(order, check_countries=False) == ()


def test_one_of_several_shipping_countries_is_enough_to_match():
    assert reasons(an_order(shipping=(Address(country_code="FR"), Address(country_code="DE")))) == ()


def test_an_unknown_country_is_no_reason():
    assert reasons(an_order(shipping=(Address(),))) == ()


def test_a_flagged_order_is_reviewed_even_before_it_is_paid():
    order = an_order(is_paid=False, status=OrderStatus.PENDING, manual_check=("Payment is held for review",))
    assert reasons(order) == ("Payment is held for review",)


@pytest.mark.parametrize(
    "status", [OrderStatus.SHIPPED, OrderStatus.CANCELLED, OrderStatus.INCOMPLETE, OrderStatus.REFUNDED]
)
def test_an_order_that_cannot_be_held_any_more_is_not_reviewed(status):
    assert reasons(an_order(total=money(9_000), status=status)) == ()


def test_an_unpaid_order_is_not_reviewed():
    assert reasons(an_order(total=money(9_000), is_paid=False)) == ()


def test_a_switched_off_scenario_plans_nothing():
    assert reasons(an_order(total=money(9_000)), mode="off") == ()


def test_a_person_may_ask_for_a_review_of_any_order():
    event = an_event(topic=Topic.REQUESTED, detail={"request": "review_order", "user": "u1"})
    planned = plan(event, an_order(), ALL, {}, BIGCOMMERCE)
    assert [(one.scenario.slug, one.reasons) for one in planned] == [("order-review", ("Asked for by a person",))]


def test_a_request_nobody_knows_plans_nothing():
    event = an_event(topic=Topic.REQUESTED, detail={"request": "delete_everything"})
    assert plan(event, an_order(), ALL, {}, BIGCOMMERCE) == ()


def test_an_approved_version_is_an_occasion_of_its_own():
    event = an_event(
        topic=Topic.CONTENT_APPROVED,
        object_type="product",
        object_id="77",
        detail={"occasion": "9:3", "document_name": "Product content.json"},
    )
    (planned,) = plan(event, a_product(), ALL, {}, BIGCOMMERCE)
    assert (planned.scenario.slug, planned.occasion) == ("product-content-publish", "9:3")


def test_the_same_input_gives_the_same_plan():
    order = an_order(total=money(900))
    assert plan(an_event(), order, ALL, {}, BIGCOMMERCE) == plan(an_event(), order, ALL, {}, BIGCOMMERCE)


def test_a_provider_that_is_not_in_the_scenario_plans_nothing():
    elsewhere = replace(ORDER_REVIEW, providers=frozenset({BIGCOMMERCE}))
    order = an_order(total=money(900))
    assert plan(an_event(), order, (elsewhere,), {}, BIGCOMMERCE)
    assert plan(an_event(), order, (elsewhere,), {}, Provider.SHOPIFY) == ()


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.decimals(min_value=0, max_value=10**9, places=2))
def test_the_limit_decides_alone(total: Decimal, limit: Decimal):
    is_held = bool(reasons(an_order(total=money(str(total))), amount_from=limit))
    assert is_held is (total >= limit)


@pytest.mark.parametrize("text", ["EU=5", "eur=5", "EUR=-1", "EUR=abc", "EUR=NaN", "=5", "EUR"])
def test_a_limit_that_makes_no_sense_is_refused(text):
    with pytest.raises(ValueError, match="amount_by_currency"):
        OrderReviewPreferences(amount_by_currency=text)


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.slug)
def test_every_step_survives_being_stored(scenario):
    for step in scenario.steps:
        assert STEP.validate_json(STEP.dump_json(step)) == step
