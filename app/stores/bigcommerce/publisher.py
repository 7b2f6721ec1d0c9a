"""Writing back to a BigCommerce store. Absolute values; every write may be repeated, or looks first.

Source: BigCommerce API reference, Orders V2, Catalog V3 (products, images, custom fields), Metafields.
"""

import mimetypes
import os
from collections.abc import Mapping
from typing import BinaryIO

from app.domain.commerce import OrderStatus, ProductImage
from app.domain.ids import ObjectType, OrderId, ProductId
from app.domain.publication import TEXT_FIELDS, image_name
from app.errors import Conflict, Permanent
from app.stores.bigcommerce import mapping, payloads
from app.stores.bigcommerce.client import SERVICE, BigCommerceClient, number, parse, require_whole

STAFF_NOTES = 65_535  # characters
IMAGE_BYTES = 8 * 1024 * 1024
IMAGE_TYPES = frozenset({"bmp", "gif", "jpeg", "jpg", "png", "wbmp", "xbm", "webp"})
NAMESPACE = "opentext_ecm"
METAFIELDS = {
    ObjectType.ORDER: "v3/orders/{}/metafields",
    ObjectType.PRODUCT: "v3/catalog/products/{}/metafields",
    ObjectType.CUSTOMER: "v3/customers/{}/metafields",
}
ALL = 250  # the largest page; a product has 200 custom fields at most, an object 250 metafields


class BigCommercePublisher:
    """StorePublisher for one store."""

    def __init__(self, client: BigCommerceClient) -> None:
        self._client = client

    def set_order_status(self, order_id: OrderId, status: OrderStatus) -> None:
        self._client.put(f"v2/orders/{number(order_id)}", {"status_id": mapping.ID_BY_STATUS[status]})

    def append_staff_note(self, order_id: OrderId, text: str) -> None:
        """The notes are one field, replaced whole: read, append a line, write. Permanent when it is full."""
        path = f"v2/orders/{number(order_id)}"
        notes = parse(self._client.get(path), payloads.OrderHead).staff_notes
        extended = with_note(notes, text)
        if extended == notes:
            return
        if len(extended) > STAFF_NOTES:
            raise Permanent(
                "The order's staff notes are full, so no line can be added.",
                code="notes_full",
                hint="Shorten the staff notes in BigCommerce, then try again.",
                service=SERVICE,
            )
        self._client.put(path, {"staff_notes": extended})

    def write_product_fields(self, product_id: ProductId, fields: Mapping[str, str]) -> None:
        unknown = sorted(fields.keys() - TEXT_FIELDS.keys())
        if unknown:
            raise Permanent(f"Not a text of a product: {', '.join(unknown)}.", service=SERVICE)
        if fields:
            require_whole(self._client.put(f"v3/catalog/products/{number(product_id)}", dict(fields)))

    def add_product_image(
        self, product_id: ProductId, content: BinaryIO, file_name: str, *, alt: str, thumbnail: bool
    ) -> ProductImage:
        """Multipart, for a file's address may have 255 characters. 8 MB at most, picture types only."""
        name = image_name(file_name)
        _check_image(content, name)
        mime_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        response = self._client.upload(
            f"v3/catalog/products/{number(product_id)}/images",
            {"description": alt, "is_thumbnail": "true" if thumbnail else "false"},
            {"image_file": (name, content, mime_type)},
        )
        return mapping.image(parse(response, payloads.Data[payloads.Image]).data)

    def change_product_image(self, product_id: ProductId, image_id: str, *, alt: str, thumbnail: bool) -> None:
        path = f"v3/catalog/products/{number(product_id)}/images/{number(image_id)}"
        self._client.put(path, {"description": alt, "is_thumbnail": thumbnail})

    def remove_product_image(self, product_id: ProductId, image_id: str) -> None:
        self._client.delete(f"v3/catalog/products/{number(product_id)}/images/{number(image_id)}")

    def set_product_custom_field(self, product_id: ProductId, name: str, value: str | None) -> None:
        """Name and value together are unique in a product: a field that holds the value already is kept."""
        path = f"v3/catalog/products/{number(product_id)}/custom-fields"
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

    def link(self, object_type: ObjectType, object_id: str, values: Mapping[str, str]) -> None:
        """Metafields of our namespace, readable by other tools. A value that is there is not written again."""
        if object_type not in METAFIELDS:
            raise Permanent(f"Nothing can be left on a {object_type} in BigCommerce.", service=SERVICE)
        path = METAFIELDS[object_type].format(number(object_id))
        present = self._metafields(path)
        for key, value in values.items():
            if key in present:
                self._rewrite(path, present[key], value)
            else:
                self._create(path, key, value)

    def _create(self, path: str, key: str, value: str) -> None:
        try:
            self._client.post(path, _metafield(key, value))
        except Conflict:  # somebody (or our own lost request) was faster: namespace and key are unique
            found = self._metafields(path).get(key)
            if found is None:
                raise
            self._rewrite(path, found, value)

    def _rewrite(self, path: str, found: payloads.Metafield, value: str) -> None:
        """Whole, not in part: what a product's metafield requires, an order's takes, too."""
        if found.value != value:
            self._client.put(f"{path}/{found.id}", _metafield(found.key, value))

    def _metafields(self, path: str) -> dict[str, payloads.Metafield]:
        response = self._client.get(path, namespace=NAMESPACE, limit=ALL)
        listed = parse(response, payloads.Data[list[payloads.Metafield]]).data
        return {field.key: field for field in listed if field.namespace == NAMESPACE}


def _metafield(key: str, value: str) -> dict[str, str]:
    return {"permission_set": "read", "namespace": NAMESPACE, "key": key, "value": value}


def with_note(notes: str, text: str) -> str:
    """The notes with `text` as a last line of its own; unchanged where that line is there, or empty."""
    line = " ".join(text.split())
    if not line or line in (present.strip() for present in notes.splitlines()):
        return notes
    gap = "" if not notes or notes.endswith(("\n", "\r")) else "\n"
    return f"{notes}{gap}{line}"


def _check_image(content: BinaryIO, name: str) -> None:
    _, dot, ending = name.rpartition(".")
    if not dot or ending not in IMAGE_TYPES:
        raise Permanent("BigCommerce takes BMP, GIF, JPEG, PNG, WBMP, WEBP and XBM pictures only.", service=SERVICE)
    start = content.tell()
    size = content.seek(0, os.SEEK_END) - start
    content.seek(start)
    if not 0 < size <= IMAGE_BYTES:
        raise Permanent("BigCommerce takes pictures of 8 MB at most, and no empty ones.", service=SERVICE)
