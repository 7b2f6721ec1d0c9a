"""Somebody at the desk, over the whole house in one process, without a browser."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from sandbox.bigcommerce.merchant import Merchant
from sandbox.desk import make_desk
from sandbox.office import Repository, TaskInbox
from tests.house import House
from tests.made_once import once

DESK = "http://desk.test"


@dataclass
class Visitor:
    """Follows redirects and keeps cookies, as a browser does."""

    client: httpx.Client
    house: House

    def open(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def send(self, path: str, **fields: str) -> str:
        """A form; gives the page one lands on."""
        answer = self.client.post(path, data=fields)
        assert answer.status_code == 200, answer.text
        return answer.text

    @property
    def merchant(self) -> Merchant:
        return Merchant(self.house.stage.bigcommerce)

    @property
    def repository(self) -> Repository:
        return Repository(self.house.stage)

    @property
    def inbox(self) -> TaskInbox:
        return TaskInbox(self.house.stage)


def said(page: str) -> str:
    """The note on top of a page."""
    found = re.search(r'<p class="note note-(?:good|bad)" role="status">(.*?)</p>', page, re.DOTALL)
    return html.unescape(found[1]) if found else ""


@pytest.fixture
def visitor(house: House) -> Iterator[Visitor]:
    """Nothing is installed yet."""
    desk = make_desk(house.stage)
    with httpx.Client(transport=httpx.WSGITransport(app=desk), base_url=DESK, follow_redirects=True) as client:
        yield Visitor(client, house)


@pytest.fixture
def at_work(visitor: Visitor) -> Visitor:
    """The app is installed; one order is being reviewed and one product has its workspace."""
    once(visitor.house, "an order and a product at work", lambda: _begin(visitor))
    return visitor


def _begin(visitor: Visitor) -> None:
    visitor.house.install()
    visitor.merchant.create("orders", {"total": "749.90", "shipping": {"country_iso2": "NG"}})
    visitor.merchant.create("products", {"name": "Trail lamp"})
    visitor.house.drain()
