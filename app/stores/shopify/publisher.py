"""Writing back to a shop: the families of the port put together. Every write may be repeated, or looks first."""

from collections.abc import Mapping

from app.domain.ids import ObjectType
from app.stores.shopify.catalog_writing import CatalogWriting
from app.stores.shopify.client import ShopifyClient
from app.stores.shopify.companies import CompanyWriting
from app.stores.shopify.customer_writing import CustomerWriting
from app.stores.shopify.disputes import DisputeWriting
from app.stores.shopify.drafts import QuoteWriting
from app.stores.shopify.metafields import TYPES, Metafields, owner
from app.stores.shopify.order_edits import OrderEditing
from app.stores.shopify.order_writing import OrderWriting
from app.stores.shopify.pages import PageWriting
from app.stores.shopify.promotions import PromotionWriting
from app.stores.shopify.public_files import FileWriting
from app.stores.shopify.returns import ReturnWriting


class ShopifyPublisher(
    OrderWriting, OrderEditing, CatalogWriting, CustomerWriting, CompanyWriting, PromotionWriting, PageWriting,
    ReturnWriting, DisputeWriting, QuoteWriting, FileWriting,
):  # fmt: skip
    """StorePublisher for one shop."""

    linkable = frozenset(TYPES)

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client

    def link(self, object_type: ObjectType, object_id: str, values: Mapping[str, str]) -> None:
        Metafields(self._client, owner(object_type, object_id)).put(values)
