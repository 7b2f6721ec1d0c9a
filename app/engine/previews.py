"""What can be shown of a document inside a page: PDF pages drawn as pictures, pictures, text. Never what it would run.

What it is is decided by its bytes, never by its name or what OpenText calls it; markup is shown as the text it is.
"""

import io
from dataclasses import dataclass

from app.db.panel_facts import PanelRows
from app.domain.rights import Sight
from app.engine import panel_files
from app.engine.deps import Deps
from app.engine.papers import page_pictures
from app.engine.sessions import Merchant
from app.errors import AppError, Permanent

MOST_BYTES = 15_000_000
MOST_TEXT = 200_000  # characters
PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)  # fmt: skip
BREAKS = (9, 10, 12, 13)


@dataclass(frozen=True)
class Preview:
    """`why_not` (too_large, no_preview, not_drawn) stands instead of everything else. Pictures: (MIME type, bytes)."""

    name: str
    pictures: tuple[tuple[str, bytes], ...] = ()
    text: str = ""
    is_cut: bool = False
    first: int = 1
    count: int = 0
    why_not: str = ""

    @property
    def next_page(self) -> int:
        """The first page that is not shown yet; 0 when all were."""
        following = self.first + len(self.pictures)
        return following if self.count >= following else 0


def preview(
    deps: Deps, who: Merchant, rows: PanelRows, found: Sight, document_id: str, *, version: int = 0, page: int = 1
) -> Preview:
    """Raises as `panel_files.fetch`."""
    document = panel_files.document(rows, found, document_id)
    if version in (0, document.version) and document.size > MOST_BYTES:
        return Preview(document.name, why_not="too_large")
    sink = _Bounded(MOST_BYTES)
    try:
        panel_files.fetch(deps, who, rows, found, document_id, sink, version=version, action="document.previewed")
    except _TooLarge:
        return Preview(document.name, why_not="too_large")
    return _shown(document.name, sink.getvalue(), page)


def _shown(name: str, content: bytes, page: int) -> Preview:
    if content.lstrip(b"\xef\xbb\xbf\r\n\t \x00")[:5] == b"%PDF-":
        return _pages(name, content, page)
    mime_type = next((mime for beginning, mime in PICTURES if content.startswith(beginning)), "")
    if mime_type:
        return Preview(name, ((mime_type, content),), count=1)
    text = _text(content)
    if text is None:
        return Preview(name, why_not="no_preview")
    return Preview(name, text=text[:MOST_TEXT], is_cut=len(text) > MOST_TEXT)


def _pages(name: str, pdf: bytes, page: int) -> Preview:
    try:
        found = page_pictures.drawn(pdf, max(1, page))
    except Permanent:
        return Preview(name, why_not="not_drawn")
    pictures = tuple(("image/png", one) for one in found.pictures)
    return Preview(name, pictures, first=found.first, count=found.count)


def _text(content: bytes) -> str | None:
    """Text without control characters, UTF-8 or else Latin-1; None for anything else."""
    if any(byte < 32 and byte not in BREAKS for byte in content[: MOST_TEXT * 4]):
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


class _TooLarge(AppError):
    """More came than is shown."""


class _Bounded(io.BytesIO):
    """Takes so many bytes and no more."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, data: bytes) -> int:  # type: ignore[override]  # bytes are all that is written
        if self.tell() + len(data) > self._most:
            raise _TooLarge("The document is too large to be shown.")
        return super().write(data)
