"""Our Workflow Service client against the stand-in, which runs the models for real."""

from datetime import timedelta

import pytest

from app.domain.content import Decision, ProcessStatus, Task
from app.errors import AppError, Conflict, NeedsReauth, NotFound, Permanent, RateLimited, Retryable
from app.opentext.workflow_service.mapping import TERMINATED
from app.opentext.workflow_service.models import load_model
from sandbox.workflow import desk
from tests.contract.opentext.landscape import Landscape

PROCESS = "sf_order_review"
KEY = f"bigcommerce:demostore1:order:100:{PROCESS}:1"
ANNA, TOM, SAM = "anna.berg@demo", "tom.okafor@demo", "sam.reyes@demo"
VARIABLES = {
    "case_id": "case-1", "order_number": "100", "amount": "1180.50", "currency": "EUR", "sla": "PT4H",
    "answer_sla": "PT4H", "risk_reasons": "high value", "ship_country": "NO", "bill_country": "DE",
    "review_group": "Order Review", "requester_group": "Customer Service", "callback_base": "http://app.test",
    "callback_token": "t", "approver": "", "decision": "", "decision_comment": "",
}  # fmt: skip


@pytest.fixture
def review(land: Landscape) -> Landscape:
    land.opentext.deployment.deploy(load_model(PROCESS, "storefront-callbacks", "secret"), PROCESS)
    return land


def start(land: Landscape, key: str = KEY) -> str:
    return land.opentext.workflows.start(PROCESS, key, "Order 100", VARIABLES).id


def the_task(land: Landscape) -> Task:
    [task] = land.opentext.workflows.tasks(KEY)
    return task


def decide(land: Landscape, outcome: str, who: str = ANNA, comment: str = "") -> None:
    task = the_task(land)
    land.opentext.workflows.claim(task.id, who)
    variables = {"decision_comment": comment} if comment else {}
    land.opentext.workflows.complete(task.id, outcome, variables)


def the_decision(land: Landscape) -> Decision:
    decision = land.opentext.workflows.decision(KEY)
    assert decision is not None
    return decision


def test_a_review_runs_from_start_to_decision(review: Landscape) -> None:
    started = review.opentext.workflows.start(PROCESS, KEY, "Order 100", VARIABLES)
    assert (started.business_key, started.name, started.status) == (KEY, "Order 100", ProcessStatus.RUNNING)
    task = the_task(review)
    assert (task.assignee, task.candidates) == ("", ("Order Review",))
    assert task.created_at is not None
    assert review.opentext.workflows.decision(KEY) is None
    assert review.opentext.workflows.decision(instance_id=started.id) is None
    decide(review, "approved", comment="Known customer")
    decision = the_decision(review)
    assert (decision.outcome, decision.by, decision.comment) == ("approved", ANNA, "Known customer")
    assert decision.at is not None
    assert [(entry.key, entry.who, entry.outcome) for entry in decision.trail] == [("review", ANNA, "approved")]
    assert review.opentext.workflows.decision(instance_id=started.id) == decision
    assert review.opentext.workflows.get(started.id).status is ProcessStatus.COMPLETED


def test_a_task_tells_until_when(review: Landscape) -> None:
    start(review)
    task = the_task(review)
    assert task.created_at is not None
    assert task.due_at == task.created_at + timedelta(hours=4)
    decide(review, "more_info", ANNA, "Which card?")
    assert the_task(review).due_at is not None


def test_what_people_are_not_to_see_is_sent_as_encrypted(review: Landscape) -> None:
    started = review.opentext.workflows.start(PROCESS, KEY, "Order 100", VARIABLES, secret=("callback_token",))
    [instance] = review.workflow.engine.instances()
    assert {name for name, each in instance.variables.items() if each.encryption} == {"callback_token"}
    [card] = desk.instance_cards(review.workflow.engine)
    assert (card["variables"]["callback_token"], card["variables"]["order_number"]) == ("(encrypted)", "100")
    [task] = desk.task_cards(review.workflow.engine)
    assert task["variables"]["callback_token"] == "(encrypted)"
    # Whoever may read variables by the API reads it, as with the real service; the HTTP task needs it, too.
    assert review.opentext.workflows.get(started.id).variables["callback_token"] == "t"


def test_a_question_and_its_answer_stand_in_the_trail(review: Landscape) -> None:
    start(review)
    decide(review, "more_info", ANNA, "Which card?")
    answer = the_task(review)
    review.opentext.workflows.claim(answer.id, SAM)
    review.opentext.workflows.complete(answer.id, "")
    decide(review, "rejected", TOM)
    decision = the_decision(review)
    assert (decision.outcome, decision.by) == ("rejected", TOM)
    assert [entry.who for entry in decision.trail] == [ANNA, SAM, TOM]
    assert decision.trail[-1].outcome == "rejected"


def test_outcomes_of_single_tasks_are_read_where_the_service_keeps_them(review: Landscape) -> None:
    review.workflow.engine.set_switches(outcome_as_task_variable=True)
    start(review)
    decide(review, "more_info")
    answer = the_task(review)
    review.opentext.workflows.claim(answer.id, SAM)
    review.opentext.workflows.complete(answer.id, "")
    decide(review, "approved")
    assert [entry.outcome for entry in the_decision(review).trail] == ["more_info", "", "approved"]


def test_a_deadline_that_passes_is_nobodys_decision(review: Landscape) -> None:
    start(review)
    review.world.clock.advance(timedelta(hours=5))
    decision = the_decision(review)
    assert (decision.outcome, decision.by) == ("expired", "")


def test_starting_again_gives_the_same_instance_running_or_finished(review: Landscape) -> None:
    first = start(review)
    assert start(review) == first
    decide(review, "approved")
    assert start(review) == first
    assert len(review.world.ledger.effects("workflow", "start")) == 1


def test_a_start_whose_answer_was_lost_is_found_again(review: Landscape) -> None:
    review.fault("drop_after", "workflow", method="POST", path="*/process-instances")
    with pytest.raises(Retryable) as caught:
        start(review)
    assert caught.value.unknown_outcome
    start(review)
    assert len(review.opentext.workflows.find_by_business_key(KEY)) == 1


@pytest.mark.parametrize("shape", [{}, {"list_as_content": True}, {"omit_page": True}])
def test_lists_are_read_in_each_shape(review: Landscape, shape: dict[str, bool]) -> None:
    review.workflow.engine.set_switches(**shape)
    assert review.opentext.workflows.tasks(KEY) == []
    first = start(review)
    start(review, f"{KEY}:other")
    assert [each.id for each in review.opentext.workflows.find_by_business_key(KEY)] == [first]
    assert len(review.opentext.workflows.tasks(KEY)) == 1


def test_a_history_behind_its_time_is_asked_again_later(review: Landscape) -> None:
    review.workflow.engine.set_switches(history_lag_seconds=30)
    instance = start(review)
    decide(review, "approved")
    for ask in ({"business_key": KEY}, {"instance_id": instance}):
        with pytest.raises(Retryable) as caught:
            review.opentext.workflows.decision(**ask)
        assert caught.value.specific_code == "history_lag"
    review.world.clock.advance(timedelta(seconds=31))
    assert the_decision(review).outcome == "approved"


def test_a_terminated_instance_leaves_its_reason_and_no_author(review: Landscape) -> None:
    instance = start(review)
    review.opentext.workflows.terminate(instance, "Order cancelled by the customer")
    review.opentext.workflows.terminate(instance, "again")
    decision = the_decision(review)
    assert (decision.outcome, decision.by) == (TERMINATED, "")
    assert review.opentext.workflows.get(instance).status is ProcessStatus.TERMINATED


def test_a_claimed_task_can_be_claimed_again_by_the_same_person_only(review: Landscape) -> None:
    start(review)
    task = the_task(review).id
    review.opentext.workflows.claim(task, ANNA)
    review.opentext.workflows.claim(task, ANNA)
    with pytest.raises(Conflict):
        review.opentext.workflows.claim(task, TOM)


def test_a_task_can_be_completed_once(review: Landscape) -> None:
    start(review)
    task = the_task(review).id
    decide(review, "approved")
    with pytest.raises(NotFound):
        review.opentext.workflows.complete(task, "approved")


def test_an_outcome_the_model_does_not_list_is_refused(review: Landscape) -> None:
    start(review)
    task = the_task(review).id
    review.opentext.workflows.claim(task, ANNA)
    with pytest.raises(Permanent) as caught:
        review.opentext.workflows.complete(task, "maybe")
    assert caught.value.context["said"]


def test_a_diagram_is_a_picture(review: Landscape) -> None:
    assert review.opentext.workflows.diagram(start(review)).startswith(b"\x89PNG")


def test_an_unknown_process_is_refused_and_an_unknown_instance_unknown(land: Landscape) -> None:
    with pytest.raises((Permanent, NotFound)):
        land.opentext.workflows.start("no_such_process", KEY, "x", {})
    assert land.opentext.workflows.get("nobody").status is ProcessStatus.UNKNOWN


def test_a_model_is_deployed_once_until_it_changes(land: Landscape) -> None:
    xml = load_model(PROCESS, "storefront-callbacks", "secret")
    first = land.opentext.deployment.ensure_deployed(PROCESS, xml)
    again = land.opentext.deployment.ensure_deployed(PROCESS, xml, first.digest)
    changed = land.opentext.deployment.ensure_deployed(PROCESS, xml.replace("secret", "new"), again.digest)
    assert (first.version, again.version, changed.version) == (1, 1, 2)


def test_a_service_that_wants_plain_xml_gets_it(land: Landscape) -> None:
    land.workflow.engine.set_switches(model_encoding="plain")
    assert land.opentext.deployment.deploy(load_model(PROCESS, "c", "s"), PROCESS).key == PROCESS


def test_an_ended_token_is_renewed_in_between(review: Landscape) -> None:
    start(review)
    review.world.clock.advance(timedelta(seconds=1000))
    assert the_task(review).name == "Review order 100"


@pytest.mark.parametrize(
    ("kind", "more", "error"),
    [
        ("status", {"status": 500}, Retryable),
        ("status", {"status": 503}, Retryable),
        ("status", {"status": 429, "headers": {"Retry-After": "9"}}, RateLimited),
        ("status", {"status": 401, "count": 2}, NeedsReauth),
        ("drop_before", {}, Retryable),
        ("drop_after", {}, Retryable),
        ("truncate", {}, Retryable),
    ],
)
def test_each_fault_has_its_answer(review: Landscape, kind: str, more: dict, error: type[AppError]) -> None:
    start(review)
    review.fault(kind, "workflow", **({"path": "/workflow/v1/*"} | more))
    with pytest.raises(error):
        review.opentext.workflows.tasks(KEY)
    assert the_task(review).name == "Review order 100"
