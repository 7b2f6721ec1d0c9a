"""Reads the service's BPMN dialect with SpiffWorkflow and keeps a running process as plain data.

The dialect is BPMN 2.0 with the namespace `http://workflow.opentext.com` (source: OpenText workflow
reference, the BPMN dialect). What the engine would run and this cannot (scripts, mail, cycles, loops) is
refused at deployment, never skipped.
"""

import copy
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    IntermediateCatchEventParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.event_definition import TimerConditionalEventDefinitionConverter
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    ExclusiveGateway,
    InclusiveGateway,
    IntermediateCatchEvent,
    ManualTask,
    ParallelGateway,
    StartEvent,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
    TimerEventDefinition,
)
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.specs.base import TaskSpec

from sandbox.workflow.errors import ProcessFailed, WorkflowError

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
WORKFLOW = "http://workflow.opentext.com"
UNSUPPORTED = {
    "scriptTask": "script tasks", "sendTask": "send tasks", "businessRuleTask": "decision tasks",
    "subProcess": "embedded subprocesses", "transaction": "transactions",
    "adHocSubProcess": "ad hoc subprocesses",
    "multiInstanceLoopCharacteristics": "multi-instance activities",
    "standardLoopCharacteristics": "loop activities",
    "timeCycle": "timer cycles", "signalEventDefinition": "signals", "errorEventDefinition": "error events",
    "escalationEventDefinition": "escalations", "eventBasedGateway": "event based gateways",
    "intermediateThrowEvent": "throw events",
}  # fmt: skip


class Steps(Protocol):
    """What a running process asks of the outside: its own time, its variables, calls over HTTP."""

    def now(self) -> datetime: ...
    def fires(self, step: str) -> bool: ...
    def value(self, expression: str) -> Any: ...
    def condition(self, expression: str) -> bool: ...
    def call_http(self, activity_id: str, extensions: dict[str, Any]) -> None: ...


@dataclass
class Parsed:
    """A process read from BPMN. `spec` is the library's specification as plain data."""

    key: str
    name: str
    documentation: str
    spec: dict[str, Any]
    start_activity: str
    start_message: str | None
    listeners: list[dict[str, Any]] = field(default_factory=list)


class ScriptEngine(PythonScriptEngine):  # type: ignore[misc]
    """Hands the library's questions to the run; no Python is ever evaluated."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self.steps = steps

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:  # noqa: ARG002
        """Only gateways ask here: their conditions must be true or false."""
        return self.steps.condition(expression)

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:  # noqa: ARG002
        raise ProcessFailed("script tasks are not run here")


class HttpTask(BpmnSpecMixin):  # type: ignore[misc]
    """A service task that calls out over HTTP; its fields are in `extensions`."""

    def _run_hook(self, task: Any) -> bool:
        task.workflow.script_engine.steps.call_http(self.bpmn_id, self.extensions)
        return True


class CalledProcess(BpmnSpecMixin):  # type: ignore[misc]
    """A call activity: waits, like a person's task, until the instance it started has ended."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = True


class ClockedDuration(DurationTimerEventDefinition):  # type: ignore[misc]
    """A timer that runs on the sandbox's clock; its due time is fixed when the process arrives.

    It fires only when the run says so, one at a time: the first of two deadlines takes the second away.
    """

    def has_fired(self, task: Any) -> bool:
        steps = task.workflow.script_engine.steps
        if task._get_internal_data("event_value") is None:
            task._set_internal_data(event_value=self.due(steps).isoformat())
        if steps.fires(str(task.id)):
            task._set_internal_data(event_fired=True)
        return bool(task._get_internal_data("event_fired", False))

    def due(self, steps: Steps) -> datetime:
        return due_after(steps.value(self.expression), steps.now())


class ClockedDate(TimeDateEventDefinition):  # type: ignore[misc]
    """A timer for a given moment, ISO 8601 with offset."""

    has_fired = ClockedDuration.has_fired

    def due(self, steps: Steps) -> datetime:
        expression = steps.value(self.expression)
        try:
            moment = datetime.fromisoformat(expression)
        except (TypeError, ValueError) as error:
            raise ProcessFailed(f"couldn't resolve date '{expression}'") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=steps.now().tzinfo)


def due_after(duration: Any, start: datetime) -> datetime:
    """When an ISO 8601 duration that begins at `start` is over."""
    try:
        if not str(duration).upper().startswith("P"):
            raise ValueError("not a duration")
        parsed = TimerEventDefinition.parse_iso_duration(str(duration))
        span = TimerEventDefinition.get_timedelta_from_start(parsed, start)
    except Exception as error:  # the library raises plain Exception for a bad duration
        raise ProcessFailed(f"couldn't resolve duration '{duration}'") from error
    return start + timedelta(seconds=span.total_seconds())


class _Extensions:
    """Keeps the dialect's attributes and children of a node as plain data in `extensions`."""

    node: Any

    def parse_extensions(self, node: Any = None) -> dict[str, Any]:  # noqa: ARG002  # the library's signature
        return extensions_of(self.node)


class _Timers(_Extensions):
    node: Any
    xpath: Callable[[str], list[Any]]
    get_event_description: Callable[[Any], Any]

    def parse_timer_event(self, event: Any) -> Any:
        name = self.node.get("name", self.node.get("id"))
        description = self.get_event_description(event)
        for tag, kind in (("timeDuration", ClockedDuration), ("timeDate", ClockedDate)):
            found = self.xpath(f".//bpmn:{tag}")
            if found and (found[0].text or "").strip():
                return kind(name, (found[0].text or "").strip(), description=description)
        raise ValidationException("timer without duration or date", node=self.node)


class _Start(_Extensions, StartEventParser):  # type: ignore[misc]
    """Starts at once: which message starts a process is decided outside, before there is an instance."""

    def get_event_definition(self, xpaths: list[str]) -> Any:  # noqa: ARG002
        return NoneEventDefinition(description="Default")


class _Activity(_Extensions, TaskParser): ...  # type: ignore[misc]


class _End(_Extensions, EndEventParser): ...  # type: ignore[misc]


class _Boundary(_Timers, BoundaryEventParser): ...  # type: ignore[misc]


class _Catch(_Timers, IntermediateCatchEventParser): ...  # type: ignore[misc]


class _Gateway(_Extensions, GatewayParser): ...  # type: ignore[misc]


class _Conditional(_Extensions, ConditionalGatewayParser): ...  # type: ignore[misc]


class DialectParser(BpmnParser):  # type: ignore[misc]
    """Only what the portable subset needs; any other element has no parser and is refused."""

    PARSER_CLASSES = {  # noqa: RUF012  # the library's own way
        full_tag("startEvent"): (_Start, StartEvent),
        full_tag("endEvent"): (_End, EndEvent),
        full_tag("userTask"): (_Activity, UserTask),
        full_tag("serviceTask"): (_Activity, HttpTask),
        full_tag("receiveTask"): (_Activity, ManualTask),
        full_tag("callActivity"): (_Activity, CalledProcess),
        full_tag("exclusiveGateway"): (_Conditional, ExclusiveGateway),
        full_tag("inclusiveGateway"): (_Conditional, InclusiveGateway),
        full_tag("parallelGateway"): (_Gateway, ParallelGateway),
        full_tag("boundaryEvent"): (_Boundary, BoundaryEvent),
        full_tag("intermediateCatchEvent"): (_Catch, IntermediateCatchEvent),
    }


SERIALIZER = BpmnWorkflowSerializer(
    BpmnWorkflowSerializer.configure(
        DEFAULT_CONFIG
        | {
            HttpTask: BpmnTaskSpecConverter,
            CalledProcess: BpmnTaskSpecConverter,
            ClockedDuration: TimerConditionalEventDefinitionConverter,
            ClockedDate: TimerConditionalEventDefinitionConverter,
        }
    )
)


def parse(xml: str) -> Parsed:
    """Read one executable process. Raises WorkflowError with the reason where it cannot be run."""
    if "<!DOCTYPE" in xml:
        raise WorkflowError("Error parsing XML: a document type is not allowed")
    try:
        root = etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise WorkflowError(f"Error parsing XML: {error}") from error
    processes = [p for p in root.iter(_bpmn("process")) if p.get("isExecutable", "true") == "true"]
    if len(processes) != 1:
        raise WorkflowError(f"exactly one executable process is expected, found {len(processes)}")
    process = processes[0]
    check(process)
    parser = DialectParser()
    try:
        parser.add_bpmn_xml(root)
        spec = parser.get_spec(process.get("id"))
    except ValidationException as error:
        raise WorkflowError(f"Validation of the model failed: {error}") from error
    return _described(root, process, SERIALIZER.to_dict(spec))


def begin(spec: dict[str, Any], steps: Steps) -> BpmnWorkflow:
    """A fresh run of a specification, at its start, nothing done yet."""
    return BpmnWorkflow(SERIALIZER.from_dict(copy.deepcopy(spec)), script_engine=ScriptEngine(steps))


def keep(workflow: BpmnWorkflow) -> bytes:
    """A run as compressed JSON, without its specification (which the model keeps)."""
    data: dict[str, Any] = SERIALIZER.to_dict(workflow)
    del data["spec"]
    return zlib.compress(json.dumps(data, separators=(",", ":")).encode())


def resume(progress: bytes, spec: dict[str, Any], steps: Steps) -> BpmnWorkflow:
    """A run taken up where `keep` left it."""
    data: dict[str, Any] = json.loads(zlib.decompress(progress))
    workflow = SERIALIZER.from_dict(data | {"spec": copy.deepcopy(spec)})
    workflow.script_engine = ScriptEngine(steps)
    return workflow


def is_call(spec: TaskSpec) -> bool:
    return isinstance(spec, CalledProcess)


def is_user_task(spec: TaskSpec) -> bool:
    return isinstance(spec, UserTask)


def is_end(spec: TaskSpec) -> bool:
    return isinstance(spec, EndEvent)


def is_http(spec: TaskSpec) -> bool:
    return isinstance(spec, HttpTask)


def check(process: Any) -> None:
    """Refuse what this engine would not run as the service does, with a reason that names the element."""
    for element in process.iter(etree.Element):
        tag = etree.QName(element)
        where = element.get("id") or process.get("id")
        if tag.namespace == BPMN and tag.localname in UNSUPPORTED:
            raise WorkflowError(f"{UNSUPPORTED[tag.localname]} are not run here ('{where}')")
        if tag.namespace == WORKFLOW and tag.localname == "executionListener":
            _check_listener(element)
        if tag.localname == "serviceTask" and element.get(_workflow("type")) != "http":
            raise WorkflowError(f"only service tasks of type http are run here ('{where}')")
        if tag.localname == "sequenceFlow":
            _check_flow(process, element)
        if tag.localname == "callActivity" and not element.get("calledElement"):
            raise WorkflowError(f"call activity '{where}' names no process")


def _check_listener(element: Any) -> None:
    owner = element.getparent().getparent()
    where = owner.get("id")
    if not element.get("expression") or element.get("event") not in ("start", "end"):
        raise WorkflowError(f"listener of '{where}': only expressions at start or end are run here")
    if etree.QName(owner).localname == "sequenceFlow":
        raise WorkflowError(f"listeners on sequence flows are not run here ('{where}')")
    if "true" in (element.get("isMailNotification"), element.get("isExecuteScriptEnabled")):
        raise WorkflowError(f"listener of '{where}': mail and scripts are not run here")


def _check_flow(process: Any, flow: Any) -> None:
    ids = {e.get("id") for e in process.iter(etree.Element)}
    for end in ("sourceRef", "targetRef"):
        if flow.get(end) not in ids:
            raise WorkflowError(f"sequence flow '{flow.get('id')}' has no {end} '{flow.get(end)}'")


def extensions_of(node: Any) -> dict[str, Any]:
    """Attributes, HTTP fields, authentication, listeners and call parameters of one BPMN element, as JSON."""
    attributes = {etree.QName(k).localname: v for k, v in node.attrib.items() if k.startswith(f"{{{WORKFLOW}}}")}
    children = node.find(_bpmn("extensionElements"))
    found: dict[str, Any] = {"attributes": attributes, "listeners": [], "fields": {}, "in": [], "out": []}
    if called := node.get("calledElement"):
        found["called"] = called
    for child in children if children is not None else []:
        if not isinstance(child.tag, str) or etree.QName(child).namespace != WORKFLOW:
            continue
        name = etree.QName(child).localname
        if name == "executionListener":
            found["listeners"].append({"event": child.get("event"), "expression": child.get("expression")})
        elif name == "field":
            found["fields"][child.get("name")] = _field(child)
        elif name == "authenticationDetails":
            found["authentication"] = dict(child.attrib)
        elif name in ("in", "out"):
            found[name].append(dict(child.attrib))
    return found


def _field(element: Any) -> dict[str, Any]:
    """A field's text and whether `${}` in it counts: a `string` is literal, an `expression` is not."""
    for kind in ("string", "expression"):
        child = element.find(_workflow(kind))
        if child is not None:
            return {"text": (child.text or "").strip(), "expression": kind == "expression"}
    raise WorkflowError(f"field '{element.get('name')}' has neither string nor expression")


def _described(root: Any, process: Any, spec: dict[str, Any]) -> Parsed:
    start = process.find(_bpmn("startEvent"))
    event = start.find(_bpmn("messageEventDefinition"))
    message = None
    if event is not None:
        names = {m.get("id"): m.get("name") for m in root.iter(_bpmn("message"))}
        message = names.get(event.get("messageRef"), event.get("messageRef"))
    note = process.find(_bpmn("documentation"))
    return Parsed(
        key=process.get("id"),
        name=process.get("name") or process.get("id"),
        documentation=(note.text or "").strip() if note is not None else "",
        spec=spec,
        start_activity=start.get("id"),
        start_message=message,
        listeners=extensions_of(process)["listeners"],
    )


def _bpmn(tag: str) -> str:
    return f"{{{BPMN}}}{tag}"


def _workflow(tag: str) -> str:
    return f"{{{WORKFLOW}}}{tag}"
