"""Runs migrations against ECM_DATABASE_URL (or the `sqlalchemy.url` a test sets). Online only."""

import os

from alembic import context

from app.db.session import connect
from app.db.tables import metadata


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or os.environ.get("ECM_DATABASE_URL") or "sqlite:///ecm.sqlite3"
    database = connect(url)
    engine = database.engine.execution_options(writing=True)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            user_module_prefix="app.db.types.",
        )
        with context.begin_transaction():
            context.run_migrations()
    database.dispose()


run()
