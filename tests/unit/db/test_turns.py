"""Turns at writing to an SQLite file, between processes that really are some."""

import fcntl
import multiprocessing
import os
import signal
import time
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.db import turns
from app.db.session import connect
from app.db.turns import Turn

processes = multiprocessing.get_context("spawn")  # no copies of this process's descriptors
HOLD = 0.02


def write_back_to_back(path: str, written: "Synchronized[int]", stop: Event) -> None:
    """Four threads that always have something to write."""
    turn = Turn(path)

    def write() -> None:
        while not stop.is_set():
            with turn:
                written.value += 1
                time.sleep(HOLD)

    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def take_and_keep(path: str, taken: Event) -> None:
    Turn(path).__enter__()
    taken.set()
    time.sleep(60)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "ecm.sqlite3")


def started(target: Any, *args: Any) -> Any:
    process = processes.Process(target=target, args=args, daemon=True)
    process.start()
    return process


def test_whoever_asks_waits_for_one_transaction_of_a_process_that_always_writes(path):
    written, stop = processes.Value("i", 0), processes.Event()
    busy = started(write_back_to_back, path, written, stop)
    try:
        until = time.monotonic() + 30
        while written.value < 3 and time.monotonic() < until:
            time.sleep(0.01)
        turn, waited_for = Turn(path), []
        for _ in range(15):
            before = written.value
            with turn:
                waited_for.append(written.value - before)
            time.sleep(HOLD / 3)
    finally:
        stop.set()
        busy.join(10)
    assert written.value > 15  # it never stopped
    assert max(waited_for) <= 2, waited_for  # one that had asked before, and nobody twice


def test_a_killed_process_leaves_its_turn(path):
    taken = processes.Event()
    killed = started(take_and_keep, path, taken)
    assert taken.wait(30)
    os.kill(killed.pid, signal.SIGKILL)
    asked = time.monotonic()
    with Turn(path):
        assert time.monotonic() - asked < 10
    killed.join(10)


def test_an_error_inside_gives_the_turn_back(path):
    turn = Turn(path)
    with pytest.raises(ZeroDivisionError), turn:
        raise ZeroDivisionError
    with turn, pytest.raises(BlockingIOError):
        _take_at_once(f"{path}-writer")
    _take_at_once(f"{path}-writer")


def _take_at_once(path: str) -> None:
    with Path(path).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_process_that_hangs_while_it_writes_is_not_waited_for_without_end(path, monkeypatch):
    monkeypatch.setattr(turns, "SECONDS", 0.05)
    with Turn(path):
        for _ in range(2):
            with pytest.raises(OperationalError, match="database is locked"), Turn(path):
                pass
    with Turn(path):  # whoever gave up stands in nobody's way
        pass


def test_a_folder_that_is_not_there_says_so_and_keeps_nobody_waiting(tmp_path):
    turn = Turn(str(tmp_path / "missing" / "ecm.sqlite3"))
    for _ in range(2):
        with pytest.raises(FileNotFoundError), turn:
            pass


def test_after_a_fork_there_is_a_turn_of_ones_own(path):
    database = connect(f"sqlite:///{path}")
    inherited = database.turn
    database.after_fork()
    assert database.turn is not inherited
    assert database.turn is not database.intake_turn  # a delivery never waits behind this process's own threads
