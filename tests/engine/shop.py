"""A Shopify shop in a merchant's and a buyer's hands, for the engine's tests."""

from typing import Any

from sandbox.shopify.hands import Merchant
from sandbox.shopify.state import JSON
from tests.house import House

GOODS: dict[str, JSON] = {
    "NW-TORCH": {"title": "Head Torch", "price": "79.90"},
    "NW-TENT": {"title": "Tent", "price": "129.00"},
    "NW-ROPE": {"title": "Rope", "price": "49.00", "quantity": 3},
}


def merchant(house: House) -> Merchant:
    return Merchant(house.stage.shopify)


def number(record: JSON) -> str:
    return str(record["id"]).rpartition("/")[2]


def good(house: House, sku: str) -> JSON:
    """The product of that SKU, made when it is first needed."""
    for one in merchant(house).list("products"):
        found = merchant(house).get("products", one["id"])
        if sku in str(found):
            return found
    return merchant(house).create("products", {"sku": sku, **GOODS[sku]})


def customer(house: House, email: str = "ada@example.com", **more: Any) -> JSON:
    """Ada, who has an account."""
    found = [one for one in merchant(house).list("customers") if email in str(one)]
    given = {"firstName": "Ada", "lastName": "Löwe", "email": email, "address": {"city": "Köln", "zip": "50667"}}
    return found[0] if found else merchant(house).create("customers", given | more)


def buy(house: House, *items: tuple[str, int], guest: bool = False, **given: Any) -> str:
    """A buyer in Cologne orders from the catalogue by SKU, and we learn of it; the order's number."""
    for sku, _quantity in items:
        good(house, sku)
    lines = [{"sku": sku, "quantity": quantity} for sku, quantity in items]
    who = {"email": "ada@example.com"} if guest else {"customer": number(customer(house))}
    made = merchant(house).create("orders", {**({"items": lines} if lines else {}), **who, **given})
    house.drain()
    return number(made)


def order(house: House, order_id: str) -> JSON:
    return merchant(house).get("orders", order_id)


def ship(house: House, order_id: str, **given: Any) -> str:
    """Goods leave the house; the shipment's number."""
    made = merchant(house).create("fulfillments", {"order_id": order_id, **given})
    house.drain()
    return number(made)


def patch(house: House, resource: str, record: str, **given: Any) -> JSON:
    """Somebody of the shop changes something, and we learn of it."""
    found = merchant(house).patch(resource, record, given)
    house.drain()
    return found
