"""The whole house in one process: the true app, the stand-ins around it, a drain on demand. No network, no Redis."""

import pickle
import tempfile
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import time_machine
from sqlalchemy import select
from sqlmodel import SQLModel

from app import wiring
from app.db.circuits import Circuit
from app.db.inbox import InboxEvent
from app.db.runs import Run, StepRow, Work
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.db.types import utc_now
from app.domain.events import Source, Topic
from app.domain.ids import Provider, StoreId, external_store_id, store_id
from app.engine import callbacks, communications, connections, jobs, timers
from app.engine.deps import Deps
from app.engine.inbox import NewEvent
from app.opentext.connection import (
    Connection,
    ContentServerConnection,
    ExstreamConnection,
    NotificationsConnection,
    TemplateLocation,
    WorkflowConnection,
)
from app.settings import BigCommerceSettings, OpenTextDefaults, Periods, Settings, ShopifySettings
from app.web import App, create_app
from sandbox import credentials
from sandbox.content_server import CallbackSettings, approvals, documents, tree
from sandbox.exstream.designs import DESIGNS
from sandbox.exstream.seed import DOMAIN, FORWARD, communication_id
from sandbox.stage import Addresses, Stage
from tests.made_once import TEMPLATES, LazyRule, database, make_tables, once

App.url_rule_class = LazyRule
SECRET_KEY = "unit-test-key-0123456789-abcdefghijklmnop"
OPERATOR_TOKEN = "operator-token-0123456789abcdef"


class SilentBell:
    """Counts rings; drains are run by the test itself."""

    def __init__(self) -> None:
        self.rings = 0

    def ring(self) -> None:
        self.rings += 1

    def clear(self) -> None:
        pass


def a_settings(database_url: str, **changes: Any) -> Settings:
    """Valid settings for the stage's in-process addresses."""
    values: dict[str, Any] = {
        "secret_key": SECRET_KEY, "public_url": "http://app.test", "allow_plain_http": True,
        "database_url": database_url,
        "operator_token": OPERATOR_TOKEN, "log_format": "text", "data_dir": Path(tempfile.gettempdir()) / "ecm-tests",
        "bigcommerce": BigCommerceSettings(
            client_id=credentials.APP_CLIENT_ID, client_secret=credentials.APP_CLIENT_SECRET,
            login_url="http://bigcommerce.test", api_url="http://bigcommerce.test",
            frame_ancestors=("http://desk.test",),
        ),
        "shopify": ShopifySettings(
            client_id=credentials.SHOPIFY_CLIENT_ID, client_secret=credentials.SHOPIFY_CLIENT_SECRET
        ),
        "opentext": OpenTextDefaults(otds_url="http://otds.test/otdsws", content_server_url="http://content.test/cs/cs"),
        "periods": Periods(decision_poll=timedelta(seconds=30), page_moment=0),
    }  # fmt: skip
    return Settings(**values | changes)


@dataclass
class House:
    """A running product without processes. `drain()` is what the worker would do now."""

    settings: Settings
    stage: Stage
    deps: Deps
    bell: SilentBell
    flask: Any
    like: Hashable = None  # equal for houses that start equal
    installed: list[StoreId] = field(default_factory=list)
    travels: list[Any] = field(default_factory=list)  # open time travels, ended with the house

    @property
    def store_id(self) -> StoreId:
        return self.installed[0]

    def move_in(self) -> StoreId:
        """As after `install()`, for a house to which nothing was done yet: done once per run, then copied."""
        return once(self, "installed", self.install)

    def move_in_shop(self, *, connect: bool = True) -> StoreId:
        """The same after `install_shop()`."""
        return once(self, f"shop installed {connect}", lambda: self.install_shop(connect=connect))

    def install(self, store_hash: str = credentials.STORE_HASH, *, connect: bool = True) -> StoreId:
        """As a merchant does: the store's install request at our door, the set-up work, then OpenText connected."""
        url = httpx.URL(self.stage.control_panel.install_url(store_hash))
        answer = self.flask.test_client().get(f"{url.path}?{url.query.decode()}", base_url=self.settings.public_url)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found = store_id(Provider.BIGCOMMERCE, store_hash)
        self.installed.append(found)
        self.drain()
        if connect:
            self.connect(found)
        return found

    def connect(self, found: StoreId) -> None:
        """OpenText is connected, and told where to call."""
        connections.save(self.deps, found, self.connection(found), "tester")
        self.request(found, "store", external_store_id(found), "set_up_store")
        self.drain()
        told = callbacks.content_secrets(self.deps, found)
        assert told is not None
        self.stage.content_server.configure_callbacks(CallbackSettings(told.url, secret=told.signing_secret))
        doors = communications.report_addresses(self.deps, found)
        assert doors is not None
        jobs_token, status_token = (url.rpartition("/")[2] for url in (doors.jobs, doors.notifications))
        self.stage.exstream.report_to(self.settings.public_url, jobs=jobs_token, notifications=status_token)

    def install_shop(self, shop: str = credentials.SHOPIFY_SHOP, *, connect: bool = False) -> StoreId:
        """As a merchant does: agrees to the app in the Shopify admin, opens it; then the set-up work."""
        admin = self.stage.shopify_admin
        admin.install(shop)
        url = httpx.URL(admin.open(shop).url)
        base_url = self.settings.public_url
        answer = self.flask.test_client().get(f"{url.path}?{url.query.decode()}", base_url=base_url)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found = store_id(Provider.SHOPIFY, shop)
        self.installed.append(found)
        self.drain()
        if connect:
            self.connect(found)
        return found

    def connection(self, tenant: StoreId) -> Connection:
        stage = self.stage
        return Connection(
            tenant, 1,
            ContentServerConnection(stage.otds_url, stage.content_server_url, credentials.OTDS_CLIENT_ID,
                                    credentials.OTDS_CLIENT_SECRET, "BigCommerce"),
            WorkflowConnection(stage.addresses.workflow, credentials.WORKFLOW_TENANT, credentials.WORKFLOW_CLIENT_ID,
                               credentials.WORKFLOW_CLIENT_SECRET),
            ExstreamConnection(
                stage.addresses.exstream, credentials.EXSTREAM_TENANT, credentials.EXSTREAM_CLIENT_ID,
                credentials.EXSTREAM_CLIENT_SECRET, domain=DOMAIN, channel_service=FORWARD,
                templates=tuple(TemplateLocation(one.key, communication_id(one.key)) for one in DESIGNS),
                notifications=NotificationsConnection(
                    stage.addresses.exstream, credentials.NOTIFICATIONS_USER, credentials.NOTIFICATIONS_PASSWORD,
                    attach=True,
                ),
            ),
        )  # fmt: skip

    @property
    def store_api(self) -> httpx.Client:
        """The first store's own API, as another app of the merchant would use it."""
        return self.api_of(self.store_id)

    def api_of(self, store: StoreId) -> httpx.Client:
        """The same of any BigCommerce store that is installed."""
        (row,) = self.rows(StoreRow, id=store)
        token = self.deps.vault.decrypt(row.token or b"", f"store:token:{store}").decode()
        return httpx.Client(
            transport=self.stage.transport,
            base_url=f"{self.stage.addresses.bigcommerce}/stores/{external_store_id(store)}/",
            headers={"X-Auth-Token": token, "Accept": "application/json"},
        )

    def place_order(
        self, total: str = "950.00", *, ship_to: str = "DE", status_id: int = 11, email: str = "ada@example.com",
        first_name: str = "Ada", store: StoreId | None = None,
    ) -> str:  # fmt: skip
        """A buyer orders, in the first store or in `store`; returns the order's id. The store sends its webhooks by
        itself."""
        address = {
            "first_name": first_name, "last_name": "Löwe", "street_1": "Hauptstraße 1", "city": "Köln", "zip": "50667",
            "state": "", "country": "Germany", "country_iso2": "DE", "email": email,
        }  # fmt: skip
        other = {"country": {"DE": "Germany", "FR": "France"}[ship_to], "country_iso2": ship_to}
        answer = self.api_of(store or self.store_id).post("v2/orders", json={
            "status_id": status_id, "customer_id": 0, "billing_address": address,
            "shipping_addresses": [address | other],
            "products": [{"name": "Lamp", "quantity": 1, "price_inc_tax": float(total), "price_ex_tax": float(total)}],
        })  # fmt: skip
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def order(self, order_id: str) -> dict[str, Any]:
        """The order as the store has it."""
        found: dict[str, Any] = self.store_api.get(f"v2/orders/{order_id}").json()
        return found

    def decide(self, order_id: str, outcome: str, *, user: str = "anna.berg@demo", comment: str = "") -> None:
        """A person claims the open task of an order's workflow in OpenText and completes it."""
        engine = self.stage.workflow.engine
        (task,) = [
            one for one in engine.tasks() if f":order:{order_id}:" in engine.instance(one.instance_id).business_key
        ]
        person = engine.person(user)
        engine.claim(task.id, user, person)
        engine.complete(task.id, person, outcome, comment=comment or None)

    def write_document(
        self, workspace_id: int, folder: str, name: str, content: bytes, user: str = "liam.author@demo"
    ) -> int:
        """An author adds a document, or a version of it, in OpenText; returns the node's id."""
        server = self.stage.content_server
        with server.lock:
            actor = server.actor(user)
            parent = next(n for n in tree.children(actor.state, workspace_id) if n.name == folder)
            present = next((n for n in tree.children(actor.state, parent.id) if n.name == name), None)
            mime = documents.mime_of(name, None)
            if present is None:
                return documents.create(actor, parent, name, content, mime).id
            documents.add_version(actor, present, content, mime)
            return present.id

    def approve(self, node_id: int, *, version: int | None = None, user: str = "tom.okafor@demo") -> None:
        """An approver approves one version (the newest without a number); Content Server tells us."""
        approvals.decide(self.stage.content_server, user, node_id, "Approved", version=version)

    def product(self, product_id: str) -> dict[str, Any]:
        """The product as the store has it."""
        path = f"v3/catalog/products/{product_id}?include=images,custom_fields"
        found: dict[str, Any] = self.store_api.get(path).json()["data"]
        return found

    def make_product(self, **fields: Any) -> str:
        """A merchant creates a product; returns its id."""
        body = {"name": "Desk lamp", "type": "physical", "weight": 1, "price": 39.9, "sku": "LAMP-1",
                "description": "<p>Old text</p>"} | fields  # fmt: skip
        answer = self.store_api.post("v3/catalog/products", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["data"]["id"])

    def effects(self, system: str, containing: str = "") -> list[str]:
        """What was changed in one system, in order."""
        return [entry.effect for entry in self.stage.world.ledger.effects(system, containing)]

    def request(self, store: StoreId, object_type: str, object_id: str, request: str, **detail: str) -> None:
        """A person's click."""
        self.deps.intake.accept(
            NewEvent(store, Source.PERSON, f"click:{time.monotonic_ns()}", Topic.REQUESTED, object_type, object_id,
                     {"request": request, "user": "tester", **detail})
        )  # fmt: skip

    def drain(self, *, rounds: int = 8) -> int:
        """Work until nothing is due, deliveries caused by the work included."""
        done = 0
        for _ in range(rounds):
            ended = jobs.drain_until_idle(self.deps, time.monotonic() + 30)
            done += ended
            if not ended:
                break
        return done

    def hurry(self) -> None:
        """Make everything that waits due now, and end the time of open circuits, as if it had come."""
        with unit_of_work(self.deps.database) as uow:
            for circuit in uow.session.execute(select(Circuit)).scalars():
                circuit.open_until = circuit.probe_until = 0.0
            for row in uow.session.execute(select(Work)).scalars():
                row.due_at = 0.0

    def at(self, when: datetime) -> int:
        """It is `when` now, for everybody; what waited for a time before it is due. Timers ring, then we work."""
        timers.turn_calendars(self.deps)  # as the dispatcher did all along
        passed = (when - utc_now()).total_seconds()
        travel = time_machine.travel(when, tick=True)
        travel.start()
        self.travels.append(travel)
        with unit_of_work(self.deps.database) as uow:
            for row in uow.session.execute(select(Work)).scalars():
                row.due_at -= passed  # these clocks are the database's, which does not travel
            for circuit in uow.session.execute(select(Circuit)).scalars():
                circuit.open_until -= passed
                circuit.probe_until -= passed
        self.stage.tick()
        timers.sweep(self.deps)
        return self.drain()

    def advance(self, **by: float) -> int:
        """So much time passes: `advance(days=30)`."""
        return self.at(utc_now() + timedelta(**by))

    def rows(self, table: type[SQLModel], **where: Any) -> list[Any]:
        with reading(self.deps.database) as session:
            return list(session.execute(select(table).filter_by(**where)).scalars())

    def run_of(self, scenario: str, subject_id: str) -> Run:
        runs = self.rows(Run, scenario=scenario, subject_id=subject_id)
        assert len(runs) == 1, f"{len(runs)} runs of {scenario} for {subject_id}"
        run: Run = runs[0]
        return run

    def steps_of(self, run: Run) -> list[StepRow]:
        return sorted(self.rows(StepRow, run_id=run.id), key=lambda step: step.seq)

    def events(self, **where: Any) -> list[InboxEvent]:
        return self.rows(InboxEvent, **where)

    def store_row(self) -> StoreRow:
        row: StoreRow = self.rows(StoreRow, id=self.store_id)[0]
        return row

    def connection_row(self) -> OpenTextConnection:
        row: OpenTextConnection = self.rows(OpenTextConnection, store_id=self.store_id)[0]
        return row


@contextmanager
def a_house(
    database_url: str, *, addresses: Addresses | None = None, seeded: bool = False, **changes: Any
) -> Iterator[House]:
    """Build it on an empty database; closed at the end. `addresses`, `seeded`: of the stage."""
    settings = a_settings(database_url, **changes)
    reach: dict[str, Any] = {}
    stage = Stage.in_process(lambda environ, start: reach["app"](environ, start), addresses, seeded=seeded)
    bell = SilentBell()
    with database(database_url) as ours:
        deps = wiring.build(settings, transport=stage.transport, doorbell=bell, database=ours)
        make_tables(ours.engine)
        flask = create_app(deps)
        flask.jinja_env.bytecode_cache = TEMPLATES
        reach["app"] = flask
        like = pickle.dumps((settings.model_copy(update={"database_url": "", "data_dir": Path()}), addresses, seeded))
        house = House(settings, stage, deps, bell, flask, like)
        try:
            yield house
        finally:
            for travel in reversed(house.travels):
                travel.stop()
            deps.close()
            stage.world.deliveries.close()
