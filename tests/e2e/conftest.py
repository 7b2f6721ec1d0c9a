"""A real browser in front of the true app, served on 127.0.0.1 from rows that fixtures write."""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from werkzeug.serving import make_server

from tests.unit.web_pages.shop import Person, Shop, a_shop

PIXEL = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#f3e9d2"/>'
    b'<path d="M20 50h24M32 50V30l-10-8 6-8 14 10-6 8" fill="none" stroke="#5b4a2f" stroke-width="3"/></svg>'
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser that set-up found; elsewhere the machine's own, else these tests say that there is none."""
    found = os.environ.get("ECM_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no browser: name one in ECM_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Site:
    """A shop that is being served."""

    shop: Shop
    url: str


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    """The app over HTTP on a port of its own, ended with the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with a_shop(sqlite_url, public_url=address, extra_hosts=("app.test",)) as shop:
        server = make_server("127.0.0.1", port, shop.flask, threaded=True)
        thread = threading.Thread(target=server.serve_forever, name="site", daemon=True)
        thread.start()
        yield Site(shop, address)
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@dataclass
class Visit:
    """One person in one browser window; what went wrong there is collected."""

    site: Site
    person: Person
    context: BrowserContext
    page: Page
    problems: list[str]

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.site.url}{path}")
        return self.page


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """`visit(role=…, width=…, scripts=…)`: a signed-in person's window. Dialogs, errors and refusals fail the test."""
    opened: list[Visit] = []

    def start(role: str = "owner", *, width: int = 768, height: int = 900, scripts: bool = True, locale: str = "en-GB",
              cookies: bool = True, scale: float = 1) -> Visit:  # fmt: skip
        person = site.shop.sign_in(role, locale)
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, locale=locale,
            device_scale_factor=scale,
        )  # fmt: skip
        if cookies:
            context.add_cookies([{"name": "ecm", "value": person.secret, "url": site.url}])
        context.route("http://cdn.shop.test/**", _picture)
        page = context.new_page()
        found = Visit(site, person, context, page, [])
        page.on("dialog", lambda dialog: (found.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: found.problems.append(f"error: {error}"))
        page.on("console", lambda line: found.problems.append(line.text) if line.type == "error" else None)
        opened.append(found)
        return found

    yield start
    for one in opened:
        one.context.close()
    assert [problem for one in opened for problem in one.problems] == []


def _picture(route: Route) -> None:
    route.fulfill(body=PIXEL, content_type="image/svg+xml")


@pytest.fixture(scope="session")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: the folder ECM_SCREENSHOTS names, else a temporary one."""
    folder = Path(os.environ.get("ECM_SCREENSHOTS") or tmp_path_factory.mktemp("screens"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
