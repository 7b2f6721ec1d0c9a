"""Who may write next to an SQLite file, across processes: in the order of asking, soon after the one before.

SQLite's own waiting is sleeping for up to 100 ms and looking again, and whoever just wrote finds the file free first:
a busy worker kept a delivery of a web process waiting for 250 ms, where one of its transactions takes 10. Two locks
beside the file instead. Whoever holds the first is next and waits for the second, which the one who writes holds; so
between two transactions of a process anybody else gets a turn. The system lets go of both when a process dies.
"""

import fcntl
import os
import sqlite3
import threading
import time
from types import TracebackType

from sqlalchemy.exc import OperationalError

SECONDS = 5.0  # as long as SQLite would be told to wait; a process that hangs while it writes holds nobody longer
PAUSE = 0.001


class Turn:
    """One process's way to the turn, for all its threads. Not reentrant; made anew after a fork.

    Raises OperationalError as SQLite does where a turn does not come within `SECONDS`, OSError where no file can be.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._writer = -1

    def __enter__(self) -> None:
        until = time.monotonic() + SECONDS
        if not self._threads.acquire(timeout=SECONDS):
            raise _locked()
        try:
            following = _take(f"{self._path}-next", until)
            try:
                self._writer = _take(f"{self._path}-writer", until)
            finally:
                _give_back(following)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        _give_back(self._writer)
        self._threads.release()


def _take(path: str, until: float) -> int:
    """An open descriptor that holds the file's lock."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while not _is_taken(descriptor):
            if time.monotonic() > until:
                raise _locked()
            time.sleep(PAUSE)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _is_taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _give_back(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_UN)  # said, not left to closing: a forked child may hold a copy
    os.close(descriptor)


def _locked() -> OperationalError:
    return OperationalError(None, None, sqlite3.OperationalError("database is locked"))
