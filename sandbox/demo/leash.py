"""Runs one program on a leash: `python leash.py <who starts it> <pid file> <grace seconds> <program> [argument…]`.

The program and whatever it starts end with this process, and this process ends with the one that started it, also
when that one is killed hard. SIGTERM, SIGINT: the program is asked to end, and killed after the grace. SIGQUIT: it is
killed at once.
Only the standard library, so that it starts in a blink.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LOOK_EVERY = 0.2


def prctl(option: int, value: int) -> None:
    """On Linux; elsewhere looking at the parent's id has to do."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def descendants(root: int) -> list[int]:
    """Every process below `root`, nearest first. On Linux; elsewhere none."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(entry.name))
    found, queue = [], [root]
    while queue:
        below = parents.get(queue.pop(0), [])
        found += below
        queue += below
    return found


def send(number: int, pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


class Leash:
    """One program; `run` gives its exit status."""

    def __init__(self, holder: int, pid_file: Path, grace: float, command: list[str]) -> None:
        self._holder, self._pid_file, self._grace, self._command = holder, pid_file, grace, command
        self._asked: int | None = None

    def run(self) -> int:
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, self._ask)
        # One thread here, so that a function run between fork and exec is safe.
        child = subprocess.Popen(  # noqa: S603  # what the supervisor asked for
            self._command, start_new_session=True, preexec_fn=lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        )
        self._pid_file.write_text(str(child.pid))
        while child.poll() is None and self._asked is None and os.getppid() == self._holder:
            time.sleep(LOOK_EVERY)
        if child.poll() is None:
            self._end(child)
        self._end_the_rest()
        self._pid_file.unlink(missing_ok=True)
        return child.returncode if child.returncode >= 0 else 128 - child.returncode

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        self._asked = number if self._asked is None else signal.SIGQUIT

    def _end(self, child: "subprocess.Popen[bytes]") -> None:
        patience = time.monotonic() + self._grace
        if self._asked != signal.SIGQUIT:
            child.terminate()
            while child.poll() is None and time.monotonic() < patience and self._asked != signal.SIGQUIT:
                time.sleep(0.05)
        if child.poll() is None:
            child.kill()
        child.wait()

    def _end_the_rest(self) -> None:
        """What the program left behind: asked, then killed; here because orphans become our children."""
        rest = descendants(os.getpid())
        if self._asked != signal.SIGQUIT:
            send(signal.SIGTERM, rest)
            patience = time.monotonic() + 2
            while descendants(os.getpid()) and time.monotonic() < patience:
                self._reap()
                time.sleep(0.05)
        while rest := descendants(os.getpid()):
            send(signal.SIGKILL, rest)
            self._reap()
            time.sleep(0.02)

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


if __name__ == "__main__":
    sys.exit(Leash(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]).run())
