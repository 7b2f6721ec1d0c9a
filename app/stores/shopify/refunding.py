"""What a refund gives back, in Shopify's words. Source: Shopify Admin GraphQL API 2026-10, RefundInput."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.domain.order_parts import RefundItem
from app.errors import Permanent
from app.stores.shopify import payloads
from app.stores.shopify.names import SERVICE, gid

NO_RESTOCK = "NO_RESTOCK"  # what comes back is counted where it arrives, not where money is given back


def refund_lines(items: Sequence[RefundItem]) -> list[dict[str, Any]]:
    return [
        {"lineItemId": gid("LineItem", item.line_id), "quantity": item.quantity, "restockType": NO_RESTOCK}
        for item in items
        if item.kind == "line"
    ]


def shipping_of(order: payloads.Order, items: Sequence[RefundItem]) -> str | None:
    """What of the shipping goes back: the amount named, or all of it. None: nothing."""
    named = [item for item in items if item.kind == "shipping"]
    if not named:
        return None
    whole = order.total_shipping_price_set.presentment_money.amount
    if not whole:
        raise Permanent("This order was shipped for free, so no shipping can be paid back.", service=SERVICE)
    return str(min(whole, sum((whole if item.amount is None else item.amount for item in named), Decimal(0))))


def beyond(items: Sequence[RefundItem]) -> Decimal:
    """What goes back beside lines and shipping: an amount of the order as a whole."""
    return sum((item.amount or Decimal(0) for item in items if item.kind == "order"), Decimal(0))


__all__ = ["NO_RESTOCK", "beyond", "refund_lines", "shipping_of"]
