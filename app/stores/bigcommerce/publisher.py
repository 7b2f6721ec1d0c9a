"""Writing back to a BigCommerce store: the families of the port put together.

Absolute values; every write may be repeated, or looks first.
"""

from collections.abc import Mapping

from app.domain.ids import ObjectType
from app.stores.bigcommerce.aftersale import AftersaleWriting
from app.stores.bigcommerce.catalog_writing import CatalogWriting
from app.stores.bigcommerce.client import BigCommerceClient
from app.stores.bigcommerce.companies import CompanyWriting
from app.stores.bigcommerce.customer_writing import CustomerWriting
from app.stores.bigcommerce.metafields import PATHS, Metafields
from app.stores.bigcommerce.order_writing import OrderWriting
from app.stores.bigcommerce.pages import PageWriting
from app.stores.bigcommerce.prices import PriceWriting
from app.stores.bigcommerce.promotions import PromotionWriting


class BigCommercePublisher(
    OrderWriting, CatalogWriting, CustomerWriting, PriceWriting, PromotionWriting, PageWriting, CompanyWriting,
    AftersaleWriting,
):  # fmt: skip
    """StorePublisher for one store."""

    linkable = frozenset(PATHS)

    def __init__(self, client: BigCommerceClient) -> None:
        self._client = client

    def link(self, object_type: ObjectType, object_id: str, values: Mapping[str, str]) -> None:
        fields = Metafields(self._client, object_type, object_id)
        present = fields.present()
        for key, value in values.items():
            fields.put(key, value, present)
