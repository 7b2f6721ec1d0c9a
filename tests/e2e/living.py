"""A whole product that runs behind real pages: people open it from their store, and what they press has its effect.

The app is served over HTTP; the store and OpenText are the stand-ins in process. `works()` is what the worker does.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from app.db.links import FiledDocument, WorkspaceLink
from app.db.rights import StoreRights
from app.db.session import unit_of_work
from app.domain.rights import Entry, entry_json
from app.engine.sessions import Role
from sandbox.content_server.model import Node
from sandbox.kernel.faults import FaultRule
from sandbox.server import Server
from sandbox.stage import Addresses
from tests.doors import OWNER, Doors
from tests.e2e.windows import watched
from tests.house import House, a_house

OPENTEXT = ("content_server", "otds", "workflow", "exstream")


@dataclass
class Somebody:
    """One person at one browser; dialogs, script errors and refusals of the browser are collected."""

    living: "Living"
    user: int
    context: BrowserContext
    page: Page
    problems: list[str]

    def opens(self, path: str) -> Page:
        self.page.goto(f"{self.living.url}{path}")
        return self.page

    def expected(self, *words: str) -> None:
        """These refusals were meant: the browser writes a line about each."""
        self.problems[:] = [one for one in self.problems if not any(word in one for word in words)]


@dataclass
class Living:
    """One running product; `people` whoever came."""

    house: House
    url: str
    browser: Browser
    people: list[Somebody] = field(default_factory=list)

    @property
    def doors(self) -> Doors:
        return Doors(self.house)

    # people

    def comes(
        self, user: int = OWNER, role: Role | None = None, *, path: str = "/", width: int = 1024, locale: str = "en-GB",
        **context: Any,
    ) -> Somebody:  # fmt: skip
        """Somebody opens the app in their store's control panel: the store's signed request, in a browser."""
        person = self.stranger(width=width, locale=locale, **context)
        person.user = user
        who = {"id": user, "email": f"user{user}@example.com", "locale": locale}
        self._opens(person, who, path)
        if role is not None and user != OWNER:
            self.doors.give_role(user, role)
            person.page.reload()
        return person

    def again(self, person: Somebody, path: str) -> None:
        """They open it once more."""
        self._opens(person, {"id": person.user, "email": f"user{person.user}@example.com", "locale": "en-GB"}, path)

    def _opens(self, person: Somebody, who: dict[str, Any], path: str) -> None:
        token = self.doors.payload(person.user, url=path, user=who)
        person.opens(f"/bigcommerce/load?signed_payload_jwt={token}")

    def stranger(self, *, width: int = 390, locale: str = "en-GB", **context: Any) -> Somebody:
        """A browser nobody signed in with: a buyer, an approver, a telephone."""
        opened = self.browser.new_context(
            viewport={"width": width, "height": 900}, locale=locale, accept_downloads=True, **context
        )
        page = opened.new_page()
        page.set_default_timeout(15_000)
        found = Somebody(self, 0, opened, page, watched(page))
        self.people.append(found)
        return found

    def all_leave(self) -> list[str]:
        """Everybody closes their browser; what went wrong in any of them."""
        problems = [line for one in self.people for line in one.problems]
        for one in self.people:
            one.context.close()
        self.people.clear()
        return problems

    def gives_rights(self, *entries: Entry, contact: str = "") -> None:
        """The store's map, as its settings keep it; none is everything to everybody."""
        with unit_of_work(self.house.deps.database) as uow:
            row = uow.session.get(StoreRights, self.house.store_id) or StoreRights(store_id=self.house.store_id)
            row.entries, row.contact = [entry_json(one) for one in entries], contact
            uow.session.add(row)

    # what happens elsewhere

    def works(self) -> None:
        """Time passes until nothing is due."""
        self.house.hurry()
        self.house.drain()

    def order_under_review(self, **fields: Any) -> str:
        """Ordered, held for its total, filed, asked about; looked at once more, as the panel asks for."""
        order = self.house.place_order(**{"total": "950.00", "ship_to": "FR"} | fields)
        self.works()
        self.looks_again("order", order)
        return order

    def looks_again(self, kind: str, object_id: str) -> None:
        self.house.request(self.house.store_id, kind, object_id, "recheck")
        self.works()

    @contextmanager
    def opentext_is_down(self) -> Iterator[None]:
        faults = self.house.stage.world.faults
        rules = [faults.add(FaultRule(system=one, kind="status", status=503)) for one in OPENTEXT]
        try:
            yield
        finally:
            for rule in rules:
                faults.remove(rule.id)

    # what is there

    def workspace(self, kind: str, object_id: str) -> WorkspaceLink:
        (found,) = self.house.rows(WorkspaceLink, object_type=kind, object_id=object_id)
        assert isinstance(found, WorkspaceLink)
        return found

    def document(self, order: str, name: str) -> FiledDocument:
        link = self.workspace("order", order)
        (found,) = self.house.rows(FiledDocument, link_id=link.id, name=name)
        assert isinstance(found, FiledDocument)
        return found

    def in_opentext(self, name: str) -> list[Node]:
        """Content Server's own items of that name."""
        return [one for one in self.house.stage.content_server.state.nodes.values() if one.name == name]

    def types_of(self, name: str) -> list[str]:
        state = self.house.stage.content_server.state
        (node,) = self.in_opentext(name)
        return [state.nodes[one].name for one in node.classification_ids]


@contextmanager
def a_living(folder: Path, browser: Browser) -> Iterator[Living]:
    """Installed, connected, served; ended with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with a_house(f"sqlite:///{folder / 'ecm.sqlite3'}", addresses=Addresses(app=url), public_url=url) as house:
        server = Server(house.flask, int(url.rpartition(":")[2])).start()
        house.install()
        try:
            yield Living(house, url, browser)
        finally:
            server.stop()
