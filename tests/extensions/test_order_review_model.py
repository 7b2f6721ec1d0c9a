"""Every path of the order review, run by the stand-in's engine from the file we ship."""

from typing import Any

import pytest

from app.opentext.workflow_service.models import load_model
from tests.sandbox.workflow.harness import ANNA, HISTORY, SAM, TOM, Harness

FACTS: dict[str, Any] = {
    "case_id": "case-7", "callback_base": "http://app.test", "callback_token": "token-of-case-7", "approver": "",
    "sla": "PT4H", "order_number": "100145", "amount": "812.00", "currency": "EUR", "risk_reasons": "countries differ",
    "ship_country": "FR", "bill_country": "DE", "review_group": "Order Review", "requester_group": "Customer Service",
}  # fmt: skip


@pytest.fixture
def review(flows: Harness) -> Harness:
    flows.deploy(load_model("sf_order_review", "callback-client", 'a "secret" & more'))
    return flows


@pytest.mark.parametrize("outcome", ["approved", "rejected"])
def test_a_decision_ends_the_process_and_is_reported(review: Harness, outcome: str) -> None:
    instance = review.start("sf_order_review", **FACTS)
    assert review.decide(ANNA, outcome).status_code == 204
    assert review.history(instance["id"])["endTime"]
    assert review.history(instance["id"])["deleteReason"] is None
    assert review.variables(instance["id"])["decision"] == outcome
    (call,) = review.receiver.calls
    assert call.path == "/callbacks/workflow/v1/decisions"
    assert call.body == {"case": "case-7", "process": "sf_order_review", "decision": outcome, "actor": ""}


def test_the_call_carries_both_factors(review: Harness) -> None:
    review.start("sf_order_review", **FACTS)
    review.decide(ANNA, "approved")
    assert review.receiver.tokens[0].body == {
        "client_id": "callback-client",
        "client_secret": 'a "secret" & more',
        "grant_type": "client_credentials",
    }
    headers = review.receiver.calls[0].headers
    assert headers["authorization"] == "Bearer token-of-the-receiver"
    assert headers["x-case-token"] == "token-of-case-7"


def test_a_question_goes_to_the_requester_and_back(review: Harness) -> None:
    instance = review.start("sf_order_review", **FACTS)
    review.decide(ANNA, "more_info", variables=[{"name": "decision_comment", "value": "Which floor?"}])
    (task,) = review.tasks(includeTaskAssignments="true")
    assert task["name"] == "Provide information for order 100145"
    assert task["description"] == "The reviewer asks: Which floor?"
    assert task["assignments"] == [{"user": None, "group": "Customer Service", "type": "candidate"}]
    assert review.receiver.calls == []
    review.decide(SAM)
    assert review.tasks()[0]["name"] == "Review order 100145"
    review.decide(TOM, "approved")
    assert review.variables(instance["id"])["decision"] == "approved"
    trail = review.listed(f"{HISTORY}/historic-task-instances", processInstanceId=instance["id"])
    assert [(t["taskDefinitionKey"], t["assignee"]) for t in trail] == [
        ("review", ANNA),
        ("answer", SAM),
        ("review", TOM),
    ]


def test_nobody_deciding_in_time_is_reported_as_expired(review: Harness) -> None:
    instance = review.start("sf_order_review", **FACTS)
    review.later(hours=3, minutes=59)
    assert len(review.tasks()) == 1
    review.later(minutes=2)
    assert review.tasks() == []
    assert review.variables(instance["id"])["decision"] == "expired"
    assert review.receiver.calls[0].body["decision"] == "expired"
    (task,) = review.listed(f"{HISTORY}/historic-task-instances", processInstanceId=instance["id"])
    assert task["deleteReason"]
    assert task["assignee"] is None


def test_a_question_nobody_answers_expires_too(review: Harness) -> None:
    review.start("sf_order_review", **FACTS)
    review.decide(ANNA, "more_info")
    review.later(hours=5)
    assert review.tasks() == []
    assert review.receiver.calls[0].body["decision"] == "expired"


def test_an_answer_gives_the_review_a_fresh_deadline(review: Harness) -> None:
    review.start("sf_order_review", **FACTS)
    review.later(hours=3)
    review.decide(ANNA, "more_info")
    review.later(hours=3)
    review.decide(SAM)
    review.later(hours=3)
    assert [t["name"] for t in review.tasks()] == ["Review order 100145"]


def test_the_reviewers_comment_is_read_afterwards(review: Harness) -> None:
    instance = review.start("sf_order_review", **FACTS)
    (task,) = review.engine.tasks()
    review.engine.claim(task.id, ANNA, review.engine.person(ANNA))
    review.engine.complete(task.id, review.engine.person(ANNA), "rejected", comment="Stolen card")
    assert review.variables(instance["id"])["decision_comment"] == "Stolen card"
    (history,) = review.listed(f"{HISTORY}/historic-process-instances", businessKey="bk", includeProcessComments="true")
    assert [(c["author"], c["message"]) for c in history["comments"]] == [(ANNA, "Stolen card")]


def test_a_question_asked_earlier_is_not_taken_for_the_reason(review: Harness) -> None:
    instance = review.start("sf_order_review", **FACTS)
    review.decide(ANNA, "more_info", variables=[{"name": "decision_comment", "value": "Which floor?"}])
    review.decide(SAM)
    review.decide(TOM, "approved")
    assert review.variables(instance["id"])["decision_comment"] == ""


def test_our_side_being_down_does_not_take_the_decision_back(review: Harness) -> None:
    instance = review.start("sf_order_review", **FACTS)
    review.receiver.token_status = 503
    assert review.decide(ANNA, "approved").status_code == 204
    assert review.receiver.calls == []
    history = review.history(instance["id"])
    assert history["endTime"]
    assert review.variables(instance["id"])["decision"] == "approved"


@pytest.mark.parametrize("missing", sorted(FACTS))
def test_every_variable_of_the_table_is_needed(review: Harness, missing: str) -> None:
    """A missing one is refused at the start or, at the latest, when a step names it."""
    facts = {name: value for name, value in FACTS.items() if name != missing}
    answer = review.try_start("sf_order_review", **facts)
    if answer.status_code == 201:
        answer = review.decide(ANNA, "more_info" if missing == "requester_group" else "approved")
    assert answer.status_code == 400
    assert "Unknown property used in expression" in answer.json()["exception"]
    assert review.receiver.calls == []
