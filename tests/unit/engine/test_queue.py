"""Leases, fences, lanes: on SQLite and PostgreSQL alike."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db.inbox import InboxEvent
from app.db.runs import Work
from app.db.session import Database, connect, database_time, dialect, reading, unit_of_work
from app.db.stores import StoreRow
from app.db.tables import metadata
from app.db.types import utc_now
from app.engine import queue
from app.errors import LostLease
from app.settings import Periods
from tests.house import a_settings


@pytest.fixture
def database(database_url):
    made = connect(database_url)
    metadata.create_all(made.engine)
    yield made
    made.dispose()


@pytest.fixture
def settings(database_url):
    return a_settings(database_url)


def put(database: Database, ref: str, lane: str = "", *, store: str = "s1", due_in: float = 0.0, **values) -> None:
    with unit_of_work(database) as uow:
        due = database_time(uow.session) + due_in
        uow.session.add(Work(kind="run", ref_id=ref, store_id=store, lane=lane or ref, due_at=due, **values))


def claim(database, settings, want=10):
    return queue.claim(database, settings, queue.new_owner(), want)


def test_due_work_is_claimed_once(database, settings):
    put(database, "a")
    assert [held.ref_id for held in claim(database, settings)] == ["a"]
    assert claim(database, settings) == []


def test_work_of_tomorrow_is_not_claimed(database, settings):
    put(database, "a", due_in=60)
    assert claim(database, settings) == []


def test_a_lane_runs_one_at_a_time_oldest_first(database, settings):
    put(database, "first", "lane", due_in=-2)
    put(database, "second", "lane", due_in=-1)
    (held,) = claim(database, settings)
    assert held.ref_id == "first"
    assert claim(database, settings) == []
    with unit_of_work(database) as uow:
        queue.finish(uow.session, held)
    assert [one.ref_id for one in claim(database, settings)] == ["second"]


def test_a_postponed_piece_does_not_hold_up_its_lane(database, settings):
    put(database, "first", "lane", due_in=-2)
    put(database, "second", "lane", due_in=-1)
    (held,) = claim(database, settings)
    with unit_of_work(database) as uow:
        queue.postpone(uow.session, held, 60)
    assert [one.ref_id for one in claim(database, settings)] == ["second"]


def test_an_expired_lease_goes_to_another_and_the_first_can_write_nothing_more(database, database_url):
    short = a_settings(database_url, periods=Periods(lease=0.05))
    put(database, "a")
    (zombie,) = claim(database, short)
    time.sleep(0.1)
    queue.release_expired_lanes(database)
    (heir,) = claim(database, short)
    assert (heir.ref_id, heir.lost_leases) == ("a", 1)
    for forbidden in (queue.finish, lambda s, c: queue.postpone(s, c, 1), lambda s, c: queue.park(s, c, "quarantined")):
        with pytest.raises(LostLease), unit_of_work(database) as uow:
            forbidden(uow.session, zombie)
    with reading(database) as session, pytest.raises(LostLease):
        queue.assert_mine(session, zombie)


def test_a_renewed_lease_stays(database, database_url):
    short = a_settings(database_url, periods=Periods(lease=0.3))
    put(database, "a")
    held = claim(database, short)
    for _ in range(4):
        time.sleep(0.1)
        queue.renew(database, short, held)
    queue.release_expired_lanes(database)
    assert claim(database, short) == []


def test_an_attempt_is_counted_at_the_claim_and_a_rate_limit_gives_it_back(database, settings):
    put(database, "a")
    (held,) = claim(database, settings)
    assert held.attempts == 1
    with unit_of_work(database) as uow:
        queue.postpone(uow.session, held, 0, count=False)
    assert claim(database, settings)[0].attempts == 1


def test_what_is_woken_while_it_is_leased_runs_again_at_once(database, settings):
    put(database, "a")
    (held,) = claim(database, settings)
    with unit_of_work(database) as uow:
        assert queue.wake(uow.session, "run", "a")
    with unit_of_work(database) as uow:
        queue.postpone(uow.session, held, 3600)
    assert [one.ref_id for one in claim(database, settings)] == ["a"]


def test_parked_work_waits_for_a_person(database, settings):
    put(database, "a")
    (held,) = claim(database, settings)
    with unit_of_work(database) as uow:
        queue.park(uow.session, held, "reauth:opentext")
    assert claim(database, settings) == []
    with unit_of_work(database) as uow:
        assert queue.unpark_store(uow.session, "s1", "bigcommerce") == []
        assert queue.unpark_store(uow.session, "s1", "opentext") == [("run", "a")]
    assert len(claim(database, settings)) == 1


def test_one_store_with_much_work_leaves_room_for_another(database, settings):
    for number in range(40):
        put(database, f"big{number}", store="big", due_in=-10)
    put(database, "small", store="small", due_in=-1)
    claimed = claim(database, settings, 10)
    assert "small" in [held.ref_id for held in claimed]
    assert len([held for held in claimed if held.store_id == "big"]) == 5


def test_deliveries_are_admitted_once_and_in_order(database):
    for number in range(3):
        with unit_of_work(database) as uow:
            uow.session.add(
                InboxEvent(store_id="s1", source="store", delivery_key=str(number), topic="order.changed",
                           object_type="order", object_id=str(number),
                           received_at=utc_now() + timedelta(seconds=number))
            )  # fmt: skip
    assert queue.admit(database) == 3
    assert queue.admit(database) == 0
    with reading(database) as session:
        lanes = list(session.execute(select(Work.lane).order_by(Work.seq)).scalars())
    assert lanes == ["s1/order/0", "s1/order/1", "s1/order/2"]


def test_many_claimers_never_share_a_row_or_a_lane(database, settings):
    for number in range(60):
        put(database, f"w{number}", f"lane{number % 20}")
    taken: list[queue.Claim] = []
    guard = threading.Lock()

    def work() -> None:
        for _ in range(20):
            for held in claim(database, settings, 4):
                with guard:
                    running = {one.lane for one in taken if one not in done}
                    assert held.lane not in running
                    taken.append(held)
                with guard:
                    done.append(held)
                with unit_of_work(database) as uow:
                    queue.finish(uow.session, held)

    done: list[queue.Claim] = []
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refs = [held.ref_id for held in taken]
    assert len(refs) == len(set(refs))
    assert sorted(refs) == sorted(f"w{number}" for number in range(60))


def test_the_claim_uses_the_queue_index(database):
    with reading(database) as session:
        statement = queue._due(dialect(session)).params(most=10)  # its plan is what is asked for
        compiled = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        connection = session.connection()
        if not database.is_sqlite:
            connection.exec_driver_sql("SET enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        plan = str(connection.exec_driver_sql(f"{explain}{compiled}").all())
    assert "ix_work_due" in plan


def test_the_last_message_of_a_store_is_remembered_to_the_minute(database):
    def deliver(minutes: float, source: str = "store") -> None:
        with unit_of_work(database) as uow:
            when = start + timedelta(minutes=minutes)
            uow.session.add(InboxEvent(store_id="s1", source=source, delivery_key=f"{source}:{minutes}", topic="t",
                                       received_at=when))  # fmt: skip
        queue.admit(database)

    def known() -> float | None:
        with reading(database) as session:
            last = session.get_one(StoreRow, "s1").last_delivery_at
        return (last - start).total_seconds() / 60 if last else None

    start = utc_now()
    with unit_of_work(database) as uow:
        uow.session.add(StoreRow(id="s1", provider="bigcommerce"))
    deliver(-5, "clock")
    assert known() is None
    for minutes, told in ((0, 0), (0.5, 0), (3, 3), (2, 3)):
        deliver(minutes)
        assert known() == told
