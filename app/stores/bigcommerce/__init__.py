"""BigCommerce, one provider of the store port."""

from app.outbound import Outbound
from app.settings import Settings
from app.stores.bigcommerce.b2b import B2BClient
from app.stores.bigcommerce.client import BigCommerceClient
from app.stores.bigcommerce.install import BigCommerceDoor
from app.stores.bigcommerce.publisher import BigCommercePublisher
from app.stores.bigcommerce.reader import BigCommerceReader
from app.stores.bigcommerce.setup import BigCommerceSetup
from app.stores.bigcommerce.webhooks import HOOK_HEADER, hook_secret
from app.stores.port import Store, TokenKeeper


def bigcommerce_store(
    settings: Settings, outbound: Outbound, store_hash: str, token: str, keeper: TokenKeeper | None = None
) -> Store:
    """One installed store, reached with its token, which never ends."""
    del keeper
    address = settings.bigcommerce.b2b_url
    b2b = B2BClient(outbound, address, store_hash, token) if address else None
    client = BigCommerceClient(settings, outbound, store_hash, token, b2b)
    return Store(BigCommerceReader(client), BigCommercePublisher(client), BigCommerceSetup(client))


__all__ = ["HOOK_HEADER", "BigCommerceDoor", "bigcommerce_store", "hook_secret"]
