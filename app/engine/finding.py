"""Looking for what a person typed, and for what stands around the one object that was meant. Local rows only."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session

from app.db import search
from app.db.search import Hit, Key, Known
from app.domain.search import FOUND, TermKind, folded, prefixes, words

SHORTEST = 2
MOST_RELATED = 20


def hits(session: Session, store_id: str, text: str) -> tuple[Hit, ...]:
    """What begins with what was typed; nothing for less than two letters, which would be nearly everything."""
    if len(folded(text)) < SHORTEST and not text.strip().isdecimal():
        return ()
    return search.find(session, store_id, prefixes(text), words(text))


def chosen(text: str, found: tuple[Hit, ...]) -> Key | None:
    """Which object to show everything about: the one asked for, else the only one, else the only exact one."""
    kind, _colon, object_id = text.partition(":")
    if kind in FOUND and object_id:
        return kind, object_id
    exact = [one for one in found if one.is_exact]
    sure = found if len(found) == 1 else exact if len(exact) == 1 else ()
    return sure[0].key if sure else None


def one_of(session: Session, store_id: str, kind: str, text: str) -> str | None:
    """The id of the one object of a kind whose number, name or title this is; None for none, and for several."""
    exact = [one for one in hits(session, store_id, text) if one.is_exact and one.key[0] == kind]
    by_number = [one for one in exact if one.by is TermKind.NUMBER]
    sure = exact if len(exact) == 1 else by_number
    return sure[0].key[1] if len(sure) == 1 else None


def related(session: Session, store_id: str, key: Key, facts: Mapping[str, Any]) -> dict[Key, Known]:
    """The objects around one: an order's customer and products, a customer's orders, the orders of a SKU."""
    around = dict.fromkeys(one for one in _named_in(facts) if one != key and one[1])
    found: dict[Key, Known] = search.known(session, store_id, list(around)[:MOST_RELATED])
    if key[0] == "customer":
        found |= search.orders_of(session, store_id, key[1])
    if key[0] == "product" and facts.get("sku"):
        sold = search.find(session, store_id, prefixes(str(facts["sku"]))[:1])
        found |= {one.key: one for one in sold if one.is_exact and one.key[0] == "order"}
    return found


def _named_in(facts: Mapping[str, Any]) -> Iterator[Key]:
    for kind in ("customer", "order", "company"):
        yield kind, str(facts.get(f"{kind}_id") or "")
    for one in facts.get("lines") or ():
        yield "product", str(one.get("product_id") or "")
    for member in facts.get("members") or ():
        yield "customer", str(member)
