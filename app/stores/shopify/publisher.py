"""Writing back to a shop: the families of the port put together."""

from app.stores.shopify.client import ShopifyClient


class ShopifyPublisher:
    """StorePublisher for one shop."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client
