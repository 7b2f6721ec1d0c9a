"""Friendly words for orders: a few facts in, a whole checked V2 body out."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.bigcommerce.countries import COUNTRIES, country, vat
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.order_fields import BILLING, COMMON, SHIPPING
from sandbox.bigcommerce.order_status import STATUSES
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import decimal, number

OWN = {
    "total", "currency", "status", "billing", "shipping", "items", "customer", "payment_status", "fraud_review",
    "shipping_cost", "discount", "tax_rate", "ip_country", "cart_id", "payment", "external_order_id",
    "credit_card_country",
}  # fmt: skip
ITEM = {"product_id", "variant_id", "sku", "name", "quantity", "price"}
ADDRESS_OWN = {"name"}
SOMEBODY: JSON = {
    "first_name": "Erika", "last_name": "Mustermann", "company": "", "street_1": "Heidestraße 17", "street_2": "",
    "city": "Köln", "state": "Nordrhein-Westfalen", "zip": "51147", "country_iso2": "DE", "phone": "+49 221 555 0199",
    "email": "erika.mustermann@example.com",
}  # fmt: skip


def order_body(shop: Shop, given: JSON) -> JSON:
    """The V2 body of a friendly order; status and payment are the caller's."""
    _only(given, OWN | set(COMMON) | {"billing_address", "shipping_address"}, "")
    customer = _customer(shop, given)
    billing = address(given.get("billing", given.get("billing_address", {})), _of_customer(shop, customer), "billing")
    shipping_given = given.get("shipping", given.get("shipping_address"))
    shipping = address(shipping_given, billing, "shipping") if shipping_given is not None else dict(billing)
    rate = decimal(given.get("tax_rate", vat(shipping["country_iso2"]))) / 100
    cost = decimal(given.get("shipping_cost", 0))
    body: JSON = {
        "billing_address": {n: v for n, v in billing.items() if n in BILLING},
        "shipping_addresses": [{n: v for n, v in shipping.items() if n in SHIPPING}],
        "products": _items(shop, given, rate, cost),
        "default_currency_code": str(given.get("currency", shop.store.profile["currency"])).upper(),
        "customer_id": customer["id"] if customer else 0,
        "payment_method": given.get("payment_method", "Credit Card"),
        "ip_address": given.get("ip_address", "203.0.113.24"),
        "order_source": "www",
        "shipping_cost_ex_tax": str(_without(cost, rate)),
        "shipping_cost_inc_tax": str(cost),
        "base_shipping_cost": str(_without(cost, rate)),
        "discount_amount": str(given.get("discount", "0")),
        "external_order_id": given.get("external_order_id", ""),
        **_geo(given, billing),
    }
    return body | {n: v for n, v in given.items() if n in COMMON and n not in ("customer_id", "status_id")}


def address(given: Any, base: JSON, where: str) -> JSON:
    """A whole address from a few facts. `country` may be a code or an English name, `name` is first and last name."""
    if not isinstance(given, dict):
        raise Refused(422, errors={where: "must be an object"})
    _only(given, set(BILLING) | ADDRESS_OWN, where)
    made = {n: v for n, v in base.items() if n != "form_fields"}
    elsewhere = {"country", "country_iso2"} & set(given)
    if elsewhere and not {"city", "zip"} & set(given):
        made |= {"city": "", "state": "", "zip": "", "street_1": made["street_1"]}
    made |= {n: v for n, v in given.items() if n not in ("name", "country", "country_iso2")}
    if "name" in given:
        made["first_name"], _, made["last_name"] = str(given["name"]).partition(" ")
    code = _country_code(given.get("country_iso2", given.get("country", made["country_iso2"])), where)
    return made | {"country_iso2": code, "country": country(code)}


def status_id(given: JSON, usual: int) -> int:
    """The status as id or name."""
    if "status_id" in given:
        value = given["status_id"]
        if isinstance(value, bool) or value not in STATUSES:
            raise Refused(422, errors={"status_id": f"must be one of 0 to {max(STATUSES)}"})
        return int(value)
    if "status" not in given:
        return usual
    for known, (name, _, _text) in STATUSES.items():
        if str(given["status"]).lower() == name.lower():
            return known
    raise Refused(422, errors={"status": f"must be one of {', '.join(name for name, _, _t in STATUSES.values())}"})


def _items(shop: Shop, given: JSON, rate: Decimal, cost: Decimal) -> list[JSON]:
    items = given.get("items")
    if items is None:
        rest = decimal(given.get("total", "119.00")) - cost + decimal(given.get("discount", 0))
        items = [{"name": "Assorted goods", "price": str(rest)}]
    if not isinstance(items, list) or not items:
        raise Refused(422, errors={"items": "must be an array of items"})
    lines = [_item(shop, item, rate, f"items[{n}]") for n, item in enumerate(items)]
    if "items" in given and "total" in given:
        lines = _scaled(lines, decimal(given["total"]) - cost + decimal(given.get("discount", 0)), rate)
    return lines


def _item(shop: Shop, item: Any, rate: Decimal, where: str) -> JSON:
    if not isinstance(item, dict):
        raise Refused(422, errors={where: "must be an object"})
    _only(item, ITEM, where)
    line: JSON = {"quantity": item.get("quantity", 1)}
    product = _product(shop, item, where)
    if product is not None:
        line |= product
        usual = _price(shop, product)
    else:
        line["name"] = item.get("name", "Assorted goods")
        usual = Decimal("19.90")
    price = decimal(item.get("price", usual))
    line |= {"price_inc_tax": number(price), "price_ex_tax": number(_without(price, rate))}
    return line | {n: item[n] for n in ("name", "sku") if n in item and "product_id" not in line}


def _product(shop: Shop, item: JSON, where: str) -> JSON | None:
    """product_id and variant_id of a catalogue item, found by id or SKU."""
    variant = None
    if "variant_id" in item:
        variant = shop.store.variants.get(item["variant_id"])
    elif "sku" in item and "product_id" not in item:
        variant = next((v for v in shop.store.variants.values() if v["sku"] == item["sku"]), None)
        if variant is None:
            return None
    elif "product_id" not in item:
        return None
    else:
        own = [v for v in shop.store.variants.values() if v["product_id"] == item["product_id"]]
        variant = own[0] if own else None
    if variant is None:
        raise Refused(422, errors={where: "names no product of this store"})
    return {"product_id": variant["product_id"], "variant_id": variant["id"]}


def _price(shop: Shop, ids: JSON) -> Decimal:
    listed = shop.store.variants[ids["variant_id"]]["price"]
    return decimal(shop.store.products[ids["product_id"]]["calculated_price"] if listed is None else listed)


def _scaled(lines: list[JSON], total: Decimal, rate: Decimal) -> list[JSON]:
    """The last line's price made to fit the wanted total."""
    rest = total - sum(decimal(line["price_inc_tax"]) * line["quantity"] for line in lines[:-1])
    if rest < 0:
        raise Refused(422, errors={"total": "is smaller than the items"})
    price = rest / lines[-1]["quantity"]
    lines[-1] |= {"price_inc_tax": float(price), "price_ex_tax": float(_without(price, rate))}
    return lines


def _without(amount: Decimal, rate: Decimal) -> Decimal:
    return (amount / (1 + rate)).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def _geo(given: JSON, billing: JSON) -> JSON:
    code = _country_code(given.get("ip_country", billing["country_iso2"]), "ip_country")
    return {"geoip_country": country(code), "geoip_country_iso2": code}


def _customer(shop: Shop, given: JSON) -> JSON | None:
    """By id or e-mail address; 0 or nothing is a guest."""
    wanted = given.get("customer", given.get("customer_id", 0))
    if not wanted:
        return None
    for customer in shop.store.customers.values():
        if wanted in (customer["id"], customer["email"]):
            return customer
    raise Refused(422, errors={"customer": f"there is no customer {wanted}"})


def _of_customer(shop: Shop, customer: JSON | None) -> JSON:
    if customer is None:
        return SOMEBODY
    own = next((a for a in shop.store.addresses.values() if a["customer_id"] == customer["id"]), None)
    base = SOMEBODY | {n: customer[n] for n in ("first_name", "last_name", "company", "email", "phone")}
    if own is None:
        return base
    return base | {
        "street_1": own["address1"], "street_2": own["address2"], "city": own["city"],
        "state": own["state_or_province"], "zip": own["postal_code"], "country_iso2": own["country_code"],
    }  # fmt: skip


def _country_code(text: Any, where: str) -> str:
    wanted = str(text).strip()
    for code, (name, _) in COUNTRIES.items():
        if wanted.lower() in (code.lower(), name.lower()):
            return code
    raise Refused(422, errors={f"{where}.country": f"'{text}' is no country known here"})


def _only(given: JSON, known: set[str], where: str) -> None:
    strange = sorted(set(given) - known)
    if strange:
        prefix = f"{where}." if where else ""
        raise Refused(422, errors={prefix + name: "is not known" for name in strange})
