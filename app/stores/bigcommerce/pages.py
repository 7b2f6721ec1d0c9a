"""Content pages, and the terms buyers agree to at checkout. Page ids: `page:12`, `terms:1` (a channel's terms).

Source: BigCommerce API reference, Pages V3, Checkouts V3 (channel settings), Channels V3.
"""

import re
from collections.abc import Iterator
from html import unescape

from app.domain.ids import PageId
from app.domain.trade import Page, PageKind
from app.errors import NeedsReauth, NotFound, Permanent
from app.stores.bigcommerce import payloads, trade_payloads
from app.stores.bigcommerce.client import SERVICE, BigCommerceClient, number, parse
from app.stores.bigcommerce.mapping import fingerprint
from app.stores.bigcommerce.paging import PAGE, v3_pages

PAGES, CHECKOUT = "v3/content/pages", "v3/checkouts/settings/channels"
TERMS_TITLE = "Terms and conditions at checkout"
WITHOUT_TEXT = frozenset({"link", "blog"})  # they point elsewhere, or are written in the control panel only
LONGEST_TITLE = 100
# What terms at checkout can hold once their markup is gone; a table or picture would be lost.
TEXTUAL = frozenset({"a", "b", "br", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p",
                     "section", "small", "span", "strong", "u", "ul"})  # fmt: skip
_TAG = re.compile(r"<\s*(/?)\s*([a-zA-Z][a-zA-Z0-9]*)[^>]*>")
_BLOCK = re.compile(r"<\s*(?:br\b[^>]*|/\s*(?:p|div|h[1-6]|li|ul|ol|section)\b[^>]*|hr\b[^>]*)>", re.IGNORECASE)
_LINK = re.compile(r"<\s*a\b[^>]*\bhref\s*=\s*[\"']([^\"']*)[\"'][^>]*>(.*?)<\s*/\s*a\s*>", re.IGNORECASE | re.DOTALL)


class PageReading:
    """The pages' part of StoreReader."""

    _client: BigCommerceClient

    def pages(self) -> Iterator[Page]:
        """Terms at checkout are left out where the app may not read them."""
        for entry in v3_pages(self._client, PAGES, trade_payloads.Page, {"include": "body", "limit": PAGE}):
            if entry.type not in WITHOUT_TEXT:
                yield _page(entry)
        for channel in self._channels():
            try:
                yield self._terms(channel.id, channel.name)
            except (NotFound, Permanent):
                continue  # this channel has no checkout of its own
            except NeedsReauth as error:
                if error.context.get("status") == 401:
                    raise
                return

    def page(self, page_id: PageId) -> Page:
        kind, _, key = page_id.partition(":")
        if kind == "terms":
            names = {channel.id: channel.name for channel in self._channels()}
            return self._terms(int(number(key)), names.get(int(number(key)), ""))
        if kind != "page":
            raise NotFound("BigCommerce does not have this page.", service=SERVICE)
        return _page(self._body_of(int(number(key))))

    def _body_of(self, key: int) -> trade_payloads.Page:
        response = self._client.get(f"{PAGES}/{key}", include="body")
        return parse(response, payloads.Data[trade_payloads.Page]).data

    def _terms(self, channel_id: int, name: str) -> Page:
        found = self._checkout(channel_id)
        is_link = found.order_terms_and_conditions_type == "link"
        text = "" if is_link else found.order_terms_and_conditions_textarea
        url = found.order_terms_and_conditions_link if is_link else ""
        is_visible = bool(found.is_order_terms_and_conditions_enabled)
        return Page(
            id=PageId(f"terms:{channel_id}"),
            kind=PageKind.POLICY,
            title=f"{TERMS_TITLE} ({name})" if name and len(self._channels()) > 1 else TERMS_TITLE,
            html=text,
            version=fingerprint((text, url, is_visible)),
            url=url,
            channel_id=str(channel_id),
            is_visible=is_visible,
        )

    def _checkout(self, channel_id: int) -> trade_payloads.CheckoutSettings:
        response = self._client.get(f"{CHECKOUT}/{channel_id}")
        return parse(response, payloads.Data[trade_payloads.CheckoutSettings]).data

    def _channels(self) -> list[trade_payloads.Channel]:
        """The storefronts. Without the right to list them, the default one."""

        def read() -> list[trade_payloads.Channel]:
            query = {"type:in": "storefront"}
            try:
                found = list(v3_pages(self._client, "v3/channels", trade_payloads.Channel, query))
            except (NotFound, NeedsReauth) as error:
                if error.context.get("status") == 401:
                    raise
                found = []
            live = [channel for channel in found if channel.status not in ("deleted", "terminated", "archived")]
            return live or [trade_payloads.Channel(id=1)]

        return self._client.kept.get("channels", read)


class PageWriting(PageReading):
    """The pages' part of StorePublisher."""

    _client: BigCommerceClient

    def save_page(self, page_id: PageId | None, title: str, html: str, *, visible: bool = True) -> Page:
        if page_id is not None and page_id.startswith("terms:"):
            return self._save_terms(int(number(page_id.partition(":")[2])), html, visible=visible)
        if not 0 < len(title) <= LONGEST_TITLE:
            raise Permanent(f"A page's title has 1 to {LONGEST_TITLE} characters.", code="bad_title", service=SERVICE)
        key = self._page_named(title) if page_id is None else int(number(self.page(page_id).id.partition(":")[2]))
        body = {"name": title, "body": html, "is_visible": visible}
        if key is None:
            response = self._client.post(PAGES, body | {"type": "page"})
            key = parse(response, payloads.Data[trade_payloads.Page]).data.id
        else:
            self._client.put(f"{PAGES}/{key}", body)
        return _page(self._with_text(key, html))

    def _with_text(self, key: int, html: str) -> trade_payloads.Page:
        """The page read back. Whether a plain page takes its text on creation is not documented: where it did not, it
        is written once more, and at last as a page of raw HTML.
        """
        found = self._body_of(key)
        for more in ({}, {"type": "raw"}):
            if found.body or not html.strip():
                break
            self._client.put(f"{PAGES}/{key}", {"name": found.name, "body": html, **more})
            found = self._body_of(key)
        return found

    def _page_named(self, title: str) -> int | None:
        found = v3_pages(self._client, PAGES, trade_payloads.Page, {"name": title})
        return next((entry.id for entry in found if entry.name == title and entry.type not in WITHOUT_TEXT), None)

    def _save_terms(self, channel_id: int, html: str, *, visible: bool) -> Page:
        text = plain_text(html)
        wanted = {
            "is_order_terms_and_conditions_enabled": visible,
            "order_terms_and_conditions_type": "textarea",
            "order_terms_and_conditions_textarea": text,
        }
        self._client.put(f"{CHECKOUT}/{channel_id}", wanted)
        return self.page(PageId(f"terms:{channel_id}"))


def _page(found: trade_payloads.Page) -> Page:
    text = found.body or ""
    return Page(
        id=PageId(f"page:{found.id}"),
        kind=PageKind.PAGE,
        title=found.name,
        html=text,
        version=fingerprint((found.name, text, found.is_visible, found.url)),
        url=found.url,
        channel_id=str(found.channel_id),
        is_visible=found.is_visible,
    )


def plain_text(html: str) -> str:
    """Terms at checkout are a plain text: blocks become lines, links show their address. Permanent for what a text
    cannot hold, so that nothing approved is lost on the way.
    """
    strange = sorted({name.lower() for _, name in _TAG.findall(html)} - TEXTUAL)
    if strange:
        raise Permanent(
            f"Terms at checkout are a plain text and cannot hold this: {', '.join(strange)}.",
            code="not_plain_text",
            hint="Publish it as a page and let the terms at checkout link to that page.",
            service=SERVICE,
        )
    linked = _LINK.sub(lambda match: f"{match[2]} ({match[1]})", html)
    lines = _TAG.sub("", re.sub(r"<\s*li\b[^>]*>", "- ", _BLOCK.sub("\n", linked), flags=re.IGNORECASE))
    kept = [" ".join(line.split()) for line in unescape(lines).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


__all__ = ["PageReading", "PageWriting", "plain_text"]
