"""httpx transports that speak to stand-ins (or the app) in process: same bytes, no network."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from sandbox.kernel.faults import ConnectionDropped


class InProcess(httpx.BaseTransport):
    """Routes a request by `host[:port]` to a WSGI app. Unknown host: connect error; hang-up: protocol error."""

    def __init__(self, apps: Mapping[str, Callable[..., Any]]) -> None:
        self._transports = {host: httpx.WSGITransport(app=app) for host, app in apps.items()}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        transport = self._transports.get(request.url.netloc.decode("ascii"))
        if transport is None:
            raise httpx.ConnectError(f"no stand-in at {request.url.netloc.decode('ascii')}", request=request)
        try:
            response = transport.handle_request(request)
            content = response.read()
        except ConnectionDropped as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(content))
