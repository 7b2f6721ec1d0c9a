"""Reading a shop's present state: the families of the port put together.

Source: Shopify Admin GraphQL API, Shop.
"""

from app.domain.commerce import StoreProfile
from app.stores.port import Capability
from app.stores.shopify.client import ShopifyClient


class ShopifyReader:
    """StoreReader for one shop."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client

    @property
    def capabilities(self) -> frozenset[Capability]:
        return frozenset()

    def profile(self) -> StoreProfile:
        shop = self._client.run("ShopInfo")["shop"]
        handle = shop["myshopifyDomain"].removesuffix(".myshopify.com")
        return StoreProfile(
            name=shop["name"],
            currency=shop["currencyCode"],
            timezone=shop["ianaTimezone"],
            admin_url=f"https://admin.shopify.com/store/{handle}",
            storefront_url=shop["primaryDomain"]["url"],
        )
