"""Outgoing calls against real sockets on this machine: slow, endless, lying and forbidden servers."""

import contextlib
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import IPv4Network
from pathlib import Path

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.errors import AppError, NeedsReauth, NotFound, Permanent, RateLimited, Retryable
from app.outbound import (
    AddressRefused,
    AnswerTooLarge,
    Outbound,
    checked_addresses,
    raise_for,
    remaining,
    retry_after,
    speaking_to,
)
from app.settings import Limits, Periods, Settings

KEY = "an-outbound-test-key-0123456789-abcdef"
PUBLIC = "93.184.215.14"


def settings(**changes: object) -> Settings:
    """Production-like: https only, nothing private allowed."""
    return Settings.model_validate({"secret_key": KEY, "public_url": "https://app.example"} | changes)


def local_settings(deadline: float = 5.0, **limits: int) -> Settings:
    """Plain http to this machine, as the operator's switches allow it."""
    return settings(
        allow_plain_http=True,
        allowed_networks=(IPv4Network("127.0.0.0/8"),),
        periods=Periods(request_deadline=deadline),
        limits=Limits(**limits),
    )


class Server:
    """A socket server on this machine; `talk(connection)` runs in a thread once a request's head is there."""

    def __init__(self, talk: Callable[[socket.socket], None], context: ssl.SSLContext | None = None) -> None:
        self._talk, self._context = talk, context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.heads: list[bytes] = []
        self.connections = 0
        self.closing = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.closing.set()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.closing(connection):
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(1)
            self.heads.append(head)
            self._talk(connection)
            self._leave_politely(connection)

    def _leave_politely(self, connection: socket.socket) -> None:
        """Say that no more comes and wait until the other side has gone: closing at once resets what it still reads."""
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(5)
        while connection.recv(4096):
            pass


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(talk: Callable[[socket.socket], None], context: ssl.SSLContext | None = None) -> Server:
        servers.append(Server(talk, context))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def outbound() -> Iterator[Callable[[Settings], Outbound]]:
    made: list[Outbound] = []

    def make(own: Settings) -> Outbound:
        made.append(Outbound(own))
        return made[-1]

    yield make
    for one in made:
        one.close()


Make = Callable[[Settings], Outbound]
Serve = Callable[..., Server]


def answers(head: str, body: bytes = b"") -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(head.replace("\n", "\r\n").encode() + body)


OK = answers("HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 5\n\n", b"hello")


def drips(start: bytes, seconds: float = 0.02) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(b"x")
            time.sleep(seconds)

    return talk


# What arrives


def test_an_answer_arrives_and_names_us_and_asks_for_no_compression(serve: Serve, outbound: Make) -> None:
    server = serve(OK)
    response = outbound(local_settings()).client("t", "u", server.url).get("/path")
    assert response.text == "hello"
    head = server.heads[0].lower()
    assert b"user-agent: storefrontecm/" in head
    assert b"accept-encoding: identity" in head


def test_one_client_is_kept_per_tenant_upstream_and_address_and_dropped_by_close(outbound: Make) -> None:
    kept = outbound(local_settings())
    first = kept.client("t", "u", "http://127.0.0.1:9")
    assert kept.client("t", "u", "http://127.0.0.1:9") is first
    assert kept.client("other", "u", "http://127.0.0.1:9") is not first
    kept.close()
    assert first.is_closed
    assert kept.client("t", "u", "http://127.0.0.1:9") is not first


# Slow, endless, broken


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"],
    ids=["status line", "headers", "body"],
)
def test_a_dripping_server_ends_at_the_total_deadline(start: bytes, serve: Serve, outbound: Make) -> None:
    server = serve(drips(start))
    client = outbound(local_settings(deadline=0.4)).client("t", "u", server.url)
    began = time.monotonic()
    with pytest.raises(Retryable) as caught, speaking_to("u", writing=True):
        client.post("/")
    assert time.monotonic() - began < 1.5
    assert caught.value.specific_code in ("timeout", "broken_answer")
    assert caught.value.unknown_outcome


def test_a_silent_server_ends_at_the_total_deadline(serve: Serve, outbound: Make) -> None:
    server = serve(lambda _connection: time.sleep(3))
    client = outbound(local_settings(deadline=0.3)).client("t", "u", server.url)
    began = time.monotonic()
    with pytest.raises(Retryable) as caught, speaking_to("u"):
        client.get("/")
    assert time.monotonic() - began < 1.5
    assert caught.value.specific_code == "timeout"
    assert not caught.value.unknown_outcome


def test_a_server_that_does_not_take_the_body_ends_at_the_total_deadline(serve: Serve, outbound: Make) -> None:
    server = serve(lambda _connection: time.sleep(5))
    client = outbound(local_settings(deadline=0.5)).client("t", "u", server.url)
    began = time.monotonic()
    with pytest.raises(Retryable) as caught, speaking_to("u", writing=True):
        client.post("/", content=b"x" * 40_000_000)
    assert time.monotonic() - began < 2
    assert caught.value.unknown_outcome


def test_an_endless_body_ends_at_the_cap(serve: Serve, outbound: Make) -> None:
    sent = []

    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)
            sent.append(65_536)

    server = serve(endless)
    client = outbound(local_settings(json_response_bytes=100_000)).client("t", "u", server.url)
    with pytest.raises(AnswerTooLarge), speaking_to("u"):
        client.get("/")
    assert sum(sent) < 20_000_000  # what fits into the machine's socket buffers, not more


def test_a_compressed_answer_is_refused(serve: Serve, outbound: Make) -> None:
    head = "HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 5\n\n"
    client = outbound(local_settings()).client("t", "u", serve(answers(head, b"hello")).url)
    with pytest.raises(Retryable) as caught, speaking_to("u"):
        client.get("/")
    assert caught.value.specific_code == "broken_answer"


def test_an_answer_that_says_identity_is_taken(serve: Serve, outbound: Make) -> None:
    head = "HTTP/1.1 200 OK\nContent-Encoding: Identity\nContent-Length: 5\n\n"
    client = outbound(local_settings()).client("t", "u", serve(answers(head, b"hello")).url)
    assert client.get("/").text == "hello"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("HTTP/1.1 200 OK\nContent-Length: 50\n\n", b"too short"),
        ("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", b"zz\r\n"),
        (f"HTTP/1.1 200 OK\nX-Long: {'x' * 10_000_000}\n\n", b""),
        ("not http at all\n\n", b""),
    ],
    ids=["wrong length", "bad chunk", "10 MB of headers", "no HTTP"],
)
def test_a_broken_answer_may_be_whole_next_time(head: str, body: bytes, serve: Serve, outbound: Make) -> None:
    client = outbound(local_settings()).client("t", "u", serve(answers(head, body)).url)
    with pytest.raises(Retryable) as caught, speaking_to("u", writing=True):
        client.get("/")
    assert caught.value.specific_code == "broken_answer"
    assert caught.value.unknown_outcome


def test_a_refused_connection_leaves_no_doubt_about_a_write(outbound: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = outbound(local_settings()).client("t", "u", f"http://127.0.0.1:{port}")
    with pytest.raises(Retryable) as caught, speaking_to("u", writing=True):
        client.post("/")
    assert caught.value.specific_code == "unreachable"
    assert not caught.value.unknown_outcome


def test_calls_beyond_the_limit_wait_and_then_give_up_without_a_doubt(serve: Serve, outbound: Make) -> None:
    server = serve(lambda _connection: time.sleep(2))
    client = outbound(local_settings(deadline=1.0, per_upstream=1)).client("t", "u", server.url)
    seen: list[Retryable] = []

    def call() -> None:
        try:
            with speaking_to("u", writing=True):
                client.post("/")
        except Retryable as error:
            seen.append(error)

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert server.connections == 1
    assert sorted(error.specific_code for error in seen) == ["timeout", "unreachable"]
    assert {error.specific_code: error.unknown_outcome for error in seen}["unreachable"] is False


def test_the_deadline_is_the_requests_own() -> None:
    assert remaining() == float("inf")


# Downloads into a file


def test_a_download_goes_into_the_sink_within_its_own_cap(serve: Serve, outbound: Make) -> None:
    body = b"d" * 300_000
    server = serve(answers(f"HTTP/1.1 200 OK\nConnection: close\nContent-Length: {len(body)}\n\n", body))
    client = outbound(local_settings(json_response_bytes=1000)).client("t", "u", server.url)
    sink = io.BytesIO()
    response = client.get("/", extensions={"stream_to": sink, "max_bytes": 400_000})
    assert (response.content, sink.getvalue()) == (b"", body)
    with pytest.raises(AnswerTooLarge):
        client.get("/", extensions={"stream_to": io.BytesIO(), "max_bytes": 200_000})


def test_a_refused_download_leaves_the_sink_empty_and_its_text_readable(serve: Serve, outbound: Make) -> None:
    server = serve(answers("HTTP/1.1 404 Not Found\nContent-Length: 4\n\n", b"gone"))
    sink = io.BytesIO()
    response = outbound(local_settings()).client("t", "u", server.url).get("/", extensions={"stream_to": sink})
    assert (response.text, sink.getvalue()) == ("gone", b"")


# Where we may speak to


FORBIDDEN = [
    "169.254.169.254", "localhost", "127.0.0.1", "10.0.0.5", "172.16.3.4", "192.168.1.1", "0",
    "0.0.0.0",  # noqa: S104  # refused, not bound to
    "2130706433", "0x7f.1", "017700000001", "100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
    "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.5", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    "2001:0:7f00:1::", "fe80::1", "fc00::1", "fec0::1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("host", FORBIDDEN)
def test_a_private_address_is_refused_in_every_spelling(host: str) -> None:
    with pytest.raises(AddressRefused, match="This address is not allowed here"):
        checked_addresses(settings(), host, 443)


@pytest.mark.parametrize("host", FORBIDDEN)
def test_no_connection_is_even_tried(host: str, outbound: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_kw: tried.append(args))
    client = outbound(settings()).client("t", "u", f"https://[{host}]/" if ":" in host else f"https://{host}/")
    with pytest.raises(AddressRefused), speaking_to("u"):
        client.get("/")
    assert tried == []


@pytest.mark.parametrize("host", [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_a_public_address_is_taken(host: str) -> None:
    assert checked_addresses(settings(), host, 443) == [host]


@pytest.mark.parametrize("host", ["a..example", "x" * 64 + ".example", "nul\0.example"])
def test_what_is_no_name_cannot_be_reached(host: str) -> None:
    with pytest.raises(httpcore.ConnectError):
        checked_addresses(settings(), host, 443)


def resolves_to(monkeypatch: pytest.MonkeyPatch, *answers_in_turn: list[str]) -> list[str]:
    """Let names resolve to these addresses, one list per look-up, and note what would be connected to."""
    turns, tried = list(answers_in_turn), list[str]()

    def look_up(_host: str, port: int, **_kw: object) -> list[object]:
        found = turns.pop(0) if len(turns) > 1 else turns[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    def connect(address: tuple[str, int], *_args: object, **_kw: object) -> None:
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    return tried


def test_the_checked_address_is_the_one_connected_to(outbound: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = resolves_to(monkeypatch, [PUBLIC], ["127.0.0.1"])
    client = outbound(settings()).client("t", "u", "https://rebinding.example")
    with pytest.raises(Retryable, match="cannot be reached"), speaking_to("u"):
        client.get("/")
    assert tried == [PUBLIC]
    with pytest.raises(AddressRefused), speaking_to("u"):
        client.get("/")
    assert tried == [PUBLIC]


def test_the_cloud_metadata_name_is_refused(outbound: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = resolves_to(monkeypatch, ["169.254.169.254"])
    with pytest.raises(AddressRefused), speaking_to("u"):
        outbound(settings()).client("t", "u", "https://metadata.google.internal./").get("/")
    assert tried == []


def test_one_private_address_among_public_ones_refuses_all(outbound: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = resolves_to(monkeypatch, [PUBLIC, "10.0.0.5"])
    with pytest.raises(AddressRefused), speaking_to("u"):
        outbound(settings()).client("t", "u", "https://mixed.example").get("/")
    assert tried == []


def test_every_address_of_a_name_is_tried(outbound: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = resolves_to(monkeypatch, [PUBLIC, "93.184.215.15"])
    with pytest.raises(Retryable), speaking_to("u"):
        outbound(settings()).client("t", "u", "https://two.example").get("/")
    assert tried == [PUBLIC, "93.184.215.15"]


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.215.14/", "https://93.184.215.14:22/", "https://good@93.184.215.14/",
        "https://u:p@93.184.215.14/", "file:///etc/passwd", "gopher://93.184.215.14/", "ftp://93.184.215.14/",
        "unix:///var/run/docker.sock",
    ],
)  # fmt: skip
def test_other_schemes_ports_and_user_names_are_refused(
    url: str, outbound: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = resolves_to(monkeypatch, [PUBLIC])
    with pytest.raises(AddressRefused), speaking_to("u"):
        outbound(settings()).client("t", "u", url).get("")
    assert tried == []


@pytest.mark.parametrize("scheme", ["file", "gopher", "ftp", "unix"])
def test_the_plain_http_switch_opens_plain_http_only(scheme: str, outbound: Make) -> None:
    with pytest.raises(AddressRefused), speaking_to("u"):
        outbound(local_settings()).client("t", "u", f"{scheme}://127.0.0.1/").get("")


def test_plain_http_does_not_open_private_networks(serve: Serve, outbound: Make) -> None:
    server = serve(OK)
    with pytest.raises(AddressRefused), speaking_to("u"):
        outbound(settings(allow_plain_http=True)).client("t", "u", server.url).get("/")
    assert server.connections == 0


def test_a_client_never_leaves_its_origin(serve: Serve, outbound: Make) -> None:
    own, other = serve(OK), serve(OK)
    client = outbound(local_settings()).client("t", "u", own.url)
    with pytest.raises(AddressRefused), speaking_to("u"):
        client.get(f"{other.url}/next-page", headers={"Authorization": "Bearer secret"})
    assert other.connections == 0
    assert client.get(f"{own.url}/next-page").text == "hello"


def test_a_redirect_is_not_followed(serve: Serve, outbound: Make) -> None:
    target = serve(OK)
    moved = serve(answers(f"HTTP/1.1 302 Found\nLocation: {target.url}/\nContent-Length: 0\n\n"))
    response = outbound(local_settings()).client("t", "u", moved.url).get("/")
    with pytest.raises(Permanent) as caught:
        raise_for(response, service="u")
    assert caught.value.specific_code == "redirect"
    assert target.connections == 0


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"])
def test_a_proxy_of_the_environment_is_not_used(
    name: str, serve: Serve, outbound: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = serve(OK), serve(OK)
    monkeypatch.setenv(name, proxy.url)
    assert outbound(local_settings()).client("t", "u", server.url).get("/").text == "hello"
    assert (proxy.connections, server.connections) == (0, 1)


def test_a_self_signed_certificate_is_refused(serve: Serve, outbound: Make, tmp_path: Path) -> None:
    server = serve(OK, self_signed(tmp_path))
    with pytest.raises(Retryable) as caught, speaking_to("u", writing=True):
        outbound(local_settings()).client("t", "u", f"https://localhost:{server.port}").post("/")
    assert caught.value.specific_code == "unreachable"
    assert server.heads == []


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    no_password = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def test_a_request_that_cannot_be_sent_is_never_repeated(serve: Serve, outbound: Make) -> None:
    client = outbound(local_settings()).client("t", "u", serve(OK).url)
    with pytest.raises(Permanent) as caught, speaking_to("u"):
        client.get("/", headers={"X-Auth-Token": "a\r\nX-Other: b"})
    assert caught.value.specific_code == "bad_request"


# Statuses


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (302, Permanent, "redirect"),
        (400, Permanent, "refused"),
        (401, NeedsReauth, "needs_reauth"),
        (403, NeedsReauth, "missing_right"),
        (404, NotFound, "not_found"),
        (408, Retryable, "server_error"),
        (409, Retryable, "locked"),
        (410, NotFound, "not_found"),
        (412, Retryable, "locked"),
        (413, Permanent, "refused"),
        (422, Permanent, "refused"),
        (423, Retryable, "locked"),
        (429, RateLimited, "rate_limited"),
        (500, Retryable, "server_error"),
        (503, Retryable, "server_error"),
    ],
)
def test_a_status_becomes_one_of_our_errors(status: int, error: type[AppError], code: str) -> None:
    response = httpx.Response(status, request=httpx.Request("POST", "https://u.example/secret-path"))
    with pytest.raises(AppError) as caught:
        raise_for(response, service="bigcommerce", said="x" * 1000)
    assert type(caught.value) is error
    assert caught.value.specific_code == code
    assert caught.value.context["status"] == status
    assert len(caught.value.context["said"]) == 300
    assert "BigCommerce" in caught.value.message
    assert "secret-path" not in f"{caught.value.message}{caught.value.context}"


@pytest.mark.parametrize("status", [200, 201, 204, 207])
def test_success_raises_nothing(status: int) -> None:
    raise_for(httpx.Response(status), service="u")


@pytest.mark.parametrize(("method", "unknown"), [("GET", False), ("HEAD", False), ("POST", True), ("PUT", True)])
def test_only_a_write_has_an_unknown_outcome(method: str, unknown: bool) -> None:
    with pytest.raises(Retryable) as caught:
        raise_for(httpx.Response(502, request=httpx.Request(method, "https://u.example/")), service="u")
    assert caught.value.unknown_outcome is unknown


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 30),
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": "0"}, 0),
        ({"X-Retry-After": "7"}, 7),
        ({"X-Rate-Limit-Time-Reset-Ms": "1500"}, 1.5),
        ({"Retry-After": "9" * 400}, 3600),
        ({"Retry-After": "nan"}, 30),
        ({"Retry-After": "inf"}, 30),
        ({"Retry-After": "-5"}, 30),
        ({"Retry-After": "soon", "X-Rate-Limit-Time-Reset-Ms": "250"}, 0.25),
        ({"Retry-After": "Wed, 01 Jan 2020 00:00:00 GMT"}, 0),
        ({"Retry-After": "Fri, 31 Dec 2099 00:00:00 GMT"}, 3600),
    ],
)
def test_the_wait_is_read_from_whichever_header_is_there(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(httpx.Response(429, headers=headers)) == pytest.approx(seconds)


def test_a_date_to_wait_for_is_counted_from_now() -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    assert 95 <= retry_after(httpx.Response(429, headers={"Retry-After": until})) <= 101
