"""The words a store's objects are found by, in one narrow table whose key is the way they are looked for."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Index, String, and_, delete, insert, or_, select
from sqlmodel import Field, Session, SQLModel

from app.db.links import SubjectSnapshot
from app.domain.search import PERSONAL, Term, TermKind

MOST = 300  # rows looked at for one text; whoever finds more types on
HITS = 20
Key = tuple[str, str]  # (kind of object, its id)
BEYOND = "\U0010ffff"  # behind every letter


def _bytewise() -> Any:
    """Compared byte by byte on both databases, so that a range of the key is a prefix of the word."""
    return String().with_variant(String(collation="C"), "postgresql")


class SearchEntry(SQLModel, table=True):
    """One word of one object. Every column is key: a row is written and deleted, never changed."""

    __tablename__ = "search_entry"
    __table_args__ = (Index("ix_search_object", "store_id", "object_type", "object_id"),)
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    term: str = Field(sa_column=Column(_bytewise(), primary_key=True))
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
    """What begins so, whole words first; else what has all these words. One statement a word and one for the hits."""
    entries = [row for prefix in prefixes for row in _beginning(session, store_id, prefix)]
    if not entries and words:
        entries = _having_all(session, store_id, words)
    best: dict[Key, tuple[bool, TermKind]] = {}
    for row in entries:
        key, found = (row.object_type, row.object_id), (row.term not in prefixes, TermKind(row.kind))
        best[key] = min(best.get(key, found), found)
    chosen = sorted(best, key=lambda key: (best[key][0], _newest_first(key)))[: HITS * 2]
    return _hits(session, store_id, {key: best[key] for key in chosen})


def _newest_first(key: Key) -> tuple[bool, int]:
    """Objects without many of their kind first; of orders, whose ids count up, the latest."""
    return (key[0] == "order", -int(key[1]) if key[1].isdecimal() and len(key[1]) < 19 else 0)


def _beginning(session: Session, store_id: str, prefix: str) -> list[Any]:
    columns = (ENTRY.term, ENTRY.object_type, ENTRY.object_id, ENTRY.kind)
    within = (ENTRY.store_id == store_id, ENTRY.term >= prefix, ENTRY.term < prefix + BEYOND)
    return list(session.execute(select(*columns).where(*within).order_by(ENTRY.term).limit(MOST)))


def _having_all(session: Session, store_id: str, words: Collection[str]) -> list[Any]:
    found = [_beginning(session, store_id, word) for word in words]
    common = set.intersection(*({(row.object_type, row.object_id) for row in rows} for rows in found))
    return [row for rows in found for row in rows if (row.object_type, row.object_id) in common]


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
    wanted = or_(*(and_(s.object_type == one, s.object_id.in_([i for k, i in keys if k == one])) for one in kinds))
    rows = session.execute(
        select(s.object_type, s.object_id, s.name, s.facts, s.is_gone).where(s.store_id == store_id, wanted)
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
