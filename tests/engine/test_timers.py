"""Time as an event: what was due rings once, calendars turn in the store's own zone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.db.inbox import InboxEvent
from app.db.session import unit_of_work
from app.db.stores import StoreRow
from app.db.timers import Timer
from app.engine import timers

NOON = datetime(2027, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def shop(installed_house):
    """A house whose store lives in Auckland, thirteen hours ahead of UTC in March."""
    with unit_of_work(installed_house.deps.database) as uow:
        uow.session.get_one(StoreRow, installed_house.store_id).timezone = "Pacific/Auckland"
    installed_house.at(NOON)
    return installed_house


def set_timer(house, name="look_again", due=NOON + timedelta(days=1), **detail):
    with unit_of_work(house.deps.database) as uow:
        timers.set(uow.session, house.store_id, "order", "77", name, due, detail)


def rung(house, **where):
    return house.rows(InboxEvent, source="clock", topic="time.came", **where)


def told(house, calendar):
    return sorted(e.detail[calendar] for e in rung(house) if e.detail.get("calendar") == calendar)


def test_a_timer_rings_once_when_its_time_has_come_and_is_gone_then(shop):
    set_timer(shop, node="12")
    shop.advance(hours=23)
    assert not rung(shop, object_id="77")
    shop.advance(hours=2)
    shop.advance(days=3)
    (event,) = rung(shop, object_id="77")
    assert event.detail == {"timer": "look_again", "node": "12"}
    assert not shop.rows(Timer)


def test_setting_it_again_replaces_it_and_the_same_again_keeps_it(shop):
    set_timer(shop)
    (first,) = shop.rows(Timer)
    set_timer(shop)
    assert [row.id for row in shop.rows(Timer)] == [first.id]
    set_timer(shop, due=NOON + timedelta(days=5))
    shop.advance(days=2)
    assert not rung(shop, object_id="77")
    shop.advance(days=4)
    set_timer(shop, due=NOON + timedelta(days=8))  # the same name again, later: another ring
    shop.advance(days=4)
    assert len(rung(shop, object_id="77")) == 2


def test_a_cancelled_timer_is_silent(shop):
    set_timer(shop)
    with unit_of_work(shop.deps.database) as uow:
        assert timers.cancel(uow.session, shop.store_id, "order", "77", "look_again")
        assert not timers.cancel(uow.session, shop.store_id, "order", "77", "look_again")
    shop.advance(days=2)
    assert not rung(shop, object_id="77")


def test_a_sweep_that_broke_off_after_telling_tells_nothing_twice(shop):
    set_timer(shop, due=NOON - timedelta(minutes=1))
    (row,) = shop.rows(Timer)
    kept = row.model_dump()
    timers.ring_due(shop.deps)
    with unit_of_work(shop.deps.database) as uow:  # as if the sweep had ended before it removed the row
        uow.session.add(Timer(**kept))
    timers.ring_due(shop.deps)
    assert len(rung(shop, object_id="77")) == 1
    assert not shop.rows(Timer)


def test_timers_of_a_paused_store_wait_until_it_works_again(shop):
    set_timer(shop)
    with unit_of_work(shop.deps.database) as uow:
        uow.session.get_one(StoreRow, shop.store_id).state = "needs_reauth"
    shop.advance(days=2)
    assert not rung(shop, object_id="77")
    with unit_of_work(shop.deps.database) as uow:
        uow.session.get_one(StoreRow, shop.store_id).state = "installed"
    shop.advance(hours=1)
    assert len(rung(shop, object_id="77")) == 1


def test_a_day_begins_when_it_begins_in_the_store(shop):
    assert told(shop, "day")[-1] == "2027-03-11"  # already tomorrow in Auckland
    shop.advance(minutes=30)
    assert len(told(shop, "day")) == 2  # the day of the installation and today
    shop.at(datetime(2027, 3, 11, 11, 1, tzinfo=UTC))
    assert told(shop, "day")[-1] == "2027-03-12"


def test_each_missed_month_is_told_but_only_the_present_day(shop):
    before = told(shop, "month")
    shop.at(datetime(2027, 6, 2, 12, 0, tzinfo=UTC))
    shop.advance(minutes=1)
    assert told(shop, "month")[len(before) :] == ["2027-04", "2027-05", "2027-06"]
    assert told(shop, "day")[-1] == "2027-06-03"


def test_a_zone_nobody_knows_is_utc():
    assert timers.zone_of("Mars/Olympus").key == "UTC"
    assert timers.zone_of("../etc/passwd").key == "UTC"


@pytest.mark.parametrize(
    ("after", "until", "months"),
    [(date(2026, 1, 31), date(2026, 1, 31), []), (date(2026, 1, 31), date(2026, 2, 1), ["2026-02"]),
     (date(2026, 2, 1), date(2026, 2, 28), []), (date(2020, 1, 1), date(2026, 2, 28), None)],
)  # fmt: skip
def test_months_are_told_once_they_began_and_no_more_than_a_year_back(after, until, months):
    found = list(timers.months_begun(after, until))
    assert found == months if months is not None else (len(found), found[-1]) == (12, "2026-02")
