"""Who takes part in the walks, and the pages they look at."""

from collections.abc import Mapping
from typing import Any

from tests.acceptance.verbs import Create

ANNA, TOM, NINA, OMAR = "anna.berg@demo", "tom.okafor@demo", "nina.koch@demo", "omar.haddad@demo"
PAUL, SAM, SOFIA, UMA = "paul.eriksen@demo", "sam.reyes@demo", "sofia.rossi@demo", "uma.patel@demo"
GRACE, LENA, THEO = "grace.taylor@demo", "lena.hoff@demo", "theo.martin@demo"

ORDER, PRODUCT, CUSTOMER = "/panel/orders/{order}", "/panel/products/{product}", "/panel/customers/{customer}"
BUYER: Mapping[str, Any] = {
    "name": "Ada Löwe", "email": "ada@example.com", "street_1": "Hauptstraße 1", "city": "Köln", "zip": "50667",
    "country": "DE",
}  # fmt: skip
PDF_TEXT = "%PDF-1.7 a certificate"
PDF = PDF_TEXT.encode()

ada = Create("customers", {"first_name": "Ada", "last_name": "Löwe", "email": "ada@example.com"}, keep="customer")


def torch(price: float = 79.9) -> Create:
    return Create("products", {"name": "Head Torch", "sku": "NW-TORCH", "price": price}, keep="product")


def buys(total: str = "120.00", **more: Any) -> Create:
    """A buyer in Cologne pays."""
    return Create("orders", {"total": total, "billing": BUYER, **more}, keep="order")


def buys_torches(quantity: int = 2, **more: Any) -> Create:
    items = [{"product_id": "#{product}", "quantity": quantity}]
    return Create("orders", {"items": items, "billing": BUYER, "customer_id": "#{customer}", **more}, keep="order")
