"""Text from elsewhere, made safe to look at: nothing invisible, nothing that turns the reading direction, not endless.

Escaping is Jinja's; this is what escaping does not do. Only `preview_html` marks its result as markup.
"""

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from app.engine import sanitise

LONGEST = 20_000
# Controls but tab and line feed, soft hyphen, Arabic letter mark, Mongolian separator, zero-width space, direction
# marks, line and paragraph separators, embeddings, overrides, isolates, word joiner and invisible operators, byte
# order mark, interlinear marks, tags. Joiners U+200C and U+200D stay: words of some scripts and emoji need them.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
BLOCK = re.compile(r"</?(?:p|br|ul|ol|li|h[1-6]|table|thead|tbody|tr|th|td|img)\b[^>]*>", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")
BLANKS = re.compile(r"[ \t\r\n\f\v]+")  # a no-break space stays one


def clean(text: str, most: int = LONGEST) -> str:
    """The visible part of a text, cut where nobody would read on."""
    shown = INVISIBLE.sub("", text)
    return shown if len(shown) <= most else f"{shown[:most]}…"


def finalize(value: Any) -> Any:
    """Applied to every value a template prints, so that no name is forgotten. Markup was cleaned when it was made."""
    return clean(value) if type(value) is str else value


def short(text: str, most: int = 120) -> str:
    """A name or a line for a list: one line, cut."""
    return clean(BLANKS.sub(" ", text).strip(), most)


def plain_text(html: str, most: int = 2_000) -> str:
    """The words of an HTML text, for comparing at a glance."""
    words = " ".join(TAG.sub("", BLOCK.sub(" ", sanitise.product_html(clean(html)))).split())
    return short(unescape(words), most)


def preview_html(html: str) -> Markup:
    """A product description as the store shows it, without pictures: the list of what may be published, once more."""
    clean_html = sanitise.product_html(clean(html, 100_000))
    return Markup(re.sub(r"<img\b[^>]*>", "", clean_html))  # noqa: S704  # the one reviewed place: sanitised above


def web_url(url: str) -> str:
    """An address a link may lead to: http or https, nothing else; empty otherwise."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc and not parts.username else ""
