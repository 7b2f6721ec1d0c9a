"""What of a text people can see: names and words of others come without controls and direction marks."""

import re

LONGEST = 20_000
# Controls but tab and line feed, soft hyphen, Arabic letter mark, Mongolian separator, zero-width space, direction
# marks, line and paragraph separators, embeddings, overrides, isolates, word joiner and invisible operators, byte
# order mark, interlinear marks, tags. Joiners U+200C and U+200D stay: words of some scripts and emoji need them.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
BLANKS = re.compile(r"[ \t\r\n\f\v]+")  # a no-break space stays one


def clean(text: str, most: int = LONGEST) -> str:
    """The visible part of a text, cut where nobody would read on."""
    shown = INVISIBLE.sub("", text)
    return shown if len(shown) <= most else f"{shown[:most]}…"


def short(text: str, most: int = 120) -> str:
    """A name or a line for a list: one line, cut."""
    return clean(BLANKS.sub(" ", text).strip(), most)
