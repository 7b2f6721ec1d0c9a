"""Engines and transactions. Writing transactions on SQLite begin IMMEDIATE; no network inside one, anywhere."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, Engine, Float, create_engine, event, func, literal_column, select
from sqlmodel import Session

from app.db.turns import Turn

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",  # readers beside the one writer
    "PRAGMA synchronous=FULL",  # NORMAL may forget a committed (acknowledged) delivery on power loss
    "PRAGMA foreign_keys=ON",
)
POSTGRES_LIMITS = "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=10000"


@dataclass
class Database:
    """One process's way to the database: the ordinary engine and the intake's own autocommit engine."""

    url: str
    engine: Engine
    intake: Engine
    # SQLite alone: PostgreSQL has as many writers as ask. The intake's own is never behind this process's threads.
    turn: AbstractContextManager[None] = field(default_factory=nullcontext)
    intake_turn: AbstractContextManager[None] = field(default_factory=nullcontext)

    @cached_property
    def writer(self) -> Engine:
        """The same connections, for transactions that begin with the write lock."""
        return self.engine.execution_options(writing=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def dispose(self) -> None:
        self.engine.dispose()
        self.intake.dispose()

    def after_fork(self) -> None:
        """Drop connections inherited from the parent without closing them on its side."""
        self.engine.dispose(close=False)
        self.intake.dispose(close=False)
        if self.is_sqlite:
            self.turn, self.intake_turn = _turn(self.engine), _turn(self.engine)


def read_json(text: str | bytes) -> Any:
    """What a JSON column holds, read twice as fast as by the standard library, which reads what only it can."""
    try:
        return from_json(text)
    except ValueError:  # half of a surrogate pair, from a store's own words
        return json.loads(text)


def connect(url: str, pool_size: int = 8) -> Database:
    """Make the engines; nothing is connected yet."""
    url = url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)
    if url.startswith("sqlite"):
        connect_args = {"timeout": 5}
        engine = create_engine(
            url, pool_size=pool_size, max_overflow=32, connect_args=connect_args, json_deserializer=read_json
        )
        _tune_sqlite(engine, busy_ms=5000)
        # Writers of ours take turns; where another program has the file, the intake asks every other millisecond.
        intake = create_engine(url, pool_size=1, max_overflow=1, connect_args={"timeout": 0})
        _tune_sqlite(intake, busy_ms=0)
        return Database(url, engine, intake, _turn(engine), _turn(engine))
    options: dict[str, Any] = {"connect_args": {"options": POSTGRES_LIMITS}, "pool_pre_ping": True,
                               "json_deserializer": read_json}  # fmt: skip
    engine = create_engine(url, pool_size=pool_size, max_overflow=32, **options)
    intake = create_engine(
        url, pool_size=pool_size, max_overflow=0, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, **options
    )
    return Database(url, engine, intake)


def _turn(engine: Engine) -> AbstractContextManager[None]:
    return Turn(engine.url.database or "")


def _tune_sqlite(engine: Engine, busy_ms: int) -> None:
    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin ourselves, so that a writer can begin IMMEDIATE
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)
        connection.execute(f"PRAGMA busy_timeout={busy_ms}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@dataclass
class UnitOfWork:
    """One writing transaction and what leaves only after its commit."""

    session: Session
    _later: list[Callable[[], None]] = field(default_factory=list)

    def after_commit(self, action: Callable[[], None]) -> None:
        self._later.append(action)

    def flush_later(self) -> None:
        for action in self._later:
            action()


@contextmanager
def unit_of_work(database: Database) -> Iterator[UnitOfWork]:
    """Commit on success, roll back on any error; `after_commit` actions run once the commit is durable."""
    with database.turn, Session(database.writer, expire_on_commit=False) as session:
        uow = UnitOfWork(session)
        with session.begin():
            yield uow
    uow.flush_later()


@contextmanager
def reading(database: Database) -> Iterator[Session]:
    """A short read. Nothing written here is kept."""
    with Session(database.engine, expire_on_commit=False) as session:
        yield session


def clock(session: Session) -> Any:
    """The database's clock inside a statement, the same for all its rows: seconds since 1970.

    Leases and due times never trust a process's own clock.
    """
    return clock_of(dialect(session))


def dialect(session: Session) -> str:
    """Whose SQL the session speaks: sqlite or postgresql."""
    return session.get_bind().dialect.name


@cache
def clock_of(dialect_name: str) -> Any:
    """The same for statements that are made once per process."""
    if dialect_name == "sqlite":
        return literal_column("(julianday('now') - 2440587.5) * 86400.0", Float())
    return func.extract("epoch", func.statement_timestamp())


def database_time(session: Session) -> float:
    """What `clock` says now."""
    return float(session.execute(select(clock(session))).scalar_one())
