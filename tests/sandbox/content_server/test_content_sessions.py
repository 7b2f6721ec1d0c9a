"""Tickets: how one is got, presented, renewed and lost; who may log in; what needs none."""

import hashlib
from datetime import timedelta

import httpx
import pytest

from sandbox.content_server import seed
from sandbox.credentials import OTDS_CLIENT_ID, OTDS_CLIENT_SECRET
from sandbox.otds.state import DEMO_PASSWORD
from tests.sandbox.content_server.conftest import Bench, Desk

NO = {"error": "Authentication Required"}


def bearer(bench: Bench, client_id: str = OTDS_CLIENT_ID, secret: str = OTDS_CLIENT_SECRET) -> dict[str, str]:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    with httpx.Client(transport=bench.transport) as http:
        token = http.post("http://otds.test/otdsws/oauth2/token", data=form).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_an_otds_token_becomes_a_ticket_of_its_user(bench: Bench) -> None:
    with bench.anonymous() as http:
        answer = http.get("v1/auth", headers=bearer(bench))
        assert answer.json()["data"]["name"] == seed.SERVICE
        ticket = answer.headers["OTCSTicket"]
        again = http.get("v1/auth", headers={"otcsticket": ticket})

    assert again.json()["data"]["id"] == answer.json()["data"]["id"]
    assert "OTCSTicket" not in again.headers


def test_a_token_that_stands_for_no_member_is_refused(bench: Bench) -> None:
    headers = bearer(bench, "unmapped-client", "unmapped-demo-secret-0123456789")
    with bench.anonymous() as http:
        answer = http.get("v1/auth", headers=headers)

    assert (answer.status_code, answer.json()) == (401, NO)


def test_an_expired_token_is_refused(bench: Bench) -> None:
    headers = bearer(bench)
    bench.world.clock.advance(timedelta(seconds=3601))
    with bench.anonymous() as http:
        assert http.get("v1/auth", headers=headers).status_code == 401


def test_an_otds_ticket_works_on_any_call(bench: Bench) -> None:
    with bench.anonymous() as http:
        url = "http://otds.test/otdsws/rest/authentication/credentials"
        ticket = http.post(url, json={"userName": seed.ANNA, "password": DEMO_PASSWORD}).json()["ticket"]
        answer = http.get("v2/nodes/2000", headers={"OTDSTicket": ticket})

    assert answer.status_code == 200


@pytest.mark.parametrize("cookie", ["otcsticket", "LLCookie"])
def test_a_ticket_may_come_as_a_cookie(bench: Bench, service: Desk, cookie: str) -> None:
    ticket = service.http.headers["OTCSTicket"]
    with bench.anonymous() as http:
        assert http.get("v2/nodes/2000", headers={"Cookie": f"{cookie}={ticket}"}).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"OTCSTicket": "made up"}, {"Authorization": "Bearer made.up.token"}])
def test_without_a_good_credential_everything_is_401(bench: Bench, headers: dict[str, str]) -> None:
    with bench.anonymous() as http:
        for path in ("v1/auth", "v2/nodes/2000", "v1/serverinfo", "v2/businessworkspaces"):
            answer = http.get(path, headers=headers)
            assert (answer.status_code, answer.json()) == (401, NO)


@pytest.mark.parametrize(
    ("form", "status", "text"),
    [
        ({"username": seed.ANNA, "password": "wrong"}, 401, "Invalid username/password specified"),
        ({"username": "nora.nowhere@demo", "password": DEMO_PASSWORD}, 401, "Invalid username/password specified"),
        ({"password": "x"}, 500, "Argument username is required"),
        ({"username": "x"}, 500, "Argument password is required"),
        ({"username": "x", "password": "y", "domain": "d"}, 401, "Unable to login. Domain support is disabled"),
    ],
)
def test_a_refused_log_in_says_why(bench: Bench, form: dict[str, str], status: int, text: str) -> None:
    with bench.anonymous() as http:
        answer = http.post("v1/auth", data=form)

    assert (answer.status_code, answer.json()) == (status, {"error": text})


def test_a_ticket_expires_when_its_renewals_are_ignored(bench: Bench, service: Desk) -> None:
    for _ in range(3):
        bench.world.clock.advance(timedelta(minutes=39))
        assert "OTCSTicket" in service.get("/v2/nodes/2000").headers
    bench.world.clock.advance(timedelta(minutes=4))

    assert service.get("/v2/nodes/2000").status_code == 401


def test_a_client_that_takes_the_renewals_stays_logged_in(bench: Bench, service: Desk) -> None:
    for _ in range(5):
        bench.world.clock.advance(timedelta(minutes=100))
        answer = service.get("/v2/nodes/2000")
        assert answer.status_code == 200
        assert answer.headers["OTCSTicketExpires"].endswith("Z")
        service.http.headers["OTCSTicket"] = answer.headers["OTCSTicket"]


def test_a_fresh_ticket_is_not_renewed(service: Desk) -> None:
    assert "OTCSTicket" not in service.get("/v2/nodes/2000").headers


def test_logging_out_ends_the_ticket(service: Desk) -> None:
    assert service.delete("/v1/auth").json() == {}
    assert service.get("/v2/nodes/2000").status_code == 401


def test_a_reset_world_knows_no_old_ticket(bench: Bench, service: Desk) -> None:
    bench.world.reset()

    assert service.get("/v2/nodes/2000").status_code == 401


def test_another_service_can_check_the_hash_of_a_ticket(bench: Bench, service: Desk) -> None:
    digest = hashlib.sha512(service.http.headers["OTCSTicket"].encode()).hexdigest()
    with bench.anonymous() as http:
        assert http.post("v2/ai/auth/check", data={"ticket": digest}).status_code == 200
        assert http.post("v2/ai/auth/check", data={"ticket": "0" * 128}).status_code == 401


def test_ping_needs_no_ticket(bench: Bench) -> None:
    with bench.anonymous() as http:
        assert http.get("v1/ping").json()["rest_api"][0]["version"] == 1


def test_server_information_gives_the_session_times_in_milliseconds(service: Desk) -> None:
    info = service.get("/v1/serverinfo").json()

    assert float(info["server"]["version"]) == 26.1
    assert info["sessions"]["session_timeout"] == 7_200_000
    assert info["sessions"]["session_inactivity"] == 7_020_000


def test_only_an_administrator_sees_privileges(admin: Desk, service: Desk) -> None:
    assert admin.get("/v1/auth").json()["data"]["privilege_system_admin_rights"] is True
    assert not [name for name in service.get("/v1/auth").json()["data"] if name.startswith("privilege")]


def test_an_unknown_route_is_400(service: Desk) -> None:
    answer = service.get("/v2/nonsense")

    text = "The REST API URL could not be found in the mappings registry"
    assert (answer.status_code, answer.json()) == (400, {"error": text})
    assert service.http.patch("v2/nodes/2000").json() == {"error": text}


def test_suppressed_status_codes_move_into_the_body(service: Desk) -> None:
    answer = service.http.get("v2/nodes/99999?suppress_response_codes")

    assert answer.status_code == 200
    assert answer.json() == {"error": "Could not get a node for 99999", "statusCode": 400}


def test_a_member_is_found_by_name_and_by_id(service: Desk) -> None:
    found = service.get("/v2/members", where_type=0, query="anna").json()["results"]
    member = found[0]["data"]["properties"]

    assert [row["data"]["properties"]["name"] for row in found] == [seed.ANNA]
    assert service.get(f"/v2/members/{member['id']}").json()["results"]["data"]["properties"]["last_name"] == "Berg"
    unknown = service.get("/v2/members/77777")
    assert (unknown.status_code, unknown.json()["error"]) == (500, "Could not get a member for 77777")


def test_the_members_of_a_group_are_listed(service: Desk) -> None:
    answer = service.get(f"/v2/members/{seed.GROUP_IDS[seed.ORDER_REVIEW]}/members").json()

    assert {row["data"]["properties"]["name"] for row in answer["results"]} == {seed.ANNA, seed.TOM}


def test_one_user_cannot_end_the_sessions_of_another(service: Desk, admin: Desk) -> None:
    assert service.delete("/v2/members/1000/sessions").status_code == 403
    assert admin.delete("/v2/members/1001/sessions").status_code == 200
    assert service.get("/v2/nodes/2000").status_code == 401
