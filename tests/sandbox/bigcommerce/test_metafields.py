"""Metafields: who sees and changes them, what is unique, how batches fail in part, which events arrive."""

import pytest

from tests.sandbox.bigcommerce.bench import Bench
from tests.sandbox.bigcommerce.walk import METAFIELD


@pytest.fixture
def order(bench: Bench) -> str:
    return f"/v3/orders/{bench.merchant.create('orders', {})['id']}/metafields"


def test_a_second_one_of_the_same_name_is_a_conflict(bench: Bench, order: str) -> None:
    made = bench.api.post(order, json=METAFIELD).json()["data"]
    again = bench.api.post(order, json=METAFIELD | {"value": "other"})
    assert again.status_code == 409
    other = bench.api.post(order, json=METAFIELD | {"key": "hold"}).json()["data"]
    assert bench.api.put(f"{order}/{other['id']}", json={"key": "workspace_id"}).status_code == 409
    assert bench.api.get(f"{order}/{made['id']}").json()["data"]["value"] == "4711"
    assert bench.api.get(f"{order}/{other['id']}").json()["data"]["key"] == "hold"


def test_what_is_app_only_is_hidden_from_other_accounts(bench: Bench, order: str) -> None:
    made = bench.api.post(order, json=METAFIELD).json()["data"]["id"]
    other = bench.with_scopes("store_v2_orders")
    assert other.get(order).json()["data"] == []
    assert other.get(f"{order}/{made}").status_code == 404
    assert other.post(order, json=METAFIELD).status_code == 200


@pytest.mark.parametrize(
    ("permission", "status"), [("read", 403), ("read_and_sf_access", 403), ("write", 200), ("write_and_sf_access", 200)]
)
def test_permissions_decide_who_may_write(bench: Bench, order: str, permission: str, status: int) -> None:
    made = bench.api.post(order, json=METAFIELD | {"permission_set": permission}).json()["data"]["id"]
    other = bench.with_scopes("store_v2_orders")
    assert other.get(f"{order}/{made}").status_code == 200
    assert other.put(f"{order}/{made}", json={"value": "x"}).status_code == status


@pytest.mark.parametrize(
    "change",
    [{"value": ""}, {"key": "k" * 65}, {"namespace": ""}, {"permission_set": "all"}, {"value": 5}, {"colour": "red"}],
)
def test_bad_metafields_are_refused(bench: Bench, order: str, change: dict[str, object]) -> None:
    response = bench.api.post(order, json=METAFIELD | change)
    assert response.status_code == 422
    assert set(response.json()["errors"]) == set(change)


def test_lists_filter_by_namespace_and_key_and_page_by_cursor(bench: Bench, order: str) -> None:
    for key in ("a", "b", "c"):
        bench.api.post(order, json=METAFIELD | {"key": key})
    bench.api.post(order, json=METAFIELD | {"namespace": "other"})
    found = bench.api.get(f"{order}?namespace=opentext_ecm&key:in=a,c").json()["data"]
    assert [m["key"] for m in found] == ["a", "c"]
    first = bench.api.get(f"{order}?limit=2").json()
    cursor = first["meta"]["cursor_pagination"]["end_cursor"]
    second = bench.api.get(f"{order}?limit=2&after={cursor}").json()
    assert [m["key"] for m in (*first["data"], *second["data"])] == ["a", "b", "c", "workspace_id"]
    assert "next" not in second["meta"]["cursor_pagination"]["links"]
    assert bench.api.get(f"{order}?limit=2&page=2&after={cursor}").status_code == 422


def test_a_batch_does_what_it_can_and_says_what_it_could_not(bench: Bench, order: str) -> None:
    number = int(order.split("/")[3])
    good = METAFIELD | {"resource_id": number}
    body = [good, good, good | {"key": ""}, good | {"resource_id": 9, "key": "x"}]
    response = bench.api.post("/v3/orders/metafields", json=body)
    assert response.status_code == 422
    found = response.json()
    assert found["meta"] == {"total": 4, "success": 1, "failed": 3}
    assert [e["status"] for e in found["errors"]] == [409, 422, 404]
    assert [m["key"] for m in found["data"]] == ["workspace_id"]
    made = found["data"][0]["id"]
    gone = bench.api.request("DELETE", "/v3/orders/metafields", json=[made, 999])
    assert (gone.status_code, gone.json()["data"]) == (422, [made])


def test_an_orders_metafield_has_its_own_event_and_the_common_one(bench: Bench, order: str) -> None:
    number = order.split("/")[3]
    bench.hook("store/order/metafield/created")
    bench.hook("store/metafield/*", "http://app.test/common")
    made = bench.api.post(order, json=METAFIELD).json()["data"]["id"]
    bench.api.put(f"{order}/{made}", json={"value": "2"})
    bench.api.delete(f"{order}/{made}")
    own, *common = bench.app.take()
    assert own.json["scope"] == "store/order/metafield/created"
    assert own.json["data"] == {"metafield_id": made, "resource_id": number}
    assert [c.json["scope"] for c in common] == [f"store/metafield/{e}" for e in ("created", "updated", "deleted")]
    assert common[0].json["data"]["resource_type"] == "order"


def test_a_products_metafield_arrives_under_the_common_name(demo: Bench) -> None:
    demo.hook("store/product/metafield/created")
    demo.hook("store/product/variant/metafield/created", "http://app.test/variant")
    demo.api.post("/v3/catalog/products/77/metafields", json=METAFIELD)
    variant = demo.api.get("/v3/catalog/products/77/variants").json()["data"][0]["id"]
    demo.api.post(f"/v3/catalog/products/77/variants/{variant}/metafields", json=METAFIELD)
    seen = [(one.path, one.json["scope"], one.json["data"]["resource_type"]) for one in demo.app.take()]
    assert seen == [
        ("/webhooks", "store/metafield/created", "product"),
        ("/webhooks/variant".replace("/webhooks", ""), "store/metafield/created", "variant"),
    ]


def test_metafields_of_what_does_not_exist_are_not_found(demo: Bench) -> None:
    for at in ("/v3/orders/9", "/v3/customers/99", "/v3/catalog/products/9", "/v3/catalog/products/78/variants/381"):
        assert demo.api.post(f"{at}/metafields", json=METAFIELD).status_code == 404
