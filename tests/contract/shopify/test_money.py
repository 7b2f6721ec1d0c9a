"""Payments, refunds and cancelling in a Shopify shop."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.commerce import Money, OrderStatus
from app.domain.ids import OrderId
from app.domain.order_parts import OrderPart, RefundItem
from app.errors import Conflict, Permanent, Retryable
from sandbox.shopify import order_facts, placing
from tests.contract.stores.shopify import ShopifyCase


@pytest.fixture
def case() -> ShopifyCase:
    return ShopifyCase()


def authorized(case: ShopifyCase) -> OrderId:
    """An order whose money is authorised and not taken."""
    order_id = case.fill().order
    with case.acting() as shop:
        order = shop.find("Order", f"gid://shopify/Order/{order_id}")
        assert order is not None
        for one in order_facts.transactions(shop, order):
            shop.drop(one)
        placing.pay(shop, order, "authorized")
    return order_id


def test_an_authorised_payment_is_taken_once(case: ShopifyCase) -> None:
    order_id = authorized(case)
    assert case.store.read.order(order_id).payment_status == "authorized"
    for _ in range(2):
        case.store.publish.capture(order_id)
    order = case.store.read.order(order_id, frozenset({OrderPart.PAYMENTS}))
    assert [(one.kind, one.amount) for one in order.payments if one.is_ok] == [
        ("authorization", Money(Decimal("61.00"), "EUR")),
        ("capture", Money(Decimal("61.00"), "EUR")),
    ]
    assert order.payments[0].card_last4 == "4242"
    assert order.is_paid


def test_an_authorisation_is_let_go_once(case: ShopifyCase) -> None:
    order_id = authorized(case)
    for _ in range(2):
        case.store.publish.void(order_id)
    order = case.store.read.order(order_id, frozenset({OrderPart.PAYMENTS}))
    assert [one.kind for one in order.payments] == ["authorization", "void"]
    assert (order.is_paid, order.status) == (False, OrderStatus.AWAITING_PAYMENT)


def test_a_line_is_paid_back_as_shopify_suggests_and_read_back(case: ShopifyCase) -> None:
    order_id = case.fill().order
    order = case.store.read.order(order_id)
    items = (RefundItem("line", line_id=order.lines[0].line_id, quantity=1),)
    quote = case.store.read.refund_quote(order_id, items)
    assert quote.total == Money(Decimal("24.40"), "EUR")
    made = case.store.publish.refund(order_id, quote, "Arrived broken")
    after = case.store.read.order(order_id, frozenset({OrderPart.REFUNDS}))
    assert after.refunds == (made,)
    assert (made.total, made.reason, made.items) == (quote.total, "Arrived broken", items)
    assert after.status is OrderStatus.PARTIALLY_REFUNDED
    assert after.lines[0].refunded == 1


def test_an_amount_of_the_whole_order_is_paid_back_at_most_as_far_as_it_was_paid(case: ShopifyCase) -> None:
    order_id = case.fill().order
    quote = case.store.read.refund_quote(order_id, (RefundItem("order", amount=Decimal("500.00")),))
    assert quote.total == Money(Decimal("61.00"), "EUR")
    assert case.store.publish.refund(order_id, quote, "").total == quote.total
    assert case.store.read.order(order_id).status is OrderStatus.REFUNDED


def test_free_shipping_cannot_be_paid_back(case: ShopifyCase) -> None:
    order_id = case.fill().order
    with pytest.raises(Permanent, match="shipped for free"):
        case.store.read.refund_quote(order_id, (RefundItem("shipping"),))


def test_an_order_is_cancelled_in_the_background_and_nobody_goes_on_before_it_is(case: ShopifyCase) -> None:
    order_id = case.fill().order
    case.api.store("nordwind-supply").job_seconds = 20
    with pytest.raises(Retryable) as caught:
        case.store.publish.set_order_status(order_id, OrderStatus.DECLINED)
    assert caught.value.specific_code == "still_working"
    case.world.clock.advance(timedelta(seconds=30))
    case.api.tick()
    for _ in range(2):
        case.store.publish.set_order_status(order_id, OrderStatus.DECLINED)
    order = case.store.read.order(order_id, frozenset({OrderPart.REFUNDS}))
    assert (order.status, order.refunds) == (OrderStatus.DECLINED, ())
    with pytest.raises(Conflict):
        case.store.publish.set_order_status(order_id, OrderStatus.UNDER_REVIEW)


def test_a_hold_of_ours_is_released_and_that_of_the_merchant_stays(case: ShopifyCase) -> None:
    order_id = case.fill().order
    with case.acting() as shop:
        (waiting,) = shop.where("FulfillmentOrder", orderId=f"gid://shopify/Order/{order_id}")
        shop.new(
            "FulfillmentHold", fulfillmentOrderId=waiting["id"], handle=None, reason="INCORRECT_ADDRESS",
            reasonNotes="Ask first", displayReason="Incorrect address", clientId="", heldByAppId=None,
        )  # fmt: skip
        waiting["status"] = "ON_HOLD"
    case.store.publish.set_order_status(order_id, OrderStatus.UNDER_REVIEW)
    assert case.store.read.order(order_id).status is OrderStatus.UNDER_REVIEW
    case.store.publish.set_order_status(order_id, OrderStatus.AWAITING_FULFILLMENT)
    assert case.store.read.order(order_id).status is not OrderStatus.UNDER_REVIEW
    with case.acting() as shop:
        left = shop.where("FulfillmentHold", fulfillmentOrderId=waiting["id"])
    assert [one["reason"] for one in left] == ["INCORRECT_ADDRESS"]


def test_an_order_of_which_nothing_is_shipped_is_held_by_our_tag(case: ShopifyCase) -> None:
    case.fill()
    with case.acting() as shop:
        made = placing.place(shop, {"email": "x@example.com"}, [{"price": "5", "requiresShipping": False}])
    order_id = OrderId(made["id"].rpartition("/")[2])
    for status in (OrderStatus.UNDER_REVIEW, OrderStatus.AWAITING_FULFILLMENT):
        case.store.publish.set_order_status(order_id, status)
        assert case.store.read.order(order_id).status is status
    with case.acting() as shop:
        assert shop.get("Order", made["id"])["tags"] == []  # type: ignore[index]


def test_what_was_sent_is_read_with_its_parcels(case: ShopifyCase) -> None:
    order_id = case.fill().order
    with case.acting() as shop:
        order = shop.find("Order", f"gid://shopify/Order/{order_id}")
        assert order is not None
        placing.fulfill_all(shop, order, {"company": "DHL", "number": "00340", "url": "https://dhl.example/00340"})
    found = case.store.read.order(order_id, frozenset(OrderPart))
    assert found.status is OrderStatus.SHIPPED
    (parcel,) = found.shipments
    assert (parcel.carrier, parcel.tracking_number) == ("DHL", "00340")
    assert [(item.name, item.quantity) for item in parcel.items] == [("Lamp", 2), ("Gift wrap", 1)]
    assert (found.messages, found.shortfalls) == ((), ())
    assert [line.shipped for line in found.lines] == [2, 1]


def test_a_line_that_stock_does_not_cover_is_short(case: ShopifyCase) -> None:
    filled = case.fill()
    with case.acting() as shop:
        (variant,) = shop.where("ProductVariant", productId=f"gid://shopify/Product/{filled.product}")
        item = shop.find("InventoryItem", variant["inventoryItemId"])
        assert item is not None
        item["tracked"] = True
    order_id = case.order()
    (short,) = case.store.read.order(order_id, frozenset({OrderPart.SHORTFALLS})).shortfalls
    assert (short.name, short.wanted, short.available) == ("Lamp", 2, 0)
