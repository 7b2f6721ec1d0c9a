"""The doors on both databases."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.doors import Doors
from tests.house import a_house

T = TypeVar("T")


@pytest.fixture
def doors(database_url: str, tmp_path: Path) -> Iterator[Doors]:
    """The demo store installed and OpenText connected, on SQLite and on PostgreSQL."""
    with a_house(database_url, data_dir=tmp_path / "data") as house:
        house.move_in()
        yield Doors(house)


@pytest.fixture
def sqlite_doors(sqlite_url: str, tmp_path: Path) -> Iterator[Doors]:
    """The same, where the database makes no difference."""
    with a_house(sqlite_url, data_dir=tmp_path / "data") as house:
        house.move_in()
        yield Doors(house)


def at_once(action: Callable[[], T], times: int = 8) -> list[T]:
    """The same from several threads in the same moment."""
    with ThreadPoolExecutor(max_workers=times) as pool:
        futures = [pool.submit(action) for _ in range(times)]
        return [future.result() for future in futures]


def statuses(answers: list[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)
