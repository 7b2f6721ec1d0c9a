"""Reading a BigCommerce store's present state.

Source: BigCommerce API reference, Orders V2 and V3, Catalog V3, Customers V2 and V3, Store information V2.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.domain.commerce import Customer, Order, Product, StoreProfile
from app.domain.ids import CustomerId, OrderId, ProductId
from app.domain.order_parts import OrderPart
from app.errors import NotFound
from app.stores.bigcommerce import mapping, payloads
from app.stores.bigcommerce.client import SERVICE, BigCommerceClient, number, parse, parse_list

PAGE = 250
PRODUCT_PARTS = "images,custom_fields"


class BigCommerceReader:
    """StoreReader for one store."""

    def __init__(self, client: BigCommerceClient) -> None:
        self._client = client

    def order(self, order_id: OrderId, parts: frozenset[OrderPart] = frozenset()) -> Order:
        """One call: lines and addresses come with the order; a second one where payment is unclear."""
        response = self._client.get(
            f"v2/orders/{number(order_id)}",
            include="consignments.line_items",
            consignment_structure="object",
        )
        found = parse(response, payloads.Order)
        transactions = self._transactions(order_id) if mapping.needs_transactions(found) else []
        return mapping.order(found, transactions)

    def product(self, product_id: ProductId) -> Product:
        response = self._client.get(f"v3/catalog/products/{number(product_id)}", include=PRODUCT_PARTS)
        return mapping.product(parse(response, payloads.Data[payloads.Product]).data)

    def customer(self, customer_id: CustomerId) -> Customer:
        response = self._client.get("v3/customers", **{"id:in": number(customer_id)})
        found = parse(response, payloads.Data[list[payloads.Customer]]).data
        if not found:
            raise NotFound("BigCommerce does not have this customer.", service=SERVICE)
        return mapping.customer(found[0], self._group(found[0].customer_group_id))

    def profile(self) -> StoreProfile:
        return mapping.profile(parse(self._client.get("v2/store"), payloads.StoreInformation))

    def orders_changed_since(self, since: datetime) -> Iterator[tuple[OrderId, str]]:
        """(id, version), oldest change first. An order that changes meanwhile moves to the end."""
        start, page, seen = since.astimezone(UTC).replace(microsecond=0), 1, set[tuple[int, str]]()
        while True:
            found = parse_list(
                self._client.get(
                    "v2/orders",
                    min_date_modified=_iso(start),
                    sort="date_modified:asc",
                    limit=PAGE,
                    page=page,
                ),
                payloads.OrderHead,
            )
            for entry in found:
                key = (entry.id, mapping.order_version(entry))
                if key not in seen:
                    seen.add(key)
                    yield OrderId(str(entry.id)), key[1]
            if len(found) < PAGE:
                return
            start, page = _next(start, page, found[-1].date_modified)

    def products_changed_since(self, since: datetime) -> Iterator[tuple[ProductId, str]]:
        start, page, seen = since.astimezone(UTC).replace(microsecond=0), 1, set[tuple[int, str]]()
        while True:
            query = {"date_modified:min": _iso(start), "sort": "date_modified", "direction": "asc"}
            response = self._client.get("v3/catalog/products", include=PRODUCT_PARTS, limit=PAGE, page=page, **query)
            found = parse(response, payloads.Data[list[payloads.Product]]).data
            for entry in found:
                key = (entry.id, mapping.product(entry).version)
                if key not in seen:
                    seen.add(key)
                    yield ProductId(str(entry.id)), key[1]
            if len(found) < PAGE:
                return
            start, page = _next(start, page, found[-1].date_modified)

    def _transactions(self, order_id: OrderId) -> list[payloads.Transaction]:
        response = self._client.get(f"v3/orders/{number(order_id)}/transactions")
        if response.status_code == 204:
            return []
        return parse(response, payloads.Data[list[payloads.Transaction]]).data

    def _group(self, group_id: int | None) -> str:
        """The group's name. Groups depend on the store's plan: where there are none, the id stands for it."""
        if not group_id:
            return ""
        try:
            return parse(self._client.get(f"v2/customer_groups/{group_id}"), payloads.CustomerGroup).name
        except NotFound:
            return str(group_id)


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _next(start: datetime, page: int, last: datetime) -> tuple[datetime, int]:
    """Where the next page begins: at the last change seen, for page numbers shift when something changes.

    A second earlier, because whether the filter includes its own second is not documented; by page number
    only while one second fills whole pages.
    """
    after = last - timedelta(seconds=1)
    return (after, 1) if after > start else (start, page + 1)
