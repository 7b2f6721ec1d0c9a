"""Accept once: one row under a unique delivery key, committed before anybody is told 2xx. Nothing else happens here.

SQLite has one writer, so one thread takes all waiting rows into one transaction and releases their requests after the
commit. PostgreSQL shares flushes between commits by itself: there it is one autocommit statement per delivery.
"""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from app.db.inbox import InboxEvent
from app.db.session import Database, UnitOfWork
from app.db.types import new_id, utc_now
from app.domain.events import Source, Topic
from app.domain.ids import StoreId
from app.engine.vault import Vault, sha256_hex
from app.errors import Retryable

TABLE: Any = InboxEvent.__table__  # type: ignore[attr-defined]
BATCH = 200
LOCK_SECONDS = 5.0


@dataclass(frozen=True)
class NewEvent:
    """What a door hands over. `detail` holds ids and enumerations only; `raw` is kept encrypted for seven days."""

    store_id: StoreId
    source: Source
    delivery_key: str
    topic: Topic
    object_type: str = ""
    object_id: str = ""
    detail: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""
    quarantine_reason: str = ""  # signed but unreadable: kept and set aside at once
    is_planned: bool = False  # what follows from it is written in the same transaction; nothing is left to plan
    correlation_id: str = field(default_factory=new_id)
    received_at: datetime = field(default_factory=utc_now)


class CannotStore(Retryable):
    """The database would not take the row; the sender must come again (503)."""

    code = "cannot_store"


class Intake:
    """Writes deliveries down. `ring` is called after the commit, for new rows only."""

    def __init__(self, database: Database, vault: Vault, ring: Callable[[], None]) -> None:
        self._database, self._vault, self._ring = database, vault, ring
        self._dialect = database.engine.dialect.name
        self._waiting: queue.SimpleQueue[tuple[dict[str, Any], Future[bool]] | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._start = threading.Lock()

    def accept(self, event: NewEvent) -> bool:
        """True for a new delivery, False for a repeated one. Raises CannotStore."""
        values = self._values(event)
        try:
            is_new = self._by_thread(values) if self._database.is_sqlite else self._at_once(values)
        except (SQLAlchemyError, TimeoutError) as error:
            raise CannotStore("The delivery could not be stored.") from error
        if is_new:
            self._ring()
        return is_new

    def accept_within(self, uow: UnitOfWork, event: NewEvent) -> bool:
        """The same as a part of the caller's transaction: kept with what it tells of, or not at all."""
        is_new = uow.session.execute(_once(self._dialect), self._values(event)).first() is not None
        if is_new and not event.is_planned:
            uow.after_commit(self._ring)
        return is_new

    def _values(self, event: NewEvent) -> dict[str, Any]:
        row_id = new_id()
        raw = self._vault.encrypt(event.raw, f"inbox_event:raw:{row_id}") if event.raw else None
        return {
            "id": row_id,
            "store_id": event.store_id,
            "source": event.source.value,
            "delivery_key": event.delivery_key[:300],
            "topic": event.topic.value,
            "object_type": event.object_type,
            "object_id": event.object_id,
            "detail": event.detail,
            "received_at": event.received_at,
            "ended_at": event.received_at if event.is_planned else None,
            "state": "quarantined" if event.quarantine_reason else "done" if event.is_planned else "accepted",
            "reason": "planned" if event.is_planned else event.quarantine_reason,
            "correlation_id": event.correlation_id,
            "raw": raw,
            "raw_sha256": sha256_hex(event.raw) if event.raw else "",
        }

    def _at_once(self, values: dict[str, Any]) -> bool:
        with self._database.intake.connect() as connection:
            return connection.execute(_once(self._dialect), values).first() is not None

    def _by_thread(self, values: dict[str, Any]) -> bool:
        self._ensure_writer()
        done: Future[bool] = Future()
        self._waiting.put((values, done))
        return done.result(timeout=10)

    def _ensure_writer(self) -> None:
        with self._start:
            if self._writer is None or not self._writer.is_alive():
                self._writer = threading.Thread(target=self._write_until_closed, name="intake", daemon=True)
                self._writer.start()

    def close(self) -> None:
        """The writer ends once what waits is written; what is accepted afterwards begins a new one."""
        with self._start:
            if self._writer is not None and self._writer.is_alive():
                self._waiting.put(None)
                self._writer.join(timeout=LOCK_SECONDS)
            self._writer = None

    def _write_until_closed(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first]
            while len(batch) < BATCH and not self._waiting.empty():
                entry = self._waiting.get()
                if entry is None:
                    self._waiting.put(None)
                    break
                batch.append(entry)
            self._write(batch)

    def _write(self, batch: list[tuple[dict[str, Any], Future[bool]]]) -> None:
        try:
            answers = self._commit([values for values, _ in batch])
        except Exception as error:  # whatever it is belongs to the waiting requests, the thread lives on
            for _, done in batch:
                done.set_exception(error if isinstance(error, SQLAlchemyError) else TimeoutError(str(error)))
            return
        for (_, done), is_new in zip(batch, answers, strict=True):
            done.set_result(is_new)

    def _commit(self, rows: list[dict[str, Any]]) -> list[bool]:
        """One transaction for all; asks again while another writer has the lock, for as long as a sender waits."""
        until, insert = time.monotonic() + LOCK_SECONDS, _once(self._dialect)
        writer = self._database.intake.execution_options(writing=True)
        while True:
            try:
                with self._database.intake_turn, writer.begin() as connection:
                    return [connection.execute(insert, values).first() is not None for values in rows]
            except OperationalError as error:
                if "locked" not in str(error.orig) or time.monotonic() > until:
                    raise
                time.sleep(0.002)


@cache
def _once(dialect_name: str) -> Any:
    """One row, unless the delivery is known; made once, for making it costs more than running it."""
    insert = (sqlite if dialect_name == "sqlite" else postgresql).insert(TABLE)
    return insert.on_conflict_do_nothing().returning(TABLE.c.id)
