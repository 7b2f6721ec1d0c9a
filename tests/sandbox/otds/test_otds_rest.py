"""Single sign-on tickets and users."""

from datetime import timedelta

from sandbox.otds.state import DEMO_PASSWORD
from tests.sandbox.otds.conftest import Bench

ANNA = "anna.berg@demo"
CURRENT_USER = "/otdsws/rest/currentuser"


def ticket(bench: Bench, name: str = ANNA) -> str:
    found: str = bench.rest("credentials", {"userName": name, "password": DEMO_PASSWORD}).json()["ticket"]
    return found


def test_a_password_gives_a_ticket_that_names_its_user(bench: Bench) -> None:
    value = ticket(bench)

    assert value.startswith("*OTDSSSO*")
    answer = bench.http.get(CURRENT_USER, headers={"OTDSTicket": value})
    assert answer.json()["user"]["id"] == ANNA


def test_a_wrong_password_is_401(bench: Bench) -> None:
    assert bench.rest("credentials", {"userName": ANNA, "password": "wrong"}).status_code == 401
    assert bench.rest("credentials", {"userName": "ghost", "password": DEMO_PASSWORD}).status_code == 401


def test_a_bare_user_name_is_enough_where_it_is_unique(bench: Bench) -> None:
    answer = bench.rest("credentials", {"userName": "anna.berg", "password": DEMO_PASSWORD})

    assert answer.json()["userId"] == ANNA


def test_a_ticket_expires(bench: Bench) -> None:
    value = ticket(bench)
    bench.world.clock.advance(timedelta(hours=2, seconds=1))

    assert bench.http.get(CURRENT_USER, headers={"OTDSTicket": value}).status_code == 401
    expired = bench.rest("ticketforuser", {"userName": ANNA, "ticket": value})
    assert (expired.status_code, expired.json()["error"]) == (400, "Expired OTDS SSO ticket")


def test_logging_out_ends_the_ticket(bench: Bench) -> None:
    value = ticket(bench)
    bench.http.get("/otdsws/logout", headers={"OTDSTicket": value})

    assert bench.http.get(CURRENT_USER, headers={"OTDSTicket": value}).status_code == 401


def test_only_the_administrator_gets_a_ticket_for_somebody_else(bench: Bench) -> None:
    own, admin = ticket(bench), ticket(bench, "admin")

    assert bench.rest("ticketforuser", {"userName": "tom.okafor@demo", "ticket": own}).status_code == 403
    other = bench.rest("ticketforuser", {"userName": ANNA, "ticket": admin}).json()["ticket"]
    assert bench.http.get(CURRENT_USER, headers={"OTDSTicket": other}).json()["user"]["id"] == ANNA


def test_a_user_is_read_with_a_credential_only(bench: Bench) -> None:
    path = f"/otdsws/rest/users/{ANNA}"

    assert bench.http.get(path).status_code == 401
    assert bench.http.get(path, headers={"OTDSTicket": ticket(bench)}).json()["id"] == ANNA


def test_an_unknown_path_is_404_in_the_services_own_shape(bench: Bench) -> None:
    answer = bench.http.get("/otdsws/rest/elsewhere")

    assert (answer.status_code, set(answer.json())) == (404, {"status", "error", "errorDetails"})
