"""The signed payload of load requests, and the code exchange where BigCommerce says no."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from app.errors import AppError, RateLimited, Rejected, Retryable
from app.outbound import Outbound
from app.stores.bigcommerce import BigCommerceDoor
from app.stores.bigcommerce.install import deep_link, missing_scopes
from tests.unit.stores.bigcommerce.builders import CLIENT_ID, FORMER_SECRET, NOW, SECRET, settings

ISSUED = int(NOW.timestamp())
OWN = settings()
DOOR = BigCommerceDoor(OWN, Outbound(OWN, httpx.MockTransport(lambda _request: httpx.Response(599))))


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a genuine load request; None takes one away."""
    base = {
        "aud": CLIENT_ID, "iss": "bc", "iat": ISSUED, "nbf": ISSUED - 5, "exp": ISSUED - 5 + 86_400,
        "jti": "af287c8e-3df8-44c1-b4a5-d2a38ba9bd72", "sub": "stores/abc123",
        "user": {"id": 24654, "email": "rene@example.com", "locale": "de-DE"},
        "owner": {"id": 12345, "email": "olivia@example.com"}, "url": "/orders/106", "channel_id": None,
    } | changes  # fmt: skip
    return {name: value for name, value in base.items() if value is not None or name == "channel_id"}


def signed(header: dict[str, Any] | None = None, secret: str = SECRET, **changes: Any) -> str:
    known = {"alg": "HS256", "typ": "JWT"} | (header or {})
    return jwt.encode(known, claims(**changes), OctKey.import_key(secret), algorithms=[known["alg"]])


def refused(token: str, now: datetime = NOW) -> None:
    with pytest.raises(Rejected) as caught:
        DOOR.signed_request({"signed_payload_jwt": token}, now)
    assert caught.value.status == 401
    assert caught.value.message == "Open the app again from your store."


def test_a_genuine_request_tells_store_person_and_place() -> None:
    found = DOOR.signed_request({"signed_payload_jwt": signed()}, NOW)
    assert (found.external_id, found.path, found.locale) == ("abc123", "/orders/106", "de-DE")
    assert (found.user_id, found.user_email, found.is_owner) == ("24654", "rene@example.com", False)
    assert found.token_id == "af287c8e-3df8-44c1-b4a5-d2a38ba9bd72"
    assert (found.expires_at - found.issued_at).total_seconds() == 86_395


def test_the_owner_is_known_by_the_id() -> None:
    token = signed(user={"id": 12345, "email": "olivia@example.com"})
    found = DOOR.signed_request({"signed_payload_jwt": token}, NOW)
    assert (found.is_owner, found.locale) == (True, "")


def test_the_former_secret_still_verifies_while_it_is_set() -> None:
    assert DOOR.signed_request({"signed_payload_jwt": signed(secret=FORMER_SECRET)}, NOW).external_id == "abc123"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another-app"}, {"aud": [CLIENT_ID]}, {"aud": ["other", CLIENT_ID]}, {"aud": None}, {"iss": "evil"},
        {"iss": None}, {"sub": None}, {"sub": "abc123"}, {"sub": "stores/../x"}, {"sub": "stores/ABC"},
        {"sub": "stores/abc123\n"}, {"sub": 7}, {"exp": None}, {"exp": str(ISSUED + 9)}, {"exp": ISSUED - 11},
        {"exp": 10**20}, {"nbf": None}, {"nbf": ISSUED + 11}, {"iat": None}, {"iat": ISSUED + 11}, {"iat": "now"},
        {"jti": None}, {"jti": ""}, {"jti": 5}, {"jti": "x" * 201}, {"user": None}, {"user": {}}, {"user": "owner"},
        {"user": {"id": "24654"}}, {"user": {"id": True}}, {"owner": None}, {"owner": {"email": "a@b.example"}},
    ],
    ids=str,
)  # fmt: skip
def test_a_claim_that_is_missing_or_wrong_refuses(changes: dict[str, Any]) -> None:
    refused(signed(**changes))


@pytest.mark.parametrize(("name", "moved"), [("exp", -10), ("nbf", 10), ("iat", 10)])
def test_clocks_may_differ_by_ten_seconds(name: str, moved: int) -> None:
    limit = {"exp": ISSUED + moved + 1, "nbf": ISSUED + moved, "iat": ISSUED + moved}[name]
    assert DOOR.signed_request({"signed_payload_jwt": signed(**{name: limit})}, NOW).external_id == "abc123"


def test_a_day_later_it_has_expired() -> None:
    refused(signed(), NOW + timedelta(days=1, seconds=10))


def unsigned(header: dict[str, Any], signature: str = "") -> str:
    parts = [json.dumps(part).encode() for part in (header, claims())]
    return ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts) + f".{signature}"


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "", "HS256", None, 5, ["HS256"], {"a": 1}])
def test_an_unsigned_token_is_refused(alg: object) -> None:
    refused(unsigned({"alg": alg, "typ": "JWT"}))


@pytest.mark.parametrize("alg", ["HS384", "HS512"])
def test_only_hs256_is_taken(alg: str) -> None:
    refused(signed({"alg": alg}, secret=SECRET * 3))
    own = settings(bigcommerce={"client_secret": SECRET * 3})
    door = BigCommerceDoor(own, Outbound(own, httpx.MockTransport(lambda _request: httpx.Response(599))))
    with pytest.raises(Rejected):
        door.signed_request({"signed_payload_jwt": signed({"alg": alg}, secret=SECRET * 3)}, NOW)


def test_a_key_of_the_senders_is_refused() -> None:
    key = RSAKey.generate_key(2048)
    token = jwt.encode({"alg": "RS256", "jwk": key.as_dict(private=False)}, claims(), key, algorithms=["RS256"])
    refused(token)
    refused(signed(secret="somebody-elses-secret-0123456789"))


@pytest.mark.parametrize(
    "header", [{"crit": ["b64"], "b64": False}, {"crit": ["new"], "new": 1}, {"zip": "DEF"}, {"strange": 1}]
)
def test_header_parameters_we_do_not_know_refuse(header: dict[str, Any]) -> None:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256"} | header).encode()).decode().rstrip("=")
    token = signed()
    refused(f"{head}.{token.split('.', 1)[1]}")


@pytest.mark.parametrize(
    "token", ["", "a", "a.b", "a.b.c", "." * 1000, "é.é.é", "x" * 2_000_000, "eyJ" * 3000, "\ud800.a.b"], ids=len
)
def test_what_is_no_token_is_refused(token: str) -> None:
    refused(token)


def test_a_request_without_a_token_is_refused() -> None:
    with pytest.raises(Rejected):
        DOOR.signed_request({}, NOW)


@given(st.text(max_size=200) | st.from_regex(r"[A-Za-z0-9_-]{1,60}\.[A-Za-z0-9_-]{1,60}\.[A-Za-z0-9_-]{1,60}"))
def test_no_text_is_ever_more_than_refused(token: str) -> None:
    refused(token)


@pytest.mark.parametrize(
    "path",
    [
        "/", "/orders/106", "/products/1", "/customers/9223372036854775807", "/inbox", "/find", "/activity/gaps",
        "/settings/set-up/workflow", "/settings/scenarios/order-review",
    ],
)  # fmt: skip
def test_our_own_pages_may_be_linked_to(path: str) -> None:
    assert deep_link(path) == path


@pytest.mark.parametrize(
    "url",
    [
        "//evil", "/\\evil", "https:evil", "https://evil/orders/1", "/%2f%2fevil", "javascript:alert(1)", "/orders/",
        "/orders/0", "/orders/1/", "/orders/1?x=1", "/orders/1#x", "/orders/-1", "/orders/1e3", "/orders/١٢",
        "/orders/1\n", "\n/orders/1", "/orders/../products/1", "/Orders/1", "orders/1", "", "/orders/" + "9" * 30,
        "/settings//evil", "/settings/../sign-out", "/settings/set-up?x=1", "/find/?q=x", "/activity/gaps/",
        "/settingsx", "/open/abc", "/approve/at", "/shopify/", "/settings/a/b/c", "/settings/-a", "/settings/\\evil",
        "/inbox\n",
    ],
)  # fmt: skip
def test_every_other_link_leads_to_the_start_page(url: str) -> None:
    assert deep_link(url) == "/"
    if url:
        assert DOOR.signed_request({"signed_payload_jwt": signed(url=url)}, NOW).path == "/"


@given(st.text())
def test_a_link_is_a_path_of_ours_or_the_start_page(url: str) -> None:
    found = deep_link(url)
    pages = ("orders", "products", "customers", "settings", "activity", "inbox", "find")
    assert found == "/" or (found == url and url.split("/")[1] in pages)


# The code exchange


def door_answering(answer: httpx.Response, seen: list[httpx.Request] | None = None) -> BigCommerceDoor:
    def handle(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return answer

    return BigCommerceDoor(OWN, Outbound(OWN, httpx.MockTransport(handle)))


QUERY = {"code": "abc", "context": "stores/abc123", "scope": "store_v2_orders"}
REDIRECT = "https://app.example/bigcommerce/auth"


def token_answer(**changes: Any) -> httpx.Response:
    return httpx.Response(200, json={
        "access_token": "granted-token", "scope": " ".join(OWN.bigcommerce.scopes),
        "user": {"id": 24654, "username": "m@example.com", "email": "m@example.com"},
        "owner": {"id": 12345, "username": "o@example.com", "email": "o@example.com"},
        "context": "stores/abc123", "account_uuid": "u",
    } | changes)  # fmt: skip


def test_the_code_is_exchanged_with_exactly_the_registered_address() -> None:
    seen: list[httpx.Request] = []
    installed = door_answering(token_answer(), seen).complete_install(QUERY, REDIRECT)
    assert (installed.external_id, installed.token) == ("abc123", "granted-token")
    assert (installed.user_id, installed.owner_id) == ("24654", "12345")
    assert installed.granted == frozenset(OWN.bigcommerce.scopes)
    (request,) = seen
    assert str(request.url) == "https://login.bigcommerce.com/oauth2/token"
    assert request.headers["content-type"] == request.headers["accept"] == "application/json"
    assert json.loads(request.content) == {
        "client_id": CLIENT_ID, "client_secret": SECRET, "code": "abc", "context": "stores/abc123",
        "scope": "store_v2_orders", "grant_type": "authorization_code", "redirect_uri": REDIRECT,
    }  # fmt: skip


def test_a_code_for_another_store_is_refused() -> None:
    with pytest.raises(Rejected) as caught:
        door_answering(token_answer(context="stores/victim9")).complete_install(QUERY, REDIRECT)
    assert (caught.value.status, caught.value.specific_code) == (400, "store_mismatch")
    assert "granted-token" not in f"{caught.value.message}{caught.value.context}"


@pytest.mark.parametrize(
    "change",
    [
        {"code": ""}, {"code": "x" * 2049}, {"context": ""}, {"context": "abc123"}, {"context": "stores/ABC"},
        {"context": "stores/a/b"}, {"context": "stores/abc123\n"}, {"context": "stores/" + "a" * 65},
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_right_is_not_even_tried(change: dict[str, str]) -> None:
    seen: list[httpx.Request] = []
    with pytest.raises(Rejected):
        door_answering(token_answer(), seen).complete_install(QUERY | change, REDIRECT)
    with pytest.raises(Rejected):
        door_answering(token_answer(), seen).complete_install({}, REDIRECT)
    assert seen == []


def test_missing_scopes_are_named() -> None:
    with pytest.raises(Rejected, match="store_v2_products") as caught:
        door_answering(token_answer(scope="store_v2_default store_v2_orders")).complete_install(QUERY, REDIRECT)
    assert caught.value.specific_code == "missing_scopes"
    assert "store_v2_orders" not in caught.value.message


@pytest.mark.parametrize(
    ("needed", "granted", "missing"),
    [
        ("a_read_only", "a_read_only", []),
        ("a_read_only", "a", []),
        ("a", "a_read_only", ["a"]),
        ("a", "b", ["a"]),
        ("a", "", ["a"]),
    ],
)
def test_a_scope_contains_its_read_only_twin_and_not_the_other_way(
    needed: str, granted: str, missing: list[str]
) -> None:
    assert missing_scopes([needed], frozenset(granted.split())) == missing


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(400, json={"error": "invalid_grant"}), Rejected),
        (httpx.Response(401, text="no"), Rejected),
        (httpx.Response(404), Rejected),
        (httpx.Response(429, headers={"X-Retry-After": "9"}), RateLimited),
        (httpx.Response(500), Retryable),
        (httpx.Response(503, text="<html>"), Retryable),
        (httpx.Response(200, text="<html>"), Rejected),
        (httpx.Response(200, json={"access_token": ""}), Rejected),
        (token_answer(access_token=None), Rejected),
        (token_answer(user=None), Rejected),
    ],
)
def test_an_exchange_that_fails_gives_no_installation(answer: httpx.Response, error: type[AppError]) -> None:
    with pytest.raises(AppError) as caught:
        door_answering(answer).complete_install(QUERY, REDIRECT)
    assert type(caught.value) is error
