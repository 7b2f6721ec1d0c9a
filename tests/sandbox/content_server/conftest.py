"""A repository of its own for every test, with a client for each user who works in it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from sandbox.content_server import ContentServer, seed
from sandbox.kernel.transport import InProcess
from sandbox.kernel.world import World
from sandbox.otds import Otds
from sandbox.otds.state import DEMO_PASSWORD

API = "http://content.test/cs/cs/api"
ORDER = ("BigCommerce", "ORDER", "bc-demostore1-1001")
CUSTOMER = ("BigCommerce", "CUSTOMER", "bc-demostore1-77")
PRODUCT = ("BigCommerce", "PRODUCT", "bc-demostore1-9")
PDF = b"%PDF-1.7 made up"


class Desk:
    """One user at the API: short paths such as `/v2/nodes`, the ticket in the header."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.http.get(path.lstrip("/"), params=query or None)

    def delete(self, path: str, **query: Any) -> httpx.Response:
        return self.http.delete(path.lstrip("/"), params=query or None)

    def body(self, method: str, path: str, value: dict[str, Any]) -> httpx.Response:
        """The form field `body` with JSON: the way most writes go."""
        return self.http.request(method, path.lstrip("/"), data={"body": json.dumps(value)})

    def form(self, method: str, path: str, value: dict[str, Any]) -> httpx.Response:
        return self.http.request(method, path.lstrip("/"), data=value)

    def json(self, method: str, path: str, value: Any) -> httpx.Response:
        return self.http.request(method, path.lstrip("/"), json=value)

    def upsert(self, *entries: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.json("PUT", "/v2/businessworkspaces", {"bws_infos": list(entries)})
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()
        return rows

    def workspace(self, key: tuple[str, str, str], **properties: str) -> int:
        """Create or update the workspace of a business object; its id."""
        row = self.upsert(entry(key, **properties))[0]
        assert row["error_message"] == ""
        number: int = row["id"]
        return number

    def folder(self, workspace_id: int, name: str) -> int:
        rows = self.get(f"/v2/nodes/{workspace_id}/nodes", where_name=name).json()["results"]
        found = [row["data"]["properties"] for row in rows]
        number: int = next(item["id"] for item in found if item["name"] == name)
        return number

    def upload(
        self, parent_id: int, name: str = "Order record.pdf", content: bytes = PDF, **members: Any
    ) -> httpx.Response:
        body = {"type": "144", "parent_id": str(parent_id), "name": name} | members
        files = {"file": (name, content, "application/pdf")}
        return self.http.post("v2/nodes", data={"body": json.dumps(body)}, files=files)

    def document(self, parent_id: int, name: str = "Order record.pdf", content: bytes = PDF, **members: Any) -> int:
        answer = self.upload(parent_id, name, content, **members)
        assert answer.status_code == 200, answer.text
        number: int = answer.json()["results"]["data"]["properties"]["id"]
        return number

    def add_version(self, document_id: int, content: bytes = b"%PDF second", **fields: str) -> httpx.Response:
        files = {"file": ("second.pdf", content, "application/pdf")}
        return self.http.post(f"v2/nodes/{document_id}/versions", data=fields, files=files)

    def properties(self, node_id: int) -> dict[str, Any]:
        answer = self.get(f"/v2/nodes/{node_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["results"]["data"]["properties"]
        return found

    def values(self, node_id: int, category_id: int) -> dict[str, Any]:
        answer = self.get(f"/v2/nodes/{node_id}/categories/{category_id}")
        found: dict[str, Any] = answer.json()["results"]["data"]["categories"]
        return found


def entry(key: tuple[str, str, str], **properties: str) -> dict[str, Any]:
    """One entry of `bws_infos`; enough properties for a name unless told otherwise."""
    number = key[2].rpartition("-")[2]
    told = {
        "ORDER": {"orderNumber": number, "store": "demostore1"},
        "CUSTOMER": {"customerId": number, "store": "demostore1"},
        "PRODUCT": {"productId": number, "store": "demostore1"},
    }.get(key[1], {"caseNumber": number, "store": "demostore1"}) | properties
    return {
        "ext_system_id": key[0],
        "bo_type": key[1],
        "bo_id": key[2],
        "bo_properties": [{"name": name, "values": [value]} for name, value in told.items()],
    }


@dataclass
class Bench:
    world: World
    server: ContentServer
    transport: InProcess
    desks: dict[str, Desk] = field(default_factory=dict)

    def anonymous(self) -> httpx.Client:
        return httpx.Client(transport=self.transport, base_url=API)

    def desk(self, login: str) -> Desk:
        """A user who logged in with the demo's password."""
        if login not in self.desks:
            http = self.anonymous()
            answer = http.post("v1/auth", data={"username": login, "password": DEMO_PASSWORD})
            assert answer.status_code == 200, answer.text
            http.headers["OTCSTicket"] = answer.json()["ticket"]
            self.desks[login] = Desk(http)
        return self.desks[login]

    def category(self, name: str) -> int:
        found: int = next(item.id for item in self.server.state.categories.values() if item.name == name)
        return found

    def key(self, category: str, attribute: str) -> str:
        """The key of an attribute, such as `10009_2`."""
        definition = self.server.state.categories[self.category(category)]
        return f"{definition.id}_{next(item.id for item in definition.attributes if item.name == attribute)}"

    def rm_class(self, name: str) -> int:
        found: int = next(n.id for n in self.server.state.nodes.values() if n.name == name and n.type == 551)
        return found

    def document_type(self, name: str) -> int:
        found: int = next(n.id for n in self.server.state.nodes.values() if n.name == name and n.type == 199)
        return found


@pytest.fixture
def bench() -> Iterator[Bench]:
    world = World(inline=True)
    server = ContentServer(world)
    transport = InProcess({"content.test": server, "otds.test": Otds(world)})
    made = Bench(world, server, transport)
    yield made
    for desk in made.desks.values():
        desk.http.close()
    world.deliveries.close()


@pytest.fixture
def service(bench: Bench) -> Desk:
    """The service user the app works as."""
    return bench.desk(seed.SERVICE)


@pytest.fixture
def admin(bench: Bench) -> Desk:
    return bench.desk(seed.ADMIN)


@pytest.fixture
def order(service: Desk) -> int:
    return service.workspace(ORDER)


@pytest.fixture
def document(service: Desk, order: int) -> int:
    """A document in the order's first folder."""
    return service.document(service.folder(order, "01 Order record"))
