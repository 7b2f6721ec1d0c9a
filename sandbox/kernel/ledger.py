"""The ledger: every API request a stand-in received, in order, with what it changed."""

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One request. `status` is 0 when the connection was dropped; `effect` is empty for a pure read or a refusal."""

    sequence: int
    time: datetime
    system: str
    method: str
    path: str
    status: int
    body_sha256: str
    effect: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"time": self.time.isoformat()}


class Ledger:
    """Append-only, thread safe, bounded: beyond `keep` entries the oldest are forgotten (sequence numbers go on)."""

    def __init__(self, keep: int = 200_000) -> None:
        self._keep, self._entries, self._next, self._lock = keep, list[Entry](), 1, threading.Lock()

    def record(self, at: datetime, system: str, method: str, path: str, status: int, body: bytes, effect: str) -> Entry:
        digest = hashlib.sha256(body).hexdigest() if body else ""
        with self._lock:
            entry = Entry(self._next, at, system, method, path, status, digest, effect)
            self._next += 1
            self._entries.append(entry)
            if len(self._entries) > self._keep:
                del self._entries[: self._keep // 10]
        return entry

    def since(self, sequence: int = 0, system: str | None = None) -> list[Entry]:
        with self._lock:
            entries = list(self._entries)
        return [e for e in entries if e.sequence > sequence and (system is None or e.system == system)]

    def effects(self, system: str, containing: str = "") -> list[Entry]:
        """What was changed in one system; the usual question of a test: how often did this happen?"""
        return [e for e in self.since(system=system) if e.effect and containing in e.effect]

    def take_up(self, entries: Iterable[Entry]) -> None:
        """Go on from another ledger's entries instead of these."""
        with self._lock:
            self._entries = list(entries)
            self._next = self._entries[-1].sequence + 1 if self._entries else self._next

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
