"""How we speak to other services: one guarded client per upstream, statuses turned into our errors in one place.

Guards (security reference, outgoing calls): scheme and port rules, every resolved address checked and *that* address
connected to, no redirects, no proxies from the environment, a total deadline, a cap on what an answer may weigh, a
limit of calls in flight per upstream. Compressed answers are not asked for, so that a small answer cannot unfold.
"""

import contextlib
import contextvars
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import httpcore

from app import __version__
from app.errors import Conflict, NeedsReauth, NotFound, Permanent, RateLimited, Retryable
from app.settings import Settings

_deadline: contextvars.ContextVar[float] = contextvars.ContextVar("deadline", default=float("inf"))
NAMES = {  # what people read instead of an upstream's short name
    "bigcommerce": "BigCommerce",
    "otds": "OpenText Directory Services",
    "content_server": "Content Server",
    "workflow": "The Workflow Service",
}
SHARED_ADDRESS_SPACE = ipaddress.ip_network("100.64.0.0/10")


def remaining() -> float:
    """Seconds until the current request's total deadline."""
    return _deadline.get() - time.monotonic()


class AddressRefused(Permanent):
    """The destination is not one we may speak to. One message for all reasons: no port scan by error text."""

    code = "address_refused"

    def __init__(self) -> None:
        super().__init__("This address is not allowed here.", hint="Ask the operator to allow it.")


class _Stream(httpcore.NetworkStream):
    """A socket whose reads and writes never outlive the request's deadline."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout=_left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=_left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(timeout: float | None, error: type[Exception]) -> float:
    left = remaining()
    if left <= 0:
        raise error("total deadline passed")
    return left if timeout is None else min(timeout, left)


class _PinnedBackend(httpcore.SyncBackend):
    """Resolves, checks every address, connects to a checked one: a second look-up cannot point elsewhere."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        address = checked_addresses(self._settings, host, port)[0]
        stream = super().connect_tcp(address, port, _left(timeout, httpcore.ConnectTimeout), local_address, socket_options)
        return _Stream(stream)


def checked_addresses(settings: Settings, host: str, port: int) -> list[str]:
    """All addresses of a host, each public or in an allowed network; raises AddressRefused or ConnectError."""
    if port not in settings.allowed_ports and not settings.allow_plain_http:
        raise AddressRefused
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError("name not resolved") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(_may_speak_to(settings, address) for address in addresses):
        raise AddressRefused
    return addresses


def _may_speak_to(settings: Settings, text: str) -> bool:
    address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address.version == net.version and address in net for net in settings.allowed_networks):
        return True
    shared = address.version == 4 and address in SHARED_ADDRESS_SPACE
    return address.is_global and not shared and not address.is_multicast


class _Guarded(httpx.BaseTransport):
    """Deadline, size cap and a place in the upstream's queue around any transport."""

    def __init__(self, inner: httpx.BaseTransport, settings: Settings, places: threading.BoundedSemaphore) -> None:
        self._inner, self._settings, self._places = inner, settings, places

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.scheme != "https" and not self._settings.allow_plain_http:
            raise AddressRefused
        budget = self._settings.periods.request_deadline
        token = _deadline.set(time.monotonic() + budget)
        try:
            if not self._places.acquire(timeout=budget):
                raise httpx.PoolTimeout("too many calls in flight", request=request)
            try:
                response = self._inner.handle_request(request)
                if response.headers.get("content-encoding", "identity") != "identity":
                    response.close()
                    raise httpx.RemoteProtocolError("compressed answer nobody asked for", request=request)
                cap = request.extensions.get("max_bytes", self._settings.limits.json_response_bytes)
                content = b""
                if (sink := request.extensions.get("stream_to")) and response.is_success:
                    _copy_capped(response, request, cap, sink)
                else:  # a refusal of a download is read, so that its text can be understood
                    content = _read_capped(response, request, cap)
                return httpx.Response(
                    response.status_code,
                    headers=response.headers,
                    stream=httpx.ByteStream(content),
                    extensions=response.extensions,
                )
            finally:
                self._places.release()
        finally:
            _deadline.reset(token)

    def close(self) -> None:
        self._inner.close()


def _chunks(response: httpx.Response, request: httpx.Request, cap: int) -> Iterator[bytes]:
    size = 0
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101  # narrows the type; sync client only
    try:
        for chunk in response.stream:
            size += len(chunk)
            if size > cap:
                raise httpx.RemoteProtocolError("answer larger than allowed", request=request)
            yield chunk
    finally:
        response.close()


def _read_capped(response: httpx.Response, request: httpx.Request, cap: int) -> bytes:
    return b"".join(_chunks(response, request, cap))


def _copy_capped(response: httpx.Response, request: httpx.Request, cap: int, sink: Any) -> None:
    for chunk in _chunks(response, request, cap):
        sink.write(chunk)


class Outbound:
    """Makes the one kept client per upstream. `transport` replaces the network in tests (in-process stand-ins)."""

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        self._settings, self._transport = settings, transport
        self._ssl = None if transport else ssl.create_default_context()  # one per process: making one costs 20 ms
        self._clients: dict[tuple[str, ...], httpx.Client] = {}
        self._lock = threading.Lock()

    def client(self, tenant: str, upstream: str, base_url: str, **kw: Any) -> httpx.Client:
        """The kept client for (tenant, upstream, address). Extra keywords go to httpx.Client on first use."""
        key = (tenant, upstream, base_url)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._make(base_url, **kw)
            return self._clients[key]

    def close(self) -> None:
        """Drop every client; called first thing after a fork and at the end of a process."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _make(self, base_url: str, **kw: Any) -> httpx.Client:
        headers = {"User-Agent": f"StorefrontECM/{__version__}", "Accept-Encoding": "identity"}
        places = threading.BoundedSemaphore(self._settings.limits.per_upstream)
        return httpx.Client(
            base_url=base_url,
            headers=headers | kw.pop("headers", {}),
            transport=_Guarded(self._transport or self._network(), self._settings, places),
            timeout=httpx.Timeout(10, connect=3, pool=2),
            follow_redirects=False,
            trust_env=False,
            **kw,
        )

    def _network(self) -> httpx.HTTPTransport:
        count = self._settings.limits.per_upstream
        assert self._ssl is not None  # noqa: S101  # narrows the type
        transport = httpx.HTTPTransport(verify=self._ssl, trust_env=False)
        transport._pool = httpcore.ConnectionPool(  # noqa: SLF001  # httpx offers no parameter for the backend
            ssl_context=self._ssl,
            max_connections=count,
            max_keepalive_connections=count,
            keepalive_expiry=30,
            network_backend=_PinnedBackend(self._settings),
        )
        return transport


@contextlib.contextmanager
def speaking_to(service: str, *, writing: bool = False) -> Iterator[None]:
    """Turn transport failures into Retryable. For a write the outcome is unknown: look before repeating."""
    name = NAMES.get(service, service)
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Retryable(f"{name} cannot be reached.", code="unreachable", service=service) from error
    except httpx.TimeoutException as error:
        raise Retryable(
            f"{name} did not answer in time.", code="timeout", unknown_outcome=writing, service=service
        ) from error
    except httpx.TransportError as error:
        raise Retryable(
            f"{name} broke off the connection.", code="broken_answer", unknown_outcome=writing, service=service
        ) from error


def raise_for(response: httpx.Response, *, service: str, said: str = "") -> None:
    """Turn a status into our error tree. `said` is what the service wrote, already cut and safe to log (no tokens)."""
    status, name = response.status_code, NAMES.get(service, service)
    if 200 <= status < 300:
        return
    context: dict[str, Any] = {"service": service, "status": status, "said": said[:300]}
    if status == 429:
        raise RateLimited(f"{name} asks us to slow down.", retry_after=retry_after(response), **context)
    if status == 401:
        raise NeedsReauth(f"{name} no longer accepts our credentials.", upstream=service, **context)
    if status == 403:
        raise NeedsReauth(
            f"{name} refuses: a right or scope is missing.", code="missing_right", upstream=service, **context
        )
    if status in (404, 410):
        raise NotFound(f"{name} does not have this object.", **context)
    if status in (409, 412, 423):
        raise Retryable(f"{name} reports a conflict or lock.", code="locked", **context)
    if status in (408, 499) or status >= 500:
        raise Retryable(f"{name} has a problem ({status}).", code="server_error", unknown_outcome=True, **context)
    if 300 <= status < 400:
        raise Permanent(f"{name} answered with a redirect, which is never followed.", code="redirect", **context)
    raise Permanent(f"{name} refused the request ({status}).", code="refused", **context)


def retry_after(response: httpx.Response, default: float = 30.0) -> float:
    """Seconds to wait: Retry-After, X-Retry-After, or BigCommerce's X-Rate-Limit-Time-Reset-Ms."""
    for header, unit in (("retry-after", 1.0), ("x-retry-after", 1.0), ("x-rate-limit-time-reset-ms", 0.001)):
        with contextlib.suppress(ValueError):
            if header in response.headers:
                return max(0.0, float(response.headers[header]) * unit)
    return default


__all__ = [
    "AddressRefused", "Conflict", "Outbound", "checked_addresses", "raise_for", "remaining", "retry_after", "speaking_to",
]  # fmt: skip
