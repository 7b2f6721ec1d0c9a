"""Reading orders and what belongs to them.

Source: BigCommerce API reference, Orders V2 and V3, Inventory V3, Settings V3 (inventory).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain.commerce import Order, OrderStatus
from app.domain.ids import CustomerId, OrderId
from app.domain.order_parts import OrderPart, RefundItem, RefundQuote
from app.errors import NeedsReauth, NotFound
from app.stores.bigcommerce import mapping, part_mapping, part_payloads, payloads
from app.stores.bigcommerce.client import BigCommerceClient, number, parse, parse_list
from app.stores.bigcommerce.companies import CompanyReading
from app.stores.bigcommerce.paging import PAGE, along, iso, v2_pages, v3_pages
from app.stores.bigcommerce.refunding import refund_items

WHOLE = {"include": "consignments.line_items", "consignment_structure": "object"}
WHOLE_PAGE = 100  # with their lines, 250 orders may weigh more than we read at once
STOCK_PAGE = 1000


class OrderReading(CompanyReading):
    """The orders' part of StoreReader."""

    _client: BigCommerceClient

    def order(self, order_id: OrderId, parts: frozenset[OrderPart] = frozenset()) -> Order:
        """One call: lines and addresses come with the order; one more for each part, and where payment is unclear.

        No call for shipments of an order nothing was shipped of, nor for stock where nothing is to be shipped.
        """
        found = whole_order(self._client, order_id)
        asks = OrderPart.PAYMENTS in parts or mapping.needs_transactions(found)
        transactions = self._transactions(order_id) if asks else []
        company = self._company_of(found.customer_id)
        return replace(
            mapping.order(found, transactions), company_id=company, **self._parts(found, parts, transactions)
        )

    def orders_changed_since(self, since: datetime) -> Iterator[tuple[OrderId, str]]:
        """(id, version), oldest change first. An order that changes meanwhile moves to the end."""

        def fetch(start: str, page: int) -> list[payloads.OrderHead]:
            query: dict[str, Any] = {"min_date_modified": start, "sort": "date_modified:asc"}
            return parse_list(self._client.get("v2/orders", **query, limit=PAGE, page=page), payloads.OrderHead)

        for entry in along(since, fetch, lambda found: found.date_modified, _version):
            yield OrderId(str(entry.id)), mapping.order_version(entry)

    def orders_placed(self, since: datetime, until: datetime) -> Iterator[tuple[OrderId, str]]:
        """(id, version), oldest first, without those whose checkout was never finished."""
        for entry in v2_pages(self._client, "v2/orders", payloads.OrderHead, _placed(since, until)):
            if _is_placed(entry):
                yield OrderId(str(entry.id)), mapping.order_version(entry)

    def orders_with(self, skus: Collection[str], since: datetime, until: datetime) -> Iterator[Order]:
        """BigCommerce finds no order by product: every order of that time is looked through."""
        wanted = frozenset(skus)
        for order in self._whole(_placed(since, until)) if wanted else ():
            if any(line.sku in wanted for line in order.lines):
                yield order

    def orders_gap(self) -> str:
        return ""

    def orders_of(self, customer_id: CustomerId, since: datetime) -> Iterator[Order]:
        """A buyer's orders with their lines, as the order alone tells whether they are paid."""
        yield from self._whole({"customer_id": number(customer_id), **_placed(since)})

    def refund_quote(self, order_id: OrderId, items: Sequence[RefundItem]) -> RefundQuote:
        """Two calls: the order, for its currency and addresses, and the quote."""
        order = whole_order(self._client, order_id)
        body = {"items": refund_items(order, items)}
        response = self._client.post(f"v3/orders/{order.id}/payment_actions/refund_quotes", body, reads=True)
        found = parse(response, payloads.Data[part_payloads.RefundQuote]).data
        return part_mapping.refund_quote(found, items, mapping.currency(order))

    def _whole(self, query: dict[str, str | int]) -> Iterator[Order]:
        for entry in v2_pages(self._client, "v2/orders", payloads.Order, query | WHOLE, WHOLE_PAGE):
            if _is_placed(entry):
                yield mapping.order(entry)

    def _parts(
        self, found: payloads.Order, parts: frozenset[OrderPart], transactions: list[part_payloads.Transaction]
    ) -> dict[str, Any]:
        money, read = mapping.currency(found), dict[str, Any](parts=parts)
        if OrderPart.SHIPMENTS in parts:
            lines = mapping.lines(found.consignments)
            read["shipments"] = tuple(part_mapping.shipment(entry, lines) for entry in self._shipments(found))
        if OrderPart.PAYMENTS in parts:
            read["payments"] = tuple(part_mapping.payment(entry, found) for entry in transactions)
        if OrderPart.REFUNDS in parts:
            read["refunds"] = tuple(part_mapping.refund(entry, money) for entry in self._refunds(found.id))
        if OrderPart.MESSAGES in parts:
            path = f"v2/orders/{found.id}/messages"
            messages = v2_pages(self._client, path, part_payloads.Message)
            read["messages"] = tuple(part_mapping.message(entry) for entry in messages)
        if OrderPart.SHORTFALLS in parts:
            stock = self._stock(part_mapping.owed(found))
            behavior = self._stock_behavior(found.channel_id) if stock else ""
            read["shortfalls"] = part_mapping.shortfalls(found, stock, behavior)
        return read

    def _transactions(self, order_id: str) -> list[part_payloads.Transaction]:
        path = f"v3/orders/{number(order_id)}/transactions"
        return list(v3_pages(self._client, path, part_payloads.Transaction))

    def _refunds(self, order_id: int) -> list[part_payloads.Refund]:
        return list(v3_pages(self._client, f"v3/orders/{order_id}/payment_actions/refunds", part_payloads.Refund))

    def _shipments(self, found: payloads.Order) -> list[part_payloads.Shipment]:
        if not any(line.quantity_shipped for line in mapping.lines(found.consignments)):
            return []
        return list(v2_pages(self._client, f"v2/orders/{found.id}/shipments", part_payloads.Shipment))

    def _stock(self, lines: list[payloads.Line]) -> list[part_payloads.InventoryItem]:
        """Only what is tracked is an item of the inventory; custom lines are none of the catalogue."""
        products = sorted({line.product_id for line in lines if line.product_id})
        if not products:
            return []
        query: dict[str, str | int] = {"product_id:in": ",".join(map(str, products)), "limit": STOCK_PAGE}
        return list(v3_pages(self._client, "v3/inventory/items", part_payloads.InventoryItem, query))

    def _stock_behavior(self, channel_id: int) -> str:
        """When the store takes stock: its channel's own setting, else the store's; unknown without the right."""

        def read() -> str:
            for query in ({"channel_id": channel_id}, {}):
                response = self._client.get("v3/settings/inventory", **query)
                found = parse(response, payloads.Data[part_payloads.InventorySettings]).data.update_stock_behavior
                if found:
                    return found
            return ""

        try:
            return self._client.kept.get(("stock behavior", channel_id), read)
        except (NotFound, NeedsReauth) as error:
            if error.context.get("status") == 401:
                raise
            return ""


def whole_order(client: BigCommerceClient, order_id: OrderId) -> payloads.Order:
    return parse(client.get(f"v2/orders/{number(order_id)}", **WHOLE), payloads.Order)


def _version(entry: payloads.OrderHead) -> tuple[int, str]:
    return entry.id, mapping.order_version(entry)


def _is_placed(entry: payloads.OrderHead) -> bool:
    return mapping.status(entry.status_id) is not OrderStatus.INCOMPLETE


def _placed(since: datetime, until: datetime | None = None) -> dict[str, str | int]:
    query: dict[str, str | int] = {"min_date_created": iso(since), "sort": "date_created:asc"}
    return query | ({"max_date_created": iso(until)} if until else {})


__all__ = ["OrderReading", "whole_order"]
