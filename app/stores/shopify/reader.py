"""Reading a shop's present state: the families of the port put together."""

from app.domain.commerce import StoreProfile
from app.stores.shopify import mapping, payloads
from app.stores.shopify.carts import CartReading
from app.stores.shopify.catalog import CatalogReading
from app.stores.shopify.client import ScopeMissing, ShopifyClient
from app.stores.shopify.companies import CompanyReading
from app.stores.shopify.customers import CustomerReading
from app.stores.shopify.disputes import DisputeReading
from app.stores.shopify.drafts import QuoteReading
from app.stores.shopify.orders import OrderReading
from app.stores.shopify.pages import PageReading
from app.stores.shopify.payloads import parse
from app.stores.shopify.promotions import PromotionReading
from app.stores.shopify.returns import ReturnReading


class ShopifyReader(
    OrderReading, CatalogReading, CustomerReading, CompanyReading, PromotionReading, PageReading, CartReading,
    ReturnReading, DisputeReading, QuoteReading,
):  # fmt: skip
    """StoreReader for one shop."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client

    def profile(self) -> StoreProfile:
        """The shop, and its main language where the app may know it."""
        shop = parse(self._client.run("ShopInfo")["shop"], payloads.Shop)
        return mapping.profile(shop, self._client.admin, self._language())

    def _language(self) -> str:
        try:
            found = self._client.run("ShopLocales")["shopLocales"]
        except ScopeMissing:
            return "en"
        return next((str(one["locale"]) for one in found if one["primary"]), "en")
