"""What a buyer is asked for, and which files are taken for it."""

import re
import unicodedata
from dataclasses import dataclass

# What we take, by the type found in the bytes: extension, words. Nothing a browser or an office program would run.
KINDS = {
    "application/pdf": ("pdf", "PDF"),
    "image/jpeg": ("jpg", "JPEG photo"),
    "image/png": ("png", "PNG picture"),
    "image/webp": ("webp", "WebP picture"),
    "image/heic": ("heic", "iPhone photo"),
    "image/tiff": ("tif", "TIFF scan"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx", "Word document"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx", "Excel workbook"),
}
INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    "|[\U000e0000-\U000e007f]"
)
LONGEST_NAME = 120


@dataclass(frozen=True)
class Wanted:
    """One document that is asked for. `type_id` is its document type's classification (0: none), `folder` a name.

    `mime_types` empty: everything we take. `several`: photos and the like, more than one file.
    """

    key: str
    name: str
    folder: str
    type_id: int = 0
    mime_types: tuple[str, ...] = ()
    several: bool = False
    type_name: str = ""  # where the type's classification is not known yet

    @property
    def taken(self) -> tuple[str, ...]:
        """The types taken for it."""
        asked = tuple(one for one in self.mime_types if one in KINDS)
        return asked or tuple(KINDS)

    @property
    def in_words(self) -> str:
        """ "PDF or JPEG photo"; empty where everything usual is taken."""
        if len(self.taken) == len(KINDS):
            return ""
        words = [KINDS[one][1] for one in self.taken]
        return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def shown_name(name: str) -> str:
    """A buyer's file name, safe to show: no path, nothing invisible or turning the line, not endless. Never used to
    store anything under."""
    last = re.split(r"[/\\]", name)[-1]
    visible = " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", last)).split())
    if len(visible) > LONGEST_NAME:
        stem, dot, ending = visible.rpartition(".")
        kept = f".{ending}" if dot and len(ending) <= 10 else ""
        visible = f"{(stem if kept else visible)[: LONGEST_NAME - len(kept) - 1]}…{kept}"
    return visible or "file"
