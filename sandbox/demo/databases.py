"""Emptying the app's database, whichever it is: the release step then makes its tables again."""

from collections.abc import Mapping
from pathlib import Path

import psycopg

SQLITE = "sqlite:///"
DROPS = """
    SELECT format('DROP TABLE IF EXISTS %I CASCADE', tablename) FROM pg_tables WHERE schemaname = current_schema()
    UNION ALL
    SELECT format('DROP TYPE IF EXISTS %I CASCADE', typname) FROM pg_type
    WHERE typtype = 'e' AND typnamespace = current_schema()::regnamespace
"""


def sqlite_path(environment: Mapping[str, str]) -> Path | None:
    """The SQLite file the app uses; None for another kind of database."""
    url = environment["ECM_DATABASE_URL"]
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


def empty(environment: Mapping[str, str]) -> None:
    """Delete the SQLite file, or every table of the PostgreSQL schema. Call it while the app is not running."""
    path = sqlite_path(environment)
    if path is None:
        _empty_postgres(environment["ECM_DATABASE_URL"])
        return
    for companion in ("", "-wal", "-shm", "-next", "-writer"):
        Path(f"{path}{companion}").unlink(missing_ok=True)


def _empty_postgres(url: str) -> None:
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, connect_timeout=10) as connection:
        for (statement,) in connection.execute(DROPS).fetchall():
            connection.execute(statement)
