"""The main job by mouse, in a real browser, against the demo: install, review an order, decide, publish content.

Screenshots go where ECM_SCREENSHOTS says.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FrameLocator, Locator, Page, expect

from sandbox import credentials
from tests.e2e.running_demo import RunningDemo, a_demo

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
PATIENCE = 30_000  # milliseconds, for what happens in other processes
SECRETS = {
    "client_id": credentials.OTDS_CLIENT_ID,
    "client_secret": credentials.OTDS_CLIENT_SECRET,
    "workflow_client_id": credentials.WORKFLOW_CLIENT_ID,
    "workflow_client_secret": credentials.WORKFLOW_CLIENT_SECRET,
    "exstream_client_id": credentials.EXSTREAM_CLIENT_ID,
    "exstream_client_secret": credentials.EXSTREAM_CLIENT_SECRET,
    "notifications_user": credentials.NOTIFICATIONS_USER,
    "notifications_password": credentials.NOTIFICATIONS_PASSWORD,
}
EDITED = {"name": "Wattwanderer Boots II", "description": "<p>Made for <strong>mud flats</strong>.</p>"}


@dataclass
class Person:
    """Somebody in front of the desk."""

    page: Page
    screens: Path
    shots: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def panel(self) -> FrameLocator:
        """The app in the side panel."""
        return self.page.frame_locator("#side-panel iframe")

    @property
    def app(self) -> FrameLocator:
        """The app's own page."""
        return self.page.frame_locator("iframe.app-frame")

    def look(self, name: str) -> None:
        self.shots += 1
        # The usual hiding of the caret would add a style to the page, which its policy refuses.
        self.page.screenshot(path=self.screens / f"main-job-{self.shots:02}-{name}.png", caret="initial")

    def switch_to(self, system: str) -> None:
        self.page.get_by_role("navigation", name="Which system").get_by_role("link", name=system).click()

    def go_to(self, name: str) -> None:
        self.page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).first.click()

    def row(self, text: str) -> Locator:
        return self.page.locator("tbody tr", has_text=text).first

    def open_panel(self, row: str) -> FrameLocator:
        """The row's Action menu, its item from the app."""
        self.row(row).locator("summary").click()
        self.row(row).locator("a.from-app").click()
        expect(self.panel.locator("main")).to_be_visible(timeout=PATIENCE)
        return self.panel

    def close_panel(self) -> None:
        self.page.get_by_role("button", name="Close", exact=True).click()
        expect(self.page.locator("#side-panel")).to_be_hidden()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with a_demo(tmp_path_factory.mktemp("demo") / "state") as running:
        yield running


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1280, "height": 850})
    yield made
    made.close()


@pytest.fixture
def person(demo: RunningDemo, context: BrowserContext, screens: Path) -> Iterator[Person]:
    """At the desk's first page. Errors of a page, and what its policy blocked, fail the test."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    found = Person(page, screens)
    page.on("pageerror", lambda error: found.problems.append(str(error)))
    page.on("console", lambda line: found.problems.append(f"{line.text} {line.location}") if _is_wrong(line) else None)
    page.goto(f"{demo.addresses.desk}/")
    yield found
    assert found.problems == []


def _is_wrong(line: ConsoleMessage) -> bool:
    """An error that was not provoked: a refused form is answered with 422, which the browser writes down too."""
    return line.type == "error" and "status of 422" not in line.text


def test_the_main_job_by_mouse(person: Person) -> None:
    install_and_connect(person)
    order = place_an_order(person)
    decide(person, order)
    publish_content(person)
    notice_and_repair_drift(person)
    undo(person)
    person.page.get_by_role("link", name="Guided tour").click()
    expect(person.page.locator(".step.is-done")).to_have_count(4)
    person.look("tour-done")


def install_and_connect(person: Person) -> None:
    """Step 1: the app is installed from the control panel; its first screen connects and tests OpenText."""
    page = person.page
    person.look("tour")
    page.get_by_role("link", name="Open Apps").click()
    page.get_by_role("button", name="Install Storefront ECM").click()
    person.look("install")
    page.get_by_role("button", name="Confirm and install").click()
    expect(person.app.get_by_role("heading", name=re.compile("installed"))).to_be_visible()
    page.get_by_role("link", name="Open the app").click()
    person.look("first-screen")
    person.app.get_by_role("link", name="Settings").click()
    person.app.get_by_role("link", name="OpenText connection").click()
    for name, value in SECRETS.items():
        person.app.locator(f"input[name={name}]").fill(value if name != "client_secret" else "wrong-secret-0123456789")
    person.app.get_by_role("button", name="Test and save").click()
    expect(person.app.get_by_text("Not saved yet")).to_be_visible()
    expect(person.app.locator("main")).to_contain_text("The client id or secret was refused.")
    person.look("connection-refused")
    for name, value in SECRETS.items():
        person.app.locator(f"input[name={name}]").fill(value)
    person.app.get_by_role("button", name="Test and save").click()
    expect(person.app.get_by_text("OpenText is connected")).to_be_visible()
    person.look("connected")


def place_an_order(person: Person) -> str:
    """Step 2: a shopper's order is held; its panel shows why, the workspace, the record and who must decide."""
    page = person.page
    person.go_to("Orders")
    page.get_by_role("button", name="Place an order").click()
    form = page.locator("#new-order")
    form.get_by_label("Total").fill("749.90")
    form.get_by_label("Shipping country").select_option("NG")
    form.get_by_role("button", name="Place order").click()
    said = page.get_by_role("status").inner_text()
    order = re.search(r"#(\d+)", said)
    assert order is not None, said
    expect(person.row(f"#{order[1]}")).to_contain_text("Manual Verification Required", timeout=PATIENCE)
    person.look("order-held")
    panel = person.open_panel(f"#{order[1]}")
    expect(panel.locator("main")).to_contain_text("differs from shipping country NG", timeout=PATIENCE)
    expect(panel.locator("main")).to_contain_text(f"Order {order[1]} record.pdf", timeout=PATIENCE)
    expect(panel.locator("main")).to_contain_text(f"Review order {order[1]}", timeout=PATIENCE)
    person.look("order-panel")
    page.keyboard.press("Escape")
    expect(page.locator("#side-panel")).to_be_hidden()
    expect(page.locator(f"summary[aria-label='Actions for order #{order[1]}']")).to_be_focused()
    person.open_panel(f"#{order[1]}")
    look_at_the_record(person, order[1])
    person.close_panel()
    return order[1]


def look_at_the_record(person: Person, order: str) -> None:
    """Beside the order: its record drawn in a frame of its own, its version, what it is kept for; and back."""
    panel = person.panel
    panel.get_by_role("link", name=f"Order {order} record.pdf").first.click()
    drawn = panel.frame_locator("iframe[name=shown]").locator("img")
    expect(drawn).to_be_visible(timeout=PATIENCE)
    assert drawn.evaluate("image => image.complete && image.naturalWidth > 500")
    expect(panel.get_by_role("region", name="Versions")).to_contain_text("Version 1")
    expect(panel.get_by_role("region", name="Records and holds")).to_contain_text("Recorded since")
    person.look("order-record")
    panel.get_by_role("link", name=f"Back to Order {order}").click()
    expect(panel.get_by_role("heading", level=1)).to_have_text(f"Order {order}")


def decide(person: Person, order: str) -> None:
    """Step 3: the reviewer asks, gets an answer, approves; the order moves on and the panel says who decided."""
    page = person.page
    person.switch_to("OpenText")
    page.get_by_role("link", name=f"Review order {order}", exact=True).click()
    page.get_by_label("Comment").fill("Which passport did the buyer show?")
    page.get_by_role("button", name="Ask for information").click()
    page.get_by_role("link", name=f"Provide information for order {order}", exact=True).click()
    expect(page.locator("main")).to_contain_text("Which passport did the buyer show?")
    person.look("question")
    page.get_by_label("Comment").fill("A Nigerian one, checked by phone.")
    page.get_by_role("button", name="Send the answer").click()
    page.get_by_role("link", name=f"Review order {order}", exact=True).first.click()
    person.look("task")
    page.get_by_label("Comment").fill("Known buyer.")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_contain_text("Approve")
    person.switch_to("Store")
    expect(person.row(f"#{order}")).to_contain_text("Awaiting Fulfillment", timeout=PATIENCE)
    panel = person.open_panel(f"#{order}")
    expect(panel.locator("main")).to_contain_text("anna.berg@demo", timeout=PATIENCE)
    expect(panel.locator("main")).to_contain_text(f"Order {order} decision.pdf", timeout=PATIENCE)
    person.look("order-approved")
    person.close_panel()
    page.get_by_role("link", name=f"#{order}", exact=True).click()
    expect(page.locator("main")).to_contain_text("Approved by anna.berg@demo")
    person.look("order-notes")


def publish_content(person: Person) -> None:
    """Step 4: exactly the approved version of the content sheet is published, sanitised; the panel says so by field."""
    page = person.page
    person.go_to("Products")
    panel = person.open_panel("Wattwanderer Boots")
    create = panel.get_by_role("button", name="Create launch workspace")
    if create.count():
        create.click()
    expect(panel.locator("main")).to_contain_text("Product content.json", timeout=PATIENCE)
    person.look("product-workspace")
    with page.context.expect_page() as opened:
        sheet_row = panel.locator("li.doc", has_text="Product content.json")
        sheet_row.get_by_role("link", name=re.compile("^OpenText")).click()
    author = opened.value
    author.set_viewport_size({"width": 1280, "height": 850})
    author.get_by_label("Working as").select_option("liam.author@demo")
    sheet = json.loads(author.get_by_label("Edit").input_value())
    changed = sheet | EDITED | {"description": EDITED["description"] + "<script>alert(1)</script>"}
    author.get_by_label("Edit").fill(json.dumps(changed, indent=2))
    author.get_by_role("button", name="Save as version 2").click()
    author.get_by_label("Working as").select_option("anna.berg@demo")
    expect(author.get_by_text("Content Approvers")).to_be_visible()
    author.get_by_role("button", name="Approve", exact=True).click()
    expect(author.get_by_role("status")).to_contain_text("Version 2: approved by Anna Berg.")
    author.screenshot(path=person.screens / "main-job-sheet-approved.png")
    author.close()
    person.close_panel()
    expect(person.row(EDITED["name"])).to_be_visible(timeout=PATIENCE)
    panel = person.open_panel(EDITED["name"])
    expect(panel.locator("main")).to_contain_text("Approved and live", timeout=PATIENCE)
    expect(panel.locator("main")).to_contain_text("anna.berg@demo")
    expect(panel.locator("main")).to_contain_text("version 2")
    person.look("product-live")
    person.close_panel()
    page.get_by_role("link", name=EDITED["name"]).click()
    expect(page.get_by_label("Description (HTML)")).to_have_value(EDITED["description"])


def notice_and_repair_drift(person: Person) -> None:
    """A later edit in the store shows as drift; Restore writes the approved value again."""
    page = person.page
    page.get_by_label("Description (HTML)").fill("<p>Changed by hand.</p>")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    person.go_to("Products")
    panel = person.open_panel(EDITED["name"])
    panel.get_by_text("Check now").click()
    expect(panel.locator("main")).to_contain_text("Drifted", timeout=PATIENCE)
    person.look("product-drift")
    panel.get_by_role("button", name=re.compile("^Restore")).click()
    expect(panel.get_by_text("Drifted")).to_have_count(0, timeout=PATIENCE)
    person.close_panel()
    page.get_by_role("link", name=EDITED["name"]).click()
    expect(page.get_by_label("Description (HTML)")).to_have_value(EDITED["description"])


def undo(person: Person) -> None:
    """Undo puts back what the publication replaced, and leaves alone what a person changed since."""
    page = person.page
    page.get_by_label("Page title").fill("By hand, to be kept")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    person.go_to("Products")
    panel = person.open_panel(EDITED["name"])
    panel.get_by_text(re.compile("^Undo this publication")).click()
    person.look("undo")
    panel.get_by_role("button", name="Undo now").click()
    expect(panel.locator("main")).to_contain_text("Page title", timeout=PATIENCE)
    person.close_panel()
    expect(page.get_by_role("link", name="Wattwanderer Boots", exact=True)).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Wattwanderer Boots", exact=True).click()
    expect(page.get_by_label("Page title")).to_have_value("By hand, to be kept")
    expect(page.get_by_label("Description (HTML)")).not_to_have_value(EDITED["description"])
    person.look("undone")


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_desk_fits_its_screen(demo: RunningDemo, chromium: Browser, screens: Path, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    try:
        for path in ("/", "/store/apps", "/store/orders", "/store/products", "/store/customers", "/opentext/tasks",
                     "/opentext/workspaces", "/opentext/workflows", "/opentext/records"):  # fmt: skip
            page.goto(f"{demo.addresses.desk}{path}")
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0, path
            page.screenshot(path=screens / f"desk-{path.strip('/').replace('/', '-') or 'tour'}-{width}.png")
    finally:
        context.close()


def test_the_desk_works_by_keyboard(person: Person) -> None:
    page = person.page
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    person.go_to("Orders")
    summary = page.locator("tbody tr").first.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="View order").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    page.get_by_role("button", name="Place an order").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Total")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Place an order")).to_be_focused()
