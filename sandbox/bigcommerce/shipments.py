"""Shipments of an order (V2): making one moves the order's status, deleting one does not move it back."""

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.bigcommerce import order_making, order_status, placing, settings
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import Field, check
from sandbox.bigcommerce.order_fields import ADDRESS
from sandbox.bigcommerce.scopes import ORDERS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import money, no_content, rfc2822, v2_page
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

UPDATE = {
    "order_address_id": Field("integer", least=1),
    "tracking_number": Field("string", most=50),
    "tracking_link": Field("string", most=500),
    "merchant_shipping_cost": Field("money", least=0),
    "shipping_method": Field("string"),
    "shipping_provider": Field("string"),
    "tracking_carrier": Field("string"),
    "comments": Field("string", most=65_535),
}
ITEM = {
    "order_product_id": Field("integer", required=True),
    "quantity": Field("integer", required=True, least=1),
}
CREATE = UPDATE | {
    "order_address_id": Field("integer", required=True, least=1),
    "items": Field("array", required=True, least=1, of=ITEM),
}
PROVIDERS = {
    "auspost": "Australia Post",
    "canadapost": "Canada Post",
    "endicia": "Endicia",
    "usps": "USPS",
    "fedex": "FedEx",
    "ups": "UPS",
    "royalmail": "Royal Mail",
}


def routes(api: "BigCommerce") -> None:
    many, one = "/orders/<int:order_id>/shipments", "/<int:shipment_id>"
    api.v2("GET", many, ORDERS, list_shipments)
    api.v2("POST", many, ORDERS, create_shipment)
    api.v2("DELETE", many, ORDERS, delete_shipments)
    api.v2("GET", f"{many}/count", ORDERS, count_shipments)
    api.v2("GET", many + one, ORDERS, show_shipment)
    api.v2("PUT", many + one, ORDERS, update_shipment)
    api.v2("DELETE", many + one, ORDERS, delete_shipment)


def list_shipments(shop: Shop, call: Call, order_id: int) -> Response:
    only(call, ("page", "limit"), 400)
    _order(shop, order_id)
    return v2_page(call, of(shop, order_id))


def count_shipments(shop: Shop, call: Call, order_id: int) -> Response:
    only(call, (), 400)
    _order(shop, order_id)
    return json_response({"count": len(of(shop, order_id))})


def show_shipment(shop: Shop, call: Call, order_id: int, shipment_id: int) -> Response:
    only(call, (), 400)
    return json_response(_own(shop, order_id, shipment_id))


def create_shipment(shop: Shop, call: Call, order_id: int) -> Response:
    shipment = create(shop, _order(shop, order_id), check(json_of(call), CREATE, "v2", creating=True))
    call.effect = f"order {order_id} shipment {shipment['id']} created"
    return json_response(shipment, 201)


def update_shipment(shop: Shop, call: Call, order_id: int, shipment_id: int) -> Response:
    shipment = _own(shop, order_id, shipment_id)
    update(shop, shipment, check(json_of(call), UPDATE, "v2", creating=False))
    call.effect = f"order {order_id} shipment {shipment_id} changed"
    return json_response(shipment)


def delete_shipment(shop: Shop, call: Call, order_id: int, shipment_id: int) -> Response:
    delete(shop, _own(shop, order_id, shipment_id))
    call.effect = f"order {order_id} shipment {shipment_id} deleted"
    return no_content()


def delete_shipments(shop: Shop, call: Call, order_id: int) -> Response:
    _order(shop, order_id)
    for shipment in of(shop, order_id):
        delete(shop, shipment)
    call.effect = f"order {order_id} shipments deleted"
    return no_content()


# What others use too


def of(shop: Shop, order_id: int) -> list[JSON]:
    return [s for s in shop.store.shipments.values() if s["order_id"] == order_id]


def create(shop: Shop, order: JSON, body: JSON) -> JSON:
    """A shipment from a checked body; lines, address and order count what was shipped."""
    address = shop.store.order_addresses.get(body["order_address_id"])
    if address is None or address["order_id"] != order["id"]:
        raise _invalid("order_address_id")
    lines = _lines(shop, order, address, body["items"])
    number = shop.store.next("shipment")
    shipment: JSON = {
        "id": number,
        "order_id": order["id"],
        "customer_id": order["customer_id"],
        "order_address_id": address["id"],
        "date_created": rfc2822(shop.now()),
        "tracking_number": "",
        "merchant_shipping_cost": money(0),
        "shipping_method": address["shipping_method"],
        "shipping_provider": "",
        "tracking_carrier": "",
        "tracking_link": "",
        "comments": "",
        "billing_address": {name: order["billing_address"][name] for name in ADDRESS},
        "shipping_address": {name: address[name] for name in ADDRESS},
        "items": [
            {"order_product_id": line["id"], "product_id": line["product_id"], "quantity": item["quantity"]}
            for line, item in zip(lines, body["items"], strict=True)
        ],
    }
    shop.store.shipments[number] = shipment
    _take(shipment, body)
    for line, item in zip(lines, body["items"], strict=True):
        line["quantity_shipped"] += item["quantity"]
        if not settings.takes_stock_when_placed(shop, order["channel_id"]):
            placing.take_line(shop, line, item["quantity"])
    shop.emit("store/shipment/created", _data(shipment))
    _recount(shop, order, moving=True)
    return shipment


def update(shop: Shop, shipment: JSON, body: JSON) -> None:
    if "order_address_id" in body:
        address = shop.store.order_addresses.get(body["order_address_id"])
        if address is None or address["order_id"] != shipment["order_id"]:
            raise _invalid("order_address_id")
        shipment["order_address_id"] = address["id"]
        shipment["shipping_address"] = {name: address[name] for name in ADDRESS}
    _take(shipment, body)
    shop.emit("store/shipment/updated", _data(shipment))


def delete(shop: Shop, shipment: JSON) -> None:
    for item in shipment["items"]:
        shop.store.order_lines[item["order_product_id"]]["quantity_shipped"] -= item["quantity"]
    del shop.store.shipments[shipment["id"]]
    shop.emit("store/shipment/deleted", _data(shipment))
    _recount(shop, shop.store.orders[shipment["order_id"]], moving=False)


def _take(shipment: JSON, body: JSON) -> None:
    for name, value in body.items():
        if name not in ("items", "order_address_id"):
            shipment[name] = money(value) if name == "merchant_shipping_cost" else value
    provider, number = shipment["shipping_provider"], shipment["tracking_number"]
    shipment["shipping_provider_display_name"] = PROVIDERS.get(provider, provider)
    made = f"https://tracking.example/{provider}/{number}" if provider and number else ""
    shipment["generated_tracking_link"] = shipment["tracking_link"] or made


def _lines(shop: Shop, order: JSON, address: JSON, items: list[JSON]) -> list[JSON]:
    """The order's lines behind the items; too many of one, or one that goes elsewhere, is refused."""
    found = []
    wanted: dict[int, int] = {}
    for item in items:
        line = shop.store.order_lines.get(item["order_product_id"])
        if line is None or line["order_id"] != order["id"] or line["order_address_id"] != address["id"]:
            raise _invalid("items.order_product_id")
        wanted[line["id"]] = wanted.get(line["id"], 0) + item["quantity"]
        if wanted[line["id"]] > line["quantity"] - line["quantity_shipped"]:
            raise _invalid("items.quantity")
        found.append(line)
    return found


def _recount(shop: Shop, order: JSON, *, moving: bool) -> None:
    lines = order_making.lines_of(shop.store, order["id"])
    order["items_shipped"] = sum(line["quantity_shipped"] for line in lines)
    for address in order_making.addresses_of(shop.store, order["id"]):
        own = [line for line in lines if line["order_address_id"] == address["id"]]
        address["items_shipped"] = sum(line["quantity_shipped"] for line in own)
    before = order["status_id"]
    if moving:
        physical = [line for line in lines if line["type"] == "physical"]
        done = all(line["quantity_shipped"] >= line["quantity"] for line in physical)
        order_status.move(shop, order, order_status.SHIPPED if done else order_status.PARTIALLY_SHIPPED)
    order_status.changed(shop, order, before)


def _data(shipment: JSON) -> JSON:
    return {"type": "shipment", "id": shipment["id"], "orderId": shipment["order_id"]}


def _invalid(name: str) -> Refused:
    return Refused(400, errors={name: f"The field '{name}' is invalid."})


def _order(shop: Shop, order_id: int) -> JSON:
    order = shop.store.orders.get(order_id)
    if order is None:
        raise Refused(404)
    return order


def _own(shop: Shop, order_id: int, shipment_id: int) -> JSON:
    shipment = shop.store.shipments.get(shipment_id)
    if shipment is None or shipment["order_id"] != order_id:
        raise Refused(404)
    return shipment
