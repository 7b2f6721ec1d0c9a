"""Every path of six models, run by the stand-in's engine from the files we ship; and that these are all paths."""

import pytest

from app.opentext.workflow_service.models import MODELS
from tests.extensions.paths import COMMON, EVERYBODY, Do, Graph, Late, Path, Tried, prepare, walk, went_through
from tests.extensions.tried_models import BACKORDER, COLLECTION, COMPLAINT, PRICE, RETURNS, TRIED
from tests.sandbox.workflow.harness import HISTORY, Harness

PATHS = [pytest.param(tried, path, id=f"{tried.key}: {path.title}") for tried in TRIED for path in tried.paths]
FACTS = [pytest.param(tried, name, id=f"{tried.key} {name}") for tried in TRIED for name in tried.all_facts()]
EACH = [pytest.param(tried, id=tried.key) for tried in TRIED]


@pytest.mark.parametrize(("tried", "path"), PATHS)
def test_the_path_ends_and_is_reported_once(flows: Harness, tried: Tried, path: Path) -> None:
    prepare(flows, tried)
    instance = walk(flows, tried, path)
    assert flows.tasks() == []
    ended = flows.history(instance["id"])
    assert ended["endTime"]
    assert ended["deleteReason"] is None
    assert flows.variables(instance["id"])["decision"] == path.reported
    (call,) = flows.receiver.calls
    assert (call.path, call.headers["x-case-token"]) == ("/callbacks/workflow/v1/decisions", COMMON["callback_token"])
    assert call.body == {"case": "case-5", "process": tried.key, "decision": path.reported, "actor": ""}
    trail = flows.listed(f"{HISTORY}/historic-task-instances", processInstanceId=instance["id"])
    assert [(t["taskDefinitionKey"], bool(t["deleteReason"])) for t in trail] == [
        (step.task, isinstance(step, Late)) for step in path.steps
    ]


@pytest.mark.parametrize("tried", EACH)
def test_the_paths_take_every_flow_of_the_model(flows: Harness, tried: Tried) -> None:
    prepare(flows, tried)
    taken = set()
    for path in tried.paths:
        taken |= went_through(flows, tried, walk(flows, tried, path)["id"])
    assert taken == set(Graph(tried.key).flows)


@pytest.mark.parametrize("tried", EACH)
def test_the_paths_try_every_outcome_and_every_deadline_of_every_task(tried: Tried) -> None:
    steps = [step for path in tried.paths for step in path.steps]
    graph = Graph(tried.key)
    assert {step.task for step in steps if isinstance(step, Late)} == set(graph.timers)
    done = {(step.task, step.outcome) for step in steps if isinstance(step, Do)}
    assert done == {(task, value) for task, values in graph.tasks.items() for value in values}


def test_every_model_is_tried_here_or_has_a_file_of_its_own() -> None:
    assert {tried.key for tried in TRIED} == set(MODELS) - {"sf_order_review", "sf_content_approval"}


@pytest.mark.parametrize(("tried", "missing"), FACTS)
def test_every_variable_of_the_table_is_needed(flows: Harness, tried: Tried, missing: str) -> None:
    """Without it some path is refused: at the start or, at the latest, by the step that names it."""
    prepare(flows, tried)
    in_time = [path for path in tried.paths if not any(isinstance(step, Late) for step in path.steps)]
    said = next((text for path in in_time if (text := _refusal(flows, tried, path, missing))), "")
    assert "Unknown property used in expression" in said


def _refusal(flows: Harness, tried: Tried, path: Path, missing: str) -> str:
    """What is said against the path where one variable is missing; nothing where nobody misses it."""
    facts = {name: value for name, value in (tried.all_facts() | path.facts).items() if name != missing}
    answer = flows.try_start(tried.key, **facts)
    for step in path.steps:
        if answer.is_success and isinstance(step, Do):
            variables = [{"name": name, "value": value} for name, value in step.variables.items()]
            answer = flows.decide(EVERYBODY[0], step.outcome or None, variables=variables)
    for task in flows.engine.tasks():
        flows.client.delete(f"/workflow/v1/process-instances/{task.instance_id}")
    return "" if answer.is_success else str(answer.json()["exception"])


@pytest.mark.parametrize(
    ("tried", "asking", "task", "shown"),
    [
        (RETURNS, "triage", "answer", "The returns team asks: Which floor?"),
        (BACKORDER, "decide", "customer", "Operations ask: Which floor?"),
    ],
)
def test_a_question_is_shown_to_who_is_asked_and_the_answer_to_who_asked(
    flows: Harness, tried: Tried, asking: str, task: str, shown: str
) -> None:
    prepare(flows, tried)
    flows.start(tried.key, **tried.all_facts())
    flows.decide(EVERYBODY[0], "more_info", variables=[{"name": "decision_comment", "value": "Which floor?"}])
    (asked,) = flows.tasks()
    assert asked["description"].endswith(shown)
    if tried is RETURNS:
        flows.decide(EVERYBODY[1], variables=[{"name": "decision_comment", "value": "The second."}])
        (again,) = flows.tasks()
        assert (flows.engine.tasks()[0].key, again["description"].endswith("Note: The second.")) == (asking, True)
    else:
        assert flows.engine.tasks()[0].key == task


def test_what_was_written_on_the_way_is_not_taken_for_the_reason(flows: Harness) -> None:
    prepare(flows, COMPLAINT)
    instance = flows.start(COMPLAINT.key, **COMPLAINT.all_facts())
    flows.decide(EVERYBODY[0])
    flows.decide(EVERYBODY[0], "resolved_refund", variables=[{"name": "decision_comment", "value": "Broken leg"}])
    (task,) = flows.tasks()
    assert "Proposed by support: resolved_refund" in task["description"]
    assert task["description"].endswith("Note: Broken leg")
    flows.decide(EVERYBODY[1], "resolved_refund")
    assert flows.variables(instance["id"])["decision_comment"] == ""


def test_operations_read_that_the_customer_did_not_answer(flows: Harness) -> None:
    prepare(flows, BACKORDER)
    flows.start(BACKORDER.key, **BACKORDER.all_facts())
    assert "Customer: not asked." in flows.tasks()[0]["description"]
    flows.decide(EVERYBODY[0], "more_info")
    flows.later(days=7, seconds=1)
    assert "Customer: no answer in time." in flows.tasks()[0]["description"]


def test_a_reminder_is_a_fresh_task_that_anybody_of_the_group_may_take(flows: Harness) -> None:
    prepare(flows, COLLECTION)
    flows.start(COLLECTION.key, **COLLECTION.all_facts())
    (first,) = flows.tasks()
    assert flows.act(first["id"], "claim", assignee=EVERYBODY[0]).status_code == 204
    flows.later(days=3, seconds=1)
    (second,) = flows.tasks()
    assert second["name"] == "Reminder: collect documents for customer 31"
    assert (second["assignee"], second["createTime"] > first["createTime"]) == (None, True)
    assert "Reminders left after this one: 1." in second["description"]
    assert flows.act(second["id"], "claim", assignee=EVERYBODY[1]).status_code == 204


def test_an_approved_discount_is_the_requested_one_whatever_an_earlier_round_left(flows: Harness) -> None:
    prepare(flows, PRICE)
    instance = flows.start(PRICE.key, **PRICE.all_facts() | {"approved_percent": 90})
    flows.decide(EVERYBODY[0], "approved")
    assert flows.variables(instance["id"])["approved_percent"] == 12.5


def test_a_discount_entered_as_text_is_compared_as_a_number(flows: Harness) -> None:
    prepare(flows, PRICE)
    flows.start(PRICE.key, **PRICE.all_facts())
    flows.decide(EVERYBODY[0], "approved_modified", variables=[{"name": "approved_percent", "value": "30"}])
    assert flows.engine.tasks()[0].key == "finance_modified"
