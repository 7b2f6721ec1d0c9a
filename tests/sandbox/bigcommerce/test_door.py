"""What every API request passes: token, scopes, media types, quota, and how each family words its refusals."""

import httpx
import pytest

from sandbox.kernel.faults import FaultRule
from tests.sandbox.bigcommerce.bench import STORE, Bench

JSON_ONLY = {"Accept": "application/json"}


def test_without_a_token_v2_answers_an_array_and_v3_an_object(bench: Bench) -> None:
    old = bench.http.get(f"{STORE}/v2/orders", headers=JSON_ONLY)
    new = bench.http.get(f"{STORE}/v3/hooks", headers=JSON_ONLY)
    assert (old.status_code, new.status_code) == (401, 401)
    assert old.json() == [{"status": 401, "message": "No credentials were supplied in the request."}]
    assert set(new.json()) == {"status", "title", "type"}


def test_an_unknown_token_is_refused_everywhere(bench: Bench) -> None:
    for path in ("/v2/store", "/v3/catalog/products", "/v3/content/pages"):
        response = bench.http.get(STORE + path, headers=JSON_ONLY | {"X-Auth-Token": "guessed"})
        assert response.status_code == 401


def test_a_missing_scope_is_forbidden_in_the_familys_words(bench: Bench) -> None:
    client = bench.with_scopes("store_v2_products")
    assert client.get("/v2/orders").json()[0]["status"] == 403
    assert client.get("/v3/customers").json()["title"] == "You don't have a required scope to access the endpoint"
    assert client.get("/v3/catalog/products").status_code == 200
    assert client.get("/v3/hooks").status_code == 200


def test_a_read_only_scope_reads_only(bench: Bench) -> None:
    client = bench.with_scopes("store_v2_products_read_only", "store_v2_transactions_read_only")
    assert client.get("/v3/catalog/products").status_code == 200
    assert client.post("/v3/catalog/products", json={}).status_code == 403
    order = bench.merchant.create("orders", {})["id"]
    assert client.get(f"/v3/orders/{order}/transactions").status_code == 200
    assert client.post(f"/v3/orders/{order}/payment_actions/capture").status_code == 403


def test_v2_speaks_xml_to_whoever_does_not_ask_for_json(bench: Bench) -> None:
    response = bench.api.get("/v2/time", headers={"Accept": "*/*"})
    assert response.headers["Content-Type"].startswith("application/xml")
    assert response.text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<response><time>')
    refused = bench.api.get("/v2/orders/9", headers={"Accept": "text/html"})
    assert "<status>404</status>" in refused.text


def test_v3_serves_json_only(bench: Bench) -> None:
    assert bench.api.get("/v3/hooks", headers={"Accept": "application/xml"}).status_code == 406
    assert bench.api.get("/v3/hooks", headers={"Accept": "*/*"}).status_code == 200


def test_bodies_must_be_json_and_say_so(bench: Bench) -> None:
    form = bench.api.post("/v3/hooks", data={"scope": "store/order/created"})
    plain = bench.api.put("/v2/orders/1", content=b"{}", headers={"Content-Type": "text/plain"})
    broken = bench.api.post("/v3/hooks", content=b"{", headers={"Content-Type": "application/json"})
    assert (form.status_code, plain.status_code, broken.status_code) == (415, 415, 400)


def test_unknown_paths_and_methods_are_refused_in_the_familys_words(bench: Bench) -> None:
    assert bench.api.get("/v2/nothing").json()[0]["status"] == 404
    assert bench.api.get("/v3/nothing").json()["status"] == 404
    assert bench.api.delete("/v2/orders").json()[0]["status"] == 405
    assert bench.api.delete("/v3/hooks").json()["status"] == 405


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v2/orders?colour=red", 400), ("/v3/catalog/products?colour=red", 422), ("/v3/content/pages?colour=red", 422)],
)
def test_unknown_query_parameters_are_refused(bench: Bench, path: str, status: int) -> None:
    response = bench.api.get(path)
    assert response.status_code == status
    assert "colour" in response.text


@pytest.mark.parametrize("query", ["page=0", "limit=0", "limit=251", "page=x"])
def test_pages_are_bounded(bench: Bench, query: str) -> None:
    assert bench.api.get(f"/v2/orders?{query}").status_code == 400
    assert bench.api.get(f"/v3/catalog/products?{query}").status_code == 422


def test_every_answer_tells_the_quota_and_its_end_is_429(bench: Bench) -> None:
    bench.panel.set_quota(3, window_ms=30_000)
    answers = [bench.api.get("/v3/hooks") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert [a.headers["X-Rate-Limit-Requests-Left"] for a in answers] == ["2", "1", "0", "0"]
    last = answers[-1].headers
    assert last["X-Rate-Limit-Requests-Quota"] == "3"
    assert last["X-Rate-Limit-Time-Window-Ms"] == "30000"
    assert 0 < int(last["X-Rate-Limit-Time-Reset-Ms"]) <= 30_000
    assert 0 < int(last["X-Retry-After"]) <= 30
    assert bench.api.get("/v2/time").json()[0]["status"] == 429


def test_the_quota_is_whole_again_in_the_next_window(bench: Bench) -> None:
    bench.panel.set_quota(1, window_ms=30_000)
    assert bench.api.get("/v3/hooks").status_code == 200
    bench.wait(seconds=29)
    assert bench.api.get("/v3/hooks").status_code == 429
    bench.wait(seconds=2)
    assert bench.api.get("/v3/hooks").status_code == 200


def test_all_apps_of_a_store_share_its_quota(bench: Bench) -> None:
    other = bench.with_scopes("store_v2_products")
    bench.panel.set_quota(1)
    assert other.get("/v3/hooks").status_code == 200
    assert bench.api.get("/v3/hooks").status_code == 429


def test_a_refused_token_uses_no_quota(bench: Bench) -> None:
    bench.panel.set_quota(1)
    bench.http.get(f"{STORE}/v3/hooks", headers={"X-Auth-Token": "guessed"})
    assert bench.api.get("/v3/hooks").status_code == 200


def test_injected_faults_take_the_familys_shape(bench: Bench) -> None:
    bench.world.faults.add(FaultRule(system="bigcommerce", kind="status", status=503, count=2))
    assert bench.api.get("/v2/orders").json()[0]["status"] == 503
    assert bench.api.get("/v3/hooks").json()["status"] == 503


def test_an_injected_429_has_no_headers_but_those_of_the_rule(bench: Bench) -> None:
    rule = FaultRule(kind="status", status=429, path="*/orders*", count=1, headers={"X-Rate-Limit-Time-Reset-Ms": "9"})
    bench.world.faults.add(rule)
    response = bench.api.get("/v2/orders")
    assert response.headers["X-Rate-Limit-Time-Reset-Ms"] == "9"
    assert "X-Rate-Limit-Requests-Left" not in response.headers


def test_a_dropped_answer_leaves_the_effect_and_its_webhooks(bench: Bench) -> None:
    order = bench.merchant.create("orders", {})["id"]
    bench.hook("store/order/statusUpdated")
    bench.world.faults.add(FaultRule(kind="drop_after", method="PUT", count=1))
    with pytest.raises(httpx.RemoteProtocolError):
        bench.api.put(f"/v2/orders/{order}", json={"status_id": 12})
    assert bench.merchant.get("orders", order)["status_id"] == 12
    assert bench.app.scopes() == ["store/order/statusUpdated"]


def test_the_ledger_names_what_was_changed_once(bench: Bench) -> None:
    order = bench.merchant.create("orders", {})["id"]
    bench.api.put(f"/v2/orders/{order}", json={"status_id": 12, "staff_notes": "held"})
    bench.api.get(f"/v2/orders/{order}")
    bench.api.put(f"/v2/orders/{order}", json={"status_id": 99})
    (entry,) = bench.world.ledger.effects("bigcommerce")
    assert entry.effect == f"order {order} status 11 -> 12 changed staff_notes"
