"""A stand-in of its own for every test, a client with every right, and a receiver for what it sends."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from sandbox import credentials
from sandbox.bigcommerce import BigCommerce
from sandbox.bigcommerce.merchant import Merchant
from sandbox.bigcommerce.panel import ControlPanel
from sandbox.bigcommerce.scopes import KNOWN
from sandbox.kernel.transport import InProcess
from sandbox.kernel.world import World

HASH = credentials.STORE_HASH
HOST, APP, HOOK = "http://bigcommerce.test", "http://app.test", "http://app.test/webhooks"
STORE = f"/stores/{HASH}"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
)


@dataclass
class Received:
    """One request that reached the app."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return httpx.Response(200, content=self.body).json()


class Receiver:
    """The app's side: remembers what arrives and answers with `status` (0 hangs up), or with `body`."""

    def __init__(self) -> None:
        self.seen: list[Received] = []
        self.status, self.body = 200, b""
        self.on_request: Callable[[], object] = lambda: None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers = {k[5:].replace("_", "-").lower(): v for k, v in environ.items() if k.startswith("HTTP_")}
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        query = environ.get("QUERY_STRING", "")
        self.seen.append(Received(environ["REQUEST_METHOD"], environ["PATH_INFO"], query, headers, body))
        self.on_request()
        if not self.status:
            raise ConnectionError("the app hangs up")
        start_response(f"{self.status} Told", [("Content-Length", str(len(self.body)))])
        return [self.body]

    def scopes(self) -> list[str]:
        return [one.json["scope"] for one in self.seen]

    def take(self) -> list[Received]:
        """What arrived since the last look."""
        seen, self.seen = self.seen, []
        return seen


class Routed(httpx.BaseTransport):
    """A transport whose routes are set after the world, which needs it, was made."""

    inner: httpx.BaseTransport = InProcess({})

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.inner.handle_request(request)


@dataclass
class Bench:
    """`http` asks the host, `api` the demo store with a token that may do everything."""

    world: World
    bc: BigCommerce
    app: Receiver
    http: httpx.Client
    api: httpx.Client
    panel: ControlPanel = field(init=False)
    merchant: Merchant = field(init=False)

    def __post_init__(self) -> None:
        self.panel, self.merchant = ControlPanel(self.bc), Merchant(self.bc)

    @property
    def store(self) -> Any:
        return self.bc.store(HASH)

    def hook(self, scope: str, destination: str = HOOK, **more: Any) -> int:
        """Make a hook for this scope; its id."""
        body = {"scope": scope, "destination": destination, **more}
        response = self.api.post("/v3/hooks", json=body)
        assert response.status_code == 200, response.text
        number: int = response.json()["data"]["id"]
        return number

    def with_scopes(self, *scopes: str) -> httpx.Client:
        """A client of another app of the store that was granted only these."""
        self.panel.register_app("http://other.test/auth", "http://other.test/load", client_id="other", scopes=KNOWN)
        token = self.panel.issue_token(scopes=scopes, client_id="other")
        headers = {"X-Auth-Token": token, "Accept": "application/json"}
        return httpx.Client(transport=self.http._transport, base_url=HOST + STORE, headers=headers)

    def wait(self, **by: float) -> None:
        self.world.clock.advance(timedelta(**by))


def make(*, seeded: bool = False, allow_plain_http: bool = True, wrap: Any = None) -> Bench:
    """`wrap(transport)` may put something around the way to the stand-in."""
    routed, app = Routed(), Receiver()
    world = World(transport=routed, inline=True)
    bc = BigCommerce(world, allow_plain_http_destinations=allow_plain_http, seeded=seeded)
    routed.inner = InProcess({"bigcommerce.test": bc, "app.test": app})
    way = wrap(routed) if wrap else routed
    token = ControlPanel(bc).issue_token(scopes=KNOWN)
    headers = {"X-Auth-Token": token, "Accept": "application/json"}
    http = httpx.Client(transport=way, base_url=HOST)
    return Bench(world, bc, app, http, httpx.Client(transport=way, base_url=HOST + STORE, headers=headers))
