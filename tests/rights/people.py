"""People of a store and of OpenText: a browser framed by the store, the window it opens, OTDS's page filled in."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.db.links import WorkspaceLink
from app.db.rights import PersonSignIn, SignInAttempt, StoreRights
from app.db.session import unit_of_work
from app.db.types import utc_now
from app.domain.rights import Entry, Mode, entry_json
from app.engine.sessions import Role
from sandbox.content_server import documents, tree
from sandbox.people import PASSWORD
from tests.doors import APP, OTHER, OWNER, Browser, Doors
from tests.house import House
from tests.made_once import once

SAM, ANNA, LIAM = "sam.reyes@demo", "anna.berg@demo", "liam.author@demo"
ASK = "Finance gives access"
SECRET_FOLDER, SECRET_NAME = "02 Payment", "Payment canary 4711.pdf"
PDF = b"%PDF-1.7\n%canary\n"
# Whatever else might name what is hidden: an error's text, a step's summary.
CANARY = "canary"


def choose(house: House, mode: Mode, *entries: Entry, contact: str = ASK) -> None:
    """A store's choice, as its settings keep it."""
    with unit_of_work(house.deps.database) as uow:
        row = uow.session.get(StoreRights, house.store_id) or StoreRights(store_id=house.store_id)
        row.mode, row.contact, row.entries = mode.value, contact, [entry_json(one) for one in entries]
        uow.session.add(row)


@dataclass
class Window:
    """The new window a person signs in in: its own cookies, as browsers keep third parties apart."""

    client: FlaskClient
    house: House
    url: str = ""
    started: TestResponse | None = None

    @property
    def asked(self) -> dict[str, str]:
        """What OTDS is asked."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}

    def sign_in_at_otds(self, login: str, password: str = PASSWORD) -> str:
        """Fill in OTDS's page; gives the address the browser is sent back to."""
        http = httpx.Client(transport=self.house.stage.transport, base_url="http://otds.test")
        page = http.get(self.url)
        assert page.status_code == 200, page.text
        fields = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page.text)}
        answer = http.post("/otdsws/oauth2/auth", data=fields | {"username": login, "password": password})
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def come_back(self, location: str) -> TestResponse:
        parts = urlsplit(location)
        return self.client.get(f"{parts.path}?{parts.query}", base_url=f"{parts.scheme}://{parts.netloc}")


@dataclass
class Person:
    """Somebody at the framed panel. Their panel keeps no cookie: the page token proves them, as in a strict browser."""

    house: House
    doors: Doors
    browser: Browser
    windows: list[Window] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.browser.client.get(path, base_url=APP, headers={"X-ECM-Page": self.browser.page} | headers)

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (answer.status_code, path, answer.get_data(as_text=True)[:2000])
        return answer.get_data(as_text=True)

    def post(self, path: str, data: dict[str, Any] | None = None, **kw: Any) -> TestResponse:
        fields = {"page_token": self.browser.page} | (data or {})
        return self.browser.client.post(path, base_url=APP, data=fields, **kw)

    def open_window(self) -> Window:
        """Press "Sign in to OpenText": the form goes to a new window, which has none of the panel's cookies."""
        client = self.house.flask.test_client()
        answer = client.post("/panel/sign-in", base_url=APP, data={"page_token": self.browser.page})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        window = Window(client, self.house, answer.headers["Refresh"].partition("url=")[2], answer)
        self.windows.append(window)
        return window

    def sign_in(self, login: str) -> TestResponse:
        window = self.open_window()
        return window.come_back(window.sign_in_at_otds(login))


@dataclass
class Case:
    """An order with a workspace, a record and a payment document, in a store whose people sign in."""

    house: House
    doors: Doors
    order: str
    workspace: int
    payment: int

    def person(self, user: int = OTHER, role: Role = Role.MANAGER) -> Person:
        browser = self.doors.signed_in(user, role=None if user == OWNER else role)
        browser.client = self.house.flask.test_client(use_cookies=False)
        return Person(self.house, self.doors, browser)

    @property
    def panel(self) -> str:
        return f"/panel/orders/{self.order}"

    def sign_in_row(self) -> PersonSignIn:
        (row,) = self.house.rows(PersonSignIn)
        assert isinstance(row, PersonSignIn)
        return row

    def attempts(self) -> list[SignInAttempt]:
        return self.house.rows(SignInAttempt)

    def age(self, **values: Any) -> None:
        """Let time pass for the sign-in, in its row: a test has no other clock than the app's own."""
        with unit_of_work(self.house.deps.database) as uow:
            uow.session.execute(update(PersonSignIn).values(**values))

    def expire(self) -> None:
        """The access token is over, here and at OTDS."""
        past = utc_now() - timedelta(seconds=5)
        self.age(refresh_at=past, ends_at=past)

    def expire_attempts(self) -> None:
        with unit_of_work(self.house.deps.database) as uow:
            uow.session.execute(update(SignInAttempt).values(expires_at=utc_now() - timedelta(seconds=1)))

    def folder(self, name: str) -> int:
        server = self.house.stage.content_server
        with server.lock:
            return next(one.id for one in tree.children(server.state, self.workspace) if one.name == name)


def a_case(house: House) -> Case:
    """An order, the review's work, a person's payment document, and our look at it."""
    order, workspace, payment = once(house, "an order with a secret", lambda: _begin(house))
    return Case(house, Doors(house), order, workspace, payment)


def _begin(house: House) -> tuple[str, int, int]:
    house.install()
    order = house.place_order()
    house.drain()
    (link,) = [row for row in house.rows(WorkspaceLink) if row.object_type == "order" and row.object_id == order]
    server = house.stage.content_server
    with server.lock:
        actor = server.actor(ANNA)
        folder = next(one for one in tree.children(actor.state, link.workspace_id) if one.name == SECRET_FOLDER)
        payment = documents.create(actor, folder, SECRET_NAME, PDF, "application/pdf").id
    house.request(house.store_id, "order", order, "recheck")
    house.drain()
    return order, link.workspace_id, payment
