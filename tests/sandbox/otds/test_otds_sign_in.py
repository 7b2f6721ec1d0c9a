"""The authorization-code flow with its sign-in page and PKCE."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.credentials import OTDS_CLIENT_ID
from sandbox.otds.directory import challenge_of
from sandbox.otds.state import DEMO_PASSWORD
from tests.sandbox.otds.conftest import Bench

ANNA = "anna.berg@demo"
BACK = "http://app.test/opentext/return"
VERIFIER = "a-verifier-of-forty-three-characters-at-least"
AUTH = "/otdsws/oauth2/auth"
REQUEST = {
    "response_type": "code",
    "client_id": OTDS_CLIENT_ID,
    "redirect_uri": BACK,
    "state": "s-1",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}


def sign_in(bench: Bench, **changes: str) -> httpx.Response:
    """Fill in the form as a browser does: its hidden fields and the two visible ones."""
    page = bench.http.get(AUTH, params=REQUEST)
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    form = hidden | {"username": ANNA, "password": DEMO_PASSWORD} | changes
    return bench.http.post(AUTH, data=form)


def code_of(answer: httpx.Response) -> str:
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def exchange(bench: Bench, code: str, **changes: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return bench.token(**(form | changes))


def test_signing_in_sends_the_browser_back_with_a_code_for_that_users_token(bench: Bench) -> None:
    answer = sign_in(bench)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(BACK)
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["state"] == ["s-1"]
    token = exchange(bench, code_of(answer)).json()
    assert token["refresh_token"]
    assert bench.otds.directory.read_token(token["access_token"]).user == bench.otds.directory.find_user(ANNA)


def test_a_code_works_once(bench: Bench) -> None:
    code = code_of(sign_in(bench))

    assert exchange(bench, code).status_code == 200
    assert exchange(bench, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("change", [{"code_verifier": "another"}, {"redirect_uri": "http://app.test/else"}])
def test_a_code_in_other_hands_is_worth_nothing(bench: Bench, change: dict[str, str]) -> None:
    assert exchange(bench, code_of(sign_in(bench)), **change).json()["error"] == "invalid_grant"


def test_a_wrong_password_shows_the_form_again(bench: Bench) -> None:
    answer = sign_in(bench, password="wrong")

    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert 'name="code_challenge"' in answer.text


@pytest.mark.parametrize("change", [{"client_id": "nobody"}, {"redirect_uri": "https://evil.example/x"}])
def test_an_untrusted_request_is_never_redirected(bench: Bench, change: dict[str, str]) -> None:
    answer = bench.http.get(AUTH, params=REQUEST | change)

    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_public_client_must_use_pkce(bench: Bench) -> None:
    request = {"response_type": "code", "client_id": "smart-view", "redirect_uri": BACK, "state": "x"}
    answer = bench.http.get(AUTH, params=request)

    assert parse_qs(urlsplit(answer.headers["Location"]).query)["error"] == ["invalid_request"]


def test_plain_challenges_are_refused(bench: Bench) -> None:
    answer = bench.http.get(AUTH, params=REQUEST | {"code_challenge_method": "plain"})

    assert parse_qs(urlsplit(answer.headers["Location"]).query)["error"] == ["invalid_request"]


def test_what_came_in_is_escaped_on_the_page(bench: Bench) -> None:
    page = bench.http.get(AUTH, params=REQUEST | {"state": '"><script>alert(1)</script>'})

    assert "<script>" not in page.text
    assert page.headers["X-Frame-Options"] == "DENY"
