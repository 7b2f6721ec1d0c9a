"""Contents as streams: readable more than once, hashed on their way."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

CHUNK = 1 << 16


class Hashing:
    """A sink that hashes what passes through."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink, self.digest = sink, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._sink.write(data)


@contextmanager
def seekable(content: bytes | BinaryIO) -> Iterator[BinaryIO]:
    """The content as a stream that can be read more than once."""
    if isinstance(content, bytes):
        yield io.BytesIO(content)
    elif content.seekable():
        yield content
    else:
        with SpooledTemporaryFile(max_size=1 << 20) as copy:
            while chunk := content.read(CHUNK):
                copy.write(chunk)
            yield copy  # type: ignore[misc]  # it is a BinaryIO in all but name


def sha256_and_size(stream: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    stream.seek(0)
    return digest.hexdigest(), size
