"""Reading a BigCommerce store's present state: the families of the port put together.

Source: BigCommerce API reference, Store information V2.
"""

from app.domain.commerce import StoreProfile
from app.stores.bigcommerce import mapping, payloads
from app.stores.bigcommerce.aftersale import AftersaleReading
from app.stores.bigcommerce.capabilities import CapabilityReading
from app.stores.bigcommerce.carts import CartReading
from app.stores.bigcommerce.client import BigCommerceClient, parse
from app.stores.bigcommerce.customers import CustomerReading
from app.stores.bigcommerce.orders import OrderReading
from app.stores.bigcommerce.pages import PageReading
from app.stores.bigcommerce.promotions import PromotionReading


class BigCommerceReader(
    OrderReading, PromotionReading, CustomerReading, PageReading, CartReading, CapabilityReading, AftersaleReading
):
    """StoreReader for one store."""

    def __init__(self, client: BigCommerceClient) -> None:
        self._client = client

    def profile(self) -> StoreProfile:
        return mapping.profile(parse(self._client.get("v2/store"), payloads.StoreInformation))
