"""What is to be given back, as BigCommerce's quotes and refunds name it.

Source: BigCommerce API reference, Orders V3 (refund items).
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.domain.order_parts import RefundItem
from app.errors import Permanent
from app.stores.bigcommerce import payloads
from app.stores.bigcommerce.client import SERVICE, json_number, number


def refund_items(order: payloads.Order, items: Sequence[RefundItem]) -> list[dict[str, Any]]:
    """As quotes and refunds name them: a line by its own id, shipping by the address it went to, an amount by the
    order's. Shipping to several addresses is given back address by address, each up to what it cost.
    """
    found: list[dict[str, Any]] = []
    for item in items:
        if item.kind == "line":
            found.append({"item_type": "PRODUCT", "item_id": int(number(item.line_id)), "quantity": item.quantity})
        elif item.kind == "order" and item.amount is not None:
            found.append({"item_type": "ORDER", "item_id": order.id, "amount": json_number(item.amount)})
        elif item.kind == "shipping" and item.amount is not None:
            found += _shipping(order, item.amount)
        else:
            raise Permanent(f"BigCommerce cannot refund this: {item.kind}.", code="not_in_this_store", service=SERVICE)
    return found


def _shipping(order: payloads.Order, amount: Decimal) -> list[dict[str, Any]]:
    places, parts = order.consignments.shipping, []
    for place in places:
        part = amount if place is places[-1] else min(amount, place.cost_inc_tax)
        if part > 0:
            parts.append({"item_type": "SHIPPING", "item_id": place.id, "amount": json_number(part)})
        amount -= part
    if not parts:
        raise Permanent("Nothing was shipped of this order, so no shipping can be paid back.", service=SERVICE)
    return parts
