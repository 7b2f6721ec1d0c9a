"""What people type to find something, and the words an object is found by. Pure.

Two spellings: *text* (names, e-mail addresses, titles) without case and accents, and *codes* (order and case numbers,
SKUs, tracking numbers) where nothing but letters and digits counts, so that "1Z 999-A1" finds "1z999a1".
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.commerce import Order, Product
from app.domain.order_parts import OrderPart

LONGEST = 120
MOST_WORDS = 4
CODE, TEXT = "c:", "t:"


class TermKind(StrEnum):
    """What a word is to its object."""

    NUMBER = "number"
    SKU = "sku"
    TRACKING = "tracking"
    TITLE = "title"
    NAME = "name"
    EMAIL = "email"


CODES = frozenset({TermKind.NUMBER, TermKind.SKU, TermKind.TRACKING})
PERSONAL = frozenset({TermKind.NAME, TermKind.EMAIL, TermKind.TRACKING})  # what goes when a person is forgotten
NAMED_AFTER_PEOPLE = ("customer",)
FOUND = ("order", "product", "customer", "company", "case", "page")  # kinds of objects people look for


@dataclass(frozen=True, order=True)
class Term:
    """One word an object is found by, as it is kept."""

    kind: TermKind
    term: str


def folded(text: str) -> str:
    """As people compare words: no case, no accents, one blank between two."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(one for one in letters if not unicodedata.combining(one) and one.isprintable())
    return " ".join(bare.split())[:LONGEST]


def code(text: str) -> str:
    """As people compare codes: letters and digits only."""
    return "".join(one for one in folded(text) if one.isalnum())


def term(kind: TermKind, text: str) -> Term | None:
    """As it is kept; None for what is empty."""
    spelt = code(text) if kind in CODES else folded(text)
    return Term(kind, f"{CODE if kind in CODES else TEXT}{spelt}") if spelt else None


def prefixes(text: str) -> tuple[str, ...]:
    """Where to look for what somebody typed, the likeliest first; nothing for nothing."""
    found = [f"{CODE}{code(text)}" if code(text) else "", f"{TEXT}{folded(text)}" if folded(text) else ""]
    return tuple(one for one in found if one)


def words(text: str) -> tuple[str, ...]:
    """The single words of a longer text, for people who type a name in another order."""
    found = tuple(dict.fromkeys(folded(text).split()))
    return tuple(f"{TEXT}{one}" for one in found[:MOST_WORDS]) if len(found) > 1 else ()


def terms(object_type: str, object_id: str, name: str, facts: Mapping[str, Any]) -> frozenset[Term]:
    """The words of an object, from what is kept of it."""
    return frozenset(found for kind, text in _told(object_type, object_id, name, facts) if (found := term(kind, text)))


def _told(object_type: str, object_id: str, name: str, facts: Mapping[str, Any]) -> Iterator[tuple[TermKind, str]]:
    yield TermKind.NUMBER, str(facts.get("number") or object_id)
    yield from _named(TermKind.NAME if object_type in NAMED_AFTER_PEOPLE else TermKind.TITLE, name)
    for field in ("customer_name", "company"):
        yield from _named(TermKind.NAME, str(facts.get(field) or ""))
    for field in ("email", "customer_email"):
        yield TermKind.EMAIL, str(facts.get(field) or "")
    if object_type == "case":
        yield TermKind.NUMBER, str(facts.get("order_number") or "")
    yield TermKind.SKU, str(facts.get("sku") or "")
    for line in facts.get("lines") or ():
        yield TermKind.SKU, str(line.get("sku") or "")


def _named(kind: TermKind, name: str) -> Iterator[tuple[TermKind, str]]:
    """A name as a whole and by its words, so that the last one alone finds it."""
    parts = folded(name).split()
    yield kind, name
    if len(parts) > 1:
        yield from ((kind, part) for part in parts if len(part) > 1)


def beside(subject: object) -> tuple[frozenset[Term], frozenset[TermKind]]:
    """Words that are not among what is kept of an object, and kinds nobody has looked for this time."""
    if isinstance(subject, Order):
        if OrderPart.SHIPMENTS not in subject.parts:
            return frozenset(), frozenset({TermKind.TRACKING})
        numbers = [number for one in subject.shipments for number in one.tracking_number.split(",")]
        return _all(TermKind.TRACKING, numbers), frozenset()
    if isinstance(subject, Product):
        return _all(TermKind.SKU, list(subject.variants)), frozenset()
    return frozenset(), frozenset()


def _all(kind: TermKind, texts: list[str]) -> frozenset[Term]:
    return frozenset(found for text in texts if (found := term(kind, text)))
