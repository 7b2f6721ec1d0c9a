"""The main job in a Shopify shop: an order is held by what is to be shipped, reviewed by a person, and moves on."""

from decimal import Decimal

import pytest

from app.db.links import FiledDocument, WorkspaceLink
from app.db.runs import Run
from app.domain.ids import OrderId
from app.domain.order_parts import RefundItem
from sandbox import credentials
from sandbox.shopify import addresses, order_facts, placing
from sandbox.shopify.state import JSON
from tests.engine import office
from tests.house import House

SHOP = credentials.SHOPIFY_SHOP
ADDRESS = {"firstName": "Ada", "lastName": "Löwe", "address1": "Hauptstraße 1", "city": "Köln", "zip": "50667"}


def place(house: House, total: str, country: str = "DE") -> str:
    with house.stage.shopify.acting(SHOP) as shop:
        made = placing.place(
            shop,
            {
                "email": "ada@example.com", "billingAddress": addresses.mailing(shop, ADDRESS | {"countryCode": "DE"}),
                "shippingAddress": addresses.mailing(shop, ADDRESS | {"countryCode": country}),
            },
            [{"title": "Lamp", "sku": "LAMP-1", "price": total}],
        )  # fmt: skip
    return str(made["id"].rpartition("/")[2])


def order_of(house: House, order_id: str) -> JSON:
    """The order as the shop has it, with what is to be shipped of it."""
    with house.stage.shopify.acting(SHOP) as shop:
        found = shop.get("Order", f"gid://shopify/Order/{order_id}")
        assert found is not None
        waiting = order_facts.fulfillment_orders(shop, found)
        return found | {"shipping": [one["status"] for one in waiting]}


@pytest.fixture
def held(house: House) -> tuple[House, str]:
    """A high-value order, held and waiting for its reviewer."""
    house.move_in_shop()
    order_id = place(house, "950.00", "FR")
    house.drain()
    return house, order_id


def test_a_risky_order_is_held_filed_and_linked(held: tuple[House, str]) -> None:
    house, order_id = held
    run = house.run_of("order-review", order_id)
    assert (run.state, len(run.reasons)) == ("waiting", 2), [step.summary for step in house.steps_of(run)]
    order = order_of(house, order_id)
    assert order["shipping"] == ["ON_HOLD"]
    assert "Held for review: Total 950,00 € is" in order["note"]
    (link,) = house.rows(WorkspaceLink, object_type="order", object_id=order_id)
    names = [one.name for one in house.rows(FiledDocument, link_id=link.id)]
    assert names == ["Order 1001 record.pdf"]
    with house.stage.shopify.acting(SHOP) as shop:
        left = {one["key"]: one["value"] for one in shop.where("Metafield", ownerId=order["id"])}
    assert left["workspace_url"] == link.workspace_url


@pytest.mark.parametrize(("outcome", "reason"), [("approved", None), ("rejected", "DECLINED")])
def test_a_decision_lets_the_order_go_or_cancels_it(held: tuple[House, str], outcome: str, reason: str | None) -> None:
    house, order_id = held
    house.decide(order_id, outcome, comment="Spoke to the buyer")
    house.drain()
    run = house.run_of("order-review", order_id)
    assert (run.state, run.outcome) == ("done", outcome), [step.summary for step in house.steps_of(run)]
    order = order_of(house, order_id)
    assert (order["cancelReason"], order["tags"], "ON_HOLD" in order["shipping"]) == (reason, [], False)


def test_a_harmless_order_is_left_alone(house: House) -> None:
    house.move_in_shop()
    order_id = place(house, "20.00")
    house.drain()
    assert order_of(house, order_id)["shipping"] == ["OPEN"]
    assert house.effects("content_server") == []


def test_what_the_merchant_did_meanwhile_is_left_alone(held: tuple[House, str]) -> None:
    house, order_id = held
    with house.stage.shopify.acting(SHOP) as shop:
        (waiting,) = order_facts.fulfillment_orders(shop, shop.get("Order", f"gid://shopify/Order/{order_id}") or {})
        for hold in shop.where("FulfillmentHold", fulfillmentOrderId=waiting["id"]):
            shop.drop(hold)
        waiting["status"] = "OPEN"
    house.decide(order_id, "rejected")
    house.drain()
    assert order_of(house, order_id)["cancelledAt"] is None


def test_what_is_shipped_has_its_papers_and_what_is_paid_back_its_record(house: House) -> None:
    house.move_in_shop()
    office.switch_on(house, "fulfilment-file", "order-records", "refund-records")
    order_id = place(house, "20.00")
    house.drain()
    with house.stage.shopify.acting(SHOP) as shop:
        order = shop.get("Order", f"gid://shopify/Order/{order_id}")
        assert order is not None
        placing.fulfill_all(shop, order, {"company": "DHL", "number": "DHL-4711", "url": "https://dhl.example/4711"})
        placing.update(shop, order)
    house.drain()
    runs = house.rows(Run, subject_id=order_id)
    assert {run.scenario for run in runs} >= {"fulfilment-file", "order-records"}
    assert {run.state for run in runs} == {"done"}, [(run.scenario, run.state) for run in runs]
    (shipped,) = [run for run in runs if run.scenario == "fulfilment-file"]
    assert shipped.occasion == "shipment:1001"
    assert "DHL-4711" in office.text_of(house, "Shipping confirmation 1001, shipment 1001.pdf")
    store = house.deps.store(house.store_id)
    quote = store.read.refund_quote(OrderId(order_id), (RefundItem("order", amount=Decimal(5)),))
    store.publish.refund(OrderId(order_id), quote, "One arrived scratched")
    house.drain()
    (paid_back,) = house.rows(Run, scenario="refund-records", subject_id=order_id)
    assert (paid_back.state, paid_back.occasion) == ("done", "refund:1001")
