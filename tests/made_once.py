"""What every test's app needs anew and is cheaper to make once: empty tables, compiled templates."""

import tempfile
from functools import cache
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, create_engine

from app.db.tables import metadata


@cache
def _blank() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "blank.sqlite3"
        engine = create_engine(f"sqlite:///{file}")
        metadata.create_all(engine)
        engine.dispose()
        return file.read_bytes()


def make_tables(engine: Engine) -> None:
    """All of them, empty, whatever was there before. On SQLite a copy of a file made once."""
    file = Path(engine.url.database or "")
    if engine.dialect.name == "sqlite" and not (file.exists() and file.stat().st_size):
        file.write_bytes(_blank())
        return
    metadata.drop_all(engine)
    metadata.create_all(engine)


class Compiled(BytecodeCache):
    """Templates, compiled once however many apps are made."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = Compiled()
