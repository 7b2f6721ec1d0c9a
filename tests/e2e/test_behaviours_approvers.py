"""Somebody of OpenText, without a store account, decides what waits: as that person would say it."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from app.db.links import WorkflowLink
from sandbox.people import PASSWORD
from tests.e2e.axe import AXE, violations
from tests.e2e.living import Living, Somebody
from tests.e2e.windows import BROKEN

pytestmark = pytest.mark.e2e
ANNA = "anna.berg@demo"
ENTRANCE = "/approve/at/bigcommerce-demostore1"
WIDTHS = (320, 768, 1280)


def approver(living: Living, **context: object) -> Somebody:
    """Their browser, which reaches OpenText's sign-in page."""
    person = living.stranger(**context)
    http = httpx.Client(transport=living.house.stage.transport)

    def at_otds(route: Route) -> None:
        asked = route.request
        if asked.method == "GET":
            answer = http.get(asked.url)
        else:
            answer = http.post(asked.url, data=dict(parse_qsl(asked.post_data or "")))
        onward = answer.headers.get("Location")
        body = f'<meta http-equiv="refresh" content="0;url={onward}">' if onward else answer.text
        route.fulfill(status=200 if onward else answer.status_code, body=body, content_type="text/html")

    person.context.route(f"{_origin(living)}/**", at_otds)
    return person


def _origin(living: Living) -> str:
    parts = urlsplit(living.house.stage.otds_url)
    return f"{parts.scheme}://{parts.netloc}"


def signs_in(person: Somebody) -> Page:
    page = person.opens(ENTRANCE)
    page.get_by_role("button", name="Sign in with OpenText").click()
    page.locator("input[name=username]").fill(ANNA)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button, input[type=submit]").first.click()
    expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_visible()
    return page


def looks_well(page: Page, name: str) -> list[str]:
    """At every width nothing sticks out, axe finds nothing; a picture of each where ECM_SCREENSHOTS names a folder."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{name} at {width}: {one}" for one in page.evaluate(BROKEN)]
        if folder := os.environ.get("ECM_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True, caret="initial")
    return found + ([f"{name}: {one}" for one in violations(page)] if AXE.is_file() else [])


def test_i_sign_in_at_opentext_decide_one_and_several_by_keyboard_and_leave(living: Living) -> None:
    dear, *others = [living.order_under_review(total=total) for total in ("4200.00", "950.00", "700.00")]
    person = approver(living, width=320)
    broken = looks_well(person.opens(ENTRANCE), "approve-entrance")
    page = signs_in(person)
    broken += looks_well(page, "approve-inbox")
    expect(page.get_by_role("listitem").filter(has_text="Order").first).to_contain_text("4,200.00")
    page.get_by_role("link", name=f"Order {dear}", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What is to be decided")).to_be_visible()
    broken += looks_well(page, "approve-task")
    page.get_by_label("Comment").fill("Known buyer")
    page.get_by_role("button", name="Approve", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Your decision is in OpenText")).to_be_visible()
    for order in others:
        page.get_by_role("checkbox", name=f"Order {order}").focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Decide the chosen…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Decide 2 tasks at once")
    broken += looks_well(page, "approve-chosen")
    page.get_by_label("Comment for all of them").fill("Both checked")
    page.get_by_role("button", name="Reject", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="2 of 2 decisions are in OpenText.")).to_be_visible()
    broken += looks_well(page, "approve-done")
    living.works()
    told = {row.outcome: row.decided_by for row in living.house.rows(WorkflowLink)}
    assert told == {"approved": ANNA, "rejected": ANNA}
    page.go_back()
    page.get_by_role("link", name="Back to the inbox").first.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in with OpenText")).to_be_visible()
    page.goto(f"{living.url}/approve")
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended")
    assert broken == []


def test_i_decide_without_scripts_and_what_is_over_says_so(living: Living) -> None:
    order = living.order_under_review()
    person = approver(living, width=768, java_script_enabled=False)
    page = signs_in(person)
    page.get_by_role("link", name=f"Order {order}", exact=True).click()
    address = page.url
    page.get_by_label("Comment").fill("No objections")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_role("heading", name="0 decisions wait")).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("This task is not in your inbox")
    person.expected("404")
