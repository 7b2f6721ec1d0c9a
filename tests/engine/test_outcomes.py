"""Whatever goes wrong ends in a row a person can read, and can be replayed."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.db import audit
from app.db.audit import AuditEntry
from app.db.runs import Effect, Run, Work
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.engine import queue, replay, rotation, work
from app.engine.replay import Selection
from app.engine.vault import Vault
from sandbox.kernel.faults import FaultRule
from tests.house import SECRET_KEY, House


def step_at(house: House, order_id: str):
    run = house.run_of("order-review", order_id)
    return next(
        step for step in house.steps_of(run) if step.status not in ("done", "skipped", "pending") or step.error_code
    )


def test_a_refusal_is_quarantined_at_once_and_replayed_to_its_end(installed_house):
    house = installed_house
    house.stage.world.faults.add(FaultRule(system="content_server", method="PUT", kind="status", status=422, count=1,
                                           body={"error": "no"}))  # fmt: skip
    order_id = house.place_order("950.00")
    house.drain()
    step = step_at(house, order_id)
    assert (step.kind, step.status) == ("ensure_workspace", "quarantined")
    assert step.error_message
    done = replay.replay(house.deps, Selection(code=step.error_code), "tester")
    assert done == [step.run_id]
    house.drain()
    assert house.run_of("order-review", order_id).state == "waiting"
    assert replay.replay(house.deps, Selection(), "tester") == []


def test_a_schedule_that_is_used_up_ends_in_quarantine_with_the_last_reason(installed_house):
    house = installed_house
    house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503))
    order_id = house.place_order("950.00")
    for _ in range(len(house.settings.periods.retry_after) + 2):
        house.drain()
        house.hurry()
    step = step_at(house, order_id)
    assert (step.status, step.error_code) == ("quarantined", "server_error")
    house.stage.world.faults.remove()
    replay.replay(house.deps, Selection(scenario="order-review"), "tester")
    house.drain()
    assert house.run_of("order-review", order_id).state == "waiting"


def test_a_rate_limit_waits_as_told_and_counts_no_attempt(installed_house):
    house = installed_house
    house.stage.world.faults.add(
        FaultRule(
            system="bigcommerce", method="PUT", kind="status", status=429, headers={"Retry-After": "120"}, count=1
        )
    )
    order_id = house.place_order("950.00")
    house.drain()
    (row,) = house.rows(Work, kind="run", ref_id=house.run_of("order-review", order_id).id)
    with reading(house.deps.database) as session:
        wait = queue.seconds_until_due(session)
    assert row.attempts == 0
    assert wait is not None
    assert 115 < wait <= 150


def test_a_store_that_revoked_us_pauses_and_goes_on_after_reinstalling(installed_house):
    house = installed_house
    house.stage.world.faults.add(FaultRule(system="bigcommerce", method="PUT", kind="status", status=401))
    order_id = house.place_order("950.00")
    house.drain()
    assert house.run_of("order-review", order_id).state == "waiting_reauth"
    assert (house.store_row().state, bool(house.store_row().pause_reason)) == ("needs_reauth", True)
    house.stage.world.faults.remove()
    house.install(connect=False)
    house.drain()
    assert house.store_row().state == "installed"
    assert house.run_of("order-review", order_id).state == "waiting"


def test_three_lost_leases_are_a_crash_and_not_a_fourth_try(installed_house):
    house = installed_house
    order_id = house.place_order("950.00")
    with unit_of_work(house.deps.database) as uow:
        queue_row = uow.session.execute(text("SELECT count(*) FROM work")).scalar()
    assert queue_row == 0
    queue.admit(house.deps.database)
    with unit_of_work(house.deps.database) as uow:
        uow.session.execute(text("UPDATE work SET lost_leases = 3"))
    for held in queue.claim(house.deps.database, house.settings, queue.new_owner(), 10):
        work.perform(house.deps, held)
    (event, *_) = [row for row in house.events(object_id=order_id) if row.state == "quarantined"]
    assert event.reason.startswith("crash")


def test_a_bug_is_tried_three_times_then_set_aside(installed_house, monkeypatch):
    house = installed_house
    order_id = house.place_order("950.00")

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setitem(work.HANDLERS, "file_paper", broken)
    for _ in range(4):
        house.drain()
        house.hurry()
    step = step_at(house, order_id)
    assert (step.status, step.error_code) == ("quarantined", "bug")
    assert "a bug" not in step.error_message


def test_a_step_can_be_left_out_by_a_person(installed_house):
    house = installed_house
    house.stage.world.faults.add(FaultRule(system="bigcommerce", path="*/metafields", kind="status", status=422))
    order_id = house.place_order("950.00")
    house.drain()
    run = house.run_of("order-review", order_id)
    assert run.state == "quarantined"
    assert replay.skip(house.deps, house.store_id, run.id, "tester")
    house.drain()
    assert house.run_of("order-review", order_id).state == "waiting"


def test_what_is_stored_encrypted_is_opened_by_no_other_row(installed_house):
    house = installed_house
    with unit_of_work(house.deps.database) as uow:
        row = uow.session.get_one(StoreRow, house.store_id)
        uow.session.add(StoreRow(id="bigcommerce:other", provider="bigcommerce", token=row.token))
    from app.engine.vault import CannotDecrypt  # noqa: PLC0415

    with pytest.raises(CannotDecrypt):
        house.deps.store("bigcommerce:other").read.profile()


def test_rotation_seals_everything_anew_and_the_old_key_can_go(installed_house):
    house = installed_house
    house.place_order("20.00")
    house.drain()
    newer = house.settings.model_copy(
        update={"secret_key": type(house.settings.secret_key)("brand-new-key-0123456789-abcdefghij"),
                "previous_secret_keys": (type(house.settings.secret_key)(SECRET_KEY),)}
    )  # fmt: skip
    house.deps.vault = Vault(newer)
    assert sum(rotation.rotate(house.deps)) == rotation.count(house.deps) > 2
    house.deps.vault = Vault(newer.model_copy(update={"previous_secret_keys": ()}))
    assert rotation.unknown_keys(house.deps) == []


def test_a_key_that_is_missing_is_named_by_its_places(installed_house):
    house = installed_house
    house.deps.vault = Vault(house.settings.model_copy(
        update={"secret_key": type(house.settings.secret_key)("quite-another-key-0123456789-abcdefg")}))  # fmt: skip
    assert f"store:token:{house.store_id}" in rotation.unknown_keys(house.deps)


@pytest.mark.parametrize(
    "tampering",
    ["UPDATE audit SET actor = 'nobody' WHERE seq = 2", "DELETE FROM audit WHERE seq = 2",
     "UPDATE audit SET seq = 90 WHERE seq = 2"],
)  # fmt: skip
def test_a_quiet_edit_of_the_audit_log_shows(installed_house, tampering):
    house = installed_house
    with unit_of_work(house.deps.database) as uow:
        for _ in range(3):
            audit.record(uow.session, house.store_id, "tester", "tried", count=1)
    with reading(house.deps.database) as session:
        assert audit.first_bad_entry(session, house.store_id) is None
    with unit_of_work(house.deps.database) as uow:
        uow.session.execute(text(tampering))
    with reading(house.deps.database) as session:
        assert audit.first_bad_entry(session, house.store_id) == 2
    assert house.rows(AuditEntry)


def test_every_acknowledged_delivery_has_an_end(installed_house):
    house = installed_house
    for number in range(5):
        house.place_order(str(100 + 200 * number))
    house.drain()
    assert {event.state for event in house.events()} <= {"done", "ignored", "quarantined", "cancelled"}
    assert {effect.state for effect in house.rows(Effect)} == {"confirmed"}
    assert {run.state for run in house.rows(Run)} <= {"done", "waiting"}


def test_old_bodies_are_forgotten_and_the_row_stays(installed_house):
    from app.engine import schedule  # noqa: PLC0415

    house = installed_house
    house.place_order("20.00")
    house.drain()
    short = house.settings.periods.model_copy(update={"raw_retention": timedelta(seconds=-1)})
    house.deps.settings = house.settings.model_copy(update={"periods": short})
    schedule._clean(house.deps)  # the sweep itself, not its turn
    bodies = [event.raw for event in house.events(source="store")]
    assert bodies
    assert set(bodies) == {None}
