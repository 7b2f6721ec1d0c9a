"""One way to call the Workflow Service: signed in, refusals turned into our errors, lists read to the end.

Source: OpenText's demo applications for the Workflow Service; the gateway's fault shape.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from pydantic import RootModel

from app.errors import Permanent
from app.opentext.answers import WORKFLOW, M, read, route, said
from app.opentext.connection import Connection
from app.opentext.login import TenantLogin, TokenCache, signed_in
from app.opentext.workflow_service import mapping
from app.outbound import Outbound, raise_for, speaking_to

PATIENCE = httpx.Timeout(60, connect=3, pool=2)  # a start runs the process up to its first wait
AT_ONCE = 100
MOST = 10_000  # rows of a list that are read at most

Query = Mapping[str, str | int]


class Loose(RootModel[Any]):
    """A list in one of its shapes."""


class WorkflowApi:
    """Calls to the runtime (`run…`) and the history (`past…`), whose paths are settings.

    Every method may raise Retryable, RateLimited, NeedsReauth, NotFound or Permanent (with what was said).
    """

    def __init__(self, connection: Connection, outbound: Outbound, tokens: TokenCache) -> None:
        self.login = TenantLogin(connection, outbound, tokens)
        self._http = outbound.client(connection.tenant, WORKFLOW, connection.workflow.gateway_url)
        self._runtime = connection.workflow.workflow_path.strip("/")
        self._history = connection.workflow.history_path.strip("/")

    def get(
        self, model: type[M], *path: object, query: Query | None = None, past: bool = False, within: float | None = None
    ) -> M:
        """`within`: seconds somebody waits for it."""
        more: dict[str, Any] = {} if within is None else {"extensions": {"within": within}}
        return read(model, self._send("GET", path, past=past, params=query, **more), service=WORKFLOW)

    def content(self, *path: object) -> bytes:
        """A content that is not JSON (the diagram)."""
        return self._send("GET", path, headers={"Accept": "image/png, */*"}).content

    def write(self, model: type[M], method: str, *path: object, body: object = None) -> M:
        more: dict[str, Any] = {} if body is None else {"json": body}
        response = self._send(method, path, writing=True, timeout=PATIENCE, **more)
        return read(model, response, service=WORKFLOW, writing=True)

    def each(
        self, model: type[M], *path: object, query: Query | None = None, past: bool = False, within: float | None = None
    ) -> Iterator[M]:
        """Every row of a list, to the stated total, the last link, or a page with nothing new."""
        offset, seen = 0, set[str]()
        while offset < MOST:
            params = {**(query or {}), "offset": offset, "count": AT_ONCE}
            page = mapping.page(self.get(Loose, *path, query=params, past=past, within=within).root)
            rows = [read_row(model, item) for item in page.items]
            new = [row for row, item in zip(rows, page.items, strict=True) if _unseen(item, seen)]
            yield from new
            offset += len(page.items)
            if not new or page.more is False or (page.total is not None and offset >= page.total):
                return

    def _send(
        self,
        method: str,
        path: tuple[object, ...],
        *,
        past: bool = False,
        writing: bool = False,
        **request: Any,
    ) -> httpx.Response:
        url = f"{self._history if past else self._runtime}/{route(*path)}"
        headers = {"Accept": "application/json, application/hal+json"} | request.pop("headers", {})

        def send(token: str) -> httpx.Response:
            with speaking_to(WORKFLOW, writing=writing):
                return self._http.request(
                    method, url, headers=headers | {"Authorization": f"Bearer {token}"}, **request
                )

        response = signed_in(self.login, send)
        _raise_for(response)
        return response


def read_row(model: type[M], item: object) -> M:
    """One member of a list. Raises Permanent (`unexpected_answer`)."""
    return read(model, httpx.Response(200, json=item), service=WORKFLOW)


def _unseen(item: Any, seen: set[str]) -> bool:
    key = str(item.get("id", "")) if isinstance(item, dict) else ""
    if key and key in seen:
        return False
    seen.add(key)
    return True


def _raise_for(response: httpx.Response) -> None:
    if response.is_success:
        return
    if response.status_code == 404 and b'"fault"' in response.content[:2000]:
        raise Permanent(
            "The gateway knows no Workflow Service at this path.", code="unknown_route", service=WORKFLOW,
            hint="Check the workflow and history paths of the connection.",
        )  # fmt: skip
    raise_for(response, service=WORKFLOW, said=said(response))
