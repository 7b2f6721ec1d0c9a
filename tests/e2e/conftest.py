"""A real browser in front of the true app, served on 127.0.0.1 from rows that fixtures write."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.living import Living, a_living
from tests.e2e.windows import Site, Visit, a_browser, a_site, chromium_path, open_window


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all; where there is none these tests say so."""
    found = chromium_path()
    if not found:
        pytest.skip("no browser: name one in ECM_TEST_CHROMIUM")
    with a_browser(found) as browser:
        yield browser


@pytest.fixture(scope="module")
def running(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """One product for all behaviours of a file; each works with an order of its own."""
    with a_living(tmp_path_factory.mktemp("living"), chromium) as built:
        yield built


@pytest.fixture
def living(running: Living) -> Iterator[Living]:
    """The same for one test: whatever went wrong in anybody's browser fails it."""
    yield running
    running.house.stage.world.faults.remove()
    assert running.all_leave() == []


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    with a_site(sqlite_url) as served:
        yield served


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """`visit(role=…, width=…, scripts=…)`: a signed-in person's window. Dialogs, errors and refusals fail the test."""
    opened: list[Visit] = []

    def start(role: str = "owner", **options: Any) -> Visit:
        opened.append(open_window(site, chromium, role, **options))
        return opened[-1]

    yield start
    for one in opened:
        one.context.close()
    assert [problem for one in opened for problem in one.problems] == []


@pytest.fixture(scope="session")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of long walks go: the folder ECM_SCREENSHOTS names, else a temporary one."""
    folder = Path(os.environ.get("ECM_SCREENSHOTS") or tmp_path_factory.mktemp("screens"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
