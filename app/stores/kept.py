"""What one store's client remembers for a while: settings and names that seldom change and cost a call each."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
SECONDS = 600.0


class Kept:
    """Answers by name, each for ten minutes unless `seconds` says otherwise. Thread safe; at worst read twice."""

    def __init__(self) -> None:
        self._values: dict[Hashable, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def get(self, name: Hashable, read: Callable[[], T], *, seconds: float = SECONDS) -> T:
        """The kept answer, or what `read` gives; what it raises is not kept."""
        with self._lock:
            until, value = self._values.get(name, (0.0, None))
        if time.monotonic() < until:
            return value  # type: ignore[no-any-return]  # kept under this name by the same caller
        fresh = read()
        with self._lock:
            self._values[name] = (time.monotonic() + seconds, fresh)
        return fresh

    def forget(self, name: Hashable) -> None:
        with self._lock:
            self._values.pop(name, None)
