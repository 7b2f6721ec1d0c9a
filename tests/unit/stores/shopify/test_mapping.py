"""Shopify's words in ours: where an order stands, money without tax, lists of names and values, names of pictures."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commerce import OrderStatus
from app.errors import NotFound, Permanent
from app.stores.shopify import mapping, payloads
from app.stores.shopify.catalog import reported_name
from app.stores.shopify.metafields import entry, with_pair
from app.stores.shopify.names import gid
from app.stores.shopify.orders import quoted
from app.stores.shopify.payloads import parse

AT = "2026-11-01T10:00:00Z"
OURS = {"id": "gid://shopify/FulfillmentHold/1", "handle": "ecm-review", "heldByRequestingApp": True}


def paid(amount: str = "61.00") -> dict[str, Any]:
    return {"presentmentMoney": {"amount": amount, "currencyCode": "EUR"}}


def an_order(**facts: Any) -> payloads.Order:
    usual = {
        "id": "gid://shopify/Order/7", "name": "#1007", "createdAt": AT, "updatedAt": AT, "tags": [],
        "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "UNFULFILLED", "currentTotalPriceSet": paid(),
        "totalPriceSet": paid(), "totalShippingPriceSet": paid("0"), "disputes": [],
    }  # fmt: skip
    return parse(usual | facts, payloads.Order)


def shipping(status: str = "ON_HOLD", *holds: dict[str, Any]) -> dict[str, Any]:
    return {"nodes": [{"id": "gid://shopify/FulfillmentOrder/1", "status": status, "fulfillmentHolds": list(holds)}]}


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({}, OrderStatus.AWAITING_FULFILLMENT),
        ({"displayFinancialStatus": "AUTHORIZED"}, OrderStatus.AWAITING_FULFILLMENT),
        ({"displayFinancialStatus": "PENDING"}, OrderStatus.AWAITING_PAYMENT),
        ({"displayFinancialStatus": "EXPIRED"}, OrderStatus.AWAITING_PAYMENT),
        ({"displayFinancialStatus": "REFUNDED", "displayFulfillmentStatus": "FULFILLED"}, OrderStatus.REFUNDED),
        ({"displayFinancialStatus": "PARTIALLY_REFUNDED"}, OrderStatus.PARTIALLY_REFUNDED),
        ({"displayFulfillmentStatus": "PARTIALLY_FULFILLED"}, OrderStatus.PARTIALLY_SHIPPED),
        ({"displayFulfillmentStatus": "FULFILLED"}, OrderStatus.SHIPPED),
        ({"displayFulfillmentStatus": "FULFILLED", "closedAt": AT}, OrderStatus.COMPLETED),
        ({"displayFulfillmentStatus": "IN_PROGRESS"}, OrderStatus.AWAITING_SHIPMENT),
        ({"cancelledAt": AT, "cancelReason": "CUSTOMER"}, OrderStatus.CANCELLED),
        ({"cancelledAt": AT, "cancelReason": "FRAUD", "closedAt": AT}, OrderStatus.DECLINED),
        ({"disputes": [{"id": "gid://shopify/Dispute/1", "status": "NEEDS_RESPONSE"}]}, OrderStatus.DISPUTED),
        ({"disputes": [{"id": "gid://shopify/Dispute/1", "status": "WON"}]}, OrderStatus.AWAITING_FULFILLMENT),
        ({"fulfillmentOrders": shipping("ON_HOLD", OURS)}, OrderStatus.UNDER_REVIEW),
        ({"fulfillmentOrders": shipping("ON_HOLD", OURS | {"heldByRequestingApp": False})},
         OrderStatus.AWAITING_FULFILLMENT),
        ({"fulfillmentOrders": shipping("ON_HOLD", OURS | {"handle": "ecm-papers"})}, OrderStatus.AWAITING_FULFILLMENT),
        # somebody let go of the hold by hand: the tag alone holds nothing any more
        ({"fulfillmentOrders": shipping("OPEN"), "tags": [mapping.REVIEW_TAG]}, OrderStatus.AWAITING_FULFILLMENT),
        ({"tags": [mapping.REVIEW_TAG]}, OrderStatus.UNDER_REVIEW),
    ],
)  # fmt: skip
def test_an_order_stands_where_what_happened_to_it_says(facts: dict[str, Any], status: OrderStatus) -> None:
    order = mapping.order(an_order(**facts))
    assert order.status is status
    assert order.status_label == mapping.LABELS[status]


def test_every_status_we_may_give_has_words() -> None:
    assert all(mapping.LABELS[one] for one in mapping.LABELS)
    assert {*mapping.LABELS} >= {*mapping._BY_FULFILLMENT.values()}


@pytest.mark.parametrize("change", [{"poNumber": "P1"}, {"tags": ["a"]}, {"note": "x"}, {"returnStatus": "RETURNED"}])
def test_a_version_changes_with_the_order_even_within_one_second(change: dict[str, Any]) -> None:
    assert mapping.order_version(an_order()) == mapping.order_version(an_order())
    assert mapping.order_version(an_order(**change)) != mapping.order_version(an_order())


def test_prices_that_include_tax_are_shown_without_it() -> None:
    line = {
        "id": "gid://shopify/LineItem/1", "name": "Lamp", "quantity": 2, "currentQuantity": 1, "unfulfilledQuantity": 0,
        "requiresShipping": True, "originalUnitPriceSet": paid("11.90"), "discountedTotalSet": paid("23.80"),
        "taxLines": [{"priceSet": paid("3.80")}],
    }  # fmt: skip
    found = an_order(taxesIncluded=True, subtotalPriceSet=paid("23.80"), totalTaxSet=paid("3.80"),
                     lineItems={"nodes": [line]})  # fmt: skip
    order = mapping.order(found)
    (lamp,) = order.lines
    assert (order.subtotal.amount, order.tax.amount) == (Decimal("20.00"), Decimal("3.80"))
    assert (lamp.total.amount, lamp.unit_price.amount) == (Decimal("20.00"), Decimal(10))
    assert (lamp.shipped, lamp.refunded) == (1, 1)


def test_an_advice_of_shopify_is_a_reason_for_a_manual_check() -> None:
    told = {"risk": {"recommendation": "CANCEL"}, "displayFinancialStatus": "EXPIRED"}
    assert mapping.manual_check(an_order(**told)) == (
        "Shopify advises to cancel the order", "the payment's authorization has expired",
    )  # fmt: skip
    assert mapping.manual_check(an_order(risk={"recommendation": "ACCEPT"})) == ()


@pytest.mark.parametrize("kept", ["no json", "7", "{}", '[["a"]]', '[["a", 1]]', '["ab"]'])
def test_a_list_that_somebody_else_wrote_is_no_list_of_ours(kept: str) -> None:
    assert mapping.pairs(payloads.Metafield(value=kept)) == ()


def test_an_entry_of_a_list_takes_the_place_of_its_name() -> None:
    before = (("CE", "1"), ("Colour", "red"), ("CE", "old"))
    assert with_pair(before, "CE", "2") == (("CE", "2"), ("Colour", "red"))
    assert with_pair(before, "CE", None) == (("Colour", "red"),)
    assert with_pair((), "Colour", "red") == (("Colour", "red"),)


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [("workspace_url", "https://x.example/1", "url"), ("workspace_url", "javascript:1", "single_line_text_field"),
     ("note", "a\nb", "multi_line_text_field"), ("workspace_id", "2000", "single_line_text_field")],
)  # fmt: skip
def test_a_metafield_has_the_type_of_what_is_in_it(key: str, value: str, kind: str) -> None:
    assert entry(key, value)["type"] == kind


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://cdn.example/s/files/1/front-view.png?v=17", "front-view.png"),
        ("https://cdn.example/front_0f3c2b1a-1111-4222-8333-0123456789ab.png", "front.png"),
        ("https://cdn.example/front_1.png", "front_1.png"),
    ],
)
def test_a_pictures_name_is_the_one_it_was_uploaded_under(url: str, name: str) -> None:
    assert reported_name(url) == name


@pytest.mark.parametrize("wrong", ["", "0", "01", "abc", "1 OR status:any", "gid://shopify/Order/1", "1" * 21])
def test_what_is_no_id_is_never_asked_for(wrong: str) -> None:
    with pytest.raises(NotFound):
        gid("Order", wrong)


def test_a_value_of_a_search_cannot_end_itself() -> None:
    assert quoted('a" OR sku:"b\\') == '"a\\" OR sku:\\"b\\\\"'


def test_an_answer_of_another_shape_is_said_without_its_values() -> None:
    with pytest.raises(Permanent) as caught:
        parse({"id": "gid://shopify/Order/7", "email": 7, "name": "Ada Byron"}, payloads.Order)
    assert caught.value.specific_code == "unexpected_answer"
    assert "Ada" not in f"{caught.value.message}{caught.value.context}"
    assert datetime(2026, 11, 1, 10, tzinfo=UTC) == an_order().updated_at
