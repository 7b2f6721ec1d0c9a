"""Making an order and its lines and addresses, and adding them up."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from sandbox.bigcommerce import order_status
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.order_fields import ADDRESS
from sandbox.bigcommerce.undo import whole_or_nothing
from sandbox.bigcommerce.wire import decimal, money, rfc2822, when

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop
    from sandbox.bigcommerce.state import JSON, Store

CARTS = UUID("5d3f3a52-90a1-4d2e-a3f6-bc0000000001")
CURRENCIES = {"USD": 1, "EUR": 2, "GBP": 3, "CHF": 4, "JPY": 5, "CAD": 6, "AUD": 7}
PAIRS = ("shipping_cost", "handling_cost", "wrapping_cost", "subtotal", "total")
MONEY = (
    "base_handling_cost", "base_shipping_cost", "base_wrapping_cost", "discount_amount",
    *(f"{name}_{side}_tax" for name in PAIRS for side in ("ex", "inc")),
)  # fmt: skip
NONE = money(0)
PARTS = ("order_lines", "order_addresses", "order_fees")
TOTALS = tuple(f"{pair}_{side}_tax" for pair in ("subtotal", "total") for side in ("ex", "inc"))


def create(shop: "Shop", body: "JSON") -> "JSON":
    """A new order from a checked V2 body: stored, added up, announced."""
    _check_people(shop.store, body)
    order = _blank(shop, body)
    with whole_or_nothing(shop.store, "order_id", order["id"], "orders", *PARTS):
        shop.store.orders[order["id"]] = order
        billing = {n: v for n, v in body["billing_address"].items() if n in ADDRESS}
        made = [add_address(shop, order, address) for address in body.get("shipping_addresses") or [billing]]
        for line in body["products"]:
            add_line(shop, order, made[0], line)
        set_fees(shop, order, body.get("fees", []))
        take_over(order, {n: v for n, v in body.items() if n not in TOTALS})
        add_up(shop.store, order)
        take_over(order, {n: v for n, v in body.items() if n in TOTALS})
    order_status.tell(shop, order, "created")
    return order


def lines_of(store: "Store", order_id: int) -> "list[JSON]":
    return [line for line in store.order_lines.values() if line["order_id"] == order_id]


def addresses_of(store: "Store", order_id: int) -> "list[JSON]":
    return [address for address in store.order_addresses.values() if address["order_id"] == order_id]


def take_over(order: "JSON", body: "JSON") -> None:
    """Plain fields of a checked body into the order."""
    for name in TOTALS:
        other = name.replace("_ex_", "_inc_") if "_ex_" in name else name.replace("_inc_", "_ex_")
        if name in body and other not in body:
            raise Refused(400, errors={name: f"The field '{name}' can only be set together with '{other}'."})
    if "external_merchant_id" in body and order["external_merchant_id"] not in (
        None,
        body["external_merchant_id"],
    ):
        raise Refused(400, errors={"external_merchant_id": "The field 'external_merchant_id' can be set only once."})
    special = {"products", "shipping_addresses", "billing_address", "fees", "status_id", "is_deleted"}
    for name, value in body.items():
        if name == "date_created":
            order[name] = rfc2822(when(value, name))
        elif name not in special:
            order[name] = money(value) if name in MONEY else value
    if "billing_address" in body:
        order["billing_address"] |= body["billing_address"]
    _taxes(order)


def add_address(shop: "Shop", order: "JSON", given: "JSON") -> "JSON":
    number = shop.store.next("order_address")
    base = f"/orders/{order['id']}/shippingaddresses/{number}/shippingquotes"
    costs = {f"{kind}_{side}": NONE for kind in ("cost", "handling_cost") for side in ("ex_tax", "inc_tax", "tax")}
    address: JSON = {
        "id": number, "order_id": order["id"],
        **{name: given.get(name, "") for name in ADDRESS},
        "items_total": 0, "items_shipped": 0,
        "shipping_method": given.get("shipping_method", "None"),
        "base_cost": NONE, "cost_tax_class_id": 0, "base_handling_cost": NONE, "handling_cost_tax_class_id": 0,
        **costs,
        "shipping_zone_id": 1, "shipping_zone_name": given.get("country", ""),
        "shipping_quotes": {"url": shop.api_url(f"/v2{base}"), "resource": base},
        "form_fields": [],
    }  # fmt: skip
    shop.store.order_addresses[number] = address
    return address


def add_line(shop: "Shop", order: "JSON", address: "JSON", given: "JSON") -> "JSON":
    """A line of a catalogue product or variant, or a custom line with name and both prices."""
    product, variant = _ordered(shop.store, given)
    price_ex, price_inc = _prices(given, product, variant)
    name = given.get("name") or product["name"]
    number = shop.store.next("order_line")
    digital, cost = product.get("type") == "digital", money(product.get("cost_price", 0))
    line: JSON = {
        "id": number, "order_id": order["id"], "product_id": product.get("id", 0),
        "variant_id": (variant or {}).get("id", 0), "order_pickup_method_id": 0,
        "order_address_id": 0 if digital else address["id"],
        "name": name, "name_customer": given.get("name_customer", name),
        "name_merchant": given.get("name_merchant", name),
        "sku": given.get("sku") or (variant or product).get("sku", ""),
        "upc": given.get("upc") or (variant or product).get("upc", ""),
        "type": "digital" if digital else "physical",
        "base_price": money(price_ex), "price_ex_tax": money(price_ex), "price_inc_tax": money(price_inc),
        "price_tax": money(price_inc - price_ex), "quantity": given.get("quantity", 1),
        **dict.fromkeys(("base_cost_price", "cost_price_inc_tax", "cost_price_ex_tax"), cost), "cost_price_tax": NONE,
        **{side: money(product.get(side, 0)) for side in ("weight", "width", "height", "depth")},
        "is_refunded": False, "quantity_refunded": 0, "refund_amount": NONE, "return_id": 0,
        "wrapping_id": given.get("wrapping_id", 0), "wrapping_name": given.get("wrapping_name", ""),
        "base_wrapping_cost": NONE, "wrapping_cost_ex_tax": money(given.get("wrapping_cost_ex_tax", 0)),
        "wrapping_cost_inc_tax": money(given.get("wrapping_cost_inc_tax", 0)), "wrapping_cost_tax": NONE,
        "wrapping_message": given.get("wrapping_message", ""), "quantity_shipped": 0,
        "event_name": None, "event_date": None,
        "fixed_shipping_cost": money(product.get("fixed_cost_shipping_price", 0)),
        "ebay_item_id": "", "ebay_transaction_id": "", "option_set_id": None, "parent_order_product_id": None,
        "is_bundled_product": False, "bin_picking_number": product.get("bin_picking_number", ""), "external_id": None,
        "brand": shop.store.brands.get(product.get("brand_id", 0), ""), "gift_certificate_id": None,
        "applied_discounts": [], "product_options": _options(number, variant), "configurable_fields": [],
    }  # fmt: skip
    shop.store.order_lines[number] = line
    price_line(line)
    return line


def price_line(line: "JSON") -> None:
    """Totals of a line from its prices and quantity."""
    count = line["quantity"]
    ex, inc = decimal(line["price_ex_tax"]) * count, decimal(line["price_inc_tax"]) * count
    line |= {
        "base_total": money(ex),
        "total_ex_tax": money(ex),
        "total_inc_tax": money(inc),
        "total_tax": money(inc - ex),
    }
    line["discounted_total_inc_tax"] = money(inc - sum(decimal(d["amount"]) for d in line["applied_discounts"]))


def set_fees(shop: "Shop", order: "JSON", fees: "list[JSON]") -> None:
    """Fees are replaced whole."""
    shop.store.order_fees[order["id"]] = [
        {
            "id": shop.store.next("order_fee"), "type": "custom_fee",
            "display_name_customer": fee.get("display_name_customer", ""),
            "display_name_merchant": fee.get("display_name_merchant", ""), "source": fee.get("source", ""),
            "base_cost": money(fee.get("base_cost", fee.get("cost_ex_tax", 0))),
            "cost_ex_tax": money(fee.get("cost_ex_tax", 0)), "cost_inc_tax": money(fee.get("cost_inc_tax", 0)),
            "cost_tax": money(decimal(fee.get("cost_inc_tax", 0)) - decimal(fee.get("cost_ex_tax", 0))),
            "tax_class_id": fee.get("tax_class_id"),
        }
        for fee in fees
    ]  # fmt: skip


def add_up(store: "Store", order: "JSON") -> None:
    """Item counts and totals from lines, shipping, handling, fees and discounts."""
    lines, fees = lines_of(store, order["id"]), store.order_fees.get(order["id"], [])
    order["items_total"] = sum(line["quantity"] for line in lines)
    order["order_is_digital"] = bool(lines) and all(line["type"] == "digital" for line in lines)
    for address in addresses_of(store, order["id"]):
        address["items_total"] = sum(x["quantity"] for x in lines if x["order_address_id"] == address["id"])
        address["items_shipped"] = sum(x["quantity_shipped"] for x in lines if x["order_address_id"] == address["id"])
    less = sum(decimal(order[name]) for name in ("discount_amount", "coupon_discount"))
    for side in ("ex", "inc"):
        subtotal = sum((decimal(line[f"total_{side}_tax"]) for line in lines), Decimal(0))
        costs = [decimal(order[f"{kind}_cost_{side}_tax"]) for kind in ("shipping", "handling", "wrapping")]
        extra = sum(decimal(fee[f"cost_{side}_tax"]) for fee in fees)
        order[f"subtotal_{side}_tax"] = money(subtotal)
        order[f"total_{side}_tax"] = money(max(Decimal(0), subtotal + sum(costs) + extra - less))
    _taxes(order)


def _taxes(order: "JSON") -> None:
    for pair in PAIRS:
        order[f"{pair}_tax"] = money(decimal(order[f"{pair}_inc_tax"]) - decimal(order[f"{pair}_ex_tax"]))


def _check_people(store: "Store", body: "JSON") -> None:
    customer = body.get("customer_id", 0)
    if customer and customer not in store.customers:
        raise Refused(400, errors={"customer_id": "The field 'customer_id' is invalid."})
    if body.get("channel_id", 1) not in store.channels:
        raise Refused(400, errors={"channel_id": "The field 'channel_id' is invalid."})
    if body.get("default_currency_code", "USD") not in CURRENCIES:
        raise Refused(400, errors={"default_currency_code": "The field 'default_currency_code' is invalid."})


def _ordered(store: "Store", given: "JSON") -> "tuple[JSON, JSON | None]":
    """(product, variant) of a line; an empty product for a custom line."""
    variant = store.variants.get(given.get("variant_id", 0))
    number = given.get("product_id") or (variant or {}).get("product_id", 0)
    if not number:
        wanted = ("name", "price_ex_tax", "price_inc_tax")
        lacking = {n: f"The required field 'products.{n}' was not supplied." for n in wanted if n not in given}
        if lacking:
            raise Refused(400, errors=lacking)
        return {}, None
    product = store.products.get(number)
    if product is None or (variant is not None and variant["product_id"] != number):
        raise Refused(400, errors={"products": f"The product {number} or its variant does not exist."})
    return product, variant


def _prices(given: "JSON", product: "JSON", variant: "JSON | None") -> tuple[Decimal, Decimal]:
    listed = (variant or {}).get("price")
    price = decimal(product.get("calculated_price", 0) if listed is None else listed)
    ex, inc = given.get("price_ex_tax"), given.get("price_inc_tax")
    if (ex is None) != (inc is None):
        raise Refused(400, errors={"products": "price_ex_tax and price_inc_tax must be set together."})
    return (price, price) if ex is None else (decimal(ex), decimal(inc))


def _options(line_id: int, variant: "JSON | None") -> "list[JSON]":
    return [
        {
            "id": line_id * 10 + n, "option_id": value["option_id"], "order_product_id": line_id,
            "product_option_id": value["option_id"], "value": str(value["id"]), "type": "Multiple choice",
            "name": value["option_display_name"], "display_style": "Rectangle",
            **{f"display_name{end}": value["option_display_name"] for end in ("", "_customer", "_merchant")},
            **{f"display_value{end}": value["label"] for end in ("", "_customer", "_merchant")},
        }
        for n, value in enumerate((variant or {}).get("option_values", []))
    ]  # fmt: skip


def _blank(shop: "Shop", body: "JSON") -> "JSON":
    number = shop.store.next("order", 100)
    currency = str(body.get("default_currency_code") or shop.store.profile["currency"])
    status_id = body.get("status_id", 1)
    at = rfc2822(shop.now())

    def link(name: str) -> "JSON":
        path = f"/orders/{number}/{name}"
        return {"url": shop.api_url(f"/v2{path}"), "resource": path}

    order: dict[str, Any] = {
        "id": number, "customer_id": 0, "date_created": at, "date_modified": at, "date_shipped": "",
        "status_id": status_id, "status": order_status.STATUSES[status_id][0],
        "custom_status": order_status.label(shop.store, status_id),
        **dict.fromkeys(MONEY, NONE), **{f"{pair}_tax": NONE for pair in PAIRS},
        "shipping_cost_tax_class_id": 2, "handling_cost_tax_class_id": 2, "wrapping_cost_tax_class_id": 3,
        "is_tax_inclusive_pricing": False, "items_total": 0, "items_shipped": 0, "payment_method": "",
        "payment_provider_id": "", "payment_status": "", "refunded_amount": NONE, "order_is_digital": False,
        "store_credit_amount": NONE, "gift_certificate_amount": NONE, "ip_address": "", "ip_address_v6": "",
        "geoip_country": "", "geoip_country_iso2": "", "currency_id": CURRENCIES[currency], "currency_code": currency,
        "currency_exchange_rate": "1.0000000000", "default_currency_id": CURRENCIES[currency],
        "default_currency_code": currency, "staff_notes": "", "customer_message": "", "coupon_discount": NONE,
        "shipping_address_count": len(body.get("shipping_addresses", [])) or 1, "is_deleted": False,
        "ebay_order_id": "0", "cart_id": str(uuid5(CARTS, f"{shop.store.hash}/{number}")),
        "billing_address": {**dict.fromkeys(ADDRESS, ""), "form_fields": []},
        "is_email_opt_in": False, "credit_card_type": None, "order_source": "external", "channel_id": 1,
        "external_source": None, "external_id": None, "external_merchant_id": None, "external_order_id": "",
        "tax_provider_id": "BasicTaxProvider", "customer_locale": "en",
        "store_default_currency_code": shop.store.profile["currency"],
        "store_default_to_transactional_exchange_rate": "1.0000000000",
        "products": link("products"), "shipping_addresses": link("shippingaddresses"), "coupons": link("coupons"),
        "fees": link("fees"), "consignments": link("consignments"),
    }  # fmt: skip
    return order
