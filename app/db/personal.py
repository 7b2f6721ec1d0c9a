"""Where rows of ours speak of one person: found by the objects they belong to, scrubbed column by column.

Works on every table, also on one that is added later: what belongs to a store has a `store_id`, or a parent that has
one; what belongs to an object names it by `object_type` and `object_id` (a run: `subject_…`), by its run, its workspace
link, its order or its customer.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Table, and_, delete, false, or_, select, update
from sqlmodel import Session

from app.db.audit import AuditEntry
from app.db.cases import CaseRow
from app.db.links import SubjectSnapshot, WorkspaceLink
from app.db.redaction import RedactedPerson
from app.db.runs import Effect, Run
from app.db.stores import StoreRow, StoreUser
from app.db.tables import metadata

REDACTED = "[redacted]"
FREE_TEXT = "notes"  # of an object's facts: people write anything there, so it goes as a whole
# Ids and digests only, and the proof of what we did: these rows stay as they are.
UNTOUCHED = frozenset(table.__tablename__ for table in (AuditEntry, Effect, RedactedPerson, StoreRow, StoreUser))
Row = dict[str, Any]


@dataclass
class Belongings:
    """The objects of one person: (type, id) pairs; their runs, workspace links and cases by id."""

    store_id: str
    objects: set[tuple[str, str]] = field(default_factory=set)
    runs: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)

    def ids(self, kind: str) -> set[str]:
        return {object_id for object_type, object_id in self.objects if object_type == kind}


def belongings(
    session: Session, store_id: str, customer_ids: set[str], order_ids: set[str], emails: set[str]
) -> Belongings:
    """Everything that belongs to a person: their orders by id, account or e-mail address, the cases about these."""
    found = Belongings(store_id)
    found.objects |= {("customer", one) for one in customer_ids} | {("order", one) for one in order_ids}
    snapshots = session.execute(
        select(SubjectSnapshot).where(SubjectSnapshot.store_id == store_id)  # type: ignore[arg-type]
    ).scalars().yield_per(500)  # fmt: skip
    for one in snapshots:
        told = {str(one.facts.get(name) or "").lower() for name in ("email", "customer_email")}
        if (one.customer_id and one.customer_id in customer_ids) or told & emails:
            found.objects.add((one.object_type, one.object_id))
            if one.customer_id:
                found.objects.add(("customer", one.customer_id))
    for case in session.execute(select(CaseRow).where(CaseRow.store_id == store_id)).scalars():  # type: ignore[arg-type]
        if case.customer_id in found.ids("customer") or case.order_id in found.ids("order"):
            found.objects.add(("case", case.id))
    found.runs = _ids_of(session, Run, store_id, found, "subject_type", "subject_id")
    found.links = _ids_of(session, WorkspaceLink, store_id, found, "object_type", "object_id")
    return found


def _ids_of(session: Session, model: Any, store_id: str, found: Belongings, kind: str, ident: str) -> set[str]:
    table = model.__table__
    rows = session.execute(
        select(table.c.id).where(table.c.store_id == store_id, _any_object(table.c[kind], table.c[ident], found))
    )
    return set(rows.scalars())


def _any_object(kind: Any, ident: Any, found: Belongings) -> ColumnElement[bool]:
    kinds = {one for one, _ in found.objects}
    return or_(false(), *(and_(kind == one, ident.in_(found.ids(one))) for one in kinds))


def tables() -> list[Table]:
    """Every table that may speak of a buyer. The snapshots come last: they know the names to look for."""
    found = [table for table in metadata.sorted_tables if table.name not in UNTOUCHED]
    return sorted(found, key=lambda table: table.name == SubjectSnapshot.__tablename__)


def rows_of(session: Session, table: Table, found: Belongings) -> list[Row]:
    """The rows of one table that belong to the person."""
    condition = _condition(table, found)
    if condition is None:
        return []
    return [dict(row._mapping) for row in session.execute(select(table).where(condition))]  # the public way by name


def _condition(table: Table, found: Belongings) -> ColumnElement[bool] | None:
    """Which rows of a table are the person's; None for a table that never holds any."""
    ways = [*(_directly(table, found) if "store_id" in table.c else ()), *_by_parent(table, found)]
    if not ways:
        return None
    own = [table.c.store_id == found.store_id] if "store_id" in table.c else []
    return and_(*own, or_(*ways))


def _directly(table: Table, found: Belongings) -> Iterator[ColumnElement[bool]]:
    """By the columns a table names objects with."""
    columns = table.c
    for prefix in ("object", "subject"):
        if f"{prefix}_type" in columns:
            yield _any_object(columns[f"{prefix}_type"], columns[f"{prefix}_id"], found)
    named = {"customer_id": found.ids("customer"), "order_id": found.ids("order"), "run_id": found.runs,
             "link_id": found.links}  # fmt: skip
    own = {CaseRow.__tablename__: found.ids("case"), Run.__tablename__: found.runs}.get(table.name)
    for name, ids in (named | ({"id": own} if own is not None else {})).items():
        if name in columns:
            yield columns[name].in_(ids)


def _by_parent(table: Table, found: Belongings) -> Iterator[ColumnElement[bool]]:
    """Children of rows that are the person's: files of an upload request, deliveries of a communication."""
    for key in table.foreign_keys:
        parent = key.column.table
        if parent.name in ("store", "run", "workspace_link", "store_user") or parent is table:
            continue
        condition = _condition(parent, found)
        if condition is not None:
            yield key.parent.in_(select(key.column).where(condition))


class Scrubber:
    """Replaces what names a person, longest first, whole words only, whatever the case."""

    def __init__(self, words: Iterable[str]) -> None:
        ordered = sorted({one.strip() for one in words if len(one.strip()) > 1}, key=len, reverse=True)
        pattern = "|".join(re.escape(one) for one in ordered)
        self._pattern = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE) if pattern else None

    def scrub(self, value: Any) -> Any:
        """A text, or any JSON with texts in it."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self._pattern.sub(REDACTED, value)
        if isinstance(value, list):
            return [self.scrub(one) for one in value]
        if isinstance(value, dict):
            return {key: self.scrub(one) for key, one in value.items()}
        return value

    def is_in(self, text: str) -> bool:
        return self._pattern is not None and self._pattern.search(text) is not None


def scrub(session: Session, table: Table, rows: list[Row], scrubber: Scrubber) -> int:
    """Take the person out of these rows; returns how many changed. Keys stay, kept bytes go."""
    keys = [column.name for column in table.primary_key]
    fixed = {*keys, "store_id", *(key.parent.name for key in table.foreign_keys)}
    count = 0
    for row in rows:
        new = {name: scrubber.scrub(value) for name, value in row.items() if name not in fixed}
        new |= {
            column.name: None
            for column in table.columns
            if isinstance(column.type, LargeBinary) and column.nullable and row[column.name] is not None
        }
        if isinstance(new.get("facts"), dict):
            new["facts"] = {name: value for name, value in new["facts"].items() if name != FREE_TEXT}
        changed = {name: value for name, value in new.items() if value != row[name]}
        if changed:
            count += 1
            session.execute(update(table).where(*(table.c[name] == row[name] for name in keys)).values(**changed))
    return count


def forget_store(session: Session, store_id: str) -> int:
    """Delete everything of a store but its audit trail and the ledger of effects; returns how many rows went.

    The store's own row stays as a tombstone without name, owner or token.
    """
    keep = {AuditEntry.__tablename__, Effect.__tablename__, StoreRow.__tablename__}
    count = 0
    for table in reversed(metadata.sorted_tables):
        condition = None if table.name in keep else _of_store(table, store_id)
        if condition is not None:
            count += session.execute(delete(table).where(condition)).rowcount  # type: ignore[attr-defined]
    row = session.get(StoreRow, store_id)
    if row is not None:
        row.token, row.owner_email, row.name, row.admin_url, row.storefront_url = None, "", "", "", ""
        row.setup_report, row.silence_mail_to = {}, ""
    return count


def _of_store(table: Table, store_id: str) -> ColumnElement[bool] | None:
    """The rows of a store, by its id or by their parents'."""
    if "store_id" in table.c:
        return table.c.store_id == store_id
    for key in table.foreign_keys:
        condition = _of_store(key.column.table, store_id)
        if condition is not None:
            return key.parent.in_(select(key.column).where(condition))
    return None
