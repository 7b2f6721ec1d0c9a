"""Signed out in another tab: the next press does nothing and loses nothing, and goes on once one is signed in again."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from app.db.cases import CaseRow
from app.db.help_desk import HelpDeskLink
from app.db.rights import StoreRights
from app.db.session import unit_of_work
from app.db.stores import ScenarioPreference, WebSession
from app.domain.cases import CaseKind
from app.domain.ids import OrderId
from app.domain.rights import OWN, Allowed, Entry, Flow
from app.engine import cases
from app.engine.cases import NewCase
from tests.doors import OTHER, OWNER
from tests.e2e.living import Living, Somebody

pytestmark = pytest.mark.e2e
TYPED = "Typed with care"
OVER, OTHER_PERSON = "You are signed out, so nothing was done.", "Somebody else is signed in now"
MEANT = ("401", "403")


def sign_out_elsewhere(person: Somebody) -> None:
    """In another tab of the same browser."""
    other = person.context.new_page()
    other.goto(f"{person.living.url}/")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("You are signed out")
    other.close()


def sign_in_elsewhere(person: Somebody, user: int = OWNER) -> None:
    """The store's control panel opens the app in another tab."""
    other = person.context.new_page()
    who = {"id": user, "email": f"user{user}@example.com", "locale": "en-GB"}
    other.goto(f"{person.living.url}/bigcommerce/load?signed_payload_jwt={person.living.doors.payload(user, user=who)}")
    other.close()


@dataclass
class Form:
    """One form that carries typed text: where, what goes into which field, what is pressed, whether it was done."""

    path: str
    fields: dict[str, str]
    press: str
    done: Callable[[], bool]
    unfold: str = ""
    choose: tuple[str, ...] = ()

    def fill(self, page: Page) -> None:
        if self.unfold:
            page.get_by_text(self.unfold, exact=True).click()
        for name, value in self.fields.items():
            page.get_by_label(name, exact=True).first.fill(value)
        for name in self.choose:
            page.get_by_label(name, exact=True).select_option(index=1)

    def is_intact(self, page: Page) -> None:
        for name, value in self.fields.items():
            expect(page.get_by_label(name, exact=True).first).to_have_value(value)

    def pressed(self, page: Page) -> None:
        page.get_by_role("button", name=self.press).first.click()


def forms_of(living: Living, order: str) -> list[Form]:
    house, panel = living.house, f"/panel/orders/{order}"
    record = living.document(order, f"Order {order} record.pdf")

    connected = house.connection_row().version

    def was_asked(**detail: str) -> bool:
        found = [one.detail for one in house.events(source="person")]
        return any(detail.items() <= one.items() for one in found)

    return [
        Form(f"{panel}/documents/{record.id}", {"Hold (the matter)": f"Case {order}", "Reason": TYPED},
             "Hold this document", lambda: was_asked(request="hold"), "Put it on a hold"),
        Form(f"{panel}/cases/complaint/new", {"What happened": TYPED}, "Open a complaint",
             lambda: any(one.text == TYPED for one in house.rows(CaseRow)),
             choose=("What it is about", "How serious it is")),
        Form(f"{panel}/ask/ask_documents",
             {"Which documents": "Packing list", "Why, in a few words for the buyer": TYPED}, "Ask for documents",
             lambda: was_asked(request="ask_documents", note=TYPED)),
        Form("/settings/scenarios/order-review", {"Hours to decide": "77"}, "Save",
             lambda: any("77" in str(one.values) for one in house.rows(ScenarioPreference, scenario="order-review"))),
        Form("/settings/opentext", {"External system": "BigCommerce "}, "Test and save",
             lambda: house.connection_row().version > connected),
        Form("/settings/rights", {"Who gives access": TYPED}, "Save",
             lambda: any(one.contact == TYPED for one in house.rows(StoreRights))),
        Form("/settings/help-desk", {"Address of your help desk": "https://acme.zendesk.com"}, "Make the link",
             lambda: any(one.host.endswith("acme.zendesk.com") for one in house.rows(HelpDeskLink))),
    ]  # fmt: skip


def test_every_form_keeps_what_was_typed_and_goes_on_after_signing_in_again(living: Living) -> None:
    order = living.order_under_review()
    person = living.comes()
    page = person.page
    for form in forms_of(living, order):
        person.opens(form.path)
        form.fill(page)
        sign_out_elsewhere(person)
        form.pressed(page)
        expect(page.get_by_role("alert").filter(has_text=OVER)).to_be_visible()
        form.is_intact(page)
        sign_in_elsewhere(person)
        form.pressed(page)
        expect(page.get_by_role("alert").filter(has_text=OVER)).to_have_count(0)
        for _ in range(100):
            if form.done():
                break
            page.wait_for_timeout(100)
        assert form.done(), form.path
    person.expected(*MEANT)


def test_a_decision_is_not_taken_while_one_is_signed_out_and_is_when_one_is_back(living: Living) -> None:
    living.gives_rights(Entry("everyone", OWN, Allowed(workflow=Flow.DECIDE)))
    order = living.order_under_review()
    person = living.comes()
    page = person.opens(f"/panel/orders/{order}")
    page.get_by_role("link", name="Decide").click()
    page.get_by_label("Comment").fill(TYPED)
    sign_out_elsewhere(person)
    page.get_by_role("button", name="Approve").click()
    notice = page.get_by_role("alert").filter(has_text=OVER)
    expect(notice).to_be_focused()
    sign_in_elsewhere(person, OTHER)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("alert")).to_contain_text(OTHER_PERSON)
    living.works()
    assert living.house.run_of("order-review", order).state == "waiting", "nobody decides in another one's name"
    sign_in_elsewhere(person)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")
    living.works()
    assert living.house.run_of("order-review", order).outcome == "approved"
    person.expected(*MEANT)


def test_without_any_cookie_the_text_is_back_where_the_app_is_opened_anew(living: Living) -> None:
    """A browser that refuses third parties: the page's token is all the identity there is, and it is over."""
    order = living.order_under_review()
    person = living.comes()
    form = forms_of(living, order)[2]
    page = person.opens(form.path)
    person.context.clear_cookies()
    form.fill(page)
    with unit_of_work(living.house.deps.database) as uow:
        uow.session.execute(delete(WebSession))
    form.pressed(page)
    expect(page.get_by_role("alert").filter(has_text=OVER)).to_be_visible()
    living.again(person, f"/orders/{order}")
    person.context.clear_cookies()
    page.get_by_role("link", name="Ask for documents").click()
    expect(page.get_by_text("What you typed before you were signed out is here again.")).to_be_visible()
    form.is_intact(page)
    form.pressed(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")
    assert form.done()
    page.get_by_role("link", name="Ask for documents").click()
    expect(page.get_by_label("Which documents")).to_have_value("")
    person.expected(*MEANT)


def test_what_is_typed_stays_while_the_panel_refreshes_itself(living: Living) -> None:
    order = living.order_under_review()
    house = living.house
    cases.open_case(
        house.deps, house.store_id,
        NewCase(CaseKind.COMPLAINT, cause_key=order, opened_by="tester", reason="damaged", text="Broken",
                order_id=OrderId(order)),
    )  # fmt: skip
    living.works()
    page = living.comes().opens(f"/panel/orders/{order}")
    page.get_by_text("Close this case").click()
    page.get_by_label("How it ended").fill(TYPED)
    with page.expect_response(lambda answer: "/cards" in answer.url):
        page.evaluate(f"htmx.ajax('GET', '/panel/orders/{order}/cards', {{target: '#cards', swap: 'outerHTML'}})")
    page.wait_for_timeout(200)
    expect(page.get_by_label("How it ended")).to_have_value(TYPED)
    expect(page.get_by_label("How it ended")).to_be_visible()
