"""Fault switches: other shapes of a list, the gateway's refusals, dropped connections."""

import httpx
import pytest

from sandbox.kernel.faults import FaultRule
from tests.sandbox.workflow.harness import HISTORY, RUNTIME, Harness, process, straight, user_task

TASKS = f"{RUNTIME}/tasks"


@pytest.fixture
def running(flows: Harness) -> Harness:
    flows.deploy(process(straight(user_task())))
    flows.start("p")
    return flows


def test_a_list_may_come_as_content(running: Harness) -> None:
    running.engine.set_switches(list_as_content=True)
    for path in (TASKS, f"{RUNTIME}/process-instances", f"{HISTORY}/historic-process-instances"):
        body = running.client.get(path).json()
        assert len(body["content"]) == 1
        assert body["links"] == {}
        assert not {"_embedded", "_links"} & set(body)


def test_a_list_may_come_without_totals(running: Harness) -> None:
    running.engine.set_switches(omit_page=True)
    body = running.client.get(TASKS).json()
    assert "page" not in body
    assert len(body["_embedded"]["tasks"]) == 1


def test_every_kth_request_may_be_refused_by_the_gateway(running: Harness) -> None:
    rule = FaultRule(
        system="workflow", path=f"{RUNTIME}/*", kind="status", status=429, count=1, headers={"Retry-After": "2"}
    )
    running.world.faults.add(rule)
    answer = running.client.get(TASKS)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert answer.json()["fault"]["detail"]["errorcode"].startswith("policies.ratelimit")
    assert running.client.get(TASKS).status_code == 200


@pytest.mark.parametrize(("status", "member"), [(503, "fault"), (401, "fault"), (400, "exception")])
def test_an_injected_error_has_the_services_shape(running: Harness, status: int, member: str) -> None:
    running.world.faults.add(FaultRule(system="workflow", kind="status", status=status, count=1))
    answer = running.client.get(TASKS)
    assert (answer.status_code, set(answer.json())) == (status, {member})


def test_an_injected_body_is_given_as_it_is(running: Harness) -> None:
    running.world.faults.add(FaultRule(kind="status", status=500, body={"own": 1}, count=1))
    assert running.client.get(TASKS).json() == {"own": 1}


def test_a_start_may_be_done_and_never_answered(running: Harness) -> None:
    rule = FaultRule(method="POST", path=f"{RUNTIME}/process-instances", kind="drop_after", count=1)
    running.world.faults.add(rule)
    with pytest.raises(httpx.RemoteProtocolError):
        running.try_start("p", "lost")
    assert len(running.listed(f"{RUNTIME}/process-instances", businessKey="lost")) == 1


def test_unknown_fields_and_filters_pass_where_the_service_is_lenient(running: Harness) -> None:
    running.engine.set_switches(unknown_fields_refused=False)
    assert running.client.get(TASKS, params={"colour": "red"}).status_code == 200
    body = {"processDefinitionKey": "p", "colour": "red", "variables": [{"name": "a", "value": 1, "x": 2}]}
    assert running.client.post(f"{RUNTIME}/process-instances", json=body).status_code == 201
