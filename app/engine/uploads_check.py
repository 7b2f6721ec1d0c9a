"""Is this a file we take? By its bytes, never by what the sender calls it; nothing is unpacked.

Source: the project's security rules, "Files"; signatures as published by the formats' owners (ISO 32000, ISO 10918,
ISO 15948, RFC 9649, ISO 23008-12, TIFF 6.0, ECMA-376).
"""

import hashlib
from dataclasses import dataclass

from app.domain.uploads import KINDS, Wanted, shown_name

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
MACROS = (b"vbaProject.bin", b"macroEnabled", b"activeX", b"oleObject")
EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@dataclass(frozen=True)
class Sent:
    """One file as it came in, for what it was sent."""

    wanted: str
    name: str
    content: bytes


@dataclass(frozen=True)
class Checked:
    """A file and what was found. `reason` says in words for the buyer why it is not taken; empty: it is."""

    sent: Sent
    name: str
    mime_type: str
    sha256: str
    reason: str = ""

    @property
    def extension(self) -> str:
        return KINDS[self.mime_type][0]


def check(sent: Sent, wanted: Wanted) -> Checked:
    """Look at one file. Never raises; what is not taken has a reason."""
    found = type_of(sent.content)
    reason = _reason(sent.content, found, wanted)
    return Checked(sent, shown_name(sent.name), found, hashlib.sha256(sent.content).hexdigest(), reason)


def _reason(content: bytes, found: str, wanted: Wanted) -> str:
    if not content:
        return "The file is empty."
    if EICAR in content:
        return "The file carries the mark of a virus and was not taken."
    if found in (DOCX, XLSX) and any(mark in content for mark in MACROS):
        return "The document holds macros or embedded programs. Please send it as a PDF."
    if not found:
        return "This kind of file is not taken. Please send a PDF, a photo or a Word or Excel document without macros."
    if found not in wanted.taken:
        return f"Please send this one as {wanted.in_words}."
    return ""


def type_of(content: bytes) -> str:
    """The MIME type the bytes show, of those we know; empty for everything else."""
    if content.lstrip(b"\xef\xbb\xbf\r\n\t \x00")[:5] == b"%PDF-":
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "image/heic"
    if content[:4] in (b"II*\x00", b"MM\x00*"):
        return "image/tiff"
    return _office(content) if content.startswith(b"PK\x03\x04") else ""


def _office(content: bytes) -> str:
    """A Word or Excel document by the names in its directory, which are not compressed."""
    if b"[Content_Types].xml" not in content:
        return ""
    if b"word/document.xml" in content:
        return DOCX
    return XLSX if b"xl/workbook.xml" in content else ""
