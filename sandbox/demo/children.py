"""The programs the demo starts: kept running, their output in log files, ended by process id."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sandbox.demo.folder import StateFolder
from sandbox.demo.programs import ROOT

log = logging.getLogger(__name__)
LEASH = Path(__file__).with_name("leash.py")
GRACE = 10.0  # seconds between asking a program to end and killing it
PAUSES = (0.5, 1, 2, 5, 10)  # seconds before starting a program again, longer each time it dies soon
SOON = 30.0


@dataclass
class Child:
    """One program. `deaths` counts how often it ended soon after its start."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log_file: Path
    pid_file: Path
    leash: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    deaths: int = 0
    start_again_at: float | None = None

    @property
    def pid(self) -> int | None:
        """The program's own process id while it runs."""
        try:
            return int(self.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None

    @property
    def is_running(self) -> bool:
        return self.leash is not None and self.leash.poll() is None

    def start(self) -> None:
        self.pid_file.unlink(missing_ok=True)
        with self.log_file.open("ab") as output:
            output.write(f"--- {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC: {self.name} starts\n".encode())
            output.flush()
            self.leash = subprocess.Popen(  # noqa: S603  # the demo's own programs
                [sys.executable, "-I", "-S", LEASH, str(os.getpid()), self.pid_file, str(GRACE), *self.command],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                cwd=ROOT, env=dict(self.environment), start_new_session=True,
            )  # fmt: skip
        self.started, self.start_again_at = time.monotonic(), None

    def signal(self, number: int) -> None:
        if self.leash is not None and self.leash.poll() is None:
            self.leash.send_signal(number)


@dataclass
class Children:
    """All of them, in the order they were started. Only the thread that made this starts any: they end with it."""

    folder: StateFolder
    say: Callable[[str], None]
    all: dict[str, Child] = field(default_factory=dict)

    def start(self, name: str, command: list[str], environment: Mapping[str, str]) -> Child:
        child = Child(name, command, environment, self.folder.logs / f"{name}.log", self.folder.run / f"{name}.pid")
        self.all[name] = child
        child.start()
        return child

    def watch(self) -> None:
        """Start again what has died, after a pause, and say so. Call it a few times a second."""
        now = time.monotonic()
        for child in self.all.values():
            if child.start_again_at is not None and now >= child.start_again_at:
                child.start()
            elif child.start_again_at is None and child.leash is not None and not child.is_running:
                self._mourn(child, now)

    def _mourn(self, child: Child, now: float) -> None:
        child.deaths = child.deaths + 1 if now - child.started < SOON else 1
        pause = PAUSES[min(child.deaths, len(PAUSES)) - 1]
        status = child.leash.returncode if child.leash is not None else 0
        child.start_again_at = now + pause
        self.say(f"{child.name} ended (status {status}); starting it again in {pause} s. See {child.log_file}")

    def stop(self, *names: str, at_once: bool = False) -> None:
        """End some, or all; `at_once` without letting them finish. Returns when they are gone."""
        ending = [child for name, child in self.all.items() if not names or name in names]
        for child in reversed(ending):
            child.start_again_at = None
            child.signal(signal.SIGQUIT if at_once else signal.SIGTERM)
        for child in ending:
            self._wait(child)
            del self.all[child.name]

    def _wait(self, child: Child) -> None:
        if child.leash is None:
            return
        try:
            child.leash.wait(GRACE + 5)
        except subprocess.TimeoutExpired:
            log.warning("%s did not end", child.name)
            child.leash.kill()
            child.leash.wait()

    def pids(self) -> dict[str, int | None]:
        return {name: child.pid for name, child in self.all.items()}
