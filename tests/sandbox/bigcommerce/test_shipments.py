"""Shipments: what they count, what they move, what they refuse."""

from typing import Any

import pytest

from tests.sandbox.bigcommerce.bench import Bench


@pytest.fixture
def order(bench: Bench) -> dict[str, Any]:
    items = [{"name": "Lamp", "price": "10", "quantity": 3}, {"name": "Bulb", "price": "2", "quantity": 1}]
    return bench.merchant.create("orders", {"items": items})


def body(order: dict[str, Any], *counts: int) -> dict[str, Any]:
    lines = zip(order["products"], counts, strict=False)
    items = [{"order_product_id": line["id"], "quantity": count} for line, count in lines]
    return {"order_address_id": order["shipping_addresses"][0]["id"], "items": items}


def test_shipping_a_part_then_the_rest_moves_the_status(bench: Bench, order: dict[str, Any]) -> None:
    at = f"/v2/orders/{order['id']}"
    assert bench.api.post(f"{at}/shipments", json=body(order, 1)).status_code == 201
    part = bench.api.get(at).json()
    assert (part["status_id"], part["items_shipped"], part["date_shipped"]) == (3, 1, "")
    bench.api.post(f"{at}/shipments", json=body(order, 2, 1))
    whole = bench.api.get(at).json()
    assert (whole["status_id"], whole["items_shipped"]) == (2, 4)
    assert whole["date_shipped"]
    lines = bench.api.get(f"{at}/products").json()
    assert [line["quantity_shipped"] for line in lines] == [3, 1]


def test_events_tell_shipment_and_order(bench: Bench, order: dict[str, Any]) -> None:
    bench.hook("store/shipment/*")
    bench.hook("store/order/statusUpdated", "http://app.test/status")
    made = bench.api.post(f"/v2/orders/{order['id']}/shipments", json=body(order, 3, 1)).json()
    at = f"/v2/orders/{order['id']}/shipments/{made['id']}"
    bench.api.put(at, json={"comments": "late"})
    bench.api.delete(at)
    seen = bench.app.take()
    assert [one.json["scope"].split("/", 1)[1] for one in seen] == [
        "shipment/created",
        "order/statusUpdated",
        "shipment/updated",
        "shipment/deleted",
    ]
    assert seen[0].json["data"] == {"type": "shipment", "id": made["id"], "orderId": order["id"]}


def test_deleting_a_shipment_counts_back_but_leaves_the_status(bench: Bench, order: dict[str, Any]) -> None:
    at = f"/v2/orders/{order['id']}"
    bench.api.post(f"{at}/shipments", json=body(order, 3, 1))
    assert bench.api.delete(f"{at}/shipments").status_code == 204
    after = bench.api.get(at).json()
    assert (after["status_id"], after["items_shipped"]) == (2, 0)
    assert bench.api.get(f"{at}/shipments").status_code == 204


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"order_address_id": 999}, "order_address_id"),
        ({"items": []}, "items"),
        ({"items": [{"order_product_id": 999, "quantity": 1}]}, "items.order_product_id"),
        ({"tracking_number": "x" * 51}, "tracking_number"),
        ({"tracking_link": "x" * 501}, "tracking_link"),
        ({"carrier": "ups"}, "carrier"),
    ],
)
def test_bad_shipments_are_refused(bench: Bench, order: dict[str, Any], change: dict[str, Any], field: str) -> None:
    response = bench.api.post(f"/v2/orders/{order['id']}/shipments", json=body(order, 1) | change)
    assert response.status_code == 400
    assert f"'{field}'" in response.json()[0]["message"]


def test_more_than_was_ordered_cannot_be_shipped(bench: Bench, order: dict[str, Any]) -> None:
    at = f"/v2/orders/{order['id']}/shipments"
    assert bench.api.post(at, json=body(order, 4)).status_code == 400
    twice = body(order, 2)
    twice["items"] *= 2
    assert bench.api.post(at, json=twice).status_code == 400
    assert bench.api.get(f"{at}/count").json() == {"count": 0}


def test_what_is_downloaded_is_not_shipped(demo: Bench) -> None:
    (line,) = demo.api.get("/v2/orders/106/products").json()
    address = demo.api.get("/v2/orders/106/shipping_addresses").json()[0]["id"]
    items = [{"order_product_id": line["id"], "quantity": 1}]
    response = demo.api.post("/v2/orders/106/shipments", json={"order_address_id": address, "items": items})
    assert response.status_code == 400
