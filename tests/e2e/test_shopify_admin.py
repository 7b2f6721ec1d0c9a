"""The extensions and the app inside the stand-in admin, in a real browser over HTTP."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete

from app.db.links import WorkflowLink
from app.db.session import unit_of_work
from app.db.stores import WebSession
from app.settings import ShopifySettings
from sandbox import credentials
from sandbox.kernel.faults import FaultRule
from sandbox.server import Server
from sandbox.shopify.admin import extensions
from sandbox.stage import Addresses
from tests.e2e.windows import WATCH
from tests.house import House, a_house
from tests.integration.doors.test_shopify_extensions import (
    a_pdf,
    an_order_under_review,
    connect_shop,
    give_workspace,
    grant_deciding,
)

HANDLE = credentials.SHOPIFY_SHOP.partition(".")[0]
pytestmark = pytest.mark.skipif(
    not extensions.manifest()["extensions"], reason="the extensions are not built (make test builds them)"
)


@dataclass
class Admin:
    house: House
    url: str
    page: Page
    problems: list[str]

    def measured(self, frame: str, what: str) -> float:
        """`shift`, `paint` or `slowest` of the frame whose address has these words."""
        (found,) = [one for one in self.page.frames if frame in one.url]
        return float(found.evaluate(f"window.{what}"))

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.url}/admin/store/{HANDLE}{path}")
        return self.page


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def admin(sqlite_url: str, chromium: Browser) -> Iterator[Admin]:
    """App and admin over HTTP, OpenText in process; order 1001 has a workspace with a document on hold."""
    ours, theirs = (f"http://127.0.0.1:{_port()}" for _ in range(2))
    settings = ShopifySettings(
        client_id=credentials.SHOPIFY_CLIENT_ID, client_secret=credentials.SHOPIFY_CLIENT_SECRET,
        shop_url=f"{theirs}/{{shop}}", admin_origins=(theirs,), bridge_url=f"{theirs}/admin/static/app-bridge.js",
    )  # fmt: skip
    addresses = Addresses(app=ours, shopify=theirs)
    with (
        a_house(sqlite_url, addresses=addresses, seeded=True, public_url=ours, shopify=settings) as house,
        ExitStack() as stack,
    ):
        for url, served in ((ours, house.flask), (theirs, house.stage.shopify)):
            server = Server(served, int(url.rpartition(":")[2])).start()
            stack.callback(server.stop)
        store = connect_shop(house)
        give_workspace(house, store, "order", "1001")
        context = chromium.new_context(viewport={"width": 1280, "height": 1000})
        page, problems = context.new_page(), list[str]()
        page.add_init_script(WATCH)
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        yield Admin(house, theirs, page, problems)
        context.close()
        assert problems == []


@pytest.mark.alone  # it measures time
def test_the_block_tells_in_a_line_and_opens_the_panel_where_a_file_is_dropped(admin: Admin, tmp_path: Path):
    page = admin.open("/orders/1001")
    block = page.frame_locator("iframe.block")
    expect(block.locator("#summary")).to_have_text("1 doc · On hold")
    expect(block.get_by_text("On hold: Audit 2026")).to_be_visible()
    block.get_by_role("button", name="Open ECM panel").click()
    panel = page.frame_locator("dialog iframe")
    expect(panel.get_by_role("heading", name="Documents")).to_be_visible()
    expect(panel.get_by_label("File in")).to_be_enabled()
    panel.get_by_label("File in").press("ArrowDown")
    page.wait_for_timeout(100)
    for frame in ("-block", "-action"):
        assert 0 < admin.measured(frame, "paint") < 1000
        assert admin.measured(frame, "slowest") < 100
    paper = tmp_path / "Customs form.pdf"
    paper.write_bytes(a_pdf(2))
    panel.locator("input[type=file]").set_input_files(paper)
    expect(panel.get_by_role("link", name="Customs form.pdf")).to_be_visible()
    panel.get_by_role("button", name="Close").press("Escape")
    expect(block.locator("#summary")).to_have_text("2 docs · On hold")
    block.get_by_role("button", name="Open ECM panel").press("Enter")
    panel.get_by_role("link", name="open its page in ECM", exact=False).press("Enter")
    expect(page.frame_locator("#app-frame").get_by_role("heading", level=1)).to_contain_text("1001")


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_a_decision_is_made_in_the_action_at_any_width(admin: Admin, width: int, tmp_path: Path):
    house = admin.house
    order = an_order_under_review(house)
    grant_deciding(house)
    admin.page.set_viewport_size({"width": width, "height": 900})
    page = admin.open(f"/orders/{order}")
    block = page.frame_locator("iframe.block")
    expect(block.get_by_text("Order Review must act", exact=False)).to_be_visible()
    summary = block.locator("#summary").inner_text()
    assert 0 < len(summary) <= 30
    block.get_by_role("button", name="Open ECM panel").click()
    panel = page.frame_locator("dialog iframe")
    expect(panel.get_by_label("File in")).to_be_enabled()
    assert [admin.measured(frame, "shift") for frame in ("-block", "-action")] == [0, 0]
    panel.get_by_role("button", name="Decide", exact=False).click()
    house.stage.world.faults.add(FaultRule(system="workflow", path="/workflow/*", kind="status", status=503))
    panel.get_by_label("Comment").fill("Called the customer")
    panel.get_by_role("button", name="Approve").click()
    expect(panel.get_by_text("Nothing was decided and nothing waits to be", exact=False)).to_be_visible()
    expect(panel.get_by_label("Comment")).to_have_value("Called the customer")
    house.stage.world.faults.remove()
    admin.problems[:] = [one for one in admin.problems if "503" not in one]  # the refusal we asked for
    panel.get_by_role("button", name="Approve").click()
    expect(panel.get_by_text("Your decision is in OpenText.")).to_be_visible()
    wide = panel.locator("html").evaluate(
        "all => [...all.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)"
        ".map((one) => one.outerHTML.slice(0, 120))"
    )
    assert wide == []
    page.screenshot(path=str(tmp_path / f"decided-{width}.png"))
    house.drain()
    (link,) = house.rows(WorkflowLink)
    assert (link.outcome, link.comment) == ("approved", "Called the customer")


def test_entries_hide_where_the_app_has_nothing_to_say(admin: Admin):
    page = admin.open("/orders/1001")
    expect(page.get_by_role("button", name="ECM", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Print ECM documents")).to_be_visible()
    admin.open("/companies/1001")
    expect(
        page.frame_locator("iframe.block").get_by_text("Nothing about this company is in OpenText yet.")
    ).to_be_visible()
    expect(page.locator("[data-condition-of]")).to_have_count(0)
    expect(page.get_by_role("button", name="ECM", exact=True)).to_be_hidden()


def test_documents_of_several_orders_are_printed_from_the_list(admin: Admin):
    page = admin.open("/orders")
    for name in ("#1001", "#1002"):
        page.get_by_label(f"Select {name}").check()
    page.get_by_role("button", name="Print ECM documents").click()
    window = page.frame_locator("dialog iframe")
    expect(window.get_by_text("This order has no ECM documents to print.")).to_be_visible()
    expect(window.get_by_text("Ready to print: application/pdf")).to_be_visible()


def test_the_app_opens_in_the_admin_with_tokens_and_without_a_session_of_its_own(admin: Admin):
    for width in (320, 1280):
        admin.page.set_viewport_size({"width": width, "height": 900})
        page = admin.open("/apps/storefront-ecm")
        expect(page.frame_locator("#app-frame").get_by_role("navigation", name="Main")).to_be_hidden()
        page.wait_for_timeout(100)
        app = f"{admin.house.settings.public_url}/"
        assert (admin.measured(app, "shift"), admin.measured(app, "paint") > 0) == (0, True), width
    expect(page.frame_locator("#app-frame").get_by_role("main")).to_be_visible()
    expect(page.frame_locator("#app-frame").locator("html")).to_have_css("background-color", "rgb(241, 241, 241)")
    page.context.clear_cookies()
    frame = page.frame_locator("#app-frame")
    frame.locator("#find").evaluate("one => { one.style.caretColor = 'red' }")  # as a helper in the browser may
    page.locator("#app-nav").get_by_role("link", name="Activity").click()
    expect(page.locator("#title-bar")).to_contain_text("Activity")  # told once the page is settled
    expect(frame.get_by_role("main")).to_be_visible()


def test_the_admin_shows_the_apps_title_navigation_save_bar_and_toasts(admin: Admin):
    page = admin.open("/apps/storefront-ecm")
    frame = page.frame_locator("#app-frame")
    expect(page.locator("#app-nav a")).to_have_text(["Inbox", "Activity", "Settings"])
    expect(frame.get_by_role("navigation", name="Main")).to_be_hidden()
    page.locator("#app-nav").get_by_role("link", name="Settings").click()
    expect(page.locator("#title-bar")).to_contain_text("Settings")
    frame.get_by_role("link", name="Scenarios").click()
    frame.locator("main a[href*='/settings/scenarios/']").first.click()
    field = frame.locator("form[data-save-bar] input[type=text], form[data-save-bar] input[type=number]").first
    before = field.input_value()
    field.fill("77")
    expect(page.locator("#save-bar")).to_be_visible()
    page.locator("#save-bar").get_by_role("button", name="Discard").click()
    expect(field).to_have_value(before)
    expect(page.locator("#save-bar")).to_be_hidden()
    field.fill("77")
    page.locator("#save-bar").get_by_role("button", name="Save").click()
    expect(page.locator("#toast")).to_have_text("Saved")
    expect(page.locator("#save-bar")).to_be_hidden()
    expect(field).to_have_value("77")


def test_an_optional_permission_is_given_in_the_admins_own_window(admin: Admin):
    page = admin.open("/apps/storefront-ecm")
    frame = page.frame_locator("#app-frame")
    page.locator("#app-nav").get_by_role("link", name="Settings").click()
    frame.get_by_role("link", name="Permissions").click()
    line = frame.get_by_role("listitem").filter(has_text="write_draft_orders")
    expect(line.get_by_text("Not given")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.dismiss())
    line.get_by_role("link", name="Ask for it").click()
    expect(page.locator("#toast")).to_have_text("Nothing was changed.")
    page.once("dialog", lambda dialog: dialog.accept())
    with page.expect_response("**/scopes"):
        line.get_by_role("link", name="Ask for it").click()
    admin.house.drain()
    frame.get_by_role("link", name="Permissions").click()
    expect(line.get_by_text("Given", exact=True)).to_be_visible()


def test_what_was_typed_is_kept_and_saved_although_the_session_ended_meanwhile(admin: Admin):
    page = admin.open("/apps/storefront-ecm")
    frame = page.frame_locator("#app-frame")
    page.locator("#app-nav").get_by_role("link", name="Settings").click()
    frame.get_by_role("link", name="Scenarios").click()
    frame.locator("main a[href*='/settings/scenarios/']").first.click()
    field = frame.locator("form[data-save-bar] input[type=text], form[data-save-bar] input[type=number]").first
    field.fill("66")
    page.context.clear_cookies()
    with unit_of_work(admin.house.deps.database) as uow:
        uow.session.execute(delete(WebSession))
    page.locator("#save-bar").get_by_role("button", name="Save").click()
    expect(page.locator("#toast")).to_have_text("Saved")
    expect(field).to_have_value("66")
    assert len(admin.house.rows(WebSession)) == 1


def test_without_app_bridge_the_same_pages_work_alone(admin: Admin):
    admin.page.route("**/app-bridge.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page = admin.open("/apps/storefront-ecm")
    frame = page.frame_locator("#app-frame")
    frame.get_by_role("navigation", name="Main").get_by_role("link", name="Settings").click()
    expect(frame.get_by_role("heading", name="OpenText", exact=False).first).to_be_visible()
