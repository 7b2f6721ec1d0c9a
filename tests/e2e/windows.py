"""A shop served on 127.0.0.1 and people's windows on it: for the tests and for the pictures alike."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from werkzeug.serving import make_server

from app.web.looks import Look, sheet
from tests.unit.web_pages.shop import Person, Shop, a_shop, all_is_silent

PIXEL = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#f3e9d2"/>'
    b'<path d="M20 50h24M32 50V30l-10-8 6-8 14 10-6 8" fill="none" stroke="#5b4a2f" stroke-width="3"/></svg>'
)
# What sticks out of a page, is hidden or lies on other words; names and numbers there may come from either side.
BROKEN = """() => {
  const root = document.documentElement, found = [], words = [];
  const wide = root.scrollWidth - root.clientWidth;
  if (wide > 0) found.push(`${wide} px too wide`);
  for (const card of document.querySelectorAll('.card')) {
    if (!card.checkVisibility() && !card.closest('[hidden], details')) found.push('a card that nobody sees');
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.trim() || node.parentElement.closest('.sr, .skip, script, style, option, textarea')) continue;
    if (!node.parentElement.checkVisibility({visibilityProperty: true})) continue;
    if (getComputedStyle(node.parentElement.closest('thead') || root).position === 'absolute') continue;  // for ears
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) if (box.width > 1) words.push([box, node]);
  }
  for (const [index, [a, one]] of words.entries()) {
    for (const [b, other] of words.slice(index + 1)) {
      if (one === other) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 3 && down > 5) found.push(`"${one.data.trim()}" lies on "${other.data.trim()}"`);
    }
  }
  return found.slice(0, 5);
}"""

# The sheet in the page becomes the one of another host; what a page adds to it stays.
DRESS = """([sheets, look, isInAdmin]) => {
  const own = document.querySelector('style');
  const root = document.documentElement;
  if (!own && root.className) root.className = look;  // a page of constant text
  if (!own) return;  // a host's page around ours
  const worn = Object.values(sheets).filter((one) => own.textContent.startsWith(one));
  const longest = Math.max(...worn.map((one) => one.length));
  own.textContent = sheets[look] + own.textContent.slice(longest);
  root.toggleAttribute('data-in-admin', isInAdmin);
}"""


def chromium_path() -> str:
    """The browser that set-up found; elsewhere the machine's own. Empty where there is none."""
    return os.environ.get("ECM_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""


@contextmanager
def a_browser(path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Site:
    """A shop that is being served."""

    shop: Shop
    url: str


@contextmanager
def a_site(database_url: str) -> Iterator[Site]:
    """The app over HTTP on a port of its own, ended with its block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with a_shop(database_url, outside=all_is_silent, public_url=address, extra_hosts=("app.test",)) as shop:
        server = make_server("127.0.0.1", port, shop.flask, threaded=True)
        thread = threading.Thread(target=server.serve_forever, name="site", daemon=True)
        thread.start()
        try:
            yield Site(shop, address)
        finally:
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

    def dress(self, look: Look) -> None:
        dress(self.page, look)

    def broken(self, width: int, direction: str = "ltr") -> list[str]:
        """What somebody would call broken at that width, reading in that direction."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        return list(self.page.evaluate(BROKEN))


def dress(page: Page, look: Look) -> None:
    """Let the page look as in that host's frame."""
    sheets = {one.value: str(sheet(one)) for one in Look}
    page.evaluate(DRESS, [sheets, look.value, look is Look.SHOPIFY])


def open_window(
    site: Site, chromium: Browser, role: str = "owner", *, width: int = 768, height: int = 900, scripts: bool = True,
    locale: str = "en-GB", cookies: bool = True, scale: float = 1,
) -> Visit:  # fmt: skip
    """A signed-in person's window. Who opens it closes its `context`."""
    person = site.shop.sign_in(role, locale)
    context = chromium.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=scripts, locale=locale,
        device_scale_factor=scale,
    )  # fmt: skip
    if cookies:
        context.add_cookies([{"name": "ecm", "value": person.secret, "url": site.url}])
    context.route("http://cdn.shop.test/**", _picture)
    page = context.new_page()
    return Visit(site, person, context, page, watched(page))


# What moved in a window or frame, when its largest part was painted, and its slowest answer to a press.
WATCH = """
window.shift = 0; window.paint = 0; window.slowest = 0;
const watch = (type, seen) => new PerformanceObserver((list) => list.getEntries().forEach(seen))
  .observe({type, buffered: true, durationThreshold: 16});
watch('layout-shift', (one) => { window.shift += one.value });
watch('largest-contentful-paint', (one) => { window.paint = one.startTime });
watch('event', (one) => { window.slowest = Math.max(window.slowest, one.duration) });
"""


def watched(page: Page) -> list[str]:
    """What will go wrong in it: dialogs, script errors, refusals of the browser."""
    problems: list[str] = []
    page.on("dialog", lambda dialog: (problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: problems.append(f"error: {error}"))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    return problems


def _picture(route: Route) -> None:
    route.fulfill(body=PIXEL, content_type="image/svg+xml")
