"""Draws a process as PNG, the steps where an instance stands highlighted.

Uses the model's own diagram (BPMN DI) where it has one, else places the steps in columns by their distance
from the start.
"""

import io
from dataclasses import dataclass
from typing import Any

from lxml import etree
from PIL import Image, ImageDraw, ImageFont

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
INK, PAPER, HERE, HERE_FILL, LINE = "#1f2933", "#ffffff", "#c2410c", "#ffedd5", "#52606d"
MARGIN, COLUMN, ROW = 30, 170, 110
SIZES = {"task": (120, 70), "event": (36, 36), "gateway": (50, 50)}

Point = tuple[float, float]


@dataclass
class Shape:
    """One step: its kind is task, event or gateway; `x`, `y` is its upper left corner."""

    id: str
    kind: str
    tag: str
    name: str
    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def box(self) -> tuple[float, float, float, float]:
        return self.x, self.y, self.x + self.width, self.y + self.height


def png(xml: str, here: set[str]) -> bytes:
    """The picture of a model; `here` are the ids of the steps to highlight."""
    root = etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    shapes = _shapes(root)
    edges = _edges(root, shapes)
    corners = [s.box[2:] for s in shapes.values()] + [point for points in edges for point in points]
    width, height = (int(max(corner[axis] for corner in corners)) + MARGIN for axis in (0, 1))
    image = Image.new("RGB", (width, height + 20), PAPER)
    draw = ImageDraw.Draw(image)
    for points in edges:
        _arrow(draw, points)
    for shape in shapes.values():
        _draw(draw, shape, highlighted=shape.id in here)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _kind(tag: str) -> str | None:
    if tag.endswith("Event"):
        return "event"
    if tag.endswith("Gateway"):
        return "gateway"
    return "task" if tag.endswith("Task") or tag in ("task", "callActivity") else None


def _shapes(root: Any) -> dict[str, Shape]:
    process = next(p for p in root.iter(f"{BPMN}process") if p.get("isExecutable", "true") == "true")
    bounds = {s.get("bpmnElement"): s.find(f"{DC}Bounds") for s in root.iter(f"{DI}BPMNShape")}
    nodes = [(e, etree.QName(e).localname) for e in process if isinstance(e.tag, str)]
    steps = [(e, tag, kind) for e, tag in nodes if (kind := _kind(tag))]
    placed = {} if all(bounds.get(e.get("id")) is not None for e, _, _ in steps) else _columns(process, steps)
    found = {}
    for element, tag, kind in steps:
        id = element.get("id")
        box = (*placed[id], *SIZES[kind]) if placed else _box(bounds[id])
        found[id] = Shape(id, kind, tag, element.get("name") or "", *box)
    return found


def _box(bounds: Any) -> tuple[float, float, float, float]:
    x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return x, y, width, height


def _columns(process: Any, steps: list[Any]) -> dict[str, Point]:
    """Upper left corners, by distance from the start; boundary events at the foot of their task."""
    flows = [(f.get("sourceRef"), f.get("targetRef")) for f in process.iter(f"{BPMN}sequenceFlow")]
    host = {e.get("id"): e.get("attachedToRef") for e, tag, _ in steps if tag == "boundaryEvent"}
    distance = {e.get("id"): 0 for e, tag, _ in steps if tag == "startEvent"}
    queue = list(distance)
    while queue:
        at = queue.pop(0)
        reached = [b for a, b in flows if host.get(a, a) == at]
        for id in reached:
            if id not in distance:
                distance[id] = distance[at] + 1
                queue.append(id)
    rows: dict[int, int] = {}  # how many steps a column holds already
    placed: dict[str, Point] = {}
    for element, _, kind in steps:
        id = element.get("id")
        if id in host:
            continue
        column = distance.get(id, 0)
        row = rows.get(column, 0)
        rows[column] = row + 1
        width, height = SIZES[kind]
        placed[id] = (
            MARGIN + column * COLUMN + (120 - width) / 2,
            MARGIN + row * ROW + (70 - height) / 2,
        )
    for id, task in host.items():
        placed[id] = (placed[task][0] + 72, placed[task][1] + 52)
    return placed


def _edges(root: Any, shapes: dict[str, Shape]) -> list[list[Point]]:
    drawn = {e.get("bpmnElement"): e.findall(WAYPOINT) for e in root.iter(f"{DI}BPMNEdge")}
    edges = []
    for flow in root.iter(f"{BPMN}sequenceFlow"):
        points = drawn.get(flow.get("id"))
        ends = shapes.get(flow.get("sourceRef")), shapes.get(flow.get("targetRef"))
        if points:
            edges.append([(float(p.get("x")), float(p.get("y"))) for p in points])
        elif ends[0] and ends[1]:
            edges.append(_straight(ends[0], ends[1]))
    return edges


def _straight(source: Shape, target: Shape) -> list[Point]:
    """From side to side, so that the arrow head is seen; backwards below the steps."""
    if source.box[2] <= target.x:
        return [(source.box[2], source.centre[1]), (target.x, target.centre[1])]
    below = max(source.box[3], target.box[3]) + 16
    return [
        (source.centre[0], source.box[3]),
        (source.centre[0], below),
        (target.centre[0], below),
        (target.centre[0], target.box[3]),
    ]


def _arrow(draw: ImageDraw.ImageDraw, points: list[Point]) -> None:
    draw.line(points, fill=LINE, width=2)
    (x0, y0), (x1, y1) = points[-2:]
    length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1)
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    left = (x1 - 10 * dx + 5 * dy, y1 - 10 * dy - 5 * dx)
    right = (x1 - 10 * dx - 5 * dy, y1 - 10 * dy + 5 * dx)
    draw.polygon([(x1, y1), left, right], fill=LINE)


def _draw(draw: ImageDraw.ImageDraw, shape: Shape, *, highlighted: bool) -> None:
    line, fill, width = (HERE, HERE_FILL, 4) if highlighted else (INK, PAPER, 2)
    font = ImageFont.load_default(12)
    if shape.kind == "task":
        draw.rounded_rectangle(shape.box, 8, fill=fill, outline=line, width=width)
        _centred(draw, shape.centre, _wrapped(draw, shape.name, font, shape.width - 12), font)
        return
    if shape.kind == "event":
        thick = 4 if shape.tag == "endEvent" else width
        draw.ellipse(shape.box, fill=fill, outline=line, width=thick)
        if shape.tag in ("boundaryEvent", "intermediateCatchEvent"):
            inner = (shape.x + 4, shape.y + 4, shape.box[2] - 4, shape.box[3] - 4)
            draw.ellipse(inner, outline=line, width=1)
            x, y = shape.centre
            draw.line([(x, y - 8), (x, y), (x + 6, y)], fill=line, width=2)
    else:
        x, y = shape.centre
        corners = [(x, shape.y), (shape.box[2], y), (x, shape.box[3]), (shape.x, y)]
        draw.polygon(corners, fill=fill, outline=line, width=width)
        mark = {"parallelGateway": "+", "inclusiveGateway": "O"}.get(shape.tag, "X")
        _centred(draw, shape.centre, mark, ImageFont.load_default(20))
    if shape.tag == "boundaryEvent":
        draw.text((shape.box[2] + 2, shape.box[3]), shape.name, fill=INK, font=font, anchor="lm")
    else:
        _centred(draw, (shape.centre[0], shape.box[3] + 10), shape.name, font)


def _wrapped(draw: ImageDraw.ImageDraw, text: str, font: Any, width: float) -> str:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and draw.textlength(longer, font=font) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def _centred(draw: ImageDraw.ImageDraw, at: Point, text: str, font: Any) -> None:
    draw.multiline_text(at, text, fill=INK, font=font, anchor="mm", align="center")
