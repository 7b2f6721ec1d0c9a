"""What every test's app needs anew and is cheaper to make once: tables, statements, templates, an installed store."""

import contextlib
import pickle
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import URL, Engine, create_engine, event, make_url
from werkzeug.routing import Rule

from app.db.session import Database, connect
from app.db.tables import metadata
from sandbox.kernel.ledger import Entry

if TYPE_CHECKING:
    from tests.house import House

Found = TypeVar("Found")


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


class Way:
    """A way to SQLite files, one after the other: what was compiled for an earlier house need not be again."""

    def __init__(self, url: str) -> None:
        self._database = connect(url)
        self._file = ""
        for engine in self._engines:
            event.listen(engine, "do_connect", self._to_its_file)

    @property
    def _engines(self) -> tuple[Engine, Engine]:
        return self._database.engine, self._database.intake

    def to(self, url: URL) -> Database:
        self._file = url.database or ""
        for engine in self._engines:
            engine.url = url
        return Database(str(url), *self._engines, threading.Lock())

    def _to_its_file(self, _dialect: Any, _record: Any, arguments: list[str], _named: Any) -> None:
        arguments[0] = self._file


_free: list[Way] = []


@contextlib.contextmanager
def database(url: str) -> Iterator[Database]:
    """The way to it; one that was used before where it is a SQLite file."""
    if not url.startswith("sqlite"):
        yield connect(url)
        return
    way = _free.pop() if _free else Way(url)
    ours = way.to(make_url(url))
    yield ours
    ours.dispose()
    _free.append(way)


class LazyRule(Rule):
    """A rule of the URL map whose address builder is compiled when first asked for, not when an app is made."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now, compiled = super()._compile_builder, list[Callable[..., tuple[str, str]]]()

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_now(append_unknown))
            return compiled[0](rule, **values)

        return build


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


@dataclass(frozen=True)
class Moment:
    """A house as it stood: its database, the stand-ins' states and ledger, and what its maker returned, pickled."""

    database: sqlite3.Connection  # in memory
    states: bytes
    ledger: tuple[Entry, ...]
    installed: tuple[Any, ...]
    found: bytes

    @classmethod
    def of(cls, house: "House", found: object) -> "Moment":
        world = house.stage.world
        assert not house.travels, "no moment is kept of another time"
        kept = sqlite3.connect(":memory:", check_same_thread=False)
        with contextlib.closing(sqlite3.connect(_file(house))) as database:
            database.backup(kept)
        return cls(
            kept, pickle.dumps(world.states), tuple(world.ledger.since()), tuple(house.installed), pickle.dumps(found)
        )

    def bring_back(self, house: "House") -> Any:
        with contextlib.closing(sqlite3.connect(_file(house))) as database:
            self.database.backup(database)
        world = house.stage.world
        world.states.clear()
        world.states.update(pickle.loads(self.states))  # noqa: S301  # our own
        world.ledger.take_up(self.ledger)
        house.installed[:] = self.installed
        return pickle.loads(self.found)  # noqa: S301  # our own


_moments: dict[Hashable, Moment] = {}


def once(house: "House", name: str, make: Callable[[], Found]) -> Found:
    """What `make` does to a house in a known state (new, or at an earlier moment), done once per run.

    Later houses of the same settings are brought to where it left the first: their processes remember nothing, as
    after a restart. `name` says what `make` does, and what was done to the house before.
    """
    if not house.deps.database.is_sqlite:
        return make()
    key = (name, house.like)
    if key in _moments:
        found: Found = _moments[key].bring_back(house)
        return found
    found = make()
    _moments[key] = Moment.of(house, found)
    return found


def _file(house: "House") -> str:
    return str(house.deps.database.engine.url.database)
