"""One way to call Content Server: signed in, bodies as it wants them, its texts turned into our errors.

Source: Content Server Rest API 2.0.2, general notes; OpenText's own Python client for the texts it meets.
"""

from collections.abc import Callable, Mapping, Sequence
from http.cookiejar import DefaultCookiePolicy
from typing import Any, BinaryIO

import httpx

from app.errors import Conflict, NotFound, Permanent, Retryable
from app.opentext.answers import CONTENT_SERVER, M, is_html, json_text, read, route, said
from app.opentext.connection import Connection
from app.opentext.content_server.payloads import Ping, WhoAmI
from app.opentext.login import Login, OtdsLogin, TokenCache, signed_in
from app.outbound import Outbound, raise_for, speaking_to

PATIENCE = httpx.Timeout(60, connect=3, pool=2)  # a large template is copied, a file is stored
SLOWEST = 1_000_000  # bytes a second that a large file must make, beside the usual time
GONE = (
    "could not get a node for", "could not get node for", "could not be accessed", "could not locate node",
    "unable to find", "the version is not found",
)  # fmt: skip
LOCKED = ("edit conflict", "is reserved", "is locked")

Query = Mapping[str, str | int | Sequence[str]]
File = tuple[str, BinaryIO, str]  # name, content, mime type


class UnknownRoute(Permanent):
    """This server has no such call (an older release, or a module that is not installed)."""

    code = "unknown_route"


class ContentServer:
    """Calls below `{content server}/api`. Paths are given as parts: `("v2", "nodes", node, "nodes")`.

    Every method may raise Retryable, RateLimited, NeedsReauth, NotFound (unknown or invisible node: this
    server answers 400, 404 or 500), Conflict (`already_exists`), UnknownRoute or Permanent.
    """

    def __init__(
        self, connection: Connection, outbound: Outbound, tokens: TokenCache,
        login: Login | None = None, within: Callable[[], float] | None = None,
    ) -> None:  # fmt: skip
        """Signed in as the app itself, or as a person where a `login` of theirs is given; `within` then tells how
        many seconds a call may take in all, as somebody waits for it."""
        self.url = connection.content_server.content_server_url.rstrip("/")
        self.external_system = connection.content_server.external_system
        self.names = connection.content_server.names
        self.called, self.meant = connection.content_server.called, connection.content_server.meant
        self.login = OtdsLogin(connection, outbound, tokens)
        self._login: Login = login or self.login
        self._within = within
        self._http = outbound.client(connection.tenant, CONTENT_SERVER, connection.content_server.content_server_url)
        # The ticket travels in its header only: a session cookie kept from an answer would outlive a renewal.
        self._http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def get(self, model: type[M], *path: object, query: Query | None = None) -> M:
        return read(model, self._send("GET", path, params=query), service=CONTENT_SERVER)

    def write(self, model: type[M], method: str, *path: object, body: object) -> M:
        """The usual write: a form whose one field `body` is a JSON document."""
        return self._write(model, method, path, data={"body": json_text(body)})

    def form(self, model: type[M], method: str, *path: object, fields: Mapping[str, Any]) -> M:
        """Plain form fields; a list repeats its key."""
        return self._write(model, method, path, data=fields)

    def json(self, model: type[M], method: str, *path: object, body: object) -> M:
        """A JSON body, which only the business workspace calls are documented to take."""
        return self._write(model, method, path, json=body)

    def look(self, model: type[M], *path: object, fields: Mapping[str, Any]) -> M:
        """A POST that changes nothing: a search."""
        return read(model, self._send("POST", path, data=fields), service=CONTENT_SERVER)

    def delete(self, model: type[M], *path: object, query: Query | None = None) -> M:
        return self._write(model, "DELETE", path, params=query)

    def upload(self, model: type[M], *path: object, fields: Mapping[str, Any], file: File, size: int = 0) -> M:
        """A multipart POST; the file is streamed, and from its start again should the ticket have ended.

        `size` in bytes: a large file gets more time in all.
        """
        extensions = {"more_time": size / SLOWEST}
        return self._write(model, "POST", path, data=fields, files={"file": file}, extensions=extensions)

    def download(self, *path: object, sink: BinaryIO, max_bytes: int) -> None:
        """Stream a content to `sink`. On an error the sink may hold a beginning: throw it away."""
        self._send(
            "GET", path, headers={"Accept": "application/octet-stream"},
            extensions={"stream_to": sink, "max_bytes": max_bytes, "more_time": max_bytes / SLOWEST},
        )  # fmt: skip

    def ping(self) -> None:
        """Whether this is a Content Server at all; needs no ticket. Raises Permanent or Retryable."""
        with speaking_to(CONTENT_SERVER):
            response = self._http.get("api/v1/ping", headers={"Accept": "application/json"})
        _raise_for(response)
        read(Ping, response, service=CONTENT_SERVER)

    def who_am_i(self) -> str:
        """The user name our ticket stands for. Raises NeedsReauth."""
        return self.get(WhoAmI, "v1", "auth").data.name

    def node_url(self, node: int) -> str:
        """What opens an object in Smart View."""
        return f"{self.url}/app/nodes/{node}"

    def _write(self, model: type[M], method: str, path: tuple[object, ...], **request: Any) -> M:
        response = self._send(method, path, writing=True, timeout=PATIENCE, **request)
        return read(model, response, service=CONTENT_SERVER, writing=True)

    def _send(self, method: str, path: tuple[object, ...], *, writing: bool = False, **request: Any) -> httpx.Response:
        url = route("api", *path)
        headers = {"Accept": "application/json"} | request.pop("headers", {})
        if self._within is not None:
            request["extensions"] = request.get("extensions", {}) | {"within": self._within()}

        def send(ticket: str) -> httpx.Response:
            with speaking_to(CONTENT_SERVER, writing=writing):
                return self._http.request(method, url, headers=headers | {"OTCSTicket": ticket}, **request)

        response = signed_in(self._login, send)
        _raise_for(response)
        return response


def _raise_for(response: httpx.Response) -> None:
    """This server's statuses say little (a missing node may be 400 or 500), its texts say which it is."""
    if response.is_success:
        return
    status, text = response.status_code, said(response)
    known = text.lower()
    context: dict[str, Any] = {"service": CONTENT_SERVER, "status": status, "said": text}
    if is_html(response) and status >= 500:
        overloaded = "Content Server is overloaded or restarting."
        raise Retryable(overloaded, code="overloaded", unknown_outcome=True, **context)
    if "mappings registry" in known or status in (405, 501):
        raise UnknownRoute("This Content Server does not know the call.", **context)
    if "already exists" in known:
        raise Conflict("An item of this name already exists.", code="already_exists", **context)
    if any(mark in known for mark in LOCKED):
        raise Retryable("The item is being changed by somebody else.", code="locked", **context)
    if status != 401 and any(mark in known for mark in GONE):
        raise NotFound("Content Server does not have this item, or we may not see it.", **context)
    raise_for(response, service=CONTENT_SERVER, said=text)
