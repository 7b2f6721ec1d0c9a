"""Writing to products: texts, pictures, custom fields, whether they are for sale.

Source: Shopify Admin GraphQL API 2026-10, productUpdate, stagedUploadsCreate, fileUpdate, productReorderMedia.
"""

import mimetypes
import os
from collections.abc import Mapping
from typing import Any, BinaryIO

from app.domain.commerce import ProductImage, SaleState
from app.domain.ids import ProductId
from app.domain.publication import TEXT_FIELDS, image_name
from app.errors import Permanent, Retryable
from app.stores.shopify import payloads
from app.stores.shopify.catalog import CatalogReading, images, sale_state
from app.stores.shopify.client import Data, ShopifyClient, user_errors
from app.stores.shopify.metafields import LONG, NAMESPACE, Metafields
from app.stores.shopify.names import SERVICE, gid, number
from app.stores.shopify.payloads import parse

IMAGE_BYTES = 20 * 1024 * 1024
IMAGE_TYPES = frozenset({"gif", "heic", "jpeg", "jpg", "png", "webp"})
LONGEST = {"name": 255, "page_title": 255}
IN_WORK = frozenset({"UPLOADED", "PROCESSING"})
KEYWORDS, FACTS, SALE = "search_keywords", "custom_fields", "sale_hold"


class CatalogWriting(CatalogReading):
    """The products' part of StorePublisher."""

    _client: ShopifyClient

    def write_product_fields(self, product_id: ProductId, fields: Mapping[str, str]) -> None:
        """All texts in one write; keywords that are to be empty are taken away after it."""
        _check_texts(fields)
        owner = gid("Product", product_id)
        change = _plain(fields)
        if fields.get(KEYWORDS):
            change["metafields"] = [_metafield(KEYWORDS, LONG, fields[KEYWORDS])]
        if change:
            self._update(owner, change)
        if KEYWORDS in fields and not fields[KEYWORDS]:
            Metafields(self._client, owner).put({KEYWORDS: ""})

    def add_product_image(
        self, product_id: ProductId, content: BinaryIO, file_name: str, *, alt: str, thumbnail: bool
    ) -> ProductImage:
        """Uploaded first, then put on the product; Shopify looks at it in the background. Retryable until it has, for
        a picture it still works on has no name by which it could be found again.
        """
        name, owner = image_name(file_name), gid("Product", product_id)
        _check_image(content, name)
        before = self._pictures(product_id)
        source = self._upload(name, content)
        self._update(owner, {}, [{"originalSource": source, "mediaContentType": "IMAGE", "alt": alt}])
        known = {one.id for one in before}
        made = next((one for one in reversed(self._media(product_id)) if one.id not in known), None)
        self._refuse_failed(owner, made)
        if thumbnail:
            self._to_front(owner, made)
        after = images(tuple(self._pictures(product_id)))
        found = next((one for one in after if made is not None and one.id == number(made.id)), None)
        if found is None:
            raise _still_working()
        return found

    def change_product_image(self, product_id: ProductId, image_id: str, *, alt: str, thumbnail: bool) -> None:
        """The first picture is the one shown in lists: another becomes it only by taking its place."""
        owner, picture = gid("Product", product_id), gid("MediaImage", image_id)
        self._client.change("FileUpdate", "fileUpdate", files=[{"id": picture, "alt": alt}])
        if thumbnail:
            self._to_front(owner, next((one for one in self._pictures(product_id) if one.id == picture), None))

    def remove_product_image(self, product_id: ProductId, image_id: str) -> None:
        """Off the product and out of the shop's files, where it would stay reachable."""
        picture = gid("MediaImage", image_id)
        if any(one.id == picture for one in self._media(product_id)):
            self._client.change("FileDelete", "fileDelete", ids=[picture])

    def set_product_custom_field(self, product_id: ProductId, name: str, value: str | None) -> None:
        """Shopify has none: they are one list in a metafield of ours, which a theme can show."""
        node = self._product_node("ProductStanding", product_id)
        found = parse(node["facts"], payloads.Metafield | None)  # type: ignore[arg-type]  # a union is a shape, too
        Metafields(self._client, node["id"]).set_pair(FACTS, found, name, value)

    def set_sale_state(self, product_id: ProductId, state: SaleState) -> None:
        """By the product's status, in one write with what it was before. Shown and not sold Shopify does not know."""
        if state.is_visible and not state.is_purchasable:
            raise Permanent(
                "Shopify cannot show a product and keep it from being bought.", code="not_in_this_store",
                service=SERVICE, hint="Hide the product, or take it out of stock.",
            )  # fmt: skip
        node = self._product_node("ProductStanding", product_id)
        status, kept = str(node["status"]), _kept(node)
        now = sale_state(parse({"title": "", "updatedAt": "1970-01-01T00:00:00Z", **node}, payloads.ProductHead))
        if (now.is_visible, now.is_purchasable) != (state.is_visible, state.is_purchasable):
            wanted = _status(state, kept)
            change: Data = {"status": wanted}
            if not state.is_visible:
                change["metafields"] = [_metafield(SALE, LONG, f"{kept or status}\n{state.message}".strip())]
            self._update(node["id"], change)
        if state.is_visible and kept:
            Metafields(self._client, node["id"]).remove([SALE])

    def _update(self, owner: str, change: Data, media: list[Data] | None = None) -> None:
        """A refusal has no code here: whether the product is there at all, reading it tells."""
        try:
            self._client.change("ProductUpdate", "productUpdate", product={"id": owner, **change}, media=media)
        except Permanent:
            self._product_node("ProductStanding", number(owner))
            raise

    def _upload(self, name: str, content: BinaryIO) -> str:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return self._client.stage(name, kind, "IMAGE", content)

    def _media(self, product_id: str) -> tuple[payloads.Media, ...]:
        node = self._product_node("ProductMedia", product_id)
        return parse(node["media"], payloads.Nodes[payloads.Media]).nodes

    def _pictures(self, product_id: str) -> tuple[payloads.Media, ...]:
        """The product's media, once Shopify works on none of them."""
        found = self._media(product_id)
        if any(one.status in IN_WORK for one in found):
            raise _still_working()
        return found

    def _refuse_failed(self, owner: str, made: payloads.Media | None) -> None:
        if made is None or made.status != "FAILED":
            return
        self._client.change("FileDelete", "fileDelete", ids=[made.id])
        raise Permanent(
            "Shopify could not read this picture, so the product keeps what it had.", code="bad_picture",
            service=SERVICE, product=number(owner), hint="Save the picture again as JPEG or PNG, then approve it anew.",
        )  # fmt: skip

    def _to_front(self, owner: str, made: payloads.Media | None) -> None:
        if made is None:
            return
        moves = [{"id": made.id, "newPosition": "0"}]
        payload = self._client.run("ReorderMedia", id=owner, moves=moves).get("productReorderMedia") or {}
        if refused := user_errors(payload, "mediaUserErrors"):
            raise Permanent(f"Shopify refused it: {refused[0].message[:300]}", service=SERVICE)
        if not self._client.finished(payload.get("job")):
            raise _still_working()


def _still_working() -> Retryable:
    return Retryable("Shopify is still working on a picture of this product.", code="still_working", service=SERVICE)


def _check_texts(fields: Mapping[str, str]) -> None:
    unknown = sorted(fields.keys() - TEXT_FIELDS.keys())
    if unknown:
        raise Permanent(f"Not a text of a product: {', '.join(unknown)}.", service=SERVICE)
    for name, most in LONGEST.items():
        if len(fields.get(name, "")) > most:
            words = TEXT_FIELDS[name].lower()
            raise Permanent(f"Shopify takes at most {most} characters as the {words}.", service=SERVICE)


def _plain(fields: Mapping[str, str]) -> Data:
    change: Data = {}
    if "name" in fields:
        change["title"] = fields["name"]
    if "description" in fields:
        change["descriptionHtml"] = fields["description"]
    seo = {"title": fields.get("page_title"), "description": fields.get("meta_description")}
    if given := {name: text for name, text in seo.items() if text is not None}:
        change["seo"] = given
    return change


def _metafield(key: str, kind: str, value: str) -> dict[str, Any]:
    return {"namespace": NAMESPACE, "key": key, "type": kind, "value": value}


def _kept(node: Data) -> str:
    """The status before we took the product off sale; empty where we did not."""
    text = str((node.get("sale") or {}).get("value") or "")
    return text.partition("\n")[0]


def _status(state: SaleState, kept: str) -> str:
    if state.is_visible:
        return "ACTIVE"
    if state.is_purchasable:
        return "UNLISTED"
    return kept if kept in ("DRAFT", "ARCHIVED") else "DRAFT"


def _check_image(content: BinaryIO, name: str) -> None:
    _, dot, ending = name.rpartition(".")
    if not dot or ending not in IMAGE_TYPES:
        raise Permanent("Shopify takes GIF, HEIC, JPEG, PNG and WEBP pictures only.", service=SERVICE)
    start = content.tell()
    size = content.seek(0, os.SEEK_END) - start
    content.seek(start)
    if not 0 < size <= IMAGE_BYTES:
        raise Permanent("Shopify takes pictures of 20 MB at most, and no empty ones.", service=SERVICE)


__all__ = ["CatalogWriting"]
