"""Many filed documents bound into one PDF: pages of PDFs as they are, pictures on a page of their own."""

import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typst
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from app.errors import Permanent

PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
SHEET = (
    '#set page(paper: "a4", margin: 15mm)\n'
    '#align(center + horizon, image("{name}", width: 100%, height: 100%, fit: "contain"))\n'
)
MOST_PAGES = 2000


@dataclass(frozen=True)
class Part:
    """One document of a pack. `pages` is how many it has there; 0 where it cannot be shown on paper."""

    name: str
    folder: str
    content: bytes
    mime_type: str
    pages: int = 0


def readable(name: str, folder: str, content: bytes, mime_type: str) -> Part:
    """The document as pages of a PDF; without any where it is neither a PDF we can open nor a picture."""
    try:
        pdf = _picture(content, PICTURES[mime_type]) if mime_type in PICTURES else content
        reader = PdfReader(io.BytesIO(pdf))
        pages = 0 if reader.is_encrypted else len(reader.pages)
    except (PyPdfError, typst.TypstError, ValueError, KeyError, RecursionError):
        return Part(name, folder, b"", mime_type)
    return Part(name, folder, pdf if 0 < pages <= MOST_PAGES else b"", mime_type, pages if pages <= MOST_PAGES else 0)


def _picture(content: bytes, ending: str) -> bytes:
    """One page with the picture on it, as large as it fits."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"picture.{ending}").write_bytes(content)
        sheet = Path(folder, "sheet.typ")
        sheet.write_text(SHEET.format(name=f"picture.{ending}"), encoding="utf-8")
        pdf = typst.compile(sheet, root=Path(folder), format="pdf", ignore_system_fonts=True, timestamp=0)
    assert isinstance(pdf, bytes)  # noqa: S101  # narrows the type: one format, one file
    return pdf


def page_count(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def bind(cover: bytes, parts: Sequence[Part], title: str, dated: datetime) -> bytes:
    """The cover, then every part with a bookmark. The same documents give the same bytes."""
    return joined([Part("Cover and index", "", cover, "application/pdf"), *parts], title, dated)


def joined(parts: Sequence[Part], title: str, dated: datetime) -> bytes:
    """Every part with a bookmark, in this order. The same documents give the same bytes."""
    writer = PdfWriter()
    try:
        for part in parts:
            writer.append(io.BytesIO(part.content), outline_item=part.name, import_outline=False)
    except PyPdfError as error:
        raise Permanent("The documents could not be bound into one PDF.", code="not_bound") from error
    writer.add_metadata({"/Title": title, "/Creator": "Storefront ECM", "/CreationDate": f"D:{dated:%Y%m%d%H%M%SZ}"})
    writer.compress_identical_objects()
    bound = io.BytesIO()
    writer.write(bound)
    return bound.getvalue()
