"""Text from elsewhere, made safe to look at: nothing invisible, nothing that turns the reading direction, not endless.

Escaping is Jinja's; this is what escaping does not do. Only `preview_html` marks its result as markup.
"""

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from app.domain.visible import LONGEST as LONGEST
from app.domain.visible import clean as clean
from app.domain.visible import short as short
from app.engine import sanitise

BLOCK = re.compile(r"</?(?:p|br|ul|ol|li|h[1-6]|table|thead|tbody|tr|th|td|img)\b[^>]*>", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")


def finalize(value: Any) -> Any:
    """Applied to every value a template prints, so that no name is forgotten. Markup was cleaned when it was made."""
    return clean(value) if type(value) is str else value


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
