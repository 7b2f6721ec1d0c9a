"""Carts left behind: abandoned checkouts. Source: Shopify Admin GraphQL API 2026-10, abandonedCheckouts."""

from collections.abc import Iterator
from datetime import UTC, datetime

from pydantic import Field

from app.domain.ids import CustomerId
from app.domain.trade import Cart
from app.errors import NotFound
from app.stores.shopify.client import ShopifyClient
from app.stores.shopify.mapping import money
from app.stores.shopify.names import SERVICE, gid
from app.stores.shopify.payloads import Email, Node, Nodes, Number, Paid, Payload, Text, Time, parse


class Buyer(Payload):
    id: Number
    email: Email | None = Field(default=None, alias="defaultEmailAddress")


class Item(Payload):
    title: Text = ""


class Checkout(Payload):
    id: Number
    updated_at: Time
    completed_at: Time | None = None
    customer: Buyer | None = None
    total_price_set: Paid
    line_items: Nodes[Item] = Nodes()


class CartReading:
    """The carts' part of StoreReader."""

    _client: ShopifyClient

    def cart(self, cart_id: str) -> Cart:
        """Only what was really left behind is listed: what became an order is gone."""
        gid("AbandonedCheckout", cart_id)  # refuses what is no id
        nodes = self._client.run("AbandonedCheckout", filter=f"id:{cart_id}")["abandonedCheckouts"]["nodes"]
        found = next((one for one in parse(nodes, list[Checkout]) if one.id == cart_id), None)
        if found is None or found.completed_at is not None:
            raise NotFound("Shopify does not have this cart.", service=SERVICE)
        buyer = found.customer
        return Cart(
            id=found.id,
            customer_id=CustomerId(buyer.id) if buyer else None,
            email=buyer.email.email_address if buyer and buyer.email else "",
            total=money(found.total_price_set),
            names=tuple(item.title for item in found.line_items.nodes if item.title),
            left_at=found.updated_at,
        )

    def carts_left_since(self, since: datetime) -> Iterator[str]:
        """Shopify lists a checkout as left behind some minutes after its last change, and tells nobody."""
        filters = f"updated_at:>='{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}' AND status:open"
        for node in self._client.pages("AbandonedCheckouts", "abandonedCheckouts", filter=filters):
            yield parse(node, Node).id


__all__ = ["CartReading"]
