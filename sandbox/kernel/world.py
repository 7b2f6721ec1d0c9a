"""The world the stand-ins share, and how it is saved so that a second start finds its data again."""

import contextlib
import os
import pickle
import threading
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from sandbox.kernel.clock import Clock
from sandbox.kernel.deliveries import Deliveries
from sandbox.kernel.faults import Faults
from sandbox.kernel.ledger import Ledger

State = TypeVar("State")


class World:
    """Clock, ledger, faults, deliveries and one state object per system.

    `state(system, make)` returns the system's own state (plain picklable dataclasses), made on first use. A stand-in
    keeps *everything* that must survive a restart there, and nothing else. `reset()` empties every system.
    """

    def __init__(self, *, transport: httpx.BaseTransport | None = None, inline: bool = False) -> None:
        self.clock = Clock()
        self.ledger = Ledger()
        self.faults = Faults()
        self.deliveries = Deliveries(self, transport, inline=inline)
        self.states: dict[str, Any] = {}
        self.locks: dict[str, threading.RLock] = {}
        self._dirty = threading.Event()

    def state(self, system: str, make: Callable[[], State]) -> State:
        if system not in self.states:
            self.states[system] = make()
        found: State = self.states[system]
        return found

    def lock(self, system: str) -> threading.RLock:
        """One lock per system: requests to it are worked one after the other, and saving waits for them."""
        return self.locks.setdefault(system, threading.RLock())

    def touched(self) -> None:
        """Something changed: the next `save_if_touched` writes."""
        self._dirty.set()

    def reset(self) -> None:
        """Forget every system's state, the ledger and the faults. The clock keeps its offset: time never goes back."""
        with contextlib.ExitStack() as stack:
            for lock in list(self.locks.values()):
                stack.enter_context(lock)
            self.states.clear()
        self.ledger.clear()
        self.faults.remove()
        self.deliveries.forget()
        self.touched()

    def save_if_touched(self, path: Path) -> None:
        """Write clock and states next to `path`, then rename over it: a kill leaves the old or the new file."""
        if not self._dirty.is_set():
            return
        self._dirty.clear()
        with contextlib.ExitStack() as stack:
            for lock in list(self.locks.values()):
                stack.enter_context(lock)
            blob = pickle.dumps({"offset": self.clock.offset, "states": self.states})
        fresh = path.with_suffix(".new")
        fresh.write_bytes(blob)
        os.replace(fresh, path)

    def load(self, path: Path) -> bool:
        """Take up a saved world; call before the stand-ins are made. False when there is none."""
        if not path.exists():
            return False
        saved = pickle.loads(path.read_bytes())  # noqa: S301  # our own file in the operator's own state folder
        self.clock.restore(saved["offset"])
        complete(saved["states"])
        self.states.update(saved["states"])
        return True


def complete(saved: Any) -> None:
    """Give saved dataclasses the fields that were added since, with their defaults. Everything reachable is visited."""
    queue, seen = [saved], set[int]()
    while queue:
        value = queue.pop()
        if isinstance(value, (str, bytes, int, float, type(None))) or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            queue.extend(value.values())
        elif isinstance(value, (list, tuple, set, frozenset)):
            queue.extend(value)
        elif is_dataclass(value):
            for added in (f for f in fields(value) if f.name not in vars(value)):
                if added.default_factory is not MISSING:
                    object.__setattr__(value, added.name, added.default_factory())
                elif added.default is not MISSING:
                    object.__setattr__(value, added.name, added.default)
            queue.extend(vars(value).values())
