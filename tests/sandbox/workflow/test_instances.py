"""Process instances over HTTP: start, read, filter, suspend, terminate, variables, comments, executions."""

from typing import Any

import pytest

from tests.sandbox.workflow.harness import (
    ANNA,
    HISTORY,
    RUNTIME,
    Harness,
    http_task,
    process,
    straight,
    user_task,
)

INSTANCES = f"{RUNTIME}/process-instances"


@pytest.fixture
def running(flows: Harness) -> Harness:
    flows.deploy(process(straight(user_task(candidateGroups="Order Review"))))
    return flows


def test_a_start_answers_the_instance_without_its_definition(running: Harness) -> None:
    body = {"processDefinitionKey": "p", "name": "Order 7", "businessKey": "bk"}
    shown = running.client.post(INSTANCES, json=body).json()
    assert (shown["name"], shown["businessKey"], shown["ended"], shown["suspended"]) == ("Order 7", "bk", False, False)
    assert shown["startUserId"] == "storefront-workflow@OAuthClients"
    assert shown["startTime"].endswith("+0000")
    assert shown["variables"] == []
    assert not {"processDefinitionId", "processDefinitionKey", "status"} & set(shown)


def test_variables_come_back_where_asked_with_inferred_types(running: Harness) -> None:
    given = {"s": "x", "i": 5, "l": 2**40, "d": 1.5, "b": True, "j": {"a": [1]}, "n": None}
    body = {
        "processDefinitionKey": "p",
        "variables": [{"name": k, "value": v} for k, v in given.items()],
        "returnVariables": True,
    }
    shown = running.client.post(INSTANCES, json=body).json()["variables"]
    kinds = {v["name"]: v["type"] for v in shown}
    assert {v["name"]: v["value"] for v in shown} == given
    assert kinds == {
        "s": "string", "i": "integer", "l": "long", "d": "double", "b": "boolean", "j": "json", "n": "string",
    }  # fmt: skip
    assert {(v["scope"], v["encryption"]) for v in shown} == {("local", False)}


@pytest.mark.parametrize(
    "variable",
    [
        {"value": 1}, {"name": ""}, {"name": "x", "type": "integer", "value": "1"}, {"name": "x", "type": "money"},
        {"name": "x", "type": "boolean", "value": 1}, {"name": "x", "type": "integer", "value": True},
        {"name": "x", "type": "date", "value": "yesterday"}, {"name": "x", "scope": "galaxy"}, {"name": "x", "v": 1},
        {"name": "x", "encryption": "yes"}, "x",
    ],
)  # fmt: skip
def test_a_wrong_variable_is_refused_and_nothing_starts(running: Harness, variable: Any) -> None:
    answer = running.client.post(INSTANCES, json={"processDefinitionKey": "p", "variables": [variable]})
    assert answer.status_code == 400
    assert answer.json()["exception"]
    assert running.engine.instances() == []


def test_an_encrypted_variable_is_marked_and_still_readable(running: Harness) -> None:
    variable = {"name": "callback_token", "value": "secret", "encryption": True, "scope": "local"}
    body = {"processDefinitionKey": "p", "variables": [variable], "returnVariables": True}
    shown = running.client.post(INSTANCES, json=body).json()["variables"]
    assert shown == [variable | {"type": "string"}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"processDefinitionKey": "p", "message": "m"}, 400),
        ({"processDefinitionKey": "nothing"}, 404),
        ({"processDefinitionId": "p:9:x"}, 404),
        ({"processDefinitionKey": "p", "unknown": 1}, 400),
        ({"processDefinitionKey": 5}, 400),
        ({"processDefinitionKey": "p", "variables": {}}, 400),
        ({"processDefinitionKey": "p", "variables": [{"name": "a"}, {"name": "a"}]}, 400),
        ([], 400),
    ],
)
def test_a_wrong_start_is_refused(running: Harness, body: Any, status: int) -> None:
    answer = running.client.post(INSTANCES, json=body)
    assert answer.status_code == status
    assert answer.json()["exception"]


def test_a_start_that_is_not_json_is_refused(running: Harness) -> None:
    assert running.client.post(INSTANCES, content=b"x").status_code == 415
    headers = {"Content-Type": "application/json"}
    assert running.client.post(INSTANCES, content=b"{", headers=headers).status_code == 400


def test_the_same_business_key_may_start_twice(running: Harness) -> None:
    first, second = running.start("p", "bk"), running.start("p", "bk")
    assert first["id"] != second["id"]
    assert len(running.listed(INSTANCES, businessKey="bk")) == 2
    assert len(running.listed(f"{HISTORY}/historic-process-instances", businessKey="bk")) == 2
    assert running.listed(INSTANCES, businessKey="other") == []


def test_a_start_that_fails_on_its_way_leaves_nothing(flows: Harness) -> None:
    flows.deploy(process(straight(http_task(requestUrl="${nowhere}"), user_task())))
    answer = flows.try_start("p")
    assert answer.status_code == 400
    assert answer.json()["exception"].startswith("Unknown property used in expression")
    assert flows.listed(f"{HISTORY}/historic-process-instances") == []
    assert [e.effect for e in flows.world.ledger.effects("workflow", "started")] == []


def test_a_process_without_people_is_over_when_the_start_answers(flows: Harness) -> None:
    flows.deploy(process(straight(http_task())))
    shown = flows.start("p")
    assert (shown["ended"], shown["completed"]) == (True, True)
    assert flows.client.get(f"{INSTANCES}/{shown['id']}").status_code == 404
    assert flows.history(shown["id"])["endActivityId"] == "end"


def test_an_asynchronous_start_answers_before_anything_ran(flows: Harness) -> None:
    flows.deploy(process(straight(http_task(), user_task())))
    body = {"processDefinitionKey": "p", "async": True}
    shown = flows.client.post(INSTANCES, json=body).json()
    assert flows.receiver.calls == []
    assert flows.tasks() == []
    assert flows.client.get(f"{INSTANCES}/{shown['id']}").status_code == 200
    flows.engine.run_due_jobs()
    assert len(flows.receiver.calls) == 1
    assert len(flows.tasks()) == 1


def test_transient_variables_are_gone_after_the_first_wait(flows: Harness) -> None:
    flows.deploy(process(straight(user_task(name="Take ${secret}"))))
    body = {"processDefinitionKey": "p", "transientVariables": [{"name": "secret", "value": "x"}]}
    instance = flows.client.post(INSTANCES, json=body).json()
    assert flows.tasks()[0]["name"] == "Take x"
    assert flows.variables(instance["id"]) == {}


def test_a_comment_of_the_start_is_kept(running: Harness) -> None:
    body = {"processDefinitionKey": "p", "comment": {"includeUserIds": False, "message": "hi", "type": "comment"}}
    instance = running.client.post(INSTANCES, json=body).json()
    assert [c["message"] for c in running.listed(f"{INSTANCES}/{instance['id']}/comments")] == ["hi"]
    wrong = {"processDefinitionKey": "p", "comment": {"text": "hi"}}
    assert running.client.post(INSTANCES, json=wrong).status_code == 400


def test_filters_narrow_the_list(running: Harness) -> None:
    body = {"processDefinitionKey": "p", "name": "Order 100145", "businessKey": "a"}
    running.client.post(INSTANCES, json=body)
    running.start("p", "b")

    def keys(**query: str) -> list[str]:
        return [i["businessKey"] for i in running.listed(INSTANCES, **query)]

    assert keys(nameLike="%100145") == ["a"]
    assert keys(nameLike="%order%") == []
    assert keys(nameLikeIgnoreCase="%order%") == ["a"]
    assert keys(name="Order 100145") == ["a"]
    assert keys(processDefinitionKey="p", excludeSubprocesses="true") == ["a", "b"]
    assert keys(processDefinitionVersion="2") == []
    assert keys(startedBefore="2020-01-01T00:00:00Z") == []
    assert keys(startedAfter="2020-01-01T00:00:00.000+0530") == ["a", "b"]
    assert keys(suspended="true") == []
    assert keys(startedBy="nobody") == []
    assert keys(sort="startTime", order="desc") == ["b", "a"]
    assert keys(count="1", offset="1") == ["b"]


@pytest.mark.parametrize(
    "query",
    [{"bussinessKey": "x"}, {"suspended": "maybe"}, {"startedAfter": "now"}, {"startedAfter": "2020-01-01"},
     {"sort": "colour"}, {"sort": "id", "order": "up"}, {"offset": "-1"}, {"count": "0"}, {"count": "x"}],
)  # fmt: skip
def test_a_wrong_query_is_refused(running: Harness, query: dict[str, str]) -> None:
    running.start("p")
    answer = running.client.get(INSTANCES, params=query)
    assert answer.status_code == 400
    assert answer.json()["exception"]


def test_lists_are_hal_pages(running: Harness) -> None:
    assert "_embedded" not in running.client.get(INSTANCES).json()
    for number in range(12):
        running.start("p", f"bk-{number}")
    first = running.client.get(INSTANCES, params={"processDefinitionKey": "p"}).json()
    assert len(first["_embedded"]["process-instances"]) == 10
    assert first["page"]["totalElements"] == 12
    second = running.client.get(first["_links"]["next"]["href"]).json()
    assert [i["businessKey"] for i in second["_embedded"]["process-instances"]] == ["bk-10", "bk-11"]
    assert "next" not in second["_links"]


def test_a_suspended_instance_is_left_alone_until_activated(running: Harness) -> None:
    instance = running.start("p")
    url = f"{INSTANCES}/{instance['id']}"
    comment = {"includeUserIds": False, "message": "wait", "type": "comment"}
    assert running.client.put(url, json={"action": "suspend", "comment": comment}).json()["suspended"] is True
    assert running.client.put(url, json={"action": "suspend"}).status_code == 409
    (task,) = running.tasks()
    assert task["suspended"] is True
    assert running.act(task["id"], "claim", assignee=ANNA).status_code == 400
    assert running.tasks(active="true") == []
    assert running.client.put(url, json={"action": "activate"}).status_code == 200
    assert running.decide(ANNA).status_code == 204
    assert running.client.put(url, json={"action": "activate"}).status_code == 404


def test_an_action_the_service_does_not_know_is_refused(running: Harness) -> None:
    url = f"{INSTANCES}/{running.start('p')['id']}"
    assert running.client.put(url, json={"action": "explode"}).status_code == 400


def test_a_terminated_instance_has_a_delete_reason_and_no_tasks(running: Harness) -> None:
    instance = running.start("p")
    assert running.client.delete(f"{INSTANCES}/{instance['id']}").status_code == 204
    history = running.history(instance["id"])
    assert history["endTime"]
    assert "storefront-workflow" in history["deleteReason"]
    assert running.tasks() == []
    (task,) = running.listed(f"{HISTORY}/historic-task-instances")
    assert task["deleteReason"]
    assert running.client.delete(f"{INSTANCES}/{instance['id']}").status_code == 404


def test_variables_are_created_updated_and_listed(running: Harness) -> None:
    url = f"{INSTANCES}/{running.start('p')['id']}/variables"
    made = running.client.post(url, json=[{"name": "a", "value": 1}, {"name": "b", "value": "x"}])
    assert made.status_code == 201
    assert running.client.post(url, json=[{"name": "a", "value": 2}]).status_code == 409
    assert running.client.post(url, json={"name": "c", "value": 2}).status_code == 400
    changed = {"name": "a", "type": "integer", "scope": "local", "value": 3}
    assert running.client.put(f"{url}/a", json=changed).status_code == 200
    assert running.client.put(f"{url}/c", json={"name": "c", "value": 1}).status_code == 404
    assert running.client.put(f"{url}/a", json={"name": "b", "value": 1}).status_code == 400
    assert {v["name"]: v["value"] for v in running.listed(url)} == {"a": 3, "b": "x"}
    assert len(running.listed(url, offset="1", count="1")) == 1


def test_a_comment_is_deleted_by_its_author_only(running: Harness) -> None:
    url = f"{INSTANCES}/{running.start('p')['id']}/comments"
    made = running.as_person(ANNA).post(url, json={"includeUserIds": False, "message": "mine"}).json()
    assert made["author"] == ANNA
    assert running.client.delete(f"{url}/{made['id']}").status_code == 403
    assert running.as_person(ANNA).delete(f"{url}/{made['id']}").status_code == 204
    assert running.as_person(ANNA).delete(f"{url}/{made['id']}").status_code == 404
    assert running.client.post(url, json={"message": ""}).status_code == 400


def test_user_ids_replace_names_where_asked(running: Harness) -> None:
    instance = running.start("p")
    shown = running.client.get(f"{INSTANCES}/{instance['id']}", params={"includeUserIds": "true"}).json()
    assert "@" not in shown["startUserId"]


def test_the_live_execution_is_the_one_with_a_parent(running: Harness) -> None:
    instance = running.start("p")
    found = running.listed(f"{INSTANCES}/executions", processInstanceId=instance["id"])
    assert [(e["parentId"], e["activityId"]) for e in found] == [(None, None), (instance["id"], "task")]
    url = f"{INSTANCES}/executions/{found[1]['id']}"
    assert running.client.put(url, json={"action": "trigger"}).status_code == 400
    assert running.client.put(url, json={"action": "signal"}).status_code == 400
    assert running.client.put(f"{INSTANCES}/executions/x", json={"action": "trigger"}).status_code == 404


def test_a_receive_task_continues_when_triggered(flows: Harness) -> None:
    flows.deploy(process(straight('<receiveTask id="wait"/>', user_task(name="Go ${answer}"))))
    instance = flows.start("p")
    (live,) = [e for e in flows.listed(f"{INSTANCES}/executions", processInstanceId=instance["id"]) if e["parentId"]]
    body = {"action": "trigger", "variables": [{"name": "answer", "value": "now"}]}
    assert flows.client.put(f"{INSTANCES}/executions/{live['id']}", json=body).status_code == 204
    assert [t["name"] for t in flows.tasks()] == ["Go now"]


@pytest.mark.parametrize("what", ["", "/variables", "/comments", "/diagram"])
def test_what_is_not_there_is_404_in_the_services_shape(running: Harness, what: str) -> None:
    answer = running.client.get(f"{INSTANCES}/none{what}")
    assert answer.status_code == 404
    assert set(answer.json()) == {"message", "exception"}


def test_the_diagram_shows_where_the_instance_stands(running: Harness) -> None:
    instance = running.start("p")
    answer = running.client.get(f"{INSTANCES}/{instance['id']}/diagram")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
