"""How pages look: one sheet, over it the host's colours and measures, and a dark mode where nothing light is around.

A host is told apart only by custom properties. Neither store's admin documents a dark mode, so a page in its frame
stays light; a page in a window of its own, a buyer's and a help desk's side bar follow what the browser says of their
surroundings: `prefers-color-scheme`, in a frame that of the framing page (CSS Color Adjustment, section 2).
"""

import re
from enum import StrEnum
from functools import cache

from flask import current_app, g, request
from markupsafe import Markup

from app.web import headers
from app.web.assets import STATIC


class Look(StrEnum):
    """Whose manner a page has."""

    BIGCOMMERCE = "bigcommerce"  # BigDesign: the sheet as it is
    SHOPIFY = "shopify"  # Polaris
    OWN = "own"  # a page in no store's frame


SHEETS = {Look.BIGCOMMERCE: ("app.css",), Look.SHOPIFY: ("app.css", "shopify.css"), Look.OWN: ("app.css", "dark.css")}


NOTE = re.compile(r"/\*.*?\*/", re.DOTALL)
BLANKS = re.compile(r"\s+")
LOOSE = re.compile(r" ?([{};,]) ?|(?<=:) (?!not|:)")


@cache
def sheet(look: Look) -> Markup:
    """What is put into each page of that look: it is small, and a page paints with its first answer."""
    text = "".join((STATIC / name).read_text("utf-8") for name in SHEETS[look])
    packed = LOOSE.sub(lambda found: found[1] or "", BLANKS.sub(" ", NOTE.sub("", text)))
    return Markup(packed.strip().replace(";}", "}"))  # noqa: S704  # our files


def here() -> Look:
    """The look of this request's page. Browsers say whether they load it into a frame; those that do not get light."""
    if not g.get("is_framed"):
        return Look.OWN
    if headers.frame(current_app.extensions["ecm"]).script:
        return Look.SHOPIFY
    return Look.OWN if request.headers.get("Sec-Fetch-Dest") == "document" else Look.BIGCOMMERCE


def stylesheet() -> Markup:
    return sheet(here())
