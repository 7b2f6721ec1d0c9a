"""The Smart View command *Publish to store* in a real browser: a minimal shell, the true module, the true door.

Page and door have origins of their own (`content.test`, `app.test`, both led to this machine), so that preflight and
the browser's own cross-origin rules are part of the test.
"""

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from app.db.inbox import InboxEvent
from app.domain.events import Source
from app.engine import callbacks
from extensions.opentext.smartview import build
from sandbox.content_server import tickets
from sandbox.kernel.faults import FaultRule
from tests.engine.test_publishing import Launch, sheet
from tests.house import House

pytestmark = pytest.mark.e2e
SHELL = Path(__file__).parent / "smartview"  # loader, stubs and toolbar: what the command needs of Smart View
PAGE = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><title>Shell</title><div id="toolbar"></div>'
    '<p id="message" role="status"></p><script src="/shell/loader.js"></script><script src="/shell/stubs.js"></script>'
    '<script src="/shell/store-all.js"></script><script src="/shell/shell.js"></script></html>'
)
DOCUMENT = 144


@dataclass
class Bench:
    """A house whose app and Content Server are reached by a browser, and one document with two versions there."""

    house: House
    browser: Browser
    node: dict[str, Any]
    launch: Launch
    doors: tuple[str, ...]

    def ticket(self, user: str = "liam.author@demo") -> str:
        server = self.house.stage.content_server
        with server.lock:
            return tickets.issue(server.state, server.actor(user).user, self.house.stage.world.clock.now())

    @contextmanager
    def page(
        self, ticket: str | None = None, *, origin: str = "http://content.test", language: str = "en"
    ) -> Iterator[Page]:
        """Smart View, as far as the command sees it, signed in with a ticket."""
        context = self.browser.new_context()
        page = context.new_page()
        page.goto(f"{origin}/shell/?language={language}")
        registration = json.loads((build.SOURCE / "store-extensions.json").read_text("utf-8"))
        page.evaluate("([r, t]) => open_shell(r, t)", [registration, self.ticket() if ticket is None else ticket])
        yield page
        context.close()

    def news(self) -> list[InboxEvent]:
        return self.house.rows(InboxEvent, source=Source.CONTENT_SERVER.value)


@contextmanager
def served(app: Callable[..., Any]) -> Iterator[int]:
    """A WSGI app on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


def with_shell(content_server: Callable[..., Any], doors: tuple[str, ...]) -> Callable[..., Any]:
    """Content Server with the shell's page beside it, as Smart View is served by Content Server."""
    text, _ = build.bundle(doors)

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        folder, _, name = request.path.rpartition("/")
        if folder != "/shell":
            return content_server(environ, start_response)
        if not name:
            page = PAGE.format(language=request.args["language"])
            return Response(page, mimetype="text/html")(environ, start_response)
        script = text if name == "store-all.js" else (SHELL / name).read_text("utf-8")
        return Response(script, mimetype="text/javascript")(environ, start_response)

    return app


@pytest.fixture
def bench(installed_house: House, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Bench]:
    house = installed_house
    secrets = callbacks.content_secrets(house.deps, house.store_id)
    assert secrets is not None
    doors = getattr(request, "param", (secrets.url,))
    launch = Launch(house)
    node = {"id": launch.write(sheet(name="Lamp of version 2")), "name": "Content <b>", "type": DOCUMENT}
    found = os.environ.get("ECM_TEST_CHROMIUM") or shutil.which("chromium")
    with served(house.flask) as app, served(with_shell(house.stage.content_server, doors)) as server:
        ports = {"app.test": app, "content.test": server, "evil.test": server}
        rules = ", ".join(f"MAP {host}:80 127.0.0.1:{port}" for host, port in ports.items())
        browser = chromium.browser_type.launch(
            executable_path=found, args=["--no-sandbox", f"--host-resolver-rules={rules}"]
        )
        yield Bench(house, browser, node, launch, doors)
        browser.close()


def press(page: Page) -> None:
    page.get_by_role("button", name="Publish to store").click()


def test_the_command_is_offered_for_exactly_one_document(bench: Bench) -> None:
    folder = {"id": 1, "name": "Folder", "type": 0}
    with bench.page() as page:
        button = page.get_by_role("button", name="Publish to store")
        for rows, offered in (([], False), ([bench.node], True), ([bench.node, bench.node], False), ([folder], False)):
            page.evaluate("rows => select(rows)", rows)
            assert button.is_enabled() is offered, rows


@pytest.mark.parametrize("bench", [()], indirect=True)
def test_without_a_configured_store_it_is_not_offered(bench: Bench) -> None:
    with bench.page() as page:
        page.evaluate("rows => select(rows)", [bench.node])
        assert not page.get_by_role("button", name="Publish to store").is_enabled()


def test_a_click_hands_the_newest_version_to_the_door_and_says_so(bench: Bench) -> None:
    with bench.page() as page:
        sent: list[Any] = []
        page.on("request", lambda one: sent.append(one) if "/callbacks/" in one.url and one.method == "POST" else None)
        page.evaluate("rows => select(rows)", [bench.node])
        press(page)
        bar = page.locator("#message")
        expect(bar).to_have_attribute("data-kind", "success")
        expect(bar).to_have_text(
            "Version 2 of “Content ‹b›” was handed to the store. It appears there if this version is approved."  # noqa: RUF001
        )
        expect(page.get_by_role("button")).to_have_attribute("data-state", "done")
        ticket = page.evaluate("() => connector.connection.session.ticket")
    (post,) = sent
    assert (post.url, post.headers["x-storefront-ticket"]) == (bench.doors[0], ticket)
    body = json.loads(post.post_data or "")
    assert (body["event"], body["node_id"], body["version"]) == ("content.approved", bench.node["id"], 2)
    assert set(body) == {"event", "event_id", "node_id", "version", "sent_at"}
    assert "cookie" not in post.headers
    (event,) = bench.news()
    assert event.detail == {"event": "content.approved", "node_id": str(bench.node["id"]), "version": "2"}
    bench.house.drain()
    assert bench.news()[0].reason.startswith("not_approved")


def test_asking_again_later_is_a_new_request_but_a_double_click_is_one(bench: Bench) -> None:
    with bench.page() as page:
        page.evaluate("rows => select(rows)", [bench.node])
        bar = page.locator("#message")
        page.evaluate("() => { const b = document.querySelector('button'); b.click(); b.click(); }")
        expect(bar).to_have_attribute("data-count", "1")
        press(page)
        expect(bar).to_have_attribute("data-count", "2")
    assert len(bench.news()) == 2


def test_an_approved_version_is_published_after_the_click(bench: Bench) -> None:
    """The whole way: approved in Content Server, its own call lost, asked for by a person in Smart View."""
    house = bench.house
    house.stage.world.faults.add(FaultRule(system="content_server", method="SEND", kind="withhold"))
    house.approve(bench.node["id"])
    house.drain()
    assert bench.news() == []
    assert bench.launch.live()["name"] == "Desk lamp"
    with bench.page() as page:
        page.evaluate("rows => select(rows)", [bench.node])
        press(page)
        expect(page.locator("#message")).to_have_attribute("data-kind", "success")
    house.drain()
    assert [event.state for event in bench.news()] == ["done"]
    assert bench.launch.live()["name"] == "Lamp of version 2"


def test_a_ticket_that_the_door_does_not_accept_is_told(bench: Bench) -> None:
    with bench.page() as page:
        page.evaluate("rows => select(rows)", [bench.node])
        page.evaluate(
            "() => { const ask = connector.makeAjaxCall;"
            "connector.makeAjaxCall = o => ask(o).then("
            "a => { connector.connection.session.ticket = 'D'.repeat(80); return a; }); }"
        )
        press(page)
        expect(page.locator("#message")).to_have_text(
            "The store’s side did not accept your sign-in. Reload the page and try again."
        )
        expect(page.get_by_role("button")).to_have_attribute("data-state", "failed")
    assert bench.news() == []


def test_a_session_that_ended_in_content_server_is_told_before_anything_is_sent(bench: Bench) -> None:
    with bench.page(ticket="E" * 80) as page:
        page.evaluate("rows => select(rows)", [bench.node])
        press(page)
        expect(page.locator("#message")).to_have_text(
            "The newest version of “Content ‹b›” could not be read. Reload the page and try again."  # noqa: RUF001
        )
    assert bench.news() == []


def test_too_many_requests_are_told_with_the_time_to_wait(bench: Bench) -> None:
    with bench.page() as page:
        page.evaluate("rows => select(rows)", [bench.node])
        page.evaluate(
            "async door => { for (let i = 0; i < 30; i++) await fetch(door, {method: 'POST', headers:"
            "{'Content-Type': 'application/json', 'X-Storefront-Ticket': String(i).padStart(80, '0')}, body: '{}'}); }",
            bench.doors[0],
        )
        press(page)
        bar = page.locator("#message")
        expect(bar).to_have_attribute("data-kind", "error")
        text = bar.text_content() or ""
    assert text.startswith("Too many requests. Try again in ")
    assert 0 < int(text.removeprefix("Too many requests. Try again in ").split()[0]) <= 60


def test_a_content_server_the_door_cannot_ask_is_told_as_unavailable(bench: Bench) -> None:
    with bench.page() as page:
        bench.house.stage.world.faults.add(FaultRule(system="content_server", path="*/auth", kind="status", status=503))
        page.evaluate("rows => select(rows)", [bench.node])
        press(page)
        expect(page.locator("#message")).to_have_text(
            "The store’s side is not available right now. Try again in a moment."
        )


def test_a_page_of_another_origin_is_stopped_by_the_browser_itself(bench: Bench) -> None:
    """The same page and a good ticket, but not from the configured Content Server."""
    with bench.page(origin="http://evil.test") as page:
        page.evaluate("rows => select(rows)", [bench.node])
        press(page)
        expect(page.locator("#message")).to_have_text(
            "The store’s side cannot be reached from this page. Ask your administrator whether its address is allowed."
        )
    assert bench.news() == []


def test_it_speaks_the_readers_language(bench: Bench) -> None:
    with bench.page(language="de") as page:
        page.evaluate("rows => select(rows)", [bench.node])
        page.get_by_role("button", name="Im Shop veröffentlichen").click()
        expect(page.locator("#message")).to_contain_text("wurde an den Shop übergeben")
