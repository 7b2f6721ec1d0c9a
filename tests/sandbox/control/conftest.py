"""The control API over the whole house in one process, asked with a plain HTTP client."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from sandbox.control import make_control
from tests.house import House

CONTROL = "http://control.test"


@dataclass
class NoProcesses:
    """Runs nothing; a reset empties the world."""

    house: House
    environment: dict[str, str] = field(default_factory=lambda: {"ECM_PUBLIC_URL": "http://app.test"})
    resets: int = 0

    def reset(self) -> None:
        self.resets += 1
        self.house.stage.world.reset()

    def processes(self) -> dict[str, int | None]:
        return {"web": 4711}


@dataclass
class Outsider:
    """Somebody with curl. Every call gives the JSON answered, after checking the status."""

    client: httpx.Client
    house: House
    backstage: NoProcesses

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        return self._answer(self.client.get(f"/control{path}", params=query), status)

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        return self._answer(self.client.post(f"/control{path}", json=body), status)

    def patch(self, path: str, body: Any, status: int = 200) -> Any:
        return self._answer(self.client.patch(f"/control{path}", json=body), status)

    def delete(self, path: str, status: int = 200) -> Any:
        return self._answer(self.client.delete(f"/control{path}"), status)

    @staticmethod
    def _answer(response: httpx.Response, status: int) -> Any:
        assert response.status_code == status, response.text
        return response.json()


def an_outsider(house: House) -> Outsider:
    backstage = NoProcesses(house)
    control = make_control(house.stage, backstage)
    client = httpx.Client(transport=httpx.WSGITransport(app=control), base_url=CONTROL)
    return Outsider(client, house, backstage)


@pytest.fixture
def outsider(house: House) -> Iterator[Outsider]:
    """Nothing is installed yet."""
    made = an_outsider(house)
    yield made
    made.client.close()


@pytest.fixture
def installed(outsider: Outsider) -> Outsider:
    """The demo store has the app, OpenText is connected."""
    outsider.house.move_in()
    return outsider


@contextmanager
def a_worker(house: House) -> Iterator[None]:
    """Drains while the block runs, as the worker process would."""
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(0.05):
            house.drain()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(30)
