"""Writing to products: texts, pictures, custom fields, whether they are for sale.

Source: BigCommerce API reference, Catalog V3 (products, variants, images, custom fields).
"""

import json
import mimetypes
import os
from collections.abc import Mapping
from typing import Any, BinaryIO

from app.domain.commerce import ProductImage, SaleState
from app.domain.ids import ObjectType, ProductId
from app.domain.publication import TEXT_FIELDS, image_name
from app.errors import Permanent
from app.stores.bigcommerce import mapping, payloads
from app.stores.bigcommerce.client import SERVICE, BigCommerceClient, number, parse, require_whole
from app.stores.bigcommerce.metafields import Metafields

IMAGE_BYTES = 8 * 1024 * 1024
IMAGE_TYPES = frozenset({"bmp", "gif", "jpeg", "jpg", "png", "wbmp", "xbm", "webp"})
ALL = 250  # the largest page; a product has 200 custom fields at most
MESSAGE = 255  # characters of what buyers read
VARIANTS = 50  # in one batch
BEFORE = "sale_before"  # the metafield that remembers how a product was sold before we took it off sale
REMEMBERED = ("availability", "availability_description", "preorder_release_date", "preorder_message",
              "is_preorder_only")  # fmt: skip


class CatalogWriting:
    """The products' part of StorePublisher."""

    _client: BigCommerceClient

    def write_product_fields(self, product_id: ProductId, fields: Mapping[str, str]) -> None:
        unknown = sorted(fields.keys() - TEXT_FIELDS.keys())
        if unknown:
            raise Permanent(f"Not a text of a product: {', '.join(unknown)}.", service=SERVICE)
        if fields:
            require_whole(self._client.put(_path(product_id), dict(fields)))

    def add_product_image(
        self, product_id: ProductId, content: BinaryIO, file_name: str, *, alt: str, thumbnail: bool
    ) -> ProductImage:
        """Multipart, for a file's address may have 255 characters. 8 MB at most, picture types only."""
        name = image_name(file_name)
        _check_image(content, name)
        mime_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        response = self._client.upload(
            f"{_path(product_id)}/images",
            {"description": alt, "is_thumbnail": "true" if thumbnail else "false"},
            {"image_file": (name, content, mime_type)},
        )
        return mapping.image(parse(response, payloads.Data[payloads.Image]).data)

    def change_product_image(self, product_id: ProductId, image_id: str, *, alt: str, thumbnail: bool) -> None:
        path = f"{_path(product_id)}/images/{number(image_id)}"
        self._client.put(path, {"description": alt, "is_thumbnail": thumbnail})

    def remove_product_image(self, product_id: ProductId, image_id: str) -> None:
        self._client.delete(f"{_path(product_id)}/images/{number(image_id)}")

    def set_product_custom_field(self, product_id: ProductId, name: str, value: str | None) -> None:
        """Name and value together are unique in a product: a field that holds the value already is kept."""
        path = f"{_path(product_id)}/custom-fields"
        listed = parse(self._client.get(path, limit=ALL), payloads.Data[list[payloads.CustomField]]).data
        present = [field for field in listed if field.name == name]
        kept = next((field for field in present if field.value == value), present[0] if present else None)
        if value is None:
            kept = None
        for field in present:
            if field is not kept:
                self._client.delete(f"{path}/{field.id}")
        if value is not None and kept is None:
            self._client.post(path, {"name": name, "value": value})
        elif value is not None and kept is not None and kept.value != value:
            self._client.put(f"{path}/{kept.id}", {"name": name, "value": value})

    def set_sale_state(self, product_id: ProductId, state: SaleState) -> None:
        """One write for visibility and sale together, so that a buyer never sees half of it.

        Off sale is `availability: disabled`, which holds every variant; what it was before is left on the product
        first, and comes back when it goes on sale again. Variants are touched only where the merchant had held every
        single one of them.
        """
        response = self._client.get(_path(product_id), include="variants")
        found = parse(response, payloads.Data[payloads.SaleProduct]).data
        fields = Metafields(self._client, ObjectType.PRODUCT, product_id)
        goes_on = state.is_purchasable and found.availability == "disabled"
        kept = fields.present().get(BEFORE) if goes_on else None
        change = {} if state.is_purchasable else self._off_sale(found, fields, state.message)
        if goes_on:
            change |= {"availability": "available", **(_remembered(kept.value) if kept else {})}
        if found.is_visible is not state.is_visible:
            change["is_visible"] = state.is_visible
        if change:
            require_whole(self._client.put(_path(product_id), change))
        if kept is not None:
            fields.remove(kept)
        if state.is_purchasable and found.variants and all(entry.purchasing_disabled for entry in found.variants):
            self._release(found.variants)

    def _off_sale(self, found: payloads.SaleProduct, fields: Metafields, message: str) -> dict[str, Any]:
        change: dict[str, Any] = {}
        if found.availability != "disabled":
            before = {name: getattr(found, name) for name in REMEMBERED}
            fields.put(BEFORE, json.dumps(before, ensure_ascii=True), fields.present())
            change["availability"] = "disabled"
        if found.availability_description != message[:MESSAGE]:
            change["availability_description"] = message[:MESSAGE]
        return change

    def _release(self, variants: tuple[payloads.Variant, ...]) -> None:
        """A batch: 422 names what was refused, and nothing of it was stored."""
        for start in range(0, len(variants), VARIANTS):
            batch = variants[start : start + VARIANTS]
            body = [{"id": entry.id, "purchasing_disabled": False} for entry in batch]
            require_whole(self._client.put("v3/catalog/variants", body))


def _path(product_id: ProductId) -> str:
    return f"v3/catalog/products/{number(product_id)}"


def _remembered(text: str) -> dict[str, Any]:
    """What `_off_sale` left; nothing where somebody else wrote there."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    known = {n: v for n, v in found.items() if n in REMEMBERED and v is not None} if isinstance(found, dict) else {}
    if known.get("availability") == "preorder":
        return known
    plain = {name: value for name, value in known.items() if name.startswith("availability")}
    return plain if plain.get("availability") == "available" else {}


def _check_image(content: BinaryIO, name: str) -> None:
    _, dot, ending = name.rpartition(".")
    if not dot or ending not in IMAGE_TYPES:
        raise Permanent("BigCommerce takes BMP, GIF, JPEG, PNG, WBMP, WEBP and XBM pictures only.", service=SERVICE)
    start = content.tell()
    size = content.seek(0, os.SEEK_END) - start
    content.seek(start)
    if not 0 < size <= IMAGE_BYTES:
        raise Permanent("BigCommerce takes pictures of 8 MB at most, and no empty ones.", service=SERVICE)


__all__ = ["CatalogWriting"]
