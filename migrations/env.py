"""Runs migrations against ECM_DATABASE_URL (or the `sqlalchemy.url` a test sets). Online only."""

import os

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from app.db.session import connect
from app.db.tables import metadata
from app.db.types import UtcDateTime


def _as_plain_types(kind: str, item: object, _context: object) -> str | bool:
    """Migrations name plain SQL types: they must run when today's classes are gone."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    url = (
        context.config.get_main_option("sqlalchemy.url")
        or os.environ.get("ECM_DATABASE_URL")
        or "sqlite:///ecm.sqlite3"
    )
    database = connect(url)
    engine = database.engine.execution_options(writing=True)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            render_item=_as_plain_types,
        )
        with context.begin_transaction():
            context.run_migrations()
    database.dispose()


run()
