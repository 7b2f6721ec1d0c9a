"""Documents that shoppers may read: exactly the approved version, checked byte for byte, kept here for the next reader.

A version's bytes never change, so a copy is good for as long as the address is. Copies are bounded; the least recently
read go first; those of one buyer's own papers are encrypted. Few are fetched at a time: shoppers must never keep
deliveries waiting. What lies on a shelf is read through the shelf's own link only.
"""

import io
import os
import re
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import structlog

from app.db.links import SharedDocument
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.ids import NodeId, StoreId
from app.engine.deps import Deps
from app.errors import AppError, NotFound, Rejected, Retryable

log = structlog.get_logger(__name__)
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
KEPT_BYTES = 1_000_000_000
AT_ONCE = 2
SHELF = "shelf:"  # what the delivery key of a document on a shelf begins with


@dataclass(frozen=True)
class Readable:
    """A document's verified copy and what it is called: a file of ours, or its bytes where it is one buyer's own."""

    source: Path | io.BytesIO
    name: str
    mime_type: str
    sha256: str


class SharedDocuments:
    """The addresses given to shoppers, and the copies behind them."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._folder = deps.settings.data_dir / "documents"
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def open(self, token: str, shelf: str = "") -> Readable:
        """Raises NotFound (no such address), Rejected 410 (withdrawn), Retryable (no copy, and OpenText is down).

        `shelf` is the id of the shelf whose link was shown: what lies on one is there for nobody else.
        """
        row = self._row(token, shelf)
        is_personal = bool(row.delivery_key)
        path = self._folder / row.sha256[:2] / (f"{row.sha256}.sealed" if is_personal else row.sha256)
        if path.exists():
            os.utime(path)
        else:
            self._fetch(row, path)
        self._note_opened(row)
        source = (
            io.BytesIO(self._deps.vault.decrypt(path.read_bytes(), _place(row))) if is_personal else path.absolute()
        )
        return Readable(source, row.name, row.mime_type, row.sha256)

    def _row(self, token: str, shelf: str) -> SharedDocument:
        with reading(self._deps.database) as session:
            row = session.get(SharedDocument, token) if TOKEN.fullmatch(token) else None
            store = session.get(StoreRow, row.store_id) if row else None
        if row is None or store is None:
            raise NotFound("There is no such document.")
        if row.delivery_key.startswith(SHELF) and row.delivery_key != f"{SHELF}{shelf}":
            raise NotFound("There is no such document.")
        if row.is_withdrawn or store.state == "uninstalled":
            raise Rejected("This document was withdrawn.", status=410, code="withdrawn")
        if row.expires_at is not None and row.expires_at < utc_now():
            raise Rejected("This link has expired. Please ask the shop for a new one.", status=410, code="expired")
        return row

    def _note_opened(self, row: SharedDocument) -> None:
        """A link that was given to one buyer: the first reading of it is what a portal delivery waits for."""
        if not row.delivery_key or row.opened_at is not None:
            return
        with unit_of_work(self._deps.database) as uow:
            fresh = uow.session.get_one(SharedDocument, row.token)
            fresh.opened_at = fresh.opened_at or utc_now()

    def _fetch(self, row: SharedDocument, path: Path) -> None:
        if not self._places.acquire(blocking=False):
            raise Retryable("Too many documents are being fetched.", code="busy")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as fresh:
                try:
                    self._download(row, fresh)
                    fresh.flush()
                    if row.delivery_key:
                        self._seal(row, Path(fresh.name))
                    os.replace(fresh.name, path)
                except BaseException:
                    Path(fresh.name).unlink(missing_ok=True)
                    raise
        finally:
            self._places.release()
        self.make_room(KEPT_BYTES)

    def _seal(self, row: SharedDocument, fresh: Path) -> None:
        fresh.write_bytes(self._deps.vault.encrypt(fresh.read_bytes(), _place(row)))

    def _download(self, row: SharedDocument, sink: object) -> None:
        try:
            opentext = self._deps.opentext(StoreId(row.store_id))
            found = opentext.documents.download(NodeId(row.node_id), row.version, sink)  # type: ignore[arg-type]
        except NotFound:
            raise
        except AppError as error:
            log.warning("document_not_fetched", store_id=row.store_id, node_id=row.node_id, reason=error.specific_code)
            raise Retryable("The document cannot be fetched now.", code=error.specific_code) from error
        if found != row.sha256:
            log.error("document_changed", store_id=row.store_id, node_id=row.node_id, version=row.version)
            raise Retryable("The document is not the approved one.", code="digest_mismatch")

    def make_room(self, kept_bytes: int) -> None:
        """Drop the copies that were read longest ago until no more than so many bytes are kept."""
        copies = [(found.stat(), found) for found in self._folder.glob("*/*") if not found.name.startswith(".")]
        total = sum(stat.st_size for stat, _ in copies)
        for stat, found in sorted(copies, key=lambda copy: copy[0].st_mtime):
            if total <= kept_bytes:
                return
            found.unlink(missing_ok=True)
            total -= stat.st_size


def _place(row: SharedDocument) -> str:
    return f"shared_document:copy:{row.sha256}"
