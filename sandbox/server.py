"""A threaded HTTP/1.1 server for the sandbox's WSGI apps: kept connections, whole bodies, and hanging up on purpose.

An app that raises ConnectionDropped gets its wish: the socket is closed at once, without an answer or in the middle of
one. Meant for this machine only.
"""

import io
import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from urllib.parse import unquote_to_bytes

from sandbox.kernel.faults import ConnectionDropped

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]
log = logging.getLogger(__name__)
IDLE_SECONDS = 75
LARGEST_BODY = 300 * 1024 * 1024
NO_BODY = (204, 304)


class BadBody(Exception):
    """The request's body does not come as its headers announce. `status` is the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Server:
    """One app on one port of 127.0.0.1, served by a thread per connection from `start` to `stop`."""

    def __init__(self, app: WsgiApp, port: int = 0, host: str = "127.0.0.1") -> None:
        self._server = _Listener((host, port), app)
        self.host, self.port = host, int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> "Server":
        self._thread.start()
        return self

    def stop(self) -> None:
        """Take no more connections and end those that are open."""
        self._server.shutdown()
        self._server.server_close()
        self._server.close_connections()
        self._thread.join(5)


class _Listener(ThreadingMixIn, TCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], app: WsgiApp) -> None:
        self.app = app
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        with self._guard:
            still_open = list(self._open)
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # the base class's signature
        """A peer that went away is nobody's fault; anything else is ours."""
        if not isinstance(sys.exc_info()[1], OSError):
            log.exception("request failed")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = 65_536
    server: _Listener

    def do_GET(self) -> None:
        try:
            environ = self._environ(self._body())
        except BadBody as error:
            self.close_connection = True
            self.send_error(error.status)
            return
        try:
            self._answer(environ)
        except ConnectionDropped:
            self.close_connection = True
        except OSError:
            raise
        except Exception:
            log.exception("%s %s failed", self.command, self.path)
            self.close_connection = True
            self._send(
                "500 Internal Server Error", [("Content-Type", "text/plain")], b"The sandbox failed; see its log."
            )

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        length = self.headers.get("Content-Length", "0")
        if not length.isascii() or not length.isdigit():
            raise BadBody(400)
        return self._exactly(int(length))

    def _chunks(self) -> bytes:
        pieces, total = [], 0
        while size := self._chunk_size():
            total += size
            if total > LARGEST_BODY:
                raise BadBody(413)
            pieces.append(self._exactly(size))
            self.rfile.readline(3)
        while self.rfile.readline(8192).strip():
            pass  # trailers
        return b"".join(pieces)

    def _chunk_size(self) -> int:
        try:
            return int(self.rfile.readline(1024).split(b";")[0], 16)
        except ValueError as error:
            raise BadBody(400) from error

    def _exactly(self, length: int) -> bytes:
        if length > LARGEST_BODY:
            raise BadBody(413)
        body = self.rfile.read(length)
        if len(body) != length:
            raise BadBody(400)
        return body

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command, "SCRIPT_NAME": "", "QUERY_STRING": query,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "REQUEST_URI": self.path,
            "SERVER_NAME": str(host), "SERVER_PORT": str(port), "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0], "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        if (kind := self.headers.get("Content-Type")) is not None:
            environ["CONTENT_TYPE"] = kind
        for name, value in self.headers.items():
            key = f"HTTP_{name.upper().replace('-', '_')}"
            if "_" in name or key in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
                continue
            environ[key] = f"{environ[key]},{value}" if key in environ else value
        return environ

    def _answer(self, environ: dict[str, Any]) -> None:
        """Send as it comes where the app said how long it is; gather first where it did not."""
        told: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            del exc_info
            told[:] = [status, headers]

        pieces = self.server.app(environ, start_response)
        try:
            if told and any(name.lower() == "content-length" for name, _ in told[1]):
                self._send(told[0], told[1])
                for piece in pieces:
                    self._write(piece)
            else:
                body = b"".join(pieces)
                self._send(told[0], told[1], body)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()
        self.wfile.flush()

    def _send(self, status: str, headers: list[tuple[str, str]], body: bytes | None = None) -> None:
        code, _, reason = status.partition(" ")
        self.send_response_only(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        names = {name.lower() for name, _ in headers}
        if body is not None and int(code) not in NO_BODY:
            self.send_header("Content-Length", str(len(body)))
        if "date" not in names:
            self.send_header("Date", self.date_time_string())
        if self.close_connection and "connection" not in names:
            self.send_header("Connection", "close")
        self._bodiless = self.command == "HEAD" or int(code) in NO_BODY
        self.end_headers()
        if body:
            self._write(body)

    def _write(self, piece: bytes) -> None:
        if piece and not self._bodiless:
            self.wfile.write(piece)

    def log_message(self, format: str, *args: Any) -> None:  # the base class's signature
        log.debug(format, *args)
