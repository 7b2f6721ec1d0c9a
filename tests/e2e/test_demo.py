"""The demo's life: started, ended, killed, reset; its README tried out."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.running_demo import ROOT, RunningDemo, a_demo, is_alive

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
LATER_START, RESET_WITHIN = 40.0, 30.0  # seconds, beside other tests; the first is 10 where nothing else runs


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with a_demo(tmp_path_factory.mktemp("demo") / "state") as running:
        yield running


@pytest.fixture
def demo(started: RunningDemo) -> RunningDemo:
    """One demo for all: tests that end it come last, and whoever finds it ended starts it again."""
    return started if started.process else started.start()


def install(demo: RunningDemo) -> None:
    """Once: an earlier test may have."""
    if not demo.ask("GET", "")["bigcommerce"]["stores"][0]["installed"]:
        demo.ask("POST", "/stores/bigcommerce/install")


def reviewed_order(demo: RunningDemo) -> str:
    """An order whose review waits for a decision."""
    order = str(
        demo.ask("POST", "/stores/bigcommerce/orders", {"total": "749.90", "shipping": {"country_iso2": "NG"}})["id"]
    )
    demo.wait_for("the task", lambda: task_of(demo, order))
    return order


def task_of(demo: RunningDemo, order: str) -> Any:
    tasks = demo.ask("GET", "/opentext/tasks")["tasks"]
    return next((t for t in tasks if t["variables"]["order_number"] == order), None)


def panel_of(demo: RunningDemo, order: str) -> str:
    """The order's panel in the app, as the control panel opens it."""
    url = demo.ask("POST", "/stores/bigcommerce/open", {"path": f"/orders/{order}"})["url"]
    answer = httpx.get(url, follow_redirects=True, timeout=20, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_commands_of_the_readme_work(demo: RunningDemo) -> None:
    if lacking := [name for name in ("bash", "curl", "python3") if not shutil.which(name)]:
        pytest.skip(f"the README's examples need {' and '.join(lacking)}")
    text = (ROOT / "sandbox" / "README.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 4
    script = "set -euo pipefail\n" + "\nsleep 3\n".join(blocks).replace("http://127.0.0.1:8009", demo.addresses.control)
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, f"{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
    assert '"ready":true' in done.stdout


def test_a_reset_gives_a_fresh_world_and_a_fresh_app_in_time(demo: RunningDemo) -> None:
    demo.ask("POST", "/stores/bigcommerce/install")
    order = reviewed_order(demo)
    assert demo.ask("POST", "/reset")["took_seconds"] < RESET_WITHIN
    assert demo.ask("GET", "")["bigcommerce"]["stores"][0]["installed"] is False
    assert demo.ask("GET", "/ledger")["entries"] == []
    assert order not in {str(o["id"]) for o in demo.ask("GET", "/stores/bigcommerce/orders")["orders"]}
    assert demo.ask("POST", "/stores/bigcommerce/install")["extensions"] == ["CUSTOMERS", "ORDERS", "PRODUCTS"]
    reviewed_order(demo)


def test_a_process_that_dies_is_started_again_and_its_work_goes_on(demo: RunningDemo) -> None:
    install(demo)
    before = demo.ask("GET", "")["app"]["processes"]
    for name in ("worker", "dispatcher", "queue", "web"):
        os.kill(before[name], signal.SIGKILL)

    def all_new() -> bool:
        now = demo.ask("GET", "")["app"]["processes"]
        return all(now[name] not in (None, before[name]) for name in before)

    demo.wait_for("a new start", all_new)
    assert "worker ended" in demo.output
    demo.wait_for("the web process", lambda: _answers(demo))
    reviewed_order(demo)


def _answers(demo: RunningDemo) -> bool:
    try:
        return httpx.get(f"{demo.addresses.app}/healthz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def test_a_fault_drops_the_connection_for_real(demo: RunningDemo) -> None:
    rule = {"system": "bigcommerce", "path": "/oauth2/*", "kind": "drop_before", "count": 1}
    demo.ask("POST", "/faults", rule)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{demo.addresses.bigcommerce}/oauth2/token", trust_env=False)


def test_a_second_demo_on_the_same_ports_or_folder_says_what_is_wrong(demo: RunningDemo, tmp_path: Path) -> None:
    def second(port: int, state: Path) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "sandbox.demo", "--port", str(port), "--state", str(state)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    taken = second(demo.port, tmp_path / "other")
    assert taken.returncode == 1
    assert f"Ports {demo.port}, {demo.port + 1}," in taken.stderr
    assert "make demo PORT=" in taken.stderr
    shared = second(demo.port + 20, demo.state)
    assert (shared.returncode, "another demo is running" in shared.stderr) == (1, True)
    assert demo.process is not None
    assert is_alive(demo.process.pid)


def test_ctrl_c_ends_everything_and_the_second_start_finds_its_data(demo: RunningDemo) -> None:
    install(demo)
    order = reviewed_order(demo)
    environment = demo.ask("GET", "")["app"]["environment"]
    assert demo.end(signal.SIGINT) == []
    assert "Ended." in demo.output
    assert not os.listdir(demo.state / "run")

    demo.start()
    assert demo.ready_after < LATER_START
    assert demo.ask("GET", "")["app"]["environment"] == environment
    assert demo.ask("GET", f"/stores/bigcommerce/orders/{order}")["status"] == "Manual Verification Required"
    assert f"Order {order}" in panel_of(demo, order)
    task = task_of(demo, order)
    demo.ask("POST", f"/opentext/tasks/{task['id']}", {"user": "anna.berg@demo", "outcome": "approved"})
    demo.wait_for(
        "the decision",
        lambda: demo.ask("GET", f"/stores/bigcommerce/orders/{order}")["status"] == "Awaiting Fulfillment",
    )


def test_killed_hard_it_leaves_no_process_and_starts_again(demo: RunningDemo) -> None:
    install(demo)
    order = reviewed_order(demo)
    time.sleep(2)  # the world is saved every second
    assert demo.end(signal.SIGKILL) == []
    demo.start()
    assert f"Order {order}" in panel_of(demo, order)
    assert demo.end(signal.SIGTERM) == []
