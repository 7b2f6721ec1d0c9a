"""Our BPMN models as the modeller's JSON: the file `.otwf`, and the `modelContent` of a deployment as JSON.

A second way into a tenant: where only the modeller's own projects may be deployed, or where the encoding of
XML content differs. Covers the portable subset and refuses the rest. Shapes without a diagram in the BPMN
are placed in a row. Source: OpenText workflow reference, the modeller JSON.

    python -m app.opentext.workflow_service.otwf FOLDER [--client-id ID < secret]

writes every model we ship as a file.
"""

import argparse
import json
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from app.errors import Permanent
from app.opentext.workflow_service.models import MODELS, load_model, model_file

Json = dict[str, Any]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
WORKFLOW = "{http://workflow.opentext.com}"
SCHEMA = "https://www.opentext.com/ocp/devx/workflow/1.0.0/Flow"
STENCIL_SET = {
    "namespace": "http://b3mn.org/stencilset/bpmn2.0#",
    "url": "../editor/stencilsets/bpmn2.0/bpmn2.0.json",
}
STENCILS = {
    "userTask": "UserTask",
    "callActivity": "CallActivity",
    "exclusiveGateway": "ExclusiveGateway",
    "parallelGateway": "ParallelGateway",
}
HTTP_FIELDS = {
    "requestMethod": "httptaskrequestmethod",
    "requestUrl": "httptaskrequesturl",
    "requestHeaders": "httptaskrequestheaders",
    "requestBody": "httptaskrequestbody",
    "requestBodyEncoding": "httptaskrequestbodyencoding",
    "requestTimeout": "httptaskrequesttimeout",
    "responseVariableName": "httptaskresponsevariablename",
    "saveResponseVariableAsJson": "httptasksaveresponseasjson",
    "failStatusCodes": "httptaskfailstatuscodes",
    "ignoreException": "httptaskignoreexception",
    "disallowRedirects": "httptaskdisallowredirects",
}
FLAGS = {"saveResponseVariableAsJson", "ignoreException", "disallowRedirects"}
Bounds = tuple[float, float, float, float]


def to_otwf(bpmn_xml: str) -> Json:
    """The `.otwf` file of a model: the modeller's content in its envelope. The same process has the same id.

    Raises Permanent for XML that is not one executable process of the portable subset.
    """
    content = to_model_content(bpmn_xml)
    key = content["properties"]["process_id"]
    return {
        "id": str(uuid5(NAMESPACE_URL, f"http://storefront-ecm.example/workflows/{key}")),
        "schemaId": SCHEMA,
        "data": content,
        "serviceName": "workflow",
    }


def to_model_content(bpmn_xml: str) -> Json:
    """The modeller's canvas of a model, as `modelContent` of a deployment with `modelType` json."""
    try:
        root = ET.fromstring(bpmn_xml)  # noqa: S314  # our own models, or a file its administrator names
    except ET.ParseError as error:
        raise Permanent("The workflow model is not well-formed XML.", code="bad_model") from error
    processes = [p for p in root.iter(f"{BPMN}process") if p.get("isExecutable") == "true"]
    if len(processes) != 1:
        raise Permanent("A workflow model holds exactly one executable process.", code="bad_model")
    return _Canvas(root, processes[0]).content()


class _Canvas:
    """One process and its diagram while it is turned into shapes."""

    def __init__(self, root: ET.Element, process: ET.Element) -> None:
        self.root, self.process = root, process
        self.steps = [e for e in process if _tag(e) not in ("documentation", "extensionElements", "sequenceFlow")]
        self.flows = process.findall(f"{BPMN}sequenceFlow")
        self.bounds = self._bounds()

    def content(self) -> Json:
        shapes = [self._step(e) for e in self.steps] + [self._flow(f) for f in self.flows]
        right = max(b[0] + b[2] for b in self.bounds.values())
        bottom = max(b[1] + b[3] for b in self.bounds.values())
        return {
            "modelId": "1",
            "resourceId": "canvas",
            "bounds": _corners((0, 0, right + 100, bottom + 100)),
            "stencil": {"id": "BPMNDiagram"},
            "stencilset": STENCIL_SET,
            "properties": self._process(),
            "childShapes": shapes,
        }

    def _bounds(self) -> dict[str, Bounds]:
        """Upper left corner, width and height of every step."""
        found: dict[str, Bounds] = {}
        for shape in self.root.iter(f"{DI}BPMNShape"):
            box = shape.find(f"{DC}Bounds")
            if box is not None:
                x, y, width, height = (float(box.get(k, "0")) for k in ("x", "y", "width", "height"))
                found[shape.get("bpmnElement", "")] = (x, y, width, height)
        for number, step in enumerate(self.steps):
            found.setdefault(_id(step), (50.0 + 160 * number, 100.0, 100.0, 80.0))
        return found

    def _process(self) -> Json:
        messages = [{"id": m.get("id"), "name": m.get("name")} for m in self.root.iter(f"{BPMN}message")]
        return {
            "process_id": _id(self.process),
            "name": self.process.get("name", _id(self.process)),
            "documentation": _documentation(self.process),
            "process_namespace": self.root.get("targetNamespace", ""),
            "process_historylevel": "audit",
            "isasynchistoryenable": True,
            "isexecutable": True,
            "messagedefinitions": messages,
            "signaldefinitions": [],
            "executionlisteners": _listeners(self.process),
            "eventlisteners": {"eventListeners": []},
            "dataproperties": {"items": []},
            "process_potentialstarteruser": "",
            "process_potentialstartergroup": "",
        }

    def _step(self, element: ET.Element) -> Json:
        stencil, properties = _stencil(element)
        outgoing = [_id(f) for f in self.flows if f.get("sourceRef") == _id(element)]
        outgoing += [_id(e) for e in self.steps if e.get("attachedToRef") == _id(element)]
        common = {
            "name": element.get("name", ""),
            "documentation": _documentation(element),
            "executionlisteners": _listeners(element),
        }
        return self._shape(element, stencil, common | properties, outgoing)

    def _shape(self, element: ET.Element, stencil: str, properties: Json, outgoing: list[str]) -> Json:
        box = self.bounds[_id(element)]
        return {
            "resourceId": _id(element),
            "stencil": {"id": stencil},
            "properties": properties,
            "outgoing": [{"resourceId": id} for id in outgoing],
            "bounds": _corners(box),
            "dockers": self._docked(element, box),
            "childShapes": [],
        }

    def _docked(self, element: ET.Element, box: Bounds) -> list[Json]:
        """Where a boundary event sits on its task, relative to the task."""
        host = element.get("attachedToRef")
        if host is None:
            return []
        x, y = self.bounds[host][:2]
        return [{"x": box[0] + box[2] / 2 - x, "y": box[1] + box[3] / 2 - y}]

    def _flow(self, flow: ET.Element) -> Json:
        source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
        ends = [self.bounds[source], self.bounds[target]]
        bends = self._bends(_id(flow))
        first, last = ({"x": b[2] / 2, "y": b[3] / 2} for b in ends)
        x, y = (min(b[axis] for b in ends) for axis in (0, 1))
        right, bottom = (max(b[axis] + b[axis + 2] for b in ends) for axis in (0, 1))
        return {
            "resourceId": _id(flow),
            "stencil": {"id": "SequenceFlow"},
            "properties": {
                "name": flow.get("name", ""),
                "documentation": _documentation(flow),
                "conditionsequenceflow": _condition(flow),
                "defaultflow": self._is_default(flow),
                "executionlisteners": _listeners(flow),
            },
            "outgoing": [{"resourceId": target}],
            "target": {"resourceId": target},
            "bounds": _corners((x, y, right - x, bottom - y)),
            "dockers": [first, *bends, last],
            "childShapes": [],
        }

    def _bends(self, flow_id: str) -> list[Json]:
        """The points of a drawn flow between its ends."""
        for edge in self.root.iter(f"{DI}BPMNEdge"):
            if edge.get("bpmnElement") == flow_id:
                points = [{"x": float(p.get("x", "0")), "y": float(p.get("y", "0"))} for p in edge.findall(WAYPOINT)]
                return points[1:-1]
        return []

    def _is_default(self, flow: ET.Element) -> bool:
        return any(e.get("default") == _id(flow) for e in self.steps)


def _stencil(element: ET.Element) -> tuple[str, Json]:
    """The modeller's shape of a step and the properties only this shape has."""
    tag = _tag(element)
    if tag == "startEvent":
        message = element.find(f"{BPMN}messageEventDefinition")
        if message is None and _children(element) - {"outgoing"}:
            raise _unsupported(element)
        return (
            ("StartNoneEvent", {})
            if message is None
            else ("StartMessageEvent", {"messageref": message.get("messageRef")})
        )
    if tag == "endEvent":
        if _children(element) - {"incoming", "terminateEventDefinition"}:
            raise _unsupported(element)
        ended = element.find(f"{BPMN}terminateEventDefinition") is not None
        return ("EndTerminateEvent" if ended else "EndNoneEvent"), {}
    if tag == "boundaryEvent":
        cancels = element.get("cancelActivity", "true") == "true"
        return "BoundaryTimerEvent", _timer(element) | {"cancelactivity": cancels}
    if tag == "intermediateCatchEvent":
        return "CatchTimerEvent", _timer(element)
    if tag == "serviceTask" and element.get(f"{WORKFLOW}type") == "http":
        return "HttpTask", _http(element)
    if tag not in STENCILS:
        raise _unsupported(element)
    special = {"userTask": _user_task, "callActivity": _call}
    return STENCILS[tag], special[tag](element) if tag in special else {}


def _unsupported(element: ET.Element) -> Permanent:
    return Permanent(f"{_tag(element)} '{_id(element)}' is outside the portable subset.", code="bad_model")


def _timer(element: ET.Element) -> Json:
    duration = element.find(f"{BPMN}timerEventDefinition/{BPMN}timeDuration")
    if duration is None or not (duration.text or "").strip():
        raise _unsupported(element)
    return {"timerdurationdefinition": (duration.text or "").strip()}


def _user_task(element: ET.Element) -> Json:
    assignment = {
        "type": "static",
        "assignee": _attribute(element, "assignee"),
        "candidateUsers": _names(element, "candidateUsers"),
        "candidateGroups": _names(element, "candidateGroups"),
        "initiatorCanCompleteTask": False,
    }
    return {
        "usertaskassignment": {"assignment": assignment},
        "tasktype": _attribute(element, "taskType", "default"),
        "outcomevariable": _attribute(element, "outcomeVariable"),
        "possibleoutcomes": _attribute(element, "possibleOutcomes"),
        "completioncondition": _attribute(element, "completioncondition"),
        "prioritydefinition": _attribute(element, "priority"),
        "duedatedefinition": _attribute(element, "dueDate"),
        "categorydefinition": _attribute(element, "category"),
        "tasklisteners": {"taskListeners": []},
    }


def _names(element: ET.Element, attribute: str) -> list[Json]:
    return [{"value": name.strip()} for name in _attribute(element, attribute).split(",") if name.strip()]


def _http(element: ET.Element) -> Json:
    details = element.find(f"{BPMN}extensionElements/{WORKFLOW}authenticationDetails")
    found: Json = {
        "authenticationdetails": {
            name: value == "true" if name == "useCurrentAuthToken" else value
            for name, value in (details.attrib if details is not None else {}).items()
        }
    }
    for field in element.findall(f"{BPMN}extensionElements/{WORKFLOW}field"):
        name = field.get("name", "")
        if name not in HTTP_FIELDS or len(field) != 1:
            raise Permanent(
                f"HTTP task '{_id(element)}': field '{name}' is outside the portable subset.",
                code="bad_model",
            )
        text = (field[0].text or "").strip()
        found[HTTP_FIELDS[name]] = text == "true" if name in FLAGS else text
    return found


def _call(element: ET.Element) -> Json:
    inside, outside = (
        [dict(p.attrib) for p in element.findall(f"{BPMN}extensionElements/{WORKFLOW}{kind}")] for kind in ("in", "out")
    )
    return {
        "callactivitycalledelementtype": "key",
        "callactivitycalledelement": element.get("calledElement", ""),
        "callactivityinparameters": {"inParameters": inside},
        "callactivityoutparameters": {"outParameters": outside},
        "callactivityinheritvariables": _attribute(element, "inheritVariables") == "true",
        "callactivityinheritbusinesskey": _attribute(element, "inheritBusinessKey") == "true",
    }


def _condition(flow: ET.Element) -> Json | str:
    condition = flow.find(f"{BPMN}conditionExpression")
    if condition is None:
        return ""
    return {"expression": {"type": "static", "staticValue": (condition.text or "").strip()}}


def _listeners(element: ET.Element) -> Json:
    """Execution listeners that evaluate an expression; mail, scripts and events are switched off."""
    return {
        "executionListeners": [
            {
                "event": listener.get("event", ""),
                "implementation": listener.get("expression", ""),
                "className": "",
                "expression": listener.get("expression", ""),
                "delegateExpression": "",
                "isMailNotification": False,
                "isExecuteScriptEnabled": False,
                "publishToEventService": False,
                "additionalTracing": False,
                "fields": [],
            }
            for listener in element.findall(f"{BPMN}extensionElements/{WORKFLOW}executionListener")
        ]
    }


def _corners(box: Bounds) -> Json:
    x, y, width, height = box
    return {"upperLeft": {"x": x, "y": y}, "lowerRight": {"x": x + width, "y": y + height}}


def _documentation(element: ET.Element) -> str:
    return (element.findtext(f"{BPMN}documentation") or "").strip()


def _attribute(element: ET.Element, name: str, default: str = "") -> str:
    return element.get(f"{WORKFLOW}{name}", default)


def _children(element: ET.Element) -> set[str]:
    return {_tag(child) for child in element} - {"documentation", "extensionElements"}


def _id(element: ET.Element) -> str:
    return element.get("id", "")


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def write_all(folder: Path, client_id: str = "", client_secret: str = "") -> list[Path]:
    """Every model we ship as `<folder>/<key>.otwf`. Without a client its placeholders stay in the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for key in MODELS:
        xml = load_model(key, client_id, client_secret) if client_id else model_file(key)
        path = folder / f"{key}.otwf"
        path.write_text(json.dumps(to_otwf(xml), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        written.append(path)
    return written


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. The secret comes by standard input: arguments are seen by everybody on the machine."""
    parser = argparse.ArgumentParser(prog="otwf", description="Write the workflow models as .otwf files.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--client-id", default="", help="the callback client; its secret is read from standard input")
    given = parser.parse_args(arguments)
    secret = sys.stdin.read().strip() if given.client_id else ""
    if given.client_id and not secret:
        parser.error("the secret of the client is expected on standard input")
    for path in write_all(given.folder, given.client_id, secret):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
