"""Who may write next to an SQLite file, across processes: in the order of asking, woken at once.

SQLite's own waiting is sleeping and looking again, and whoever just wrote finds the file free first: a busy worker
kept a delivery of a web process waiting for 250 ms, where one of its transactions takes 10. Two locks beside the file
instead. Whoever holds the first is next and waits for the second, which the one who writes holds; so between two
transactions of a process anybody else gets a turn. The system lets go of both when a process dies.
"""

import fcntl
import os
import threading
from types import TracebackType


class Turn:
    """One process's way to the turn, for all its threads. Not reentrant; made anew after a fork."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._writer = -1

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            following = _take(f"{self._path}-next")
            try:
                self._writer = _take(f"{self._path}-writer")
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


def _take(path: str) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _give_back(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_UN)  # said, not left to closing: a forked child may hold a copy
    os.close(descriptor)
