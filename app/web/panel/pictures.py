"""A workflow's model as a small picture, the step where it stands lit; and the same in words."""

import textwrap
from dataclasses import dataclass

from app.db.panel_facts import RunFacts
from app.opentext.workflow_service.diagrams import Diagram, Shape, diagram
from app.web import sentences
from app.web.language import _
from app.web.panel import progress
from app.web.panel.lines import Line, line

LETTERS, LINES = 15, 4  # of a task's name, as many as its box takes


@dataclass(frozen=True)
class Box:
    """One step as drawn. `lines` are its name, (x, y, text) each."""

    kind: str
    x: int
    y: int
    width: int
    height: int
    is_lit: bool
    lines: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Picture:
    """`view` is the picture's frame, `edges` the path of all lines, as SVG writes them; `words` say the same."""

    name: str
    view: str
    boxes: tuple[Box, ...]
    edges: str
    words: str
    line: Line  # the same for a narrow column


def picture(run: RunFacts) -> Picture | None:
    """Of the workflow this run started; None where it is none of our own models."""
    start = progress.step_of(run, "start_workflow")
    found = diagram(str(start.params.get("process", ""))) if start else None
    if found is None or run.workflow is None:
        return None
    lit = {found.step_of(str(task.get("name") or "")) for task in run.workflow.tasks} - {""}
    if run.workflow.outcome:
        lit = {one.id for one in found.shapes if one.kind == "end"}
    boxes = tuple(_box(one, is_lit=one.id in lit) for one in found.shapes)
    edges = "".join("M" + "L".join(f"{x} {y}" for x, y in way) for way in found.edges)
    names = {one.id: sentences.said(one.name) for one in found.stops}
    view = f"{found.left} {found.top} {found.width} {found.height}"
    return Picture(sentences.said(found.name), view, boxes, edges, _words(found, lit, names), line(found, lit, names))


def _words(found: Diagram, lit: set[str], names: dict[str, str]) -> str:
    """What people who do not see the picture are told: the tasks from left to right, and where it stands."""
    steps = "; ".join(f"{name} ({_('now')})" if one in lit else name for one, name in names.items())
    return _("%(name)s, step by step: %(steps)s.", name=sentences.said(found.name), steps=steps)


def _box(shape: Shape, *, is_lit: bool) -> Box:
    middle = shape.x + shape.width // 2
    if shape.kind in ("task", "step"):
        written = textwrap.wrap(sentences.said(shape.name), LETTERS, max_lines=LINES, placeholder="…")
        first = shape.y + shape.height // 2 + 5 - (len(written) - 1) * 8
        lines = tuple((middle, first + 16 * number, text) for number, text in enumerate(written))
    elif shape.kind in ("start", "end"):
        written = textwrap.wrap(sentences.said(shape.name), 12, max_lines=2, placeholder="…")
        lines = tuple((middle, shape.y + shape.height + 18 + 15 * n, text) for n, text in enumerate(written))
    else:
        lines = ()
    return Box(shape.kind, shape.x, shape.y, shape.width, shape.height, is_lit, lines)
