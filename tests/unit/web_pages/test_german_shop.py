"""A rich shop walked in German, French and Spanish: no English sentence of ours is left on its pages.

What our names and texts are is asked of the catalogues: a line of a page that is one of their English texts, or is made
from one, has not been translated. Names that people or Content Server gave stay as they are and are no text of ours.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from html.parser import HTMLParser
from itertools import zip_longest

from app.engine import server_names
from app.language import sentences as room
from app.scenarios import ALL
from app.scenarios.orders import ORDER_REVIEW
from app.web import audit_words
from scripts import texts
from tests.unit.web_pages.shop import Shop
from tests.unit.web_pages.test_audit_page import record

OURS = 14  # letters and signs of a text with places, fewer may be anybody's words
FOREIGN = re.compile(r"\b(?:the|is|not|should|from|this|that|cannot|been)\b", re.IGNORECASE)  # in none of the three
GIVEN = re.compile(r"„[^“]*“|«[^»]*»")  # names, which stay as they are
# What people typed or named in this shop, and what OpenText calls things.
TYPED = {"Order 1001", "Order 1002", "Order 1003", "Order 1004", "Called the customer, all fine."}
KEPT = TYPED.union(*server_names.ours().values())


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


@cache
def told_in(language: str) -> Mapping[texts.Text, str]:
    found = {one: told for kind in texts.KINDS for one, told in texts.by_text(texts.translated(language, kind)).items()}
    # A word that another text has as its translation may be meant: "Motor" in Spanish, "Name" in German.
    return {one: told for one, told in found.items() if one not in found.values()}


def english(page: str, language: str = "de", kept: Collection[str] = ()) -> list[str]:
    """Lines of a page that are English texts of ours; `kept` are names somebody gave."""
    lines = Lines()
    lines.feed(page)
    found = [line for line in dict.fromkeys(lines.found) if line not in KEPT and line not in kept]
    return [line for line in found if _is_ours(line, language)]


@cache
def _is_ours(line: str, language: str) -> bool:
    told = told_in(language)
    if line in told:
        return told[line] != line
    if FOREIGN.search(GIVEN.sub("", line)):
        return True
    weight, part = room._matched(line)
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
    "/settings/privacy", "/settings/help-desk", "/settings/rights", "/settings/names", "/settings/communications",
    "/settings/set-up/store", "/settings/set-up/content", "/settings/set-up/document",
    "/settings/set-up/workflow", "/panel/orders/1001/timeline",
)  # fmt: skip


WRONG = "-1 ~ no ~ such ~ thing"  # what no field of a scenario takes, or what stays a text


def an_audit_log(shop: Shop, user_id: str) -> None:
    """One entry of every action, and everything that can be kept beside one."""
    beside: dict[str, object] = {
        name: next(iter(audit_words.VALUES.get(name, {"7": ""}))) for name in audit_words.NAMES
    }
    record(
        shop,
        f"user:{user_id}",
        "task.decide",
        "task:1",
        about="order:1001",
        **beside | {"map": [{}], "read_back": True},
    )
    for actor, action in zip_longest(audit_words.ACTORS, audit_words.ACTIONS, fillvalue="system"):
        record(shop, actor, action, "preferences_changed" if action == "installed" else "order-review")


BY_CHOICES = tuple({one.preferences: one for one in (ORDER_REVIEW, *ALL)}.values())  # one scenario for each form
FEW = ("/", "/panel/orders/1003", "/settings/audit")  # the catalogues have the same texts: here, what code writes
LANGUAGES = {"de": "Was einen Menschen", "fr": "Ce qui demande", "es": "Lo que"}  # and what each calls the first card


def test_no_english_sentence_of_ours_is_left_on_the_pages_of_a_shop(shop: Shop) -> None:
    a_rich_shop(shop)
    people = {one: shop.sign_in("owner", f"{one}-{one.upper()}", email=f"{one}@x.example") for one in LANGUAGES}
    an_audit_log(shop, people["de"].user_id)
    for language, person in people.items():
        assert LANGUAGES[language] in person.text("/")
        left = {
            path: found
            for path in (PAGES if language == "de" else FEW)
            if (found := english(person.text(path), language))
        }
        assert left == {}
        for scenario in BY_CHOICES if language == "de" else BY_CHOICES[:1]:
            wrong = dict.fromkeys(scenario.preferences.model_fields, WRONG)
            refused = person.post(f"/settings/scenarios/{scenario.slug}", **wrong).get_data(as_text=True)
            assert english(refused, language) == [], scenario.slug
    assert len(english(shop.sign_in("viewer", locale="en-GB").text("/panel/orders/1003"))) > 30  # it does find them
