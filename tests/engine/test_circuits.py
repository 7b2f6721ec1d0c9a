"""A service that does not answer is left alone, probed, taken up again; nothing is lost and no attempt is spent."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db.circuits import Circuit
from app.db.runs import Run, Work
from app.db.session import Database, connect, reading, unit_of_work
from app.db.stores import StoreRow
from app.db.tables import metadata
from app.db.types import utc_now
from app.engine import circuits, connections, metrics
from app.engine.circuits import Circuits
from app.errors import CircuitOpen, RateLimited
from app.outbound import Quota
from app.settings import Periods
from sandbox.kernel.faults import FaultRule
from tests.doors import Doors
from tests.house import House
from tests.unit.web_pages.test_order_panel import words_on

STORE, SERVICE = "bigcommerce:abc", "content_server"
PERIODS = Periods(circuit_open=30, circuit_open_most=100)


@pytest.fixture
def database(database_url: str):
    made = connect(database_url)
    metadata.create_all(made.engine)
    with unit_of_work(made) as uow:
        uow.session.add(StoreRow(id=STORE, provider="bigcommerce"))
    yield made
    made.dispose()


@pytest.fixture
def gate(database: Database) -> Circuits:
    return Circuits(database, PERIODS)


def fail(gate: Circuits, times: int = 1, *, probe: bool = False) -> None:
    for _ in range(times):
        gate.failed(STORE, SERVICE, "timeout", probe=probe)


def row(database: Database) -> Circuit:
    with reading(database) as session:
        return session.get_one(Circuit, (STORE, SERVICE))


def let_time_pass(database: Database) -> None:
    """The open period is over; whoever probed has given up."""
    with unit_of_work(database) as uow:
        found = uow.session.get_one(Circuit, (STORE, SERVICE))
        found.open_until, found.probe_until = 1.0, 0.0


def test_four_failures_are_noted_and_the_fifth_opens(database: Database, gate: Circuits) -> None:
    with circuits.background():
        fail(gate, 4)
        assert gate.enter(STORE, SERVICE) is False
        first = row(database).failing_since
        fail(gate)
        assert (row(database).failing_since, row(database).opened_for, row(database).reason) == (first, 30, "timeout")
        with pytest.raises(CircuitOpen) as refused:
            gate.enter(STORE, SERVICE)
    assert 25 < refused.value.retry_after <= 30
    assert refused.value.message == "Content Server does not answer at the moment."


def test_an_answer_in_between_starts_the_count_again(database: Database, gate: Circuits) -> None:
    fail(gate, 4)
    gate.answered(STORE, SERVICE, None)
    assert row(database).failing_since is None
    fail(gate, 4)
    assert row(database).opened_for == 0


def test_more_than_half_of_twenty_calls_in_a_minute_open_it_too(database: Database) -> None:
    now = [0.0]
    gate = Circuits(database, PERIODS, monotonic=lambda: now[0])
    calls: list[Callable[[], None]] = [lambda: fail(gate, 2), lambda: gate.answered(STORE, SERVICE, None)]
    for number in range(12):
        calls[number % 2]()
        now[0] += 2
    fail(gate)
    assert row(database).opened_for == 0  # nineteen calls: too few to judge
    fail(gate)
    assert row(database).opened_for == 30
    slow = Circuits(database, PERIODS, monotonic=lambda: now[0])
    slow.answered(STORE, SERVICE, None)
    for number in range(40):
        (lambda: fail(slow, 2), lambda: slow.answered(STORE, SERVICE, None))[number % 2]()
        now[0] += 10
    assert row(database).opened_for == 0  # as bad, but not within a minute


def test_one_probe_is_let_through_and_its_answer_closes(database: Database, gate: Circuits) -> None:
    other = Circuits(database, PERIODS)  # another process
    fail(gate, 5)
    let_time_pass(database)
    with circuits.background():
        assert gate.enter(STORE, SERVICE) is True
        with pytest.raises(CircuitOpen) as refused:
            other.enter(STORE, SERVICE)
        assert refused.value.retry_after < 5
        gate.answered(STORE, SERVICE, None)
        assert other.enter(STORE, SERVICE) is False
    assert (row(database).failing_since, row(database).opened_for) == (None, 0)


def test_at_once_only_one_of_many_becomes_the_probe(database: Database) -> None:
    gates = [Circuits(database, PERIODS) for _ in range(6)]
    fail(gates[0], 5)
    let_time_pass(database)
    answers: list[bool] = []

    def ask(gate: Circuits) -> None:
        with circuits.background():
            try:
                answers.append(gate.enter(STORE, SERVICE))
            except CircuitOpen:
                answers.append(False)

    threads = [threading.Thread(target=ask, args=(gate,)) for gate in gates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 5 + [True]


def test_a_probe_that_fails_doubles_the_wait_up_to_the_most(database: Database, gate: Circuits) -> None:
    fail(gate, 5)
    waits = [row(database).opened_for]
    for _ in range(3):
        let_time_pass(database)
        with circuits.background():
            assert gate.enter(STORE, SERVICE) is True
        fail(gate, probe=True)
        waits.append(row(database).opened_for)
    assert waits == [30, 60, 100, 100]


def test_what_was_in_flight_when_it_opened_does_not_lengthen_it(database: Database, gate: Circuits) -> None:
    fail(gate, 12)
    assert row(database).opened_for == 30


def test_what_a_person_waits_for_is_asked_in_any_case_and_its_answer_counts(gate: Circuits) -> None:
    fail(gate, 5)
    assert gate.enter(STORE, SERVICE) is False
    gate.answered(STORE, SERVICE, None)
    with circuits.background():
        assert gate.enter(STORE, SERVICE) is False


def test_one_store_and_one_upstream_do_not_suffer_for_another(gate: Circuits) -> None:
    fail(gate, 5)
    with circuits.background():
        assert gate.enter(STORE, "workflow") is False
        assert gate.enter("bigcommerce:other", SERVICE) is False


def test_what_is_no_store_leaves_no_row(database: Database, gate: Circuits) -> None:
    for _ in range(6):
        gate.failed("bigcommerce:unknown", SERVICE, "timeout", probe=False)
        gate.failed("", "bigcommerce_login", "timeout", probe=False)
    with reading(database) as session:
        assert session.execute(select(Circuit)).first() is None


def test_a_database_that_is_gone_leaves_the_way_open(sqlite_url: str) -> None:
    gate = Circuits(connect(sqlite_url), PERIODS)  # without tables
    fail(gate, 6)
    gate.answered(STORE, SERVICE, None)
    with circuits.background():
        assert gate.enter(STORE, SERVICE) is False


def test_background_work_stops_at_the_reserve_and_people_may_use_it(database: Database, gate: Circuits) -> None:
    full, low = Quota(150, 150, 20_000), Quota(45, 150, 20_000)
    with circuits.background():
        gate.answered(STORE, "bigcommerce", full)
        assert gate.enter(STORE, "bigcommerce") is False
        gate.answered(STORE, "bigcommerce", low)
        with pytest.raises(RateLimited) as refused:
            gate.enter(STORE, "bigcommerce")
        assert refused.value.specific_code == "quota_reserve"
        assert 15 < refused.value.retry_after <= 20
        with circuits.asked_by(person=True):
            assert gate.enter(STORE, "bigcommerce") is False
        with circuits.asked_by(person=False), pytest.raises(RateLimited):
            gate.enter(STORE, "bigcommerce")
        with reading(database) as session:
            assert session.get_one(Circuit, (STORE, "bigcommerce")).saving_until > 0
        gate.answered(STORE, "bigcommerce", replace(low, reset_ms=0))  # the window is over
        assert gate.enter(STORE, "bigcommerce") is False
    with circuits.asked_by(person=True):  # no background work: nothing is held back anyway
        assert gate.enter(STORE, "bigcommerce") is False


# In the house


def down(house: House, system: str = SERVICE, **more: Any) -> None:
    house.stage.world.faults.add(FaultRule(**{"system": system, "kind": "status", "status": 503} | more))


def asked(house: House) -> int:
    return len(house.stage.world.ledger.since(system=SERVICE))


def until_open(house: House) -> None:
    """Let the work try until it is left alone; clients share a failing look-up, so that takes a few rounds."""
    for _ in range(10):
        house.drain()
        if any(one.opened_for for one in house.rows(Circuit)):
            return
        due_now(house)
    raise AssertionError("the circuit did not open")


def test_work_waits_for_a_silent_service_without_losing_attempts_and_goes_on_by_itself(installed_house: House) -> None:
    house = installed_house
    down(house)
    orders = [house.place_order("950.00") for _ in range(6)]
    until_open(house)
    before = asked(house)
    with reading(house.deps.database) as session:
        attempts = {one.ref_id: one.attempts for one in session.execute(select(Work)).scalars()}
    for _ in range(3):  # what is due again while it is open waits on
        due_now(house)
        house.drain()
    assert asked(house) == before
    with reading(house.deps.database) as session:
        assert {one.ref_id: one.attempts for one in session.execute(select(Work)).scalars()} == attempts
    text = metrics.render(house.deps).decode()
    assert 'ecm_circuits_open{upstream="content_server"} 1.0' in text
    assert 'ecm_upstreams_failing{upstream="content_server"} 1.0' in text
    house.hurry()  # its time is over: one probe, which fails
    house.drain()
    assert asked(house) == before + 1
    house.stage.world.faults.remove()
    house.hurry()
    house.drain()
    house.hurry()
    house.drain()
    assert [house.run_of("order-review", order).state for order in orders] == ["waiting"] * 6
    assert 'ecm_circuits_open{upstream="content_server"} 0.0' in metrics.render(house.deps).decode()


def due_now(house: House) -> None:
    """Work only: the circuits' time goes on as it does."""
    with unit_of_work(house.deps.database) as uow:
        for one in uow.session.execute(select(Work)).scalars():
            one.due_at = 0.0


def test_a_refusal_in_json_is_an_answer(installed_house: House) -> None:
    """Content Server says no with a 500; that opens nothing."""
    house = installed_house
    body = {"error": "An item with the name '01 Order record' already exists."}
    down(house, status=500, method="POST", body=body)
    for _ in range(7):
        house.place_order("950.00")
    house.drain()
    assert [one.failing_since for one in house.rows(Circuit)] == [None] * len(house.rows(Circuit))


def test_panel_and_home_say_since_when_and_a_saved_connection_is_asked_at_once(installed_house: House) -> None:
    house = installed_house
    down(house)
    order = house.place_order("950.00")
    until_open(house)
    with unit_of_work(house.deps.database) as uow:
        uow.session.get_one(Circuit, (house.store_id, SERVICE)).failing_since = utc_now() - timedelta(minutes=5)
    browser = Doors(house).signed_in()
    assert "OpenText has not answered since" in words_on(browser.get(f"/panel/orders/{order}").get_data(as_text=True))
    home = words_on(browser.get("/").get_data(as_text=True))
    assert "OpenText has not answered since" in home
    assert "nothing is lost" in home
    connections.save(house.deps, house.store_id, house.connection(house.store_id), "tester")
    assert [one.upstream for one in house.rows(Circuit) if one.upstream == SERVICE] == []


def test_a_connection_that_is_only_tried_out_says_nothing_of_the_one_in_use(installed_house: House) -> None:
    house = installed_house
    down(house)
    for _ in range(8):
        house.deps.check_opentext(house.connection(house.store_id))
    assert [one.failing_since for one in house.rows(Circuit)] == [None] * len(house.rows(Circuit))


def test_what_waits_says_so_in_words(installed_house: House) -> None:
    house = installed_house
    down(house)
    for _ in range(3):
        house.place_order("950.00")
    until_open(house)
    due_now(house)
    house.drain()
    runs = house.rows(Run, scenario="order-review")
    steps = [step for run in runs for step in house.steps_of(run) if step.error_code]
    assert {step.error_code for step in steps} <= {"server_error", "circuit_open"}
    waiting = [step for step in steps if step.error_code == "circuit_open"]
    assert waiting
    assert {step.error_message for step in waiting} == {"Content Server does not answer at the moment."}
    assert all(step.next_attempt_at for step in waiting)
