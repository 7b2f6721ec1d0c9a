"""Reading orders and what belongs to them.

Source: Shopify Admin GraphQL API 2026-10, order, orders, ordersCount, Order.transactions, refunds, fulfillments.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.domain.commerce import Order, OrderStatus
from app.domain.ids import CustomerId, OrderId
from app.domain.order_parts import OrderPart, RefundItem, RefundQuote
from app.errors import NotFound
from app.stores.shopify import backfill, incidents, mapping, part_mapping, payloads
from app.stores.shopify.client import Data, ShopifyClient
from app.stores.shopify.disputes import DisputeReading
from app.stores.shopify.names import SERVICE, gid, number
from app.stores.shopify.payloads import parse
from app.stores.shopify.refunding import beyond, refund_lines, shipping_of
from app.stores.shopify.returns import ReturnReading

# Nothing is owed of an order in another status, so nothing of it can be short.
OPEN = frozenset(
    {
        OrderStatus.UNDER_REVIEW,
        OrderStatus.AWAITING_PAYMENT,
        OrderStatus.AWAITING_FULFILLMENT,
        OrderStatus.AWAITING_SHIPMENT,
        OrderStatus.PARTIALLY_SHIPPED,
        OrderStatus.PARTIALLY_REFUNDED,
    }
)


class OrderReading(ReturnReading, DisputeReading):
    """The orders' part of StoreReader."""

    _client: ShopifyClient
    many_orders = 5_000  # more than this in one span are collected by a bulk operation

    def order(self, order_id: OrderId, parts: frozenset[OrderPart] = frozenset()) -> Order:
        """One call, one more for each part and for every sixty lines beyond the first forty."""
        found = parse(self._node("OrderRead", order_id), payloads.Order)
        read = mapping.order(found, self._further_lines(found))
        return replace(read, **self._parts(read, parts), **self._aftersale(found, read, parts))

    def orders_changed_since(self, since: datetime) -> Iterator[tuple[OrderId, str]]:
        """(id, version), oldest change first. An order that changes meanwhile comes again at the end."""
        for node in self._client.along("OrdersChangedSince", "orders", since):
            head = parse(node, payloads.OrderHead)
            yield OrderId(head.id), mapping.order_version(head)

    def orders_placed(self, since: datetime, until: datetime) -> Iterator[tuple[OrderId, str]]:
        """(id, version), oldest first. Many are collected by the shop itself, in one bulk operation; RateLimited says
        how long to wait until it has them.
        """
        filters = _placed(since, until)
        count = self._client.run("OrdersCount", filter=filters).get("ordersCount") or {}
        many = int(count.get("count") or 0) > self.many_orders
        nodes = backfill.placed_orders(self._client, filters) if many else self._listed("OrdersPlaced", filters)
        for node in nodes:
            head = parse(node, payloads.OrderHead)
            yield OrderId(head.id), mapping.order_version(head)

    def orders_with(self, skus: Collection[str], since: datetime, until: datetime) -> Iterator[Order]:
        """Shopify finds orders by SKU; what it finds is looked at again, for its search is generous."""
        wanted = frozenset(sku for sku in skus if sku)
        seen: set[str] = set()
        for sku in sorted(wanted):
            for order in self._whole(f"{_placed(since, until)} AND sku:{quoted(sku)}"):
                if order.id not in seen and any(line.sku in wanted for line in order.lines):
                    seen.add(order.id)
                    yield order

    def orders_of(self, customer_id: CustomerId, since: datetime) -> Iterator[Order]:
        gid("Customer", customer_id)  # refuses what is no id
        yield from self._whole(f"{_placed(since)} AND customer_id:{customer_id}")

    def refund_quote(self, order_id: OrderId, items: Sequence[RefundItem]) -> RefundQuote:
        """Two calls: the order, for what its shipping cost, and Shopify's own suggestion; a third for its payments
        where an amount of the whole order goes back.
        """
        order = parse(self._node("OrderRead", order_id), payloads.Order)
        found = self._client.run(
            "RefundPreview", id=gid("Order", order_id), items=refund_lines(items), amount=shipping_of(order, items),
        )  # fmt: skip
        suggested = parse((found.get("order") or {}).get("suggestedRefund"), payloads.SuggestedRefund)
        payments = self._payments(order_id).transactions if beyond(items) else ()
        return part_mapping.refund_quote(suggested, items, mapping.currency(order), payments)

    def _payments(self, order_id: str) -> payloads.OrderPayments:
        return parse(self._node("OrderTransactions", order_id), payloads.OrderPayments)

    def _node(self, name: str, order_id: str, **more: Any) -> Data:
        """`order` of the answer. NotFound when there is none, or none that the app may see."""
        node = self._client.run(name, id=gid("Order", order_id), **more).get("order")
        if not isinstance(node, dict):
            raise NotFound(
                "Shopify does not have this order, or the app may not see it.", service=SERVICE,
                hint="Orders older than 60 days need the scope read_all_orders.",
            )  # fmt: skip
        return node

    def _further_lines(self, found: payloads.Order) -> list[payloads.OrderLine]:
        page = found.line_items.page_info
        lines: list[payloads.OrderLine] = []
        while page.has_next_page:
            node = self._node("OrderLines", found.id, after=page.end_cursor)
            more = parse(node["lineItems"], payloads.Nodes[payloads.OrderLine])
            lines += more.nodes
            page = more.page_info
        return lines

    def _whole(self, filters: str) -> Iterator[Order]:
        for node in self._listed("OrdersWhole", filters):
            found = parse(node, payloads.Order)
            if found.line_items.page_info.has_next_page:
                found = parse(self._node("OrderRead", found.id), payloads.Order)
            yield mapping.order(found, self._further_lines(found))

    def _listed(self, name: str, filters: str) -> Iterator[Data]:
        return self._client.pages(name, "orders", filter=filters)

    def _parts(self, order: Order, parts: frozenset[OrderPart]) -> dict[str, Any]:
        """Shopify knows no messages between buyers and staff: there are none to read."""
        read = dict[str, Any](parts=parts)
        if OrderPart.SHIPMENTS in parts:
            found = parse(self._node("OrderShipments", order.id)["fulfillments"], list[payloads.Fulfillment])
            read["shipments"] = tuple(part_mapping.shipment(one, order) for one in found if one.status != "CANCELLED")
        if OrderPart.PAYMENTS in parts:
            payments = self._payments(order.id).transactions
            read["payments"] = tuple(part_mapping.payment(one) for one in payments)
        if OrderPart.REFUNDS in parts:
            refunds = parse(self._node("OrderRefunds", order.id)["refunds"], list[payloads.Refund])
            read["refunds"] = tuple(part_mapping.refund(one) for one in refunds if one.gives_back)
        if OrderPart.SHORTFALLS in parts:
            read["shortfalls"] = part_mapping.shortfalls(self._stock(order)) if order.status in OPEN else ()
        if OrderPart.INCIDENTS in parts:
            read["incidents"] = incidents.incidents(parse(self._node("OrderIncidents", order.id), incidents.Told))
        return read

    def _aftersale(self, found: payloads.Order, order: Order, parts: frozenset[OrderPart]) -> dict[str, Any]:
        """Only what was shipped comes back, so other orders cost no call."""
        read = dict[str, Any]()
        if OrderPart.RETURNS in parts and any(line.shipped or line.refunded for line in order.lines):
            read["returns"] = tuple(self.returns_of(order.id))
        if OrderPart.DISPUTES in parts:
            read["disputes"] = tuple(self.disputes_of(found))
        return read

    def order_of_shipping(self, shipping_id: str) -> OrderId:
        """Of a fulfillment order."""
        found = self._client.run("FulfillmentOrderOwner", id=gid("FulfillmentOrder", shipping_id))
        owner = (found.get("fulfillmentOrder") or {}).get("order")
        if not owner:
            raise NotFound("Shopify does not have what was to be shipped.", service=SERVICE)
        return OrderId(number(owner["id"]))

    def _stock(self, order: Order) -> list[payloads.StockLine]:
        nodes = self._client.pages("OrderStock", "order", "lineItems", id=gid("Order", order.id))
        return [parse(node, payloads.StockLine) for node in nodes]


def _placed(since: datetime, until: datetime | None = None) -> str:
    text = f"created_at:>={iso(since)}"
    return f"{text} AND created_at:<{iso(until)}" if until else text


def iso(at: datetime) -> str:
    """A moment in Shopify's search language."""
    return f"'{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"


def quoted(text: str) -> str:
    """A value of the search language that holds anything."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


__all__ = ["OrderReading", "iso", "quoted"]
