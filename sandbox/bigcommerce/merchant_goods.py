"""Friendly products, customers, carts, pages, promotions, price lists and the store itself."""

from typing import Any

from sandbox.bigcommerce import (
    addresses,
    carts,
    customers,
    groups,
    pages,
    price_lists,
    price_records,
    product_making,
    products,
    promotions,
)
from sandbox.bigcommerce.countries import country
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import Field, Fields, check
from sandbox.bigcommerce.product_fields import CREATE as PRODUCT_CREATE
from sandbox.bigcommerce.product_fields import UPDATE as PRODUCT_UPDATE
from sandbox.bigcommerce.promotion_fields import CREATE as PROMOTION_CREATE
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON

CART: Fields = {
    "customer_id": Field("integer", least=0),
    "email": Field("string"),
    "currency": Field("string", least=3, most=3),
    "channel_id": Field("integer"),
    "items": Field(
        "array",
        required=True,
        least=1,
        of={
            "product_id": Field("integer", always=True),
            "variant_id": Field("integer"),
            "quantity": Field("integer", least=1),
        },
    ),
}
CART_PATCH: Fields = {"items": CART["items"], "abandoned": Field("boolean"), "email": CART["email"]}
ASSIGNMENT: Fields = {"customer_group_id": Field("integer"), "channel_id": Field("integer")}
PRICE_LIST: Fields = {
    **price_lists.FIELDS,
    "records": Field("array", of=price_records.RECORD),
    "assignments": Field("array", of=ASSIGNMENT),
}
STORE_TEXTS = (
    "name", "first_name", "last_name", "address", "country", "country_code", "phone", "admin_email", "order_email",
    "domain", "secure_url", "currency", "status", "language", "plan_name", "plan_level",
)  # fmt: skip
STORE: Fields = {**{name: Field("string") for name in STORE_TEXTS}, "timezone": Field("object")}
SWITCHES = {"b2b_edition": "b2b", "company_credit": "b2b_credit"}  # what a store has beside its profile
EVERYTHING = frozenset({"images", "custom_fields", "variants", "options", "channels", "bulk_pricing_rules", "videos"})


def create_product(shop: Shop, given: JSON) -> JSON:
    count = len(shop.store.products) + 1
    usual = {"name": f"Product {count}", "type": "physical", "weight": 1, "price": 19.9}
    product, failed = product_making.create(shop, check(usual | given, PRODUCT_CREATE, "v3", creating=True))
    if failed:
        raise Refused(422, errors=failed)
    return get_product(shop, product["id"])


def patch_product(shop: Shop, number: Any, given: JSON) -> JSON:
    product = _known(shop.store.products, number, "product")
    _, failed = product_making.change(shop, product, check(given, PRODUCT_UPDATE, "v3", creating=False))
    if failed:
        raise Refused(422, errors=failed)
    return get_product(shop, product["id"])


def get_product(shop: Shop, number: Any) -> JSON:
    product = _known(shop.store.products, number, "product")
    own = [
        m
        for m in shop.store.metafields.values()
        if (m["resource_type"], m["resource_id"]) == ("product", product["id"])
    ]
    return products.shown(shop, product, EVERYTHING) | {"metafields": own}


def list_products(shop: Shop) -> list[JSON]:
    return [products.shown(shop, p, frozenset({"images"})) for p in shop.store.products.values()]


def delete_product(shop: Shop, number: Any) -> None:
    product_making.delete(shop, _known(shop.store.products, number, "product")["id"])


def create_customer(shop: Shop, given: JSON) -> JSON:
    """`country` alone makes an address; a group may be named by id or name (`group`)."""
    given, where = dict(given), given.get("country")
    given.pop("country", None)
    count = len(shop.store.customers) + 1
    body: JSON = {"first_name": "Erika", "last_name": "Mustermann", "email": f"customer{count}@example.com"}
    body |= _grouped(shop, given)
    if where is not None:
        name = {n: body[n] for n in ("first_name", "last_name")}
        body.setdefault("addresses", [{**name, "address1": "Hauptstraße 1", "city": "Stadt", "country_code": where}])
    made = customers.create(shop, [check(body, customers.CREATE, "v3", creating=True)])
    return get_customer(shop, made[0]["id"])


def patch_customer(shop: Shop, number: Any, given: JSON) -> JSON:
    """Plain fields, `group`, and `attributes` {name: value} as the control panel sets them (which sends an event)."""
    customer = _known(shop.store.customers, number, "customer")
    attributes = given.pop("attributes", {})
    if not isinstance(attributes, dict):
        raise Refused(422, errors={"attributes": "must be an object of names and values"})
    body = check(_grouped(shop, given) | {"id": customer["id"]}, customers.UPDATE, "v3", creating=False)
    for name, value in attributes.items():
        known = next((a for a in shop.store.attributes.values() if a["name"] == name), None)
        if known is None:
            raise Refused(422, errors={f"attributes.{name}": "is no attribute of this store"})
        addresses.set_attribute(shop, customer["id"], known["id"], str(value))
    customers.update(shop, [body])
    return get_customer(shop, customer["id"])


def get_customer(shop: Shop, number: Any) -> JSON:
    customer = _known(shop.store.customers, number, "customer")
    return customers.shown(shop, customer, {"addresses", "storecredit", "attributes", "formfields"})


def list_customers(shop: Shop) -> list[JSON]:
    return [customers.shown(shop, c, {"addresses"}) for c in shop.store.customers.values()]


def delete_customer(shop: Shop, number: Any) -> None:
    customers.delete(shop, _known(shop.store.customers, number, "customer")["id"])


def create_group(shop: Shop, given: JSON) -> JSON:
    return groups.create(shop, check(given, groups.FIELDS, "v3", creating=True))


def get_group(shop: Shop, number: Any) -> JSON:
    return _known(shop.store.groups, number, "customer group")


def list_groups(shop: Shop) -> list[JSON]:
    return list(shop.store.groups.values())


def create_cart(shop: Shop, given: JSON) -> JSON:
    body = check(given, CART, "v3", creating=True)
    customer = shop.store.customers.get(body.get("customer_id", 0))
    if body.get("customer_id") and customer is None:
        raise Refused(422, errors={"customer_id": "does not exist"})
    email = str(body.get("email") or (customer or {}).get("email", ""))
    currency = str(body.get("currency") or shop.store.profile["currency"])
    return carts.create(shop, body.get("customer_id", 0), email, body["items"], currency, body.get("channel_id", 1))


def patch_cart(shop: Shop, number: Any, given: JSON) -> JSON:
    """`items` replaces the items; `abandoned: true` is an hour without a change."""
    cart = get_cart(shop, number)
    body = check(given, CART_PATCH, "v3", creating=False)
    if "email" in body:
        cart["email"] = body["email"]
    if "items" in body:
        carts.fill(shop, cart, body["items"])
    if {"items", "email"} & set(body):
        shop.emit("store/cart/updated", {"type": "cart", "id": cart["id"]})
    if body.get("abandoned"):
        carts.abandon(shop, cart)
    return cart


def get_cart(shop: Shop, number: Any) -> JSON:
    cart = shop.store.carts.get(str(number))
    if cart is None:
        raise Refused(404, errors={"id": f"there is no cart {number}"})
    return cart


def list_carts(shop: Shop) -> list[JSON]:
    return list(shop.store.carts.values())


def delete_cart(shop: Shop, number: Any) -> None:
    carts.delete(shop, get_cart(shop, number)["id"])


def create_page(shop: Shop, given: JSON) -> JSON:
    usual = {"name": f"Page {len(shop.store.pages) + 1}", "type": "page"}
    return pages.create(shop, usual | given)


def patch_page(shop: Shop, number: Any, given: JSON) -> JSON:
    page = get_page(shop, number)
    pages.change(shop, page, given)
    return page


def get_page(shop: Shop, number: Any) -> JSON:
    return _known(shop.store.pages, number, "page")


def list_pages(shop: Shop) -> list[JSON]:
    return list(shop.store.pages.values())


def delete_page(shop: Shop, number: Any) -> None:
    pages.delete(shop, get_page(shop, number)["id"])


def create_promotion(shop: Shop, given: JSON) -> JSON:
    """Ten percent off everything, automatically, unless said otherwise."""
    rule = {"action": {"cart_value": {"discount": {"percentage_amount": "10"}}}, "apply_once": True}
    count = len(shop.store.promotions) + 1
    usual = {"name": f"Promotion {count}", "redemption_type": "AUTOMATIC", "rules": [rule]}
    made = promotions.create(shop, check(usual | given, PROMOTION_CREATE, "v3", creating=True))
    return promotions.shown(made)


def patch_promotion(shop: Shop, number: Any, given: JSON) -> JSON:
    promotion = _known(shop.store.promotions, number, "promotion")
    promotions.change(shop, promotion, check(given, promotions.UPDATE, "v3", creating=False))
    return promotions.shown(promotion)


def get_promotion(shop: Shop, number: Any) -> JSON:
    return promotions.shown(_known(shop.store.promotions, number, "promotion"))


def list_promotions(shop: Shop) -> list[JSON]:
    return [promotions.shown(p) for p in shop.store.promotions.values()]


def delete_promotion(shop: Shop, number: Any) -> None:
    del shop.store.promotions[_known(shop.store.promotions, number, "promotion")["id"]]


def create_price_list(shop: Shop, given: JSON) -> JSON:
    """With `records` and `assignments` if given."""
    usual = {"name": f"Price list {len(shop.store.price_lists) + 1}"}
    body = check(usual | given, PRICE_LIST, "v3", creating=True)
    made = price_lists.create(shop, {n: v for n, v in body.items() if n in price_lists.FIELDS})
    try:
        return _fill(shop, made, body)
    except Refused:
        price_lists.forget(shop, made["id"])
        raise


def patch_price_list(shop: Shop, number: Any, given: JSON) -> JSON:
    price_list = _known(shop.store.price_lists, number, "price list")
    body = check(given, PRICE_LIST, "v3", creating=False)
    plain = {n: v for n, v in body.items() if n in price_lists.FIELDS}
    if plain:
        price_lists.change(shop, price_list, plain)
    return _fill(shop, price_list, body)


def get_price_list(shop: Shop, number: Any) -> JSON:
    price_list = _known(shop.store.price_lists, number, "price list")
    key = price_list["id"]
    return price_list | {
        "records": [r for k, r in shop.store.price_records.items() if k[0] == key],
        "assignments": [a for a in shop.store.price_assignments.values() if a["price_list_id"] == key],
    }


def list_price_lists(shop: Shop) -> list[JSON]:
    return list(shop.store.price_lists.values())


def delete_price_list(shop: Shop, number: Any) -> None:
    key = _known(shop.store.price_lists, number, "price list")["id"]
    price_lists.forget(shop, key)
    shop.emit("store/priceList/deleted", {"price_list_id": key})


def get_metafield(shop: Shop, number: Any) -> JSON:
    return _known(shop.store.metafields, number, "metafield")


def list_metafields(shop: Shop) -> list[JSON]:
    return list(shop.store.metafields.values())


def get_store(shop: Shop, number: Any) -> JSON:
    del number
    return shop.store.profile


def patch_store(shop: Shop, number: Any, given: JSON) -> JSON:
    """The profile, and whether the store has B2B Edition and its company credit."""
    switches = {n: given.pop(n) for n in SWITCHES if n in given}
    check(switches, dict.fromkeys(SWITCHES, Field("boolean")), "v3", creating=False)
    for name, value in switches.items():
        setattr(shop.store, SWITCHES[name], value)
    body = check(given, STORE, "v3", creating=False)
    if switches and not body:
        return get_store(shop, number)
    if "country_code" in body:
        body.setdefault("country", country(body["country_code"]))
    shop.store.profile |= body
    shop.emit("store/information/updated", {"type": "store"})
    return get_store(shop, number)


def _fill(shop: Shop, price_list: JSON, body: JSON) -> JSON:
    if body.get("records"):
        price_records.put(shop, price_list["id"], body["records"])
    for entry in body.get("assignments", []):
        price_lists.assign(shop, price_list["id"], entry.get("customer_group_id"), entry.get("channel_id"))
    return get_price_list(shop, price_list["id"])


def _grouped(shop: Shop, given: JSON) -> JSON:
    given = dict(given)
    if "group" in given:
        wanted = given.pop("group")
        found = next((g for g in shop.store.groups.values() if wanted in (g["id"], g["name"])), None)
        if found is None:
            raise Refused(422, errors={"group": f"there is no customer group {wanted}"})
        given["customer_group_id"] = found["id"]
    return given


def _known(parts: dict[int, JSON], number: Any, kind: str) -> JSON:
    found = parts.get(int(number)) if str(number).isdigit() else None
    if found is None:
        raise Refused(404, errors={"id": f"there is no {kind} {number}"})
    return found
