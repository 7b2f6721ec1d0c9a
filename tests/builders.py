"""Valid by default; a test says only what matters."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.domain.commerce import Address, Money, Order, OrderLine, OrderStatus, Product
from app.domain.events import Event, Source, Topic
from app.domain.ids import CustomerId, OrderId, ProductId, StoreId

PLACED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
STORE = StoreId("bigcommerce:abc123")


def money(amount: str | int, currency: str = "EUR") -> Money:
    return Money(Decimal(amount), currency)


def an_order(**changes: Any) -> Order:
    """A paid, harmless order of 80 EUR from Germany to Germany."""
    order = Order(
        id=OrderId("100"), number="100", status=OrderStatus.AWAITING_FULFILLMENT, status_label="Awaiting Fulfillment",
        placed_at=PLACED, modified_at=PLACED, version="1", total=money("80.00"), subtotal=money("70.00"),
        shipping_cost=money("10.00"), tax=money(0), discount=money(0), payment_method="Card", payment_status="captured",
        is_paid=True, customer_id=CustomerId("7"), customer_name="Ada Löwe", customer_email="ada@example.com",
        billing=Address(name="Ada Löwe", country_code="DE", country="Germany"),
        shipping=(Address(name="Ada Löwe", country_code="DE", country="Germany"),),
        lines=(OrderLine("1", ProductId("77"), "SKU-1", "Lamp", 2, money("35.00"), money("70.00")),),
    )  # fmt: skip
    return replace(order, **changes)


def a_product(**changes: Any) -> Product:
    fields = {
        "name": "Lamp",
        "description": "<p>Bright</p>",
        "page_title": "",
        "meta_description": "",
        "search_keywords": "",
    }
    product = Product(id=ProductId("77"), sku="SKU-1", modified_at=PLACED, version="1", fields=fields, is_visible=True)
    return replace(product, **changes)


def an_event(**changes: Any) -> Event:
    event = Event("e1", STORE, Source.STORE, Topic.ORDER_CHANGED, "order", "100", {})
    return replace(event, **changes)
