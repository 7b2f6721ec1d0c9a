"""Orders V2: reading, listing, partial updates, archiving, and the events of each."""

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.bigcommerce.bench import Bench
from tests.sandbox.bigcommerce.walk import BILLING

LINE = {"name": "Lamp", "quantity": 2, "price_ex_tax": 100, "price_inc_tax": 119}


def make(bench: Bench, **more: Any) -> dict[str, Any]:
    body = {"billing_address": BILLING, "products": [LINE], "status_id": 11, **more}
    response = bench.api.post("/v2/orders", json=body)
    assert response.status_code == 200, response.text
    made: dict[str, Any] = response.json()
    return made


def test_money_is_a_string_with_four_decimals_and_adds_up(bench: Bench) -> None:
    order = make(bench, shipping_cost_ex_tax="10", shipping_cost_inc_tax="11.90", discount_amount=5)
    assert order["subtotal_ex_tax"] == "200.0000"
    assert order["subtotal_inc_tax"] == "238.0000"
    assert order["total_inc_tax"] == "244.9000"
    assert order["total_tax"] == "39.9000"
    assert order["items_total"] == 2


def test_dates_are_rfc_2822_and_refunds_always_zero(bench: Bench) -> None:
    order = make(bench, date_created="2026-01-31T10:00:00Z")
    assert order["date_created"] == "Sat, 31 Jan 2026 10:00:00 +0000"
    assert order["refunded_amount"] == "0.0000"


def test_an_order_of_a_catalogue_product_takes_its_name_price_and_sku(bench: Bench) -> None:
    product = bench.merchant.create("products", {"name": "Chair", "price": 49.5, "sku": "CH-1"})["id"]
    order = make(bench, products=[{"product_id": product, "quantity": 1}])
    (line,) = bench.api.get(f"/v2/orders/{order['id']}/products").json()
    assert (line["name"], line["sku"], line["price_inc_tax"]) == ("Chair", "CH-1", "49.5000")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"products": [{"product_id": 9, "quantity": 1}]}, "9"),
        ({"products": [{"name": "No price", "quantity": 1}]}, "price_ex_tax"),
        ({"products": []}, "products"),
        ({"customer_id": 77}, "customer_id"),
        ({"channel_id": 5}, "channel_id"),
        ({"default_currency_code": "XXX"}, "default_currency_code"),
        ({"status_id": 15}, "status_id"),
        ({"total_inc_tax": "5"}, "total_ex_tax"),
        ({"id": 5}, "id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_order_is_refused_and_not_stored(bench: Bench, change: dict[str, Any], field: str) -> None:
    response = bench.api.post("/v2/orders", json={"billing_address": BILLING, "products": [LINE]} | change)
    assert response.status_code == 400
    assert field in response.text
    assert bench.api.get("/v2/orders").status_code == 204


def test_a_put_changes_what_it_names_and_nothing_else(bench: Bench) -> None:
    before = make(bench, customer_message="hello", staff_notes="old")
    bench.wait(seconds=2)
    after = bench.api.put(f"/v2/orders/{before['id']}", json={"staff_notes": "new"}).json()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"staff_notes", "date_modified"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"payment_status": "captured"}, "The field 'payment_status' cannot be written to."),
        ({"refunded_amount": "5"}, "The field 'refunded_amount' cannot be written to."),
        ({"stauts_id": 12}, "The field 'stauts_id' is not supported by this resource."),
        ({"status_id": "12"}, "The field 'status_id' is invalid."),
        ({"staff_notes": "x" * 65_536}, "The field 'staff_notes' is invalid."),
        ({"billing_address": {"planet": "Mars"}}, "The field 'billing_address.planet' is not supported"),
    ],
)
def test_a_bad_put_is_refused_with_the_field_named(bench: Bench, body: dict[str, Any], message: str) -> None:
    order = make(bench)
    response = bench.api.put(f"/v2/orders/{order['id']}", json=body)
    assert response.status_code == 400
    assert response.json()[0]["message"].startswith(message)
    assert bench.api.get(f"/v2/orders/{order['id']}").json() == order


def test_the_merchants_id_can_be_set_once(bench: Bench) -> None:
    number = make(bench, external_merchant_id="M-1")["id"]
    assert bench.api.put(f"/v2/orders/{number}", json={"external_merchant_id": "M-1"}).status_code == 200
    assert bench.api.put(f"/v2/orders/{number}", json={"external_merchant_id": "M-2"}).status_code == 400


def test_a_status_change_sends_status_updated_and_updated_and_the_channels_twins(bench: Bench) -> None:
    number = make(bench)["id"]
    bench.hook("store/order/*")
    bench.hook("store/channel/1/order/updated", "http://app.test/channel")
    bench.api.put(f"/v2/orders/{number}", json={"status_id": 12})
    seen = bench.app.take()
    assert [one.json["scope"] for one in seen] == [
        "store/order/statusUpdated",
        "store/order/updated",
        "store/channel/1/order/updated",
    ]
    assert seen[2].json["data"] == {"order_id": number}
    bench.api.put(f"/v2/orders/{number}", json={"status_id": 12})
    assert "store/order/statusUpdated" not in [one.json["scope"] for one in bench.app.take()]


def test_archiving_hides_an_order_from_lists_only(bench: Bench) -> None:
    number = make(bench)["id"]
    bench.hook("store/order/archived")
    assert bench.api.delete(f"/v2/orders/{number}").status_code == 204
    assert bench.app.scopes() == ["store/order/archived"]
    assert bench.api.get("/v2/orders").status_code == 204
    assert bench.api.get(f"/v2/orders/{number}").json()["is_deleted"] is True


def test_a_put_of_products_patches_lines_and_loses_discounts(bench: Bench) -> None:
    order = make(bench, discount_amount="20")
    (line,) = bench.api.get(f"/v2/orders/{order['id']}/products").json()
    extra = {"name": "Bulb", "quantity": 1, "price_ex_tax": 5, "price_inc_tax": 5}
    body = {"products": [{"id": line["id"], "quantity": 1}, extra]}
    after = bench.api.put(f"/v2/orders/{order['id']}", json=body).json()
    assert (after["discount_amount"], after["total_inc_tax"], after["items_total"]) == ("0.0000", "124.0000", 2)


def test_fees_are_replaced_whole(bench: Bench) -> None:
    number = make(bench, fees=[{"type": "custom_fee", "display_name_customer": "a", "cost_inc_tax": "2.38"}])["id"]
    fees = [{"display_name_customer": "b", "cost_ex_tax": "1.00", "cost_inc_tax": "1.19"}]
    bench.api.put(f"/v2/orders/{number}", json={"fees": fees})
    found = bench.api.get(f"/v2/orders/{number}?include=fees").json()["fees"]
    assert [(fee["display_name_customer"], fee["cost_tax"]) for fee in found] == [("b", "0.1900")]


def test_lists_filter_sort_and_page(demo: Bench) -> None:
    def ids(query: str) -> list[int]:
        response = demo.api.get(f"/v2/orders?{query}")
        return [order["id"] for order in response.json()] if response.content else []

    assert ids("status_id=12") == [118]
    assert ids("customer_id=3") == [103, 120]
    assert ids("email=henrik.ml@example.at") == [104]
    assert ids("min_id=120&max_id=121&sort=id:desc") == [121, 120]
    assert ids("min_total=8000") == [103, 113]
    assert ids("limit=2&page=2") == [102, 103]
    assert ids("page=99") == []
    newest = ids("sort=date_created:desc&limit=1")
    assert newest == [123]
    modified = demo.api.get("/v2/orders/123").json()["date_modified"]
    assert 123 in ids(f"min_date_modified={modified.replace('+', '%2B')}")
    assert ids("max_date_created=2001-01-01") == []


def test_an_order_of_the_minute_after_midnight_does_not_spoil_a_list(bench: Bench) -> None:
    now = bench.world.clock.now()
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    bench.world.clock.advance(midnight + timedelta(seconds=20) - now)
    order = make(bench)
    assert " 00:00:" in order["date_created"]
    for query in (
        {"min_date_created": "2020-01-01"},
        {"min_date_modified": order["date_created"]},
        {"sort": "date_created"},
    ):
        response = bench.api.get("/v2/orders", params=query)
        assert [entry["id"] for entry in response.json()] == [order["id"]], query


def test_a_bad_filter_or_sort_is_refused(bench: Bench) -> None:
    for query in ("status_id=held", "min_date_modified=yesterday", "sort=colour", "sort=id:up", "include=everything"):
        make(bench)
        assert bench.api.get(f"/v2/orders?{query}").status_code == 400, query


def test_counts_are_given_for_each_status(demo: Bench) -> None:
    body = demo.api.get("/v2/orders/count").json()
    counts = {status["id"]: status["count"] for status in body["statuses"]}
    assert body["count"] == 24 == sum(counts.values())
    assert counts[12] == 1


def test_renamed_statuses_show_in_labels_but_keep_their_ids(bench: Bench) -> None:
    bench.store.status_labels[12] = "Prüfung"
    number = make(bench, status_id=12)["id"]
    order = bench.api.get(f"/v2/orders/{number}").json()
    assert (order["status"], order["custom_status"]) == ("Manual Verification Required", "Prüfung")
    assert bench.api.get("/v2/order_statuses/12").json()["custom_label"] == "Prüfung"


def test_an_address_is_changed_without_new_totals_and_only_in_its_own_fields(bench: Bench) -> None:
    number = make(bench)["id"]
    bench.hook("store/order/updated")
    address = bench.api.get(f"/v2/orders/{number}/shipping_addresses").json()[0]
    at = f"/v2/orders/{number}/shipping_addresses/{address['id']}"
    assert bench.api.put(at, json={"city": "Bonn"}).json()["city"] == "Bonn"
    refused = bench.api.put(at, json={"items_total": 5})
    assert refused.json()[0]["message"].startswith("The field 'items_total' cannot be written to.")
    assert bench.app.scopes() == ["store/order/updated"]


def test_messages_can_be_read_but_not_written(demo: Bench) -> None:
    found = demo.api.get("/v2/orders/113/messages").json()
    assert [m["staff_id"] for m in found] == [0, 12345]
    assert [m["id"] for m in demo.api.get("/v2/orders/113/messages?is_flagged=true").json()] == [found[0]["id"]]
    assert demo.api.post("/v2/orders/113/messages", json={"message": "hi"}).status_code == 405
