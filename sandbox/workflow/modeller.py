"""The modeller's JSON (`modelType: json`) read as BPMN, for the stencils of the portable subset.

Takes the canvas itself or the whole `.otwf` envelope's `data`; refuses a stencil or a listener it would not
run. Source: OpenText workflow reference, the modeller JSON.
"""

from typing import Any

from lxml import etree

from sandbox.workflow.dialect import BPMN, WORKFLOW
from sandbox.workflow.errors import WorkflowError

Json = dict[str, Any]
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
TAGS = {
    "StartNoneEvent": "startEvent", "StartMessageEvent": "startEvent", "EndNoneEvent": "endEvent",
    "EndTerminateEvent": "endEvent", "UserTask": "userTask", "HttpTask": "serviceTask",
    "CallActivity": "callActivity", "ExclusiveGateway": "exclusiveGateway",
    "ParallelGateway": "parallelGateway",
    "InclusiveGateway": "inclusiveGateway", "BoundaryTimerEvent": "boundaryEvent",
    "CatchTimerEvent": "intermediateCatchEvent", "SequenceFlow": "sequenceFlow",
}  # fmt: skip
DRAWN_ONLY = {"TextAnnotation", "Association"}
HTTP = {
    "httptaskrequestmethod": "requestMethod", "httptaskrequesturl": "requestUrl",
    "httptaskrequestheaders": "requestHeaders", "httptaskrequestbody": "requestBody",
    "httptaskrequestbodyencoding": "requestBodyEncoding", "httptaskrequesttimeout": "requestTimeout",
    "httptaskresponsevariablename": "responseVariableName",
    "httptasksaveresponseasjson": "saveResponseVariableAsJson",
    "httptasksaveresponseparameters": "saveResponseParameters", "httptaskfailstatuscodes": "failStatusCodes",
    "httptaskhandlestatuscodes": "handleStatusCodes", "httptaskignoreexception": "ignoreException",
    "httptaskdisallowredirects": "disallowRedirects", "httptaskresultvariableprefix": "resultVariablePrefix",
}  # fmt: skip
USER_TASK = {
    "tasktype": "taskType", "outcomevariable": "outcomeVariable", "possibleoutcomes": "possibleOutcomes",
    "completioncondition": "completioncondition", "prioritydefinition": "priority",
    "duedatedefinition": "dueDate",
    "categorydefinition": "category",
}  # fmt: skip


def to_bpmn(content: Any) -> str:
    """The model as BPMN XML. Raises WorkflowError with what is missing or not run here."""
    if not isinstance(content, dict) or not isinstance(content.get("childShapes"), list):
        raise WorkflowError("modelContent must be the modeller's JSON object with childShapes")
    properties = content.get("properties") or {}
    if not properties.get("process_id"):
        raise WorkflowError("modelContent.properties.process_id is required")
    return _Canvas(content["childShapes"], properties).xml()


class _Canvas:
    def __init__(self, shapes: list[Json], properties: Json) -> None:
        self.properties = properties
        self.shapes = {str(s["resourceId"]): s for s in shapes if _stencil(s) not in DRAWN_ONLY}
        self.source: dict[str, str] = {}
        for id, shape in self.shapes.items():
            for out in shape.get("outgoing", []):
                self.source[out["resourceId"]] = id if _stencil(shape) != "SequenceFlow" else ""

    def xml(self) -> str:
        nsmap = {None: BPMN, "xsi": XSI, "workflow": WORKFLOW, "bpmndi": DI, "dc": DC}
        root = etree.Element(f"{{{BPMN}}}definitions", nsmap=nsmap)  # type: ignore[arg-type]  # None is the default
        root.set("targetNamespace", self.properties.get("process_namespace") or "http://www.opentext.com/workflow")
        for message in self.properties.get("messagedefinitions") or []:
            _bpmn(root, "message", id=message["id"], name=message["name"])
        process = _bpmn(root, "process", id=self.properties["process_id"], isExecutable="true")
        process.set("name", self.properties.get("name") or self.properties["process_id"])
        _common(process, self.properties)
        for id, shape in self.shapes.items():
            self._element(process, id, shape)
        self._diagram(root)
        return etree.tostring(root, encoding="unicode")

    def _element(self, process: Any, id: str, shape: Json) -> None:
        stencil, properties = _stencil(shape), shape.get("properties") or {}
        if stencil not in TAGS:
            raise WorkflowError(f"stencil {stencil} is not run here ('{id}')")
        element = _bpmn(process, TAGS[stencil], id=id)
        if properties.get("name"):
            element.set("name", properties["name"])
        _common(element, properties)
        if stencil == "SequenceFlow":
            self._flow(element, id, shape, properties)
        elif stencil == "UserTask":
            _user_task(element, properties)
        elif stencil == "HttpTask":
            _http(element, properties)
        elif stencil == "CallActivity":
            _call(element, properties)
        elif stencil in ("BoundaryTimerEvent", "CatchTimerEvent"):
            self._timer(element, id, stencil, properties)
        elif stencil == "EndTerminateEvent":
            _bpmn(element, "terminateEventDefinition")
        elif stencil == "StartMessageEvent":
            _bpmn(element, "messageEventDefinition", messageRef=properties.get("messageref") or "")

    def _flow(self, element: Any, id: str, shape: Json, properties: Json) -> None:
        target = (shape.get("target") or {}).get("resourceId")
        if not target or not self.source.get(id):
            raise WorkflowError(f"sequence flow '{id}' has no source or target")
        element.set("sourceRef", self.source[id])
        element.set("targetRef", target)
        given = properties.get("conditionsequenceflow")
        text = given.get("expression", {}).get("staticValue") if isinstance(given, dict) else given
        if text:
            _bpmn(element, "conditionExpression").text = text
        if _true(properties.get("defaultflow")):
            host = element.getparent().find(f"{{{BPMN}}}*[@id='{self.source[id]}']")
            if host is not None:
                host.set("default", id)

    def _timer(self, element: Any, id: str, stencil: str, properties: Json) -> None:
        if stencil == "BoundaryTimerEvent":
            if not self.source.get(id):
                raise WorkflowError(f"boundary event '{id}' is attached to no activity")
            element.set("attachedToRef", self.source[id])
            element.set("cancelActivity", "true" if _true(properties.get("cancelactivity", True)) else "false")
        if not properties.get("timerdurationdefinition"):
            raise WorkflowError(f"timer '{id}' has no duration")
        _bpmn(_bpmn(element, "timerEventDefinition"), "timeDuration").text = properties["timerdurationdefinition"]

    def _diagram(self, root: Any) -> None:
        diagram = etree.SubElement(root, f"{{{DI}}}BPMNDiagram")
        plane = etree.SubElement(diagram, f"{{{DI}}}BPMNPlane", bpmnElement=self.properties["process_id"])
        for id, shape in self.shapes.items():
            if _stencil(shape) == "SequenceFlow" or not shape.get("bounds"):
                continue
            upper, lower = shape["bounds"]["upperLeft"], shape["bounds"]["lowerRight"]
            size = {"width": lower["x"] - upper["x"], "height": lower["y"] - upper["y"]}
            drawn = etree.SubElement(plane, f"{{{DI}}}BPMNShape", bpmnElement=id)
            etree.SubElement(drawn, f"{{{DC}}}Bounds", {k: str(v) for k, v in (upper | size).items()})


def _stencil(shape: Any) -> str:
    try:
        return str(shape["stencil"]["id"])
    except (TypeError, KeyError) as error:
        raise WorkflowError("a shape without stencil") from error


def _true(value: Any) -> bool:
    return value is True or value == "true"


def _bpmn(parent: Any, tag: str, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{BPMN}}}{tag}", attributes)


def _workflow(parent: Any, tag: str, attributes: dict[str, str] | None = None) -> Any:
    return etree.SubElement(parent, f"{{{WORKFLOW}}}{tag}", attributes or {})


def _extensions(element: Any) -> Any:
    found = element.find(f"{{{BPMN}}}extensionElements")
    return found if found is not None else _bpmn(element, "extensionElements")


def _common(element: Any, properties: Json) -> None:
    """Documentation and execution listeners."""
    if properties.get("documentation"):
        _bpmn(element, "documentation").text = properties["documentation"]
    for listener in (properties.get("executionlisteners") or {}).get("executionListeners", []):
        entry = {"event": listener["event"], "expression": listener.get("expression") or ""}
        for flag in ("isMailNotification", "isExecuteScriptEnabled"):
            entry[flag] = "true" if _true(listener.get(flag)) else "false"
        _workflow(_extensions(element), "executionListener", entry)


def _user_task(element: Any, properties: Json) -> None:
    assignment = (properties.get("usertaskassignment") or {}).get("assignment", {})
    if assignment.get("assignee"):
        element.set(f"{{{WORKFLOW}}}assignee", assignment["assignee"])
    for name in ("candidateUsers", "candidateGroups"):
        listed = ",".join(entry["value"] for entry in assignment.get(name) or [] if entry.get("value"))
        if listed:
            element.set(f"{{{WORKFLOW}}}{name}", listed)
    for name, attribute in USER_TASK.items():
        if properties.get(name):
            element.set(f"{{{WORKFLOW}}}{attribute}", str(properties[name]))


def _http(element: Any, properties: Json) -> None:
    element.set(f"{{{WORKFLOW}}}type", "http")
    extensions = _extensions(element)
    if details := properties.get("authenticationdetails"):
        attributes = {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in details.items()}
        _workflow(extensions, "authenticationDetails", attributes)
    for name, value in properties.items():
        if not name.startswith("httptask") or value in ("", None):
            continue
        if name not in HTTP:
            raise WorkflowError(f"HTTP task '{element.get('id')}': not run here: {name}")
        text = str(value).lower() if isinstance(value, bool) else str(value)
        field = _workflow(extensions, "field", {"name": HTTP[name]})
        _workflow(field, "expression" if "${" in text else "string").text = text


def _call(element: Any, properties: Json) -> None:
    if properties.get("callactivitycalledelementtype", "key") != "key":
        raise WorkflowError(f"call activity '{element.get('id')}': only processes named by key are called here")
    element.set("calledElement", properties.get("callactivitycalledelement") or "")
    for name in ("inheritVariables", "inheritBusinessKey"):
        if _true(properties.get(f"callactivity{name.lower()}")):
            element.set(f"{{{WORKFLOW}}}{name}", "true")
    for kind, name in (("in", "inParameters"), ("out", "outParameters")):
        for parameter in (properties.get(f"callactivity{kind}parameters") or {}).get(name, []):
            given = {k: v for k, v in parameter.items() if v}
            _workflow(_extensions(element), kind, given)
