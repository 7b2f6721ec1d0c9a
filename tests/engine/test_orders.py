"""Orders: the review's newer reasons, payments taken or let go, exceptions that people resolve."""

import pytest

from app.domain.commerce import Address, OrderStatus
from app.scenarios.exceptions import OrderExceptionPreferences, is_exception
from app.scenarios.orders import OrderReviewPreferences, needs_review
from tests.builders import an_order
from tests.engine import office
from tests.house import House

APPROVED, CANCELLED, DECLINED, HELD = 11, 5, 6, 12


def shipping(*codes: str, street: str = "Main Street 1") -> tuple[Address, ...]:
    return tuple(Address(name="Ada", street=street, country_code=code) for code in codes)


@pytest.mark.parametrize(
    ("changes", "preferences", "words"),
    [
        ({"shipping": shipping("DE", "DE", "DE")}, {}, "Ships to 3 different addresses"),
        ({"shipping": shipping("DE", street="P.O. Box 12")}, {}, "Ships to a post box"),
        ({"shipping": shipping("DE", street="Postfach 7")}, {}, "Ships to a post box"),
        ({"ip_country_code": "RU"}, {}, "Placed from RU, but billed and shipped elsewhere"),
        ({"shipping": shipping("FR")}, {"usual_countries": "de; at", "check_countries": False},
         "Ships to FR, where you do not usually ship"),
    ],
)  # fmt: skip
def test_unusual_shipping_is_a_reason(changes, preferences, words):
    chosen = OrderReviewPreferences(amount_from=None, **preferences)
    assert needs_review(an_order(**changes), chosen) == (words,)


def test_usual_shipping_is_none_and_the_check_can_be_switched_off():
    strict = OrderReviewPreferences(amount_from=None, usual_countries="DE, AT")
    assert needs_review(an_order(ip_country_code="DE"), strict) == ()
    lax = OrderReviewPreferences(amount_from=None, check_shipping=False)
    assert needs_review(an_order(shipping=shipping("DE", street="PO Box 1"), ip_country_code="RU"), lax) == ()


def test_a_country_that_is_none_is_refused():
    with pytest.raises(ValueError, match="two-letter country code"):
        OrderReviewPreferences(usual_countries="Germany")


def authorised(house: House) -> str:
    order_id = office.buy(house, ("NW-TENT", 5), payment_status="authorized")
    assert house.order(order_id)["status_id"] == HELD
    return order_id


def payment(house: House, order_id: str) -> str:
    office.settle(house)
    return str(house.order(order_id)["payment_status"])


def test_approving_takes_the_authorised_payment_rejecting_lets_it_go(installed_house):
    house = installed_house
    approved = authorised(house)
    office.decide(house, "sf_order_review", "approved", user="anna.berg@demo")
    assert (house.order(approved)["status_id"], payment(house, approved)) == (APPROVED, "captured")
    rejected = authorised(house)
    office.decide(house, "sf_order_review", "rejected", user="anna.berg@demo")
    assert (house.order(rejected)["status_id"], payment(house, rejected)) == (DECLINED, "void")
    assert office.refunds(house, rejected) == []


def test_a_merchant_may_keep_the_capture_and_have_rejected_orders_paid_back(installed_house):
    house = installed_house
    office.switch_on(house, "order-review", capture_approved=False, refund_rejected=True)
    approved = authorised(house)
    office.decide(house, "sf_order_review", "approved", user="anna.berg@demo")
    assert payment(house, approved) == "authorized"
    paid = office.buy(house, ("NW-TENT", 5))
    office.decide(house, "sf_order_review", "rejected", user="anna.berg@demo")
    (back,) = office.refunds(house, paid)
    assert float(back["total_amount"]) == float(house.order(paid)["total_inc_tax"])


def test_what_is_an_exception():
    chosen = OrderExceptionPreferences()
    failed = an_order(status=OrderStatus.AWAITING_PAYMENT, payment_status="declined", is_paid=False)
    assert is_exception(failed, chosen) == ("The payment of 80.00 EUR by Card was declined",)
    assert is_exception(an_order(status=OrderStatus.PARTIALLY_SHIPPED), chosen) == (
        "Only a part of the order was shipped",
    )
    late = an_order(modified_at=an_order().placed_at.replace(month=12))
    assert is_exception(late, chosen) == ("Nothing was shipped 30 days after the order",)
    assert is_exception(an_order(), chosen) == ()


def test_a_failed_payment_opens_a_file_and_a_task_once(installed_house):
    house = installed_house
    order_id = office.buy(house, status_id=7, payment_status="declined")
    run = house.run_of("order-exception", order_id)
    assert (run.state, run.occasion) == ("waiting", "payment")
    house.store_api.put(f"v2/orders/{order_id}", json={"customer_message": "Please try again"})
    house.drain()
    assert len(house.effects("workflow", "started")) == 1
    names = office.papers(house, "order", order_id)
    assert names[f"Order {order_id} record, payment.pdf"] == "Orders"
    assert names[f"Payments of order {order_id}, payment.pdf"] == "Payments"
    assert "was declined" in office.page(office.browser(house), order_id)
    office.decide(house, "sf_order_review", "rejected", user="sam.reyes@demo", comment="No answer")
    assert house.order(order_id)["status_id"] == CANCELLED
    assert "sam.reyes@demo cancelled the order. “No answer”" in house.order(order_id)["staff_notes"]
    assert office.papers(house, "order", order_id)[f"Order {order_id} decision, payment.pdf"] == "Approvals"


def test_a_part_shipment_is_an_exception_that_may_go_on_and_opentext_may_be_late(installed_house):
    house = installed_house
    order_id = office.buy(house, ("NW-TORCH", 2))
    rule = office.stop_opentext(house)
    line = int(office.line_ids(house, order_id)[0])
    office.merchant(house).create(
        "shipments", {"order_id": int(order_id), "items": [{"order_product_id": line, "quantity": 1}]}
    )
    house.drain()
    assert house.run_of("order-exception", order_id).state == "running"
    office.heal(house, rule)
    office.decide(house, "sf_order_review", "approved", user="sam.reyes@demo")
    run = house.run_of("order-exception", order_id)
    assert (run.state, run.outcome) == ("done", "approved")
    assert "decided to go on with the order" in house.order(order_id)["staff_notes"]
