"""How often somebody may try: counted per key in this process, in fixed windows, in bounded memory.

This keeps one sender from wearing the process out. Where a number must hold across processes (secrets tried at our
token endpoint) the count is in the database, see `engine/attempts.py`.
"""

import threading
import time
from collections import OrderedDict

from app.errors import Rejected

KEYS = 20_000


class Window:
    """At most `most` per key in each `seconds`. The least recently used keys are forgotten first."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """Count one; raises Rejected (429) when it is one too many."""
        now = time.monotonic()
        with self._lock:
            since, count = self._counts.pop(key, (now, 0))
            if now - since >= self._seconds:
                since, count = now, 0
            self._counts[key] = (since, count + 1)
            while len(self._counts) > KEYS:
                self._counts.popitem(last=False)
        if count >= self._most:
            wait = self._seconds - (now - since)
            raise Rejected("Too many requests.", status=429, code="too_many_requests", retry_after=wait)
