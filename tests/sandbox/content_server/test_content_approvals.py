"""Deciding on a document, and how the companion app hears of it. Also: how injected faults look."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from werkzeug.wrappers import Request, Response

from sandbox.content_server import CallbackSettings, ContentServer, approvals, seed
from sandbox.content_server.callbacks import signature
from sandbox.content_server.refusal import Refusal
from sandbox.kernel.faults import FaultRule
from sandbox.kernel.transport import InProcess
from sandbox.kernel.world import World
from sandbox.otds import Otds
from tests.sandbox.content_server.conftest import PRODUCT, Bench, Desk

URL = "http://app.test/callbacks/content-server/t-1"
SECRET = "a-callback-secret"


class Listener:
    """Takes what is posted to the companion's address, answering `status`."""

    def __init__(self) -> None:
        self.heard: list[Request] = []
        self.bodies: list[bytes] = []
        self.status = 202

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        self.bodies.append(request.get_data())
        self.heard.append(request)
        return Response("{}", self.status)(environ, start_response)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def bench(listener: Listener) -> Iterator[Bench]:
    """The usual bench, with somebody listening where the callbacks go."""
    transport = InProcess({"app.test": listener})
    world = World(transport=transport, inline=True)
    server = ContentServer(world)
    made = Bench(world, server, InProcess({"content.test": server, "otds.test": Otds(world)}))
    yield made
    for desk in made.desks.values():
        desk.http.close()
    world.deliveries.close()


@pytest.fixture
def content(service: Desk) -> int:
    """A product's content document."""
    launch = service.workspace(PRODUCT)
    return service.document(service.folder(launch, "01 Content"), "Product content.json", b'{"name": "Cup"}')


def callbacks(bench: Bench, **settings: Any) -> None:
    bench.server.configure_callbacks(CallbackSettings(URL, secret=SECRET, **settings))


def test_an_approval_writes_who_when_and_which_version(bench: Bench, service: Desk, content: int) -> None:
    service.add_version(content)
    approvals.decide(bench.server, seed.ANNA, content, "Approved", "looks good", version=1)
    values = service.values(content, bench.category("Approval"))

    assert values[bench.key("Approval", "Status")] == "Approved"
    assert values[bench.key("Approval", "Approved by")] == seed.ANNA
    assert values[bench.key("Approval", "Approved version")] == 1
    assert values[bench.key("Approval", "Comment")] == "looks good"
    today = bench.world.clock.now().strftime("%Y-%m-%d")
    assert values[bench.key("Approval", "Approved on")].startswith(today)


def test_the_newest_version_is_meant_without_a_number(bench: Bench, service: Desk, content: int) -> None:
    service.add_version(content)
    approvals.decide(bench.server, seed.TOM, content, "Approved")

    assert service.values(content, bench.category("Approval"))[bench.key("Approval", "Approved version")] == 2


@pytest.mark.parametrize("login", [seed.LIAM, "nora"])
def test_an_author_or_stranger_cannot_approve(bench: Bench, service: Desk, content: int, login: str) -> None:
    with pytest.raises((Refusal, KeyError)):
        approvals.decide(bench.server, login, content, "Approved")
    assert service.get(f"/v2/nodes/{content}/categories").json()["results"] == []


@pytest.mark.parametrize(("status", "version"), [("Perhaps", None), ("Approved", 7)])
def test_an_impossible_decision_is_refused(
    bench: Bench, listener: Listener, content: int, status: str, version: int | None
) -> None:
    callbacks(bench)
    with pytest.raises(Refusal):
        approvals.decide(bench.server, seed.ANNA, content, status, version=version)
    assert listener.heard == []


@pytest.mark.parametrize(
    ("status", "event"),
    [
        ("Approved", "content.approved"),
        ("Rejected", "content.rejected"),
        ("Changes requested", "content.rejected"),
    ],
)
def test_the_companion_hears_of_a_decision(
    bench: Bench, listener: Listener, content: int, status: str, event: str
) -> None:
    callbacks(bench)
    approvals.decide(bench.server, seed.ANNA, content, status)
    body = json.loads(listener.bodies[0])

    assert (body["event"], body["node_id"], body["version"], body["decision"]) == (event, content, 1, status)
    workspace = bench.server.state.nodes[body["workspace_id"]]
    assert workspace.name == "Product 9 (demostore1)"


def test_asking_for_a_decision_calls_nobody(bench: Bench, listener: Listener, service: Desk, content: int) -> None:
    callbacks(bench)
    approvals.decide(bench.server, seed.LIAM, content, "Pending")

    values = service.values(content, bench.category("Approval"))
    assert values[bench.key("Approval", "Status")] == "Pending"
    assert values[bench.key("Approval", "Approved by")] is None
    workspace = bench.server.state.nodes[content].parent_id
    launch = bench.server.state.nodes[workspace].parent_id
    waiting = service.get(f"/v2/businessworkspaces/{launch}/inprocessdocuments").json()["results"]
    assert [row["id"] for row in waiting["data"]] == [content]
    assert listener.heard == []


def test_a_signed_callback_proves_its_body_and_time(bench: Bench, listener: Listener, content: int) -> None:
    callbacks(bench)
    approvals.decide(bench.server, seed.ANNA, content, "Approved")
    header = listener.heard[0].headers["X-Storefront-Signature"]
    moment, _, proof = header.partition(",v1=")

    assert proof == signature(SECRET, moment.removeprefix("t="), listener.bodies[0])
    assert abs(int(moment.removeprefix("t=")) - bench.world.clock.now().timestamp()) < 5
    assert len(proof) == 64


def test_a_callback_may_carry_a_live_ticket(bench: Bench, listener: Listener, content: int) -> None:
    callbacks(bench, auth="ticket")
    approvals.decide(bench.server, seed.ANNA, content, "Approved")
    ticket = listener.heard[0].headers["X-Storefront-Ticket"]
    with bench.anonymous() as http:
        assert http.get("v1/auth", headers={"OTCSTicket": ticket}).json()["data"]["name"] == seed.SERVICE


def test_a_callback_may_carry_a_static_key(bench: Bench, listener: Listener, content: int) -> None:
    callbacks(bench, auth="key")
    approvals.decide(bench.server, seed.ANNA, content, "Approved")

    assert listener.heard[0].headers["X-Storefront-Key"] == SECRET


def test_a_callback_may_carry_a_directory_token(bench: Bench, listener: Listener, content: int) -> None:
    callbacks(bench, auth="bearer")
    approvals.decide(bench.server, seed.ANNA, content, "Approved")
    token = bench.server.directory.read_token(listener.heard[0].headers["Authorization"].removeprefix("Bearer "))

    assert token.user is not None
    assert token.user.resource_name == seed.SERVICE
    assert token.claims["iss"] == "http://otds.test/otdsws/oauth2"


def test_a_lost_callback_is_not_repeated(bench: Bench, listener: Listener, content: int) -> None:
    callbacks(bench)
    listener.status = 503
    approvals.decide(bench.server, seed.ANNA, content, "Approved")
    bench.world.clock.advance(timedelta(days=1))

    assert len(listener.heard) == 1


@pytest.mark.parametrize(("kind", "times"), [("withhold", 0), ("duplicate", 2)])
def test_callbacks_can_be_withheld_and_doubled(
    bench: Bench, listener: Listener, content: int, kind: Any, times: int
) -> None:
    callbacks(bench)
    bench.world.faults.add(FaultRule(system="content_server", kind=kind, count=1))
    approvals.decide(bench.server, seed.ANNA, content, "Approved")
    approvals.decide(bench.server, seed.ANNA, content, "Approved")

    events = [json.loads(body)["event_id"] for body in listener.bodies]
    assert len(events) == times + 1
    assert len(set(events)) == (2 if kind == "duplicate" else 1)


def test_without_an_address_nobody_is_called(bench: Bench, listener: Listener, content: int) -> None:
    approvals.decide(bench.server, seed.ANNA, content, "Approved")

    assert listener.heard == []


# --- faults ---


def test_an_overloaded_server_answers_with_a_page(bench: Bench, service: Desk) -> None:
    bench.world.faults.add(FaultRule(system="content_server", kind="status", status=500, body="html", count=1))
    answer = service.get("/v2/nodes/2000")

    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/html; charset=UTF-8")
    assert "Please try again" in answer.text
    assert service.get("/v2/nodes/2000").status_code == 200


@pytest.mark.parametrize(("status", "text"), [(401, "Authentication Required"), (500, "An unexpected error occurred.")])
def test_a_refusing_server_answers_in_json(bench: Bench, service: Desk, status: int, text: str) -> None:
    bench.world.faults.add(FaultRule(system="content_server", kind="status", status=status))
    answer = service.get("/v2/nodes/2000")

    assert (answer.status_code, answer.json()) == (status, {"error": text})


def test_a_gateway_answers_in_html(bench: Bench, service: Desk) -> None:
    bench.world.faults.add(FaultRule(system="content_server", kind="status", status=503))

    assert service.get("/v2/nodes/2000").text.startswith("<html>")


def test_an_answer_lost_after_the_effect_leaves_the_effect(bench: Bench, service: Desk, content: int) -> None:
    rule = FaultRule(system="content_server", method="POST", path="*/versions", kind="drop_after", count=1)
    bench.world.faults.add(rule)
    with pytest.raises(httpx.RemoteProtocolError):
        service.add_version(content)

    assert len(service.get(f"/v2/nodes/{content}/versions").json()["results"]) == 2


def test_the_ledger_says_what_was_changed_and_by_which_body(bench: Bench, service: Desk, content: int) -> None:
    entries = bench.world.ledger.effects("content_server", "created")

    assert entries[0].effect.endswith("'Product 9 (demostore1)' created")
    assert all(entry.body_sha256 for entry in entries)
    service.get(f"/v2/nodes/{content}")
    assert bench.world.ledger.since(system="content_server")[-1].effect == ""


def test_a_saved_world_is_taken_up_again(bench: Bench, service: Desk, content: int, tmp_path: Any) -> None:
    bench.world.save_if_touched(tmp_path / "world")
    again = World(inline=True)
    assert again.load(tmp_path / "world")
    server = ContentServer(again)
    with httpx.Client(transport=InProcess({"content.test": server}), headers=service.http.headers) as http:
        answer = http.get(f"http://content.test/cs/cs/api/v1/nodes/{content}/content")
    again.deliveries.close()

    assert answer.content == b'{"name": "Cup"}'
