"""A Shopify shop after a sale, for the engine's tests: lamps sold and shipped, asked back, disputed."""

from typing import Any
from uuid import uuid4

from app.db.cases import CaseRow
from app.domain.cases import CaseItem, CaseKind
from app.domain.ids import OrderId
from app.engine import cases
from app.engine.cases import NewCase
from sandbox import credentials
from sandbox.shopify.state import JSON
from tests.engine.shop import merchant, number
from tests.house import House

SHOP = credentials.SHOPIFY_SHOP


def sell(house: House, *, quantity: int = 2, shipped: bool = True, **given: Any) -> str:
    """Somebody buys lamps and, usually, gets them; the order's number."""
    with house.stage.shopify.acting(SHOP) as here:
        known = [one for one in here.all("ProductVariant") if one["sku"] == "LAMP-1"]
    if not known:
        merchant(house).create("products", {"title": "Lamp", "sku": "LAMP-1", "price": "40.00", "quantity": 50})
    made = merchant(house).create("orders", {"items": [{"sku": "LAMP-1", "quantity": quantity}],
                                          "email": "ada@example.com", **given})  # fmt: skip
    if shipped:
        merchant(house).create("fulfillments", {"order_id": number(made), "tracking": {"number": "DHL-1"}})
    house.drain()
    return number(made)


def ask_back(house: House, order: str, **given: Any) -> str:
    """The buyer asks in the shop to send one lamp back; the return's number."""
    wanted = {"order_id": order, "items": [{"sku": "LAMP-1"}], "reason": "defective", "note": "It flickers"} | given
    made = merchant(house).create("returns", wanted)
    house.drain()
    return number(made)


def open_case(house: House, order: str, kind: CaseKind = CaseKind.RETURN, **given: Any) -> CaseRow:
    """As the form of the order's page does: about one of the lamps."""
    found = house.deps.store(house.store_id).read.order(OrderId(order))
    (line,) = found.lines
    item = CaseItem(line.sku, line.name, 1, line.line_id, str(line.product_id))
    new = NewCase(
        kind, f"panel:test:{uuid4()}", "owner@example.com", order_id=found.id, order_number=found.number,
        customer_id=found.customer_id, customer_name=found.customer_name,
        **({"reason": "damaged", "text": "Cracked.", "items": (item,), "amount": line.unit_price} | given),
    )  # fmt: skip
    opened = cases.open_case(house.deps, house.store_id, new)
    house.drain()
    (row,) = house.rows(CaseRow, id=opened.id)
    assert isinstance(row, CaseRow)
    return row


def order_of(house: House, order: str) -> JSON:
    return merchant(house).get("orders", order)


def return_of(house: House, number: str) -> JSON:
    return merchant(house).get("returns", number)


def refunds(house: House) -> list[JSON]:
    return merchant(house).list("refunds")
