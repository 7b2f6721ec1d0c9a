"""The token endpoint, the keys it signs with, and what others can find out about a token."""

from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from sandbox.credentials import OTDS_CLIENT_ID, OTDS_CLIENT_SECRET
from sandbox.otds.oauth import EXCHANGE, USER_ID
from sandbox.otds.state import DEMO_PASSWORD
from tests.sandbox.otds.conftest import TOKEN, Bench

ANNA = "anna.berg@demo"
CREDENTIALS = "client_credentials"


def claims_of(bench: Bench, token: str) -> dict[str, object]:
    """Read as any outsider would: discovery, key set, signature."""
    discovery = bench.http.get("/otdsws/oauth2/.well-known/openid-configuration").json()
    keys = KeySet.import_key_set(bench.http.get(discovery["jwks_uri"]).json())
    decoded = jwt.decode(token, keys, algorithms=["RS256"])
    assert decoded.claims["iss"] == discovery["issuer"]
    return decoded.claims


def test_client_credentials_give_a_signed_token_of_the_mapped_service_user(bench: Bench) -> None:
    answer = bench.token(grant_type=CREDENTIALS)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert "refresh_token" not in body
    claims = claims_of(bench, body["access_token"])
    assert claims["sub"] == "svc-storefront@Content Server Members"
    assert claims["client_id"] == OTDS_CLIENT_ID
    assert claims["exp"] == claims["iat"] + 3600


def test_the_secret_may_come_by_http_basic(bench: Bench) -> None:
    answer = bench.http.post(TOKEN, data={"grant_type": CREDENTIALS}, auth=(OTDS_CLIENT_ID, OTDS_CLIENT_SECRET))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": CREDENTIALS, "client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": CREDENTIALS, "client_id": "nobody"}, 401, "invalid_client"),
        ({}, 400, "invalid_request"),
        ({"grant_type": "magic"}, 400, "unsupported_grant_type"),
        ({"grant_type": "password", "username": ANNA, "password": "wrong"}, 400, "invalid_grant"),
        ({"grant_type": "password", "username": ANNA}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "made-up"}, 400, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "made-up"}, 400, "invalid_grant"),
        ({"grant_type": CREDENTIALS, "client_id": "smart-view", "client_secret": ""}, 400, "unauthorized_client"),
    ],
)
def test_a_refusal_names_the_error_of_the_standard(bench: Bench, form: dict[str, str], status: int, error: str) -> None:
    answer = bench.token(**form)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_json_instead_of_a_form_is_refused(bench: Bench) -> None:
    answer = bench.http.post(TOKEN, json={"grant_type": CREDENTIALS, "client_id": OTDS_CLIENT_ID})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_repeated_parameter_is_refused(bench: Bench) -> None:
    body = f"grant_type={CREDENTIALS}&client_id={OTDS_CLIENT_ID}&client_id=other"
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    assert bench.http.post(TOKEN, content=body, headers=form).json()["error"] == "invalid_request"


def test_a_refresh_token_works_once(bench: Bench) -> None:
    first = bench.token(grant_type="password", username=ANNA, password=DEMO_PASSWORD, scope="otds:roles").json()
    second = bench.token(grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert second.status_code == 200
    assert claims_of(bench, second.json()["access_token"])["sub"] == ANNA
    assert second.json()["scope"] == "otds:roles"
    again = bench.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert again.json()["error"] == "invalid_grant"


def test_a_refresh_token_of_another_client_is_refused(bench: Bench) -> None:
    token = bench.token(grant_type="password", username=ANNA, password=DEMO_PASSWORD).json()["refresh_token"]
    other = {"client_id": "unmapped-client", "client_secret": "unmapped-demo-secret-0123456789"}

    assert bench.token(grant_type="refresh_token", refresh_token=token, **other).json()["error"] == "invalid_grant"


def test_a_client_that_may_impersonate_exchanges_a_user_id_for_that_users_token(bench: Bench) -> None:
    answer = bench.token(grant_type=EXCHANGE, subject_token=ANNA, subject_token_type=USER_ID)

    assert answer.status_code == 200
    assert answer.json()["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
    assert claims_of(bench, answer.json()["access_token"])["sub"] == ANNA


def test_a_client_that_may_not_impersonate_is_refused(bench: Bench) -> None:
    other = {"client_id": "unmapped-client", "client_secret": "unmapped-demo-secret-0123456789"}
    answer = bench.token(grant_type=EXCHANGE, subject_token=ANNA, subject_token_type=USER_ID, **other)

    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


def test_an_unknown_subject_is_refused(bench: Bench) -> None:
    answer = bench.token(grant_type=EXCHANGE, subject_token="ghost@demo", subject_token_type=USER_ID)

    assert answer.json()["error"] == "invalid_grant"


def test_token_info_tells_whose_it_is_until_it_expires(bench: Bench) -> None:
    token = bench.token(grant_type="password", username=ANNA, password=DEMO_PASSWORD).json()["access_token"]

    assert bench.rest("oauth/tokeninfo", {"token": token}).json()["userId"] == ANNA
    bench.world.clock.advance(timedelta(seconds=3601))
    assert bench.rest("oauth/tokeninfo", {"token": token}).status_code == 410


def test_token_info_refuses_a_token_of_nobody_for_a_resource(bench: Bench) -> None:
    other = {"client_id": "unmapped-client", "client_secret": "unmapped-demo-secret-0123456789"}
    token = bench.token(grant_type=CREDENTIALS, **other).json()["access_token"]

    assert bench.rest("oauth/tokeninfo", {"token": token}).status_code == 200
    assert bench.rest("oauth/tokeninfo", {"token": token, "resourceId": "cs"}).status_code == 401


def test_a_token_with_a_changed_letter_is_no_token(bench: Bench) -> None:
    token = bench.token(grant_type=CREDENTIALS).json()["access_token"]
    head, claims, signature = token.split(".")
    forged = ".".join((head, claims, signature[:-2] + ("AA" if signature[-2:] != "AA" else "BB")))

    assert bench.rest("oauth/tokeninfo", {"token": forged}).status_code == 410


def test_after_a_key_rotation_old_and_new_tokens_are_good(bench: Bench) -> None:
    old = bench.token(grant_type=CREDENTIALS).json()["access_token"]
    kid = bench.otds.directory.rotate_key()
    new = bench.token(grant_type=CREDENTIALS).json()["access_token"]

    published = [key["kid"] for key in bench.http.get("/otdsws/oauth2/jwks").json()["keys"]]
    assert published == ["otds-1", kid]
    assert claims_of(bench, old)["client_id"] == claims_of(bench, new)["client_id"]


def test_the_published_keys_hold_nothing_private(bench: Bench) -> None:
    for key in bench.http.get("/otdsws/oauth2/jwks").json()["keys"]:
        assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}


def test_a_reset_world_forgets_what_was_issued(bench: Bench) -> None:
    first = bench.token(grant_type="password", username=ANNA, password=DEMO_PASSWORD).json()
    bench.world.reset()

    answer = bench.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert answer.json()["error"] == "invalid_grant"
