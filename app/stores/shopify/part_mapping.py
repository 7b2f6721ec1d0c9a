"""Shipments, payments, refunds and shortfalls of an order in our words.

Source: Shopify Admin GraphQL API 2026-10, Fulfillment, OrderTransaction, Refund, SuggestedRefund, ProductVariant.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from app.domain.commerce import Money, Order
from app.domain.order_parts import Payment, Refund, RefundItem, RefundQuote, Shipment, ShippedItem, Shortfall
from app.stores.shopify import payloads
from app.stores.shopify.mapping import money
from app.stores.shopify.refunding import beyond

KINDS = {
    "SALE": "purchase", "AUTHORIZATION": "authorization", "EMV_AUTHORIZATION": "authorization", "CAPTURE": "capture",
    "REFUND": "refund", "VOID": "void",
}  # fmt: skip


def shipment(found: payloads.Fulfillment, order: Order) -> Shipment:
    tracking = found.tracking_info[0] if found.tracking_info else payloads.Tracking()
    return Shipment(
        id=found.id,
        shipped_at=found.created_at,
        items=tuple(
            ShippedItem(entry.line_item.id, entry.line_item.sku, entry.line_item.name, entry.quantity or 0)
            for entry in found.fulfillment_line_items.nodes
        ),
        carrier=tracking.company,
        tracking_number=", ".join(entry.number for entry in found.tracking_info if entry.number),
        tracking_url=tracking.url,
        to=order.shipping[0] if order.shipping else None,
    )


def payment(found: payloads.Transaction) -> Payment:
    card = found.payment_details or payloads.Card()
    pending = found.status in ("PENDING", "AWAITING_RESPONSE", "UNKNOWN")
    return Payment(
        id=found.id.rpartition("/")[2],
        kind="pending" if pending else KINDS.get(found.kind, found.kind.lower()),
        amount=money(found.amount_set),
        method=card.company or found.formatted_gateway,
        gateway=found.gateway,
        is_ok=found.status == "SUCCESS",
        at=found.processed_at or found.created_at,
        reference=found.payment_id,
        card_last4=card.number[-4:] if card.number[-4:].isdigit() else "",
        address_check=card.avs_result_code,
        code_check=card.cvv_result_code,
    )


def refund(found: payloads.Refund) -> Refund:
    lines = found.refund_line_items.nodes
    currency = found.total_refunded_set.presentment_money.currency_code
    shipping = sum(
        (entry.subtotal_amount_set.presentment_money.amount for entry in found.refund_shipping_lines.nodes), Decimal(0)
    )
    tax = sum((one.total_tax_set.presentment_money.amount for one in lines if one.total_tax_set), Decimal(0))
    items = [RefundItem("line", line_id=entry.line_item.id, quantity=entry.quantity) for entry in lines]
    items += [RefundItem("shipping", amount=shipping)] if shipping else []
    total = money(found.total_refunded_set)
    states = [entry.status for entry in found.transactions.nodes]
    return Refund(
        id=found.id,
        total=total,
        tax=Money(tax, currency),
        reason=found.note,
        at=found.created_at,
        items=tuple(items) or (RefundItem("order", amount=total.amount),),
        is_declined=bool(states) and all(state in ("FAILURE", "ERROR") for state in states),
    )


def refund_quote(
    found: payloads.SuggestedRefund, items: Sequence[RefundItem], currency: str,
    payments: tuple[payloads.Transaction, ...] = (),
) -> RefundQuote:  # fmt: skip
    """Back to what the buyer paid with. An amount of the whole order comes on top, spread over what was paid."""
    extra = beyond(items)
    most = found.maximum_refundable_set.presentment_money.amount
    total = min(most, found.amount_set.presentment_money.amount + extra)
    suggested = [
        (one.parent_id, one.gateway, one.amount_set.presentment_money.amount) for one in found.suggested_transactions
    ]
    ways = [(one.id, one.gateway, refundable(one, payments)) for one in payments] if extra else suggested
    left, parts = total, list[dict[str, str]]()
    for parent, gateway, most in ways:
        share = min(left, most)
        if share > 0:
            parts.append({"parent": parent, "gateway": gateway, "amount": str(share)})
            left -= share
    return RefundQuote(tuple(items), Money(total - left, currency), tuple(parts))


def refundable(one: payloads.Transaction, others: tuple[payloads.Transaction, ...]) -> Decimal:
    """What of a payment was not given back yet."""
    if one.kind not in ("SALE", "CAPTURE") or one.status != "SUCCESS":
        return Decimal(0)
    back = [t for t in others if t.parent_id == one.id and t.kind == "REFUND" and t.status in ("SUCCESS", "PENDING")]
    given = sum((t.amount_set.presentment_money.amount for t in back), Decimal(0))
    return one.amount_set.presentment_money.amount - given


def shortfalls(lines: Iterable[payloads.StockLine]) -> tuple[Shortfall, ...]:
    """The lines stock does not cover. Shopify takes stock when an order is placed, so the count is what is left for
    others: this order is short only as far as the count fell below zero. What is not tracked is always covered.
    """
    wanted = [entry for entry in lines if entry.requires_shipping and entry.unfulfilled_quantity > 0]
    left: dict[str, int] = {}
    for entry in wanted:
        tracked = _tracked(entry)
        if tracked is not None:
            left[tracked.id] = left.get(tracked.id, tracked.inventory_quantity or 0) + entry.unfulfilled_quantity
    short = []
    for entry in wanted:
        tracked = _tracked(entry)
        if tracked is None:
            continue
        available = max(0, min(entry.unfulfilled_quantity, left[tracked.id]))
        left[tracked.id] -= available
        if available < entry.unfulfilled_quantity:
            short.append(Shortfall(entry.id, entry.sku, entry.name, entry.unfulfilled_quantity, available))
    return tuple(short)


def _tracked(entry: payloads.StockLine) -> payloads.StockVariant | None:
    return entry.variant if entry.variant and entry.variant.inventory_item.tracked else None
