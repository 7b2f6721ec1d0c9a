"""The pictures of the workflow models we ship: where each step stands, from the models' own diagrams.

Source: BPMN 2.0, Diagram Interchange (shapes with bounds, edges with waypoints).
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from app.opentext.workflow_service.models import MODELS, model_file

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC, DI = "{http://www.omg.org/spec/DD/20100524/DC}", "{http://www.omg.org/spec/DD/20100524/DI}"
EXPRESSION = re.compile(r"\$\{[^}]*\}")
KINDS = {
    "startEvent": "start", "endEvent": "end", "userTask": "task", "serviceTask": "step", "boundaryEvent": "timer",
    "exclusiveGateway": "gateway",
}  # fmt: skip
STOPS = ("task", "end")
MARGIN, SIDE = 10, 32  # around the picture; at its sides the names of start and end need more


@dataclass(frozen=True)
class Shape:
    """One step. `kind` as in KINDS; `name` without what is filled in for each instance; `pattern` fits those names."""

    id: str
    kind: str
    name: str
    pattern: re.Pattern[str]
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Diagram:
    """Units are the model's own; the picture begins at (left, top)."""

    name: str
    left: int
    top: int
    width: int
    height: int
    shapes: tuple[Shape, ...]
    edges: tuple[tuple[tuple[int, int], ...], ...]
    flows: tuple[tuple[str, str], ...]  # (from, to) by id; a deadline follows the task it stands at

    @property
    def stops(self) -> tuple[Shape, ...]:
        """What people know it by: the tasks and the end, from left to right."""
        return tuple(sorted((one for one in self.shapes if one.kind in STOPS), key=lambda one: (one.x, one.y)))

    def ways(self) -> frozenset[tuple[int, int]]:
        """(from, to) between the stops by their place, whatever the engine does on the way."""
        place = {one.id: number for number, one in enumerate(self.stops)}
        return frozenset((place[one], place[other]) for one in place for other in self._reached(one, set(place)))

    def _reached(self, start: str, stops: set[str]) -> set[str]:
        found: set[str] = set()
        seen, open_ends = {start}, [start]
        while open_ends:
            here = open_ends.pop()
            for other in {to for origin, to in self.flows if origin == here} - seen:
                if other in stops:
                    found.add(other)
                else:
                    seen.add(other)
                    open_ends.append(other)
        return found

    def step_of(self, task_name: str) -> str:
        """The id of the task of this name in an instance, the most exact one; empty where none fits."""
        fitting = [one for one in self.shapes if one.kind == "task" and one.pattern.fullmatch(task_name)]
        return max(fitting, key=lambda one: len(one.pattern.pattern)).id if fitting else ""


@cache
def diagram(process: str) -> Diagram | None:
    """None for a process we do not ship."""
    if process not in MODELS:
        return None
    root = ET.fromstring(model_file(process))  # noqa: S314  # a file of our own
    model = root.find(f"{BPMN}process")
    if model is None:
        return None
    steps = {one.get("id", ""): one for one in model}
    shapes = tuple(_shape(one, steps) for one in root.iter(f"{BPMNDI}BPMNShape"))
    edges = tuple(_points(one) for one in root.iter(f"{BPMNDI}BPMNEdge"))
    xs = [x for line in edges for x, _y in line] + [one.x for one in shapes] + [one.x + one.width for one in shapes]
    ys = [y for line in edges for _x, y in line] + [one.y for one in shapes] + [one.y + one.height for one in shapes]
    left, top = min(xs) - SIDE, min(ys) - MARGIN
    return Diagram(
        model.get("name", process), left, top, max(xs) - left + SIDE, max(ys) - top + MARGIN, shapes, edges,
        tuple(_flows(model)),
    )  # fmt: skip


def _flows(model: ET.Element) -> Iterator[tuple[str, str]]:
    for one in model:
        if one.tag == f"{BPMN}sequenceFlow":
            yield one.get("sourceRef", ""), one.get("targetRef", "")
        elif one.tag == f"{BPMN}boundaryEvent":
            yield one.get("attachedToRef", ""), one.get("id", "")


def _shape(drawn: ET.Element, steps: dict[str, ET.Element]) -> Shape:
    number = drawn.get("bpmnElement", "")
    step, bounds = steps[number], drawn.find(f"{DC}Bounds")
    place = {name: round(float(value)) for name, value in (bounds.attrib if bounds is not None else {}).items()}
    fixed = EXPRESSION.split(step.get("name", ""))
    pattern = re.compile(".*".join(re.escape(part) for part in fixed), re.DOTALL)
    name = " ".join(" ".join(fixed).replace(" ,", ",").split())
    kind = KINDS.get(step.tag.removeprefix(BPMN), "step")
    return Shape(number, kind, name, pattern, place["x"], place["y"], place["width"], place["height"])


def _points(edge: ET.Element) -> tuple[tuple[int, int], ...]:
    found = edge.findall(f"{DI}waypoint")
    return tuple((round(float(one.get("x", "0"))), round(float(one.get("y", "0")))) for one in found)
