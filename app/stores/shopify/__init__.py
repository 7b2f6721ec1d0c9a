"""Shopify, one provider of the store port."""

from datetime import UTC, datetime

from app.outbound import Outbound
from app.settings import Settings
from app.stores.port import Store, TokenKeeper
from app.stores.shopify.client import ShopifyClient
from app.stores.shopify.install import ShopifyDoor
from app.stores.shopify.publisher import ShopifyPublisher
from app.stores.shopify.reader import ShopifyReader
from app.stores.shopify.setup import ShopifySetup
from app.stores.shopify.tokens import ShopAccess, TokenDoor


def shopify_store(settings: Settings, outbound: Outbound, shop: str, token: str, keeper: TokenKeeper) -> Store:
    """One installed shop, reached with its token; `keeper` is where renewed ones go."""
    access = ShopAccess(shop, token, keeper, TokenDoor(settings, outbound, _now), _now)
    client = ShopifyClient(settings, outbound, shop, access)
    return Store(ShopifyReader(client), ShopifyPublisher(client), ShopifySetup(client), access)


def _now() -> datetime:
    return datetime.now(UTC)


__all__ = ["ShopifyDoor", "shopify_store"]
