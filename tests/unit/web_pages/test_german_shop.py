"""A rich shop walked in German: no English sentence of ours is left on its pages.

What our names and texts are is asked of the catalogues: a line of a page that is one of their English texts, or is made
from one, has not been translated. Names that people or Content Server gave stay as they are and are no text of ours.
"""

from collections.abc import Mapping
from html.parser import HTMLParser

from app.web import sentences
from scripts import texts
from tests.unit.web_pages.shop import Shop

OURS = 14  # letters and signs of a text with places, fewer may be anybody's words
# English words that are German too, names of products, and what people typed or named in this shop.
KEPT = frozenset({"Order 1001", "Order 1002", "Order 1003", "Order 1004"})


class Lines(HTMLParser):
    """What a person reads: the text between the tags, line by line, and the labels for who does not see."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipped += tag in ("script", "style", "option")
        self.found += [text for name, text in attrs if name in ("aria-label", "title", "placeholder", "alt") and text]

    def handle_endtag(self, tag: str) -> None:
        self._skipped -= tag in ("script", "style", "option")

    def handle_data(self, data: str) -> None:
        if not self._skipped and data.strip():
            self.found.append(" ".join(data.split()))


def english(page: str) -> list[str]:
    """Lines of a page that are English texts of ours."""
    lines = Lines()
    lines.feed(page)
    german = {one: told for kind in texts.KINDS for one, told in texts.by_text(texts.translated("de", kind)).items()}
    return [line for line in dict.fromkeys(lines.found) if line not in KEPT and _is_ours(line, german)]


def _is_ours(line: str, german: Mapping[texts.Text, str]) -> bool:
    if line in german:
        return german[line] != line
    weight, part = sentences._matched(line)
    return part.template is not None and weight >= OURS


def a_rich_shop(shop: Shop) -> None:
    """Orders in every state, a stopped step with its way out, a product that drifted, a page, a company, a customer."""
    shop.related_customer()
    shop.company()
    shop.order_under_review("1001")
    shop.order_under_review("1002", outcome="approved")
    shop.failing(shop.order_under_review("1003"), 3, stuck=True)
    shop.failing(
        shop.order_under_review("1004"), 3, error_message="Content Server asks us to slow down.",
        error_hint="Try again in a minute.",
    )  # fmt: skip
    shop.product_live("77", drifted=("name",))
    shop.page_live(drifted=True)


PAGES = (
    "/", "/inbox", "/activity/", "/activity/deliveries", "/activity/gaps", "/find?q=1001", "/panel/orders/1001",
    "/panel/orders/1002", "/panel/orders/1003", "/panel/orders/1004", "/panel/products/77", "/panel/customers/7",
    "/panel/companies/9", "/panel/pages/page:4", "/settings/scenarios", "/settings/scenarios/order-review",
    "/settings/scenarios/price-agreement-company", "/settings/opentext", "/settings/audit",
    "/settings/people", "/settings/import", "/settings/messages",
    "/settings/privacy", "/settings/help-desk",
)  # fmt: skip


def test_no_english_sentence_of_ours_is_left_on_the_pages_of_a_german_shop(shop: Shop) -> None:
    a_rich_shop(shop)
    person = shop.sign_in("owner", locale="de-DE")
    left = {path: found for path in PAGES if (found := english(person.text(path)))}
    assert left == {}
    assert len(english(shop.sign_in("viewer", locale="en-GB").text("/panel/orders/1003"))) > 30  # it does find them
