"""BigCommerce's words become ours."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.domain.commerce import Money, OrderStatus
from app.domain.publication import TEXT_FIELDS, image_name
from app.errors import Permanent
from app.stores.bigcommerce import mapping, payloads
from tests.unit.stores.bigcommerce.builders import a_product, a_transaction, an_order, order_json


def test_an_order_is_read_with_its_money_times_and_addresses() -> None:
    order = mapping.order(an_order())
    assert (order.id, order.number, order.status) == ("118", "118", OrderStatus.AWAITING_FULFILLMENT)
    assert order.status_label == "To be packed"
    assert order.placed_at == datetime(2019, 3, 5, 21, 40, 11, tzinfo=UTC)
    assert order.modified_at == datetime(2019, 3, 11, 15, 17, 25, tzinfo=UTC)
    assert order.total == Money(Decimal("118.5000"), "EUR")
    assert order.discount == Money(Decimal("10.0000"), "EUR")
    assert order.subtotal.amount + order.shipping_cost.amount + order.tax.amount - order.discount.amount == 118.5
    assert (order.customer_id, order.customer_name, order.customer_email) == ("11", "Ada Byron", "ada@example.com")
    assert order.billing.street == "1 Dorset St\nFlat 2"
    assert order.billing.country_code == "GB"
    assert order.shipping_country_codes == ("DE",)
    assert order.ip_country_code == "FR"
    assert order.staff_notes == ""
    assert order.is_paid
    assert order.manual_check == ()


def test_the_lines_of_all_consignments_come_once_in_the_orders_sequence() -> None:
    lines = mapping.order(an_order()).lines
    assert [line.line_id for line in lines] == ["1", "2", "3"]
    assert lines[0].product_id == "77"
    assert lines[2].product_id is None
    assert lines[0].unit_price == Money(Decimal("25.0000"), "EUR")
    assert lines[0].total == Money(Decimal("50.0000"), "EUR")


def test_a_guest_has_no_customer_id_and_a_zoned_date_becomes_utc() -> None:
    order = mapping.order(an_order(customer_id=0, date_modified="Mon, 11 Mar 2019 17:17:25 +0200"))
    assert order.customer_id is None
    assert order.modified_at == datetime(2019, 3, 11, 15, 17, 25, tzinfo=UTC)


def test_every_status_id_has_a_word_and_every_word_its_id() -> None:
    assert sorted(mapping.STATUS_BY_ID) == list(range(15))
    assert set(mapping.ID_BY_STATUS) == set(OrderStatus)
    with pytest.raises(Permanent) as caught:
        mapping.status(15)
    assert caught.value.specific_code == "unexpected_answer"


@pytest.mark.parametrize(
    ("payment_status", "status_id", "paid", "asks"),
    [
        ("captured", 11, True, False),
        ("paid", 12, True, False),
        ("authorized", 11, True, False),
        ("capture pending", 1, True, False),
        ("partially refunded", 14, True, False),
        ("captured", 0, False, False),
        ("refunded", 4, False, False),
        ("void", 5, False, False),
        ("declined", 6, False, False),
        ("pending", 7, False, False),
        ("", 7, False, False),
        ("", 11, True, False),
        ("pending", 9, True, False),
        ("", 12, False, True),
        ("pending", 1, False, True),
        ("held for review", 12, False, True),
        ("held for review", 11, False, True),
    ],
)
def test_whether_an_order_is_paid(payment_status: str, status_id: int, paid: bool, asks: bool) -> None:
    order = an_order(payment_status=payment_status, status_id=status_id)
    assert mapping.is_paid(order) is paid
    assert mapping.needs_transactions(order) is asks


@pytest.mark.parametrize(
    ("transactions", "paid"),
    [
        ([], False),
        ([{"event": "purchase"}], True),
        ([{"event": "authorization"}], True),
        ([{"event": "purchase", "status": "error"}], False),
        ([{"event": "authorization"}, {"event": "void"}], False),
        ([{"event": "pending"}], False),
    ],
)
def test_transactions_tell_where_the_order_does_not(transactions: list[dict[str, str]], paid: bool) -> None:
    order = an_order(payment_status="", status_id=12)
    assert mapping.is_paid(order, [a_transaction(**t) for t in transactions]) is paid


def test_the_reasons_for_a_manual_check_are_named_once() -> None:
    suspicious = {"fraud_review": True, "custom_provider_field_result": {"fraud_response": "deny"}}
    order = an_order(payment_status="held for review", status_id=12)
    found = mapping.order(order, [a_transaction(**suspicious), a_transaction(**suspicious)])
    assert found.manual_check == (
        "payment held for review",
        "manual verification required",
        "payment gateway asks for a fraud review",
        "payment gateway reports a fraud warning",
    )


@pytest.mark.parametrize("response", ["", "Accept", "approved", "NONE"])
def test_a_harmless_fraud_response_is_no_reason(response: str) -> None:
    transaction = a_transaction(fraud_review=False, custom_provider_field_result={"fraud_response": response})
    assert mapping.manual_check(an_order(), [transaction]) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"status_id": 12},
        {"date_modified": "Mon, 11 Mar 2019 15:17:26 +0000"},
        {"payment_status": "refunded"},
        {"total_inc_tax": "118.5100"},
        {"staff_notes": "called"},
        {"items_total": 4},
        {"customer_message": "Please hurry"},
    ],
)
def test_the_version_changes_with_the_order(change: dict[str, object]) -> None:
    assert mapping.order_version(an_order(**change)) != mapping.order_version(an_order())


def test_the_version_is_the_same_from_a_list_and_holds_no_personal_data() -> None:
    head = payloads.OrderHead.model_validate(order_json(consignments={"resource": "/orders/118/consignments"}))
    version = mapping.order_version(head)
    assert version == mapping.order(an_order()).version
    assert "ada" not in version.lower()


def test_a_product_is_read_with_its_texts_pictures_and_custom_fields() -> None:
    product = mapping.product(a_product())
    assert set(product.fields) == set(TEXT_FIELDS)
    assert product.fields["meta_description"] == ""
    assert product.fields["search_keywords"] == "lamp,light"
    assert product.name == "Lamp"
    assert product.custom_fields == (("Certificate", "CE 1"),)
    (picture,) = product.images
    assert (picture.id, picture.file_name, picture.alt, picture.is_thumbnail) == ("5", "front-view.jpg", "Front", True)


def test_a_products_version_is_of_what_we_govern_only() -> None:
    version = mapping.product(a_product()).version
    assert mapping.product(a_product(date_modified="2026-01-01T00:00:00Z")).version == version
    assert mapping.product(a_product(description="<p>Dark</p>")).version != version
    assert mapping.product(a_product(is_visible=False)).version != version
    assert mapping.product(a_product(images=[])).version != version
    assert mapping.product(a_product(custom_fields=[])).version != version


def test_a_store_with_an_unknown_time_zone_is_in_utc() -> None:
    given = {"id": "abc123", "name": "Shop", "domain": "shop.example", "timezone": {"name": "Middle-earth/Shire"}}
    profile = mapping.profile(payloads.StoreInformation.model_validate(given))
    assert (profile.timezone, profile.storefront_url) == ("UTC", "https://shop.example")


@pytest.mark.parametrize(
    ("reported", "name"),
    [
        ("a/521/foglinen_1024x1024__83011__60806.jpg", "foglinen_1024x1024.jpg"),
        ("f/005/front-view__1.png", "front-view.png"),
        ("front-view.png", "front-view.png"),
        ("", ""),
    ],
)
def test_what_bigcommerce_adds_to_a_file_name_is_taken_off(reported: str, name: str) -> None:
    assert mapping.reported_name(reported) == name


@given(st.text(max_size=300))
def test_a_picture_is_found_again_by_its_name(file_name: str) -> None:
    name = image_name(file_name)
    assert image_name(name) == name
    assert len(name) <= 110
    for suffix in ("", "__83011", "__83011__60806"):
        stem, dot, ending = name.rpartition(".")
        path = f"f/005/{stem}{suffix}.{ending}" if dot else f"f/005/{name}{suffix}"
        assert mapping.reported_name(path) == name


def test_names_that_read_alike_stay_apart() -> None:
    names = {image_name(name) for name in ("a b.png", "a-b.png", "A-B.png", "a_b.png", "ä-b.png")}
    assert len(names) == 5
    assert image_name("a-b.png") == "a-b.png"


@pytest.mark.parametrize("change", [{"total_inc_tax": "NaN"}, {"total_inc_tax": "1,50"}, {"date_created": "soon"}])
def test_what_is_no_amount_or_time_is_not_an_order(change: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        an_order(**change)
    assert "ada@example.com" not in str(caught.value)
    assert next(iter(change.values())) not in str(caught.value)
