"""Cells of a CSV or XLSX file from outside: bounded in every direction, formulas never evaluated.

A cell is a text (trimmed), a Decimal, a date, or None for empty. Row numbers are those a person sees in the file.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.errors import Permanent

MOST_BYTES = 8_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 40
LONGEST_CELL = 500
MOST_PARTS = 200  # entries of the zip that an XLSX is
MOST_UNPACKED = 120_000_000  # their bytes together
MOST_RATIO = 200  # how far one entry may unpack
DELIMITERS = (";", ",", "\t", "|")

Cell = str | Decimal | date | None


@dataclass(frozen=True)
class Formula:
    """A cell that would compute something. Nothing here does."""


@dataclass(frozen=True)
class Line:
    """One row: its number in the file and its cells."""

    number: int
    cells: tuple[Cell | Formula, ...]


@dataclass(frozen=True)
class Table:
    """The header as typed, and the rows below it that are not empty."""

    header: tuple[str, ...]
    lines: tuple[Line, ...]


def refuse(problem: str, hint: str = "Correct the file and have the new version approved.") -> Permanent:
    return Permanent(problem, code="agreement_unreadable", hint=hint)


def read(name: str, content: bytes) -> Table:
    """The file as a table. Raises Permanent(code="agreement_unreadable") and says what is wrong with it."""
    if len(content) > MOST_BYTES:
        raise refuse(f"The file is larger than {MOST_BYTES // 1_000_000} MB.", "Split it into several agreements.")
    rows = _xlsx(content) if name.lower().endswith(".xlsx") else _csv(content)
    lines = [Line(number, cells) for number, cells in rows if any(cell is not None for cell in cells)]
    if not lines:
        raise refuse("The file is empty.")
    header = tuple(cell if isinstance(cell, str) else "" for cell in lines[0].cells)
    if len(lines) == 1:
        raise refuse("The file has a header but no rows.")
    return Table(header, tuple(lines[1:]))


def _bounded(rows: Iterable[Iterable[Any]]) -> Iterator[tuple[int, tuple[Cell | Formula, ...]]]:
    """Every row with its number; what is too long or too wide ends the reading."""
    blank = 0
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS + 1:
            raise refuse(f"The file has more than {MOST_ROWS:,} rows.", "Split it into several agreements.")
        cells = tuple(_cell(value, number) for value in row)
        while cells and cells[-1] is None:
            cells = cells[:-1]
        if len(cells) > MOST_COLUMNS:
            raise refuse(f"Row {number} has more than {MOST_COLUMNS} columns.")
        blank = 0 if cells else blank + 1
        if blank <= MOST_COLUMNS:
            yield number, cells


def _cell(value: Any, number: int) -> Cell | Formula:
    if value is None or isinstance(value, bool):
        return None if value is None else str(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float):
        return _number(value, number)
    text = " ".join(str(value).split())
    if len(text) > LONGEST_CELL:
        raise refuse(f"A cell in row {number} is longer than {LONGEST_CELL} characters.")
    if text.startswith("="):
        return Formula()
    return text or None


def _number(value: float, number: int) -> Decimal:
    found = Decimal(repr(value))
    if not found.is_finite():
        raise refuse(f"A number in row {number} is none.")
    return found


# --- CSV -------------------------------------------------------------------------------------------------------------


def _csv(content: bytes) -> Iterator[tuple[int, tuple[Cell | Formula, ...]]]:
    text = _decoded(content)
    delimiter = max(DELIMITERS, key=text[: text.find("\n") if "\n" in text else None].count)
    try:
        yield from _bounded(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise refuse(f"The file is not a CSV file we can read ({error}).") from error


def _decoded(content: bytes) -> str:
    """UTF-8 or, with its mark, UTF-16; else the Western code page that spreadsheets write."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise refuse("The file is no text.", "Save it as “CSV UTF-8” or as XLSX.")


# --- XLSX ------------------------------------------------------------------------------------------------------------


def _xlsx(content: bytes) -> Iterator[tuple[int, tuple[Cell | Formula, ...]]]:
    import openpyxl  # noqa: PLC0415  # large: only who reads a workbook waits for it, not every start
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    _check_package(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, OSError) as error:
        raise refuse("The file is not an XLSX file we can read.", "Save it again as “Excel workbook”.") from error
    try:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if len(visible) != 1:
            raise refuse(f"The workbook has {len(visible)} visible sheets.", "Keep the prices on one visible sheet.")
        sheet = visible[0]
        yield from _bounded(sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1, values_only=True))
    except (KeyError, ValueError, TypeError, SyntaxError, IndexError) as error:
        raise refuse("The sheet cannot be read.", "Save it again as “Excel workbook”.") from error
    finally:
        book.close()


def _check_package(content: bytes) -> None:
    """What the zip says of itself is not believed: every entry is unpacked once, counted, and looked through.

    A document type declaration is where an XML file defines its own entities; no spreadsheet writes one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            if len(entries) > MOST_PARTS:
                raise refuse("The workbook has too many parts.")
            left = MOST_UNPACKED
            for entry in entries:
                left -= _check_entry(package, entry, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise refuse("The file is not an XLSX file we can read.", "Save it again as “Excel workbook”.") from error


def _check_entry(package: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> int:
    """The bytes it unpacks to, at most `left` and at most so many times its own size."""
    most = min(left, max(entry.compress_size * MOST_RATIO, 1_000_000))
    size, tail = 0, b""
    with package.open(entry) as stream:
        while part := stream.read(1 << 18):
            size += len(part)
            if size > most:
                raise refuse("The workbook unpacks to far more than it should.")
            seen = (tail + part).replace(b"\0", b"").upper()
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                raise refuse("The workbook declares a document type, which no spreadsheet does.")
            tail = part[-32:]
    return size
