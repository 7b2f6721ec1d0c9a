"""A server that says what a test tells it to, and remembers what it was asked. For answers the stand-ins never give."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from app.opentext import OpenText, TokenCache, open_text
from app.opentext.connection import Connection, ContentServerConnection, WorkflowConnection
from app.outbound import Outbound
from app.settings import Settings

CLIENT_SECRET = "otds-client-secret-5f1c"
WORKFLOW_SECRET = "workflow-client-secret-7a2d"
Answer = httpx.Response | Exception


def settings() -> Settings:
    return Settings(
        secret_key="unit-tests-0123456789-abcdefghij-XYZ",
        public_url="http://app.test",
        allow_plain_http=True,
        _env_file=None,
    )


def a_connection(version: int = 1) -> Connection:
    return Connection(
        tenant="bigcommerce:demostore1",
        version=version,
        content_server=ContentServerConnection(
            "http://otds.test/otdsws", "http://content.test/cs/cs", "storefront-ecm", CLIENT_SECRET, "BigCommerce"
        ),
        workflow=WorkflowConnection("http://workflow.test", "demo-tenant", "storefront-workflow", WORKFLOW_SECRET),
    )


class Script(httpx.BaseTransport):
    """Answers by "METHOD host/path" (without query); several answers for one key are given in turn, the last again.

    Signing in works unless a test says otherwise: bearer-1, bearer-2, … and ticket-1, ticket-2, …
    """

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self._answers: dict[str, list[Answer | Callable[[httpx.Request], httpx.Response]]] = {}
        self._counts = {"bearer": 0, "ticket": 0, "token": 0}
        self.on("POST otds.test/otdsws/oauth2/token", self._bearer)
        self.on("GET content.test/cs/cs/api/v1/auth", self._ticket)
        self.on("POST workflow.test/tenants/demo-tenant/oauth2/token", self._token)

    def on(self, key: str, *answers: Answer | Callable[[httpx.Request], httpx.Response]) -> None:
        self._answers[key] = list(answers)

    def asked(self, key: str) -> list[httpx.Request]:
        return [request for request in self.requests if _key(request) == key]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answers = self._answers.get(_key(request))
        if not answers:
            raise AssertionError(f"nobody said how to answer {_key(request)}")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    def _bearer(self, request: httpx.Request) -> httpx.Response:  # noqa: ARG002
        self._counts["bearer"] += 1
        return said({"access_token": f"bearer-{self._counts['bearer']}", "expires_in": 3600})

    def _ticket(self, request: httpx.Request) -> httpx.Response:  # noqa: ARG002
        self._counts["ticket"] += 1
        ticket = {"OTCSTicket": f"ticket-{self._counts['ticket']}"}
        return said({"data": {"id": 1001, "name": "svc"}}, headers=ticket)

    def _token(self, request: httpx.Request) -> httpx.Response:  # noqa: ARG002
        self._counts["token"] += 1
        return said({"access_token": f"token-{self._counts['token']}", "expires_in": 900})

    def open(self, tokens: TokenCache | None = None) -> OpenText:
        return open_text(a_connection(), Outbound(settings(), self), tokens or TokenCache())


def said(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, headers=headers, json=body)


def page(text: str, status: int) -> httpx.Response:
    return httpx.Response(status, html=text)


def body_of(request: httpx.Request) -> Any:
    """The JSON in the form field `body`, or the JSON body."""
    if request.headers["content-type"].startswith("application/json"):
        return json.loads(request.content)
    return json.loads(dict(httpx.QueryParams(request.content.decode()))["body"])


def form_of(request: httpx.Request) -> list[tuple[str, str]]:
    return httpx.QueryParams(request.content.decode()).multi_items()


def _key(request: httpx.Request) -> str:
    return f"{request.method} {request.url.host}{request.url.raw_path.decode().partition('?')[0]}"
