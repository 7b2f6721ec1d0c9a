"""The main job, store to OpenText and back: an order is held, reviewed by a person, and moves on."""

from datetime import timedelta

import pytest

from app.db.links import FiledDocument, WorkflowLink, WorkspaceLink
from app.db.publications import Publication
from sandbox.kernel.faults import FaultRule
from tests.house import House

APPROVED_STATUS, DECLINED_STATUS, HELD_STATUS = 11, 6, 12


def statuses(house: House, order_id: str) -> list[str]:
    return house.effects("bigcommerce", f"order {order_id} status")


@pytest.fixture
def held(installed_house: House) -> tuple[House, str]:
    """A high-value order, held and waiting for its reviewer."""
    order_id = installed_house.place_order("950.00", ship_to="FR")
    installed_house.drain()
    return installed_house, order_id


def test_a_risky_order_is_held_filed_recorded_and_sent_to_review(held):
    house, order_id = held
    run = house.run_of("order-review", order_id)
    assert (run.state, len(run.reasons)) == ("waiting", 2)
    assert house.order(order_id)["status_id"] == HELD_STATUS
    (link,) = house.rows(WorkspaceLink, object_type="order", object_id=order_id)
    (document,) = house.rows(FiledDocument, link_id=link.id)
    assert (document.name, document.record_class) == (f"Order {order_id} record.pdf", "Orders")
    (workflow,) = house.rows(WorkflowLink, run_id=run.id)
    assert workflow.tasks[0]["candidates"] == ["Order Review"]
    assert "Held for review: Total 950,00 € is" in house.order(order_id)["staff_notes"]


def test_a_harmless_order_is_left_alone(installed_house):
    order_id = installed_house.place_order("20.00")
    installed_house.drain()
    assert statuses(installed_house, order_id) == []
    assert installed_house.effects("content_server") == []


def test_an_approval_releases_the_order_and_files_who_decided(held):
    house, order_id = held
    house.decide(order_id, "approved", comment="Spoke to the buyer")
    house.drain()
    run = house.run_of("order-review", order_id)
    assert (run.state, run.outcome, run.facts["decision"]["by"]) == ("done", "approved", "anna.berg@demo")
    order = house.order(order_id)
    assert order["status_id"] == APPROVED_STATUS
    assert "Approved by anna.berg@demo. “Spoke to the buyer”" in order["staff_notes"]
    names = {document.name: document.record_class for document in house.rows(FiledDocument)}
    assert names[f"Order {order_id} decision.pdf"] == "Approvals"
    assert house.rows(WorkflowLink, run_id=run.id)[0].found_by == "callback"


def test_a_rejection_declines_the_order(held):
    house, order_id = held
    house.decide(order_id, "rejected", comment="Stolen card")
    house.drain()
    assert house.order(order_id)["status_id"] == DECLINED_STATUS
    assert house.run_of("order-review", order_id).outcome == "rejected"


def test_a_question_keeps_the_order_held_until_it_is_answered_and_decided(held):
    house, order_id = held
    house.decide(order_id, "more_info")
    house.hurry()
    house.drain()
    assert house.order(order_id)["status_id"] == HELD_STATUS
    step = house.steps_of(house.run_of("order-review", order_id))[-1]
    assert "Provide information" in step.summary
    house.decide(order_id, "COMPLETE")
    house.decide(order_id, "approved")
    house.drain()
    assert house.order(order_id)["status_id"] == APPROVED_STATUS


def test_a_deadline_without_a_decision_leaves_the_order_held_and_says_so(held):
    house, order_id = held
    house.stage.world.clock.advance(timedelta(hours=5))
    house.stage.tick()
    house.drain()
    run = house.run_of("order-review", order_id)
    assert (run.state, run.outcome, run.facts["decision"]["by"]) == ("done", "expired", "")
    order = house.order(order_id)
    assert order["status_id"] == HELD_STATUS
    assert "deadline passed" in order["staff_notes"]


def test_a_decision_whose_callback_never_comes_is_found_by_polling(held):
    house, order_id = held
    house.stage.world.faults.add(FaultRule(system="workflow", kind="withhold"))
    house.decide(order_id, "approved")
    house.drain()
    assert house.order(order_id)["status_id"] == HELD_STATUS
    house.hurry()
    house.drain()
    assert house.order(order_id)["status_id"] == APPROVED_STATUS
    assert house.rows(WorkflowLink)[0].found_by == "polling"


def test_a_callback_that_comes_twice_changes_nothing_more(held):
    house, order_id = held
    house.stage.world.faults.add(FaultRule(system="workflow", kind="duplicate"))
    house.decide(order_id, "approved")
    house.drain()
    assert len(statuses(house, order_id)) == 2


def test_what_a_person_did_in_the_store_meanwhile_is_left_alone(held):
    house, order_id = held
    house.store_api.put(f"v2/orders/{order_id}", json={"status_id": 5})
    house.drain()
    house.decide(order_id, "approved")
    house.drain()
    assert house.order(order_id)["status_id"] == 5
    steps = house.steps_of(house.run_of("order-review", order_id))
    skipped = [step.summary for step in steps if step.status == "skipped"]
    assert skipped[0] == "The order is now “Cancelled”; it was left as it is."
    assert [step.kind for step in steps if step.status == "skipped"] == ["set_order_status", "settle_payment"]


def test_the_same_webhook_five_times_and_out_of_order_is_one_of_everything(installed_house):
    house = installed_house
    for _ in range(4):
        house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="duplicate"))
    house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="withhold", count=1))
    order_id = house.place_order("950.00")
    house.store_api.put(f"v2/orders/{order_id}", json={"customer_message": "Please hurry"})
    house.drain()
    house.stage.world.deliveries.release()
    house.drain()
    assert len(house.effects("content_server", "workspace")) == 1
    assert len(house.effects("content_server", "document")) == 1
    assert len(house.effects("workflow", "started")) == 1
    assert len(statuses(house, order_id)) == 1


def test_history_that_lags_behind_is_waited_for(held):
    house, order_id = held
    house.stage.workflow.engine.set_switches(history_lag_seconds=20)
    house.decide(order_id, "approved")
    house.drain()
    assert house.run_of("order-review", order_id).state == "waiting"
    house.stage.world.clock.advance(timedelta(seconds=30))
    house.hurry()
    house.drain()
    assert house.order(order_id)["status_id"] == APPROVED_STATUS


def test_opentext_down_postpones_and_the_order_is_finished_later(installed_house):
    house = installed_house
    rule = house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503))
    order_id = house.place_order("950.00")
    house.drain()
    step = next(s for s in house.steps_of(house.run_of("order-review", order_id)) if s.kind == "ensure_workspace")
    assert (step.status, step.error_code) == ("pending", "server_error")
    assert step.next_attempt_at is not None
    house.stage.world.faults.remove(rule.id)
    house.hurry()
    house.drain()
    assert house.run_of("order-review", order_id).state == "waiting"
    assert house.rows(Publication) == []
