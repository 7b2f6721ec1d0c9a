"""200 MB up and down over a real socket, the stand-ins in a process of their own: what our side holds meanwhile."""

import hashlib
import io
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.domain.content import BusinessObject, WorkspaceSpec
from app.domain.ids import NodeId
from app.opentext import OpenText, TokenCache, open_text
from app.outbound import AnswerTooLarge, Outbound
from app.settings import Settings
from tests.contract.opentext.landscape import a_connection

SIZE = 200_000_000
BLOCK = bytes(range(256)) * 4096  # 1 MiB
MOST = 8_000_000  # bytes our side may hold at once beside what it held before

SERVERS = """
import sys
from sandbox.content_server import ContentServer
from sandbox.kernel.world import World
from sandbox.otds import Otds
from sandbox.server import Server

world = World(inline=True)
servers = [Server(Otds(world)).start(), Server(ContentServer(world)).start()]
print(*(server.url for server in servers), flush=True)
sys.stdin.read()
"""


class Made(io.RawIOBase):
    """A readable, seekable stream of SIZE bytes that are never in memory together."""

    def __init__(self, size: int = SIZE) -> None:
        self._size, self._at = size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence] + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        wanted = min(self._size - self._at, len(BLOCK) if size < 0 else size)
        start = self._at % len(BLOCK)
        piece = BLOCK[start : start + wanted]
        self._at += len(piece)
        return piece


class Swallowing(io.RawIOBase):
    """Counts what is written to it and forgets it."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.size += len(data)
        return len(data)


@pytest.fixture(scope="module")
def urls() -> Iterator[tuple[str, str]]:
    with subprocess.Popen(
        [sys.executable, "-c", SERVERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        otds, server = process.stdout.readline().split()
        yield otds, server
        process.terminate()


@pytest.fixture
def outbound() -> Iterator[Outbound]:
    made = Outbound(
        Settings(
            secret_key="large-files-0123456789-abcdefghij-XYZ", public_url="http://app.test",
            allow_plain_http=True, allowed_networks=("127.0.0.0/8",), _env_file=None,
        )
    )  # fmt: skip
    yield made
    made.close()


@pytest.fixture
def opentext(urls: tuple[str, str], outbound: Outbound) -> OpenText:
    connection = a_connection(otds_url=f"{urls[0]}/otdsws", content_server_url=f"{urls[1]}/cs/cs")
    return open_text(connection, outbound, TokenCache(), max_bytes=SIZE + 1000)


@pytest.fixture
def folder(opentext: OpenText) -> NodeId:
    own = BusinessObject("BigCommerce", "ORDER", "bc-demostore1-100")
    workspace = opentext.workspaces.ensure(WorkspaceSpec(own, {"orderNumber": ("100",), "store": ("1",)})).id
    return opentext.documents.folder(workspace, "01 Order record")


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert peak < MOST, f"{peak:,} bytes"


def sha256_of_made() -> str:
    digest, stream = hashlib.sha256(), Made()
    while piece := stream.read():
        digest.update(piece)
    return digest.hexdigest()


def test_two_hundred_megabytes_go_up_and_come_down_in_little_memory(opentext: OpenText, folder: NodeId) -> None:
    with little_memory():
        document = opentext.documents.upload(folder, "Video.bin", Made(), "application/octet-stream")  # type: ignore[arg-type]
    assert (document.size, document.sha256) == (SIZE, sha256_of_made())
    sink = Swallowing()
    with little_memory():
        digest = opentext.documents.download(document.id, 1, sink)  # type: ignore[arg-type]
    assert (sink.size, digest) == (SIZE, document.sha256)


def test_more_than_is_allowed_is_cut_off(opentext: OpenText, outbound: Outbound, folder: NodeId) -> None:
    document = opentext.documents.upload(folder, "Long.bin", Made(SIZE // 10), "application/octet-stream")  # type: ignore[arg-type]
    small = open_text(opentext.connection, outbound, TokenCache(), max_bytes=1_000_000)
    sink = Swallowing()
    with little_memory(), pytest.raises(AnswerTooLarge):
        small.documents.download(document.id, 1, sink)  # type: ignore[arg-type]
    assert sink.size <= 1_000_000
