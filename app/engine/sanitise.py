"""Product HTML: an allow-list, applied before anything is hashed, shown or published. Idempotent."""

import re
from urllib.parse import urlsplit

import nh3

TAGS = {
    "p", "br", "ul", "ol", "li", "strong", "em", "b", "i", "h2", "h3", "h4", "table", "thead", "tbody", "tr", "th",
    "td", "a", "img",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}}
# A store may evaluate template marks inside a description; as text they read the same and do nothing.
TEMPLATE_MARKS = re.compile(r"\{(?=[{%#])|(?<=[}%#])\}")


def product_html(html: str, image_hosts: frozenset[str] = frozenset()) -> str:
    """The HTML that may be published. Images only from the listed hosts, https only; links https or mailto."""

    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            parts = urlsplit(value)
            return value if parts.scheme == "https" and (parts.hostname or "") in image_hosts else None
        return value

    clean = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "mailto"}, link_rel=None,
        attribute_filter=attribute, clean_content_tags={"script", "style"}, strip_comments=True,
    )  # fmt: skip
    return TEMPLATE_MARKS.sub(lambda mark: f"&#{ord(mark.group())};", clean)


PAGE_TAGS = TAGS - {"img"} | {"h1", "h5", "h6", "blockquote", "hr", "dl", "dt", "dd", "u", "small", "sub", "sup"}


def page_html(html: str) -> str:
    """The HTML of a policy or page that may be published: texts, lists, tables and links; no pictures. Idempotent."""
    clean = nh3.clean(
        html, tags=PAGE_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "mailto"}, link_rel=None,
        clean_content_tags={"script", "style", "title"}, strip_comments=True,
    )  # fmt: skip
    return TEMPLATE_MARKS.sub(lambda mark: f"&#{ord(mark.group())};", clean).strip()
