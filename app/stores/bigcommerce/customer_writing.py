"""Writing to customers: notes, group, attributes.

Source: BigCommerce API reference, Customers V3.
"""

from typing import Any

from app.domain.ids import CustomerId
from app.errors import Conflict, NotFound, Permanent
from app.stores.bigcommerce import payloads
from app.stores.bigcommerce.client import SERVICE, BigCommerceClient, number, parse
from app.stores.bigcommerce.paging import PAGE, v3_pages
from app.stores.notes import with_note

LONGEST_VALUE = 255
ATTRIBUTES = "v3/customers/attributes"


class CustomerWriting:
    """The customers' part of StorePublisher. Customers are changed in batches; ours have one entry."""

    _client: BigCommerceClient

    def append_customer_note(self, customer_id: CustomerId, text: str, mark: str = "") -> None:
        """The notes are one field that others write, too: read, append a line, write."""
        notes = self._one(customer_id).notes
        extended = with_note(notes, text, mark)
        if extended != notes:
            self._change(customer_id, notes=extended)

    def set_customer_group(self, customer_id: CustomerId, group_id: str) -> None:
        """Empty: no group."""
        wanted = int(number(group_id)) if group_id else 0
        if (self._one(customer_id).customer_group_id or 0) != wanted:
            self._change(customer_id, customer_group_id=wanted)

    def remove_customer_tag(self, customer_id: CustomerId, tag: str) -> None:
        """Customers have no tags here."""
        del customer_id, tag

    def set_customer_attribute(self, customer_id: CustomerId, name: str, value: str) -> None:
        """A value is 255 characters at most, always text. The attribute itself is the whole store's."""
        if len(value) > LONGEST_VALUE:
            raise Permanent(
                f"The value of {name} is longer than the {LONGEST_VALUE} characters BigCommerce keeps.",
                code="too_long",
                service=SERVICE,
            )
        self._one(customer_id)
        entry = {"attribute_id": self._attribute(name), "value": value, "customer_id": int(number(customer_id))}
        self._client.put("v3/customers/attribute-values", [entry])

    def _one(self, customer_id: CustomerId) -> payloads.Customer:
        response = self._client.get("v3/customers", **{"id:in": number(customer_id)})
        found = parse(response, payloads.Data[list[payloads.Customer]]).data
        if not found:
            raise NotFound("BigCommerce does not have this customer.", service=SERVICE)
        return found[0]

    def _change(self, customer_id: CustomerId, **values: Any) -> None:
        self._client.put("v3/customers", [{"id": int(number(customer_id)), **values}])

    def _attribute(self, name: str) -> int:
        """Found by name, or made. Looked for once more where somebody else was making it at the same time."""
        known = self._attributes().get(name)
        if known is not None:
            return known
        try:
            response = self._client.post(ATTRIBUTES, [{"name": name, "type": "string"}])
            made = parse(response, payloads.Data[list[payloads.Attribute]]).data[0].id
        except (Conflict, Permanent):
            found = self._attributes().get(name)
            if found is None:
                raise
            made = found
        self._client.kept.forget("attributes")
        return made

    def _attributes(self) -> dict[str, int]:
        found = v3_pages(self._client, ATTRIBUTES, payloads.Attribute, {"limit": PAGE})
        return {entry.name: entry.id for entry in found}


__all__ = ["CustomerWriting"]
