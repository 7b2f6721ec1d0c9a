"""Fills a fresh store with the demo's goods, people and orders, the way the API would, but silently and in the past."""

from dataclasses import replace
from datetime import timedelta

from sandbox.bigcommerce import (
    addresses,
    carts,
    channels,
    customers,
    groups,
    images,
    merchant_orders,
    pages,
    price_lists,
    price_records,
    product_making,
    promotions,
    seed_data,
    shipments,
)
from sandbox.bigcommerce.pictures import picture
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import zulu

SECOND_CHANNEL = 667159
SHIPPED_ALL, SHIPPED_SOME = (2, 10), (3,)


def fill(shop: Shop) -> None:
    """`shop` is muted. Everything is dated before its present time."""
    start = replace(shop, at=shop.now() - timedelta(days=60))
    _channels(start)
    _people(start)
    _products(start)
    _content(start)
    for hours, order in seed_data.ORDERS:
        _order(replace(shop, at=shop.now() - timedelta(hours=hours)), order)
    for number, message in seed_data.MESSAGES:
        merchant_orders.create_message(
            replace(shop, at=shop.now() - timedelta(hours=50)), {"order_id": number, **message}
        )
    jacket = next(p["id"] for p in shop.store.products.values() if p["sku"] == "NW-JKT-3L")
    first = shop.store.customers[1]
    carts.create(shop, first["id"], first["email"], [{"product_id": jacket, "quantity": 1}], "EUR", 1)


def _channels(shop: Shop) -> None:
    at = zulu(shop.now())
    shop.store.channels.clear()
    channels.make(shop, 1, "Northwind Outfitters", "storefront", "bigcommerce", at)
    channels.make(shop, SECOND_CHANNEL, "Northwind B2B", "storefront", "bigcommerce", at)


def _people(shop: Shop) -> None:
    for group in seed_data.GROUPS:
        groups.create(shop, group)
    for attribute in seed_data.ATTRIBUTES:
        number, at = shop.store.next("attribute"), zulu(shop.now())
        shop.store.attributes[number] = {"id": number, **attribute, "date_created": at, "date_modified": at}
    numbers = {group["name"]: group["id"] for group in shop.store.groups.values()}
    for first, last, company, email, group_name, street, city, state, code, land in seed_data.CUSTOMERS:
        (customer,) = customers.create(shop, [{
            "first_name": first, "last_name": last, "company": company, "email": email, "phone": "+49 40 555 0123",
            "customer_group_id": numbers[group_name],
        }])  # fmt: skip
        addresses.create(shop, customer["id"], {
            "first_name": first, "last_name": last, "company": company, "address1": street, "city": city,
            "state_or_province": state, "postal_code": code, "country_code": land,
            "address_type": "commercial" if company else "residential",
        })  # fmt: skip


def _products(shop: Shop) -> None:
    for entry in seed_data.PRODUCTS:
        own = {n: v for n, v in entry.items() if n not in ("colour", "sizes")}
        body: JSON = {"type": "physical", "inventory_tracking": "product", "inventory_level": 60, **own}
        if entry.get("type") == "digital":
            body |= {"inventory_tracking": "none", "inventory_level": 0}
        if "sizes" in entry:
            body |= {"inventory_tracking": "variant", "variants": _variants(entry)}
        body["search_keywords"] = f"outdoor, {entry['sku'].lower()}"
        body["meta_description"] = f"{entry['name']} from Northwind Outfitters, Hamburg."
        body["custom_fields"] = [{"name": n, "value": v} for n, v in seed_data.CUSTOM_FIELDS.get(entry["sku"], ())]
        product, _ = product_making.create(shop, body)
        for view in range(2 if "sizes" in entry else 1):
            data = picture(entry["sku"].split("-")[1], entry["colour"], view)
            about = {"description": entry["name"], "is_thumbnail": view == 0, "sort_order": view}
            images.add(shop, product, about, (f"{entry['sku'].lower()}-{view + 1}.png", data))


def _variants(entry: JSON) -> list[JSON]:
    return [
        {
            "sku": f"{entry['sku']}-{size.replace(' ', '')}",
            "option_values": [{"option_display_name": "Size", "label": size}],
            "inventory_level": 12 + 4 * place,
            "price": entry["price"] + (15 * place if "m" in size else 0),
        }
        for place, size in enumerate(entry["sizes"])
    ]


def _content(shop: Shop) -> None:
    for page in seed_data.PAGES:
        pages.create(shop, page)
    for promotion in seed_data.PROMOTIONS:
        made = promotions.create(shop, promotion)
        if made["redemption_type"] == "COUPON":
            promotions.add_code(shop, made, {"code": "PARTNER25", "max_uses": 100})
    wholesale = next(g["id"] for g in shop.store.groups.values() if g["name"] == "Expedition partners")
    prices = price_lists.create(shop, {"name": "Expedition partners 2026"})
    records = [
        {"sku": v["sku"], "currency": "EUR", "price": round(v["price"] * 0.85, 2)}
        for v in shop.store.variants.values()
        if v["price"] is not None
    ]
    price_records.put(shop, prices["id"], records)
    price_lists.assign(shop, prices["id"], wholesale, 1)


def _order(shop: Shop, given: JSON) -> None:
    items = [_item(shop, sku, count) for sku, count in given["items"]]
    cost = {} if all(sku == "NW-EBOOK-LOF" for sku, _ in given["items"]) else {"shipping_cost": "6.90"}
    order = merchant_orders.create(shop, {**cost, **given, "items": items})
    if order["status_id"] in (*SHIPPED_ALL, *SHIPPED_SOME):
        _ship(shop, order, some=order["status_id"] in SHIPPED_SOME)


def _ship(shop: Shop, order: JSON, *, some: bool) -> None:
    lines = [line for line in order["products"] if line["type"] == "physical"]
    if not lines:
        return
    later, record = replace(shop, at=shop.now() + timedelta(hours=3)), shop.store.orders[order["id"]]
    items = [{"order_product_id": x["id"], "quantity": x["quantity"]} for x in (lines[:1] if some else lines)]
    tracking = f"DE{order['id']:09d}"
    body = {"order_address_id": lines[0]["order_address_id"], "items": items, "tracking_number": tracking}
    shipments.create(later, record, body | {"shipping_provider": "ups"})
    record |= {"status_id": order["status_id"], "status": order["status"], "custom_status": order["custom_status"]}


def _item(shop: Shop, sku: str, count: int) -> JSON:
    product = next(p for p in shop.store.products.values() if p["sku"] == sku)
    return {"product_id": product["id"], "quantity": count}
