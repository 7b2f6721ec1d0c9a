"""By keyboard and by ear: after whatever is swapped into a page the focus is somewhere, and what was done is said."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.windows import Visit

pytestmark = pytest.mark.e2e


LINK = """address => {
  const link = document.createElement('a');
  [link.href, link.textContent, link.id] = [address, 'On', 'on'];
  document.getElementById('main').append(link);
  htmx.process(link);
}"""


def test_the_focus_is_never_lost_and_what_was_done_is_said(visit: Callable[..., Visit]) -> None:
    window = visit()
    window.site.shop.order_under_review("1001")
    page = window.open("/")
    page.locator("nav").get_by_role("link", name="Inbox").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    expect(page.locator("#main")).to_be_focused()
    expect(page.locator("#live")).to_have_text(page.title())

    page = window.open("/settings/scenarios/order-review")
    page.get_by_role("button", name="Save").first.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_focused()
    page.evaluate(LINK, "/panel/orders/1001/elsewhere")
    page.locator("#on").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Home")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    expect(page.locator("#main")).to_be_focused()
    window.problems[:] = [one for one in window.problems if "404" not in one]


HURRY = """() => {
  const first = () => document.querySelector('main select').focus();
  document.addEventListener('htmx:afterSwap', first, {once: true});
}"""


def test_who_is_faster_than_a_page_settles_keeps_the_focus(visit: Callable[..., Visit]) -> None:
    window = visit()
    window.site.shop.order_under_review("1001")
    page = window.open("/")
    page.evaluate(HURRY)
    page.locator("nav").get_by_role("link", name="Inbox").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    expect(page.locator("#live")).to_have_text(page.title())
    expect(page.locator("main select").first).to_be_focused()


def test_a_part_that_refreshes_itself_gives_the_focus_back(visit: Callable[..., Visit]) -> None:
    window = visit()
    window.site.shop.order_under_review("1001")
    page = window.open("/panel/orders/1001")
    link = page.locator("#cards a[href*='/documents/']").first
    link.focus()
    address = link.get_attribute("href")
    page.evaluate("document.activeElement.dataset.old = ''")
    with page.expect_response(lambda answer: "/cards" in answer.url):
        page.evaluate("htmx.ajax('GET', '/panel/orders/1001/cards', {target: '#cards', swap: 'outerHTML'})")
    expect(page.locator("a:focus:not([data-old])")).to_have_attribute("href", str(address))

    page = window.open("/")
    page.locator("#pulse").evaluate("one => { one.tabIndex = -1; one.dataset.old = ''; one.focus() }")
    with page.expect_response(lambda answer: "/home/cards" in answer.url):
        page.evaluate("htmx.ajax('GET', '/home/cards', {target: '#pulse', swap: 'outerHTML'})")
    expect(page.locator("section:focus:not([data-old])")).to_have_attribute("id", "pulse")
