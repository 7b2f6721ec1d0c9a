"""Content pages and the shop's policies. Page ids: `page:12`, `policy:REFUND_POLICY`.

No webhook tells of either: they are polled. Source: Shopify Admin GraphQL API 2026-10, pages, shopPolicies,
shopPolicyUpdate (512 KB of HTML at most; without a history, so the text before is filed by the caller).
"""

from collections.abc import Iterator

from app.domain.ids import PageId
from app.domain.trade import Page, PageKind
from app.errors import NotFound, Permanent
from app.stores.shopify.client import ScopeMissing, ShopifyClient
from app.stores.shopify.mapping import fingerprint
from app.stores.shopify.names import SERVICE, gid
from app.stores.shopify.orders import quoted
from app.stores.shopify.payloads import Number, Payload, Text, Time, parse

WRITE = "Give the app the access write_content in the Shopify admin."
LONGEST_TITLE = 255
LONGEST_POLICY = 512 * 1024  # bytes
TITLES = {
    "CONTACT_INFORMATION": "Contact information", "LEGAL_NOTICE": "Legal notice", "PRIVACY_POLICY": "Privacy policy",
    "REFUND_POLICY": "Refund policy", "SHIPPING_POLICY": "Shipping policy",
    "SUBSCRIPTION_POLICY": "Cancellation policy", "TERMS_OF_SALE": "Terms of sale",
    "TERMS_OF_SERVICE": "Terms of service",
}  # fmt: skip


class PageNode(Payload):
    id: Number
    title: str
    handle: Text = ""
    is_published: bool
    updated_at: Time
    body: Text = ""


class Titled(Payload):
    id: Number
    title: str


class Policy(Payload):
    type: str
    title: Text = ""
    body: Text = ""
    url: Text = ""


class PageReading:
    """The pages' part of StoreReader. Each of the two kinds has a scope of its own: one missing hides that kind."""

    _client: ShopifyClient

    def pages(self) -> Iterator[Page]:
        try:
            for node in self._client.pages("PagesList", "pages"):
                yield _page(parse(node, PageNode))
        except ScopeMissing:
            pass
        try:
            yield from map(_policy, self._policies())
        except ScopeMissing:
            return

    def page(self, page_id: PageId) -> Page:
        kind, _, key = page_id.partition(":")
        if kind == "policy":
            found = next((one for one in self._policies() if one.type == key), None)
            if found is not None:
                return _policy(found)
        elif kind == "page":
            node = self._client.run("PageRead", id=gid("Page", key)).get("page")
            if node is not None:
                return _page(parse(node, PageNode))
        raise NotFound("Shopify does not have this page.", service=SERVICE)

    def _policies(self) -> list[Policy]:
        return parse(self._client.run("Policies")["shop"]["shopPolicies"], list[Policy])


class PageWriting(PageReading):
    """The pages' part of StorePublisher."""

    _client: ShopifyClient

    def save_page(self, page_id: PageId | None, title: str, html: str, *, visible: bool = True) -> Page:
        if page_id is not None and page_id.startswith("policy:"):
            return self._save_policy(page_id, html, visible=visible)
        try:
            return self._save_page(page_id, title, html, visible=visible)
        except ScopeMissing as error:
            raise ScopeMissing(error.message, hint=WRITE, service=SERVICE) from error

    def _save_page(self, page_id: PageId | None, title: str, html: str, *, visible: bool) -> Page:
        if not 0 < len(title) <= LONGEST_TITLE:
            raise Permanent(f"A page's title has 1 to {LONGEST_TITLE} characters.", code="bad_title", service=SERVICE)
        key = self._page_titled(title) if page_id is None else page_id.partition(":")[2]
        wanted = {"title": title, "body": html, "isPublished": visible}
        if key:
            self._client.change("PageUpdate", "pageUpdate", id=gid("Page", key), page=wanted)
        else:
            made = self._client.change("PageCreate", "pageCreate", page=wanted)
            key = parse(made["page"], _Made).id
        return self.page(PageId(f"page:{key}"))

    def _page_titled(self, title: str) -> str:
        nodes = self._client.run("PagesTitled", filter=f"title:{quoted(title)}")["pages"]["nodes"]
        return next((one.id for one in parse(nodes, list[Titled]) if one.title == title), "")

    def _save_policy(self, page_id: PageId, html: str, *, visible: bool) -> Page:
        """A policy is shown as long as it has a text, so what is not to be seen cannot be kept there."""
        key = page_id.partition(":")[2]
        if key not in TITLES:
            raise NotFound("Shopify does not have this policy.", service=SERVICE)
        if not visible:
            raise Permanent(
                "Shopify shows every policy that has a text.", code="not_in_this_store", service=SERVICE,
                hint="Publish it when it may be seen, or keep it as a hidden page.",
            )  # fmt: skip
        if len(html.encode()) > LONGEST_POLICY:
            raise Permanent("Shopify takes policies of 512 KB at most.", code="too_long", service=SERVICE)
        self._client.change("PolicyUpdate", "shopPolicyUpdate", policy={"type": key, "body": html})
        return self.page(page_id)


class _Made(Payload):
    id: Number


def _page(found: PageNode) -> Page:
    return Page(
        id=PageId(f"page:{found.id}"),
        kind=PageKind.PAGE,
        title=found.title,
        html=found.body,
        version=fingerprint((found.title, found.body, found.is_published, found.handle)),
        url=f"/pages/{found.handle}",
        is_visible=found.is_published,
    )


def _policy(found: Policy) -> Page:
    return Page(
        id=PageId(f"policy:{found.type}"),
        kind=PageKind.POLICY,
        title=found.title or TITLES.get(found.type, found.type),
        html=found.body,
        version=fingerprint(found.body),
        url=found.url,
        is_visible=bool(found.body.strip()),
    )


__all__ = ["PageReading", "PageWriting"]
