"""The demo's state folder: what must be found again at the next start, readable by its owner only."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST_SOCKET_PATH = 100  # sockets allow 103 bytes on macOS, 107 on Linux


class InUse(Exception):
    """Another demo runs in this folder."""


class StateFolder:
    """Paths below the folder, and the secrets made at the first start."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        for folder in (self.path, self.logs, self.run, self.data, self.queue):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def run(self) -> Path:
        """Pid files of the running processes."""
        return self.path / "run"

    @property
    def data(self) -> Path:
        """The app's own files."""
        return self.path / "data"

    @property
    def queue(self) -> Path:
        """Valkey's files."""
        return self.path / "valkey"

    @property
    def world(self) -> Path:
        return self.path / "world.pickle"

    @property
    def database(self) -> Path:
        return self.path / "ecm.sqlite3"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one demo in a folder; the lock goes with the process. Raises InUse."""
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise InUse(f"another demo is running in {self.path}") from error
            yield

    def secret(self, name: str) -> str:
        """A secret of this folder, made when first asked for."""
        known = self._secrets()
        if name not in known:
            known[name] = secrets.token_urlsafe(48)
            self._write_secrets(known)
        return known[name]

    @contextmanager
    def socket(self) -> Iterator[Path]:
        """Where Valkey's socket may lie: in the folder, or in a private short one where the path is too long."""
        wanted = self.path / "valkey.sock"
        if len(os.fsencode(wanted)) <= LONGEST_SOCKET_PATH:
            yield wanted
            return
        private = Path(tempfile.mkdtemp(prefix="ecm-demo-"))  # made 0700
        try:
            yield private / "valkey.sock"
        finally:
            shutil.rmtree(private, ignore_errors=True)

    def _secrets(self) -> dict[str, str]:
        with contextlib.suppress(FileNotFoundError):
            found: dict[str, str] = json.loads((self.path / "secrets.json").read_text())
            return found
        return {}

    def _write_secrets(self, known: dict[str, str]) -> None:
        fresh = self.path / "secrets.json.new"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(known, file, indent=2)
        fresh.replace(self.path / "secrets.json")
