"""Looking into the past: a dry run tells what would have happened and touches nothing; an import files and is quiet."""

import re
from datetime import timedelta

import pytest

from app.db.history import HistoryJob
from app.db.inbox import InboxEvent
from app.db.runs import Run
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.engine import history, preferences
from app.engine.history import Asked
from app.errors import Conflict
from app.scenarios.orders import ORDER_REVIEW
from sandbox.kernel.faults import FaultRule
from tests.doors import Doors
from tests.engine import office
from tests.house import House


def the_job(house: House) -> HistoryJob:
    (job,) = house.rows(HistoryJob)
    return job


def look_back(house: House, kind: str = "dry_run", **values: object) -> HistoryJob:
    """Ask for the last minutes and work until the job has ended."""
    now = utc_now()
    scenario = ORDER_REVIEW.slug if kind == "dry_run" else ""
    asked = Asked(kind, now - timedelta(minutes=5), now, scenario, values)
    history.start(house.deps, house.store_id, asked, "tester")
    house.drain()
    for _ in range(6):
        if the_job(house).ended_at:
            break
        house.hurry()
        house.drain()
    return the_job(house)


def switch(house: House, mode: str) -> None:
    with unit_of_work(house.deps.database) as uow:
        preferences.save(uow.session, house.store_id, ORDER_REVIEW, {"mode": mode}, "tester")


def writes(house: House) -> list[str]:
    return house.effects("bigcommerce") + house.effects("content_server") + house.effects("workflow")


class TestADryRun:
    def test_it_lists_what_would_have_happened_and_touches_nothing(self, installed_house: House) -> None:
        house = installed_house
        switch(house, "off")
        small, large = house.place_order("20.00"), house.place_order("950.00")
        house.drain()
        before = writes(house)
        job = look_back(house, amount_from="500")
        assert (job.state, job.found) == ("done", 1)
        assert job.looked == 2
        (listed,) = job.listed
        assert listed["object_id"] == large
        assert "950.00" in listed["reasons"][0]
        assert small not in str(job.listed)
        assert writes(house) == before
        assert house.rows(Run, scenario=ORDER_REVIEW.slug) == []

    def test_other_choices_find_other_orders(self, installed_house: House) -> None:
        house = installed_house
        switch(house, "off")
        house.place_order("20.00"), house.place_order("950.00")
        job = look_back(house, amount_from="10")
        assert job.found == 2

    def test_a_second_look_waits_for_the_first(self, installed_house: House) -> None:
        house, now = installed_house, utc_now()
        asked = Asked("dry_run", now - timedelta(days=2), now, ORDER_REVIEW.slug, {})
        first = history.start(house.deps, house.store_id, asked, "tester")
        with pytest.raises(Conflict):
            history.start(house.deps, house.store_id, asked, "tester")
        assert history.stop(house.deps, house.store_id, first, "tester")
        house.drain()
        assert the_job(house).state == "stopped"
        assert not history.stop(house.deps, house.store_id, first, "tester")

    def test_it_goes_on_where_it_stood_when_the_store_was_away(self, installed_house: House) -> None:
        house = installed_house
        switch(house, "off")
        house.place_order("950.00")
        house.drain()
        house.stage.world.faults.add(
            FaultRule(system="bigcommerce", path="*/v2/orders*", kind="status", status=503, count=4)
        )
        job = look_back(house)
        assert (job.state, job.problem, job.found) == ("done", "", 1)


class TestShadow:
    def test_the_plan_is_written_down_and_nothing_is_touched(self, installed_house: House) -> None:
        house = installed_house
        switch(house, "shadow")
        before = house.effects("content_server") + house.effects("workflow")
        order = house.place_order("950.00")
        house.drain()
        run = house.run_of(ORDER_REVIEW.slug, order)
        assert run.state == "shadow"
        assert run.reasons
        assert [step.status for step in house.steps_of(run)] == ["pending"] * len(ORDER_REVIEW.steps)
        assert house.effects("content_server") + house.effects("workflow") == before
        assert house.order(order)["status_id"] == 11

    def test_switched_on_the_same_order_is_really_held(self, installed_house: House) -> None:
        house = installed_house
        switch(house, "shadow")
        order = house.place_order("950.00")
        house.drain()
        switch(house, "on")
        house.request(house.store_id, "order", order, "review_order")
        house.drain()
        assert house.order(order)["status_id"] == 12
        runs = house.rows(Run, subject_id=order, scenario=ORDER_REVIEW.slug)
        assert {run.state for run in runs} == {"shadow", "waiting"}


class TestAnImport:
    def test_each_order_is_looked_at_once_and_nobody_hears_of_it(self, installed_house: House) -> None:
        house = installed_house
        switch(house, "off")
        placed = [house.place_order(f"{100 + n}.00") for n in range(3)]
        house.drain()
        job = look_back(house, "import")
        assert job.state == "done"
        imported = house.rows(InboxEvent, source="import")
        assert {one.object_id for one in imported} >= set(placed)
        assert len(imported) == len({one.object_id for one in imported})
        assert all(house.order(one)["status_id"] == 11 for one in placed)
        with reading(house.deps.database) as session:
            report = history.report(session, job)
        assert sum(report.orders.values()) == len(imported)
        assert report.open == 0

    def test_scenarios_that_act_leave_the_past_alone(self, installed_house: House) -> None:
        house = installed_house
        switch(house, "off")
        order = house.place_order("950.00")
        house.drain()
        switch(house, "on")
        look_back(house, "import")
        assert house.rows(Run, scenario=ORDER_REVIEW.slug, subject_id=order) == []

    def test_the_report_says_what_became_of_every_order_and_the_page_shows_it(self, installed_house: House) -> None:
        house = installed_house
        rule = house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="withhold")).id
        gone, good = house.place_order("20.00"), house.place_order("30.00", status_id=10)
        house.stage.world.faults.remove(rule)
        house.stage.world.faults.add(
            FaultRule(system="bigcommerce", path=f"*/v2/orders/{gone}*", method="GET", kind="status", status=404)
        )
        office.switch_on(house, "order-records", "invoice-records")
        job = look_back(house, "import")
        for _ in range(3):
            house.hurry()
            house.drain()
        with reading(house.deps.database) as session:
            report = history.report(session, job)
        assert report.orders == {"ignored": 1, "done": 1}
        assert report.open == 0
        led_to = [run for run in house.rows(Run, subject_id=good) if run.state != "shadow"]
        assert sum(report.runs.values()) == len(led_to) > 0
        assert set(report.runs) == {"done"}
        assert house.rows(Run, subject_id=gone) == []
        page = Doors(house).signed_in().get("/settings/import").get_data(as_text=True)
        shown = {name: int(n) for name, n in re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page)}
        assert shown == {
            "Orders found": 2, "Looked at": 2, "No longer in your store": 1, "Filed": len(led_to),
            "Still to do": 0, "Stopped": 0,
        }  # fmt: skip
