"""From a filled design to PDF/A-3b and HTML.

Why typst and not WeasyPrint: it is one wheel that brings its fonts and needs nothing of the system (WeasyPrint wants
Pango and its libraries), it refuses to write a PDF/A that is none, it attaches the driver by the standard's own means,
and the product prints with it anyway, so the sandbox adds no dependency.
"""

import json
import threading
import unicodedata
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from html import escape
from pathlib import Path

import typst

from sandbox.exstream.designs import Letter, Section

SHEET = Path(__file__).with_name("letter.typ")
FONTS = '#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"))\n'
LATIN = 0x180  # below, the fonts have everything that prints
STYLE = (
    "body{font:16px/1.5 Georgia,serif;max-width:42rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem}"
    "h2{font-size:1.1rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .5rem;"
    "border-bottom:1px solid #ccc}.right{text-align:right}footer,.sender{color:#666;font-size:.8rem}"
)
_compiling = threading.Lock()


def pdf(letter: Letter, driver: bytes, when: datetime, *, archive: bool = True) -> bytes:
    """PDF/A-3b with the driver attached as driver.json; plain PDF without `archive`. Raises typst.TypstError."""
    data = {
        "title": printable(letter.title), "author": printable(letter.sender), "sender": printable(letter.sender),
        "footer": printable(letter.footer), "language": letter.language, "date": when.strftime("%Y-%m-%d"),
        "address": [printable(line) for line in letter.address],
        "sections": [_printable_section(section) for section in letter.sections],
        "driver": driver.decode("utf-8"),
    }  # fmt: skip
    with _compiling:
        made = typst.compile(
            SHEET, format="pdf", ignore_system_fonts=True, pdf_standards=["a-3b"] if archive else [],
            timestamp=int(when.timestamp()), sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )  # fmt: skip
    assert isinstance(made, bytes)  # noqa: S101  # narrows the type: one format, one file
    return made


def html(letter: Letter, when: datetime) -> bytes:
    """One page that needs nothing from elsewhere."""
    address = "<br>".join(escape(line) for line in letter.address)
    body = "".join(_html_section(section) for section in letter.sections)
    return (
        f'<!DOCTYPE html><html lang="{escape(letter.language)}"><head><meta charset="utf-8">'
        f"<title>{escape(letter.title)}</title><style>{STYLE}</style></head><body>"
        f'<p class="sender">{escape(letter.sender)}</p><p>{address}</p><p>{when:%Y-%m-%d}</p>'
        f"<h1>{escape(letter.title)}</h1>{body}<footer>{escape(letter.footer)}</footer></body></html>"
    ).encode()


def _html_section(section: Section) -> str:
    parts = ["<hr>"] if section.new_page else []
    parts += [f"<h2>{escape(section.title)}</h2>"] if section.title else []
    parts += [f"<p>{escape(section.text)}</p>"] if section.text else []
    rows = [f"<tr><th>{escape(label)}</th><td>{escape(text)}</td></tr>" for label, text in section.facts]
    if section.columns:
        rows.append("<tr>" + "".join(f"<th>{escape(title)}</th>" for title in section.columns) + "</tr>")
        cells = ("".join(_cell(text, n in section.right) for n, text in enumerate(row)) for row in section.rows)
        rows += [f"<tr>{each}</tr>" for each in cells]
    return "".join(parts) + (f"<table>{''.join(rows)}</table>" if rows else "")


def _cell(text: str, right: bool) -> str:
    return f'<td class="right">{escape(text)}</td>' if right else f"<td>{escape(text)}</td>"


def _printable_section(section: Section) -> dict[str, object]:
    return asdict(section) | {
        "title": printable(section.title),
        "text": printable(section.text),
        "facts": [[printable(label), printable(text) or "–"] for label, text in section.facts],
        "rows": [[printable(cell) for cell in row] for row in section.rows],
    }


def printable(text: str) -> str:
    """PDF/A allows no missing glyph: what the fonts lack is spelled by its code, what controls is left out."""
    return "".join(_glyph(each) for each in unicodedata.normalize("NFC", text))


@lru_cache(maxsize=4096)
def _glyph(character: str) -> str:
    if character in "\n\t":
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn"):
        return ""
    return character if ord(character) < LATIN or _has_glyph(character) else f"⟨U+{ord(character):04X}⟩"


def _has_glyph(character: str) -> bool:
    try:
        with _compiling:
            probe = f'{FONTS}#"{character}"'.encode()
            typst.compile(probe, format="pdf", ignore_system_fonts=True, pdf_standards=["a-3b"], timestamp=0)
    except typst.TypstError:
        return False
    return True
