"""Writing to orders: status, notes, and what moves money.

Source: BigCommerce API reference, Orders V2; Orders V3 (payment actions, refunds).
"""

from decimal import Decimal

from app.domain.commerce import OrderStatus
from app.domain.ids import OrderId
from app.domain.order_parts import Refund, RefundQuote
from app.errors import Permanent
from app.stores.bigcommerce import mapping, part_mapping, part_payloads, payloads
from app.stores.bigcommerce.client import SERVICE, BigCommerceClient, json_number, number, parse
from app.stores.bigcommerce.orders import whole_order
from app.stores.bigcommerce.refunding import refund_items
from app.stores.notes import with_note

STAFF_NOTES = 65_535  # characters
LONGEST_REASON = 1000
# Of `payment_status`: the money was taken, or is about to be; the authorisation is gone, or is about to be.
TAKEN = frozenset({"captured", "capture pending", "paid", "partially refunded", "refunded"})
LET_GO = frozenset({"void", "void pending"})


class OrderWriting:
    """The orders' part of StorePublisher."""

    _client: BigCommerceClient

    def set_order_status(self, order_id: OrderId, status: OrderStatus, why: str = "") -> None:
        del why  # BigCommerce keeps no words with a status; the staff notes have them
        self._client.put(f"v2/orders/{number(order_id)}", {"status_id": mapping.ID_BY_STATUS[status]})

    def append_staff_note(self, order_id: OrderId, text: str, mark: str = "") -> None:
        """The notes are one field, replaced whole: read, append a line, write. Permanent when it is full."""
        path = f"v2/orders/{number(order_id)}"
        notes = parse(self._client.get(path), payloads.OrderHead).staff_notes
        extended = with_note(notes, text, mark)
        if extended == notes:
            return
        if len(extended) > STAFF_NOTES:
            raise Permanent(
                "The order's staff notes are full, so no line can be added.",
                code="notes_full",
                hint="Shorten the staff notes in BigCommerce, then try again.",
                service=SERVICE,
            )
        self._client.put(path, {"staff_notes": extended})

    def refund(self, order_id: OrderId, quote: RefundQuote, reason: str, key: str = "") -> Refund:
        """The money moves later: 201 says only that the refund was taken up."""
        del key  # BigCommerce knows none
        order = whole_order(self._client, order_id)
        items = refund_items(order, quote.items)
        body = {
            "items": [item | {"reason": reason[:LONGEST_REASON]} for item in items],
            "payments": [
                {
                    "provider_id": part["provider_id"],
                    "amount": json_number(Decimal(part["amount"])),
                    "offline": part["offline"] == "true",
                }
                for part in quote.payments
            ],
        }
        response = self._client.post(f"v3/orders/{order.id}/payment_actions/refunds", body)
        made = parse(response, payloads.Data[part_payloads.Refund]).data
        return part_mapping.refund(made, mapping.currency(order))

    def capture(self, order_id: OrderId) -> None:
        self._settle(order_id, "capture", TAKEN)

    def void(self, order_id: OrderId) -> None:
        self._settle(order_id, "void", LET_GO)

    def _settle(self, order_id: OrderId, action: str, done: frozenset[str]) -> None:
        """Looks first: what was asked for before, and whose answer was lost, is not asked for again."""
        head = parse(self._client.get(f"v2/orders/{number(order_id)}"), payloads.OrderHead)
        if head.payment_status not in done:
            self._client.post(f"v3/orders/{head.id}/payment_actions/{action}", None)


__all__ = ["OrderWriting"]
