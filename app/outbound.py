"""How we speak to other services: a guarded client per upstream, statuses become our errors in one place.

Guards (security reference, outgoing calls): scheme and port rules, one origin per client, every resolved
address checked and *that* address connected to, no redirects, no proxies from the environment, a total
deadline, a cap on what an answer may weigh, a limit of calls in flight per upstream. Compressed answers are
not asked for and not taken: a small answer cannot unfold.
"""

import contextlib
import contextvars
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Protocol

import httpcore
import httpx

from app import __version__
from app.errors import NeedsReauth, NotFound, Permanent, RateLimited, Retryable
from app.observability import call_times
from app.settings import Settings

_deadline: contextvars.ContextVar[float] = contextvars.ContextVar("deadline", default=float("inf"))
_until: contextvars.ContextVar[float] = contextvars.ContextVar("until", default=float("inf"))
NAMES = {  # what people read instead of an upstream's short name
    "bigcommerce": "BigCommerce",
    "shopify": "Shopify",
    "shopify_login": "Shopify",
    "shopify_files": "Shopify's file storage",
    "otds": "OpenText Directory Services",
    "content_server": "Content Server",
    "workflow": "The Workflow Service",
    "exstream": "Exstream",
    "notifications": "OpenText Notifications",
}
SHARED_ADDRESS_SPACE = ipaddress.ip_network("100.64.0.0/10")
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # IPv6 outside of it is local, reserved or holds an IPv4 address
TUNNELS = (ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))  # these hold one too
WRITE_PIECE = 16_384  # bytes handed over per look at the deadline
MORE_AFTER = 10  # good answers per place before there is one more
LONGEST_WAIT = 3600.0  # seconds; whoever asks for more is mistaken


def remaining() -> float:
    """Seconds until the current request's total deadline."""
    return _deadline.get() - time.monotonic()


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Every call inside ends after so many seconds from now at the latest, for a person waits for the page."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


@dataclass(frozen=True)
class Quota:
    """What an answer said of the request quota: `left` of `limit` until `reset_ms` milliseconds after it."""

    left: int
    limit: int
    reset_ms: int


class Gate(Protocol):
    """Decides whether an upstream of a tenant is asked now, and is told how each call went."""

    def enter(self, tenant: str, upstream: str) -> bool:
        """Before a call. True: it is a probe. Raises RateLimited when the upstream is to be left alone."""
        ...

    def answered(self, tenant: str, upstream: str, quota: Quota | None) -> None: ...

    def failed(self, tenant: str, upstream: str, reason: str, *, probe: bool) -> None: ...


class AddressRefused(Permanent):
    """The destination is not one we may speak to. One message for all reasons: no port scan by error text."""

    code = "address_refused"

    def __init__(self) -> None:
        super().__init__("This address is not allowed here.", hint="Ask the operator to allow it.")


class AnswerTooLarge(Permanent):
    """More bytes than we take: asking again brings the same."""

    code = "answer_too_large"

    def __init__(self, cap: int) -> None:
        super().__init__(f"The answer is larger than {cap:,} bytes.", hint="Ask the operator to raise the limit.")


class _Stream(httpcore.NetworkStream):
    """A socket whose reads and writes never outlive the request's deadline."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout=_left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), WRITE_PIECE):
            left = _left(timeout, httpcore.WriteTimeout)
            self._inner.write(buffer[start : start + WRITE_PIECE], timeout=left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

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
        failed: Exception = httpcore.ConnectError("no address")
        for address in checked_addresses(self._settings, host, port):
            left = _left(timeout, httpcore.ConnectTimeout)
            try:
                return _Stream(super().connect_tcp(address, port, left, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


def checked_addresses(settings: Settings, host: str, port: int) -> list[str]:
    """All addresses of a host, each public or in an allowed network; else AddressRefused or ConnectError."""
    if port not in settings.allowed_ports and not settings.allow_plain_http:
        raise AddressRefused
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:  # ValueError: not a name at all (an empty label, a NUL)
        raise httpcore.ConnectError("name not resolved") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(_may_speak_to(settings, address) for address in addresses):
        raise AddressRefused
    return addresses


def _may_speak_to(settings: Settings, text: str) -> bool:
    address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address.version == net.version and address in net for net in settings.allowed_networks):
        return True
    if isinstance(address, ipaddress.IPv6Address):
        plain = address in GLOBAL_UNICAST and not any(address in tunnel for tunnel in TUNNELS)
    else:
        plain = address not in SHARED_ADDRESS_SPACE
    return plain and address.is_global and not address.is_multicast


class _Places:
    """How many calls may be in flight: fewer when the other side throttles, slowly more again while it does not."""

    def __init__(self, most: int) -> None:
        self._most = self._limit = most
        self._taken = self._good = 0
        self._changed = threading.Condition()

    def acquire(self, timeout: float) -> bool:
        with self._changed:
            if not self._changed.wait_for(lambda: self._taken < self._limit, timeout):
                return False
            self._taken += 1
            return True

    def release(self) -> None:
        with self._changed:
            self._taken -= 1
            self._changed.notify()

    def judge(self, status: int) -> None:
        """Half as many after a 429; one more after as many good answers as there are places, times MORE_AFTER."""
        with self._changed:
            if status == 429:
                self._limit, self._good = max(1, self._limit // 2), 0
                return
            self._good += 1
            if self._limit < self._most and self._good >= self._limit * MORE_AFTER:
                self._limit, self._good = self._limit + 1, 0
                self._changed.notify()


class _Guarded(httpx.BaseTransport):
    """Origin, deadline, size cap, circuit and a place in the upstream's queue around any transport."""

    def __init__(
        self,
        inner: httpx.BaseTransport,
        settings: Settings,
        base_url: httpx.URL,
        tenant: str,
        upstream: str,
        gate: Gate | None,
    ) -> None:
        self._inner, self._settings, self._origin = inner, settings, _origin(base_url)
        self._tenant, self._upstream, self._gate = tenant, upstream, gate
        self._places = _Places(settings.limits.per_upstream)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._check(request.url)
        is_probe = self._gate.enter(self._tenant, self._upstream) if self._gate else False
        budget = self._settings.periods.request_deadline
        budget = min(budget, float(request.extensions.get("within", budget)))  # seconds; somebody waits for it
        more = float(request.extensions.get("more_time", 0))  # seconds, for a large file
        token = _deadline.set(min(time.monotonic() + budget + more, _until.get()))
        try:
            # Half the time at most: a write begun in the last moment would end in doubt instead of not at all.
            if not self._places.acquire(timeout=budget / 2):
                raise httpx.PoolTimeout("too many calls in flight", request=request)
            try:
                return self._judged(request, is_probe)
            finally:
                self._places.release()
        finally:
            _deadline.reset(token)

    def close(self) -> None:
        self._inner.close()

    def _check(self, url: httpx.URL) -> None:
        """A client speaks to the origin it was made for: credentials never follow a link elsewhere."""
        schemes = ("https", "http") if self._settings.allow_plain_http else ("https",)
        if url.scheme not in schemes or url.userinfo or _origin(url) != self._origin:
            raise AddressRefused

    def _judged(self, request: httpx.Request, is_probe: bool) -> httpx.Response:
        """Tell the gate how the call went. An answer we refuse (too large) is an answer."""
        try:
            response = self._timed(request)
        except httpx.TransportError as error:
            if self._gate:
                self._gate.failed(self._tenant, self._upstream, _failure(error), probe=is_probe)
            raise
        except AnswerTooLarge:
            if self._gate:
                self._gate.answered(self._tenant, self._upstream, None)
            raise
        self._places.judge(response.status_code)
        if self._gate and _is_down(response):
            self._gate.failed(self._tenant, self._upstream, "server_error", probe=is_probe)
        elif self._gate:
            self._gate.answered(self._tenant, self._upstream, quota_of(response))
        return response

    def _timed(self, request: httpx.Request) -> httpx.Response:
        started, status = time.monotonic(), None
        try:
            response = self._exchange(request)
            status = response.status_code
            return response
        finally:
            call_times.record(self._upstream, status, time.monotonic() - started)

    def _exchange(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        _check_deadline(request)
        if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            response.close()
            raise httpx.RemoteProtocolError("compressed answer nobody asked for", request=request)
        cap = request.extensions.get("max_bytes", self._settings.limits.json_response_bytes)
        sink = request.extensions.get("stream_to")
        content = b""
        if sink is not None and response.is_success:
            for chunk in _chunks(response, request, cap):
                sink.write(chunk)
        else:
            content = b"".join(_chunks(response, request, cap))
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=httpx.ByteStream(content),
            extensions=response.extensions,
        )


def _failure(error: httpx.TransportError) -> str:
    """As `speaking_to` names it."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return "unreachable"
    return "timeout" if isinstance(error, httpx.TimeoutException) else "broken_answer"


def _is_down(response: httpx.Response) -> bool:
    """Whether the service itself is in trouble. A 500 in JSON is an answer: Content Server refuses with it."""
    if response.status_code == 500:
        return not response.headers.get("content-type", "").lower().startswith("application/json")
    return response.status_code in (502, 503, 504)


def quota_of(response: httpx.Response) -> Quota | None:
    """The request quota an answer tells; None where it tells none. Source: BigCommerce, "API rate limits"."""
    names = ("Requests-Left", "Requests-Quota", "Time-Reset-Ms")
    values = [response.headers.get(f"X-Rate-Limit-{name}", "") for name in names]
    if not all(value.isascii() and value.isdigit() and len(value) < 16 for value in values):
        return None
    left, limit, reset_ms = (int(value) for value in values)
    return Quota(left, limit, min(reset_ms, int(LONGEST_WAIT * 1000)))


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    port = url.port or {"https": 443, "http": 80}.get(url.scheme, 0)
    return url.scheme, url.host.lower(), port


def _check_deadline(request: httpx.Request) -> None:
    if remaining() <= 0:
        raise httpx.ReadTimeout("total deadline passed", request=request)


def _chunks(response: httpx.Response, request: httpx.Request, cap: int) -> Iterator[bytes]:
    """The body piece by piece, within `cap` bytes and the deadline. Closes the response at the end."""
    size = 0
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101  # narrows the type; sync client only
    try:
        for chunk in response.stream:
            size += len(chunk)
            if size > cap:
                raise AnswerTooLarge(cap)
            _check_deadline(request)
            yield chunk
    finally:
        response.close()


@cache
def _ssl_context() -> ssl.SSLContext:
    """One per process: making one costs 20 ms."""
    return ssl.create_default_context()


class Outbound:
    """Makes the kept client per upstream. `transport` replaces the network, for in-process stand-ins; without a `gate`
    nothing is ever left alone."""

    def __init__(
        self, settings: Settings, transport: httpx.BaseTransport | None = None, gate: Gate | None = None
    ) -> None:
        self._settings, self._transport, self._gate = settings, transport, gate
        self._clients: dict[tuple[str, ...], httpx.Client] = {}
        self._lock = threading.Lock()

    def client(self, tenant: str, upstream: str, base_url: str, **kw: Any) -> httpx.Client:
        """The kept client for (tenant, upstream, address); it speaks to that address's origin only.

        Extra keywords go to httpx.Client on first use. Credentials belong into each request, where a renewed
        one takes effect.
        """
        key = (tenant, upstream, base_url)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._make(tenant, upstream, base_url, **kw)
            return self._clients[key]

    def heard(self, tenant: str, upstream: str, quota: Quota) -> None:
        """An answer told its quota where only its reader finds it: inside the body."""
        if self._gate:
            self._gate.answered(tenant, upstream, quota)

    def close(self) -> None:
        """Drop every client; called first thing after a fork and at the end of a process."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _make(self, tenant: str, upstream: str, base_url: str, **kw: Any) -> httpx.Client:
        headers = {"User-Agent": f"StorefrontECM/{__version__}", "Accept-Encoding": "identity"}
        return httpx.Client(
            base_url=base_url,
            headers=headers | kw.pop("headers", {}),
            transport=_Guarded(
                self._transport or self._network(), self._settings, httpx.URL(base_url), tenant, upstream, self._gate
            ),
            timeout=httpx.Timeout(10, connect=3, pool=2),
            follow_redirects=False,
            trust_env=False,
            **kw,
        )

    def _network(self) -> httpx.HTTPTransport:
        count = self._settings.limits.per_upstream
        context = _ssl_context()
        transport = httpx.HTTPTransport(verify=context, trust_env=False)
        transport._pool = httpcore.ConnectionPool(  # httpx offers no parameter for the backend
            ssl_context=context,
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
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise AddressRefused from error
    except httpx.LocalProtocolError as error:
        raise Permanent(f"The request to {name} is not sendable.", code="bad_request", service=service) from error
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Retryable(f"{name} cannot be reached.", code="unreachable", service=service) from error
    except httpx.TimeoutException as error:
        raise Retryable(
            f"{name} did not answer in time.", code="timeout", unknown_outcome=writing, service=service
        ) from error
    except httpx.TransportError as error:
        message = f"{name} broke off the connection."
        raise Retryable(message, code="broken_answer", unknown_outcome=writing, service=service) from error


def raise_for(response: httpx.Response, *, service: str, said: str = "") -> None:
    """Turn a status into our error tree. `said` is what the service wrote, without tokens or people."""
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
        context["unknown_outcome"] = _is_write(response)
        raise Retryable(f"{name} has a problem ({status}).", code="server_error", **context)
    if 300 <= status < 400:
        raise Permanent(f"{name} answered with a redirect, never followed.", code="redirect", **context)
    raise Permanent(f"{name} refused the request ({status}).", code="refused", **context)


def _is_write(response: httpx.Response) -> bool:
    try:
        return response.request.method not in ("GET", "HEAD")
    except RuntimeError:  # an answer without its request tells nothing: assume the worse
        return True


def retry_after(response: httpx.Response, default: float = 30.0) -> float:
    """Seconds to wait, an hour at most: Retry-After, X-Retry-After, or X-Rate-Limit-Time-Reset-Ms."""
    for header, unit in (("retry-after", 1.0), ("x-retry-after", 1.0), ("x-rate-limit-time-reset-ms", 0.001)):
        text = response.headers.get(header, "").strip()
        if text.isascii() and text.isdigit():
            return min(float(text) * unit, LONGEST_WAIT)
        if text and header == "retry-after":
            with contextlib.suppress(ValueError, TypeError):  # an HTTP date
                wait = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
                return min(max(wait, 0.0), LONGEST_WAIT)
    return default


__all__ = [
    "AddressRefused",
    "Gate",
    "Outbound",
    "Quota",
    "checked_addresses",
    "quota_of",
    "raise_for",
    "remaining",
    "retry_after",
    "speaking_to",
]
