"""The abuse cases of the security rules, one file per table there, one case per row id in the test's name."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from app import observability
from tests.doors import Doors
from tests.house import House, a_settings
from tests.made_once import once


@pytest.fixture
def doors(house: House) -> Doors:
    """A house with the demo store installed and OpenText connected; the set-up work still waits."""
    knocking = Doors(house)
    once(house, "let in and connected", knocking.install)
    return knocking


@pytest.fixture
def two_stores(doors: Doors) -> Doors:
    """The same with a second merchant's store, `bigcommerce:rivalstore`, installed and connected too."""
    once(doors.house, "a rival let in too", lambda: _let_the_rival_in(doors))
    return doors


def _let_the_rival_in(doors: Doors) -> None:
    doors.house.stage.control_panel.add_store("rivalstore", "Rival")
    doors.install("rivalstore")


LogLines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def log_lines() -> Iterator[LogLines]:
    """Everything that is logged, as the JSON lines an operator would have."""
    root = logging.getLogger()
    handlers, level, stream = root.handlers[:], root.level, io.StringIO()
    observability.configure(a_settings("sqlite://", log_format="json"), stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
