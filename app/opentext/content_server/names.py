"""Names Content Server takes. Observed: at most 248 characters, no colon, blanks at the ends are trimmed."""

import re
import unicodedata

LONGEST_NAME = 248  # UTF-16 units
DIRECTION_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


def file_name(name: str, longest: int = LONGEST_NAME) -> str:
    """A name Content Server takes, as close to the given one as can be.

    Colons, slashes and backslashes become "-"; control characters, direction overrides and broken surrogates
    go; blanks are trimmed; too long a name keeps its ending (".pdf"). Length is counted in UTF-16 units, the
    strictest reading of "248 characters". Nothing left gives "Untitled".
    """
    text = unicodedata.normalize("NFC", re.sub(r"[:/\\]", "-", name))
    text = "".join(letter for letter in text if not _unfit(letter))
    text = " ".join(text.split())
    if _units(text) > longest:
        stem, dot, ending = text.rpartition(".")
        tail = dot + ending if stem and _units(ending) <= 10 else ""
        text = _cut(stem if tail else text, longest - _units(tail)).strip() + tail
    return text.strip() if text.strip(" .") else "Untitled"


def _unfit(letter: str) -> bool:
    category = unicodedata.category(letter)
    return letter in DIRECTION_OVERRIDES or category == "Cs" or (category == "Cc" and not letter.isspace())


def _units(text: str) -> int:
    return len(text) + sum(ord(letter) > 0xFFFF for letter in text)


def _cut(text: str, longest: int) -> str:
    kept, length = [], 0
    for letter in text:
        length += _units(letter)
        if length > longest:
            break
        kept.append(letter)
    return "".join(kept)
