"""Programs on a leash end with it, whatever happens."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.demo import leash

STAY = "import signal, time; {} time.sleep(60)"
IGNORE = "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
TELL = "import os, pathlib; pathlib.Path({path!r}).write_text(str(os.getpid()));"


@pytest.fixture
def started() -> Iterator[list["subprocess.Popen[bytes]"]]:
    """What a test started; ended by process id."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait(10)


def on_a_leash(code: str, pid_file: Path, grace: float = 1.0) -> list[str]:
    return [
        sys.executable,
        "-S",
        leash.__file__,
        str(os.getpid()),
        str(pid_file),
        str(grace),
        sys.executable,
        "-c",
        code,
    ]


def pid_in(file: Path) -> int:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if file.exists() and file.read_text():
            return int(file.read_text())
        time.sleep(0.02)
    raise AssertionError(f"{file} was not written")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def is_gone_within(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_alive(pid)


def test_it_gives_the_status_of_its_program(tmp_path: Path) -> None:
    done = subprocess.run(on_a_leash("raise SystemExit(7)", tmp_path / "pid"), timeout=20, check=False)
    assert done.returncode == 7
    assert not (tmp_path / "pid").exists()


def test_asked_to_end_it_asks_its_program(tmp_path: Path, started: list["subprocess.Popen[bytes]"]) -> None:
    bye = tmp_path / "bye"
    code = (
        "import signal, pathlib, sys, time\n"
        f"signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path({str(bye)!r}).touch(), sys.exit(3)))\n"
        f"pathlib.Path({str(tmp_path / 'up')!r}).write_text('1'); time.sleep(60)"
    )
    started.append(subprocess.Popen(on_a_leash(code, tmp_path / "pid", grace=10)))
    pid_in(tmp_path / "up")
    started[0].terminate()
    assert started[0].wait(10) == 3
    assert bye.exists()


def test_a_program_that_will_not_end_is_killed_after_the_grace(
    tmp_path: Path, started: list["subprocess.Popen[bytes]"]
) -> None:
    code = STAY.format(IGNORE + TELL.format(path=str(tmp_path / "up")))
    started.append(subprocess.Popen(on_a_leash(code, tmp_path / "pid", grace=0.5)))
    pid = pid_in(tmp_path / "up")
    started[0].terminate()
    assert started[0].wait(10) == 128 + signal.SIGKILL
    assert not is_alive(pid)


def test_it_can_be_told_to_end_at_once(tmp_path: Path, started: list["subprocess.Popen[bytes]"]) -> None:
    code = STAY.format(IGNORE + TELL.format(path=str(tmp_path / "up")))
    started.append(subprocess.Popen(on_a_leash(code, tmp_path / "pid", grace=30)))
    pid_in(tmp_path / "up")
    began = time.monotonic()
    started[0].send_signal(signal.SIGQUIT)
    started[0].wait(10)
    assert time.monotonic() - began < 5


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are found through /proc")
def test_what_the_program_left_behind_ends_too(tmp_path: Path) -> None:
    orphan = STAY.format(IGNORE + TELL.format(path=str(tmp_path / "orphan")))
    code = (
        "import subprocess, sys, time, pathlib\n"
        f"subprocess.Popen([sys.executable, '-c', {orphan!r}], start_new_session=True)\n"
        f"while not pathlib.Path({str(tmp_path / 'orphan')!r}).exists(): time.sleep(0.02)"
    )
    subprocess.run(on_a_leash(code, tmp_path / "pid"), timeout=30, check=True)
    assert not is_alive(pid_in(tmp_path / "orphan"))


@pytest.mark.skipif(sys.platform != "linux", reason="needs the parent-death signal")
def test_when_its_starter_is_killed_hard_everything_ends(
    tmp_path: Path, started: list["subprocess.Popen[bytes]"]
) -> None:
    code = STAY.format(TELL.format(path=str(tmp_path / "up")))
    starter = (
        f"import os, subprocess, sys, time; c = {on_a_leash(code, tmp_path / 'pid')!r}; c[3] = str(os.getpid());"
        " subprocess.Popen(c); time.sleep(60)"
    )
    started.append(subprocess.Popen([sys.executable, "-c", starter]))
    pid = pid_in(tmp_path / "up")
    started[0].kill()
    assert is_gone_within(pid, 8)
