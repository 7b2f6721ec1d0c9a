"""Gateways, timers, called processes: the token really moves through the deployed BPMN."""

from datetime import timedelta

import pytest

from sandbox.workflow.errors import WorkflowError
from tests.sandbox.workflow.harness import (
    ANNA,
    HISTORY,
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

START, END = '<startEvent id="start"/>', '<endEvent id="end"/>'


def catch_timer(id: str, inside: str) -> str:
    event = f"<timerEventDefinition>{inside}</timerEventDefinition>"
    return f'<intermediateCatchEvent id="{id}">{event}</intermediateCatchEvent>'


def names(flows: Harness) -> list[str]:
    return sorted(task["name"] for task in flows.tasks())


def complete(flows: Harness, name: str) -> None:
    (task,) = flows.tasks(name=name)
    flows.act(task["id"], "claim", assignee=ANNA)
    answer = flows.act(task["id"], "complete")
    assert answer.status_code == 204, answer.text


def test_an_exclusive_gateway_takes_the_first_true_way_or_the_default(flows: Harness) -> None:
    body = (
        START + '<exclusiveGateway id="gw" default="gw_c"/>' + user_task("a") + user_task("b") + user_task("c") + END
        + flow("start", "gw") + flow("gw", "a", "${n > 10}") + flow("gw", "b", "${n > 5}") + flow("gw", "c")
        + flow("a", "end") + flow("b", "end") + flow("c", "end")
    )  # fmt: skip
    flows.deploy(process(body))
    for n in (11, 6, 1):
        flows.start("p", n=n)
    assert [task["name"] for task in flows.tasks()] == ["Task a", "Task b", "Task c"]


@pytest.mark.parametrize("n", [1, "text"])
def test_no_true_way_and_no_default_fails_the_call(flows: Harness, n: object) -> None:
    body = START + '<exclusiveGateway id="gw"/>' + END + flow("start", "gw") + flow("gw", "end", "${n == 5}")
    body += user_task("a") + flow("gw", "a", "${n == 6}")
    flows.deploy(process(body))
    answer = flows.try_start("p", n=n)
    assert answer.status_code == 400
    assert flows.engine.instances() == []


def test_a_condition_that_is_no_truth_fails_the_call(flows: Harness) -> None:
    body = START + '<exclusiveGateway id="gw" default="gw_end"/>' + END + user_task("a")
    body += flow("start", "gw") + flow("gw", "end") + flow("gw", "a", "${n}")
    flows.deploy(process(body))
    assert "non-Boolean" in flows.try_start("p", n=1).json()["exception"]


def parallel() -> str:
    return process(
        START + '<parallelGateway id="fork"/><parallelGateway id="join"/>' + user_task("a")
        + user_task("b", name="Task b of ${who}") + user_task("last", name="Last of ${who}") + END
        + flow("start", "fork") + flow("fork", "a") + flow("fork", "b") + flow("a", "join") + flow("b", "join")
        + flow("join", "last") + flow("last", "end")
    )  # fmt: skip


def test_parallel_branches_share_one_set_of_variables_and_join_once(flows: Harness) -> None:
    flows.deploy(parallel())
    instance = flows.start("p", who="nobody")
    assert names(flows) == ["Task a", "Task b of nobody"]
    task = flows.tasks(name="Task a")[0]
    flows.act(task["id"], "claim", assignee=ANNA)
    flows.act(task["id"], "complete", variables=[{"name": "who", "value": "anna"}])
    assert names(flows) == ["Task b of nobody"]
    assert flows.variables(instance["id"])["who"] == "anna"
    complete(flows, "Task b of nobody")
    assert names(flows) == ["Last of anna"]
    complete(flows, "Last of anna")
    assert flows.history(instance["id"])["endTime"]


def test_a_terminate_end_takes_the_other_branch_away(flows: Harness) -> None:
    body = (
        START + '<parallelGateway id="fork"/>' + user_task("a") + user_task("b")
        + '<endEvent id="stop"><terminateEventDefinition/></endEvent>' + END
        + flow("start", "fork") + flow("fork", "a") + flow("fork", "b") + flow("a", "stop") + flow("b", "end")
    )  # fmt: skip
    flows.deploy(process(body))
    instance = flows.start("p")
    complete(flows, "Task a")
    assert flows.tasks() == []
    history = flows.history(instance["id"])
    assert history["endTime"]
    assert history["deleteReason"] == "Terminated by end event: stop"


def test_listeners_run_in_order_around_steps(flows: Harness) -> None:
    inside = listener("start", '${execution.setVariable("seen", "start")}')
    flows.deploy(process(straight(user_task(inside=inside))))
    instance = flows.start("p")
    assert flows.variables(instance["id"])["seen"] == "start"


# Timers.


@pytest.mark.parametrize(
    ("duration", "span"),
    [
        ("PT4H", {"hours": 4}),
        ("P1DT1M", {"days": 1, "minutes": 1}),
        ("PT0.5H", {"minutes": 30}),
        ("P1W", {"weeks": 1}),
        ("${sla}", {"minutes": 10}),
    ],
)
def test_a_boundary_timer_fires_by_the_sandboxs_clock(flows: Harness, duration: str, span: dict[str, int]) -> None:
    inside = listener("end", '${execution.setVariable("decision", "expired")}')
    body = straight(user_task()) + boundary_timer("late", "task", duration, inside=inside) + flow("late", "end")
    flows.deploy(process(body))
    instance = flows.start("p", sla="PT10M")
    flows.world.clock.advance(timedelta(**span) - timedelta(seconds=5))
    flows.later(seconds=0)
    assert len(flows.tasks()) == 1
    flows.world.clock.advance(timedelta(seconds=6))
    assert flows.tasks() == []
    assert flows.variables(instance["id"])["decision"] == "expired"


@pytest.mark.parametrize("duration", ["4 hours", "", "PT", "${nothing}", "P1Y2W"])
def test_a_duration_that_is_none_fails_the_start(flows: Harness, duration: str) -> None:
    body = straight(user_task()) + boundary_timer("late", "task", "${sla}") + flow("late", "end")
    flows.deploy(process(body))
    given = {} if duration == "${nothing}" else {"sla": duration}
    assert flows.try_start("p", **given).status_code == 400


def test_completing_in_time_takes_the_timer_away(flows: Harness) -> None:
    body = straight(user_task(), http_task()) + boundary_timer("late", "task", "PT1H") + flow("late", "call")
    flows.deploy(process(body))
    flows.start("p")
    complete(flows, "Task task")
    flows.world.clock.advance(timedelta(hours=2))
    assert len(flows.receiver.calls) == 1


def test_a_timer_that_does_not_interrupt_leaves_the_task_and_goes_its_own_way(flows: Harness) -> None:
    body = (
        straight(user_task()) + boundary_timer("remind", "task", "PT1H", cancel="false")
        + user_task("reminder") + flow("remind", "reminder") + '<endEvent id="end2"/>' + flow("reminder", "end2")
    )  # fmt: skip
    flows.deploy(process(body))
    instance = flows.start("p")
    flows.later(hours=1, minutes=1)
    assert names(flows) == ["Task reminder", "Task task"]
    complete(flows, "Task task")
    assert flows.history(instance["id"])["endTime"] is None
    complete(flows, "Task reminder")
    assert flows.history(instance["id"])["endTime"]


def test_the_first_of_two_deadlines_takes_the_second_away(flows: Harness) -> None:
    body = (
        straight(user_task()) + boundary_timer("soon", "task", "PT1H") + boundary_timer("late", "task", "PT2H")
        + user_task("a") + user_task("b") + flow("soon", "a") + flow("late", "b") + flow("a", "end") + flow("b", "end")
    )  # fmt: skip
    flows.deploy(process(body))
    flows.start("p")
    flows.later(hours=5)
    assert names(flows) == ["Task a"]


def test_an_intermediate_timer_holds_the_process(flows: Harness) -> None:
    flows.deploy(process(straight(catch_timer("pause", "<timeDuration>PT10M</timeDuration>"), user_task())))
    instance = flows.start("p")
    assert flows.tasks() == []
    executions = flows.listed(f"{RUNTIME}/process-instances/executions", processInstanceId=instance["id"])
    assert [e["activityId"] for e in executions] == [None, "pause"]
    flows.world.clock.advance(timedelta(minutes=10, seconds=1))
    assert names(flows) == ["Task task"]
    executions = flows.listed(f"{RUNTIME}/process-instances/executions", processInstanceId=instance["id"])
    assert [e["activityId"] for e in executions] == [None, "task"]


def test_a_timer_for_a_date(flows: Harness) -> None:
    flows.deploy(process(straight(catch_timer("until", "<timeDate>${when}</timeDate>"), user_task())))
    when = (flows.world.clock.now() + timedelta(minutes=5)).isoformat()
    flows.start("p", when=when)
    assert flows.tasks() == []
    flows.world.clock.advance(timedelta(minutes=6))
    assert len(flows.tasks()) == 1
    assert flows.try_start("p", when="tomorrow").status_code == 400


def test_timers_in_a_row_start_when_they_are_reached(flows: Harness) -> None:
    hour = "<timeDuration>PT1H</timeDuration>"
    flows.deploy(process(straight(catch_timer("one", hour), catch_timer("two", hour), user_task())))
    flows.start("p")
    flows.later(hours=5)
    assert flows.tasks() == []
    flows.later(hours=1, seconds=1)
    assert len(flows.tasks()) == 1


def test_a_suspended_instance_does_not_expire_until_activated(flows: Harness) -> None:
    body = straight(user_task()) + boundary_timer("late", "task", "PT1H") + flow("late", "end")
    flows.deploy(process(body))
    instance = flows.start("p")
    url = f"{RUNTIME}/process-instances/{instance['id']}"
    flows.client.put(url, json={"action": "suspend"})
    flows.later(hours=2)
    assert len(flows.tasks()) == 1
    flows.client.put(url, json={"action": "activate"})
    flows.engine.run_due_jobs()
    assert flows.tasks() == []


def test_a_deadline_whose_call_fails_is_tried_again_and_never_lost(flows: Harness) -> None:
    body = straight(user_task(), http_task(failStatusCodes="5XX")) + boundary_timer("late", "task", "PT1H")
    flows.deploy(process(body + flow("late", "call")))
    instance = flows.start("p")
    flows.receiver.status = 503
    flows.later(hours=2)
    assert len(flows.receiver.calls) == 1
    assert len(flows.tasks()) == 1
    flows.world.clock.advance(timedelta(seconds=11))
    assert len(flows.receiver.calls) == 2
    flows.receiver.status = 202
    flows.world.clock.advance(timedelta(seconds=11))
    assert len(flows.receiver.calls) == 3
    assert flows.history(instance["id"])["endTime"]


def test_after_three_tries_a_job_waits_for_somebody(flows: Harness) -> None:
    body = straight(user_task(), http_task(failStatusCodes="5XX")) + boundary_timer("late", "task", "PT1H")
    flows.deploy(process(body + flow("late", "call")))
    instance = flows.start("p")
    flows.receiver.status = 503
    for _ in range(6):
        flows.later(hours=1)
    assert len(flows.receiver.calls) == 3
    assert "503" in (flows.engine.instance(instance["id"]).job_error or "")
    flows.receiver.status = 202
    assert flows.engine.retry_failed_jobs() == 1
    assert flows.tasks() == []


def test_a_clock_advanced_by_whom_the_engine_calls_does_no_harm(flows: Harness) -> None:
    """The very instance that calls out is due meanwhile: it is left for the next time, nobody hangs."""
    body = straight(user_task(), http_task()) + boundary_timer("late", "task", "PT1H") + flow("late", "end")
    flows.deploy(process(body))
    instance = flows.start("p")
    flows.receiver.on_call = lambda: flows.later(hours=2)
    complete(flows, "Task task")
    assert flows.variables(instance["id"]) == {}
    assert flows.history(instance["id"])["deleteReason"] is None
    assert flows.engine.run_due_jobs() == 0


# Called processes.


def caller(attributes: str = "", inside: str = "") -> str:
    return process(
        straight(
            f'<callActivity id="ask" calledElement="child" {attributes}>{inside}</callActivity>',
            user_task("after", name="After ${answer}"),
        ),
        key="parent",
    )


PARAMETERS = (
    '<extensionElements><workflow:in source="number" target="n"/>'
    '<workflow:in sourceExpression="${number * 2}" target="twice"/>'
    '<workflow:out source="reply" target="answer"/></extensionElements>'
)


def test_a_called_process_is_an_instance_of_its_own(flows: Harness) -> None:
    flows.deploy(process(straight(user_task("child_task", name="Child ${n} ${twice}")), key="child"))
    flows.deploy(caller(inside=PARAMETERS))
    parent = flows.start("parent", "bk", number=4)
    (task,) = flows.tasks()
    assert task["name"] == "Child 4 8"
    child = task["processInstanceId"]
    assert child != parent["id"]
    assert flows.history(child)["superProcessInstanceId"] == parent["id"]
    assert flows.history(child)["businessKey"] is None
    assert flows.tasks(processInstanceBusinessKey="bk") == []
    assert flows.tasks(processInstanceIdWithChildren=parent["id"]) == [task]
    found = flows.listed(f"{RUNTIME}/process-instances", subProcessInstanceId=child)
    assert [i["id"] for i in found] == [parent["id"]]
    assert len(flows.listed(f"{RUNTIME}/process-instances", excludeSubprocesses="true")) == 1
    flows.act(task["id"], "claim", assignee=ANNA)
    flows.act(task["id"], "complete", variables=[{"name": "reply", "value": "yes"}])
    assert names(flows) == ["After yes"]
    assert flows.history(child)["endTime"]
    assert "reply" not in flows.variables(parent["id"])


def test_a_call_may_hand_down_everything(flows: Harness) -> None:
    flows.deploy(process(straight(user_task("child_task", name="Child ${number}")), key="child"))
    flags = 'workflow:inheritVariables="true" workflow:inheritBusinessKey="true"'
    flows.deploy(
        caller(
            flags, '<extensionElements><workflow:out sourceExpression="${number}" target="answer"/></extensionElements>'
        )
    )
    flows.start("parent", "bk", number=4)
    assert [t["name"] for t in flows.tasks(processInstanceBusinessKey="bk")] == ["Child 4"]
    complete(flows, "Child 4")
    assert names(flows) == ["After 4"]


def test_a_called_process_that_waits_for_nobody_returns_at_once(flows: Harness) -> None:
    flows.deploy(process(straight(http_task(responseVariableName="reply")), key="child"))
    flows.deploy(caller(inside=PARAMETERS))
    flows.start("parent", number=1)
    assert names(flows) == ['After {"status": "accepted"}']


def test_a_call_of_a_process_that_is_not_deployed_fails(flows: Harness) -> None:
    flows.deploy(caller())
    assert flows.try_start("parent").status_code == 404
    assert flows.engine.instances() == []


def test_the_failure_of_a_called_process_undoes_the_callers_step(flows: Harness) -> None:
    flows.deploy(process(straight(http_task(failStatusCodes="5XX")), key="child"))
    flows.deploy(process(straight(user_task(), '<callActivity id="ask" calledElement="child"/>'), key="parent"))
    flows.start("parent")
    flows.receiver.status = 500
    assert flows.decide(ANNA).status_code == 400
    assert len(flows.tasks()) == 1
    assert len(flows.listed(f"{HISTORY}/historic-process-instances")) == 1


def test_terminating_the_caller_ends_the_called(flows: Harness) -> None:
    flows.deploy(process(straight(user_task("child_task")), key="child"))
    flows.deploy(caller())
    parent = flows.start("parent")
    child = flows.tasks()[0]["processInstanceId"]
    flows.client.delete(f"{RUNTIME}/process-instances/{parent['id']}")
    assert flows.tasks() == []
    assert flows.history(child)["deleteReason"]


def test_a_deadline_on_the_call_ends_the_called(flows: Harness) -> None:
    flows.deploy(process(straight(user_task("child_task")), key="child"))
    body = straight('<callActivity id="ask" calledElement="child"/>', user_task("after"))
    flows.deploy(process(body + boundary_timer("late", "ask", "PT1H") + flow("late", "after"), key="parent"))
    flows.start("parent")
    child = flows.tasks()[0]["processInstanceId"]
    flows.later(hours=2)
    assert names(flows) == ["Task after"]
    assert flows.history(child)["endTime"]


def test_a_loop_can_be_walked_often(flows: Harness) -> None:
    body = (
        START + user_task("a") + user_task("b") + '<exclusiveGateway id="gw" default="gw_end"/>' + END
        + flow("start", "a") + flow("a", "gw") + flow("gw", "b", "${again}") + flow("gw", "end") + flow("b", "a")
        + boundary_timer("late", "a", "PT1H") + flow("late", "end")
    )  # fmt: skip
    flows.deploy(process(body))
    instance = flows.start("p", again=True)
    for _ in range(25):
        complete(flows, "Task a")
        complete(flows, "Task b")
    assert len(flows.engine.instance(instance["id"]).timers) == 1
    flows.client.put(
        f"{RUNTIME}/process-instances/{instance['id']}/variables/again", json={"name": "again", "value": False}
    )
    complete(flows, "Task a")
    assert flows.history(instance["id"])["endTime"]


def test_no_such_switch(flows: Harness) -> None:
    for wrong in ({"colour": 1}, {"omit_page": "yes"}, {"history_lag_seconds": "1"}, {"omit_page": 1}):
        with pytest.raises(WorkflowError):
            flows.engine.set_switches(**wrong)
