"""More prices than one write takes: handed to Shopify as one file, through any kill, while others keep their share."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col

from app.db.runs import Run, Work
from app.db.session import unit_of_work
from app.domain.ids import PriceListId
from sandbox.shopify import making
from tests.engine.merchants import SHOP, Partner
from tests.house import House, a_house

ROWS = 520  # three lines of a file
HEADER = "SKU;Currency;Price;From quantity\n"


class Killed(BaseException):
    """The worker is gone: nothing more is written down."""


class Executioner(httpx.BaseTransport):
    """Kills the worker at an operation, before it has its effect or just after. Counts what is asked, notes budgets."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner, self.at, self.after_effect = inner, "", False
        self.asked: Counter[str] = Counter()
        self.left: list[float] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        name = json.loads(request.read())["operationName"] if request.url.path.endswith("graphql.json") else ""
        self.asked[name] += 1
        strikes = bool(name) and name == self.at
        if strikes:
            self.at = ""
        if strikes and not self.after_effect:
            raise Killed
        response = self.inner.handle_request(request)
        if name:
            response.read()
            told = response.json()
            self.asked["throttled"] += "THROTTLED" in response.text
            self.left.append(told["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"])
        if strikes:
            raise Killed
        return response


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A shop of many products; made before it is installed, so nobody is told of them."""
    with a_house(f"sqlite:///{tmp_path_factory.mktemp('large') / 'ecm.sqlite3'}") as built:
        with built.stage.shopify.acting(SHOP) as shop:
            shop.muted = True
            for number in range(ROWS):
                making.variant(shop, making.product(shop, title=f"Bolt {number}"), price="10.00", sku=f"BOLT-{number}")
        built.install_shop(connect=True)
        yield built


@pytest.fixture
def watched(house: House) -> Iterator[Executioner]:
    inner = house.stage.transport.inner
    house.stage.transport.inner = watcher = Executioner(inner)
    yield watcher
    house.stage.transport.inner = inner


def lease_runs_out(house: House) -> None:
    """Nobody renews a dead worker's lease; its time is over."""
    with unit_of_work(house.deps.database) as uow:
        uow.session.execute(update(Work).where(col(Work.lease_owner) != "").values(lease_until=1.0))


def agreed(price: str, rows: int = ROWS) -> str:
    return (
        HEADER + "".join(f"BOLT-{number};EUR;{price};\n" for number in range(rows)) + f"BOLT-0;EUR;{price[0]},10;10\n"
    )


def operations(house: House) -> list[str]:
    with house.stage.shopify.acting(SHOP) as shop:
        return [one["status"] for one in shop.all("BulkOperation") if one["type"] == "MUTATION"]


def wait_for_shopify(house: House) -> None:
    house.stage.world.clock.advance(timedelta(seconds=90))
    house.stage.tick()
    house.hurry()
    house.drain()


def test_killed_before_and_after_it_began_it_is_begun_once_waited_for_and_ends_with_its_report_and_can_be_taken_back(
    house: House, watched: Executioner
) -> None:
    house.stage.shopify.store(SHOP).bulk_seconds = 60
    house.stage.shopify_admin.rival(400)  # of the 1,000 points that come back each second
    partner = Partner(house, "Werft AG")
    node = partner.write(agreed("8,50"))
    house.approve(node, user="theo.martin@demo")
    for watched.at, watched.after_effect, begun in (("BulkRunMutation", False, 0), ("BulkRunMutation", True, 1)):
        house.drain()
        assert watched.at == ""
        assert len(operations(house)) == begun
        assert house.run_of("price-agreement-company", partner.id).state == "running"
        lease_runs_out(house)
    house.drain()
    assert operations(house) == ["CREATED"]
    assert partner.prices() == {}  # no buyer sees half
    wait_for_shopify(house)
    assert operations(house) == ["COMPLETED"]
    (run,) = house.rows(Run, scenario="price-agreement-company", subject_id=partner.id)
    assert run.state == "done", [step.summary for step in house.steps_of(run)]
    assert f"{ROWS + 1} applied" in " ".join(step.summary for step in house.steps_of(run))
    assert Counter(partner.states().values()) == {"live": ROWS + 1}  # and for whom the list is
    assert len(partner.prices()) == ROWS
    assert len(partner.report()) == ROWS + 1
    assert (watched.asked["QuantityPricing"], watched.asked["throttled"]) == (0, 0)
    # What is read page by page leaves half of the bucket to the panel and to others.
    assert min(watched.left) >= 20_000 * 0.3, min(watched.left)
    # All of it is taken back, except what a person changed.
    partner.change("BOLT-7", "1.00")
    partner.ask("undo", publication_id=partner.publication().id)
    states = Counter(partner.states().values())
    assert states == {"undone": ROWS, "kept": 1}, states
    prices = house.deps.store(house.store_id).read.prices(PriceListId(partner.publication().target))
    assert [(one.sku, str(one.price)) for one in prices] == [("BOLT-7", "1.00")]
