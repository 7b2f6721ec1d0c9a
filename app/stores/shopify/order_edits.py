"""Exchanging goods in a placed order, and holding some of them back while the rest leaves.

Source: Shopify Admin GraphQL API 2026-10, orderEditBegin to orderEditCommit (nothing is kept before the commit),
fulfillmentOrderHold with fulfillmentOrderLineItems (what is not held goes to a fulfillment order of its own).
"""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from app.domain.ids import OrderId
from app.domain.order_parts import AddedGoods, LineChange, OrderEdit
from app.errors import Conflict
from app.stores.shopify.client import ShopifyClient
from app.stores.shopify.names import SERVICE, gid
from app.stores.shopify.orders import OrderReading
from app.stores.shopify.payloads import FulfillmentOrder, Node, Nodes, Paid, Payload, parse

BACKORDER_HANDLE = "ecm-backorder"
BACKORDER = "INVENTORY_OUT_OF_STOCK"
NOTE = 255


class DraftLine(Payload):
    id: str
    quantity: int
    variant: Node | None = None
    price: Paid = Field(alias="discountedUnitPriceSet")


class DraftOfOrder(Payload):
    id: str
    line_items: Nodes[DraftLine] = Nodes()


class Part(Payload):
    id: str
    remaining_quantity: int
    line_item: Node


class Waiting(FulfillmentOrder):
    line_items: Nodes[Part] = Nodes()


class OrderEditing(OrderReading):
    """The part of StorePublisher that changes what is in an order."""

    _client: ShopifyClient

    def edit_order(self, order_id: OrderId, edit: OrderEdit) -> None:
        """Up to two calls for each line, one to begin, one to commit. What was not committed nobody sees."""
        payload = self._client.change("EditBegin", "orderEditBegin", id=gid("Order", order_id))
        begun = parse(payload["calculatedOrder"], DraftOfOrder)
        lines = {change.line_id: _line(begun, change) for change in edit.changes}
        for change in edit.changes:
            self._client.change(
                "EditSetQuantity", "orderEditSetQuantity", id=begun.id, lineItemId=lines[change.line_id].id,
                quantity=change.after,
            )  # fmt: skip
        for goods in edit.added:
            self._add(begun.id, goods, lines[goods.instead_of], edit.to_buyer)
        self._client.change("EditCommit", "orderEditCommit", id=begun.id, note=edit.note[:NOTE])

    def _add(self, draft: str, goods: AddedGoods, instead_of: DraftLine, words: str) -> None:
        """The buyer agreed to a price: what is dearer is given for it, what is cheaper costs what it costs."""
        variant = gid("ProductVariant", goods.variant_id)
        payload = self._client.change(
            "EditAddVariant", "orderEditAddVariant", id=draft, variantId=variant, quantity=goods.quantity
        )
        added = payload["calculatedLineItem"]
        price = parse(added["originalUnitPriceSet"], Paid).presentment_money.amount
        most = instead_of.price.presentment_money.amount
        if price > most:
            discount = {"percentValue": float(round((price - most) / price * 100, 4)), "description": words[:NOTE]}
            self._client.change(
                "EditDiscount", "orderEditAddLineItemDiscount", id=draft, lineItemId=added["id"], discount=discount
            )

    def hold_back(self, order_id: OrderId, items: Mapping[str, int], note: str) -> int:
        """By holds of our own, found again by their handle: a second time nothing more is held."""
        nodes = self._node("OrderWaiting", order_id)["fulfillmentOrders"]["nodes"]
        waiting = parse(nodes, list[Waiting])
        ours = [entry for entry in waiting if _is_backorder(entry)]
        if ours:
            return sum(part.remaining_quantity for entry in ours for part in entry.line_items.nodes)
        left, held = dict(items), 0
        for entry in waiting:
            parts = _parts(entry, left) if entry.is_open else {}
            if parts and entry.fulfillment_holds:
                raise Conflict(
                    "What is to be shipped is held already, so it cannot be split.", service=SERVICE,
                    hint="Let the other hold go in Shopify, then try again.",
                )  # fmt: skip
            if parts:
                self._hold_parts(entry.id, parts, note)
                held += sum(parts.values())
        return held

    def _hold_parts(self, entry_id: str, parts: Mapping[str, int], note: str) -> None:
        hold: dict[str, Any] = {
            "reason": BACKORDER, "reasonNotes": note[:NOTE], "handle": BACKORDER_HANDLE, "notifyMerchant": False,
            "fulfillmentOrderLineItems": [{"id": key, "quantity": count} for key, count in parts.items()],
        }  # fmt: skip
        self._client.change("Hold", "fulfillmentOrderHold", id=entry_id, hold=hold)


def _is_backorder(entry: Waiting) -> bool:
    return any(one.held_by_requesting_app and one.handle == BACKORDER_HANDLE for one in entry.fulfillment_holds)


def _parts(entry: Waiting, left: dict[str, int]) -> dict[str, int]:
    """What of `left` is to be shipped with this one; taken off `left`."""
    parts = {}
    for part in entry.line_items.nodes:
        count = min(left.get(part.line_item.id, 0), part.remaining_quantity)
        if count:
            parts[part.id] = count
            left[part.line_item.id] -= count
    return parts


def _line(begun: DraftOfOrder, change: LineChange) -> DraftLine:
    """A draft's lines have ids of their own: the one of that variant with as many pieces. Conflict where none is."""
    for one in begun.line_items.nodes:
        if one.variant and one.variant.id == change.variant_id and one.quantity == change.before:
            return one
    raise Conflict("The order does not hold the goods any more that were to be exchanged.", service=SERVICE)


__all__ = ["OrderEditing"]
