"""Reading products. Source: Shopify Admin GraphQL API 2026-10, product, products, Media, metafields."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from app.domain.commerce import Money, Product, ProductImage, SaleState
from app.domain.ids import ProductId
from app.errors import NotFound
from app.stores.shopify import mapping, payloads
from app.stores.shopify.client import Data, ShopifyClient
from app.stores.shopify.names import SERVICE, gid, number
from app.stores.shopify.payloads import parse

# Shopify puts a UUID behind a file's name that is taken in the shop.
_COPY_SUFFIX = re.compile(r"_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
DEFAULT_VARIANT = "Default Title"
PLAIN = frozenset({"single_line_text_field", "multi_line_text_field"})


class CatalogReading:
    """The products' part of StoreReader."""

    _client: ShopifyClient

    def product(self, product_id: ProductId) -> Product:
        """One call. A picture Shopify still works on has no address, and is not listed yet."""
        return product(parse(self._product_node("ProductRead", product_id), payloads.Product))

    def products_changed_since(self, since: datetime) -> Iterator[tuple[ProductId, str]]:
        """(id, version), oldest change first."""
        for node in self._client.along("ProductsChangedSince", "products", since):
            head = parse(node, payloads.ProductHead)
            yield ProductId(head.id), product_version(head)

    def _product_node(self, name: str, product_id: str) -> Data:
        node = self._client.run(name, id=gid("Product", product_id)).get("product")
        if not isinstance(node, dict):
            raise NotFound("Shopify does not have this product.", service=SERVICE)
        return node


def product(found: payloads.Product) -> Product:
    variants = [entry for entry in found.variants.nodes if entry.title != DEFAULT_VARIANT]
    price = found.price_range.min_variant_price if found.price_range else None
    first = found.variants.nodes[0].sku if found.variants.nodes else ""
    beside = more_fields(found)
    return Product(
        id=ProductId(found.id),
        sku=first,
        modified_at=found.updated_at,
        version=product_version(found),
        fields=texts(found),
        is_visible=found.status == "ACTIVE",
        images=images(found.media.nodes),
        custom_fields=mapping.pairs(found.facts),
        sale=sale_state(found),
        price=Money(price.amount, price.currency_code) if price else None,
        variants=tuple(entry.sku for entry in variants if entry.sku),
        brand=found.vendor,
        url=urlsplit(found.online_store_url).path,
        warranty=next((value for name, value in beside if name.casefold() == "warranty"), ""),
        more_fields=beside,
    )


def more_fields(found: payloads.Product) -> tuple[tuple[str, str], ...]:
    """What the merchant keeps of a product in plain words: its type, and metafields under the shop's own names."""
    kept = tuple((one.key.replace("_", " "), one.value) for one in found.kept.nodes if one.type in PLAIN)
    return (("Product type", found.product_type), *kept) if found.product_type else kept


def texts(found: payloads.ProductHead) -> dict[str, str]:
    """The governed texts. Search keywords Shopify has none of: a metafield of ours holds them for the theme."""
    return {
        "name": found.title,
        "description": found.description_html,
        "page_title": found.seo.title,
        "meta_description": found.seo.description,
        "search_keywords": found.keywords.value if found.keywords else "",
    }


def product_version(found: payloads.ProductHead) -> str:
    """Its time, for pictures show there alone, and everything a list gives."""
    return mapping.fingerprint(found.model_dump(mode="json", include=set(payloads.ProductHead.model_fields)))


def sale_state(found: payloads.ProductHead) -> SaleState:
    """Active is shown and sold, unlisted is sold to whoever has the address, the rest is neither."""
    message = found.sale.value if found.sale else ""
    if found.status == "ACTIVE":
        return SaleState(is_visible=True, is_purchasable=True)
    return SaleState(is_visible=False, is_purchasable=found.status == "UNLISTED", message=_message(message))


def _message(text: str) -> str:
    """What buyers read: the second line of what we left when we took the product off sale."""
    return text.partition("\n")[2]


def images(media: tuple[payloads.Media, ...]) -> tuple[ProductImage, ...]:
    """The first picture is the one shown in lists."""
    return tuple(
        ProductImage(number(one.id), reported_name(one.image.url), one.alt, place == 0, one.image.url)
        for place, one in enumerate(media)
        if one.media_content_type == "IMAGE" and one.image is not None and one.image.url
    )


def reported_name(url: str) -> str:
    """`…/files/front-view_0f3c….png?v=17` → `front-view.png`: the name a picture was uploaded under."""
    path = PurePosixPath(unquote(urlsplit(url).path))
    return f"{_COPY_SUFFIX.sub('', path.stem)}{path.suffix}"


__all__ = ["CatalogReading", "images", "product", "product_version", "reported_name", "sale_state", "texts"]
