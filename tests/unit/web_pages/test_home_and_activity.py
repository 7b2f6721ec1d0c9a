"""Home says how it goes and what is next; activity finds, groups and tries again."""

import re
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from app.db.activity import pulse
from app.db.audit import AuditEntry
from app.db.circuits import Circuit
from app.db.inbox import InboxEvent
from app.db.rights import StoreRights
from app.db.runs import Run, StepRow, Work
from app.db.session import database_time, reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.db.types import utc_now
from tests.unit.web_pages.shop import STORE, Shop, a_shop, ago
from tests.unit.web_pages.test_order_panel import words_on


def change_store(shop: Shop, **values: object) -> None:
    with unit_of_work(shop.deps.database) as uow:
        row = uow.session.get_one(StoreRow, STORE)
        for name, value in values.items():
            setattr(row, name, value)


class TestHealth:
    def test_green_when_nothing_waits(self, shop: Shop) -> None:
        assert "All is well" in shop.sign_in().text("/")

    def test_amber_when_something_stopped(self, shop: Shop) -> None:
        shop.failing(shop.order_under_review("1001"), 3, stuck=True)
        page = words_on(shop.sign_in().text("/"))
        assert "Needs a look 1 thing stopped and needs a person." in page
        assert "File the order record (PDF/A): Content Server cannot be reached." in page

    def test_red_when_a_connection_is_refused(self, shop: Shop) -> None:
        with unit_of_work(shop.deps.database) as uow:
            uow.session.get_one(OpenTextConnection, STORE).state = "needs_reauth"
        assert "Stands still" in shop.sign_in().text("/")

    def test_red_when_the_store_has_to_be_renewed(self, shop: Shop) -> None:
        change_store(shop, state="needs_reauth")
        assert "open the app from your store again" in shop.sign_in().text("/")

    def test_red_when_work_waits_and_nobody_works(self, shop: Shop) -> None:
        shop.event("order", "1", state="planned", received_at=ago(hours=1))
        shop.add(Work(kind="event", ref_id="x", store_id=STORE, lane="l", due_at=0))
        assert "Work has been waiting for a long time." in shop.sign_in().text("/")

    def test_a_silent_opentext_is_told_with_the_time(self, shop: Shop) -> None:
        shop.add(Circuit(store_id=STORE, upstream="otds", failing_since=ago(minutes=5)))
        words = words_on(shop.sign_in().text("/"))
        assert "Needs a look" in words
        assert re.search(r"OpenText has not answered since \d\d:\d\d\. .*nothing is lost", words)
        assert "Your store has not answered" not in words

    def test_a_silent_store_and_a_spent_quota_are_told_too(self, shop: Shop) -> None:
        with reading(shop.deps.database) as session:
            soon = database_time(session) + 20
        shop.add(Circuit(store_id=STORE, upstream="bigcommerce", failing_since=ago(days=2), saving_until=soon))
        words = words_on(shop.sign_in().text("/"))
        assert "Your store has not answered since" in words
        assert "request quota, which all apps share, is nearly used up" in words
        assert "OpenText has not answered" not in words

    def test_one_lost_answer_is_no_news(self, shop: Shop) -> None:
        shop.add(Circuit(store_id=STORE, upstream="otds", failing_since=ago(seconds=3)))
        assert "All is well" in shop.sign_in().text("/")

    @pytest.mark.parametrize(("last", "said"), [(23, False), (26, True)])
    def test_a_store_that_tells_nothing_for_a_day_is_mentioned(self, shop: Shop, last: int, said: bool) -> None:
        change_store(shop, last_delivery_at=ago(hours=last, minutes=1))
        words = words_on(shop.sign_in().text("/"))
        assert (f"Nothing received from your store for {last} hours." in words) is said
        assert ("All is well" in words) is not said

    def test_a_store_may_be_silent_as_long_as_was_chosen_for_it(self, shop: Shop) -> None:
        change_store(shop, last_delivery_at=ago(hours=5))
        manager = shop.sign_in("manager")
        assert "All is well" in manager.text("/")
        refused = manager.post("/settings/messages", hours="0", quiet_from="22", quiet_until="")
        assert refused.status_code == 422
        assert "Enter a whole number from 1 to 720" in words_on(refused.get_data(as_text=True))
        assert "Choose both hours" in words_on(refused.get_data(as_text=True))
        assert manager.post("/settings/messages", hours="4").headers["Location"] == "/settings/messages?done=saved"
        assert "Nothing received from your store for 5 hours." in words_on(manager.text("/"))
        page = manager.text("/settings/messages")
        assert "Silent for too long" in page
        assert 'name="hours" value="4"' in page
        now = utc_now().astimezone(ZoneInfo("Europe/Berlin")).hour
        night = {"quiet_from": str((now - 6) % 24), "quiet_until": str((now + 1) % 24)}
        manager.post("/settings/messages", hours="4", **night)
        assert "All is well" in manager.text("/")
        assert shop.sign_in("viewer").post("/settings/messages", hours="9").status_code == 403

    def test_a_store_that_never_told_anything_counts_from_its_installation(self, shop: Shop) -> None:
        change_store(shop, last_delivery_at=None, installed_at=ago(hours=3))
        assert "Nothing received" not in shop.sign_in().text("/")
        change_store(shop, installed_at=ago(hours=49, minutes=1))
        assert "Nothing received from your store for 49 hours." in shop.sign_in().text("/")

    def test_the_counts_are_the_same_on_both_databases(self, database_url: str) -> None:
        with a_shop(database_url) as shop:
            shop.failing(shop.order_under_review("1001"), 3)
            shop.event("order", "2", state="quarantined")
            shop.product_live("77", drifted=("name", "description"))
            with reading(shop.deps.database) as session:
                found = pulse(session, STORE)
        assert (found.queue, found.retrying, found.stuck_runs, found.stuck_deliveries, found.drifted) == (0, 1, 0, 1, 1)
        assert found.last_delivery_at is not None


class TestSetUp:
    def test_the_next_step_is_prominent(self, sqlite_url: str) -> None:
        with a_shop(sqlite_url, connected=False) as shop:
            page = words_on(shop.sign_in().text("/"))
        assert "Your store Done" in page
        assert "Content Server Next" in page
        assert "Workflow and letters Later" in page
        assert "The first document Later" in page

    def test_a_failed_set_up_can_be_started_again_by_a_manager(self, shop: Shop) -> None:
        change_store(shop, setup_state="failed")
        person = shop.sign_in("manager")
        assert "This did not work yet." in person.text("/")
        assert person.post("/settings/set-up/store").status_code == 303
        with reading(shop.deps.database) as session:
            (row,) = session.exec(select(InboxEvent).where(InboxEvent.source == "person"))
        assert (row.object_type, row.object_id, row.detail["request"]) == ("store", "demostore1", "set_up_store")

    def test_a_viewer_cannot_start_it(self, shop: Shop) -> None:
        assert shop.sign_in("viewer").post("/settings/set-up/store").status_code == 403


class TestActivity:
    def test_finds_by_name_number_and_reference(self, shop: Shop) -> None:
        first, second = shop.order_under_review("1001"), shop.order_under_review("1002")
        person = shop.sign_in()
        for text in ("Order 1001", "1001", first.id[:8].upper()):
            page = person.text(f"/activity/?text={text}")
            assert first.id in page, text
            assert second.id not in page, text

    def test_a_percent_sign_is_only_a_sign(self, shop: Shop) -> None:
        shop.order_under_review("1001")
        assert "Nothing matches." in shop.sign_in().text("/activity/?text=%25")

    def test_filters_by_state_and_kind(self, shop: Shop) -> None:
        run = shop.order_under_review("1001")
        done = shop.order_under_review("1002", outcome="approved")
        person = shop.sign_in()
        waiting = person.text("/activity/?state=waiting&scenario=order-review")
        assert run.id in waiting
        assert done.id not in waiting
        assert "Nothing matches." in person.text("/activity/?scenario=store-set-up")

    def test_nonsense_in_the_address_is_ignored(self, shop: Shop) -> None:
        person = shop.sign_in()
        for query in (
            "before=yesterday",
            "state=" + "x" * 500,
            "text=%00%e2%80%ae",
            "before=2026-01-01",
            "replayed=ten",
        ):
            assert person.get(f"/activity/?{query}").status_code == 200

    def test_failures_are_grouped_by_cause_and_tried_again_at_once(self, shop: Shop) -> None:
        runs = [shop.order_under_review(number) for number in ("1", "2", "3")]
        for run in runs[:2]:
            shop.failing(run, 3, stuck=True)
        person = shop.sign_in("manager")
        page = words_on(person.text("/activity/"))
        assert "Content Server cannot be reached. Stopped 2 times" in page
        assert "Try all 2 again" in page
        preview = words_on(person.text("/activity/replay?code=unreachable&step=file_paper"))
        assert "Try 2 things again" in preview
        assert "Will be done File the order record (PDF/A)" in preview
        assert "Is done and stays as it is" in preview
        elsewhere = words_on(person.text("/activity/replay?code=unreachable&step=start_workflow"))
        assert "Nothing of it stands still any more." in elsewhere
        assert shop.sign_in("viewer").get("/activity/replay?code=unreachable").status_code == 403
        with reading(shop.deps.database) as session:
            assert "running" not in set(session.exec(select(Run.state)))  # looking starts nothing
        answer = person.post("/activity/replay", code="unreachable", step="file_paper")
        assert answer.headers["Location"] == "/activity/?replayed=2"
        with reading(shop.deps.database) as session:
            states = sorted(session.exec(select(Run.state)))
            parked = set(session.exec(select(Work.parked)))
            actor = session.exec(select(AuditEntry.actor).where(AuditEntry.action == "replayed")).one()
        assert states == ["running", "running", "waiting"]
        assert parked == {""}
        assert actor == f"user:{person.user_id}"
        assert "2 are being tried again" in words_on(person.text("/activity/?replayed=2"))

    def test_chosen_lines_only(self, shop: Shop) -> None:
        first, second = shop.order_under_review("1"), shop.order_under_review("2")
        shop.failing(first, 3, stuck=True)
        shop.failing(second, 3, stuck=True)
        shop.sign_in("manager").post("/activity/replay", id=first.id)
        with reading(shop.deps.database) as session:
            assert session.get_one(Run, first.id).state == "running"
            assert session.get_one(Run, second.id).state == "quarantined"

    def test_nothing_chosen_is_nothing_done(self, shop: Shop) -> None:
        shop.failing(shop.order_under_review("1"), 3, stuck=True)
        assert shop.sign_in("manager").post("/activity/replay").status_code == 409

    def test_another_stores_work_is_not_replayed(self, shop: Shop) -> None:
        shop.store(id="bigcommerce:other", name="Other")
        run = Run(
            store_id="bigcommerce:other",
            scenario="order-review",
            subject_type="order",
            subject_id="9",
            occasion="1",
            event_id="1",
            correlation_id="1",
            state="quarantined",
        )
        shop.add(run)
        assert shop.sign_in("owner").post("/activity/replay", id=run.id).headers["Location"] == "/activity/?replayed=0"
        with reading(shop.deps.database) as session:
            assert session.get_one(Run, run.id).state == "quarantined"

    def test_a_viewer_replays_and_skips_nothing(self, shop: Shop) -> None:
        run = shop.order_under_review("1")
        shop.failing(run, 3, stuck=True)
        viewer = shop.sign_in("viewer")
        assert viewer.post("/activity/replay", id=run.id).status_code == 403
        assert viewer.post(f"/activity/runs/{run.id}/skip").status_code == 403
        assert 'type="checkbox"' not in viewer.text("/activity/")

    def test_leaving_a_step_out_goes_on_behind_it(self, shop: Shop) -> None:
        run = shop.order_under_review("1")
        shop.failing(run, 3, stuck=True)
        person = shop.sign_in("manager")
        assert person.post(f"/activity/runs/{run.id}/skip").status_code == 303
        with reading(shop.deps.database) as session:
            row = session.exec(select(StepRow).where(StepRow.run_id == run.id, StepRow.seq == 3)).one()
            assert row.status == "skipped"
        assert person.post(f"/activity/runs/{run.id}/skip").status_code == 409

    def test_deliveries_say_in_words_what_came_of_them(self, shop: Shop) -> None:
        shop.event("order", "1", reason="no_scenario_applies", state="done")
        shop.event("order", "2", reason="timeout: Content Server did not answer in time.", state="planned")
        page = words_on(shop.sign_in().text("/activity/deliveries"))
        assert "None of your rules applies to it." in page
        assert "Content Server did not answer in time." in page
        assert "no_scenario_applies" not in page

    def test_older_lines_are_a_page_away(self, shop: Shop) -> None:
        for number in range(55):
            shop.event("order", str(number), received_at=ago(minutes=number + 1))
        person = shop.sign_in()
        page = person.text("/activity/deliveries")
        older = page[page.index("before=") :].split('"')[0].replace("&amp;", "&")
        assert page.count('class="list"') == 1
        assert "order.changed" not in page
        assert words_on(person.text(f"/activity/deliveries?{older}")).count("An order was placed or changed") == 5


class TestReport:
    def test_it_holds_codes_and_nothing_personal(self, shop: Shop) -> None:
        run = shop.order_under_review("1001")
        shop.failing(run, 3, stuck=True)
        page = shop.sign_in().text(f"/activity/runs/{run.id}")
        report = page[page.index("<textarea") : page.index("</textarea>")]
        assert run.id in report
        assert "file_paper" in report
        assert "code unreachable" in report
        for personal in ("Ada", "Löwe", "950", "1001", "Anna", "example.com", "Order Review"):
            assert personal not in report, personal


@pytest.mark.parametrize(
    "path", ["/", "/activity/", "/activity/deliveries", "/settings/opentext", "/settings/scenarios", "/settings/people"]
)
def test_pages_need_a_session(shop: Shop, path: str) -> None:
    assert shop.flask.test_client().get(path, base_url="http://app.test").status_code == 401


class TestPlots:
    def test_the_same_numbers_are_a_sentence_bars_and_a_table(self, shop: Shop) -> None:
        shop.order_under_review("1001")
        shop.order_under_review("1002", outcome="approved")
        shop.failing(shop.order_under_review("1003"), 3, stuck=True)
        page = shop.sign_in().text("/")
        words = words_on(page)
        assert re.search(r"Messages in 14 days: [3-9]\. Work done: 1, stopped: 1\.", words)
        assert "Half of the workspaces were there within 2 minutes." in words
        assert "under 4 hours 1" in words
        assert "The oldest began to wait 29 minutes ago." in words
        assert page.count('<svg class="plot"') == 3
        assert 'style="' not in page

    def test_an_empty_store_has_plots_without_bars_and_who_may_not_see_decisions_no_count_of_them(
        self, shop: Shop
    ) -> None:
        shop.add(StoreRights(store_id=STORE, entries=[{"who": "everyone", "preset": "status"}]))
        page = shop.sign_in("viewer").text("/")
        assert "Messages in 14 days: 0" in page
        assert "No workspace was made in these days." in page
        assert "<rect" not in page
        assert "Decisions waiting" not in page


def test_every_comparison_with_the_store_is_listed(shop: Shop) -> None:
    assert "The first night is still to come." in shop.sign_in().text("/activity/gaps")
    for number in range(2):
        run = shop.run("gap-report", "store", "demostore1", "Nordlicht", state="done", started_at=ago(days=number))
        told = {"status": "done", "summary": f"{number} changes were found that no message had told us."}
        shop.steps(run, [("report_gaps", {}, told)])
    words = words_on(shop.sign_in("viewer").text("/activity/gaps"))
    assert words.index("0 changes were found") < words.index("1 changes were found")
