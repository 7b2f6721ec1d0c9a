"""The whole stage: one world, every stand-in on it, and where each is reached."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import httpx
from werkzeug.wrappers import Response

from sandbox.bigcommerce import BigCommerce
from sandbox.bigcommerce.panel import ControlPanel
from sandbox.content_server import ContentServer
from sandbox.exstream import Exstream
from sandbox.kernel.standin import Call
from sandbox.kernel.transport import InProcess
from sandbox.kernel.world import World
from sandbox.otds.standin import Otds
from sandbox.shopify import Shopify
from sandbox.shopify.panel import Admin
from sandbox.workflow.gateway import WorkflowService

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]
CONTENT_SERVER_PATH = "/cs/cs"
OTDS_PATH = "/otdsws"
# name -> distance from the demo's first port
PORTS = {
    "app": 0, "desk": 1, "bigcommerce": 2, "otds": 3, "content_server": 4, "workflow": 5, "exstream": 6,
    "shopify": 7, "control": 9,
}  # fmt: skip


@dataclass(frozen=True)
class Addresses:
    """Scheme and host of everything, without a path."""

    app: str = "http://app.test"
    desk: str = "http://desk.test"
    bigcommerce: str = "http://bigcommerce.test"
    otds: str = "http://otds.test"
    content_server: str = "http://content.test"
    workflow: str = "http://workflow.test"
    exstream: str = "http://exstream.test"
    shopify: str = "http://shopify.test"
    control: str = "http://control.test"

    @classmethod
    def from_port(cls, port: int) -> "Addresses":
        """The demo's: `port` and the nine after it on 127.0.0.1."""
        return cls(**{name: f"http://127.0.0.1:{port + step}" for name, step in PORTS.items()})

    def as_json(self) -> dict[str, str]:
        return asdict(self)


class _Later(httpx.BaseTransport):
    """A transport whose routes are known only after the world, which needs it, was made."""

    inner: httpx.BaseTransport = InProcess({})

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.inner.handle_request(request)


class Stage:
    """Builds the stand-ins on a world that was loaded before (or is new). `transport` reaches them in process.

    `seeded`: whether the demo store starts with goods, people and orders.
    """

    transport: httpx.BaseTransport | None = None

    def __init__(self, world: World, addresses: Addresses, *, seeded: bool = True) -> None:
        self.world, self.addresses = world, addresses
        self.bigcommerce = BigCommerce(
            world,
            base_url=addresses.bigcommerce,
            app_base_url=addresses.app,
            control_panel_url=addresses.desk,
            allow_plain_http_destinations=addresses.app.startswith("http:"),
            seeded=seeded,
        )
        # Content Server before OTDS: its handlers ask OTDS under their own lock; saving takes the locks in this order.
        self.content_server = ContentServer(
            world, addresses.content_server, CONTENT_SERVER_PATH, otds_url=addresses.otds
        )
        self.content_server.route("GET", f"{CONTENT_SERVER_PATH}/app/nodes/<int:node_id>", self._open_in_desk)
        self.otds = Otds(world, addresses.otds)
        self.workflow = WorkflowService(world)
        self.exstream = Exstream(world)
        self.control_panel = ControlPanel(self.bigcommerce)
        self.shopify = Shopify(world, base_url=addresses.shopify, app_base_url=addresses.app, seeded=seeded)
        self.shopify_admin = Admin(self.shopify)

    @classmethod
    def in_process(
        cls, app: WsgiApp | None = None, addresses: Addresses | None = None, *, seeded: bool = False
    ) -> "Stage":
        """A stage for tests: nothing on the network, deliveries sent at once, to `app` where there is one.

        Its demo store is empty unless `seeded`.
        """
        addresses = addresses or Addresses()
        later = _Later()
        stage = cls(World(transport=later, inline=True), addresses, seeded=seeded)
        stage.transport = later
        apps = stage.services() | ({"app": app} if app is not None else {})
        hosts = addresses.as_json()
        routes = {httpx.URL(hosts[name]).netloc.decode(): found for name, found in apps.items()}
        later.inner = InProcess(routes | dict.fromkeys(stage.shopify.state.shops, stage.shopify))
        return stage

    def services(self) -> dict[str, WsgiApp]:
        """The stand-ins by their name in `Addresses`."""
        return {
            "bigcommerce": self.bigcommerce,
            "otds": self.otds,
            "content_server": self.content_server,
            "workflow": self.workflow,
            "exstream": self.exstream,
            "shopify": self.shopify,
        }

    def _open_in_desk(self, call: Call, node_id: int) -> Response:
        """Smart View's address of an item: the desk shows it."""
        del call
        return Response(status=302, headers={"Location": f"{self.addresses.desk}/opentext/nodes/{node_id}"})

    def tick(self) -> None:
        """What happens by itself when its time has come; the runner calls this every second."""
        self.world.deliveries.send_due()
        self.bigcommerce.tick()
        self.workflow.engine.run_due_jobs()
        self.exstream.tick()
        self.shopify.tick()

    @property
    def content_server_url(self) -> str:
        return f"{self.addresses.content_server}{CONTENT_SERVER_PATH}"

    @property
    def otds_url(self) -> str:
        return f"{self.addresses.otds}{OTDS_PATH}"
