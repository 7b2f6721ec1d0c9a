"""The words a store's objects are found by, in one narrow table whose key is the way they are looked for."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Index, Select, and_, delete, exists, func, insert, or_, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel

from app.db.links import SubjectSnapshot
from app.db.types import bytewise
from app.domain.search import FOUND, PERSONAL, Term, TermKind

MOST = 300  # rows looked at for one text; whoever finds more types on
HITS = 20
Key = tuple[str, str]  # (kind of object, its id)
BEYOND = "\U0010ffff"  # behind every letter


class SearchEntry(SQLModel, table=True):
    """One word of one object. Every column is key: a row is written and deleted, never changed."""

    __tablename__ = "search_entry"
    # All of a row, so that SQLite, which keeps no statistics, does not walk a store's words to find an object's.
    __table_args__ = (Index("ix_search_object", "store_id", "object_type", "object_id", "kind", "term"),)
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    term: str = Field(sa_column=Column(bytewise(), primary_key=True))
    object_type: str = Field(primary_key=True)
    object_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)


ENTRY: Any = SearchEntry
SNAPSHOT: Any = SubjectSnapshot


@dataclass(frozen=True)
class Known:
    """What the store last told of an object."""

    name: str
    facts: dict[str, Any]
    is_gone: bool


@dataclass(frozen=True)
class Hit(Known):
    """An object that was found: by what, and whether that was its whole word."""

    key: Key
    by: TermKind
    is_exact: bool


def note(
    session: Session, store_id: str, object_type: str, object_id: str, terms: Collection[Term],
    keep: Collection[TermKind] = (),
) -> None:  # fmt: skip
    """Make these the object's words, in the caller's transaction; of the kinds in `keep` none is taken away."""
    mine = _of(store_id, object_type, object_id)
    known = {Term(TermKind(row.kind), row.term) for row in session.execute(select(ENTRY.kind, ENTRY.term).where(mine))}
    gone = [one for one in known - set(terms) if one.kind not in keep]
    if gone:
        session.execute(
            delete(ENTRY).where(mine, or_(*(and_(ENTRY.kind == one.kind, ENTRY.term == one.term) for one in gone)))
        )
    row = {"store_id": store_id, "object_type": object_type, "object_id": object_id}
    new = [row | {"kind": one.kind.value, "term": one.term} for one in sorted(set(terms) - known)]
    if new:
        session.execute(insert(ENTRY), new)


def _of(store_id: str, object_type: str, object_id: str) -> Any:
    return and_(ENTRY.store_id == store_id, ENTRY.object_type == object_type, ENTRY.object_id == object_id)


def forget_person(session: Session, store_id: str, objects: Collection[Key]) -> int:
    """Take a person's words from their objects, in the caller's transaction; numbers and SKUs stay."""
    count = 0
    for object_type, object_id in sorted(objects):
        mine, personal = _of(store_id, object_type, object_id), ENTRY.kind.in_([one.value for one in PERSONAL])
        count += session.execute(delete(ENTRY).where(mine, personal)).rowcount  # type: ignore[attr-defined]
    return count


def find(session: Session, store_id: str, prefixes: Collection[str], words: Collection[str] = ()) -> tuple[Hit, ...]:
    """What begins so, whole words first; else what has all these words. Two statements, a few more for several words.

    However much of one kind has a word (the orders of a SKU), the other kinds and the latest of it are found.
    """
    entries = list(session.execute(_beginning_any(store_id, prefixes))) if prefixes else []
    if not entries and words:
        entries = _having_all(session, store_id, words)
    best: dict[Key, tuple[bool, TermKind]] = {}
    for row in entries:
        key, found = (row.object_type, row.object_id), (row.term not in prefixes, TermKind(row.kind))
        best[key] = min(best.get(key, found), found)
    chosen = sorted(best, key=lambda key: (best[key][0], _newest_first(key)))[: HITS * 2]
    return _hits(session, store_id, {key: best[key] for key in chosen})


def has(session: Session, store_id: str, object_type: str, object_id: str, kind: TermKind) -> bool:
    """Whether an object has a word of this kind."""
    found = select(ENTRY.term).where(_of(store_id, object_type, object_id), ENTRY.kind == kind.value)
    return session.execute(found.limit(1)).first() is not None


def _newest_first(key: Key) -> tuple[bool, int]:
    """Objects without many of their kind first; of orders, whose ids count up, the latest."""
    return (key[0] == "order", -int(key[1]) if key[1].isdecimal() and len(key[1]) < 19 else 0)


COLUMNS = (ENTRY.term, ENTRY.object_type, ENTRY.object_id, ENTRY.kind)


def _beginning_any(store_id: str, prefixes: Collection[str]) -> Any:
    """Whole words by kind of object, the latest of each; then what begins so. All by the table's own key."""
    whole = [_whole(store_id, one, kind) for one in prefixes for kind in FOUND]
    parts = [_beginning(store_id, one) for one in prefixes]
    return union_all(*(select(one.subquery()) for one in (*whole, *parts)))


def _whole(store_id: str, word: str, kind: str) -> Select[Any]:
    of = (ENTRY.store_id == store_id, ENTRY.term == word, ENTRY.object_type == kind)
    return select(*COLUMNS).where(*of).order_by(func.length(ENTRY.object_id).desc(), ENTRY.object_id.desc()).limit(HITS)


def _beginning(store_id: str, prefix: str) -> Select[Any]:
    return select(*COLUMNS).where(*_within(ENTRY, store_id, prefix)).order_by(ENTRY.term).limit(MOST)


def _within(entry: Any, store_id: str, prefix: str) -> tuple[Any, ...]:
    return (entry.store_id == store_id, entry.term >= prefix, entry.term < prefix + BEYOND)


def _has(entry: Any, store_id: str, prefix: str) -> tuple[Any, ...]:
    """The same for objects that are named: by value, so that they are looked up by the object and not by the word."""
    value = func.coalesce(entry.term, entry.term)
    return (entry.store_id == store_id, value >= prefix, value < prefix + BEYOND)


def _having_all(session: Session, store_id: str, words: Collection[str]) -> list[Any]:
    """Objects that have all these words. The rarest word leads; the others are asked about its objects alone."""
    found = {word: list(session.execute(_beginning(store_id, word))) for word in words}
    rarest, *others = sorted(found, key=lambda word: (len(found[word]), -len(word)))
    rows = found[rarest]
    if len(rows) == MOST:  # all of them are common: one statement looks through the objects of the longest
        return list(session.execute(_common(store_id, rarest, others)))
    common = {(row.object_type, row.object_id) for row in rows}
    for word in others:
        if common:
            common &= {(row.object_type, row.object_id) for row in session.execute(_of_these(store_id, word, common))}
    return [row for row in rows if (row.object_type, row.object_id) in common]


def _of_these(store_id: str, word: str, keys: Collection[Key]) -> Any:
    """Which of these objects have a word; a part for each kind, which its index is made for."""
    columns, has = (ENTRY.object_type, ENTRY.object_id), _has(ENTRY, store_id, word)
    return union_all(
        *(
            select(*columns).where(
                *has, ENTRY.object_type == one, ENTRY.object_id.in_([i for k, i in keys if k == one])
            )
            for one in sorted({kind for kind, _ in keys})
        )
    )


def _common(store_id: str, leading: str, others: Collection[str]) -> Select[Any]:
    asked = [_also(aliased(SearchEntry), store_id, word) for word in others]
    return select(*COLUMNS).where(*_within(ENTRY, store_id, leading), *asked).order_by(ENTRY.term).limit(MOST)


def _also(other: Any, store_id: str, word: str) -> Any:
    same = (other.object_type == ENTRY.object_type, other.object_id == ENTRY.object_id)
    return exists(select(other.term).where(*_has(other, store_id, word), *same))


def _hits(session: Session, store_id: str, best: dict[Key, tuple[bool, TermKind]]) -> tuple[Hit, ...]:
    rows = known(session, store_id, best)
    found = (
        Hit(rows[key].name, rows[key].facts, rows[key].is_gone, key, by, not is_part)
        for key, (is_part, by) in best.items()
        if key in rows
    )
    return tuple(found)[:HITS]


def known(session: Session, store_id: str, keys: Collection[Key]) -> dict[Key, Known]:
    """What the store last told of these objects, as far as it told anything, in the order asked for."""
    if not keys:
        return {}
    s = SNAPSHOT
    kinds = {kind for kind, _ in keys}
    # The whole key in each part: with the store before them, SQLite would walk everything the store ever told.
    of = (
        (s.store_id == store_id, s.object_type == one, s.object_id.in_([i for k, i in keys if k == one]))
        for one in kinds
    )
    rows = session.execute(
        select(s.object_type, s.object_id, s.name, s.facts, s.is_gone).where(or_(*(and_(*one) for one in of)))
    )
    found = {(row.object_type, row.object_id): Known(row.name, row.facts or {}, row.is_gone) for row in rows}
    return {key: found[key] for key in keys if key in found}


def orders_of(session: Session, store_id: str, customer_id: str) -> dict[Key, Known]:
    """The orders of one customer's account, the latest told first. `customer_id` must not be empty."""
    s = SNAPSHOT
    rows = session.execute(
        select(s.object_id, s.name, s.facts, s.is_gone)
        .where(s.store_id == store_id, s.customer_id == customer_id)
        .order_by(s.seen_at.desc())
        .limit(HITS)
    )
    return {("order", row.object_id): Known(row.name, row.facts or {}, row.is_gone) for row in rows}
