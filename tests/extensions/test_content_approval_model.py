"""Every path of the product content approval, run by the stand-in's engine from the file we ship."""

from typing import Any

import pytest

from app.opentext.workflow_service.models import load_model
from tests.sandbox.workflow.harness import HISTORY, Harness

MIA, LENA = "mia.larsen@demo", "lena.hoff@demo"
FACTS: dict[str, Any] = {
    "case_id": "case-9", "callback_base": "http://app.test", "callback_token": "token-of-case-9", "approver": "",
    "sla": "P2D", "sku": "CHAIR-1", "content_version": "3", "market": "EU", "publish_at": "2026-12-01",
    "content_group": "Content Approvers", "legal_group": "Legal", "regulated": False,
}  # fmt: skip
REGULATED = FACTS | {"regulated": True}


@pytest.fixture
def approval(flows: Harness) -> Harness:
    flows.deploy(load_model("sf_content_approval", "callback-client", "secret"))
    return flows


@pytest.mark.parametrize("outcome", ["approved", "changes_requested", "rejected"])
def test_marketing_decides_alone_where_nothing_is_regulated(approval: Harness, outcome: str) -> None:
    instance = approval.start("sf_content_approval", **FACTS)
    assert approval.tasks()[0]["name"] == "Approve content of CHAIR-1"
    approval.decide(MIA, outcome)
    assert approval.history(instance["id"])["endTime"]
    assert [c.body["decision"] for c in approval.receiver.calls] == [outcome]
    assert approval.receiver.calls[0].body["process"] == "sf_content_approval"
    assert approval.receiver.calls[0].headers["x-case-token"] == "token-of-case-9"


@pytest.mark.parametrize("outcome", ["approved", "changes_requested", "rejected"])
def test_legal_has_the_last_word_where_the_product_is_regulated(approval: Harness, outcome: str) -> None:
    instance = approval.start("sf_content_approval", **REGULATED)
    approval.decide(MIA, "approved")
    assert approval.receiver.calls == []
    (task,) = approval.tasks(includeTaskAssignments="true")
    assert task["name"] == "Legal approval of CHAIR-1"
    assert [a["group"] for a in task["assignments"]] == ["Legal"]
    approval.decide(LENA, outcome)
    assert approval.variables(instance["id"])["decision"] == outcome
    assert [c.body["decision"] for c in approval.receiver.calls] == [outcome]


@pytest.mark.parametrize("outcome", ["changes_requested", "rejected"])
def test_legal_is_not_asked_about_what_marketing_refused(approval: Harness, outcome: str) -> None:
    instance = approval.start("sf_content_approval", **REGULATED)
    approval.decide(MIA, outcome)
    assert approval.tasks() == []
    assert approval.variables(instance["id"])["decision"] == outcome


def test_somebody_of_another_group_may_not_decide(approval: Harness) -> None:
    approval.start("sf_content_approval", **REGULATED)
    (task,) = approval.tasks()
    assert approval.act(task["id"], "claim", assignee=LENA).status_code == 403


def test_marketing_not_deciding_in_time_expires(approval: Harness) -> None:
    instance = approval.start("sf_content_approval", **REGULATED)
    approval.later(days=2, seconds=1)
    assert approval.tasks() == []
    assert approval.variables(instance["id"])["decision"] == "expired"
    assert approval.receiver.calls[0].body["decision"] == "expired"


def test_legal_not_deciding_in_time_is_not_marketings_approval(approval: Harness) -> None:
    instance = approval.start("sf_content_approval", **REGULATED)
    approval.decide(MIA, "approved")
    approval.later(days=2, seconds=1)
    assert approval.variables(instance["id"])["decision"] == "expired"
    assert [c.body["decision"] for c in approval.receiver.calls] == ["expired"]
    trail = approval.listed(f"{HISTORY}/historic-task-instances", processInstanceId=instance["id"])
    assert [(t["taskDefinitionKey"], bool(t["deleteReason"])) for t in trail] == [
        ("marketing", False),
        ("legal", True),
    ]


def test_legal_in_time_counts_from_when_it_was_asked(approval: Harness) -> None:
    approval.start("sf_content_approval", **REGULATED)
    approval.later(days=1, hours=23)
    approval.decide(MIA, "approved")
    approval.later(days=1)
    assert [t["name"] for t in approval.tasks()] == ["Legal approval of CHAIR-1"]


@pytest.mark.parametrize("missing", sorted(FACTS))
def test_every_variable_of_the_table_is_needed(approval: Harness, missing: str) -> None:
    """A missing one is refused at the start or, at the latest, when a step names it."""
    answer = approval.try_start("sf_content_approval", **{k: v for k, v in REGULATED.items() if k != missing})
    for person in (MIA, LENA):
        if answer.is_success:
            answer = approval.decide(person, "approved")
    assert answer.status_code == 400
    assert "Unknown property used in expression" in answer.json()["exception"]
