"""A directory of its own for every test, and a browserless client that speaks to it in process."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from sandbox.credentials import OTDS_CLIENT_ID, OTDS_CLIENT_SECRET
from sandbox.kernel.transport import InProcess
from sandbox.kernel.world import World
from sandbox.otds import Otds

TOKEN = "/otdsws/oauth2/token"


@dataclass
class Bench:
    """The stand-in and a client whose addresses start at its base path."""

    world: World
    otds: Otds
    http: httpx.Client

    def token(self, **form: str) -> httpx.Response:
        """Ask for a token as the demo's confidential client unless `form` says otherwise."""
        client = {"client_id": OTDS_CLIENT_ID, "client_secret": OTDS_CLIENT_SECRET}
        return self.http.post(TOKEN, data=client | form)

    def rest(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return self.http.post(f"/otdsws/rest/authentication/{path}", json=body)


@pytest.fixture
def bench() -> Iterator[Bench]:
    world = World(inline=True)
    otds = Otds(world)
    transport = InProcess({"otds.test": otds})
    with httpx.Client(transport=transport, base_url="http://otds.test") as http:
        yield Bench(world, otds, http)
    world.deliveries.close()
