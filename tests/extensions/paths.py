"""What a path through a workflow model is: who does what, or what time passes; and how to see what it went through."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from app.opentext.workflow_service.models import load_model
from tests.sandbox.workflow.harness import HISTORY, Harness

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OUTCOMES = "{http://workflow.opentext.com}possibleOutcomes"
GATEWAYS = {f"{BPMN}exclusiveGateway"}
GROUP = "Everybody of the test"
EVERYBODY = ("ann@demo", "bob@demo")
COMMON: dict[str, Any] = {
    "case_id": "case-5", "callback_base": "http://app.test", "callback_token": "token-of-case-5", "approver": "",
    "sla": "P2D",
}  # fmt: skip


@dataclass(frozen=True)
class Do:
    """Somebody completes the one open task, which must be this one."""

    task: str
    outcome: str = ""
    group: str = ""  # the variable whose group is asked
    variables: dict[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Late:
    """Nobody completes the one open task, which must be this one, in this time."""

    task: str
    days: float


@dataclass(frozen=True)
class Path:
    """One way through a model: what differs from its facts, the steps, and what is reported at the end."""

    title: str
    steps: tuple[Do | Late, ...]
    reported: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tried:
    """A model, its start variables and every path; groups of the facts are the names of their own variables."""

    key: str
    facts: dict[str, Any]
    paths: tuple[Path, ...]

    def all_facts(self) -> dict[str, Any]:
        return COMMON | self.facts


def prepare(flows: Harness, tried: Tried) -> None:
    """Deploy the model; everybody belongs to every group its facts name."""
    groups = [str(value) for name, value in tried.all_facts().items() if name.endswith("_group")]
    for person in EVERYBODY:
        flows.engine.state.people[person] = groups
    flows.deploy(load_model(tried.key, "callback-client", "secret"))


def walk(flows: Harness, tried: Tried, path: Path) -> dict[str, Any]:
    """Go one path from its start to its last step; the instance as it was started."""
    instance = flows.start(tried.key, **tried.all_facts() | path.facts)
    for step in path.steps:
        (task,) = flows.tasks(includeTaskAssignments="true")
        assert open_task(flows) == step.task, path.title
        if isinstance(step, Late):
            flows.later(days=step.days - 0.01)
            assert [t["id"] for t in flows.tasks()] == [task["id"]], f"{path.title}: {step.task} ended too early"
            flows.later(days=0.02)
            continue
        if step.group:
            assert [a["group"] for a in task["assignments"]] == [tried.all_facts()[step.group]], path.title
        variables = [{"name": name, "value": value} for name, value in step.variables.items()]
        if step.note:
            variables.append({"name": "decision_comment", "value": step.note})
        answer = flows.decide(EVERYBODY[0], step.outcome or None, variables=variables)
        assert answer.status_code == 204, (path.title, answer.text)
    return instance


def open_task(flows: Harness) -> str:
    (task,) = flows.engine.tasks()
    return task.key


def went_through(flows: Harness, tried: Tried, instance_id: str) -> set[str]:
    """The ids of every sequence flow an ended instance took, from its history and the model."""
    graph = Graph(tried.key)
    trail = flows.listed(f"{HISTORY}/historic-task-instances", processInstanceId=instance_id, count="100")
    visited = [(t["taskDefinitionKey"], bool(t["deleteReason"])) for t in trail]
    leaving = ["start", *(graph.timer_of(key) if lost else key for key, lost in visited)]
    reached = [*(key for key, _ in visited), "report"]
    taken = {flow for source, target in zip(leaving, reached, strict=True) for flow in graph.between(source, target)}
    return taken | set(graph.between("report", "end"))


class Graph:
    """A model's steps and sequence flows."""

    def __init__(self, key: str) -> None:
        process = etree.fromstring(load_model(key, "client", "secret").encode()).find(f"{BPMN}process")
        self.flows = {
            f.get("id"): (f.get("sourceRef"), f.get("targetRef")) for f in process.iter(f"{BPMN}sequenceFlow")
        }
        self.gateways = {e.get("id") for e in process if e.tag in GATEWAYS}
        self.timers = {e.get("attachedToRef"): e.get("id") for e in process.iter(f"{BPMN}boundaryEvent")}
        self.tasks = {e.get("id"): _values(e) for e in process.iter(f"{BPMN}userTask")}

    def timer_of(self, task: str) -> str:
        return self.timers[task]

    def between(self, source: str, target: str) -> list[str]:
        """The flows from one step to the next one, gateways in between; there is exactly one such way."""
        ways = list(self._ways(source, target))
        assert len(ways) == 1, f"{len(ways)} ways from {source} to {target}"
        return ways[0]

    def _ways(self, source: str, target: str) -> Iterator[list[str]]:
        for id, (start, end) in self.flows.items():
            if start != source:
                continue
            if end == target:
                yield [id]
            elif end in self.gateways:
                yield from ([id, *rest] for rest in self._ways(end, target))


def _values(task: Any) -> set[str]:
    return {pair.partition(":")[2] for pair in task.get(OUTCOMES, "").split(",")}
