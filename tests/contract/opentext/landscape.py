"""OTDS, Content Server and Workflow Service in one world, in process, and our true clients speaking to them."""

import itertools
from collections.abc import Callable
from typing import Any

import httpx
from werkzeug.wrappers import Request, Response

from app.opentext import OpenText, TokenCache, open_text
from app.opentext.connection import Connection, ContentServerConnection, WorkflowConnection
from app.outbound import Outbound
from app.settings import Settings
from sandbox import credentials
from sandbox.content_server.standin import ContentServer
from sandbox.kernel.faults import FaultRule
from sandbox.kernel.transport import InProcess
from sandbox.kernel.world import World
from sandbox.otds import Otds
from sandbox.workflow.gateway import WorkflowService as WorkflowStandIn

Recorder = Callable[[httpx.Request, httpx.Response], None]


class Recording(httpx.BaseTransport):
    """Passes everything on and shows both sides to `record`."""

    def __init__(self, inner: httpx.BaseTransport, record: Recorder) -> None:
        self._inner, self._record = inner, record

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        response = self._inner.handle_request(request)
        response.read()
        self._record(request, response)
        return response


class Landscape:
    """One fresh world. `opentext` is what the product uses; the stand-ins can be reached beside it."""

    def __init__(self, record: Recorder | None = None, **content_server: Any) -> None:
        apps = {"app.test": _accept_everything, "workflow.test": lambda *a: self.workflow(*a)}
        self.world = World(transport=InProcess(apps), inline=True)
        self.otds = Otds(self.world)
        self.content_server = ContentServer(self.world, **content_server)
        self.workflow = WorkflowStandIn(self.world)
        self.transport: httpx.BaseTransport = InProcess(
            {"otds.test": self.otds, "content.test": self.content_server, "workflow.test": self.workflow}
        )
        self.outbound = Outbound(settings(), Recording(self.transport, record) if record else self.transport)
        self.tokens = TokenCache()
        self.opentext = self.open()

    def open(self, **content_server: Any) -> OpenText:
        """Our clients with nothing learned yet, sharing the tokens."""
        return open_text(a_connection(**content_server), self.outbound, self.tokens)

    def close(self) -> None:
        self.outbound.close()
        self.world.deliveries.close()

    def fault(self, kind: str, system: str = "content_server", **rule: Any) -> None:
        """Make something go wrong once (or `count` times)."""
        self.world.faults.add(FaultRule.model_validate({"kind": kind, "system": system, "count": 1} | rule))

    def calls(self, system: str = "content_server") -> list[str]:
        """What was asked since the last look, as "METHOD path" without query, signing in left out."""
        entries = self.world.ledger.since(self._seen, system)
        self._seen = max(itertools.chain([self._seen], (entry.sequence for entry in entries)))
        paths = (f"{entry.method} {entry.path.partition('?')[0]}" for entry in entries)
        return [path.replace("/cs/cs/api/", "") for path in paths if not path.endswith(("v1/auth", "/oauth2/token"))]

    _seen = 0


def settings() -> Settings:
    return Settings(
        secret_key="contract-tests-0123456789-abcdefghij",
        public_url="http://app.test",
        allow_plain_http=True,
        _env_file=None,
    )


def a_connection(**content_server: Any) -> Connection:
    of_content_server: dict[str, Any] = {
        "otds_url": "http://otds.test/otdsws",
        "content_server_url": "http://content.test/cs/cs",
        "client_id": credentials.OTDS_CLIENT_ID,
        "client_secret": credentials.OTDS_CLIENT_SECRET,
        "external_system": "BigCommerce",
    }
    return Connection(
        tenant="bigcommerce:demostore1",
        version=1,
        content_server=ContentServerConnection(**(of_content_server | content_server)),
        workflow=WorkflowConnection(
            "http://workflow.test",
            credentials.WORKFLOW_TENANT,
            credentials.WORKFLOW_CLIENT_ID,
            credentials.WORKFLOW_CLIENT_SECRET,
        ),
    )


@Request.application
def _accept_everything(request: Request) -> Response:
    """The callback endpoint a workflow model reports to."""
    token = '{"access_token":"callback","token_type":"Bearer","expires_in":600}'
    return Response(token if request.path == "/oauth2/token" else "{}", 200, content_type="application/json")
