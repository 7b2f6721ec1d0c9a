"""Reading a BigCommerce store's present state: the families of the port put together.

Source: BigCommerce API reference, Store information V2.
"""

from app.domain.commerce import StoreProfile
from app.stores.bigcommerce import mapping, payloads
from app.stores.bigcommerce.catalog import CatalogReading
from app.stores.bigcommerce.client import BigCommerceClient, parse
from app.stores.bigcommerce.customers import CustomerReading
from app.stores.bigcommerce.orders import OrderReading


class BigCommerceReader(OrderReading, CatalogReading, CustomerReading):
    """StoreReader for one store."""

    def __init__(self, client: BigCommerceClient) -> None:
        self._client = client

    def profile(self) -> StoreProfile:
        return mapping.profile(parse(self._client.get("v2/store"), payloads.StoreInformation))
