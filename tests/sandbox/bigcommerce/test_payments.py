"""Transactions, capture, void, refunds: asynchronous, announced, never twice."""

from typing import Any

import pytest

from tests.sandbox.bigcommerce.bench import Bench


def an_order(bench: Bench, **more: Any) -> dict[str, Any]:
    items = [{"name": "Lamp", "price": "100", "quantity": 2}]
    return bench.merchant.create("orders", {"items": items, "tax_rate": 19, "shipping_cost": "5", **more})


def actions(order: dict[str, Any]) -> str:
    return f"/v3/orders/{order['id']}/payment_actions"


def refund(bench: Bench, order: dict[str, Any], items: list[dict[str, Any]], **more: Any) -> Any:
    quoted = bench.api.post(f"{actions(order)}/refund_quotes", json={"items": items})
    assert quoted.status_code == 201, quoted.text
    way = quoted.json()["data"]["refund_methods"][0][0]
    payment = {name: way[name] for name in ("provider_id", "amount", "offline")}
    body = {"items": items, "payments": [payment | more]}
    return bench.api.post(f"{actions(order)}/refunds", json=body)


def product_item(order: dict[str, Any], count: int = 1) -> dict[str, Any]:
    return {"item_type": "PRODUCT", "item_id": order["products"][0]["id"], "quantity": count}


def test_an_unpaid_order_has_no_transactions(bench: Bench) -> None:
    order = an_order(bench, status_id=0)
    assert bench.api.get(f"/v3/orders/{order['id']}/transactions").status_code == 204


def test_amounts_of_transactions_are_numbers_and_order_ids_strings(bench: Bench) -> None:
    order = an_order(bench)
    authorization, capture = bench.api.get(f"/v3/orders/{order['id']}/transactions").json()["data"]
    assert (authorization["event"], capture["event"]) == ("authorization", "capture")
    assert capture["amount"] == 205
    assert capture["order_id"] == str(order["id"])
    assert capture["reference_transaction_id"] == authorization["id"]


def test_a_capture_is_pending_first_and_done_a_moment_later(bench: Bench) -> None:
    order = an_order(bench, payment_status="authorized")
    bench.hook("store/order/transaction/created")
    response = bench.api.post(f"{actions(order)}/capture")
    assert response.status_code == 201
    assert bench.merchant.get("orders", order["id"])["payment_status"] == "capture pending"
    assert bench.app.take() == []
    assert bench.api.post(f"{actions(order)}/capture").status_code == 422
    bench.wait(seconds=3)
    assert bench.merchant.get("orders", order["id"])["payment_status"] == "captured"
    (told,) = bench.app.take()
    assert told.json["data"]["order_id"] == str(order["id"])
    assert (told.json["data"]["transaction_type"], told.json["data"]["result"]["type"]) == ("capture", "success")


def test_a_void_takes_the_authorization_back(bench: Bench) -> None:
    order = an_order(bench, payment_status="authorized")
    assert bench.api.post(f"{actions(order)}/void").status_code == 201
    bench.wait(seconds=3)
    after = bench.merchant.get("orders", order["id"])
    assert after["payment_status"] == "void"
    assert [t["event"] for t in after["transactions"]] == ["authorization", "void"]


@pytest.mark.parametrize("payment", ["captured", "void", "declined", "pending"])
def test_only_an_authorized_payment_is_captured_or_voided(bench: Bench, payment: str) -> None:
    order = an_order(bench, payment_status=payment)
    assert bench.api.post(f"{actions(order)}/capture").status_code == 422
    assert bench.api.post(f"{actions(order)}/void").status_code == 422


def test_a_quote_adds_items_adjustments_and_shipping(bench: Bench) -> None:
    order = an_order(bench)
    address = order["shipping_addresses"][0]["id"]
    adjusted = product_item(order, 2) | {"adjustments": [{"amount": -20, "description": "worn"}]}
    shipping = {"item_type": "SHIPPING", "item_id": address, "amount": 5}
    quote = bench.api.post(f"{actions(order)}/refund_quotes", json={"items": [adjusted, shipping]}).json()["data"]
    assert quote["total_refund_amount"] == 185
    assert quote["adjustment"] == -20
    assert quote["total_refund_tax_amount"] == pytest.approx(31.9328)
    assert [way[0]["provider_id"] for way in quote["refund_methods"]] == ["braintree", "custom"]


def test_a_part_is_refunded_then_the_rest(bench: Bench) -> None:
    order = an_order(bench)
    bench.hook("store/order/refund/created")
    bench.hook("store/order/statusUpdated", "http://app.test/status")
    made = refund(bench, order, [product_item(order)])
    assert made.status_code == 201
    bench.wait(seconds=3)
    after = bench.merchant.get("orders", order["id"])
    assert (after["status_id"], after["payment_status"]) == (14, "partially refunded")
    assert after["products"][0]["quantity_refunded"] == 1
    assert after["refunded_amount"] == "0.0000"
    first, second = bench.app.take()
    assert first.json["data"]["refund"] == {"refund_id": made.json()["data"]["id"]}
    assert second.json["data"]["status"]["new_status_id"] == 14
    rest = [
        product_item(order),
        {"item_type": "SHIPPING", "item_id": order["shipping_addresses"][0]["id"], "amount": 5},
    ]
    assert refund(bench, order, rest).status_code == 201
    bench.wait(seconds=3)
    after = bench.merchant.get("orders", order["id"])
    assert (after["status_id"], after["payment_status"]) == (4, "refunded")


def test_refunds_of_one_order_run_one_after_the_other(bench: Bench) -> None:
    order = an_order(bench)
    assert refund(bench, order, [product_item(order)]).status_code == 201
    second = refund(bench, order, [product_item(order)])
    assert second.status_code == 422
    assert "being processed" in second.json()["data"][0]["title"]
    assert len(bench.api.get(f"{actions(order)}/refunds").json()["data"]) == 1


def test_a_declined_refund_changes_nothing_but_says_so(bench: Bench) -> None:
    order = an_order(bench)
    bench.merchant.decline_refunds()
    number = refund(bench, order, [product_item(order)]).json()["data"]["id"]
    bench.wait(seconds=3)
    found = bench.api.get(f"/v3/orders/payment_actions/refunds/{number}").json()["data"]
    assert found["payments"][0]["is_declined"] is True
    after = bench.merchant.get("orders", order["id"])
    assert (after["status_id"], after["payment_status"]) == (11, "captured")
    assert after["transactions"][-1]["status"] == "error"
    bench.merchant.decline_refunds(declined=False)
    assert refund(bench, order, [product_item(order, 2)]).status_code == 201


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([{"item_type": "PRODUCT", "item_id": 999, "quantity": 1}], "no order product"),
        ([{"item_type": "PRODUCT", "item_id": 1, "quantity": 3}], "not that many left"),
        ([{"item_type": "PRODUCT", "item_id": 1, "amount": 3}], "quantity"),
        ([{"item_type": "SHIPPING", "item_id": 1, "amount": 6}], "up to 5.0000"),
        ([{"item_type": "SHIPPING", "item_id": 99, "amount": 1}], "does not belong"),
        ([{"item_type": "ORDER", "item_id": 999, "amount": 1}], "does not belong"),
        ([{"item_type": "ORDER", "item_id": 100, "amount": 206}], "up to"),
    ],
)
def test_bad_quotes_are_refused_with_a_list_of_errors(bench: Bench, items: list[Any], said: str) -> None:
    order = an_order(bench)
    response = bench.api.post(f"{actions(order)}/refund_quotes", json={"items": items})
    assert response.status_code == 422
    assert said in response.json()["data"][0]["title"]


def test_payments_must_come_from_the_quote_and_add_up(bench: Bench) -> None:
    order = an_order(bench)
    assert refund(bench, order, [product_item(order)], amount=99).status_code == 422
    assert refund(bench, order, [product_item(order)], provider_id="stripe").status_code == 422
    guest = refund(bench, order, [product_item(order)], provider_id="storecredit")
    assert guest.json()["data"][0]["title"] == "Unable to provide store credit for a guest customer."


def test_an_unsettled_payment_cannot_be_refunded(bench: Bench) -> None:
    order = an_order(bench, payment_status="authorized")
    response = bench.api.post(f"{actions(order)}/refund_quotes", json={"items": [product_item(order)]})
    assert response.status_code == 422


def test_refunds_are_found_by_order_time_and_transaction(bench: Bench) -> None:
    order = an_order(bench)
    refund(bench, order, [product_item(order)])
    bench.wait(seconds=3)
    at = "/v3/orders/payment_actions/refunds"
    (found,) = bench.api.get(f"{at}?order_id:in={order['id']}").json()["data"]
    transaction = found["payments"][0]["transaction_id"]
    assert len(bench.api.get(f"{at}?transaction_id={transaction}").json()["data"]) == 1
    assert bench.api.get(f"{at}?transaction_id=1").json()["data"] == []
    assert bench.api.get(f"{at}?created:min=2100-01-01T00:00:00Z").json()["data"] == []
