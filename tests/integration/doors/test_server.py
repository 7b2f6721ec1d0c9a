"""The doors behind the real server: transport cases only a socket shows. Bounded, on this machine only."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel  # noqa: F401  # the tables' metadata

from app.db.session import connect
from app.db.tables import metadata

OPERATOR = "operator-token-0123456789abcdef"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One granian as the Procfile starts it, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        url = f"sqlite:///{folder / 'ecm.sqlite3'}"
        database = connect(url)
        metadata.create_all(database.engine)
        database.dispose()
        environ = {
            "ECM_SECRET_KEY": "k3J9x0Qw7Lm2Zp5Rt8Vb1Nc4Hd6Gf0Sa", "ECM_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "ECM_ALLOW_PLAIN_HTTP": "true", "ECM_DATABASE_URL": url, "ECM_DATA_DIR": str(folder),
            "ECM_OPERATOR_TOKEN": OPERATOR, "ECM_REDIS_URL": f"unix://{folder}/nobody.sock",
        }  # fmt: skip
        self.log = (folder / "log").open("w+")
        command = ["granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1", "--port", str(self.port),
                   "--workers", "1", "--blocking-threads", "8", "--backlog", "1024", "--respawn-failed-workers",
                   "--workers-kill-timeout", "25", "app.web.wsgi:application"]  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command], env=os.environ | environ, stdout=self.log, stderr=self.log
        )

    def answer(self, raw: bytes, timeout: float = 5) -> tuple[int, bytes]:
        """(status, body) for bytes as they are; status 0 when the server hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as connection:
            connection.settimeout(timeout)
            connection.sendall(raw)
            head, _, body = received(connection).partition(b"\r\n\r\n")
        return (int(head.split(b" ")[1]), body) if head else (0, b"")

    def get(self, path: str, *headers: str, method: str = "GET") -> tuple[int, bytes]:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close", *headers, "", ""]
        return self.answer("\r\n".join(lines).encode("latin-1"))

    def lines(self) -> list[dict]:
        self.log.flush()
        text = Path(self.log.name).read_text().splitlines()
        return [json.loads(line) for line in text if line.startswith("{")]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


def received(connection: socket.socket) -> bytes:
    found = b""
    while True:
        try:
            part = connection.recv(65_536)
        except (TimeoutError, ConnectionError):
            return found
        if not part:
            return found
        found += part
        head, _, body = found.partition(b"\r\n\r\n")
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:") and len(body) >= int(line.split(b":")[1]):
                return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("server"))
    for _ in range(100):
        try:
            if started.get("/healthz")[0] == 200:
                break
        except ConnectionError:
            time.sleep(0.1)
    yield started
    started.stop()


def webhook(server: Server, *headers: str, body: bytes = b"{}") -> bytes:
    lines = ["POST /webhooks/bigcommerce HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Content-Type: application/json",
             *headers, "", ""]  # fmt: skip
    return "\r\n".join(lines).encode("latin-1") + body


def test_the_server_starts_with_the_settings_of_the_environment(server):
    assert server.get("/healthz") == (200, b"ok\n")
    status, body = server.get("/operator/v1/state", f"Authorization: Bearer {OPERATOR}")
    assert (status, json.loads(body)["acks_total"]) == (200, 0)


def test_case_014_a_chunked_delivery_is_refused_whole(server):
    chunked = webhook(server, "Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n\r\n")
    assert server.answer(chunked)[0] == 411


def test_case_111_half_sent_bodies_and_headers_keep_nobody_waiting(server):
    held = []
    try:
        for number in range(200):
            connection = socket.create_connection(("127.0.0.1", server.port), 5)
            half_body = webhook(server, "Content-Length: 1000", body=b"{")
            connection.sendall(half_body if number % 2 else b"GET /healthz HTTP/1.1\r\nHost: 127")
            held.append(connection)
        began = time.monotonic()
        assert server.get("/healthz") == (200, b"ok\n")
        assert time.monotonic() - began < 1
    finally:
        for connection in held:
            connection.close()


def test_case_112_ambiguous_framing_is_one_refused_request(server):
    both = webhook(
        server, "Content-Length: 4", "Transfer-Encoding: chunked", body=b"0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n"
    )
    assert server.answer(both)[0] in (400, 411)
    two_lengths = webhook(server, "Content-Length: 2", "Content-Length: 3")
    assert server.answer(two_lengths)[0] in (0, 400)
    two_hosts = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nHost: evil.test\r\n\r\n".encode()
    assert server.answer(two_hosts)[0] == 400
    folded = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-A: a\r\n b\r\n\r\n".encode()
    assert server.answer(folded)[0] in (0, 400)
    assert server.answer(b"GET /healthz HTTP/1.1\r\n\r\n")[0] == 400


def test_case_003_a_header_sent_twice_is_refused(server):
    twice = webhook(server, "webhook-id: a", "webhook-id: b", "Content-Length: 2")
    assert server.answer(twice)[0] == 400


def test_case_115_oversized_headers_and_addresses(server):
    assert server.get("/healthz", "X-A: " + "a" * 70_000)[0] == 431
    assert server.get("/" + "a" * 9_000)[0] == 414


def test_case_116_odd_methods_and_upgrades_leave_the_server_alive(server):
    for method in ("TRACE", "OPTIONS", "PROPFIND"):
        assert server.get("/healthz", method=method)[0] == 405
    server.answer(f"CONNECT evil.test:443 HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode(), timeout=1)
    server.answer(f"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
    upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: \xff")  # fmt: skip
    assert server.get("/healthz", *upgrade)[0] == 400
    assert server.get("/healthz") == (200, b"ok\n")
    assert server.process.poll() is None


def test_case_052_another_host_is_not_answered(server):
    assert server.answer(b"GET /healthz HTTP/1.1\r\nHost: evil.test\r\n\r\n")[0] == 400
    absolute = f"GET http://evil.test/healthz HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    assert b"evil" not in server.answer(absolute)[1]


def test_every_request_left_one_line_of_json_without_its_query(server):
    server.get("/bigcommerce/load?signed_payload_jwt=canary")
    time.sleep(0.2)
    lines = server.lines()
    assert any(line.get("path") == "/bigcommerce/load" and line["status"] == 401 for line in lines)
    assert "canary" not in json.dumps(lines)
    assert "Traceback" not in Path(server.log.name).read_text()
