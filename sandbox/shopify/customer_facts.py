"""What follows about a customer from the orders placed."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.shopify import order_facts as facts
from sandbox.shopify.money import total
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop


def orders(shop: "Shop", customer: JSON) -> list[JSON]:
    return shop.where("Order", customerId=customer["id"])


def spent(shop: "Shop", customer: JSON) -> Decimal:
    found = orders(shop, customer)
    return total(facts.received(shop, order) - facts.refunded(shop, order) for order in found)


def name(customer: JSON) -> str:
    """As the admin shows somebody: the name, else the address."""
    said = " ".join(part for part in (customer.get("firstName"), customer.get("lastName")) if part)
    return said or customer.get("email") or customer.get("phone") or "Customer"
