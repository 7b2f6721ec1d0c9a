"""A workflow's model for a narrow column: its stops one below the other, the ways between them as arcs beside."""

import textwrap
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.opentext.workflow_service.diagrams import Diagram

WIDTH, PITCH = 260, 46  # of the whole, as wide as a column on a telephone; from stop to stop
NEAREST, FURTHER = 12, 9  # how far the arc to the next stop but none reaches aside; and more for each stop passed
LETTER = 7.8  # pixels a letter takes, on average


@dataclass(frozen=True)
class Stop:
    """One task, or the end. `lines` are its name, (y, text) each."""

    y: int
    is_end: bool
    is_lit: bool
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Line:
    """`onward` and `back` are paths as SVG writes them; stops stand at `x`, their names begin at `text_x`."""

    width: int
    height: int
    x: int
    text_x: int
    stops: tuple[Stop, ...]
    onward: str
    back: str


def line(found: Diagram, lit: Collection[str], names: Mapping[str, str]) -> Line:
    """All stops of a model. `lit`: ids of where it stands; `names`: what each is called, by its id."""
    ways = sorted(found.ways())
    x = 12 + max((_reach(*way) for way in ways), default=0) * 3 // 4
    letters = int((WIDTH - x - 18) / LETTER)
    stops = tuple(
        Stop(_y(number), one.kind == "end", one.id in lit, _written(names.get(one.id, one.name), _y(number), letters))
        for number, one in enumerate(found.stops)
    )
    onward = "".join(_path(x, *way) for way in ways if way[1] > way[0])
    back = "".join(_path(x, *way) for way in ways if way[1] <= way[0])
    return Line(WIDTH, PITCH * len(stops), x, x + 18, stops, onward, back)


def _y(number: int) -> int:
    return PITCH // 2 + PITCH * number


def _written(name: str, y: int, letters: int) -> tuple[tuple[int, str], ...]:
    lines = textwrap.wrap(name, letters, max_lines=2, placeholder="…")
    first = y + 5 - 9 * (len(lines) - 1)
    return tuple((first + 18 * number, text) for number, text in enumerate(lines))


def _reach(start: int, end: int) -> int:
    """How far aside the arc goes; to the next stop none is needed. Back beside onward, so that both are seen."""
    if end == start + 1:
        return 0
    return NEAREST + FURTHER * abs(end - start) + (FURTHER // 2 if end <= start else 0)


def _path(x: int, start: int, end: int) -> str:
    aside = x - _reach(start, end)
    if aside == x:
        return f"M{x} {_y(start)}V{_y(end)}"
    return f"M{x} {_y(start)}C{aside} {_y(start)} {aside} {_y(end)} {x} {_y(end)}"
