"""Carts left behind.

Source: BigCommerce API reference, Carts V3.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from app.domain.commerce import Money
from app.domain.ids import CustomerId
from app.domain.trade import Cart
from app.errors import NotFound
from app.stores.bigcommerce import payloads, trade_payloads
from app.stores.bigcommerce.client import SERVICE, BigCommerceClient, parse

_ID = re.compile(r"[0-9a-fA-F-]{32,36}")


class CartReading:
    """The carts' part of StoreReader."""

    _client: BigCommerceClient

    def cart(self, cart_id: str) -> Cart:
        """Gone (404) once it became an order or was deleted."""
        if not _ID.fullmatch(cart_id):
            raise NotFound("BigCommerce does not have this cart.", service=SERVICE)
        found = parse(self._client.get(f"v3/carts/{cart_id}"), payloads.Data[trade_payloads.Cart]).data
        items = found.line_items
        groups = (items.physical_items, items.digital_items, items.gift_certificates, items.custom_items)
        return Cart(
            id=found.id,
            customer_id=CustomerId(str(found.customer_id)) if found.customer_id else None,
            email=found.email,
            total=Money(found.cart_amount, found.currency.code),
            names=tuple(item.name for group in groups for item in group if item.name),
            left_at=found.updated_time,
        )

    def carts_left_since(self, since: datetime) -> Iterator[str]:
        """BigCommerce tells of each by itself."""
        del since
        yield from ()


__all__ = ["CartReading"]
