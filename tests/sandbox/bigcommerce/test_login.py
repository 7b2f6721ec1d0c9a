"""The code grant at the login host."""

from typing import Any

import httpx
import pytest

from sandbox import credentials
from sandbox.bigcommerce.scopes import DEFAULT
from tests.sandbox.bigcommerce.bench import HASH, STORE, Bench

TOKEN = "/oauth2/token"


def granted(bench: Bench, **more: Any) -> dict[str, str]:
    """What an app sends after the auth callback."""
    query = httpx.URL(bench.panel.install_url(**more)).params
    return {
        "client_id": credentials.APP_CLIENT_ID, "client_secret": credentials.APP_CLIENT_SECRET, "code": query["code"],
        "context": query["context"], "scope": query["scope"], "grant_type": "authorization_code",
        "redirect_uri": "http://app.test/bigcommerce/auth",
    }  # fmt: skip


def test_the_auth_callback_carries_code_scope_context_and_account(bench: Bench) -> None:
    url = httpx.URL(bench.panel.install_url())
    assert str(url).startswith("http://app.test/bigcommerce/auth?")
    assert set(url.params) == {"code", "scope", "context", "account_uuid"}
    assert url.params["context"] == f"stores/{HASH}"
    assert url.params["scope"].split() == list(DEFAULT)


@pytest.mark.parametrize("encoding", ["json", "data"])
def test_a_code_becomes_a_token_by_json_and_by_form(bench: Bench, encoding: str) -> None:
    given = granted(bench, user="rene.muller@northwind-outfitters.example")
    response = bench.http.post(TOKEN, **{encoding: given})
    body = response.json()
    assert response.status_code == 200
    assert body["context"] == f"stores/{HASH}"
    assert body["scope"].split() == list(DEFAULT)
    assert body["user"]["email"] == "rene.muller@northwind-outfitters.example"
    assert body["owner"]["id"] == bench.store.owner.id
    headers = {"X-Auth-Token": body["access_token"], "Accept": "application/json"}
    assert bench.http.get(f"{STORE}/v2/store", headers=headers).json()["id"] == HASH


def test_a_code_is_good_for_one_exchange(bench: Bench) -> None:
    given = granted(bench)
    assert bench.http.post(TOKEN, json=given).status_code == 200
    again = bench.http.post(TOKEN, json=given)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_code_expires(bench: Bench) -> None:
    given = granted(bench)
    bench.wait(minutes=11)
    assert bench.http.post(TOKEN, json=given).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "guessed"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"redirect_uri": "http://app.test/bigcommerce/auth/"}, 400, "invalid_request"),
        ({"context": "stores/other"}, 400, "invalid_request"),
        ({"scope": "store_v2_orders"}, 400, "invalid_scope"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
        ({"code": "made-up"}, 400, "invalid_grant"),
        ({"code": ""}, 400, "invalid_request"),
    ],
)
def test_anything_that_does_not_fit_is_refused_and_the_code_stays_good(
    bench: Bench, change: dict[str, str], status: int, error: str
) -> None:
    given = granted(bench)
    response = bench.http.post(TOKEN, json=given | change)
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert bench.http.post(TOKEN, json=given).status_code == 200


def test_a_body_of_another_type_is_refused(bench: Bench) -> None:
    assert bench.http.post(TOKEN, content=b"<x/>", headers={"Content-Type": "text/xml"}).status_code == 415
    assert bench.http.post(TOKEN, json=["not", "an", "object"]).status_code == 400
    assert bench.http.get(TOKEN).status_code == 405


def test_installing_again_voids_the_former_token(bench: Bench) -> None:
    first = bench.http.post(TOKEN, json=granted(bench)).json()["access_token"]
    second = bench.http.post(TOKEN, json=granted(bench)).json()["access_token"]
    ask = [bench.http.get(f"{STORE}/v3/hooks", headers={"X-Auth-Token": t}).status_code for t in (first, second)]
    assert ask == [401, 200]


def test_granting_less_than_asked_gives_a_token_with_less(bench: Bench) -> None:
    body = bench.http.post(TOKEN, json=granted(bench, scopes=["store_v2_products"])).json()
    headers = {"X-Auth-Token": body["access_token"], "Accept": "application/json"}
    assert body["scope"] == "store_v2_products"
    assert bench.http.get(f"{STORE}/v3/catalog/products", headers=headers).status_code == 200
    assert bench.http.get(f"{STORE}/v2/orders", headers=headers).status_code == 403


def test_a_change_of_the_apps_scopes_voids_its_tokens(bench: Bench) -> None:
    token = bench.panel.issue_token()
    bench.panel.register_app("http://app.test/a", "http://app.test/l", scopes=["store_v2_orders"])
    assert bench.http.get(f"{STORE}/v3/hooks", headers={"X-Auth-Token": token}).status_code == 401


def test_a_token_of_one_store_opens_no_other(bench: Bench) -> None:
    bench.panel.add_store("second2", "Second Store")
    token = bench.panel.issue_token("second2")
    assert bench.http.get("/stores/second2/v3/hooks", headers={"X-Auth-Token": token}).status_code == 200
    assert bench.http.get(f"{STORE}/v3/hooks", headers={"X-Auth-Token": token}).status_code == 401


def test_the_install_button_leads_to_the_auth_callback(bench: Bench) -> None:
    response = bench.http.get(f"/app/{credentials.APP_CLIENT_ID}/install")
    target = httpx.URL(response.headers["Location"])
    assert response.status_code == 302
    assert target.params["external_install"] == "1"
    assert bench.http.get("/app/nobody/install").status_code == 404
    assert bench.http.get(f"/app/{credentials.APP_CLIENT_ID}/install/succeeded").status_code == 200


def test_unknown_scopes_stores_and_users_are_refused_at_once(bench: Bench) -> None:
    for wrong in ({"scopes": ["store_everything"]}, {"store_hash": "nowhere"}, {"user": 1}, {"client_id": "nobody"}):
        with pytest.raises(ValueError, match=r"unknown|no store|not a user|no app"):
            bench.panel.install_url(**wrong)
