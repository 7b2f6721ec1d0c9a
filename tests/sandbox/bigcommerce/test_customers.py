"""Customers, addresses, attributes, groups."""

from typing import Any

import pytest

from tests.sandbox.bigcommerce.bench import Bench

ADA: dict[str, Any] = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Löwe"}


@pytest.fixture
def ada(bench: Bench) -> int:
    number: int = bench.api.post("/v3/customers", json=[ADA]).json()["data"][0]["id"]
    return number


def test_customers_come_in_batches_of_ten_at_most(bench: Bench) -> None:
    many = [ADA | {"email": f"c{n}@example.com"} for n in range(11)]
    assert bench.api.post("/v3/customers", json=many).status_code == 413
    assert bench.api.post("/v3/customers", json=many[:10]).status_code == 200
    assert bench.api.post("/v3/customers", json=ADA).status_code == 422


def test_a_batch_is_made_whole_or_not_at_all(bench: Bench) -> None:
    response = bench.api.post("/v3/customers", json=[ADA, ADA])
    assert response.status_code == 422
    assert bench.api.get("/v3/customers").json()["data"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "ADA@example.com"}, ".customer_create"),
        ({"email": "no address"}, ".customer_create"),
        ({"email": "b@example.com", "customer_group_id": 9}, ".customer_create"),
        ({"email": "b@example.com", "first_name": ""}, "0.first_name"),
        ({"email": "b@example.com", "id": 5}, "0.id"),
        ({"email": "b@example.com", "blocked": True}, "0.blocked"),
    ],
)
@pytest.mark.usefixtures("ada")
def test_bad_customers_are_refused(bench: Bench, change: dict[str, Any], field: str) -> None:
    response = bench.api.post("/v3/customers", json=[ADA | change])
    assert response.status_code == 422
    assert list(response.json()["errors"]) == [field]


def test_an_update_sends_its_event_and_leaves_the_rest(bench: Bench, ada: int) -> None:
    bench.hook("store/customer/*")
    body = [{"id": ada, "notes": "2026-01-01 checked", "authentication": {"force_password_reset": True}}]
    changed = bench.api.put("/v3/customers", json=body).json()["data"][0]
    assert (changed["notes"], changed["first_name"]) == ("2026-01-01 checked", "Ada")
    assert changed["authentication"] == {"force_password_reset": True}
    assert bench.app.scopes() == ["store/customer/updated"]
    assert bench.api.put("/v3/customers", json=[{"notes": "x"}]).status_code == 422
    assert bench.api.put("/v3/customers", json=[{"id": 99, "notes": "x"}]).status_code == 422


def test_addresses_have_events_of_their_own(bench: Bench, ada: int) -> None:
    bench.hook("store/customer/*")
    address = {
        "first_name": "Ada", "last_name": "Löwe", "address1": "Am Deich 3", "city": "Husum", "country_code": "DE",
        "state_or_province": "", "postal_code": "25813", "customer_id": ada,
    }  # fmt: skip
    made = bench.api.post("/v3/customers/addresses", json=[address]).json()["data"][0]
    assert made["country"] == "Germany"
    bench.api.put("/v3/customers/addresses", json=[{"id": made["id"], "city": "Tönning"}])
    bench.api.delete(f"/v3/customers/addresses?id:in={made['id']}")
    seen = bench.app.take()
    assert [one.json["scope"] for one in seen] == [
        f"store/customer/address/{event}" for event in ("created", "updated", "deleted")
    ]
    assert seen[0].json["data"] == {"type": "customer", "id": made["id"], "address": {"customer_id": ada}}
    unknown = address | {"country_code": "XX"}
    assert bench.api.post("/v3/customers/addresses", json=[unknown]).status_code == 422


def test_includes_show_parts_and_leaving_them_out_hides_them(demo: Bench) -> None:
    plain = demo.api.get("/v3/customers?id:in=3").json()["data"][0]
    assert "addresses" not in plain
    assert (plain["address_count"], plain["attribute_count"]) == (1, 0)
    whole = demo.api.get("/v3/customers?id:in=3&include=addresses,attributes,storecredit,formfields").json()["data"][0]
    assert whole["addresses"][0]["city"] == "渋谷区"
    assert whole["store_credit_amounts"] == [{"amount": 0}]
    assert demo.api.get("/v3/customers?include=orders").status_code == 422


def test_lists_filter_and_sort(demo: Bench) -> None:
    def names(query: str) -> list[str]:
        return [c["last_name"] for c in demo.api.get(f"/v3/customers?{query}").json()["data"]]

    assert names("email:in=wang.wei@example.cn") == ["王"]
    assert names("name:like=groß") == ["Groß-Weiß"]
    assert names("customer_group_id:in=2") == ["山田", "الهاشمي", "O'Hara"]
    assert names("company:in=Nordljus AB") == ["d'Arcy-Ångström"]
    assert names("date_modified:min=2100-01-01") == []
    assert names("sort=last_name:asc&limit=1") == ["Bjørnson"]


def test_attribute_values_are_upserted_without_an_event(bench: Bench, ada: int) -> None:
    made = bench.api.post("/v3/customers/attributes", json=[{"name": "Score", "type": "number"}]).json()["data"][0]
    bench.hook("store/customer/*")
    value = {"attribute_id": made["id"], "customer_id": ada, "value": "3"}
    first = bench.api.put("/v3/customers/attribute-values", json=[value]).json()["data"][0]
    second = bench.api.put("/v3/customers/attribute-values", json=[value | {"value": "4"}]).json()["data"][0]
    assert (first["id"], second["attribute_value"]) == (second["id"], "4")
    assert bench.app.take() == []
    assert bench.api.put("/v3/customers/attribute-values", json=[value | {"value": "high"}]).status_code == 422
    assert bench.api.put("/v3/customers/attribute-values", json=[value | {"value": 4}]).status_code == 422
    assert bench.api.post("/v3/customers/attributes", json=[{"name": "Score", "type": "date"}]).status_code == 422


def test_the_control_panel_announces_attribute_changes(demo: Bench) -> None:
    demo.hook("store/customer/updated")
    changed = demo.merchant.patch("customers", 1, {"attributes": {"Tax ID": "DE 123"}})
    assert changed["attributes"][0]["attribute_value"] == "DE 123"
    assert demo.app.scopes() == ["store/customer/updated"]


def test_deleting_a_customer_takes_addresses_and_values_along(demo: Bench) -> None:
    assert demo.api.delete("/v3/customers").status_code == 422
    assert demo.api.delete("/v3/customers?id:in=3").status_code == 204
    assert demo.api.get("/v3/customers/addresses?customer_id:in=3").json()["data"] == []
    assert demo.api.get("/v2/orders/103").json()["customer_id"] == 3


def test_a_groups_rules_are_replaced_whole(bench: Bench) -> None:
    rules = [{"type": "all", "method": "percent", "amount": "10.0000"}]
    made = bench.api.post("/v2/customer_groups", json={"name": "Club", "discount_rules": rules}).json()
    by_list = [{"type": "price_list", "price_list_id": 1}]
    at = f"/v2/customer_groups/{made['id']}"
    assert bench.api.put(at, json={"discount_rules": by_list}).json()["discount_rules"] == by_list
    assert bench.api.put(at, json={"discount_rules": [*by_list, *rules]}).status_code == 400
    assert bench.api.put(at, json={"discount_rules": [{"type": "all"}]}).status_code == 400
    assert bench.api.post("/v2/customer_groups", json={"name": "club"}).status_code == 409
    assert bench.api.put(at, json={"discounts": []}).status_code == 400


def test_deleting_a_group_leaves_its_customers_without_one(demo: Bench) -> None:
    assert demo.api.delete("/v2/customer_groups/2").status_code == 204
    assert demo.api.get("/v3/customers?id:in=3").json()["data"][0]["customer_group_id"] == 0
