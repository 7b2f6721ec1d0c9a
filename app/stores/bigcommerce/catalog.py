"""Reading products.

Source: BigCommerce API reference, Catalog V3 (products, brands).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.domain.commerce import Product
from app.domain.ids import ProductId
from app.errors import NotFound
from app.stores.bigcommerce import mapping, payloads
from app.stores.bigcommerce.client import BigCommerceClient, number, parse
from app.stores.bigcommerce.paging import PAGE, along

LISTED_PARTS = "images,custom_fields"
PARTS = f"{LISTED_PARTS},variants"


class CatalogReading:
    """The products' part of StoreReader."""

    _client: BigCommerceClient

    def product(self, product_id: ProductId) -> Product:
        """One call; the store's currency and the brand's name are remembered for a while."""
        response = self._client.get(f"v3/catalog/products/{number(product_id)}", include=PARTS)
        found = parse(response, payloads.Data[payloads.Product]).data
        return mapping.product(found, self._currency(), self._brand(found.brand_id))

    def products_changed_since(self, since: datetime) -> Iterator[tuple[ProductId, str]]:
        """(id, version), oldest change first. A variant's own change is not a change of its product."""

        def fetch(start: str, page: int) -> list[payloads.Product]:
            query: dict[str, Any] = {"date_modified:min": start, "sort": "date_modified", "direction": "asc"}
            response = self._client.get("v3/catalog/products", include=LISTED_PARTS, limit=PAGE, page=page, **query)
            return parse(response, payloads.Data[list[payloads.Product]]).data

        for entry in along(since, fetch, lambda found: found.date_modified, _version):
            yield ProductId(str(entry.id)), mapping.product_version(entry)

    def _currency(self) -> str:
        """The store's own: catalogue prices have no other."""

        def read() -> str:
            return parse(self._client.get("v2/store"), payloads.StoreInformation).currency

        return self._client.kept.get("currency", read)

    def _brand(self, brand_id: int) -> str:
        if not brand_id:
            return ""

        def read() -> str:
            try:
                response = self._client.get(f"v3/catalog/brands/{brand_id}")
            except NotFound:
                return ""
            return parse(response, payloads.Data[payloads.Brand]).data.name

        return self._client.kept.get(("brand", brand_id), read)


def _version(entry: payloads.Product) -> tuple[int, str]:
    return entry.id, mapping.product_version(entry)


__all__ = ["CatalogReading"]
