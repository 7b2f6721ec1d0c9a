"""Shipments, payments, refunds, messages and shortfalls of an order in our words.

Source: BigCommerce API reference, Orders V2 and V3, Inventory V3, Settings V3 (`update_stock_behavior`).
"""

from collections.abc import Iterable
from decimal import Decimal

from app.domain.commerce import Money, OrderStatus
from app.domain.order_parts import Message, Payment, Refund, RefundItem, RefundQuote, Shipment, ShippedItem, Shortfall
from app.stores.bigcommerce import mapping, part_payloads, payloads

STOCK_TAKEN_ON_SHIPPING = "order_completed_or_shipped"
# Nothing is owed of an order in another status, so nothing of it can be short.
OPEN = frozenset(
    {
        OrderStatus.PENDING,
        OrderStatus.UNDER_REVIEW,
        OrderStatus.AWAITING_PAYMENT,
        OrderStatus.AWAITING_FULFILLMENT,
        OrderStatus.AWAITING_SHIPMENT,
        OrderStatus.AWAITING_PICKUP,
        OrderStatus.PARTIALLY_SHIPPED,
        OrderStatus.PARTIALLY_REFUNDED,
    }
)
# What a refund gives back, in our words: those of BigCommerce that carry an amount of their own.
KINDS = {"PRODUCT": "line", "SHIPPING": "shipping", "ORDER": "order"}


def shipment(found: part_payloads.Shipment, lines: Iterable[payloads.Line]) -> Shipment:
    by_id = {line.id: line for line in lines}
    return Shipment(
        id=str(found.id),
        shipped_at=found.date_created,
        items=tuple(_shipped(item, by_id.get(item.order_product_id)) for item in found.items),
        carrier=found.shipping_provider_display_name or found.shipping_provider,
        method=found.shipping_method,
        tracking_number=found.tracking_number,
        tracking_url=found.tracking_link or found.generated_tracking_link,
        comments=found.comments,
        to=mapping.address(found.shipping_address),
    )


def _shipped(item: part_payloads.ShipmentItem, line: payloads.Line | None) -> ShippedItem:
    sku, name = (line.sku, line.name) if line else ("", "")
    return ShippedItem(str(item.order_product_id), sku, name, item.quantity)


def payment(found: part_payloads.Transaction, order: payloads.OrderHead) -> Payment:
    """A transaction without a time is as old as its order."""
    named = next((n for part in (found.offline, found.custom) if part for n in vars(part).values() if n), "")
    return Payment(
        id=str(found.id),
        kind=found.event,
        amount=Money(found.amount, found.currency or mapping.currency(order)),
        method=named or found.method,
        gateway=found.gateway,
        is_ok=found.status == "ok",
        at=found.date_created or order.date_created,
        reference=found.gateway_transaction_id,
        card_last4=found.credit_card.card_last4 if found.credit_card else "",
        risk=_risk(found),
        address_check=_check(found.avs_result),
        code_check=_check(found.cvv_result),
    )


def _risk(found: part_payloads.Transaction) -> str:
    result = found.custom_provider_field_result
    said = result.fraud_response.strip() if result else ""
    return said or ("fraud review" if found.fraud_review else "")


def _check(found: part_payloads.CheckResult | None) -> str:
    return (found.message or found.code) if found else ""


def refund(found: part_payloads.Refund, currency: str) -> Refund:
    return Refund(
        id=str(found.id),
        total=Money(found.total_amount, currency),
        tax=Money(found.total_tax, currency),
        reason=found.reason or next((item.reason for item in found.items if item.reason), ""),
        at=found.created,
        items=tuple(refund_item(item) for item in found.items),
        is_declined=any(part.is_declined for part in found.payments),
    )


def refund_item(found: part_payloads.RefundItem) -> RefundItem:
    """A line with its quantity; everything else with its amount."""
    kind = KINDS.get(found.item_type, found.item_type.lower())
    if kind == "line":
        return RefundItem(kind, line_id=str(found.item_id), quantity=found.quantity or 0)
    return RefundItem(kind, amount=found.requested_amount or Decimal(0))


def refund_quote(found: part_payloads.RefundQuote, items: Iterable[RefundItem], currency: str) -> RefundQuote:
    """The first way to pay is taken that gives the money back where it came from, else the first of all."""
    ways = [way for way in found.refund_methods if way]
    chosen = next((way for way in ways if not any(_is_elsewhere(part) for part in way)), ways[0] if ways else ())
    payments = tuple(
        {"provider_id": part.provider_id, "amount": str(part.amount), "offline": "true" if part.offline else "false"}
        for part in chosen
    )
    return RefundQuote(tuple(items), Money(found.total_refund_amount, currency), payments)


def _is_elsewhere(part: part_payloads.RefundWay) -> bool:
    """Store credit and money handed over outside the store are not what the buyer paid with."""
    return part.offline or part.provider_id == "storecredit"


def message(found: part_payloads.Message) -> Message:
    return Message(str(found.id), found.subject, found.message, found.date_created, not found.staff_id)


def owed(found: payloads.Order) -> list[payloads.Line]:
    """The lines of catalogue goods of which something is still to be shipped."""
    if mapping.status(found.status_id) not in OPEN:
        return []
    return [line for line in mapping.lines(found.consignments) if line.type == "physical" and _open(line)]


def shortfalls(
    found: payloads.Order, stock: Iterable[part_payloads.InventoryItem], behavior: str
) -> tuple[Shortfall, ...]:
    """The lines stock does not cover. What is not tracked is always covered.

    A store takes stock when an order is placed or when it is shipped (`behavior`). Taken when placed, the count is
    what is left for others: this order is short only as far as the count fell below zero. Once a part was shipped,
    the merchant shipped what there was: then the count itself says what can follow. What the merchant marked as not
    in stock at every location cannot be shipped whatever the count says.
    """
    taken = behavior != STOCK_TAKEN_ON_SHIPPING and mapping.status(found.status_id) is not OrderStatus.PARTIALLY_SHIPPED
    lines = owed(found)
    wanted: dict[tuple[int, int], int] = {}
    for line in lines:
        wanted[_item(line)] = wanted.get(_item(line), 0) + _open(line)
    left = {key: _left(item) + (wanted[key] if taken else 0) for item in stock for key in _keys(item) if key in wanted}
    short = []
    for line in lines:
        if _item(line) not in left:
            continue
        available = max(0, min(_open(line), left[_item(line)]))
        left[_item(line)] -= available
        if available < _open(line):
            short.append(Shortfall(str(line.id), line.sku, line.name, _open(line), available))
    return tuple(short)


_NONE = -1_000_000_000  # more than any order wants


def _left(item: part_payloads.InventoryItem) -> int:
    places = [place for place in item.locations if place.location_enabled is not False]
    if places and all(place.settings.is_in_stock is False for place in places):
        return _NONE
    return sum(place.total_inventory_onhand or 0 for place in places)


def _keys(item: part_payloads.InventoryItem) -> list[tuple[int, int]]:
    """As a line may name it: a product without variants by its base variant, or by itself."""
    product, variant = item.identity.product_id or 0, item.identity.variant_id or 0
    return list({(product, variant), (product, 0)} if product else {(0, variant)})


def _item(line: payloads.Line) -> tuple[int, int]:
    return line.product_id, line.variant_id


def _open(line: payloads.Line) -> int:
    return max(0, line.quantity - line.quantity_shipped - line.quantity_refunded)
