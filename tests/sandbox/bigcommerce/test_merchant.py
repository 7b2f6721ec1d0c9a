"""The friendly way in: defaults, words, clear refusals, and the same webhooks."""

from typing import Any

import pytest

from sandbox.bigcommerce.merchant import RESOURCES
from sandbox.kernel.hands import NotAccepted
from tests.sandbox.bigcommerce.bench import Bench


def test_an_order_of_nothing_is_a_paid_order_of_somebody(bench: Bench) -> None:
    order = bench.merchant.create("orders", {})
    assert (order["status_id"], order["payment_status"], order["total_inc_tax"]) == (11, "captured", "119.0000")
    assert order["billing_address"]["country_iso2"] == order["shipping_addresses"][0]["country_iso2"] == "DE"
    assert [t["event"] for t in order["transactions"]] == ["authorization", "capture"]


def test_a_checkout_begins_incomplete_and_is_paid_afterwards(bench: Bench) -> None:
    bench.hook("store/order/created")
    bench.hook("store/order/statusUpdated", "http://app.test/status")
    bench.hook("store/order/transaction/created", "http://app.test/payment")
    bench.merchant.create("orders", {"payment_status": "authorized"})
    scopes = [one.json["scope"].removeprefix("store/order/") for one in bench.app.seen]
    assert scopes == ["created", "transaction/created", "statusUpdated"]
    assert bench.app.seen[-1].json["data"]["status"] == {"previous_status_id": 0, "new_status_id": 11}


def test_an_abandoned_checkout_stays_incomplete(bench: Bench) -> None:
    bench.hook("store/order/*")
    order = bench.merchant.create("orders", {"status_id": 0})
    assert (order["status_id"], order["transactions"]) == (0, [])
    assert bench.app.scopes() == ["store/order/created"]


def test_total_countries_and_fraud_flag_are_what_was_said(bench: Bench) -> None:
    order = bench.merchant.create(
        "orders",
        {"total": "950.00", "billing": {"country": "DE", "name": "Ada Löwe"}, "shipping": {"country": "Nigeria"},
         "fraud_review": True, "ip_country": "NG", "shipping_cost": "9.90"},
    )  # fmt: skip
    assert order["total_inc_tax"] == "950.0000"
    assert (order["billing_address"]["first_name"], order["billing_address"]["last_name"]) == ("Ada", "Löwe")
    assert order["shipping_addresses"][0]["country"] == "Nigeria"
    assert (order["payment_status"], order["geoip_country_iso2"]) == ("held for review", "NG")
    assert order["transactions"][0]["fraud_review"] is True


def test_items_are_found_by_id_or_sku_and_fitted_to_the_total(demo: Bench) -> None:
    order = demo.merchant.create(
        "orders", {"items": [{"sku": "NW-JKT-3L-L"}, {"product_id": 83, "quantity": 2}], "total": "700"}
    )
    assert [line["product_id"] for line in order["products"]] == [77, 83]
    assert order["products"][0]["product_options"][0]["display_value"] == "L"
    assert order["total_inc_tax"] == "700.0000"


def test_a_customers_own_address_is_used(demo: Bench) -> None:
    order = demo.merchant.create("orders", {"customer": "misaki.yamada@example.jp"})
    assert (order["customer_id"], order["billing_address"]["city"]) == (3, "渋谷区")


@pytest.mark.parametrize(
    ("resource", "data", "field"),
    [
        ("orders", {"colour": "red"}, "colour"),
        ("orders", {"billing": {"planet": "Mars"}}, "billing.planet"),
        ("orders", {"billing": {"country": "Atlantis"}}, "billing.country"),
        ("orders", {"items": [{"product_id": 9}]}, "items[0]"),
        ("orders", {"items": [{"prize": 3}]}, "items[0].prize"),
        ("orders", {"items": []}, "items"),
        ("orders", {"status": "Lost"}, "status"),
        ("orders", {"status_id": 15}, "status_id"),
        ("orders", {"payment_status": "stolen"}, "payment_status"),
        ("orders", {"customer": "nobody@example.com"}, "customer"),
        ("orders", {"items": [{"name": "a", "price": "50"}, {"name": "b"}], "total": "10"}, "total"),
        ("products", {"naem": "x"}, "naem"),
        ("products", {"price": "cheap"}, "price"),
        ("customers", {"email": "x@example.com", "vip": True}, "vip"),
        ("customers", {"group": "Nobles"}, "group"),
        ("shipments", {"order_id": 9}, "id"),
        ("messages", {"order_id": 1}, "message"),
        ("carts", {"items": [{"product_id": 9}]}, "items[0].product_id"),
        ("pages", {"name": "x", "type": "raw"}, ""),
        ("promotions", {"rules": [{}]}, "rules[0].action"),
        ("price_lists", {"records": [{"sku": "none", "currency": "eur"}]}, "records.0"),
        ("transactions", {"order_id": 1, "event": "theft"}, "event"),
        ("refunds", {"order_id": 1, "some": 1}, "some"),
        ("dragons", {}, "resource"),
        ("metafields", {}, "resource"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_name(
    bench: Bench, resource: str, data: dict[str, Any], field: str
) -> None:
    for scope in ("store/order/*", "store/cart/*", "store/priceList/*"):
        bench.hook(scope)
    before = {name: len(bench.merchant.list(name)) for name in RESOURCES}
    with pytest.raises(NotAccepted) as refused:
        bench.merchant.create(resource, data)
    if field:
        assert field in refused.value.errors
        assert field in str(refused.value)
    assert isinstance(refused.value, ValueError)
    after = {name: len(bench.merchant.list(name)) for name in RESOURCES}
    assert after == before
    assert bench.app.seen == []


def test_patching_an_order_is_a_persons_hand_on_it(bench: Bench) -> None:
    number = bench.merchant.create("orders", {"payment_status": "authorized"})["id"]
    bench.hook("store/order/*")
    order = bench.merchant.patch(
        "orders", number, {"status": "Completed", "staff_notes": "by phone", "shipping": {"country": "FR"}}
    )
    assert (order["status_id"], order["staff_notes"]) == (10, "by phone")
    assert order["shipping_addresses"][0]["country"] == "France"
    assert bench.app.scopes() == ["store/order/statusUpdated", "store/order/updated"]
    paid = bench.merchant.patch("orders", number, {"payment_status": "captured"})
    assert [t["event"] for t in paid["transactions"]] == ["authorization", "capture"]
    with pytest.raises(NotAccepted, match="colour"):
        bench.merchant.patch("orders", number, {"colour": "red"})
    with pytest.raises(NotAccepted, match="no order 999"):
        bench.merchant.patch("orders", 999, {})


def test_the_rest_of_an_order_is_shipped_and_refunded_by_default(bench: Bench) -> None:
    number = bench.merchant.create("orders", {"total": "50", "shipping_cost": "5"})["id"]
    shipment = bench.merchant.create("shipments", {"order_id": number, "tracking_number": "1Z"})
    assert shipment["items"][0]["quantity"] == 1
    assert bench.merchant.get("orders", number)["status_id"] == 2
    refund = bench.merchant.create("refunds", {"order_id": number, "reason": "lost"})
    assert (refund["total_amount"], refund["items"][0]["reason"]) == (50, "lost")
    bench.wait(seconds=3)
    assert bench.merchant.get("orders", number)["status_id"] == 4


def test_an_amount_of_an_order_can_be_refunded(bench: Bench) -> None:
    number = bench.merchant.create("orders", {"total": "50"})["id"]
    assert bench.merchant.create("refunds", {"order_id": number, "amount": "20.50"})["total_amount"] == 20.5


def test_messages_are_announced_with_their_id(bench: Bench) -> None:
    number = bench.merchant.create("orders", {})["id"]
    bench.hook("store/order/message/created")
    message = bench.merchant.create("messages", {"order_id": number, "message": "Where is it?"})
    (told,) = bench.app.take()
    assert told.json["data"]["message"] == {"order_message_id": message["id"]}
    assert bench.api.get(f"/v2/orders/{number}/messages").json()[0]["message"] == "Where is it?"
    assert bench.merchant.patch("messages", message["id"], {"status": "read"})["status"] == "read"


def test_a_cart_is_filled_abandoned_and_becomes_an_order(demo: Bench) -> None:
    demo.hook("store/cart/*")
    cart = demo.merchant.create("carts", {"customer_id": 1, "items": [{"product_id": 83, "quantity": 2}]})
    assert (cart["cart_amount"], cart["version"]) == (159.8, 1)
    demo.merchant.patch("carts", cart["id"], {"items": [{"product_id": 83, "quantity": 3}]})
    demo.merchant.patch("carts", cart["id"], {"abandoned": True})
    assert demo.api.get(f"/v3/carts/{cart['id']}").json()["data"]["version"] == 2
    order = demo.merchant.create("orders", {"cart_id": cart["id"], "customer": 1})
    assert demo.api.get(f"/v3/carts/{cart['id']}").status_code == 404
    seen = demo.app.take()
    assert [one.json["scope"].rsplit("/")[-1] for one in seen] == ["created", "updated", "abandoned", "converted"]
    assert re_token(seen[2].json["data"]["token"])
    assert seen[3].json["data"]["orderId"] == order["id"]


def re_token(text: str) -> bool:
    return len(text) == 32 and set(text) <= set("0123456789abcdef")


def test_a_flagged_transaction_is_announced_as_updated(bench: Bench) -> None:
    number = bench.merchant.create("orders", {"payment_status": "authorized"})["transactions"][0]["id"]
    bench.hook("store/order/transaction/updated")
    changed = bench.merchant.patch("transactions", number, {"fraud_review": True})
    assert changed["fraud_review"] is True
    assert bench.app.take()[0].json["data"]["transaction_id"] == str(number)


def test_products_customers_pages_promotions_and_price_lists_have_defaults(demo: Bench) -> None:
    demo.hook("store/product/updated")
    product = demo.merchant.create("products", {})
    assert demo.merchant.patch("products", product["id"], {"description": "<p>by hand</p>"})["description"]
    assert demo.app.scopes() == ["store/product/updated"]
    customer = demo.merchant.create("customers", {"country": "FR", "group": "Wholesale"})
    assert (customer["addresses"][0]["country"], customer["customer_group_id"]) == ("France", 2)
    assert demo.merchant.create("pages", {})["type"] == "page"
    assert demo.merchant.create("promotions", {})["redemption_type"] == "AUTOMATIC"
    records = [{"sku": "NW-JKT-3L-S", "currency": "eur", "price": 300}]
    prices = demo.merchant.create("price_lists", {"records": records, "assignments": [{"customer_group_id": 2}]})
    assert (len(prices["records"]), len(prices["assignments"])) == (1, 1)
    for resource, one in (("products", product), ("customers", customer), ("price_lists", prices)):
        demo.merchant.delete(resource, one["id"])
        with pytest.raises(NotAccepted):
            demo.merchant.get(resource, one["id"])


def test_store_settings_are_announced(bench: Bench) -> None:
    bench.hook("store/information/updated")
    assert bench.merchant.patch("store", "", {"name": "New name"})["name"] == "New name"
    assert bench.app.take()[0].json["data"] == {"type": "store"}
    assert bench.api.get("/v2/store").json()["name"] == "New name"
    with pytest.raises(NotAccepted, match="store_id"):
        bench.merchant.patch("store", "", {"store_id": 1})


def test_another_stores_resources_stay_its_own(bench: Bench) -> None:
    bench.panel.add_store("second2", "Second Store")
    bench.merchant.create("orders", {}, "second2")
    assert bench.merchant.list("orders") == []
    assert len(bench.merchant.list("orders", "second2")) == 1
    with pytest.raises(ValueError, match="no store"):
        bench.merchant.list("orders", "nowhere")
