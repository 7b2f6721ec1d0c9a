"""Bodies of products, variants, inventory and collections (REST-like)."""

from typing import TYPE_CHECKING

from sandbox.shopify import stock
from sandbox.shopify.money import text
from sandbox.shopify.payloads.common import identity, number
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

VARIANTS_SHOWN = 100


def product(shop: "Shop", record: JSON) -> JSON:
    """`products/*`: the first hundred variants in full, all of them by id."""
    found = sorted(shop.where("ProductVariant", productId=record["id"]), key=lambda v: int(v["position"]))
    images = [_image(shop, record, media_id, place) for place, media_id in enumerate(record["mediaIds"], start=1)]
    return identity(record) | {
        "body_html": record["descriptionHtml"], "created_at": record["createdAt"], "handle": record["handle"],
        "product_type": record["productType"], "published_at": record["publishedAt"],
        "template_suffix": record["templateSuffix"], "title": record["title"], "updated_at": record["updatedAt"],
        "vendor": record["vendor"], "status": record["status"].lower(), "published_scope": "web",
        "tags": ", ".join(record["tags"]), "variants": [_variant(shop, v) for v in found[:VARIANTS_SHOWN]],
        "options": [_option(record, option) for option in record["options"]], "images": images,
        "image": images[0] if images else None, "media": [],
        "variant_gids": [{"admin_graphql_api_id": v["id"], "updated_at": v["updatedAt"]} for v in found],
        "has_variants_that_requires_components": False,
        "category": {"admin_graphql_api_id": record["categoryId"], "full_name": record["categoryName"]}
        if record["categoryId"] else None,
    }  # fmt: skip


def _variant(shop: "Shop", record: JSON) -> JSON:
    values = [option["value"] for option in record["optionValues"]] + [None, None, None]
    quantity = stock.available(shop, record)
    return identity(record) | {
        "barcode": record["barcode"],
        "compare_at_price": text(record["compareAtPrice"]) if record["compareAtPrice"] else None,
        "created_at": record["createdAt"], "inventory_policy": record["inventoryPolicy"].lower(),
        "position": record["position"], "price": text(record["price"]), "product_id": number(record["productId"]),
        "sku": record["sku"], "taxable": record["taxable"], "title": record["title"],
        "updated_at": record["updatedAt"], "option1": values[0], "option2": values[1], "option3": values[2],
        "image_id": None, "inventory_item_id": number(record["inventoryItemId"]), "inventory_quantity": quantity,
        "old_inventory_quantity": quantity,
    }  # fmt: skip


def variant(shop: "Shop", record: JSON) -> JSON:
    """`variants/in_stock`, `variants/out_of_stock`."""
    return {name: value for name, value in _variant(shop, record).items() if name != "inventory_item_id"}


def _option(record: JSON, option: JSON) -> JSON:
    return {
        "id": number(option["id"]), "product_id": number(record["id"]), "name": option["name"],
        "position": option["position"], "values": [value["name"] for value in option["optionValues"]],
    }  # fmt: skip


def _image(shop: "Shop", record: JSON, media_id: str, position: int) -> JSON:
    media = shop.any_of(media_id) or {}
    image = media.get("image") or {}
    return {
        "id": number(media_id), "alt": media.get("alt"), "position": position, "product_id": number(record["id"]),
        "created_at": media.get("createdAt"), "updated_at": media.get("updatedAt"),
        "admin_graphql_api_id": media_id, "width": image.get("width"), "height": image.get("height"),
        "src": image.get("url"), "variant_ids": [],
    }  # fmt: skip


def inventory_item(_shop: "Shop", record: JSON) -> JSON:
    """`inventory_items/*`."""
    return identity(record) | {
        "sku": record["sku"], "created_at": record["createdAt"], "updated_at": record["updatedAt"],
        "requires_shipping": record["requiresShipping"], "cost": record["unitCost"],
        "country_code_of_origin": record["countryCodeOfOrigin"], "province_code_of_origin": None,
        "harmonized_system_code": record["harmonizedSystemCode"], "tracked": record["tracked"],
        "country_harmonized_system_codes": [], "weight_value": 0.0, "weight_unit": "kg",
    }  # fmt: skip


def collection(_shop: "Shop", record: JSON) -> JSON:
    """`collections/*`."""
    return identity(record) | {
        "handle": record["handle"], "title": record["title"], "updated_at": record["updatedAt"], "body_html": "",
        "published_at": record["createdAt"], "sort_order": "manual", "template_suffix": None,
        "published_scope": "web",
    }  # fmt: skip
