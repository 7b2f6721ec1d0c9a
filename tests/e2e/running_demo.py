"""The demo as a newcomer starts it: real processes on ports of their own, ended by process id."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from sandbox.demo.leash import descendants
from sandbox.stage import PORTS, Addresses

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN, END_WITHIN = 90.0, 40.0


def free_ports() -> int:
    """The first of ten ports that nobody uses now."""
    for first in range(20_000 + os.getpid() % 400 * 50, 60_000, 10):
        if all(_is_free(first + step) for step in PORTS.values()):
            return first
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@dataclass
class RunningDemo:
    """One demo in one state folder; it can be ended and started again."""

    state: Path
    port: int = field(default_factory=free_ports)
    process: "subprocess.Popen[bytes] | None" = None
    ready_after: float = 0.0

    @property
    def addresses(self) -> Addresses:
        return Addresses.from_port(self.port)

    @property
    def output(self) -> str:
        return (self.state / "output.txt").read_text()

    def start(self) -> "RunningDemo":
        self.state.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ECM_")}
        with (self.state / "output.txt").open("wb") as output:
            command = [sys.executable, "-m", "sandbox.demo", "--port", str(self.port), "--state", str(self.state)]
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, env=environment)
        while "is ready" not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() - began < READY_WITHIN, self.output
            time.sleep(0.1)
        self.ready_after = time.monotonic() - began
        return self

    def pids(self) -> list[int]:
        """The demo and everything it started."""
        assert self.process is not None
        return [self.process.pid, *descendants(self.process.pid)]

    def end(self, number: int = signal.SIGINT) -> list[int]:
        """Ask it to end, as Ctrl-C does; gives the process ids that are left of it."""
        assert self.process is not None
        everything = self.pids()
        self.process.send_signal(number)
        self.process.wait(END_WITHIN)
        until = time.monotonic() + END_WITHIN
        while (left := [pid for pid in everything if is_alive(pid)]) and time.monotonic() < until:
            time.sleep(0.1)
        self.process = None
        return left

    def close(self) -> None:
        if self.process is None:
            return
        for pid in self.end():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The control API; gives its JSON."""
        url = f"{self.addresses.control}/control{path}"
        answer = httpx.request(method, url, json=body, params=query, timeout=90, trust_env=False)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def wait_for(self, what: str, found: Any, seconds: float = 30) -> Any:
        """Ask `found()` until it gives something true."""
        until = time.monotonic() + seconds
        while not (result := found()):
            assert time.monotonic() < until, f"{what} did not happen in {seconds} s; see {self.state / 'logs'}"
            time.sleep(0.2)
        return result


@contextlib.contextmanager
def a_demo(state: Path) -> Iterator[RunningDemo]:
    demo = RunningDemo(state)
    try:
        yield demo.start()
    finally:
        demo.close()
