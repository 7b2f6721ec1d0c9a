"""Managing webhooks: what a hook may be, who sees it, how many there may be."""

from typing import Any

import pytest

from tests.sandbox.bigcommerce.bench import HOOK, Bench, make

BODY = {"scope": "store/order/created", "destination": "https://app.example.com/hooks"}


@pytest.mark.parametrize(
    "scope",
    [
        "store/order/statusUpdated", "store/order/*", "store/order/transaction/*", "store/customer/address/*",
        "store/priceList/records/updated", "store/channel/1/page/updated", "store/channel/22/order/*",
        "store/product/variant/metafield/created", "store/app/uninstalled",
    ],
)  # fmt: skip
def test_documented_scopes_and_wildcards_are_taken(bench: Bench, scope: str) -> None:
    assert bench.api.post("/v3/hooks", json=BODY | {"scope": scope}).status_code == 200


@pytest.mark.parametrize(
    "scope",
    ["store/order/status", "store/*", "store/promotion/created", "store/channel/x/page/updated", "order/created",
     "store/priceList/updated/", "store/channel/1/shipment/created", ""],
)  # fmt: skip
def test_scopes_that_do_not_exist_are_refused(bench: Bench, scope: str) -> None:
    response = bench.api.post("/v3/hooks", json=BODY | {"scope": scope})
    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["scope"]


@pytest.mark.parametrize(
    ("destination", "status"),
    [
        ("https://app.example.com/h", 200),
        ("https://app.example.com:443/h", 200),
        ("https://app.example.com:8443/h", 422),
        ("http://app.example.com/h", 422),
        ("app.example.com/h", 422),
        ("https:///h", 422),
        ("https://user:pass@app.example.com/h", 422),
        ("https://app.example.com:port/h", 422),
        (5, 422),
    ],
)
def test_destinations_are_https_on_port_443(destination: Any, status: int) -> None:
    bench = make(allow_plain_http=False)
    response = bench.api.post("/v3/hooks", json=BODY | {"destination": destination})
    assert response.status_code == status
    bench.world.deliveries.close()


@pytest.mark.parametrize("field", ["scope", "destination"])
def test_scope_and_destination_are_required(bench: Bench, field: str) -> None:
    response = bench.api.post("/v3/hooks", json={name: value for name, value in BODY.items() if name != field})
    assert response.json()["errors"] == {field: "error.path.missing"}


def test_headers_are_a_flat_map_of_strings(bench: Bench) -> None:
    assert bench.api.post("/v3/hooks", json=BODY | {"headers": {"X-A": 1}}).status_code == 422
    assert bench.api.post("/v3/hooks", json=BODY | {"headers": ["X-A"]}).status_code == 422
    assert bench.api.post("/v3/hooks", json=BODY | {"headers": {"X-A": "1"}}).status_code == 200


def test_one_hook_for_scope_and_destination_and_ten_for_a_scope(bench: Bench) -> None:
    for n in range(10):
        assert bench.api.post("/v3/hooks", json=BODY | {"destination": f"{HOOK}/{n}"}).status_code == 200
    again = bench.api.post("/v3/hooks", json=BODY | {"destination": f"{HOOK}/0"})
    eleventh = bench.api.post("/v3/hooks", json=BODY | {"destination": f"{HOOK}/10"})
    assert (again.status_code, eleventh.status_code) == (422, 422)
    assert "destination" in again.json()["errors"]
    assert "scope" in eleventh.json()["errors"]


def test_moving_a_hook_onto_another_is_refused(bench: Bench) -> None:
    bench.hook("store/order/created")
    other = bench.hook("store/order/created", f"{HOOK}/b")
    assert bench.api.put(f"/v3/hooks/{other}", json={"destination": HOOK}).status_code == 422
    assert bench.api.put(f"/v3/hooks/{other}", json={"destination": f"{HOOK}/b"}).status_code == 200


def test_hooks_are_seen_by_the_account_that_made_them(bench: Bench) -> None:
    number = bench.hook("store/order/created")
    other = bench.with_scopes("store_v2_orders")
    assert other.get("/v3/hooks").json()["data"] == []
    assert other.get(f"/v3/hooks/{number}").status_code == 404
    assert other.delete(f"/v3/hooks/{number}").status_code == 404
    assert other.post("/v3/hooks", json={"scope": "store/order/created", "destination": HOOK}).status_code == 200


def test_lists_filter_by_scope_destination_and_activity(bench: Bench) -> None:
    first = bench.hook("store/order/created")
    second = bench.hook("store/order/updated", f"{HOOK}/b", is_active=False)

    def ids(query: str) -> list[int]:
        return [hook["id"] for hook in bench.api.get(f"/v3/hooks?{query}").json()["data"]]

    assert ids("") == [first, second]
    assert ids("scope=store/order/updated") == [second]
    assert ids(f"destination={HOOK}") == [first]
    assert ids("is_active=false") == [second]
    assert bench.api.get("/v3/hooks?is_active=perhaps").status_code == 422


def test_delivery_exceptions_have_one_hook_at_a_destination_of_its_own(bench: Bench) -> None:
    bench.hook("store/order/created")
    exceptions = {"scope": "store/hook/deliveryException"}
    assert bench.api.post("/v3/hooks", json=exceptions | {"destination": HOOK}).status_code == 422
    assert bench.api.post("/v3/hooks", json=exceptions | {"destination": f"{HOOK}/x"}).status_code == 200
    assert bench.api.post("/v3/hooks", json=exceptions | {"destination": f"{HOOK}/y"}).status_code == 422
    assert bench.api.post("/v3/hooks", json=BODY | {"destination": f"{HOOK}/x"}).status_code == 422


def test_addresses_for_trouble_are_kept_for_each_app(bench: Bench) -> None:
    assert bench.api.put("/v3/hooks/admin", json={"emails": ["ops@example.com"]}).status_code == 204
    assert bench.api.get("/v3/hooks/admin").json()["data"]["emails"] == ["ops@example.com"]
    assert bench.api.put("/v3/hooks/admin", json={"emails": ["nobody"]}).status_code == 422
    other = bench.with_scopes("store_v2_orders")
    assert other.get("/v3/hooks/admin").json()["data"]["emails"] == []
