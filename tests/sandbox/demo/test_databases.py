"""Emptying the app's database for a reset."""

from pathlib import Path

from sqlalchemy import create_engine, inspect, text

from sandbox.demo import databases


def test_a_postgresql_schema_is_emptied(postgres_url: str) -> None:
    url = postgres_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TYPE mood AS ENUM ('good')"))
        connection.execute(text('CREATE TABLE "Odd name" (id int PRIMARY KEY, mood mood)'))
        connection.execute(text('CREATE TABLE child (id int REFERENCES "Odd name")'))
    databases.empty({"ECM_DATABASE_URL": url})
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(text("CREATE TYPE mood AS ENUM ('good')"))
    engine.dispose()


def test_a_sqlite_file_goes_with_its_companions(tmp_path: Path) -> None:
    companions = ("", "-wal", "-shm", "-next", "-writer")
    for name in (*(f"ecm.sqlite3{companion}" for companion in companions), "other.txt"):
        (tmp_path / name).touch()
    databases.empty({"ECM_DATABASE_URL": f"sqlite:///{tmp_path / 'ecm.sqlite3'}"})
    assert [file.name for file in tmp_path.iterdir()] == ["other.txt"]
