"""A buyer's rights: tell what we keep about a person, and forget them.

Redacting takes the person out of every row of ours, leaves a tombstone (digests, no names), and lists what OpenText
holds: records stay as long as their schedule or a hold says, everything else is for the records manager to delete, for
we never delete there. Whatever the store tells about this person later comes in without them. Safe to repeat.

Source: the stores' privacy webhooks (data request, redact a customer, redact a shop); reliability rule I17.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import Table, bindparam, select, update
from sqlmodel import Session, col

from app.db import audit, personal, search
from app.db.inbox import InboxEvent
from app.db.links import FiledDocument, SubjectSnapshot, WorkspaceLink
from app.db.personal import Belongings, Scrubber
from app.db.redaction import RedactedPerson
from app.db.session import Database, reading, unit_of_work
from app.db.uploads import UploadContent, UploadFile, UploadRequest
from app.domain.ids import StoreId
from app.domain.privacy import NOBODY, Person, anonymous, identities
from app.engine import asked_holds
from app.engine.deps import Deps
from app.engine.vault import sha256_hex
from app.stores.port import Store
from app.stores.port.reader import StoreReader

log = structlog.get_logger(__name__)
NAMED = ("customer_name", "customer_email", "email", "company", "phone", "customer_message")
RAW_BATCH = 200
_MARKS = select(col(RedactedPerson.mark)).where(col(RedactedPerson.store_id) == bindparam("store_id"))


@dataclass(frozen=True)
class Held:
    """A document in OpenText about the person. `until` and `holds` say why it must stay; neither: nothing of ours."""

    workspace: str
    name: str
    url: str
    record_class: str = ""
    retention: str = ""
    until: datetime | None = None
    holds: tuple[str, ...] = ()

    @property
    def must_stay(self) -> bool:
        return bool(self.record_class or self.holds)


@dataclass(frozen=True)
class Report:
    """What a redaction did. `rows` by table; `records` must stay, `others` are for a records manager to delete."""

    objects: tuple[str, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    raw_bodies: int = 0
    records: tuple[Held, ...] = ()
    others: tuple[Held, ...] = ()
    workspaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonalData:
    """The answer to a data request: what our rows say, by table, and what OpenText holds."""

    objects: tuple[str, ...]
    rows: dict[str, list[dict[str, Any]]]
    documents: tuple[Held, ...]


def data_of(deps: Deps, store_id: StoreId, person: Person, *, by: str = "store") -> PersonalData:
    """Everything we keep about a person, for the merchant to hand on. Secrets and kept bytes are left out. Audited."""
    with reading(deps.database) as session:
        found = _belongings(session, store_id, person)
        rows = {
            table.name: [_readable(row) for row in kept]
            for table in personal.tables()
            if (kept := personal.rows_of(session, table, found))
        }
        documents = tuple(_held(session, found))
    with unit_of_work(deps.database) as uow:
        audit.record(uow.session, store_id, by, "personal_data_told", "", objects=len(found.objects))
    return PersonalData(_names(found), rows, documents)


def redact(deps: Deps, store_id: StoreId, person: Person, *, by: str = "store") -> Report:
    """Forget a person: tombstones first, then their rows table by table, then raw bodies; audited by counts.

    Idempotent; one that was interrupted is simply done again.
    """
    with reading(deps.database) as session:
        found = _belongings(session, store_id, person)
        scrubber = Scrubber(_words(session, found, person))
        held, workspaces = tuple(_held(session, found)), _workspaces(session, found)
    with unit_of_work(deps.database) as uow:
        _leave_tombstones(uow.session, store_id, person, found)
        _forget_uploads(uow.session, found)
        search.forget_person(uow.session, store_id, found.objects)
        audit.forget_words(uow.session, store_id, _names(found))
    raw = _forget_raw(deps, store_id, person, found)
    rows = {table.name: count for table in personal.tables() if (count := _scrub(deps, table, found, scrubber))}
    stay = tuple(one for one in held if one.must_stay)
    with unit_of_work(deps.database) as uow:
        audit.record(uow.session, store_id, by, "person_redacted", "", objects=len(found.objects),
                     rows=sum(rows.values()), raw_bodies=raw, records_kept=len(stay))  # fmt: skip
    log.info("person_redacted", store_id=store_id, objects=len(found.objects), rows=sum(rows.values()), raw_bodies=raw)
    others = tuple(one for one in held if not one.must_stay)
    return Report(_names(found), rows, raw, stay, others, workspaces)


def _scrub(deps: Deps, table: Table, found: Belongings, scrubber: Scrubber) -> int:
    with unit_of_work(deps.database) as uow:
        return personal.scrub(uow.session, table, personal.rows_of(uow.session, table, found), scrubber)


def redact_store(deps: Deps, store_id: StoreId, *, by: str = "store") -> int:
    """Forget a whole store after it uninstalled; returns how many rows went. Audit and ledger stay. Idempotent."""
    with unit_of_work(deps.database) as uow:
        count = personal.forget_store(uow.session, store_id)
        audit.forget_words(uow.session, store_id)
        audit.record(uow.session, store_id, by, "store_redacted", store_id, rows=count)
    log.info("store_redacted", store_id=store_id, rows=count)
    return count


def discreet(database: Database, store_id: StoreId, store: Store) -> Store:
    """The store whose reader never brings a redacted person back; the store itself where nobody was redacted."""
    with database.engine.connect() as connection:
        marks = frozenset(connection.execute(_MARKS, {"store_id": store_id}).scalars())
    if not marks:
        return store
    reader = cast(StoreReader, _Discreet(store.read, lambda kind, value: mark(store_id, kind, value) in marks))
    return replace(store, read=reader)


def mark(store_id: str, kind: str, value: str) -> str:
    """A tombstone's digest: tells whether somebody is the one, and nobody's name."""
    return sha256_hex(f"redacted|{store_id}|{kind}|{value}")


class _Discreet:
    """A reader in front of a reader: whatever it tells of a redacted person comes without them."""

    def __init__(self, reader: StoreReader, is_redacted: Callable[[str, str], bool]) -> None:
        self._reader, self._is_redacted = reader, is_redacted

    def __getattr__(self, name: str) -> Any:
        told = getattr(self._reader, name)
        if not callable(told):
            return told

        def tell(*args: Any, **kw: Any) -> Any:
            return self._without(told(*args, **kw))

        return tell

    def _without(self, answer: Any) -> Any:
        if isinstance(answer, Iterator):
            return (self._without(one) for one in answer)
        if isinstance(answer, list):
            return [self._without(one) for one in answer]
        if any(self._is_redacted(kind, value) for kind, value in identities(answer)):
            return anonymous(answer)
        return answer


def _belongings(session: Session, store_id: str, person: Person) -> Belongings:
    customers = {str(person.customer_id)} if person.customer_id else set()
    emails = {one.strip().lower() for one in person.emails if one.strip()}
    return personal.belongings(session, store_id, customers, {str(one) for one in person.order_ids}, emails)


def _words(session: Session, found: Belongings, person: Person) -> Iterable[str]:
    """Everything that names or reaches the person: what the store says, and what our snapshots know."""
    yield from (*person.emails, *person.phones, *person.names)
    names = [*person.names]
    for kind, object_id in found.objects:
        row = session.get(SubjectSnapshot, (found.store_id, kind, object_id))
        if row is None:
            continue
        told = [str(row.facts.get(name) or "") for name in NAMED]
        names += [str(row.facts.get("customer_name") or ""), row.name if kind == "customer" else ""]
        yield from (*told, row.name if kind == "customer" else "")
    for name in names:
        if name not in (NOBODY, personal.REDACTED):
            yield from (part for part in name.split() if len(part) > 2)


def _held(session: Session, found: Belongings) -> Iterator[Held]:
    statement = (
        select(
            FiledDocument,
            col(WorkspaceLink.workspace_name),
            col(WorkspaceLink.object_type),
            col(WorkspaceLink.object_id),
        )
        .join(WorkspaceLink, col(WorkspaceLink.id) == col(FiledDocument.link_id))
        .where(col(FiledDocument.link_id).in_(found.links))
        .order_by(col(FiledDocument.name))
    )
    asked = asked_holds.waiting(session, found.store_id)
    for one, workspace, kind, number in session.execute(statement):
        waiting = [each.name for each in asked if each.is_about(kind, number, one.id)]
        holds = tuple(dict.fromkeys((*one.holds, *waiting)))
        yield Held(workspace, one.name, one.url, one.record_class, one.retention, one.kept_until, holds)


def _workspaces(session: Session, found: Belongings) -> tuple[str, ...]:
    """Addresses of the workspaces whose name or categories may still name the person."""
    statement = select(col(WorkspaceLink.workspace_url)).where(col(WorkspaceLink.id).in_(found.links))
    return tuple(sorted(session.execute(statement).scalars()))


def _forget_uploads(session: Session, found: Belongings) -> None:
    """Files a buyer sent that are not filed yet: they are in nobody's records, so they go; unless a hold was asked for
    over everything of their object."""
    files: Any = UploadFile.__table__  # type: ignore[attr-defined]
    contents: Any = UploadContent.__table__  # type: ignore[attr-defined]
    held = {(one.object_type, one.object_id) for one in asked_holds.waiting(session, found.store_id) if one.whole}
    requests: Any = UploadRequest.__table__  # type: ignore[attr-defined]
    asked = personal.rows_of(session, requests, found)
    kept = {row["id"] for row in asked if (row["object_type"], row["object_id"]) in held}
    rows = personal.rows_of(session, files, found)
    ids = [row["id"] for row in rows if row["state"] != "filed" and row["request_id"] not in kept]
    session.execute(contents.delete().where(contents.c.file_id.in_(ids)))
    session.execute(
        update(files).where(files.c.id.in_(ids)).values(state="refused", reason="Deleted on the buyer's request.")
    )


def _leave_tombstones(session: Session, store_id: str, person: Person, found: Belongings) -> None:
    marks = {mark(store_id, "customer", one) for one in found.ids("customer")}
    marks |= {mark(store_id, "email", one.strip().lower()) for one in person.emails if one.strip()}
    for one in marks:
        if session.get(RedactedPerson, (store_id, one)) is None:
            session.add(RedactedPerson(store_id=store_id, mark=one))


def _forget_raw(deps: Deps, store_id: StoreId, person: Person, found: Belongings) -> int:
    """Raw bodies are sealed and cannot be searched: each is opened, and goes where it speaks of the person."""
    words = Scrubber([*person.emails, *person.phones, *person.names])
    table: Any = InboxEvent.__table__  # type: ignore[attr-defined]
    last, count = "", 0
    while True:
        with reading(deps.database) as session:
            rows = session.execute(
                select(table.c.id, table.c.raw, table.c.object_type, table.c.object_id)
                .where(table.c.store_id == store_id, table.c.raw.is_not(None), table.c.id > last)
                .order_by(table.c.id)
                .limit(RAW_BATCH)
            ).all()
        if not rows:
            return count
        last = rows[-1].id
        gone = [
            row.id
            for row in rows
            if (row.object_type, row.object_id) in found.objects
            or words.is_in(deps.vault.decrypt(row.raw, f"inbox_event:raw:{row.id}").decode("utf-8", "replace"))
        ]
        if gone:
            count += len(gone)
            with unit_of_work(deps.database) as uow:
                uow.session.execute(update(table).where(table.c.id.in_(gone)).values(raw=None))


def _names(found: Belongings) -> tuple[str, ...]:
    return tuple(sorted(f"{kind}:{object_id}" for kind, object_id in found.objects))


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not isinstance(value, bytes) and not name.endswith("sha256")}
