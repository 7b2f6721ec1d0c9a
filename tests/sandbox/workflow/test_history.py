"""History: who decided what and when, filters, and a history that lags."""

from datetime import datetime, timedelta

import pytest

from tests.sandbox.workflow.harness import ANNA, HISTORY, TOM, Harness, process, straight, user_task

INSTANCES, TASKS = f"{HISTORY}/historic-process-instances", f"{HISTORY}/historic-task-instances"
APPROVAL = user_task(candidateGroups="Order Review", outcomeVariable="decision", possibleOutcomes="Yes:yes,No:no")


@pytest.fixture
def past(flows: Harness) -> Harness:
    flows.deploy(process(straight(APPROVAL)))
    flows.start("p", "old")
    flows.decide(ANNA, "yes")
    flows.start("p", "new")
    return flows


def test_a_finished_instance_tells_when_and_how_it_ended(past: Harness) -> None:
    (shown,) = past.listed(INSTANCES, businessKey="old", includeProcessVariables="true")
    assert (shown["startActivityId"], shown["endActivityId"], shown["deleteReason"]) == ("start", "end", None)
    assert shown["startTime"].endswith("Z")
    assert shown["endTime"] >= shown["startTime"]
    assert shown["durationInMillis"] >= 0
    assert shown["processDefinitionId"].startswith("p:1:")
    assert [v["value"] for v in shown["variables"]] == ["yes"]


def test_a_running_instance_is_in_the_history_without_an_end(past: Harness) -> None:
    (shown,) = past.listed(INSTANCES, businessKey="new")
    assert (shown["endTime"], shown["endActivityId"], shown["durationInMillis"]) == (None, None, None)


def test_a_historic_task_tells_who_and_when(past: Harness) -> None:
    (shown,) = past.listed(TASKS, processBusinessKey="old", includeTaskAssignments="true")
    assert (shown["taskDefinitionKey"], shown["assignee"], shown["deleteReason"]) == ("task", ANNA, None)
    assert datetime.fromisoformat(shown["endTime"]) >= datetime.fromisoformat(shown["startTime"])
    assert {a["type"] for a in shown["assignments"]} == {"assignee", "candidate"}
    assert shown["variables"] == []


def test_the_outcome_of_each_task_is_told_only_by_a_service_that_keeps_it(past: Harness) -> None:
    past.engine.set_switches(outcome_as_task_variable=True)
    past.decide(TOM, "no")
    (shown,) = past.listed(TASKS, processBusinessKey="new", includeTaskLocalVariables="true")
    assert [(v["name"], v["value"], v["scope"]) for v in shown["variables"]] == [("decision", "no", "local")]


def test_filters_narrow_the_history(past: Harness) -> None:
    def keys(**query: str) -> list[str]:
        return [i["businessKey"] for i in past.listed(INSTANCES, **query)]

    assert keys(finished="true") == ["old"]
    assert keys(finished="false") == ["new"]
    assert keys(businessKeyLike="%e%") == ["new"]
    assert keys(finishedAfter="2020-01-01T00:00:00Z") == ["old"]
    assert keys(finishedBefore="2020-01-01T00:00:00Z") == []
    assert keys(involvedUser=ANNA) == ["old"]
    assert keys(processDefinitionKey="p", sort="startTime", order="desc") == ["new", "old"]
    assert keys(sort="endTime", order="asc", sortEmptyValuesOnTop="true") == ["new", "old"]
    assert keys(processDefinitionName="Process q") == []
    assert past.client.get(INSTANCES, params={"finnished": "true"}).status_code == 400


def test_task_filters_narrow_the_history(past: Harness) -> None:
    def count(**query: str) -> int:
        return len(past.listed(TASKS, **query))

    assert count() == 2
    assert count(taskAssignee=ANNA) == 1
    assert count(finished="true", processFinished="true") == 1
    assert count(taskDefinitionKeys="a,task") == 2
    assert count(taskNameLike="Task%", taskDefinitionKey="task") == 2
    assert count(taskCompletedAfter="2020-01-01T00:00:00Z") == 1
    assert count(taskCreatedBefore="2020-01-01T00:00:00Z") == 0
    assert count(taskDeleteReasonLike="%") == 0
    assert past.client.get(TASKS, params={"processInstanceBusinessKey": "old"}).status_code == 400


def test_an_id_the_history_does_not_know_is_404(past: Harness) -> None:
    answer = past.client.get(f"{INSTANCES}/none")
    assert (answer.status_code, answer.json()["message"]) == (404, "Not found")


def test_the_history_may_lag(flows: Harness) -> None:
    flows.deploy(process(straight(APPROVAL)))
    flows.engine.set_switches(history_lag_seconds=30)
    instance = flows.start("p")
    url = f"{INSTANCES}/{instance['id']}"
    assert flows.client.get(url).status_code == 404
    assert flows.listed(INSTANCES) == []
    flows.world.clock.advance(timedelta(seconds=31))
    assert flows.client.get(url).status_code == 200
    flows.decide(ANNA, "yes")
    assert flows.history(instance["id"])["endTime"] is None
    (task,) = flows.listed(TASKS)
    assert task["endTime"] is None
    flows.world.clock.advance(timedelta(seconds=31))
    assert flows.history(instance["id"])["endTime"]
    assert flows.listed(TASKS)[0]["endTime"]
