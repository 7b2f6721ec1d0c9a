"""A large file may take longer than any other call; a small one may not."""

import io

import httpx
import pytest

from app.domain.ids import NodeId
from app.opentext import OpenText, TokenCache, open_text
from app.outbound import Outbound, remaining
from tests.unit.opentext.scripted import Script, a_connection, said, settings

NODES = "POST content.test/cs/cs/api/v2/nodes"
CONTENT = "GET content.test/cs/cs/api/v1/nodes/7/versions/1/content"
CREATED = {"results": {"data": {"properties": {"id": 8, "name": "a.bin", "type": 144}}}}


class Zeros(io.RawIOBase):
    """Many bytes that nobody keeps."""

    def __init__(self, size: int) -> None:
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
        piece = bytes(min(self._size - self._at, 1 << 20 if size < 0 else size))
        self._at += len(piece)
        return piece


class Timed(Script):
    """Notes how much time each call has left when it arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.left: dict[str, float] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.left[f"{request.method} {request.url.path.rpartition('/')[2]}"] = remaining()
        return super().handle_request(request)


@pytest.fixture
def timed() -> Timed:
    return Timed()


def opened(timed: Timed, max_bytes: int) -> OpenText:
    return open_text(a_connection(), Outbound(settings(), timed), TokenCache(), max_bytes=max_bytes)


@pytest.mark.parametrize(("size", "least", "most"), [(1000, 35, 41), (20_000_000, 55, 61)])
def test_an_upload_has_time_in_proportion_to_its_size(timed: Timed, size: int, least: int, most: int) -> None:
    timed.on(NODES, said(CREATED))
    opened(timed, 1000).documents.upload(NodeId(1), "a.bin", Zeros(size), "application/octet-stream")  # type: ignore[arg-type]
    assert least < timed.left["POST nodes"] < most


def test_a_download_has_time_for_as_much_as_it_may_bring(timed: Timed) -> None:
    timed.on(CONTENT, httpx.Response(200, content=b"abc"))
    opened(timed, 200_000_000).documents.download(NodeId(7), 1, io.BytesIO())
    assert 235 < timed.left["GET content"] < 241
    assert timed.left["GET auth"] < 41
