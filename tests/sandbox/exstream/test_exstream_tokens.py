"""The three token endpoints, their refusals, and what a token opens."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox import credentials
from sandbox.exstream.state import NO_ROLE_CLIENT, NO_ROLE_SECRET
from tests.sandbox.exstream.bench import GENERATE, Bench

TENANT = credentials.EXSTREAM_TENANT
ASKED = {
    "client_id": credentials.EXSTREAM_CLIENT_ID, "client_secret": credentials.EXSTREAM_CLIENT_SECRET,
    "grant_type": "client_credentials",
}  # fmt: skip
SCOPE = {"scope": f"search otds:groups subscription:{credentials.EXSTREAM_SUBSCRIPTION}"}
GATEWAY, SAAS = f"/tenants/{TENANT}/oauth2/token", f"/otdstenant/{TENANT}/oauth2/token"
LOCAL = f"/otdsws/otdstenant/{TENANT}/oauth2/token"


@pytest.mark.parametrize(
    ("url", "how"),
    [
        (GATEWAY, {"json": ASKED}),
        (SAAS, {"data": ASKED | SCOPE}),
        (LOCAL, {"data": ASKED | {"scope": "otds:groups"}}),
    ],
)
def test_each_endpoint_gives_a_token_of_fifteen_minutes(bench: Bench, url: str, how: dict[str, Any]) -> None:
    answer = bench.http.post(url, **how).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 900)
    bench.http.headers["Authorization"] = f"Bearer {answer['access_token']}"
    assert bench.http.get("/design/api/v1/domains").status_code == 200
    bench.world.clock.advance(timedelta(seconds=901))
    assert bench.http.get("/design/api/v1/domains").status_code == 401


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ({"data": ASKED}, 400, "oauth.v2.InvalidRequest"),
        ({"json": ASKED | {"client_id": "x"}}, 401, "oauth.v2.InvalidApiKey"),
        ({"json": ASKED | {"client_secret": "x"}}, 401, "oauth.v2.InvalidClientCredentials"),
        ({"json": ASKED | {"grant_type": "password"}}, 400, "oauth.v2.UnsupportedGrantType"),
    ],
)
def test_the_gateway_refuses_as_apigee_does(bench: Bench, how: dict[str, Any], status: int, code: str) -> None:
    answer = bench.http.post(GATEWAY, **how)
    assert (answer.status_code, answer.json()["fault"]["detail"]["errorcode"]) == (status, code)


@pytest.mark.parametrize(
    ("url", "how", "status", "error"),
    [
        (SAAS, {"json": ASKED}, 400, "invalid_request"),
        (SAAS, {"data": ASKED | SCOPE | {"client_secret": "x"}}, 401, "invalid_client"),
        (SAAS, {"data": ASKED | {"scope": "search otds:groups"}}, 400, "invalid_scope"),
        (SAAS, {"data": ASKED | SCOPE | {"grant_type": "password"}}, 400, "unsupported_grant_type"),
        (LOCAL, {"data": ASKED}, 400, "invalid_scope"),
    ],
)
def test_otds_refuses_as_oauth_says(bench: Bench, url: str, how: dict[str, Any], status: int, error: str) -> None:
    answer = bench.http.post(url, **how)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_nothing_opens_without_a_token(bench: Bench) -> None:
    del bench.http.headers["Authorization"]
    for method, path in (
        ("GET", "/design/api/v1/domains"),
        ("GET", "/orchestration/api/v1/version"),
        ("POST", GENERATE),
    ):
        answer = bench.http.request(method, path)
        assert answer.status_code == 401
        assert {"timestamp", "status", "message", "error", "details", "errorCode", "path"} == set(answer.json())


def test_templates_need_a_role_composing_does_not(bench: Bench) -> None:
    bench.sign_in(NO_ROLE_CLIENT, NO_ROLE_SECRET)
    assert bench.http.get("/design/api/v1/domains").status_code == 403
    assert bench.generate().status_code == 200


def test_a_token_survives_saving_and_loading(bench: Bench, tmp_path: Any) -> None:
    bench.generate()
    file = tmp_path / "world"
    bench.world.save_if_touched(file)
    bench.world.states.clear()
    assert bench.world.load(file)
    assert bench.generate().status_code == 200
    assert bench.exstream.state.composed == {"SF_INVOICE": 2}
