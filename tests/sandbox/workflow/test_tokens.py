"""Signing in at the gateway, and its refusals."""

from datetime import timedelta

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from sandbox import credentials
from sandbox.workflow.state import State
from tests.sandbox.workflow.harness import ANNA, RUNTIME, TOKEN_PATH, Harness

CLIENT = {"client_id": credentials.WORKFLOW_CLIENT_ID, "client_secret": credentials.WORKFLOW_CLIENT_SECRET}
GRANT = CLIENT | {"grant_type": "client_credentials"}
PERSON = CLIENT | {"grant_type": "password"}


def fault(answer: httpx.Response) -> str:
    assert set(answer.json()) == {"fault"}
    assert answer.json()["fault"]["faultstring"]
    return str(answer.json()["fault"]["detail"]["errorcode"])


@pytest.mark.parametrize("kind", ["json", "data"])
def test_a_client_signs_in_with_json_or_a_form(flows: Harness, kind: str) -> None:
    answer = flows.anonymous.post(TOKEN_PATH, **{kind: GRANT})  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 900


def test_a_client_signs_in_with_basic(flows: Harness) -> None:
    auth = (CLIENT["client_id"], CLIENT["client_secret"])
    answer = flows.anonymous.post(TOKEN_PATH, data={"grant_type": "client_credentials"}, auth=auth)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        (GRANT | {"client_id": "nobody"}, 401, "oauth.v2.InvalidApiKey"),
        (GRANT | {"client_secret": "wrong"}, 401, "oauth.v2.InvalidClientCredentials"),
        (GRANT | {"grant_type": "implicit"}, 400, "oauth.v2.UnsupportedGrantType"),
        (CLIENT, 400, "oauth.v2.InvalidRequest"),
        (PERSON | {"username": ANNA, "password": "no"}, 401, "oauth.v2.InvalidUserCredentials"),
        (PERSON | {"username": "x", "password": "demo"}, 401, "oauth.v2.InvalidUserCredentials"),
    ],
)  # fmt: skip
def test_a_wrong_sign_in_is_a_gateway_fault(flows: Harness, asked: dict[str, str], status: int, code: str) -> None:
    answer = flows.anonymous.post(TOKEN_PATH, json=asked)
    assert (answer.status_code, fault(answer)) == (status, code)


def test_another_tenant_does_not_know_the_client(flows: Harness) -> None:
    answer = flows.anonymous.post("/tenants/other/oauth2/token", json=GRANT)
    assert fault(answer) == "oauth.v2.InvalidApiKey"


def test_what_is_not_json_is_no_sign_in(flows: Harness) -> None:
    answer = flows.anonymous.post(TOKEN_PATH, content="{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_the_published_keys_verify_the_token(flows: Harness) -> None:
    token = flows.anonymous.post(TOKEN_PATH, json=GRANT).json()["access_token"]
    keys = KeySet.import_key_set(flows.anonymous.get("/oauth2/jwks").json())
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    assert claims["sub"] == f"{CLIENT['client_id']}@OAuthClients"
    assert claims["tenant"] == credentials.WORKFLOW_TENANT
    assert "d" not in flows.anonymous.get("/oauth2/jwks").json()["keys"][0]


@pytest.mark.parametrize("header", [None, "", "Basic eDp5", "Bearer ", "Bearer nonsense", "Bearer a.b.c"])
def test_without_a_good_token_nothing_is_answered(flows: Harness, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = flows.anonymous.get(f"{RUNTIME}/tasks", headers=headers)
    assert (answer.status_code, fault(answer)) == (401, "oauth.v2.InvalidAccessToken")


def test_a_token_of_somebody_elses_key_is_refused(flows: Harness) -> None:
    bearer = flows.client.headers["Authorization"]
    head, payload, _ = bearer.removeprefix("Bearer ").split(".")
    answer = flows.anonymous.get(f"{RUNTIME}/tasks", headers={"Authorization": f"Bearer {head}.{payload}.AAAA"})
    assert answer.status_code == 401


def test_a_token_ends_after_fifteen_minutes(flows: Harness) -> None:
    flows.world.clock.advance(timedelta(seconds=890))
    assert flows.client.get(f"{RUNTIME}/tasks").status_code == 200
    flows.world.clock.advance(timedelta(seconds=11))
    answer = flows.client.get(f"{RUNTIME}/tasks")
    assert (answer.status_code, fault(answer)) == (401, "keymanagement.service.access_token_expired")


def test_an_address_the_gateway_does_not_know_is_its_own_404(flows: Harness) -> None:
    answer = flows.client.get("/workflow/v2/tasks")
    assert (answer.status_code, fault(answer)) == (404, "messaging.adaptors.http.flow.ApplicationNotFound")
    assert flows.client.patch(f"{RUNTIME}/tasks", json={}).status_code == 405


def test_a_fresh_state_has_its_people() -> None:
    assert State().people[ANNA] == ["Order Review", "Content Approvers"]
