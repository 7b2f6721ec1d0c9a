"""What the demo runs and with which environment."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Settings
from sandbox.demo import programs
from sandbox.demo.environment import app_environment
from sandbox.demo.folder import StateFolder
from sandbox.demo.supervisor import CannotStart, check_ports
from sandbox.kernel.world import World
from sandbox.stage import PORTS, Addresses, Stage


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    stage = Stage(World(), Addresses.from_port(8600))
    return app_environment(StateFolder(tmp_path / "s"), stage, "unix:///q.sock?db=0", given={})


def test_the_procfile_is_what_runs() -> None:
    lines = programs.read_procfile()
    assert set(programs.PROCESSES) <= set(lines)
    assert "release" in lines


def test_variables_of_the_procfile_are_filled_in() -> None:
    words = programs.command("serve --port ${PORT:-8000} --workers ${N:-2} x", {"PORT": "8600"})
    assert words == ["serve", "--port", "8600", "--workers", "2", "x"]


def test_processes_are_given_no_ecm_variables_but_the_demos_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECM_STRANGE", "1")
    found = programs.process_environment({"ECM_PUBLIC_URL": "http://127.0.0.1:8600"})
    assert [name for name in found if name.startswith("ECM_")] == ["ECM_PUBLIC_URL"]


def test_the_app_accepts_the_environment(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.public_url == "http://127.0.0.1:8600"
    assert settings.bigcommerce.frame_ancestors == ("http://127.0.0.1:8601",)
    assert settings.opentext.content_server_url == "http://127.0.0.1:8604/cs/cs"
    assert settings.periods.decision_poll.total_seconds() == 20
    assert settings.is_sqlite


def test_what_the_user_sets_wins(tmp_path: Path) -> None:
    stage = Stage(World(), Addresses.from_port(8600))
    given = {"ECM_PERIODS__LEASE": "5", "ECM_DATABASE_URL": "postgresql://x", "ECM_TEST_CHROMIUM": "/c", "PATH": "/"}
    found = app_environment(StateFolder(tmp_path / "s"), stage, "unix:///q", given)
    assert found["ECM_PERIODS__LEASE"] == "5"
    assert found["ECM_DATABASE_URL"] == "postgresql://x"
    assert not {"ECM_TEST_CHROMIUM", "PATH"} & set(found)


def test_the_environment_can_be_printed_for_a_shell(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox.demo", "--print-env", "--port", "8600", "--state", str(tmp_path / "s")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    script = f"set -a; {printed}\n{sys.executable} -c 'import os, json; print(json.dumps(dict(os.environ)))'"
    read = json.loads(
        subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, timeout=60).stdout
    )
    assert read["ECM_PUBLIC_URL"] == "http://127.0.0.1:8600"
    assert read["ECM_BIGCOMMERCE__FRAME_ANCESTORS"] == '["http://127.0.0.1:8601"]'


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"\b{port}\b.* in use"):  # others may hold its neighbours
            check_ports(port - PORTS["desk"])


def test_a_changed_migration_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "migrations" / "versions"
    folder.mkdir(parents=True)
    (folder / "one.py").write_text("a")
    before = programs.migrations_digest("sqlite:///x", tmp_path)
    assert programs.migrations_digest("sqlite:///y", tmp_path) != before
    (folder / "two.py").write_text("b")
    assert programs.migrations_digest("sqlite:///x", tmp_path) != before
