"""A Content Server ticket opens the door for news; of browsers, only a page of that Content Server may knock."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.db.inbox import InboxEvent
from app.db.session import unit_of_work
from app.db.stores import OpenTextConnection
from app.domain.events import Source
from sandbox.content_server import tickets
from sandbox.kernel.faults import FaultRule
from tests.doors import Doors

PATH = "/callbacks/content-server/bigcommerce-demostore1"
ORIGIN = "http://content.test"
AUTH = "/cs/cs/api/v1/auth"
NEWS = {"event": "content.approved", "node_id": 2005, "version": 3, "event_id": "click-1"}


@pytest.fixture
def doors(sqlite_doors: Doors) -> Doors:
    return sqlite_doors


def a_ticket(doors: Doors, user: str = "liam.author@demo") -> str:
    """The ticket of a person who is signed in to Content Server."""
    server = doors.house.stage.content_server
    with server.lock:
        return tickets.issue(server.state, server.actor(user).user, doors.house.stage.world.clock.now())


def send(doors: Doors, ticket: str = "", *, origin: str | None = ORIGIN, **body: Any) -> TestResponse:
    headers = ({"X-Storefront-Ticket": ticket} if ticket else {}) | ({"Origin": origin} if origin else {})
    return doors.post(PATH, json=NEWS | body, headers=headers)


def news(doors: Doors) -> list[InboxEvent]:
    return doors.house.rows(InboxEvent, source=Source.CONTENT_SERVER.value)


def asked(doors: Doors) -> list[tuple[str, int]]:
    """The calls to Content Server's `auth` since the last look."""
    entries = doors.house.stage.world.ledger.since(system="content_server")
    doors.house.stage.world.ledger.clear()
    return [(entry.method, entry.status) for entry in entries if entry.path.split("?")[0] == AUTH]


def kept_raw(doors: Doors) -> bytes:
    (row,) = news(doors)
    return doors.house.deps.vault.decrypt(row.raw, f"inbox_event:raw:{row.id}")


def test_a_live_ticket_is_checked_with_one_call_and_the_hint_is_kept(doors: Doors) -> None:
    asked(doors)
    answer = send(doors, a_ticket(doors))
    assert (answer.status_code, answer.json) == (202, {"status": "accepted"})
    assert asked(doors) == [("GET", 200)]
    (event,) = news(doors)
    assert (event.topic, event.object_id) == ("content.approved", "2005")
    assert event.detail == {"event": "content.approved", "node_id": "2005", "version": "3"}


def test_a_page_of_the_content_server_may_read_every_answer(doors: Doors) -> None:
    wrong_field = send(doors, a_ticket(doors), node_id=0)
    for answer in (send(doors, a_ticket(doors)), send(doors, "x" * 80), wrong_field, send(doors)):
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Origin" in answer.headers["Vary"]


def test_its_preflight_is_answered_with_exactly_what_the_command_needs(doors: Doors) -> None:
    asking = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST",
              "Access-Control-Request-Headers": "content-type,x-storefront-ticket"}  # fmt: skip
    answer = doors.client.options(PATH, base_url="http://app.test", headers=asking)
    assert answer.status_code == 204
    told = {name: value for name, value in answer.headers.items() if name.startswith("Access-Control-")}
    assert told == {
        "Access-Control-Allow-Origin": ORIGIN, "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "Content-Type, X-Storefront-Ticket", "Access-Control-Max-Age": "600",
        "Access-Control-Expose-Headers": "Retry-After, X-Request-Id",
    }  # fmt: skip
    assert asked(doors) == []


FOREIGN = ("http://evil.test", "null", "https://content.test", "http://content.test:8080", "http://content.test.evil.test",
           "http://CONTENT.test", "http://app.test", "content.test")  # fmt: skip


def test_a_page_of_any_other_origin_is_refused_whatever_ticket_it_has(doors: Doors) -> None:
    ticket = a_ticket(doors)
    with doors.nothing_leaks() as tried:
        for origin in FOREIGN:
            answer = tried.add(send(doors, ticket, origin=origin), 401)
            assert answer.json == {"error": "invalid_token"}
            preflight = doors.client.options(PATH, base_url="http://app.test", headers={"Origin": origin})
            assert preflight.status_code == 204
            for each in (answer, preflight):
                assert not [name for name, _ in each.headers if name.startswith("Access-Control-")], origin


def test_stores_that_are_not_there_look_like_wrong_origins(doors: Doors) -> None:
    path = "/callbacks/content-server/bigcommerce-nobody"
    with doors.nothing_leaks() as tried:
        answer = doors.post(path, json=NEWS, headers={"Origin": ORIGIN, "X-Storefront-Ticket": "x" * 80})
        assert tried.add(answer, 401).json == {"error": "invalid_token"}
        preflight = doors.client.options(path, base_url="http://app.test", headers={"Origin": ORIGIN})
        assert preflight.status_code == 204
        assert "Access-Control-Allow-Origin" not in preflight.headers


def test_the_origin_is_compared_as_browsers_write_it(doors: Doors) -> None:
    for url, origin in (("https://CS.example.com:443/cs/cs", "https://cs.example.com"),
                        ("http://cs.example.com:8080/cs/cs", "http://cs.example.com:8080"),
                        ("https://[2001:db8::1]/cs/cs", "https://[2001:db8::1]")):  # fmt: skip
        with unit_of_work(doors.house.deps.database) as uow:
            uow.session.get_one(OpenTextConnection, doors.house.store_id).content_server_url = url
        answer = doors.client.options(PATH, base_url="http://app.test", headers={"Origin": origin})
        assert answer.headers.get("Access-Control-Allow-Origin") == origin


def test_a_ticket_that_ended_or_never_was_is_refused(doors: Doors) -> None:
    ended = a_ticket(doors)
    doors.house.stage.world.clock.advance(timedelta(hours=3))
    asked(doors)
    for ticket in (ended, "A" * 81 + "*"):
        assert send(doors, ticket).status_code == 401
    assert asked(doors) == [("GET", 401), ("GET", 401)]
    assert news(doors) == []


def test_what_cannot_be_a_ticket_is_refused_without_asking_anybody(doors: Doors) -> None:
    with doors.nothing_leaks() as tried:
        for ticket in ("short", "x" * 1001, "x" * 40 + " " + "x" * 40, "é" * 40):
            tried.add(send(doors, ticket), 401)
            tried.add(send_field(doors, ticket), 401)
        tried.add(send_field(doors, ["x" * 80]), 401)


def send_field(doors: Doors, ticket: Any) -> TestResponse:
    return doors.post(PATH, json=NEWS | {"ticket": ticket})


def test_a_ticket_may_come_as_a_field_and_is_not_kept(doors: Doors) -> None:
    """A WebReport's call may be unable to set headers."""
    ticket = a_ticket(doors)
    assert send_field(doors, ticket).status_code == 202
    assert json.loads(kept_raw(doors)) == NEWS
    for row in news(doors):
        assert ticket not in json.dumps(row.detail)


def test_the_same_as_a_form(doors: Doors) -> None:
    form = {"event": "content.approved", "node_id": "7", "ticket": a_ticket(doors)}
    assert doors.post(PATH, data=form).status_code == 202
    assert json.loads(kept_raw(doors)) == {"event": "content.approved", "node_id": "7"}


def test_a_body_without_a_ticket_is_kept_as_it_came(doors: Doors) -> None:
    body = b'{ "event":"content.approved", "node_id":2005 }'
    headers = {"X-Storefront-Ticket": a_ticket(doors)}
    assert doors.post(PATH, data=body, content_type="application/json", headers=headers).status_code == 202
    assert kept_raw(doors) == body


def test_the_ticket_is_in_no_log_line(doors: Doors, caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    caplog.set_level(logging.DEBUG)
    good, bad = a_ticket(doors), "B" * 80
    for ticket in (good, bad):
        send(doors, ticket)
        send_field(doors, ticket)
    doors.house.drain()
    output = capsys.readouterr()
    said = caplog.text + output.out + output.err
    assert good not in said
    assert bad not in said


def test_a_signature_or_key_beside_it_decides_alone(doors: Doors) -> None:
    with doors.nothing_leaks() as tried:
        for proof in ({"X-Storefront-Signature": "t=1,v1=00"}, {"X-Storefront-Key": "wrong"}):
            answer = doors.post(PATH, json=NEWS, headers=proof | {"X-Storefront-Ticket": a_ticket(doors)})
            tried.add(answer, 401)


FAULTS = [
    FaultRule(system="content_server", path="*/auth", kind="status", status=503),
    FaultRule(
        system="content_server", path="*/auth", kind="status", status=302, headers={"Location": "http://evil.test"}
    ),
    FaultRule(system="content_server", path="*/auth", kind="status", status=200, body="<html>Sign in</html>"),
    FaultRule(system="content_server", path="*/auth", kind="status", status=200, body={"data": {"id": "x"}}),
    FaultRule(system="content_server", path="*/auth", kind="drop_before"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.kind} {f.status} {str(f.body)[:6]}")
def test_a_content_server_that_cannot_be_asked_is_no_refusal_and_no_leave(doors: Doors, fault: FaultRule) -> None:
    doors.house.stage.world.faults.add(fault)
    answer = send(doors, a_ticket(doors))
    assert answer.status_code == 503
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert int(answer.headers["Retry-After"]) > 0
    assert news(doors) == []


def test_only_the_tenants_own_content_server_is_asked(doors: Doors) -> None:
    """No address of a request is ever called, wherever it stands."""
    doors.house.stage.world.ledger.clear()
    asking = {"X-Storefront-Ticket": "C" * 80, "X-Forwarded-Host": "evil.test", "Referer": "http://evil.test/cs/cs"}
    answer = doors.post(PATH, json=NEWS | {"content_server_url": "http://otds.test/cs/cs", "cs": "http://evil.test"},
                        headers=asking)  # fmt: skip
    assert answer.status_code == 401
    assert {(e.system, e.path) for e in doors.house.stage.world.ledger.since()} == {("content_server", AUTH)}


def test_guessing_tickets_is_made_slow(doors: Doors) -> None:
    answers = [send(doors, f"{number:080d}").status_code for number in range(40)]
    assert answers == [401] * 30 + [429] * 10
    assert len(asked(doors)) == 30
    assert send(doors, a_ticket(doors)).status_code == 429
