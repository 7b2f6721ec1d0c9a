"""Setting up as a person does it: told what fails and what to do, going on later, to the first document on an order."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from app.db.session import unit_of_work
from app.db.stores import OpenTextConnection
from app.opentext import check
from app.opentext.check import CheckStep
from tests.e2e.living import Living
from tests.e2e.windows import Site, Visit
from tests.unit.web_pages.shop import STORE, all_works

pytestmark = pytest.mark.e2e


def test_i_connect_opentext_step_by_step_without_scripts(site: Site, visit: Callable[..., Visit]) -> None:
    with unit_of_work(site.shop.deps.database) as uow:
        uow.session.delete(uow.session.get_one(OpenTextConnection, STORE))
    site.shop.checks[0] = lambda _connection: [
        CheckStep(check.SIGNED_IN, True, "Signed in."),
        CheckStep(check.WORKSPACE_TYPES, False, "ORDER has no workspace type.", "Import the types, then test again."),
    ]
    window = visit(scripts=False, width=320)
    page = window.open("/")
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set-up: Content Server")
    page.get_by_label("Address of Content Server").fill("http://cs.example.com/cs/cs/app/nodes/2000?func=ll")
    page.get_by_label("OAuth client id").fill("storefront")
    page.get_by_label("OAuth client secret").fill("s3cret")
    page.get_by_label("Address of OTDS").fill("")
    page.get_by_role("button", name="Test and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("One part of the test failed")
    found = page.get_by_role("region", name="What the test found")
    expect(found).to_contain_text("There is nothing a workspace could be made from.")
    expect(found).to_contain_text("What to do: Import the types, then test again.")
    expect(page.get_by_label("Address of OTDS")).to_have_value("http://otds.example.com/otdsws")

    site.shop.checks[0] = all_works
    later = visit(role="manager", scripts=False)
    page = later.open("/settings/set-up")
    expect(page.get_by_label("Address of Content Server")).to_have_value("http://cs.example.com/cs/cs")
    expect(page.get_by_label("OAuth client secret")).to_have_value("")
    page.get_by_role("button", name="Test and go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set-up: Workflow and letters")
    for label, text in (("Address of the gateway", "http://us.api.example.com"), ("Tenant", "t1"), ("Client id", "c1"),
                        ("Client secret", "s2")):  # fmt: skip
        page.get_by_label(label, exact=True).first.fill(text)
    page.get_by_role("button", name="Test and go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set-up: The first document")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "3")
    for one in (window, later):
        one.problems[:] = [line for line in one.problems if "422" not in line]


def test_i_put_the_first_document_on_my_newest_order(living: Living) -> None:
    order = living.house.place_order("21.00")
    living.works()
    page = living.comes().opens("/settings/set-up/document")
    page.get_by_role("button", name="Put").click()
    expect(page.get_by_role("status").first).to_contain_text("Looking for the order")
    living.works()
    expect(page.get_by_role("main")).to_contain_text(f"Order {order} has its workspace and its record.")  # by itself
    page.get_by_role("link", name="Open the order’s panel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")
    expect(page.get_by_role("region", name="Documents")).to_contain_text(".pdf")
