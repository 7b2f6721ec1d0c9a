"""What the app registers in a shop: nothing that its configuration does not bring along.

Webhooks are subscribed to and pages' blocks installed by the app's released configuration, for all shops at once.
Source: Shopify developer documentation, "Subscribe to webhooks", "App configuration".
"""

from collections.abc import Collection, Mapping

from app.domain.events import Topic
from app.stores.shopify.client import ShopifyClient


class ShopifySetup:
    """StoreSetup for one shop."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client

    def ensure_webhooks(
        self, destination: str, headers: Mapping[str, str], topics: Collection[Topic] | None = None
    ) -> dict[str, str]:
        del destination, headers, topics
        return {}

    def ensure_panels(self) -> dict[str, str]:
        return {}
