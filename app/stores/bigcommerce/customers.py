"""Reading customers and their groups.

Source: BigCommerce API reference, Customers V3 and V2 (groups), Subscribers V3.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain.commerce import Customer
from app.domain.ids import CustomerId
from app.domain.trade import CustomerGroup
from app.errors import NotFound
from app.stores.bigcommerce import mapping, payloads
from app.stores.bigcommerce.client import SERVICE, BigCommerceClient, number, parse
from app.stores.bigcommerce.companies import CompanyReading
from app.stores.bigcommerce.paging import PAGE, along, v2_pages, v3_pages

PARTS = "addresses,attributes,formfields"


class CustomerReading(CompanyReading):
    """The customers' part of StoreReader."""

    _client: BigCommerceClient

    def customer(self, customer_id: CustomerId) -> Customer:
        """Two calls: the customer, and the newsletter list; names of groups and attributes are remembered."""
        query = {"id:in": number(customer_id), "include": PARTS}
        found = parse(self._client.get("v3/customers", **query), payloads.Data[list[payloads.Customer]]).data
        if not found:
            raise NotFound("BigCommerce does not have this customer.", service=SERVICE)
        names = self._attribute_names() if found[0].attributes else {}
        group = self._group(found[0].customer_group_id)
        read = mapping.customer(found[0], group, names, self._subscribers(found[0].email))
        return replace(read, company_id=self._company_of(found[0].id))

    def customers_changed_since(self, since: datetime) -> Iterator[tuple[CustomerId, str]]:
        """(id, version), oldest change first."""

        def fetch(start: str, page: int) -> list[payloads.Customer]:
            query: dict[str, Any] = {"date_modified:min": start, "sort": "date_modified:asc"}
            response = self._client.get("v3/customers", limit=PAGE, page=page, **query)
            return parse(response, payloads.Data[list[payloads.Customer]]).data

        for entry in along(since, fetch, lambda found: found.date_modified or since, _version):
            yield CustomerId(str(entry.id)), mapping.customer_version(entry)

    def customer_groups(self) -> list[CustomerGroup]:
        """Groups depend on the store's plan: none where it has none."""
        try:
            found = list(v2_pages(self._client, "v2/customer_groups", payloads.CustomerGroup))
        except NotFound:
            return []
        return [CustomerGroup(str(entry.id), entry.name) for entry in found]

    def _group(self, group_id: int | None) -> str:
        """The group's name. Where the plan has no groups, the id stands for it."""
        if not group_id:
            return ""

        def read() -> str:
            try:
                return parse(self._client.get(f"v2/customer_groups/{group_id}"), payloads.CustomerGroup).name
            except NotFound:
                return str(group_id)

        return self._client.kept.get(("group", group_id), read)

    def _attribute_names(self) -> dict[int, str]:
        def read() -> dict[int, str]:
            found = v3_pages(self._client, "v3/customers/attributes", payloads.Attribute, {"limit": PAGE})
            return {entry.id: entry.name for entry in found}

        return self._client.kept.get("attributes", read)

    def _subscribers(self, email: str) -> list[payloads.Subscriber]:
        if not email:
            return []
        found = v3_pages(self._client, "v3/customers/subscribers", payloads.Subscriber, {"email": email})
        return [entry for entry in found if entry.email.lower() == email.lower()]


def _version(entry: payloads.Customer) -> tuple[int, str]:
    return entry.id, mapping.customer_version(entry)


__all__ = ["CustomerReading"]
