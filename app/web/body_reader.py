"""Reading bodies without letting half-sent ones take the whole server.

A server thread that reads a half-sent body is held until its client lets go (measured with granian 2.8: no time
limit, and an answer given while another thread still reads stops the process). So only some of the threads may read at
the same time; while those are stuck, further bodies are refused at once and everything without a body goes on. A
buffering proxy in front makes every body a quick one; this is for the day it is missing.
"""

import threading
import time
from typing import Any

PLACES = 5  # of the 8 threads a server process has
WAIT = 0.1  # seconds to wait for a place while places come free
STUCK = 0.3  # seconds without any place coming free


class NotRead(Exception):
    """The body was not taken. `status` is 503 (too many are slow) or 400 (cut short)."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class BodyReader:
    """Reads whole bodies of a known length. One for all requests of a process."""

    def __init__(self, places: int = PLACES) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._moved_at = time.monotonic()  # when a place was last taken or given back

    def read(self, stream: Any, length: int) -> bytes:
        """All `length` bytes of a WSGI input. Raises NotRead."""
        is_stuck = time.monotonic() - self._moved_at > STUCK
        if not self._places.acquire(timeout=0 if is_stuck else WAIT):
            raise NotRead(503, "slow_bodies")
        self._moved_at = time.monotonic()
        try:
            content = _whole(stream, length)
        finally:
            self._moved_at = time.monotonic()
            self._places.release()
        if len(content) != length:
            raise NotRead(400, "body_cut")
        return content


def _whole(stream: Any, length: int) -> bytes:
    """What the sender sent of it."""
    parts, left = [], length
    try:
        while left > 0 and (part := stream.read(left)):
            parts.append(part)
            left -= len(part)
    except (OSError, ValueError) as error:
        raise NotRead(400, "body_broken") from error
    return b"".join(parts)
