"""The state folder: private, and the same at the next start."""

import stat
from pathlib import Path

import pytest

from sandbox.demo import queue_server
from sandbox.demo.folder import LONGEST_SOCKET_PATH, InUse, StateFolder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "state")
    folder.secret("secret_key")
    assert mode(folder.path) == 0o700
    assert mode(folder.path / "secrets.json") == 0o600


def test_secrets_are_made_once_and_differ(tmp_path: Path) -> None:
    first = StateFolder(tmp_path / "state")
    key, token = first.secret("secret_key"), first.secret("operator_token")
    again = StateFolder(tmp_path / "state")
    assert (again.secret("secret_key"), again.secret("operator_token")) == (key, token)
    assert key != token
    assert len(key) >= 32


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "state")
    with folder.locked(), pytest.raises(InUse), StateFolder(tmp_path / "state").locked():
        pass
    with folder.locked():
        pass


def test_a_socket_that_would_not_fit_lies_in_a_private_short_folder(tmp_path: Path) -> None:
    deep = StateFolder(tmp_path / ("d" * 60) / ("e" * 60))
    with deep.socket() as path:
        assert len(str(path)) <= LONGEST_SOCKET_PATH
        assert mode(path.parent) == 0o700
        assert deep.path not in path.parents
    assert not path.parent.exists()


def test_a_socket_that_fits_lies_in_the_folder(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "s")
    if len(str(folder.path)) > LONGEST_SOCKET_PATH - 20:
        pytest.skip("the temporary folder's own path is too long here")
    with folder.socket() as path:
        assert path.parent == folder.path


def test_the_queue_has_no_port_and_is_kept(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "s")
    program, file = queue_server.command(folder, folder.path / "valkey.sock")
    lines = Path(file).read_text().splitlines()
    assert {"port 0", "appendonly yes", "unixsocketperm 700"} <= set(lines)
    assert Path(program).exists()
