"""The signed payload of load, uninstall and remove_user, and what follows from them."""

import re
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import OctKey

from sandbox import credentials
from tests.sandbox.bigcommerce.bench import HASH, STORE, Bench

RENE = "rene.muller@northwind-outfitters.example"


def claims(token: str, secret: str = credentials.APP_CLIENT_SECRET) -> dict[str, Any]:
    decoded = jwt.decode(token, OctKey.import_key(secret), algorithms=["HS256"])
    assert decoded.header["alg"] == "HS256"
    return decoded.claims


def token_of(url: str) -> str:
    found: str = httpx.URL(url).params["signed_payload_jwt"]
    return found


def test_load_carries_the_documented_claims(bench: Bench) -> None:
    url = bench.panel.load_url(HASH, RENE, "/orders/106")
    found = claims(token_of(url))
    assert url.startswith("http://app.test/bigcommerce/load?signed_payload_jwt=")
    assert found["aud"] == credentials.APP_CLIENT_ID
    assert found["iss"] == "bc"
    assert found["sub"] == f"stores/{HASH}"
    assert found["user"] == {"id": 24654, "email": RENE, "locale": "de-DE"}
    assert found["owner"] == {"id": 12345, "email": "olivia.owner@northwind-outfitters.example"}
    assert found["url"] == "/orders/106"
    assert found["channel_id"] == 1
    assert found["exp"] - found["nbf"] == 86400
    assert found["iat"] - found["nbf"] == 5
    assert re.fullmatch(r"[0-9a-f-]{36}", found["jti"])


def test_from_the_apps_menu_there_is_no_channel_and_the_user_is_the_owner(bench: Bench) -> None:
    found = claims(token_of(bench.panel.load_url()))
    assert (found["url"], found["channel_id"], found["user"]["id"]) == ("/", None, found["owner"]["id"])


def test_every_payload_has_an_id_of_its_own(bench: Bench) -> None:
    first, second = (claims(token_of(bench.panel.load_url())) for _ in range(2))
    assert first["jti"] != second["jti"]


def test_another_secret_does_not_verify(bench: Bench) -> None:
    with pytest.raises(BadSignatureError):
        claims(token_of(bench.panel.load_url()), "another-secret-0123456789")


def test_payloads_stay_in_real_time_when_the_sandbox_clock_is_ahead(bench: Bench) -> None:
    before = claims(token_of(bench.panel.load_url()))["iat"]
    bench.wait(days=30)
    assert claims(token_of(bench.panel.load_url()))["iat"] - before < 60


def test_uninstalling_tells_the_app_and_takes_token_and_hooks(bench: Bench) -> None:
    token = bench.panel.issue_token()
    app = httpx.Client(transport=bench.http._transport, headers={"X-Auth-Token": token}, base_url=bench.api.base_url)
    body = {"scope": "store/app/uninstalled", "destination": "http://app.test/webhooks"}
    assert app.post("/v3/hooks", json=body).status_code == 200
    bench.panel.uninstall()
    webhook, callback = bench.app.take()
    assert webhook.json["scope"] == "store/app/uninstalled"
    assert (callback.method, callback.path) == ("GET", "/bigcommerce/uninstall")
    found = claims(parse_qs(callback.query)["signed_payload_jwt"][0])
    assert (found["sub"], found["user"]["id"]) == (f"stores/{HASH}", 12345)
    assert app.get("/v3/hooks").status_code == 401
    assert not bench.store.hooks
    assert not bench.panel.installed()


def test_removing_a_user_tells_the_app_who_left(bench: Bench) -> None:
    bench.panel.remove_user(RENE)
    (callback,) = bench.app.take()
    found = claims(parse_qs(callback.query)["signed_payload_jwt"][0])
    assert callback.path == "/bigcommerce/remove_user"
    assert found["user"]["email"] == RENE
    assert [user.email for user in bench.panel.users()].count(RENE) == 0


def test_the_owner_cannot_be_removed(bench: Bench) -> None:
    with pytest.raises(ValueError, match="owner"):
        bench.panel.remove_user(12345)


def test_an_app_that_does_not_answer_does_not_stop_an_uninstall(bench: Bench) -> None:
    bench.panel.issue_token()
    bench.app.status = 0
    bench.panel.uninstall()
    assert not bench.panel.installed()
    assert bench.http.get(f"{STORE}/v3/hooks", headers={"X-Auth-Token": "x"}).status_code == 401
