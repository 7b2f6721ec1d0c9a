"""Reading products, variants, collections. Source: Admin GraphQL API reference, Product and ProductVariant."""

import re
from collections.abc import Callable
from typing import Any

from sandbox.shopify import lists, stock
from sandbox.shopify.connections import Listing
from sandbox.shopify.gids import number_of
from sandbox.shopify.money import decimal, money
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

SORTS: dict[str, Callable[[JSON], Any]] = {
    "TITLE": lambda p: p["title"], "CREATED_AT": lambda p: p["createdAt"], "UPDATED_AT": lambda p: p["updatedAt"],
    "VENDOR": lambda p: p["vendor"], "PRODUCT_TYPE": lambda p: p["productType"],
    "PUBLISHED_AT": lambda p: p["publishedAt"],
}  # fmt: skip
VARIANTS_OF_ONE = 2000


def variants(shop: Shop, product: JSON) -> list[JSON]:
    return sorted(shop.where("ProductVariant", productId=product["id"]), key=lambda v: int(v["position"]))


def product_filters(shop: Shop) -> dict[str, Callable[[JSON], Any]]:
    return {
        **lists.common(),
        "title": lambda p: [p["title"], *p["title"].lower().split()],
        "handle": lambda p: p["handle"],
        "status": lambda p: p["status"],
        "vendor": lambda p: p["vendor"],
        "product_type": lambda p: p["productType"],
        "sku": lambda p: [v["sku"] for v in variants(shop, p)],
        "barcode": lambda p: [v["barcode"] for v in variants(shop, p)],
        "variant_id": lambda p: [number_of(v["id"]) for v in variants(shop, p)],
        "inventory_total": lambda p: total_inventory(shop, p),
        "published_status": lambda p: "published" if p["publications"] else "unpublished",
        "publishable_status": lambda p: "published" if p["publications"] else "unpublished",
        "collection_id": lambda p: [number_of(c) for c in p["collectionIds"]],
        "category_id": lambda p: (p["categoryId"] or "").rpartition("/")[2],
    }


@query("products")
def products(shop: Shop, _node: JSON, args: JSON) -> Listing:
    return listing(shop, shop.all("Product"), args)


@query("productsCount")
def products_count(shop: Shop, _node: JSON, args: JSON) -> JSON:
    return lists.count(listing(shop, shop.all("Product"), args).nodes)


def listing(shop: Shop, found: list[JSON], args: JSON) -> Listing:
    return lists.listing(shop, found, args, product_filters(shop), SORTS, words=("title", "handle", "vendor"))


@query("product")
def product(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("Product", args["id"])


@query("productVariant")
def variant(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("ProductVariant", args["id"])


@query("productVariants")
def all_variants(shop: Shop, _node: JSON, args: JSON) -> Listing:
    filters: dict[str, Callable[[JSON], Any]] = {
        **lists.common(),
        "sku": lambda v: v["sku"],
        "barcode": lambda v: v["barcode"],
        "title": lambda v: v["title"],
        "product_id": lambda v: number_of(v["productId"]),
        "product_ids": lambda v: number_of(v["productId"]),
        "inventory_quantity": lambda v: stock.available(shop, v),
        "product_status": lambda v: _product_of(shop, v)["status"],
        "vendor": lambda v: _product_of(shop, v)["vendor"],
        "tag": lambda v: _product_of(shop, v)["tags"],
    }
    sorts: dict[str, Callable[[JSON], Any]] = {"SKU": lambda v: v["sku"], "TITLE": lambda v: v["title"]}
    return lists.listing(shop, shop.all("ProductVariant"), args, filters, sorts, words=("sku", "title"))


@query("collections")
def collections(shop: Shop, _node: JSON, args: JSON) -> Listing:
    filters = {**lists.common(), "title": lambda c: c["title"], "handle": lambda c: c["handle"]}
    return lists.listing(shop, shop.all("Collection"), args, filters, {"TITLE": lambda c: c["title"]})


def total_inventory(shop: Shop, node: JSON) -> int:
    return sum(stock.available(shop, v) for v in variants(shop, node) if stock.item_of(shop, v)["tracked"])


PLAIN = re.compile(r"<[^>]*>")
FACTS: dict[str, Resolver] = {
    "legacyResourceId": lambda _s, p, _a: str(number_of(p["id"])),
    "totalInventory": lambda s, p, _: total_inventory(s, p),
    "tracksInventory": lambda s, p, _: any(stock.item_of(s, v)["tracked"] for v in variants(s, p)),
    "hasOnlyDefaultVariant": lambda s, p, _: [v["title"] for v in variants(s, p)] == ["Default Title"],
    "isGiftCard": lambda _s, _p, _a: False,
    "requiresSellingPlan": lambda _s, p, _a: bool(p.get("requiresSellingPlan")),
    "variantsCount": lambda s, p, _: lists.count(variants(s, p)),
    "mediaCount": lambda _s, p, _a: lists.count(p["mediaIds"]),
    "media": lambda s, p, _: media(s, p),
    "featuredMedia": lambda s, p, _: next(iter(media(s, p)), None),
    "collections": lambda s, p, _: [c for c in (s.find("Collection", i) for i in p["collectionIds"]) if c],
    "options": lambda _s, p, a: p["options"][: a.get("first")],
    "onlineStoreUrl": lambda s, p, _: _online(s, p),
    "onlineStorePreviewUrl": lambda s, p, _: s.url(f"/products_preview?preview_key={number_of(p['id'])}"),
}  # fmt: skip
for _name, _resolver in FACTS.items():
    field("Product", _name)(_resolver)


def media(shop: Shop, node: JSON) -> list[JSON]:
    return [found for text in node["mediaIds"] if (found := shop.any_of(text))]


def _online(shop: Shop, node: JSON) -> str | None:
    """Only what is live in the online store has an address there."""
    names = [_publication_name(shop, p["publicationId"]) for p in node["publications"] if is_live(shop, p)]
    shown = node["status"] in ("ACTIVE", "UNLISTED") and "Online Store" in names
    return f"{shop.store.profile['url']}/products/{node['handle']}" if shown else None


def is_live(shop: Shop, entry: JSON) -> bool:
    at = lists.moment(entry.get("publishDate"))
    return at is None or at <= shop.now()


def _publication_name(shop: Shop, text: str) -> str:
    found = shop.find("Publication", text)
    return str(found["name"]) if found else ""


@field("Product", "description")
def description(_shop: Shop, node: JSON, args: JSON) -> str:
    plain = " ".join(PLAIN.sub(" ", node["descriptionHtml"]).split())
    return plain[: args["truncateAt"]] if args.get("truncateAt") else plain


@field("Product", "category")
def category(_shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    text = node["categoryId"]
    return {"__typename": "TaxonomyCategory", "id": text, "fullName": node["categoryName"]} if text else None


@field("Product", "priceRangeV2")
def price_range(shop: Shop, node: JSON, _args: JSON) -> JSON:
    prices = [decimal(v["price"]) for v in variants(shop, node)] or [decimal(0)]
    return {
        "minVariantPrice": money(min(prices), shop.currency),
        "maxVariantPrice": money(max(prices), shop.currency),
    }


@field("Product", "variants")
def product_variants(shop: Shop, node: JSON, _args: JSON) -> Listing:
    """Of one single product up to 2,000 at once."""
    sorts = {"POSITION": lambda v: v["position"], "SKU": lambda v: v["sku"], "TITLE": lambda v: v["title"]}
    most = VARIANTS_OF_ONE if shop.path[:1] == ["product"] else 250
    return Listing(variants(shop, node), sorts, "POSITION", most)


@field("ProductOption", "values")
def option_values(_shop: Shop, node: JSON, _args: JSON) -> list[str]:
    return [value["name"] for value in node["optionValues"]]


def _product_of(shop: Shop, node: JSON) -> JSON:
    found = shop.find("Product", node["productId"])
    assert found is not None  # noqa: S101  # variants go with their product
    return found


VARIANT_FACTS: dict[str, Resolver] = {
    "legacyResourceId": lambda _s, v, _a: str(number_of(v["id"])),
    "product": lambda s, v, _: _product_of(s, v),
    "inventoryItem": lambda s, v, _: stock.item_of(s, v),
    "inventoryQuantity": lambda s, v, _: stock.available(s, v),
    "sellableOnlineQuantity": lambda s, v, _: max(0, stock.available(s, v)),
    "availableForSale": lambda s, v, _: stock.is_for_sale(s, v),
    "displayName": lambda s, v, _: f"{_product_of(s, v)['title']} - {v['title']}",
    "selectedOptions": lambda _s, v, _a: v["optionValues"],
    "availablePublicationsCount": lambda s, v, _: lists.count(_product_of(s, v)["publications"]),
}
for _name, _resolver in VARIANT_FACTS.items():
    field("ProductVariant", _name)(_resolver)


@field("Product", "availablePublicationsCount")
def publications_count(shop: Shop, node: JSON, _args: JSON) -> JSON:
    return lists.count([p for p in node["publications"] if is_live(shop, p)])


@field("Collection", "availablePublicationsCount")
def collection_publications(_shop: Shop, node: JSON, _args: JSON) -> JSON:
    return lists.count(node.get("publications", []))
