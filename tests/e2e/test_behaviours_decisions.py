"""Where it stands, who must act, deciding, and what the store then shows: as merchants and approvers would say it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from app.db.links import WorkflowLink
from app.domain.rights import OWN, Allowed, Entry, Flow, Scope
from app.engine.sessions import Role
from tests.doors import OTHER
from tests.e2e.living import Living, Somebody
from tests.engine.test_publishing import sheet

pytestmark = pytest.mark.e2e
DECIDERS = Entry("everyone", OWN, Allowed(workflow=Flow.DECIDE))
HELD, RELEASED, DECLINED = 12, 11, 6  # the store's own numbers of order states


@pytest.fixture(autouse=True)
def _everybody_may_decide(living: Living) -> None:
    living.gives_rights(DECIDERS)


def status_of(living: Living, order: str) -> int:
    return int(living.house.order(order)["status_id"])


def workflow_of(living: Living, order: str) -> WorkflowLink:
    run = living.house.run_of("order-review", order)
    (found,) = living.house.rows(WorkflowLink, run_id=run.id)
    assert isinstance(found, WorkflowLink)
    return found


def line_of(page: Page, text: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=text)


def open_task(page: Page, order: str) -> None:
    page.goto(re.sub(r"(://[^/]+)/.*", rf"\1/panel/orders/{order}", page.url))
    page.get_by_role("link", name="Decide").click()
    expect(page.get_by_label("Comment")).to_be_visible()


def mailed_link(person: Somebody, order: str) -> str:
    page = person.opens("/inbox")
    page.get_by_role("link", name=f"Order {order}", exact=True).click()
    page.get_by_label("Mail address", exact=True).fill("anna@example.com")
    page.get_by_role("button", name="Make a link").click()
    return page.get_by_label("Link", exact=True).input_value()


def test_i_see_where_the_order_stands_who_must_act_until_when_and_i_approve_it_there(living: Living) -> None:
    order = living.order_under_review()
    page = living.comes().opens(f"/panel/orders/{order}")
    expect(page.locator("header .badge").first).to_have_text("Under review")
    decision = page.get_by_role("region", name="Decision")
    expect(decision).to_contain_text("Order Review")
    expect(decision).to_contain_text("Until")
    expect(decision.get_by_role("img", name=re.compile(r"Review order \(now\)"))).to_be_visible()
    page.get_by_role("link", name="Decide").click()
    page.get_by_label("Comment").fill("Called the customer")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")
    living.works()
    page.reload()
    expect(page.locator("header .badge").first).to_have_text("Approved")
    expect(page.get_by_role("region", name="Decision")).to_contain_text("Called the customer")
    assert status_of(living, order) == RELEASED


def test_i_ask_back_and_cannot_without_saying_what(living: Living) -> None:
    order = living.order_under_review()
    person = living.comes()
    page = person.opens(f"/panel/orders/{order}")
    open_task(page, order)
    page.get_by_role("button", name="Ask for information").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Comment").fill("Which colour?")
    page.get_by_role("button", name="Ask for information").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")
    living.works()
    assert workflow_of(living, order).outcome == ""
    assert status_of(living, order) == HELD
    person.expected("422")


def test_i_hand_a_task_over_to_a_colleague(living: Living) -> None:
    order = living.order_under_review()
    page = living.comes().opens(f"/panel/orders/{order}")
    open_task(page, order)
    page.get_by_text("More", exact=True).click()
    page.get_by_label("Hand over to").fill("sam.reyes@demo")
    page.get_by_role("button", name="Hand it over").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")
    living.works()
    engine = living.house.stage.workflow.engine
    (task,) = [one for one in engine.tasks() if one.instance_id == workflow_of(living, order).instance_id]
    assert task.assignee == "sam.reyes@demo"


def test_i_decide_two_tasks_at_once_and_see_the_summary_first(living: Living) -> None:
    first, second = living.order_under_review(), living.order_under_review(total="1050.00")
    page = living.comes().opens("/inbox")
    for order in (first, second):
        page.get_by_role("checkbox", name=re.compile(rf"Order {order}\b")).check()
    page.get_by_role("button", name="Decide the chosen…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Decide 2 tasks at once")
    expect(page.get_by_role("main")).to_contain_text("Together: €2,000.00")
    expect(page.get_by_role("heading", name="If you press “Reject”")).to_be_visible()
    assert status_of(living, first) == HELD, "nothing is done by looking"
    page.get_by_label("Comment for all of them").fill("Both are fraud")
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("status").first).to_contain_text("2 of 2 decisions are in OpenText.")
    living.works()
    assert [status_of(living, order) for order in (first, second)] == [DECLINED, DECLINED]


def test_a_forwarded_decision_link_does_nothing_and_says_who_decided(living: Living) -> None:
    order = living.order_under_review()
    link = mailed_link(living.comes(), order)
    anna, stranger = living.stranger(width=320), living.stranger()
    anna.page.goto(link)
    expect(anna.page.get_by_role("main")).to_contain_text("only in this browser")
    anna.page.get_by_role("button", name="Continue").click()
    expect(anna.page.get_by_role("button", name="Approve")).to_be_visible()
    stranger.page.goto(link)
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("This link was opened in another browser")
    expect(stranger.page.get_by_role("button")).to_have_count(0)
    anna.page.get_by_label("Comment").fill("Fine")
    anna.page.get_by_role("button", name="Approve").click()
    expect(anna.page.get_by_role("heading", level=1)).to_have_text("This is decided")
    living.works()
    stranger.page.reload()
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("This is decided")
    expect(stranger.page.get_by_role("main")).to_contain_text("anna@example.com")
    expect(stranger.page.get_by_role("button")).to_have_count(0)
    assert status_of(living, order) == RELEASED
    for one in (anna, stranger):
        one.expected("403")


def test_somebody_was_faster_and_i_am_told_who(living: Living) -> None:
    order = living.order_under_review()
    person = living.comes()
    page = person.opens(f"/panel/orders/{order}")
    open_task(page, order)
    living.house.decide(order, "rejected", user="anna.berg@demo", comment="No")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was decided by you")
    living.works()
    assert status_of(living, order) == DECLINED
    person.expected("409")


def test_while_opentext_is_down_my_comment_stays_and_i_press_again(living: Living) -> None:
    order = living.order_under_review()
    person = living.comes()
    page = person.opens(f"/panel/orders/{order}")
    open_task(page, order)
    page.get_by_label("Comment").fill("Typed with care")
    with living.opentext_is_down():
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("alert")).to_contain_text("What you typed is still here")
    expect(page.get_by_label("Comment")).to_have_value("Typed with care")
    living.house.hurry()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")
    living.works()
    assert workflow_of(living, order).comment == "Typed with care"
    person.expected("503")


def test_what_was_approved_is_live_field_by_field_and_i_restore_what_somebody_changed(living: Living) -> None:
    house = living.house
    product = house.make_product(sku=f"LAMP-{house.bell.rings}", name="Bare lamp")
    living.works()
    living.looks_again("product", product)
    node = house.write_document(
        living.workspace("product", product).workspace_id, "01 Content", "Product content.json", sheet(images=[])
    )
    house.approve(node)
    living.works()
    page = living.comes().opens(f"/panel/products/{product}")
    live = page.get_by_role("region", name="Approved and live")
    expect(live).to_contain_text("tom.okafor@demo")
    approved = house.product(product)["name"]
    house.store_api.put(f"v3/catalog/products/{product}", json={"name": "Lamp SALE"})
    living.works()
    page.reload()
    expect(live.get_by_role("row", name="Name").first).to_contain_text("Lamp SALE")
    page.get_by_role("button", name="Restore Name").click()
    expect(page.get_by_role("main")).to_contain_text("Restore approved values, asked for")
    living.works()
    assert house.product(product)["name"] == approved
    page.reload()
    page.get_by_role("link", name="Undo this publication…").click()
    page.get_by_role("button", name="Undo now").click()
    expect(page.get_by_role("main")).to_contain_text("Undo the publication, asked for")
    living.works()
    assert house.product(product)["name"] == "Bare lamp"


def test_an_order_without_a_workspace_has_one_button_that_says_what_will_be_created(living: Living) -> None:
    order = living.house.place_order("20.00")
    living.works()
    page = living.comes().opens(f"/panel/orders/{order}")
    offer = page.get_by_role("main").locator("section").filter(has_text="This is what will be created:")
    expect(offer.get_by_role("listitem").first).to_be_visible()
    offer.get_by_role("button").click()
    expect(page.get_by_role("main")).to_contain_text("On its way")
    living.works()
    page.reload()
    expect(page.get_by_role("link", name="Open in OpenText")).to_be_visible()
    assert living.workspace("order", order).workspace_id in living.house.stage.content_server.state.nodes


def test_without_the_right_i_request_access_get_it_and_then_i_see(living: Living) -> None:
    order = living.order_under_review()
    nothing = Allowed(Scope.NONE, workflow=Flow.NONE)
    living.gives_rights(Entry("user24655@example.com", OWN, nothing), DECIDERS)
    support = living.comes(OTHER, Role.MANAGER)
    page = support.opens(f"/panel/orders/{order}")
    expect(page.get_by_role("heading", name="You don’t have access to everything here")).to_be_visible()
    page.get_by_role("button", name="Request access").click()
    expect(page.get_by_role("main")).to_contain_text("You asked for access")
    owner = living.comes().opens("/")
    expect(owner.get_by_role("main")).to_contain_text("user24655@example.com")
    living.gives_rights(DECIDERS)
    page.reload()
    expect(page.get_by_role("region", name="Decision")).to_contain_text("Order Review")
