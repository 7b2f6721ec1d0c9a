"""Deployment: encodings, versions, what is refused."""

import base64
import json
import re
from typing import Any

import pytest

from app.opentext.workflow_service import models, otwf
from tests.sandbox.workflow.harness import (
    RUNTIME,
    Harness,
    boundary_timer,
    flow,
    http_task,
    listener,
    process,
    straight,
    user_task,
)

MODELS = f"{RUNTIME}/runtime/models"
PLAIN = process(straight(user_task()))


def encoded(xml: str) -> str:
    return base64.b64encode(xml.encode()).decode()


def test_xml_is_taken_as_base64_and_plain_is_refused(flows: Harness) -> None:
    answer = flows.client.post(MODELS, json={"modelType": "xml", "modelContent": PLAIN})
    assert answer.status_code == 400
    assert answer.json() == {"exception": "modelContent is not encoded BPMN XML"}
    answer = flows.client.post(MODELS, json={"modelType": "xml", "modelId": "mine", "modelContent": encoded(PLAIN)})
    assert answer.status_code == 201
    assert {k: answer.json()[k] for k in ("key", "name", "version", "modelId", "modelType")} == {
        "key": "p", "name": "Process p", "version": 1, "modelId": "mine", "modelType": "xml",
    }  # fmt: skip


def test_a_tenant_that_takes_plain_xml_refuses_base64(flows: Harness) -> None:
    flows.engine.set_switches(model_encoding="plain")
    assert flows.client.post(MODELS, json={"modelType": "xml", "modelContent": encoded(PLAIN)}).status_code == 400
    assert flows.client.post(MODELS, json={"modelType": "xml", "modelContent": PLAIN}).status_code == 201


def test_a_second_deployment_is_the_next_version_and_running_instances_keep_theirs(flows: Harness) -> None:
    flows.deploy(PLAIN)
    flows.start("p", "first")
    flows.deploy(process(straight(user_task(name="Other"))))
    flows.start("p", "second")
    assert [t["name"] for t in flows.tasks()] == ["Task task", "Other"]
    assert [m["version"] for m in flows.listed(MODELS)] == [1, 2]
    assert [m["version"] for m in flows.listed(MODELS, latestVersion="true", key="p")] == [2]
    definition = flows.listed(MODELS)[0]["processDefinitionId"]
    assert definition.startswith("p:1:")
    assert len(flows.listed(MODELS, processDefinitionId=definition)) == 1
    assert flows.listed(MODELS, key="unknown") == []


def test_the_modellers_json_is_deployed_and_runs(flows: Harness) -> None:
    xml = models.load_model("sf_content_approval", "client", "secret")
    content = otwf.to_model_content(xml)
    answer = flows.client.post(MODELS, json={"modelType": "json", "modelContent": content})
    assert answer.status_code == 201, answer.text
    kept = flows.client.get(f"{MODELS}/{answer.json()['id']}", params={"modelType": "json"}).json()
    assert kept["modelContent"] == json.loads(json.dumps(content))
    names = ["case_id", "callback_token", "approver", "sku", "content_version", "market", "publish_at"]
    given: dict[str, Any] = dict.fromkeys(names, "x") | {
        "callback_base": "http://app.test",
        "sla": "PT1H",
        "regulated": True,
    }
    flows.start("sf_content_approval", content_group="Content Approvers", legal_group="Legal", **given)
    flows.decide("mia.larsen@demo", "approved")
    flows.decide("lena.hoff@demo", "rejected")
    assert flows.receiver.calls[0].body["decision"] == "rejected"
    assert flows.receiver.calls[0].headers["x-case-token"] == "x"


@pytest.mark.parametrize(
    "content",
    [None, "text", {}, {"childShapes": []}, {"childShapes": [], "properties": {"process_id": "p"}},
     {"childShapes": [{"resourceId": "a", "stencil": {"id": "ScriptTask"}}], "properties": {"process_id": "p"}}],
)  # fmt: skip
def test_json_that_is_no_model_is_refused(flows: Harness, content: Any) -> None:
    answer = flows.client.post(MODELS, json={"modelType": "json", "modelContent": content})
    assert answer.status_code == 400
    assert answer.json()["exception"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (straight('<scriptTask id="s"><script>1</script></scriptTask>'), "script tasks are not run here"),
        (straight('<serviceTask id="s"/>'), "only service tasks of type http"),
        (straight('<serviceTask id="s" workflow:type="mail"/>'), "only service tasks of type http"),
        (straight('<subProcess id="s"/>'), "embedded subprocesses"),
        (straight('<manualTask id="s"/>'), "no support|not run"),
        (straight('<callActivity id="s"/>'), "names no process"),
        (straight(user_task(inside='<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>'
                            "</multiInstanceLoopCharacteristics>")), "multi-instance"),
        (straight(user_task(inside='<extensionElements><workflow:executionListener event="start" class="x"/>'
                            "</extensionElements>")), "only expressions"),
        (straight(http_task(requestUrl="")), "has no requestUrl"),
        (straight(http_task(requestMethod="BREW")), "method BREW"),
        (straight(http_task(handleStatusCodes="404")), "handleStatusCodes"),
        (straight(http_task(useCurrentAuthToken="true")), "useCurrentAuthToken"),
        (straight(http_task(authentication='<workflow:authenticationDetails clientId="x"/>')), "authenticationUrl"),
        (straight(user_task()) + boundary_timer("t", "task", ""), "timer without duration or date"),
        (straight(user_task()) + flow("task", "nowhere"), "no targetRef 'nowhere'"),
        ('<endEvent id="end"/>', "No start event|start"),
    ],
)  # fmt: skip
def test_what_would_not_run_as_in_the_service_is_refused_with_a_reason(flows: Harness, body: str, reason: str) -> None:
    text = flows.refused(process(body))
    assert re.search(reason, text), text
    assert flows.listed(MODELS) == []


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ("no xml at all", "Error parsing XML"),
        ("<definitions/>", "exactly one executable process"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><definitions/>', "document type"),
        (process(straight(user_task())).replace("</definitions>", '<process id="q"/></definitions>'), "found 2"),
    ],
)
def test_what_is_no_single_process_is_refused(flows: Harness, xml: str, reason: str) -> None:
    assert reason in flows.refused(xml)


@pytest.mark.parametrize(
    "body",
    [{}, {"modelType": "bpmn", "modelContent": "x"}, {"modelType": "xml"}, {"modelType": "xml", "modelContent": 1},
     {"modelType": "xml", "modelContent": "YQ==", "unknown": 1}],
)  # fmt: skip
def test_a_wrong_deployment_request_is_refused(flows: Harness, body: dict[str, Any]) -> None:
    assert flows.client.post(MODELS, json=body).status_code == 400


def test_a_model_in_use_is_not_removed_and_a_removed_one_keeps_its_history(flows: Harness) -> None:
    model = flows.deploy(PLAIN)
    instance = flows.start("p")
    assert flows.client.delete(f"{MODELS}/{model['id']}").status_code == 409
    flows.client.delete(f"{RUNTIME}/process-instances/{instance['id']}")
    assert flows.client.delete(f"{MODELS}/{model['id']}").status_code == 204
    assert flows.client.get(f"{MODELS}/{model['id']}").status_code == 404
    assert flows.client.delete(f"{MODELS}/{model['id']}").status_code == 404
    assert flows.try_start("p").status_code == 404
    assert flows.history(instance["id"])["processDefinitionName"] == "Process p"


def test_a_misspelt_filter_of_models_is_refused(flows: Harness) -> None:
    assert flows.client.get(MODELS, params={"latest": "true"}).status_code == 400


def test_reading_a_model_as_the_other_type_is_refused(flows: Harness) -> None:
    model = flows.deploy(PLAIN)
    assert flows.client.get(f"{MODELS}/{model['id']}", params={"modelType": "json"}).status_code == 400
    assert flows.client.get(f"{MODELS}/{model['id']}").json()["modelContent"] == encoded(PLAIN)


def test_a_message_starts_the_process_that_waits_for_it(flows: Harness) -> None:
    start = '<startEvent id="start"><messageEventDefinition messageRef="m"/></startEvent>'
    flows.deploy(process(straight(user_task(), start=start), root='<message id="m" name="order-held"/>'))
    body = {"message": "order-held", "businessKey": "bk"}
    assert flows.client.post(f"{RUNTIME}/process-instances", json=body).status_code == 201
    assert len(flows.tasks(processInstanceBusinessKey="bk")) == 1
    assert flows.client.post(f"{RUNTIME}/process-instances", json={"message": "other"}).status_code == 404


def test_listeners_of_the_process_run_at_start_and_end(flows: Harness) -> None:
    both = listener("start", '${execution.setVariable("a", 1)}') + listener("end", '${execution.setVariable("b", a)}')
    both = both.replace("</extensionElements><extensionElements>", "")
    flows.deploy(process(both + straight(user_task())))
    instance = flows.start("p")
    flows.decide("anna.berg@demo")
    assert flows.variables(instance["id"]) == {"a": 1, "b": 1}
