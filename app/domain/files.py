"""Which files people may file from a panel: ending and first bytes must agree. Nothing is unpacked or parsed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST_BYTES = 25_000_000
WORD = re.compile(r"[^\W_]+")
LOOK_AT = 4096  # bytes at the beginning
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script")
OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class Kind:
    """A type of file: its media type, and how it begins; no beginnings means plain text."""

    mime_type: str
    begins: tuple[bytes, ...] = ()


KINDS = {
    "pdf": Kind("application/pdf", (b"%PDF-",)),
    "png": Kind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": Kind("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": Kind("image/jpeg", (b"\xff\xd8\xff",)),
    "gif": Kind("image/gif", (b"GIF87a", b"GIF89a")),
    "tif": Kind("image/tiff", (b"II*\x00", b"MM\x00*")),
    "tiff": Kind("image/tiff", (b"II*\x00", b"MM\x00*")),
    "docx": Kind(f"{OFFICE}.wordprocessingml.document", (ZIP,)),
    "xlsx": Kind(f"{OFFICE}.spreadsheetml.sheet", (ZIP,)),
    "pptx": Kind(f"{OFFICE}.presentationml.presentation", (ZIP,)),
    "doc": Kind("application/msword", (OLE,)),
    "xls": Kind("application/vnd.ms-excel", (OLE,)),
    "msg": Kind("application/vnd.ms-outlook", (OLE,)),
    "txt": Kind("text/plain"),
    "csv": Kind("text/csv"),
}
ENDINGS = tuple(f".{ending}" for ending in KINDS)


def kind_of(name: str, beginning: bytes) -> Kind | None:
    """The type of a file by its ending, if its first bytes agree; None for what is not taken."""
    kind = KINDS.get(name.rpartition(".")[2].casefold()) if "." in name else None
    if kind is None:
        return None
    if kind.begins:
        return kind if beginning.startswith(kind.begins) else None
    return kind if _is_text(beginning) else None


def guessed_type(name: str, types: Iterable[str]) -> str:
    """The document type whose words all stand in a file's name, the longest such; empty where none does."""
    words = set(WORD.findall(name.rpartition(".")[0].casefold()))
    fitting = [one for one in types if (wanted := set(WORD.findall(one.casefold()))) and wanted <= words]
    return max(fitting, key=len, default="")


def _is_text(beginning: bytes) -> bool:
    """No control characters, and no page that a browser would run."""
    if any(byte < 32 and byte not in (9, 10, 12, 13) for byte in beginning):
        return False
    return (
        not beginning.lstrip(b"\xef\xbb\xbf \t\r\n")[:64]
        .lower()
        .startswith((b"<!doctype", b"<html", b"<svg", b"<?xml"))
    )
