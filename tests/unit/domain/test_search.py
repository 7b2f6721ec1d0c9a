"""What people type and what objects are called meet, however either is spelt."""

import pytest

from app.domain.search import PERSONAL, TermKind, beside, prefixes, terms, words
from tests.builders import an_order

FACTS = {
    "number": "1001", "customer_name": "Zoë Łódź-Groß", "customer_email": "Zoe@Example.com",
    "lines": [{"sku": "LAMP-1 / black"}],
}  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    ["1001", "#1001", "100", "zoe", "ZOË", "zoë łódź-gross", "łódź", "zoe@", "lamp1", "LAMP-1/BLACK", "order 1001"],
)
def test_what_people_type_begins_a_word_of_the_object(typed: str) -> None:
    known = {one.term for one in terms("order", "88", "Order 1001", FACTS)}
    assert any(one.startswith(prefix) for prefix in prefixes(typed) for one in known)


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "#-/", "é\u0301" * 0])
def test_nothing_is_looked_for_where_nothing_was_typed(typed: str) -> None:
    assert [one for one in prefixes(typed) if one.startswith("c:")] == []


def test_a_name_in_another_order_is_looked_for_by_its_words() -> None:
    assert words("Löwe  Ada") == ("t:lowe", "t:ada")
    assert words("Ada") == ()


def test_a_company_is_no_person_and_a_customer_is() -> None:
    of_customer = {one.kind for one in terms("customer", "7", "Ada Löwe", {"email": "a@b.c"})}
    of_product = {one.kind for one in terms("product", "77", "Aurora lamp", {"sku": "L-1"})}
    assert of_customer & PERSONAL == {TermKind.NAME, TermKind.EMAIL}
    assert not of_product & PERSONAL


def test_tracking_numbers_nobody_looked_for_are_not_taken_for_none() -> None:
    found, unread = beside(an_order())
    assert (found, unread) == (frozenset(), {TermKind.TRACKING})


def test_endless_words_are_cut() -> None:
    assert all(len(one.term) <= 122 for one in terms("order", "1", "x" * 10_000, {"lines": [{"sku": "y" * 10_000}]}))
