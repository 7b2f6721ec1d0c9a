"""What people do in the app's own rooms: find, replay, look back, choose, prove. As they would say it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from typer.testing import CliRunner

from app.cli import app as ecm
from app.db.session import unit_of_work
from app.db.stores import StoreRow, StoreUser
from app.db.types import utc_now
from app.engine.sessions import Role
from sandbox.kernel.faults import FaultRule
from tests.doors import OTHER
from tests.e2e.living import Living
from tests.unit.web_pages.test_workspace_choice import import_twice

pytestmark = pytest.mark.e2e


def stopped_order(living: Living) -> str:
    """OpenText refuses its workspace for good, then would not any more."""
    faults = living.house.stage.world.faults
    rule = faults.add(FaultRule(system="content_server", method="POST", kind="status", status=400))
    order = living.house.place_order("950.00", ship_to="FR")
    living.works()
    faults.remove(rule.id)
    assert living.house.run_of("order-review", order).state == "quarantined"
    return order


def badge_of(page: Page) -> str:
    return page.locator("header .badge").first.inner_text()


def test_i_find_an_order_by_its_number_its_customer_and_their_mail(living: Living) -> None:
    order = living.house.place_order("20.00", email="grace.hopper@example.com", first_name="Grace")
    living.works()
    page = living.comes().opens("/")
    for words in (order, "grace", "grace.hopper@"):
        page.keyboard.press("/")
        page.locator("#find").fill(words)
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_contain_text(f"Order {order}")
    page.get_by_role("link", name="Open its page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")
    expect(page.get_by_role("main")).to_contain_text("Grace")


def test_i_replay_what_failed_in_three_clicks(living: Living) -> None:
    orders = [stopped_order(living) for _ in range(2)]
    page = living.comes().opens("/activity/")
    failures = page.get_by_role("region", name="What does not work, by cause")
    failures.get_by_role("link", name=re.compile(r"Try all \d+ again…")).click()  # one
    expect(page.get_by_role("main")).to_contain_text("Nothing has been started yet.")
    expect(page.get_by_role("heading", name=re.compile(f"Order {orders[0]}"))).to_be_visible()
    page.get_by_role("button", name=re.compile(r"Try all \d+ now")).click()  # two: the third is to look
    expect(page.get_by_role("heading", level=1)).to_have_text("Work")
    living.works()
    assert [living.house.run_of("order-review", one).state for one in orders] == ["waiting", "waiting"]
    assert all(living.workspace("order", one) for one in orders)


def test_what_failed_says_why_and_has_its_way_out_beside_it(living: Living) -> None:
    order = stopped_order(living)
    person = living.comes(permissions=["clipboard-read", "clipboard-write"])
    page = person.opens(f"/panel/orders/{order}/timeline")
    expect(page.get_by_role("button", name="Skip this step")).to_be_visible()
    page.get_by_role("link", name="Report for support").click()
    page.get_by_role("button", name="Copy report").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert living.house.run_of("order-review", order).id in copied
    page.goto(f"{living.url}/panel/orders/{order}")
    page.get_by_role("button", name="Try now").first.click()
    living.works()
    page.reload()
    assert badge_of(page) == "Under review"
    page.get_by_role("link", name="Everything in order of time").click()
    expect(page.get_by_role("listitem").filter(has_text="Manual Verification Required").first).to_be_visible()


def test_two_workspaces_match_and_i_say_which_one_is_meant(living: Living) -> None:
    first, second = (living.workspace("order", living.order_under_review()) for _ in range(2))
    living.house.request(living.house.store_id, "store", "", "recheck")
    order = living.house.place_order("950.00", ship_to="FR")
    key = ("BigCommerce", "ORDER", first.business_object_id.rpartition("-")[0] + f"-{order}")
    import_twice(living.house, key, first.workspace_id, second.workspace_id)
    living.works()
    page = living.comes().opens(f"/panel/orders/{order}")
    page.get_by_role("link", name="Choose the workspace").click()
    page.get_by_role("button", name=re.compile(rf"Take this one.*{second.workspace_id}")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {order}")
    living.works()
    assert living.workspace("order", order).workspace_id == second.workspace_id


def test_home_tells_how_it_goes_and_what_needs_me(living: Living) -> None:
    order = stopped_order(living)
    page = living.comes().opens("/")
    expect(page.get_by_role("region", name="How it goes").locator(".badge").first).not_to_be_empty()
    needs = page.get_by_role("region", name="What needs a person")
    expect(needs.get_by_role("link", name=f"Order {order}")).to_be_visible()
    expect(page.get_by_role("region", name="The last two weeks").locator("svg").first).to_be_visible()


def test_i_try_a_rule_on_past_orders_before_i_switch_it_on(living: Living) -> None:
    living.house.place_order("777.00")
    living.works()
    page = living.comes().opens("/settings/scenarios/order-review")
    page.get_by_label("Review orders from this total").fill("700")
    page.get_by_role("button", name="Try it").click()
    living.works()
    page.goto(f"{living.url}/settings/scenarios/order-review")
    expect(page.get_by_role("region", name="What it would have done")).to_contain_text("€777.00")
    limit = page.get_by_label("Review orders from this total").input_value()
    assert not limit.startswith("700"), "trying saves nothing"


def test_i_ask_what_a_colleague_would_see(living: Living) -> None:
    order = living.order_under_review()
    living.comes(OTHER, Role.VIEWER)
    page = living.comes().opens("/settings/rights")
    page.get_by_label("E-mail address, or login in OpenText").fill("user24655@example.com")
    page.get_by_label("Its number or name").fill(order)
    page.get_by_role("button", name="Look").click()
    expect(page.locator("#answer")).to_contain_text(f"Order {order} record.pdf")
    expect(page.locator("#answer")).to_contain_text("Sees it")


def test_i_give_a_colleague_a_role_and_prove_who_did_it(living: Living, tmp_path: Path) -> None:
    living.comes(OTHER, Role.VIEWER)
    page = living.comes().opens("/settings/people")
    line = page.get_by_role("listitem").filter(has_text="user24655@example.com").or_(
        page.get_by_role("row").filter(has_text="user24655@example.com"))  # fmt: skip
    line.get_by_role("combobox").select_option("manager")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        line.get_by_role("button").first.click()
    assert living.house.rows(StoreUser, external_id=str(OTHER))[0].role == "manager"
    page.goto(f"{living.url}/settings/audit")
    with page.expect_download() as fetched:
        page.get_by_role("button", name="The whole log (JSON lines)").click()
    log = tmp_path / "audit.jsonl"
    fetched.value.save_as(log)
    assert "holds" in CliRunner().invoke(ecm, ["audit", "verify", str(log)]).output
    log.write_text(log.read_text().replace("manager", "owner"))
    broken = CliRunner().invoke(ecm, ["audit", "verify", str(log)])
    assert (broken.exit_code, "BROKEN" in broken.output) == (1, True)


def test_my_language_is_that_of_my_control_panel(living: Living) -> None:
    order = living.order_under_review()
    page = living.comes(locale="de-DE").opens(f"/panel/orders/{order}")
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^de"))
    expect(page.get_by_role("region", name="Dokumente")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("950,00")
    missing = page.get_by_role("link", name="Jetzt prüfen").count() + page.get_by_text("Check now").count()
    assert missing == 0


def test_nothing_came_from_the_store_for_too_long_and_home_says_so(living: Living) -> None:
    with unit_of_work(living.house.deps.database) as uow:
        store = uow.session.get_one(StoreRow, living.house.store_id)
        store.installed_at, store.last_delivery_at = utc_now() - timedelta(days=9), utc_now() - timedelta(hours=60)
    page = living.comes().opens("/")
    expect(page.get_by_role("main")).to_contain_text("Nothing received from your store for 60 hours")
