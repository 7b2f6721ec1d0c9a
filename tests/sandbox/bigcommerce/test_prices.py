"""Price lists, records in batches, assignments."""

from typing import Any

import pytest

from tests.sandbox.bigcommerce.bench import Bench

AT = "/v3/pricelists"


@pytest.fixture
def price_list(demo: Bench) -> int:
    number: int = demo.api.post(AT, json={"name": "Contract 7"}).json()["data"]["id"]
    return number


@pytest.fixture
def variant(demo: Bench) -> int:
    number: int = demo.api.get("/v3/catalog/variants?sku=NW-JKT-3L-S").json()["data"][0]["id"]
    return number


def test_names_are_unique_and_switching_off_is_announced(demo: Bench, price_list: int) -> None:
    demo.hook("store/priceList/*")
    assert demo.api.post(AT, json={"name": "contract 7"}).status_code == 409
    demo.api.put(f"{AT}/{price_list}", json={"active": False})
    demo.api.delete(f"{AT}/{price_list}")
    seen = demo.app.take()
    assert [one.json["scope"].rsplit("/")[-1] for one in seen] == ["deactivated", "updated", "deleted"]
    assert seen[0].json["data"] == {"price_list_id": price_list}


def test_a_batch_stores_the_good_records_and_names_the_bad(demo: Bench, price_list: int, variant: int) -> None:
    demo.hook("store/priceList/records/created")
    body: list[dict[str, Any]] = [
        {"variant_id": variant, "currency": "eur", "price": 100},
        {"sku": "NW-NOTHING", "currency": "eur", "price": 100},
        {"variant_id": variant, "currency": "xxx", "price": 100},
        {"variant_id": variant, "currency": "usd", "price": -1},
    ]
    response = demo.api.put(f"{AT}/{price_list}/records", json=body)
    assert response.status_code == 422
    errors = response.json()["batch_errors"]
    assert [list(e["field_errors"]) for e in errors] == [["variant_id"], ["currency"], ["price"]]
    assert errors[0]["data"] == {"price_list_id": price_list, "sku": "NW-NOTHING", "currency": "eur"}
    stored = demo.api.get(f"{AT}/{price_list}/records").json()["data"]
    assert [(r["variant_id"], r["price"]) for r in stored] == [(variant, 100)]
    (told,) = demo.app.take()
    assert told.json["data"] == [{"price_list_id": price_list, "variant_id": variant, "currency": "eur"}]


def test_upserts_repeat_but_creations_do_not(demo: Bench, price_list: int, variant: int) -> None:
    demo.hook("store/priceList/records/*")
    body = [{"variant_id": variant, "currency": "eur", "price": 100}]
    at = f"{AT}/{price_list}/records"
    assert [demo.api.put(at, json=body).status_code for _ in range(2)] == [200, 200]
    assert demo.api.post(at, json=body).status_code == 422
    assert [scope.rsplit("/")[-1] for scope in demo.app.scopes()] == ["created", "updated"]


def test_single_records_have_events_of_their_own(demo: Bench, price_list: int, variant: int) -> None:
    demo.hook("store/priceList/record/*")
    at = f"{AT}/{price_list}/records/{variant}/EUR"
    record = demo.api.put(at, json={"price": 90, "sale_price": 80}).json()["data"]
    assert record["calculated_price"] == 80
    assert demo.api.put(at, json={"price": 90}).json()["data"]["calculated_price"] == 90
    assert demo.api.delete(at).status_code == 204
    assert [scope.rsplit("/")[-1] for scope in demo.app.scopes()] == ["created", "updated", "deleted"]
    assert demo.api.get(at).status_code == 404


def test_batches_are_bounded(demo: Bench, price_list: int, variant: int) -> None:
    one = {"variant_id": variant, "currency": "eur", "price": 1}
    assert demo.api.put(f"{AT}/{price_list}/records", json=[one] * 1001).status_code == 413
    assert demo.api.post(f"{AT}/{price_list}/records", json=[one] * 101).status_code == 413
    assert demo.api.post(f"{AT}/records", json=[one]).status_code == 422


def test_deleting_records_and_assignments_needs_a_filter(demo: Bench, price_list: int) -> None:
    assert demo.api.delete(f"{AT}/{price_list}/records").status_code == 422
    assert demo.api.delete(f"{AT}/assignments").status_code == 422
    assert demo.api.delete(AT).status_code == 422


def test_assignments_stop_at_the_first_bad_one_and_count_the_saved(demo: Bench, price_list: int) -> None:
    good = {"price_list_id": price_list, "customer_group_id": 1, "channel_id": 1}
    response = demo.api.post(f"{AT}/assignments", json=[good, good | {"customer_group_id": 99}])
    assert response.status_code == 422
    assert response.json()["meta"] == {"saved_records": 1}
    assert len(demo.api.get(f"{AT}/assignments?price_list_id={price_list}").json()["data"]) == 1


def test_a_group_and_channel_have_one_list(demo: Bench, price_list: int) -> None:
    demo.hook("store/priceList/assignment/updated")
    (before,) = demo.api.get(f"{AT}/assignments?customer_group_id=3").json()["data"]
    demo.api.put(f"{AT}/{price_list}/assignments", json={"customer_group_id": 3, "channel_id": 1})
    (after,) = demo.api.get(f"{AT}/assignments?customer_group_id=3").json()["data"]
    assert (before["id"], after["price_list_id"]) == (after["id"], price_list)
    expected = {"price_list_id": price_list, "customer_group_id": 3, "channel_id": 1}
    assert demo.app.take()[0].json["data"] == expected


def test_a_deleted_list_takes_its_records_and_assignments_along(demo: Bench) -> None:
    assert demo.api.delete(f"{AT}/1").status_code == 204
    assert demo.api.get(f"{AT}/assignments").json()["data"] == []
    assert demo.api.get(f"{AT}/1/records").status_code == 404
