"""Whether we can still keep what comes in: never accept and then drop. Looked at every few seconds, not each time."""

import shutil
import threading
import time
from pathlib import Path

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from app.db.inbox import InboxEvent
from app.db.runs import Work
from app.db.session import Database, reading
from app.engine.deps import Deps
from app.engine.inbox import CannotStore

log = structlog.get_logger(__name__)
LOOK_EVERY = 5.0  # seconds


class Admission:
    """Refuses new deliveries while the disk is nearly full or too much waits. The sender comes again."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._looked_at, self._reason = float("-inf"), ""
        self._looking = threading.Lock()

    def check(self) -> None:
        """Raises CannotStore while there is no room. At most one caller in five seconds pays for the look."""
        if time.monotonic() - self._looked_at > LOOK_EVERY and self._looking.acquire(blocking=False):
            try:
                reason = self._look()
                if reason != self._reason:
                    log.warning("admission_changed", reason=reason or "open")
                self._reason, self._looked_at = reason, time.monotonic()
            finally:
                self._looking.release()
        if self._reason:
            raise CannotStore("There is no room for new deliveries.", code=self._reason)

    def _look(self) -> str:
        limits = self._deps.settings.limits
        if shutil.disk_usage(data_folder(self._deps)).free < limits.free_disk_bytes:
            return "disk_full"
        try:
            return "backlog" if backlog(self._deps.database) > limits.backlog else ""
        except SQLAlchemyError:
            return ""  # the insert will say what is wrong with the database


def data_folder(deps: Deps) -> Path:
    """Where the data lies: the database file's folder on SQLite, else the data folder."""
    text = deps.database.engine.url.database if deps.database.is_sqlite else None
    folder = Path(text).parent if text else deps.settings.data_dir
    return folder if folder.exists() else Path()


def backlog(database: Database) -> int:
    """How much waits: deliveries not yet looked at and work not set aside."""
    accepted = select(func.count()).select_from(InboxEvent).where(col(InboxEvent.state) == "accepted")
    waiting = select(func.count()).select_from(Work).where(col(Work.parked) == "")
    with reading(database) as session:
        return int(session.execute(accepted).scalar_one()) + int(session.execute(waiting).scalar_one())
