"""Every migration up and down, with data, on both databases; the schema is exactly what the tables say."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select

from app.db import audit
from app.db.runs import Work
from app.db.session import connect, database_time, reading, unit_of_work
from app.db.stores import StoreRow
from app.db.tables import metadata

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def config(database_url: str) -> Config:
    made = Config(str(ROOT / "alembic.ini"))
    made.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return made


def put_rows(url: str) -> None:
    database = connect(url)
    with unit_of_work(database) as uow:
        uow.session.add(StoreRow(id="bigcommerce:abc", provider="bigcommerce", token=b"sealed"))
        audit.record(uow.session, "bigcommerce:abc", "tester", "tried")
        due = database_time(uow.session)
        uow.session.add(Work(kind="run", ref_id="r1", store_id="bigcommerce:abc", lane="l", due_at=due))
    database.dispose()


def test_up_with_data_down_and_up_again(config, database_url):
    command.upgrade(config, "head")
    put_rows(database_url)
    database = connect(database_url)
    with reading(database) as session:
        assert session.execute(select(StoreRow.token)).scalar_one() == b"sealed"
    database.dispose()
    command.downgrade(config, "base")
    database = connect(database_url)
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    database.dispose()
    command.upgrade(config, "head")
    put_rows(database_url)


def test_each_step_can_be_taken_back(config, database_url):
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    for revision in reversed(revisions):
        command.upgrade(config, revision)
        command.downgrade(config, "-1")
        command.upgrade(config, revision)
    put_rows(database_url)


def test_the_migrated_schema_is_what_the_tables_say(config, database_url):
    command.upgrade(config, "head")
    database = connect(database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    database.dispose()
