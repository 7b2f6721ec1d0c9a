"""What belongs to an order: lines, addresses, consignments, coupons, taxes, fees, messages (all V2)."""

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.bigcommerce import order_making, order_status
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import check
from sandbox.bigcommerce.order_fields import SHIPPING_UPDATE
from sandbox.bigcommerce.scopes import ORDERS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import decimal, flag, money, v2_page, when, whole
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

PAGE = ("page", "limit")
MESSAGE_FILTERS = (
    "min_id",
    "max_id",
    "customer_id",
    "min_date_created",
    "max_date_created",
    "is_flagged",
    "status",
)


def routes(api: "BigCommerce") -> None:
    one = "/orders/<int:order_id>"
    api.v2("GET", f"{one}/products", ORDERS, list_lines)
    api.v2("GET", f"{one}/products/<int:line_id>", ORDERS, show_line)
    for name in ("shipping_addresses", "shippingaddresses"):
        api.v2("GET", f"{one}/{name}", ORDERS, list_addresses)
        api.v2("GET", f"{one}/{name}/<int:address_id>", ORDERS, show_address)
        api.v2("PUT", f"{one}/{name}/<int:address_id>", ORDERS, update_address)
    api.v2("GET", f"{one}/consignments", ORDERS, show_consignments)
    api.v2("GET", f"{one}/coupons", ORDERS, list_coupons)
    api.v2("GET", f"{one}/taxes", ORDERS, list_taxes)
    api.v2("GET", f"{one}/fees", ORDERS, list_fees)
    api.v2("GET", f"{one}/messages", ORDERS, list_messages)


def list_lines(shop: Shop, call: Call, order_id: int) -> Response:
    only(call, PAGE, 400)
    _order(shop, order_id)
    return v2_page(call, order_making.lines_of(shop.store, order_id))


def show_line(shop: Shop, call: Call, order_id: int, line_id: int) -> Response:
    """By order product id, as everything else addresses a line."""
    only(call, (), 400)
    return json_response(_part(shop.store.order_lines, order_id, line_id))


def list_addresses(shop: Shop, call: Call, order_id: int) -> Response:
    only(call, PAGE, 400)
    _order(shop, order_id)
    return v2_page(call, order_making.addresses_of(shop.store, order_id))


def show_address(shop: Shop, call: Call, order_id: int, address_id: int) -> Response:
    only(call, (), 400)
    return json_response(_part(shop.store.order_addresses, order_id, address_id))


def update_address(shop: Shop, call: Call, order_id: int, address_id: int) -> Response:
    order = _order(shop, order_id)
    address = _part(shop.store.order_addresses, order_id, address_id)
    body = json_of(call)
    if isinstance(body, dict):
        fixed = sorted(name for name in body if name in address and name not in SHIPPING_UPDATE)
        said = "cannot be written to. Please remove it from your request before trying again."
        if fixed:
            raise Refused(400, errors={name: f"The field '{name}' {said}" for name in fixed})
    address |= check(body, SHIPPING_UPDATE, "v2", creating=False)
    order_status.changed(shop, order, order["status_id"])
    call.effect = f"order {order_id} shipping address {address_id} changed"
    return json_response(address)


def show_consignments(shop: Shop, call: Call, order_id: int) -> Response:
    only(call, ("include",), 400)
    whole_lines = "consignments.line_items" in call.args.get("include", "")
    return json_response(consignments(shop, _order(shop, order_id), lines=whole_lines))


def list_coupons(shop: Shop, call: Call, order_id: int) -> Response:
    only(call, PAGE, 400)
    _order(shop, order_id)
    return v2_page(call, shop.store.order_coupons.get(order_id, []))


def list_fees(shop: Shop, call: Call, order_id: int) -> Response:
    only(call, PAGE, 400)
    _order(shop, order_id)
    return v2_page(call, shop.store.order_fees.get(order_id, []))


def list_taxes(shop: Shop, call: Call, order_id: int) -> Response:
    only(call, (*PAGE, "details"), 400)
    order = _order(shop, order_id)
    details = flag(call.args.get("details", "false"), "details", 400)
    taxed = [line for line in order_making.lines_of(shop.store, order_id) if decimal(line["total_tax"])]
    return v2_page(call, [_tax(order, n, line, details=details) for n, line in enumerate(taxed)])


def list_messages(shop: Shop, call: Call, order_id: int) -> Response:
    only(call, (*MESSAGE_FILTERS, *PAGE), 400)
    _order(shop, order_id)
    found = [m for m in shop.store.messages.values() if m["order_id"] == order_id]
    for name, text in call.args.items():
        found = [m for m in found if _message_fits(m, name, text)]
    return v2_page(call, found)


# What others use too


def change_lines(shop: Shop, order: JSON, given: list[JSON]) -> None:
    """A PUT with products: lines by id are changed, others added, quantity 0 takes one away; discounts are lost."""
    address = order_making.addresses_of(shop.store, order["id"])[0]
    for entry in given:
        if "id" not in entry:
            order_making.add_line(shop, order, address, entry)
            continue
        line = _part(shop.store.order_lines, order["id"], entry["id"])
        if entry.get("quantity") == 0:
            del shop.store.order_lines[line["id"]]
            continue
        line |= {
            n: v for n, v in entry.items() if n in ("name", "name_customer", "name_merchant", "quantity", "sku", "upc")
        }
        line |= {n: money(entry[n]) for n in ("price_ex_tax", "price_inc_tax") if n in entry}
        order_making.price_line(line)
    order["discount_amount"] = money(0)


def change_addresses(shop: Shop, order: JSON, given: list[JSON]) -> None:
    for entry in given:
        if "id" not in entry:
            raise Refused(
                400,
                errors={"shipping_addresses": "The required field 'shipping_addresses.id' was not supplied."},
            )
        address = _part(shop.store.order_addresses, order["id"], entry["id"])
        address |= entry


def consignments(shop: Shop, order: JSON, *, lines: bool) -> JSON:
    """The newer structure, made from addresses and lines."""

    def shown(line: JSON) -> JSON:
        path = f"/orders/{order['id']}/products/{line['id']}"
        return line if lines else {"url": shop.api_url(f"/v2{path}"), "resource": path}

    all_lines = order_making.lines_of(shop.store, order["id"])
    shipping = []
    for address in order_making.addresses_of(shop.store, order["id"]):
        own = [shown(line) for line in all_lines if line["order_address_id"] == address["id"]]
        skipped = ("order_id", "base_cost", "shipping_quotes")
        entry = {n: _amount(n, v) for n, v in address.items() if n not in skipped}
        quotes = f"/orders/{order['id']}/consignments/shipping/{address['id']}/shipping_quotes"
        link = {"url": shop.api_url(f"/v2{quotes}"), "resource": quotes}
        if own:
            shipping.append(entry | {"base_cost": 0, "line_items": own, "shipping_quotes": link})
    digital = [shown(line) for line in all_lines if line["type"] == "digital"]
    downloads = [{"recipient_email": order["billing_address"]["email"], "line_items": digital}] if digital else []
    return {"pickups": [], "shipping": shipping, "downloads": downloads, "email": {"gift_certificates": []}}


def _amount(name: str, value: Any) -> Any:
    return float(value) if "cost" in name and isinstance(value, str) else value


def _tax(order: JSON, place: int, line: JSON, *, details: bool) -> JSON:
    rate = decimal(line["total_tax"]) / decimal(line["total_ex_tax"]) * 100
    tax: JSON = {
        "id": order["id"] * 100 + place,
        "order_id": order["id"],
        "order_address_id": line["order_address_id"],
        "tax_rate_id": 1,
        "sales_tax_id": "",
        "tax_class_id": 0,
        "name": "Tax",
        "class": "Default Tax Class",
        "rate": money(rate),
        "priority": 0,
        "priority_amount": line["total_tax"],
        "line_amount": line["total_tax"],
        "order_pickup_method_id": 0,
    }
    return tax | ({"order_product_id": str(line["id"]), "line_item_type": "item"} if details else {})


def _message_fits(message: JSON, name: str, text: str) -> bool:
    if name in ("min_id", "max_id"):
        number = whole(text, name, 400)
        return bool(message["id"] >= number if name == "min_id" else message["id"] <= number)
    if name in ("min_date_created", "max_date_created"):
        at, limit = when(message["date_created"]), when(text, name)
        return at >= limit if name.startswith("min") else at <= limit
    if name == "is_flagged":
        return bool(message["is_flagged"] is flag(text, name, 400))
    if name == "customer_id":
        return bool(message["customer_id"] == whole(text, name, 400))
    if name == "status":
        if text not in ("read", "unread"):
            raise Refused(400, errors={"status": "The field 'status' is invalid."})
        return bool(message["status"] == text)
    return True


def _order(shop: Shop, order_id: int) -> JSON:
    order = shop.store.orders.get(order_id)
    if order is None:
        raise Refused(404)
    return order


def _part(parts: dict[int, JSON], order_id: int, number: int) -> JSON:
    part = parts.get(number)
    if part is None or part["order_id"] != order_id:
        raise Refused(404)
    return part
