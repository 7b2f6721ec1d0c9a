"""A publication: an approved version of content, the product before it, what was written, what is live now."""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator

from app.domain.ids import NodeId

# The governed texts of a product, by our field name, with the words a merchant reads.
TEXT_FIELDS = {
    "name": "Name",
    "description": "Description",
    "page_title": "Page title",
    "meta_description": "Meta description",
    "search_keywords": "Search keywords",
}
IMAGE_PREFIX = "image:"  # "image:<file name>" is the field of one picture
COMPLIANCE_FIELD = "compliance_document"
CONTENT_SHEET = "Product content.json"


def is_content_sheet(name: str) -> bool:
    """The sheet an author works on, also under a numbered or translated name that keeps its ending."""
    lowered = name.lower()
    return lowered.endswith(".json") and "content" in lowered


def document_kind(name: str) -> str:
    """What a governed document is, in words, by its name; its approval is kept under them."""
    lowered = name.lower()
    if is_content_sheet(name):
        return "Product content"
    return next((words for beginning, words in _KINDS if lowered.startswith(beginning)), "Document")


_KINDS = (
    ("price agreement", "Price agreement"),
    ("tax exemption certificate", "Tax exemption certificate"),
    ("promotion", "Promotion"),
    ("campaign brief", "Campaign brief"),
    ("policy exception", "Policy exception"),
    ("legal approval", "Legal approval"),
)


class FieldState(StrEnum):
    """Where one field of a publication stands."""

    PLANNED = "planned"
    REFUSED = "refused"  # never sent, or not taken by the store: its note says why
    SKIPPED = "skipped"  # not sent: the store holds something else than when it was approved
    WRITTEN = "written"  # sent, not yet read back
    LIVE = "live"  # read back and equal
    DRIFTED = "drifted"  # the store holds something else now
    UNDONE = "undone"  # the before-image is back
    KEPT = "kept"  # undo skipped it: a person changed it since
    SUPERSEDED = "superseded"  # a later publication governs it


class PublicationState(StrEnum):
    PLANNED = "planned"  # waits for the day it is valid from
    PUBLISHING = "publishing"
    LIVE = "live"
    UNDONE = "undone"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class SheetImage(BaseModel):
    """A picture named in the content sheet: a document in the images folder, with words for who cannot see it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str = Field(min_length=1, max_length=248)
    alt: str = Field(default="", max_length=250)
    thumbnail: bool = False


class SheetCompliance(BaseModel):
    """The compliance document named in the content sheet; `label` is what shoppers read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str = Field(min_length=1, max_length=248)
    label: str = Field(default="Compliance document", min_length=1, max_length=250)


class ContentSheet(BaseModel):
    """What an author keeps in the product's launch workspace ("Product content.json"). Absent = leave as is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=250)
    description: str | None = Field(default=None, max_length=100_000)
    page_title: str | None = Field(default=None, max_length=255)
    meta_description: str | None = Field(default=None, max_length=65_535)
    search_keywords: str | None = Field(default=None, max_length=65_535)
    images: tuple[SheetImage, ...] = Field(default=(), max_length=20)
    compliance: SheetCompliance | None = None

    @field_validator("name", "page_title", "meta_description", "search_keywords")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        return value if value is None else " ".join(value.split())

    def texts(self) -> dict[str, str]:
        """The texts that are given, by field name."""
        return {name: value for name in TEXT_FIELDS if (value := getattr(self, name)) is not None}


@dataclass(frozen=True)
class ApprovedSource:
    """Exactly what was approved: node, version, the digest of its bytes, by whom and when."""

    node_id: NodeId
    version: int
    sha256: str
    name: str
    approved_by: str
    approved_at: datetime | None


def image_name(file_name: str) -> str:
    """The name a picture gets in a store (`ProductImage.file_name`), whatever its document is called.

    Lower-case letters, digits and single dashes survive. Where that loses something, a digest of the whole
    name keeps two names apart. Applied to its own result it changes nothing.
    """
    stem, dot, suffix = file_name.rpartition(".")
    stem, ending = (_plain(stem), _plain(suffix)[:8].strip("-")) if dot else (_plain(suffix), "")
    suffix = f".{ending}" if ending else ""
    if f"{stem}{suffix}" == file_name and 0 < len(stem) <= 100:
        return file_name
    digest = hashlib.sha256(file_name.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{stem[:80].strip('-')}-{digest}{suffix}".lstrip("-")


def _plain(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")


def starter_sheet(fields: dict[str, str]) -> bytes:
    """A content sheet holding the product's present texts, for an author to start from."""
    texts = {name: fields.get(name, "") for name in TEXT_FIELDS}
    return json.dumps(texts | {"images": [], "compliance": None}, ensure_ascii=False, indent=2).encode()
