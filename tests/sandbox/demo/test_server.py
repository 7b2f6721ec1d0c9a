"""The sandbox's HTTP server, over real sockets."""

import http.client
import logging
import socket
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest
from werkzeug.wrappers import Request, Response

from sandbox.kernel.faults import ConnectionDropped, FaultRule
from sandbox.kernel.standin import Call, StandIn, json_response
from sandbox.kernel.world import World
from sandbox.server import Server


class Echo(StandIn):
    """Answers with what it was sent."""

    system = "echo"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.route("GET POST", "/echo", self._echo)
        self.route("GET", "/nothing", lambda _call: Response(status=204))
        self.route("GET", "/broken", self._broken)

    def _echo(self, call: Call) -> Response:
        call.effect = f"{len(call.raw())} bytes"
        return json_response({"said": call.raw().decode(), "query": call.args.to_dict(), "port": call.host})

    def _broken(self, call: Call) -> Response:
        raise RuntimeError(call.path)


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.deliveries.close()


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    running = Server(Echo(world)).start()
    yield running
    running.stop()


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=5) as made:
        yield made


def test_a_connection_is_kept_for_the_next_request(server: Server) -> None:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request("POST", "/echo", body=b"one")
    assert b"one" in connection.getresponse().read()
    used = connection.sock
    connection.request("POST", "/echo?a=b", body="zwö".encode())
    answer = connection.getresponse()
    assert "zwö" in answer.read().decode()
    assert connection.sock is used
    connection.close()


def test_a_refused_request_with_a_body_does_not_spoil_the_connection(server: Server) -> None:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request("POST", "/unknown", body=b"GET /echo HTTP/1.1\r\n\r\n" * 50)
    refused = connection.getresponse()
    refused.read()
    connection.request("GET", "/echo")
    assert connection.getresponse().status == 200
    assert refused.status == 404
    connection.close()


def test_a_body_in_chunks_arrives_whole(client: httpx.Client) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"first "
        yield b"second"

    answer = client.post("/echo", content=pieces())
    assert answer.json()["said"] == "first second"
    assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_head_and_no_content_have_no_body(client: httpx.Client) -> None:
    assert client.get("/nothing").content == b""
    head = client.head("/echo")
    assert head.content == b""
    assert client.get("/echo").status_code == 200


def test_hanging_up_before_or_after_the_work_leaves_no_answer(client: httpx.Client, world: World) -> None:
    world.faults.add(FaultRule(kind="drop_before", count=1))
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/echo", content=b"lost")
    world.faults.add(FaultRule(kind="drop_after", count=1))
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/echo", content=b"done")
    assert [(e.status, e.effect) for e in world.ledger.since()] == [(0, ""), (0, "4 bytes")]


def test_a_truncated_answer_ends_before_its_announced_length(server: Server, world: World) -> None:
    world.faults.add(FaultRule(kind="truncate", count=1))
    with socket.create_connection((server.host, server.port), timeout=5) as plain:
        plain.sendall(b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n")
        received = b""
        while piece := plain.recv(65_536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(int(line[16:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    assert 0 < len(body) < length


def test_a_broken_handler_is_a_logged_500(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert client.get("/broken").status_code == 500
    assert "/broken" in caplog.text


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", b"400"),
        (b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n", b"413"),
        (b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_and_the_connection_closed(
    server: Server, head: bytes, status: bytes
) -> None:
    with socket.create_connection((server.host, server.port), timeout=5) as plain:
        plain.sendall(head)
        received = b""
        while piece := plain.recv(65_536):
            received += piece
    assert received.split(b" ")[1] == status


def test_a_hundred_connections_are_served_at_the_same_time() -> None:
    together = Barrier(100, timeout=20)

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        together.wait()  # breaks unless all hundred are being served at once
        return Response(Request(environ).path)(environ, start_response)

    running = Server(app).start()
    try:
        with ThreadPoolExecutor(100) as pool:
            answers = list(pool.map(lambda n: httpx.get(f"{running.url}/{n}", trust_env=False), range(100)))
    finally:
        running.stop()
    assert sorted(int(a.text.strip("/")) for a in answers) == list(range(100))


def test_stopping_closes_connections_that_are_open() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return Response("here")(environ, start_response)

    running = Server(app).start()
    with httpx.Client(base_url=running.url, trust_env=False, timeout=5) as client:
        assert client.get("/").text == "here"
        running.stop()
        with pytest.raises(httpx.HTTPError):
            client.get("/")


def test_hanging_up_needs_no_stand_in() -> None:
    def app(environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        raise ConnectionDropped(environ["PATH_INFO"])

    running = Server(app).start()
    try:
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(running.url, trust_env=False)
    finally:
        running.stop()
