"""Bodies that come late, cut or never."""

import io
import threading
import time

import pytest

from app.web.body_reader import STUCK, WAIT, BodyReader, NotRead


class Slow:
    """Gives one byte, then the rest when it is let go."""

    def __init__(self, content: bytes) -> None:
        self._stream, self.go = io.BytesIO(content), threading.Event()

    def read(self, size: int) -> bytes:
        if self._stream.tell() == 0:
            return self._stream.read(1)
        self.go.wait(10)
        return self._stream.read(size)


def refused(reader: BodyReader, stream: object, length: int = 3) -> int:
    with pytest.raises(NotRead) as caught:
        reader.read(stream, length)
    return caught.value.status


def test_a_body_is_read_whole_and_no_further():
    assert BodyReader().read(io.BytesIO(b"abcdef"), 3) == b"abc"


def test_a_body_in_pieces_is_put_together():
    stream = Slow(b"abc")
    threading.Timer(0.05, stream.go.set).start()
    assert BodyReader().read(stream, 3) == b"abc"


def test_a_body_that_ends_early_or_breaks_is_refused():
    reader = BodyReader(places=1)
    broken = io.BytesIO(b"abc")
    broken.close()
    assert [refused(reader, io.BytesIO(b"ab")), refused(reader, broken)] == [400, 400]
    assert reader.read(io.BytesIO(b"abc"), 3) == b"abc"  # the place was given back


def test_while_all_places_are_stuck_further_bodies_are_refused_at_once():
    reader, streams = BodyReader(places=2), [Slow(b"abc"), Slow(b"abc")]
    stuck = [threading.Thread(target=reader.read, args=(stream, 3)) for stream in streams]
    for thread in stuck:
        thread.start()
    time.sleep(STUCK + 0.1)
    began = time.monotonic()
    assert [refused(reader, io.BytesIO(b"abc")) for _ in range(50)] == [503] * 50
    assert time.monotonic() - began < 50 * WAIT / 2
    for stream in streams:
        stream.go.set()
    for thread in stuck:
        thread.join(5)
    assert reader.read(io.BytesIO(b"abc"), 3) == b"abc"


def test_a_busy_moment_refuses_nobody():
    reader, results = BodyReader(places=2), []

    def read_many() -> None:
        results.extend(len(reader.read(io.BytesIO(b"x" * 100_000), 100_000)) for _ in range(50))

    threads = [threading.Thread(target=read_many) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert results == [100_000] * 800
