"""Reading customers. Source: Shopify Admin GraphQL API 2026-10, customer, customers, CompanyContact."""

from collections.abc import Iterator
from datetime import datetime

from app.domain.commerce import Customer
from app.domain.ids import CustomerId
from app.domain.trade import CustomerGroup
from app.errors import NotFound
from app.stores.shopify import mapping, payloads
from app.stores.shopify.client import Data, ShopifyClient
from app.stores.shopify.names import SERVICE, gid
from app.stores.shopify.payloads import parse


class CustomerReading:
    """The customers' part of StoreReader."""

    _client: ShopifyClient

    def customer(self, customer_id: CustomerId) -> Customer:
        """One call."""
        return mapping.customer(parse(self._customer_node("CustomerRead", customer_id), payloads.Customer))

    def customers_changed_since(self, since: datetime) -> Iterator[tuple[CustomerId, str]]:
        """(id, version), oldest change first."""
        for node in self._client.along("CustomersChangedSince", "customers", since):
            head = parse(node, payloads.CustomerHead)
            yield CustomerId(head.id), mapping.customer_version(head)

    def customer_groups(self) -> list[CustomerGroup]:
        """Shopify has none: prices are for companies."""
        return []

    def _customer_node(self, name: str, customer_id: str) -> Data:
        node = self._client.run(name, id=gid("Customer", customer_id)).get("customer")
        if not isinstance(node, dict):
            raise NotFound("Shopify does not have this customer.", service=SERVICE)
        return node


__all__ = ["CustomerReading"]
