"""The sandbox's clock: real time plus an offset that the control API moves forward."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC time that can be advanced, never turned back. Listeners run after each advance (timers, retries)."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, by: timedelta) -> datetime:
        if by < timedelta(0):
            raise ValueError("the sandbox clock only moves forward")
        with self._lock:
            self._offset += by
        for listener in list(self._listeners):
            listener()
        return self.now()

    def on_advance(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    @property
    def offset(self) -> timedelta:
        """How far ahead of real time the sandbox is; saved with the world."""
        return self._offset

    def restore(self, offset: timedelta) -> None:
        """Take up a saved offset at start, before anything listens."""
        self._offset = offset
