"""Workflow answers in all their shapes; who decided what; what to do when the history lags."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.domain.content import ProcessStatus
from app.errors import Conflict, NeedsReauth, NotFound, Permanent, RateLimited, Retryable
from app.opentext.workflow_service import mapping, payloads
from tests.unit.opentext.scripted import Script, page, said

RUNTIME = "GET workflow.test/workflow/v1/process-instances"
START = RUNTIME.replace("GET", "POST")
HISTORY = "GET workflow.test/workflow-history/v1/historic-process-instances"
PAST_TASKS = "GET workflow.test/workflow-history/v1/historic-task-instances"
TASKS = "GET workflow.test/workflow/v1/tasks"
KEY = "bigcommerce:demostore1:order:100:sf_order_review:1"
EMPTY: dict[str, Any] = {"_links": {"self": {"href": ""}}, "page": {"totalElements": 0}}


@pytest.fixture
def script() -> Script:
    made = Script()
    made.on(RUNTIME, said(EMPTY))
    made.on(HISTORY, said(EMPTY))
    made.on(PAST_TASKS, said(EMPTY))
    return made


def a_record(**changes: Any) -> dict[str, Any]:
    return {"id": "i-1", "name": "Order 100", "businessKey": KEY, "startTime": "2026-01-01T10:00:00Z"} | changes


def a_task(name: str, ended: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"t-{name}-{ended}", "name": name, "taskDefinitionKey": name, "assignee": "anna.berg@demo",
        "startTime": "2026-01-01T10:00:00Z", "endTime": f"2026-01-01T{ended}:00Z",
    } | changes  # fmt: skip


def hal(*items: dict[str, Any], rel: str = "process-instances") -> httpx.Response:
    return said({"_embedded": {rel: list(items)}, "_links": {}, "page": {"totalElements": len(items)}})


def variable(value: str, name: str = "decision") -> dict[str, Any]:
    return {"name": name, "type": "string", "value": value, "scope": "local"}


ended = a_record(endTime="2026-01-01T12:00:00Z", variables=[variable("approved")])


@pytest.mark.parametrize(
    "shape",
    [
        lambda items: {"_embedded": {"process-instances": items}, "_links": {}, "page": {"totalElements": 1}},
        lambda items: {"_embedded": {"historicInstances": items}},
        lambda items: {"links": {}, "content": items},
        lambda items: {"content": items, "page": {"totalElements": 1}},
        lambda items: items,
    ],
)
def test_lists_are_read_in_every_shape(script: Script, shape: Callable[[list[Any]], Any]) -> None:
    script.on(RUNTIME, said(shape([a_record()])))
    [found] = script.open().workflows.find_by_business_key(KEY)
    assert found.id == "i-1"
    assert found.status is ProcessStatus.RUNNING
    assert found.started_at == datetime(2026, 1, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("body", [EMPTY, {}, [], {"content": []}, {"_embedded": {}}])
def test_empty_lists_are_read_in_every_shape(script: Script, body: Any) -> None:
    script.on(RUNTIME, said(body))
    assert script.open().workflows.find_by_business_key(KEY) == []


def test_pages_are_read_to_the_end_even_where_the_server_gives_fewer_than_asked(script: Script) -> None:
    def clamped(request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params["offset"])
        return said({"content": [a_task(f"t{n}", "11:00") for n in range(offset, min(offset + 40, 130))]})

    script.on(TASKS, clamped)
    assert len(script.open().workflows.tasks(KEY)) == 130


def test_a_server_that_repeats_its_last_page_does_not_hold_us_forever(script: Script) -> None:
    script.on(TASKS, said({"content": [a_task("t", "11:00")]}))
    assert len(script.open().workflows.tasks(KEY)) == 1
    assert len(script.asked(TASKS)) == 2


def test_a_filter_the_service_ignores_does_not_give_us_a_stranger(script: Script) -> None:
    script.on(RUNTIME, hal(a_record(id="stranger", businessKey="other")))
    script.on(START, said(a_record(), 201))
    assert script.open().workflows.start("sf_order_review", KEY, "Order 100", {}).id == "i-1"


@pytest.mark.parametrize("where", [RUNTIME, HISTORY])
def test_a_start_adopts_the_instance_that_is_there(script: Script, where: str) -> None:
    script.on(where, hal(ended if where is HISTORY else a_record()))
    assert script.open().workflows.start("sf_order_review", KEY, "Order 100", {}).id == "i-1"
    assert not script.asked(START)


def test_a_start_whose_answer_is_lost_is_looked_up_when_repeated(script: Script) -> None:
    script.on(START, httpx.ReadTimeout("x"))
    opentext = script.open()
    with pytest.raises(Retryable) as caught:
        opentext.workflows.start("sf_order_review", KEY, "Order 100", {})
    assert caught.value.unknown_outcome
    script.on(RUNTIME, hal(a_record()))
    assert opentext.workflows.start("sf_order_review", KEY, "Order 100", {}).id == "i-1"
    assert len(script.asked(START)) == 1


@pytest.mark.parametrize(
    ("value", "kind", "wire"),
    [
        ("text", "string", "text"),
        (None, "string", ""),
        (True, "boolean", True),
        (7, "integer", 7),
        (2**40, "long", 2**40),
        (1.5, "double", 1.5),
        (Decimal("118.50"), "string", "118.50"),
        (datetime(2026, 1, 2, 3, 4, 5, 678000, UTC), "date", "2026-01-02T03:04:05.678Z"),
        (date(2026, 1, 2), "date", "2026-01-02T00:00:00.000Z"),
        ({"a": [1]}, "json", {"a": [1]}),
        (("a", "b"), "json", ["a", "b"]),
        ("x" * 5000, "string", "x" * 4000),
    ],
)
def test_variables_carry_their_type(value: object, kind: str, wire: object) -> None:
    assert mapping.variable("v", value) == {"name": "v", "type": kind, "value": wire, "scope": "local"}


@pytest.mark.parametrize(
    ("changes", "historic", "status"),
    [
        ({}, False, ProcessStatus.RUNNING),
        ({"suspended": True}, False, ProcessStatus.SUSPENDED),
        ({}, True, ProcessStatus.RUNNING),
        ({"endTime": "2026-01-01T12:00:00Z"}, True, ProcessStatus.COMPLETED),
        ({"endTime": "2026-01-01T12:00:00Z", "deleteReason": "x"}, True, ProcessStatus.TERMINATED),
    ],
)
def test_the_status_is_derived(changes: dict[str, Any], historic: bool, status: ProcessStatus) -> None:
    given = payloads.Instance.model_validate(a_record(**changes))
    assert mapping.instance(given, historic=historic).status is status


def test_a_decision_is_read_from_the_history(script: Script) -> None:
    record = ended | {"variables": [variable("approved"), variable("Looks fine", "decision_comment")]}
    script.on(HISTORY, hal(record))
    tasks = hal(a_task("review", "11:58"), a_task("answer", "11:30", assignee="sam.reyes@demo"), rel="tasks")
    script.on(PAST_TASKS, tasks)
    decision = script.open().workflows.decision(KEY)
    assert decision is not None
    assert (decision.outcome, decision.by, decision.comment) == ("approved", "anna.berg@demo", "Looks fine")
    assert decision.at == datetime(2026, 1, 1, 11, 58, tzinfo=UTC)
    assert [(each.key, each.who, each.outcome) for each in decision.trail] == [
        ("answer", "sam.reyes@demo", ""),
        ("review", "anna.berg@demo", "approved"),
    ]


def test_a_tasks_own_outcome_tells_who_decided(script: Script) -> None:
    script.on(HISTORY, hal(ended))
    approving = a_task("legal", "11:00", assignee="lena", variables=[variable("approved")])
    script.on(PAST_TASKS, hal(approving, a_task("notify", "11:30", assignee="sam"), rel="tasks"))
    decision = script.open().workflows.decision(KEY)
    assert decision is not None
    assert decision.by == "lena"


def test_a_deadline_has_no_author(script: Script) -> None:
    script.on(HISTORY, hal(ended | {"variables": [variable("expired")]}))
    cancelled = a_task("review", "12:00", deleteReason="deadline", assignee="")
    script.on(PAST_TASKS, hal(a_task("review", "11:00"), cancelled, rel="tasks"))
    decision = script.open().workflows.decision(KEY)
    assert decision is not None
    assert (decision.outcome, decision.by) == ("expired", "")
    assert decision.at == datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_terminated_instance_says_so(script: Script) -> None:
    script.on(HISTORY, hal(ended | {"variables": [], "deleteReason": "cancelled by admin"}))
    decision = script.open().workflows.decision(KEY)
    assert decision is not None
    assert (decision.outcome, decision.by) == (mapping.TERMINATED, "")


def test_there_is_no_decision_while_it_runs(script: Script) -> None:
    script.on(RUNTIME, hal(a_record()))
    script.on(f"{RUNTIME}/i-1", said(a_record()))
    workflows = script.open().workflows
    assert workflows.decision(KEY) is None
    assert workflows.decision(instance_id="i-1") is None


@pytest.mark.parametrize("history", [said(EMPTY), hal(a_record())], ids=["no record", "record without end"])
def test_a_history_that_lags_is_asked_again_later(script: Script, history: httpx.Response) -> None:
    script.on(HISTORY, history)
    script.on(f"{RUNTIME}/i-1", said({"exception": "Could not find"}, 404))
    workflows = script.open().workflows
    for ask in (lambda: workflows.decision(KEY), lambda: workflows.decision(instance_id="i-1")):
        with pytest.raises(Retryable) as caught:
            ask()
        assert caught.value.specific_code == "history_lag"


def test_a_task_history_that_lags_is_asked_again_later(script: Script) -> None:
    script.on(HISTORY, hal(ended))
    script.on(PAST_TASKS, hal(a_task("review", "11:00", endTime=None), rel="tasks"))
    with pytest.raises(Retryable) as caught:
        script.open().workflows.decision(KEY)
    assert caught.value.specific_code == "history_lag"


def test_an_instance_nobody_knows_is_unknown(script: Script) -> None:
    script.on(f"{RUNTIME}/gone", said({"exception": "x"}, 404))
    assert script.open().workflows.get("gone").status is ProcessStatus.UNKNOWN


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (said({"exception": "no such process"}, 400), Permanent, "refused"),
        (said({"exception": "x"}, 404), NotFound, "not_found"),
        (said({"fault": {"faultstring": "no proxy", "detail": {}}}, 404), Permanent, "unknown_route"),
        (said({"fault": {"faultstring": "quota", "detail": {}}}, 429), RateLimited, "rate_limited"),
        (said({"fault": {"faultstring": "no", "detail": {}}}, 401), NeedsReauth, "needs_reauth"),
        (page("<html>busy</html>", 503), Retryable, "server_error"),
        (page("<html>portal</html>", 200), Retryable, "unreadable_answer"),
        (said(["odd"]), Permanent, "unexpected_answer"),
    ],
)
def test_each_refusal_has_its_meaning(script: Script, answer: httpx.Response, error: type, code: str) -> None:
    script.on(TASKS, answer)
    with pytest.raises(error) as caught:
        script.open().workflows.tasks(KEY)
    assert caught.value.specific_code == code


def test_claiming_again_is_fine_and_claiming_anothers_task_is_a_conflict(script: Script) -> None:
    script.on("POST workflow.test/workflow/v1/tasks/t", said({"exception": "claimed"}, 409))
    script.on(f"{TASKS}/t", said({"id": "t", "assignee": "anna"}))
    workflows = script.open().workflows
    workflows.claim("t", "anna")
    with pytest.raises(Conflict):
        workflows.claim("t", "tom")


def test_a_model_is_deployed_as_base64_and_plainly_where_that_is_refused(script: Script) -> None:
    def plain_only(request: httpx.Request) -> httpx.Response:
        content = json.loads(request.content)["modelContent"]
        if not content.startswith("<"):
            return said({"exception": "Content is not allowed in prolog"}, 400)
        return said({"id": "m", "key": "p", "version": 3}, 201)

    models = "POST workflow.test/workflow/v1/runtime/models"
    script.on(models, plain_only)
    deployment = script.open().deployment
    assert deployment.deploy("<definitions/>", "p").version == 3
    deployment.deploy("<definitions/>", "p")
    assert len(script.asked(models)) == 3


def test_a_model_that_has_not_changed_is_not_deployed_again(script: Script) -> None:
    models = "GET workflow.test/workflow/v1/runtime/models"
    script.on(models, hal({"id": "m", "key": "p", "version": 4}, {"id": "n", "key": "pp", "version": 9}))
    script.on(models.replace("GET", "POST"), said({"id": "m", "key": "p", "version": 5}, 201))
    deployment = script.open().deployment
    first = deployment.ensure_deployed("p", "<a/>\n")
    same = deployment.ensure_deployed("p", "<a/>\r\n", first.digest)
    assert (first.version, same.version) == (5, 4)
    assert deployment.ensure_deployed("p", "<b/>", first.digest).version == 5
    assert len(script.asked(models.replace("GET", "POST"))) == 2
