"""What an OTDS administrator does by REST, and what nobody else may."""

from typing import Any

import httpx
import pytest

from sandbox.otds.state import DEMO_PASSWORD
from tests.sandbox.otds.conftest import Bench

REST = "/otdsws/rest"
CLIENT = {
    "id": "judge",
    "secret": "judge-secret-0123456789",
    "confidential": True,
    "redirectURLs": ["http://app.test/*"],
}


class Desk:
    """One user at the REST calls."""

    def __init__(self, bench: Bench, name: str) -> None:
        answer = bench.rest("credentials", {"userName": name, "password": DEMO_PASSWORD})
        self._http, self._headers = bench.http, {"OTDSTicket": answer.json()["ticket"]}

    def do(self, method: str, path: str, body: Any = None, **query: str) -> httpx.Response:
        return self._http.request(method, f"{REST}{path}", json=body, params=query, headers=self._headers)


@pytest.fixture
def admin(bench: Bench) -> Desk:
    return Desk(bench, "admin")


def test_users_are_listed_by_partition_and_page_by_page(admin: Desk) -> None:
    whole = admin.do("GET", "/users", where_partition_name="demo").json()["users"]
    assert {user["userPartitionID"] for user in whole} == {"demo"}
    first = admin.do("GET", "/users", where_partition_name="demo", page_size="4").json()
    rest = admin.do("GET", "/users", where_partition_name="demo", next_page_cookie=first["nextPageCookie"]).json()
    assert [user["id"] for user in first["users"] + rest["users"]] == [user["id"] for user in whole]
    assert rest["nextPageCookie"] is None


def test_a_user_is_made_changed_put_into_a_group_and_deleted(bench: Bench, admin: Desk) -> None:
    made = admin.do("POST", "/users", {"userPartitionID": "demo", "name": "new", "values": []})
    assert (made.status_code, made.json()["id"]) == (201, "new@demo")
    assert admin.do("POST", "/users", {"userPartitionID": "demo", "name": "new"}).status_code == 409
    admin.do("PATCH", "/users/new@demo", {"values": [{"name": "sn", "values": ["Neu"]}]})
    admin.do("PUT", "/users/new@demo/password", {"newPassword": "secret"})
    assert bench.rest("credentials", {"userName": "new@demo", "password": "secret"}).status_code == 200
    admin.do("POST", "/groups", {"userPartitionID": "demo", "name": "Team"})
    assert admin.do("POST", "/users/new@demo/memberof", {"stringList": ["Team"]}).status_code == 204
    assert admin.do("GET", "/groups/Team").json()["numMembers"] == 1
    assert "Team" in [group["name"] for group in admin.do("GET", "/groups").json()["groups"]]
    assert admin.do("DELETE", "/users/new@demo").status_code == 204
    assert admin.do("PATCH", "/users/new@demo", {"values": []}).status_code == 404


def test_an_oauth_client_is_made_used_and_kept_secret(bench: Bench, admin: Desk) -> None:
    made = admin.do("POST", "/oauthclients", CLIENT | {"accessTokenLifeTime": 900})
    assert (made.status_code, made.json()["secret"]) == (201, CLIENT["secret"])
    shown = admin.do("GET", "/oauthclients/judge").json()
    assert (shown["accessTokenLifeTime"], shown["secret"]) == (900, None)
    admin.do("PATCH", "/oauthclients/judge", {"accessTokenLifeTime": 600})
    secret = str(CLIENT["secret"])
    token = bench.token(grant_type="client_credentials", client_id="judge", client_secret=secret)
    assert token.json()["expires_in"] == 600
    assert admin.do("POST", "/oauthclients", CLIENT).status_code == 409


def test_a_client_impersonates_only_when_it_may(bench: Bench, admin: Desk) -> None:
    admin.do("POST", "/oauthclients", CLIENT)
    exchange = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": "anna.berg@demo",
        "subject_token_type": "urn:opentext.com:oauth:string:user_id",
        "client_id": "judge",
        "client_secret": str(CLIENT["secret"]),
    }
    assert bench.token(**exchange).status_code == 400
    assert admin.do("PUT", "/oauthclients/judge/impersonation", {"allowImpersonation": True}).status_code == 204
    assert bench.token(**exchange).status_code == 200


def test_resources_partitions_and_trusted_sites_are_known(admin: Desk) -> None:
    assert admin.do("PUT", "/resources/cs/impersonation", {"allowImpersonation": False}).status_code == 204
    assert admin.do("GET", "/resources/cs").json()["allowImpersonation"] is False
    assert admin.do("GET", "/resources/other").status_code == 404
    assert admin.do("GET", "/partitions/demo").json()["name"] == "demo"
    assert admin.do("PUT", "/systemconfig/whitelist", {"stringList": ["https://a.test"] * 2}).status_code == 204
    assert admin.do("GET", "/systemconfig/whitelist").json() == {"stringList": ["https://a.test"]}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/users", {"userPartitionID": "demo", "name": "x"}),
        ("POST", "/oauthclients", CLIENT),
        ("PATCH", "/oauthclients/storefront-ecm", {"allowImpersonation": True}),
        ("PUT", "/systemconfig/whitelist", {"stringList": []}),
        ("PUT", "/users/anna.berg@demo/password", {"newPassword": "x"}),
    ],
)
def test_only_an_administrator_changes_anything(bench: Bench, method: str, path: str, body: Any) -> None:
    assert Desk(bench, "anna.berg@demo").do(method, path, body).status_code == 403
    assert bench.http.request(method, f"{REST}{path}", json=body).status_code == 401


@pytest.mark.parametrize("body", [None, [], {"name": 5}, {"name": ""}, {"stringList": "x"}])
def test_nonsense_is_refused(admin: Desk, body: Any) -> None:
    for method, path in (("POST", "/users"), ("POST", "/oauthclients"), ("PUT", "/systemconfig/whitelist")):
        assert admin.do(method, path, body).status_code == 400
    assert admin.do("GET", "/users", page_size="many").status_code == 400
