"""The demo as processes, driven from outside: its control API, the store's webhooks, signals by process id."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

ROOT = Path(__file__).resolve().parents[1]
Found = TypeVar("Found")


def free_ports(count: int = 10) -> int:
    """The first of `count` free neighbouring ports on this machine."""
    for first in range(21000, 60000, 37):
        sockets = [socket.socket() for _ in range(count)]
        try:
            for number, one in enumerate(sockets):
                one.bind(("127.0.0.1", first + number))
        except OSError:
            continue
        else:
            return first
        finally:
            for one in sockets:
                one.close()
    raise RuntimeError("no free ports")


def wait_for(look: Callable[[], Found | None], seconds: float = 30.0, what: str = "it") -> Found:
    """Look until something is there; fails by name after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come within {seconds:.0f} s")


class RunningDemo:
    """One demo on its own ports and state folder."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self.port = process, port
        self.control = httpx.Client(base_url=f"http://127.0.0.1:{port + 9}/control", timeout=60, trust_env=False)

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = self.control.request(method, path, json=body, params=query)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        return answer.json() if answer.content else None

    def overview(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", "")
        return found

    def pid(self, name: str) -> int:
        return int(self.overview()["app"]["processes"][name])

    def environment(self) -> dict[str, str]:
        found: dict[str, str] = self.overview()["app"]["environment"]
        return found

    def ledger(self, system: str = "", containing: str = "") -> list[str]:
        query = {"system": system} if system else {}
        entries = self.call("GET", "/ledger", **query)["entries"]
        return [entry["effect"] for entry in entries if entry["effect"] and containing in entry["effect"]]

    def place_order(self, **fields: Any) -> str:
        body = {"total": "950.00", "billing": {"country": "DE"}, "shipping": {"country": "FR"}, "status_id": 11}
        return str(self.call("POST", "/stores/bigcommerce/orders", body | fields)["id"])

    def task_of(self, order_id: str) -> dict[str, Any] | None:
        tasks = self.call("GET", "/opentext/tasks")["tasks"]
        key = f":order:{order_id}:"
        return next((task for task in tasks if key in json.dumps(task)), None)

    def kill_tree(self, name: str) -> None:
        """kill -9 of a process and everything below it."""
        for pid in reversed(_tree(self.pid(name))):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    below = [int(child) for child in children.read_text().split()] if children.exists() else []
    return [pid, *(found for child in below for found in _tree(child))]


@contextmanager
def a_running_demo(state: Path, **environment: str) -> Iterator[RunningDemo]:
    """Start it, wait until it is ready, end it by process id."""
    port = free_ports()
    command = [sys.executable, "-m", "sandbox.demo", "--port", str(port), "--state", str(state)]
    log = (state.parent / "demo.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=log, stderr=subprocess.STDOUT)
    demo = RunningDemo(process, port)
    try:
        wait_for(lambda: _is_ready(demo), 60, f"the demo (see {log.name})")
        yield demo
    finally:
        demo.control.close()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _is_ready(demo: RunningDemo) -> bool:
    assert demo.process.poll() is None, "the demo ended by itself"
    try:
        healthy = httpx.get(f"http://127.0.0.1:{demo.port}/healthz", timeout=1, trust_env=False).status_code == 200
        return healthy and demo.control.get("").status_code == 200
    except httpx.HTTPError:
        return False
