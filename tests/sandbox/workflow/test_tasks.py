"""User tasks over HTTP: who may act, the five actions, candidates, attachments, filters."""

from typing import Any

import pytest

from tests.sandbox.workflow.harness import ANNA, HISTORY, RUNTIME, SAM, TOM, Harness, process, straight, user_task

OUTCOMES = "Approve:approved,Reject:rejected"
APPROVAL = user_task(
    name="Decide ${title}", candidateGroups="${group}", taskType="approval", outcomeVariable="decision",
    possibleOutcomes=OUTCOMES, priority="70", category="orders", dueDate="P1D",
)  # fmt: skip


@pytest.fixture
def desk(flows: Harness) -> Harness:
    flows.deploy(process(straight(APPROVAL)))
    flows.start("p", title="it", group="Order Review")
    return flows


def only_task(flows: Harness, **query: str) -> dict[str, Any]:
    (task,) = flows.tasks(**query)
    return task


def test_a_task_is_shown_with_what_was_asked_for(desk: Harness) -> None:
    bare = only_task(desk)
    assert (bare["name"], bare["priority"], bare["category"], bare["assignee"]) == ("Decide it", 70, "orders", None)
    assert bare["createTime"].endswith("+05:30")
    assert bare["dueDate"] > bare["createTime"]
    assert (bare["variables"], bare["assignments"], bare["comments"]) == ([], [], [])
    full = only_task(desk, includeProcessVariables="true", includeTaskAssignments="true")
    assert {(v["name"], v["scope"]) for v in full["variables"]} == {("title", "global"), ("group", "global")}
    assert full["assignments"] == [{"user": None, "group": "Order Review", "type": "candidate"}]
    assert desk.client.get(f"{RUNTIME}/tasks/{bare['id']}").json() == bare


def test_ids_replace_names_where_asked(desk: Harness) -> None:
    task = only_task(desk, includeTaskAssignments="true", includeGroupIds="true")
    assert task["assignments"][0]["group"] not in ("Order Review", None)


def test_claiming_is_for_candidates_and_once(desk: Harness) -> None:
    id = only_task(desk)["id"]
    assert desk.act(id, "claim", assignee=SAM).status_code == 403
    assert desk.act(id, "claim", assignee="nobody@demo").status_code == 403
    assert desk.act(id, "claim").status_code == 400
    assert desk.act(id, "claim", assignee=ANNA).status_code == 204
    assert desk.act(id, "claim", assignee=ANNA).status_code == 204
    conflict = desk.act(id, "claim", assignee=TOM)
    assert conflict.status_code == 409
    assert "already claimed" in conflict.json()["exception"]
    shown = only_task(desk)
    assert (shown["assignee"], bool(shown["claimTime"])) == (ANNA, True)


def test_the_service_client_may_take_a_task_itself(desk: Harness) -> None:
    id = only_task(desk)["id"]
    assert desk.act(id, "claim", assignee="storefront-workflow@OAuthClients").status_code == 204
    assert desk.act(id, "complete", outcome="approved").status_code == 204


def test_a_tenant_may_forbid_service_clients_to_act(desk: Harness) -> None:
    desk.engine.set_switches(service_client_may_act=False)
    id = only_task(desk)["id"]
    assert desk.act(id, "claim", assignee=ANNA).status_code == 403
    assert (
        desk.as_person(ANNA).post(f"{RUNTIME}/tasks/{id}", json={"action": "claim", "assignee": ANNA}).status_code
        == 204
    )


def test_a_person_acts_for_himself_only(desk: Harness) -> None:
    url = f"{RUNTIME}/tasks/{only_task(desk)['id']}"
    anna, tom = desk.as_person(ANNA), desk.as_person(TOM)
    assert anna.post(url, json={"action": "claim", "assignee": TOM}).status_code == 403
    assert anna.post(url, json={"action": "claim", "assignee": ANNA}).status_code == 204
    assert tom.post(url, json={"action": "complete", "outcome": "approved"}).status_code == 403
    assert tom.post(url, json={"action": "unclaim"}).status_code == 403
    assert anna.post(url, json={"action": "complete", "outcome": "approved"}).status_code == 204


def test_unclaiming_gives_the_task_back(desk: Harness) -> None:
    id = only_task(desk)["id"]
    desk.act(id, "claim", assignee=ANNA)
    assert desk.act(id, "unclaim", assignee=ANNA).status_code == 204
    assert only_task(desk)["assignee"] is None
    assert desk.act(id, "claim", assignee=TOM).status_code == 204


def test_an_unclaimed_task_is_not_completed(desk: Harness) -> None:
    id = only_task(desk)["id"]
    answer = desk.act(id, "complete", outcome="approved")
    assert answer.status_code == 400
    assert "no assignee" in answer.json()["exception"]
    desk.engine.set_switches(complete_needs_assignee=False)
    assert desk.act(id, "complete", outcome="approved").status_code == 204


@pytest.mark.parametrize("outcome", [None, "", "maybe", "APPROVED", "Approve:approved"])
def test_an_outcome_that_is_not_listed_is_refused(desk: Harness, outcome: str | None) -> None:
    assert desk.decide(ANNA, outcome).status_code == 400
    assert len(desk.tasks()) == 1


@pytest.mark.parametrize("outcome", ["approved", "Approve"])
def test_an_outcome_is_given_by_value_or_label(desk: Harness, outcome: str) -> None:
    assert desk.decide(ANNA, outcome).status_code == 204
    (history,) = desk.listed(f"{HISTORY}/historic-process-instances", includeProcessVariables="true")
    assert {
        "name": "decision",
        "type": "string",
        "value": "approved",
        "scope": "local",
        "encryption": False,
    } in history["variables"]


def test_any_outcome_is_taken_where_the_service_does_not_check(desk: Harness) -> None:
    desk.engine.set_switches(outcome_must_be_listed=False)
    assert desk.decide(ANNA, "COMPLETE").status_code == 204


def test_a_task_without_outcomes_takes_any_text(flows: Harness) -> None:
    flows.deploy(process(straight(user_task())))
    flows.start("p")
    assert flows.decide(ANNA, "COMPLETE").status_code == 204


def test_variables_of_the_completion_reach_the_process(desk: Harness) -> None:
    instance = desk.tasks()[0]["processInstanceId"]
    more = [{"name": "approver", "value": "owner@shop.example"}]
    assert desk.decide(ANNA, "approved", variables=more).status_code == 204
    assert desk.variables(instance)["approver"] == "owner@shop.example"


def test_a_completed_task_is_gone(desk: Harness) -> None:
    id = only_task(desk)["id"]
    desk.decide(ANNA, "approved")
    assert desk.act(id, "complete", outcome="approved").status_code == 404
    assert desk.client.get(f"{RUNTIME}/tasks/{id}").status_code == 404


def test_delegation_comes_back_to_the_owner(desk: Harness) -> None:
    id = only_task(desk)["id"]
    desk.act(id, "claim", assignee=ANNA)
    assert desk.act(id, "resolve", assignee=ANNA).status_code == 400
    assert desk.act(id, "delegate", assignee="nobody").status_code == 404
    assert desk.act(id, "delegate", assignee=SAM).status_code == 204
    shown = only_task(desk)
    assert (shown["assignee"], shown["owner"], shown["delegationState"]) == (SAM, ANNA, "pending")
    assert desk.act(id, "complete", outcome="approved").status_code == 400
    assert desk.act(id, "resolve", assignee=SAM).status_code == 204
    shown = only_task(desk)
    assert (shown["assignee"], shown["delegationState"]) == (ANNA, "resolved")
    assert desk.act(id, "complete", outcome="approved").status_code == 204


@pytest.mark.parametrize(
    "body", [{}, {"action": "eat"}, {"action": "claim", "assignee": 5}, {"action": "claim", "x": 1}]
)
def test_a_wrong_action_is_refused(desk: Harness, body: dict[str, Any]) -> None:
    assert desk.client.post(f"{RUNTIME}/tasks/{only_task(desk)['id']}", json=body).status_code == 400


def test_the_initiator_may_be_the_assignee(flows: Harness) -> None:
    flows.deploy(process(straight(user_task(assignee="$INITIATOR"))))
    flows.start("p")
    assert only_task(flows)["assignee"] == "storefront-workflow@OAuthClients"


def test_the_usual_questions_find_the_task(desk: Harness) -> None:
    desk.start("p", "other", title="that", group="Customer Service")

    def names(**query: str) -> list[str]:
        return [t["name"] for t in desk.tasks(**query)]

    assert names(processInstanceBusinessKey="bk") == ["Decide it"]
    assert names(processInstanceBusinessKeyLike="ot%") == ["Decide that"]
    assert names(candidateOrAssigned=ANNA) == ["Decide it"]
    assert names(candidateUser=SAM) == ["Decide that"]
    assert names(candidateGroup="Order Review") == ["Decide it"]
    assert names(candidateGroups="Legal,Customer Service") == ["Decide that"]
    assert names(unassigned="true") == ["Decide it", "Decide that"]
    assert names(assignee=ANNA) == []
    assert names(nameLike="%that") == ["Decide that"]
    assert names(minimumPriority="71") == []
    assert names(maximumPriority="70", priority="70") == ["Decide it", "Decide that"]
    assert names(createdAfter="2020-01-01T00:00:00Z", dueBefore="2020-01-01T00:00:00Z") == []
    assert names(withoutDueDate="true") == []
    assert names(processDefinitionKeyLike="p%", active="true", excludeSubTasks="true") == ["Decide it", "Decide that"]
    assert names(sort="createTime", order="desc") == ["Decide that", "Decide it"]
    desk.act(desk.tasks(processInstanceBusinessKey="bk")[0]["id"], "claim", assignee=TOM)
    assert names(candidateOrAssigned=TOM, assigneeLike="tom%") == ["Decide it"]
    assert names(candidateUser=ANNA) == []
    assert names(involvedUser=TOM) == ["Decide it"]


def test_a_misspelt_filter_does_not_return_everything(desk: Harness) -> None:
    answer = desk.client.get(f"{RUNTIME}/tasks", params={"businessKey": "bk"})
    assert answer.status_code == 400
    assert answer.json() == {"exception": "Unknown query parameter: businessKey"}


def test_candidates_are_added_replaced_and_taken_away(desk: Harness) -> None:
    id = only_task(desk)["id"]
    url = f"{RUNTIME}/tasks/{id}/assignments"
    sam = {"user": SAM, "type": "candidate"}
    assert len(desk.client.post(url, json=sam).json()) == 2
    assert desk.act(id, "claim", assignee=SAM).status_code == 204
    desk.act(id, "unclaim")
    assert desk.client.put(url, json=[sam]).json() == [{"user": SAM, "group": None, "type": "candidate"}]
    assert desk.act(id, "claim", assignee=ANNA).status_code == 403
    assert desk.client.request("DELETE", url, json=sam).json() == []
    assert desk.client.get(url).json() == []
    for wrong in ({"user": SAM}, {"type": "candidate"}, {"user": SAM, "group": "x", "type": "candidate"}, "x"):
        assert desk.client.post(url, json=wrong).status_code == 400


def test_attachments_are_kept_with_the_task(desk: Harness) -> None:
    url = f"{RUNTIME}/tasks/{only_task(desk)['id']}/attachments"
    made = desk.client.post(url, json={"name": "Invoice", "url": "https://content.test/1"})
    assert made.status_code == 201
    assert desk.client.get(url).json() == [made.json()]
    assert desk.client.get(f"{url}/{made.json()['id']}").json()["name"] == "Invoice"
    assert desk.client.delete(f"{url}/{made.json()['id']}").status_code == 204
    assert desk.client.delete(f"{url}/{made.json()['id']}").status_code == 404
    assert desk.client.get(f"{url}/x").status_code == 404
    assert desk.client.post(url, json={"name": "Invoice"}).status_code == 400


def test_the_ledger_tells_what_changed(desk: Harness) -> None:
    desk.decide(ANNA, "approved")
    desk.act("none", "claim", assignee=ANNA)
    effects = [e.effect for e in desk.world.ledger.effects("workflow", "task ")]
    assert [e.split(" ", 2)[2] for e in effects] == [f"claimed for {ANNA}", "completed: approved"]
