"""From plain data to PDF/A-3b bytes (typst). The same data gives the same bytes: no clock, no random ids inside.

The fonts are those the typesetter brings, so that every machine prints alike. PDF/A allows no missing glyph: characters
the fonts lack are printed by their code ("⟨U+738B⟩") and stand unharmed in the attached data.
"""

import json
import threading
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from app.errors import Permanent

SHEET = Path(__file__).with_name("paper.typ")
_compiling = threading.Lock()  # one at a time: the typesetter is fast, its memory is not shared twice


@dataclass(frozen=True)
class Column:
    title: str
    number: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Section:
    """Facts (label, value), or a table, or lines; whatever is empty is left out."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """What goes on the sheet, and the exact data attached to it."""

    title: str
    subtitle: str
    footer: str
    sections: tuple[Section, ...]
    dated: datetime  # the document's date; of the data, not of the moment, so that the same data gives the same bytes
    attachment_name: str
    attachment: dict[str, Any] = field(default_factory=dict)
    lang: str = "en"


def typeset(paper: Paper) -> bytes:
    """PDF/A-3b. Raises Permanent(code="not_typeset") when the typesetter refuses; its words go to the log."""
    content = json.dumps(paper.attachment, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    data = {
        "title": printable(paper.title), "subtitle": printable(paper.subtitle), "footer": printable(paper.footer),
        "lang": paper.lang, "sections": [_section(section) for section in paper.sections],
        "attachment": {"name": paper.attachment_name, "content": content},
    }  # fmt: skip
    try:
        with _compiling:
            pdf = typst.compile(
                SHEET, format="pdf", ignore_system_fonts=True, pdf_standards=["a-3b"],
                timestamp=int(paper.dated.timestamp()),
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            )  # fmt: skip
    except typst.TypstError as error:
        raise Permanent("The paper could not be typeset.", code="not_typeset", said=error.message[:300]) from error
    assert isinstance(pdf, bytes)  # noqa: S101  # narrows the type: one format, one file
    return pdf


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": printable(section.title),
        "facts": [[printable(label), printable(value) or "–"] for label, value in section.facts],
        "columns": [{"title": c.title, "number": c.number, "wide": c.wide} for c in section.columns],
        "rows": [[printable(cell) for cell in row] for row in section.rows],
        "lines": [printable(line) for line in section.lines],
    }


def printable(text: str) -> str:
    """The text with control and direction characters removed and unprintable ones spelled by their code."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(_glyph(character) for character in composed)


@lru_cache(maxsize=4096)
def _glyph(character: str) -> str:
    if character in "\n\t":
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn"):
        return ""
    return character if ord(character) < 0x180 or _has_glyph(character) else f"⟨U+{ord(character):04X}⟩"


def _has_glyph(character: str) -> bool:
    """Ask the typesetter itself, once per character: PDF/A refuses what it cannot draw."""
    probe = f'#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"), fallback: true)\n#"{character}"'
    try:
        with _compiling:
            typst.compile(probe.encode(), format="pdf", ignore_system_fonts=True, pdf_standards=["a-3b"], timestamp=0)
    except typst.TypstError:
        return False
    return True
