"""HTTP tasks: what is sent, with which token, what becomes of the answer, what a failure undoes."""

import threading
from typing import Any

import httpx
import pytest

from sandbox.kernel.faults import FaultRule
from tests.sandbox.workflow.harness import (
    ANNA,
    CREDENTIALS,
    HISTORY,
    RUNTIME,
    Harness,
    http_task,
    process,
    straight,
    user_task,
)


def after_a_task(flows: Harness, call: str, **variables: Any) -> str:
    """A process that calls out when its one task is completed; gives the instance's id."""
    flows.deploy(process(straight(user_task(), call)))
    return str(flows.start("p", **variables)["id"])


def test_method_url_headers_and_body_are_filled_from_variables(flows: Harness) -> None:
    call = http_task(
        requestMethod="PUT",
        requestUrl="http://app.test/orders/${number}",
        requestHeaders="Content-Type: application/json\nX-Case: ${number}",
        requestBody='{"n":${number},"who":"${who}"}',
    )
    after_a_task(flows, call, number=7, who="anna")
    flows.decide(ANNA)
    (got,) = flows.receiver.calls
    assert (got.method, got.path, got.body) == ("PUT", "/orders/7", {"n": 7, "who": "anna"})
    assert got.headers["x-case"] == "7"
    assert "authorization" not in got.headers


def test_the_token_is_fetched_first_as_json(flows: Harness) -> None:
    after_a_task(flows, http_task(authentication=CREDENTIALS))
    flows.decide(ANNA)
    (asked,) = flows.receiver.tokens
    assert asked.body == {"client_id": "caller", "client_secret": "secret", "grant_type": "client_credentials"}
    assert flows.receiver.calls[0].headers["authorization"] == "Bearer token-of-the-receiver"


def test_the_token_is_asked_for_by_form_where_the_model_says_so(flows: Harness) -> None:
    details = CREDENTIALS.replace("application/json", "application/x-www-form-urlencoded").replace(
        'grantType="client_credentials"', 'grantType="password" username="u" password="p" scope="s"'
    )
    after_a_task(flows, http_task(authentication=details))
    flows.decide(ANNA)
    assert flows.receiver.tokens[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert set(flows.receiver.tokens[0].body.split("&")) == {
        "client_id=caller", "client_secret=secret", "grant_type=password", "username=u", "password=p", "scope=s",
    }  # fmt: skip


def test_the_answer_becomes_a_variable(flows: Harness) -> None:
    fields = {"responseVariableName": "answer", "saveResponseVariableAsJson": "true", "saveResponseParameters": "true"}
    id = after_a_task(flows, http_task(**fields))
    flows.decide(ANNA)
    assert flows.variables(id) == {
        "answer": {"status": "accepted"},
        "callResponseStatusCode": 202,
        "callResponseReason": "Accepted",
    }


def test_an_answer_that_is_not_json_stays_text(flows: Harness) -> None:
    flows.receiver.answer = "plain"
    id = after_a_task(flows, http_task(responseVariableName="answer", saveResponseVariableAsJson="true"))
    flows.decide(ANNA)
    assert flows.variables(id) == {"answer": "plain"}


def test_an_error_status_goes_on_unless_the_model_lists_it(flows: Harness) -> None:
    flows.receiver.status = 500
    id = after_a_task(flows, http_task())
    assert flows.decide(ANNA).status_code == 204
    assert flows.history(id)["endTime"]
    assert flows.engine.instance(id).calls[0].status == 500


@pytest.mark.parametrize(("codes", "status"), [("5XX", 503), ("404,409", 409), ("4xx, 5xx", 401)])
def test_a_listed_status_fails_the_whole_call_and_keeps_the_task(flows: Harness, codes: str, status: int) -> None:
    flows.receiver.status = status
    id = after_a_task(flows, http_task(failStatusCodes=codes))
    answer = flows.decide(ANNA, variables=[{"name": "late", "value": 1}])
    assert answer.status_code == 400
    assert f"status code {status}" in answer.json()["exception"]
    (task,) = flows.tasks()
    assert task["assignee"] == ANNA
    assert flows.variables(id) == {}
    assert flows.world.ledger.effects("workflow", "completed") == []
    flows.receiver.status = 202
    assert flows.act(task["id"], "complete").status_code == 204
    assert flows.history(id)["endTime"]


@pytest.mark.parametrize(
    "broken",
    [{"requestUrl": "http://nobody.test/x"}, {"requestUrl": "no url"}, {"requestHeaders": "no colon"}],
)
def test_a_call_that_cannot_be_made_fails_the_completion(flows: Harness, broken: dict[str, str]) -> None:
    after_a_task(flows, http_task(**broken))
    answer = flows.decide(ANNA)
    assert answer.status_code == 400
    assert answer.json()["exception"].startswith("HTTP exception occurred in 'call'")
    assert len(flows.tasks()) == 1


@pytest.mark.parametrize("status", [401, 500])
def test_no_token_no_call(flows: Harness, status: int) -> None:
    flows.receiver.token_status = status
    after_a_task(flows, http_task(authentication=CREDENTIALS))
    assert f"token endpoint answered {status}" in flows.decide(ANNA).json()["exception"]
    assert flows.receiver.calls == []


def test_a_model_that_ignores_failures_goes_on_and_says_why(flows: Harness) -> None:
    id = after_a_task(flows, http_task(requestUrl="http://nobody.test/x", ignoreException="true"))
    assert flows.decide(ANNA).status_code == 204
    assert "no stand-in at nobody.test" in flows.variables(id)["callErrorMessage"]


def test_during_the_call_the_history_still_shows_the_task_open(flows: Harness) -> None:
    """As in the engine: what is called cannot see the transaction that calls it."""
    id = after_a_task(flows, http_task())
    seen: list[Any] = []
    flows.receiver.on_call = lambda: seen.append((flows.history(id)["endTime"], len(flows.tasks())))
    flows.decide(ANNA)
    assert seen == [(None, 1)]
    assert flows.history(id)["endTime"]


def test_during_the_call_others_are_answered(flows: Harness) -> None:
    """The service's lock is free while an HTTP task waits for its answer."""
    id = after_a_task(flows, http_task())
    answered = threading.Event()

    def read_in_another_thread() -> None:
        def read() -> None:
            flows.start("p", "another")
            if flows.history(id)["endTime"] is None:
                answered.set()

        reader = threading.Thread(target=read)
        reader.start()
        assert answered.wait(5), "the history did not answer while the HTTP task was out"
        reader.join()

    flows.receiver.on_call = read_in_another_thread
    assert flows.decide(ANNA).status_code == 204


def test_two_completions_of_one_task_are_one(flows: Harness) -> None:
    """The second waits for the first and finds the task gone."""
    after_a_task(flows, http_task())
    (task,) = flows.tasks()
    flows.act(task["id"], "claim", assignee=ANNA)
    second: list[httpx.Response] = []
    late = threading.Thread(target=lambda: second.append(flows.act(task["id"], "complete")))
    flows.receiver.on_call = lambda: late.start() if not late.ident else None
    assert flows.act(task["id"], "complete").status_code == 204
    late.join(5)
    assert [answer.status_code for answer in second] == [404]
    assert len(flows.receiver.calls) == 1


def test_acting_on_the_instance_that_calls_is_a_conflict(flows: Harness) -> None:
    id = after_a_task(flows, http_task())
    url = f"{RUNTIME}/process-instances/{id}/comments"
    answers: list[int] = []
    flows.receiver.on_call = lambda: answers.append(flows.client.post(url, json={"message": "x"}).status_code)
    assert flows.decide(ANNA).status_code == 204
    assert answers == [409]


def test_a_withheld_call_counts_as_made_and_arrives_when_released(flows: Harness) -> None:
    flows.world.faults.add(FaultRule(system="workflow", path="/hook", kind="withhold", count=1))
    id = after_a_task(flows, http_task(failStatusCodes="4XX,5XX"))
    assert flows.decide(ANNA).status_code == 204
    assert flows.receiver.calls == []
    assert flows.history(id)["endTime"]
    assert flows.world.deliveries.release() == 1
    assert len(flows.receiver.calls) == 1


def test_a_doubled_call_arrives_twice(flows: Harness) -> None:
    flows.world.faults.add(FaultRule(system="workflow", path="/hook", kind="duplicate"))
    after_a_task(flows, http_task())
    flows.decide(ANNA)
    assert len(flows.receiver.calls) == 2


def test_a_call_with_a_token_that_is_over(flows: Harness) -> None:
    flows.receiver.token = "e30.eyJpYXQiOjIwMDAsImV4cCI6MjYwMH0.c2ln"
    flows.engine.set_switches(expired_callback_token=True)
    after_a_task(flows, http_task(authentication=CREDENTIALS))
    flows.decide(ANNA)
    sent = flows.receiver.calls[0].headers["authorization"]
    assert sent != f"Bearer {flows.receiver.token}"
    assert sent.startswith("Bearer e30.")
    flows.later(minutes=11)
    flows.receiver.token = "a-new-one"
    flows.start("p")
    flows.decide(ANNA)
    assert flows.receiver.calls[1].headers["authorization"] == "Bearer e30.eyJpYXQiOjIwMDAsImV4cCI6MjYwMH0.c2ln"


def test_a_reset_during_the_call_is_not_undone_by_it(flows: Harness) -> None:
    after_a_task(flows, http_task())
    flows.receiver.on_call = flows.world.reset
    assert flows.decide(ANNA).status_code == 404
    assert flows.engine.instances() == []
    assert flows.as_service().get(f"{HISTORY}/historic-process-instances").json()["page"]["totalElements"] == 0
