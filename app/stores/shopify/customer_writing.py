"""Writing to customers: notes and attributes. Source: Shopify Admin GraphQL API 2026-10, customerUpdate."""

from app.domain.ids import CustomerId
from app.errors import Permanent
from app.stores.notes import with_note
from app.stores.shopify import payloads
from app.stores.shopify.customers import CustomerReading
from app.stores.shopify.metafields import Metafields
from app.stores.shopify.names import SERVICE, gid
from app.stores.shopify.payloads import parse

NOTE = 5000  # characters
ATTRIBUTES = "attributes"


class CustomerWriting(CustomerReading):
    """The customers' part of StorePublisher."""

    def append_customer_note(self, customer_id: CustomerId, text: str, mark: str = "") -> None:
        """The note is one field that others write, too: read, append a line, write."""
        node = self._customer_node("CustomerStanding", customer_id)
        note = str(node.get("note") or "")
        extended = with_note(note, text, mark)
        if len(extended) > NOTE:
            raise Permanent(
                "The customer's note is full, so no line can be added.", code="notes_full", service=SERVICE,
                hint="Shorten the note in Shopify, then try again.",
            )  # fmt: skip
        if extended != note:
            wanted = {"id": node["id"], "note": extended}
            self._client.change("CustomerUpdate", "customerUpdate", input=wanted)

    def set_customer_group(self, customer_id: CustomerId, group_id: str) -> None:
        """Only to leave a group is possible where there are none."""
        self._customer_node("CustomerStanding", customer_id)
        if group_id:
            raise Permanent(
                "Shopify has no customer groups: prices and terms belong to companies.", code="not_in_this_store",
                service=SERVICE, hint="Make the customer a contact of a company.",
            )  # fmt: skip

    def remove_customer_tag(self, customer_id: CustomerId, tag: str) -> None:
        self._client.change("TagsRemove", "tagsRemove", id=gid("Customer", customer_id), tags=[tag])

    def set_customer_attribute(self, customer_id: CustomerId, name: str, value: str) -> None:
        """One entry of a list in a metafield of ours."""
        node = self._customer_node("CustomerStanding", customer_id)
        found = parse(node["facts"], payloads.Metafield | None)  # type: ignore[arg-type]  # a union is a shape, too
        Metafields(self._client, node["id"]).set_pair(ATTRIBUTES, found, name, value)


__all__ = ["CustomerWriting"]
