"""An agreement of 10,000 rows: within the store's quota, at hardly more calls than it must, and through any kill."""

import math
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col

from app.db.links import FiledDocument, WorkspaceLink
from app.db.publications import Publication, PublicationField
from app.db.runs import Run, Work
from app.db.session import unit_of_work
from sandbox import credentials
from sandbox.bigcommerce import product_making
from sandbox.bigcommerce.shop import Shop
from tests.engine import office
from tests.house import House, a_house

ROWS, PAGE, BATCH = 10_000, 250, 1000
QUOTA, WINDOW_MS = 150, 1500  # a Standard plan's requests, in a shorter window than its 30 s


class Killed(BaseException):
    """The worker is gone: nothing more is written down."""


class Executioner(httpx.BaseTransport):
    """Kills the worker at the nth batch of prices, before it has its effect or just after."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner, self.at, self.after_effect, self.batches = inner, 0, False, 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        is_batch = request.method == "PUT" and request.url.path.endswith("/records")
        self.batches += is_batch
        strikes = is_batch and self.batches == self.at
        if strikes and not self.after_effect:
            raise Killed
        response = self.inner.handle_request(request)
        if strikes:
            raise Killed
        return response


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A store of 10,000 products; made before it is installed, so nobody is told of them."""
    with a_house(f"sqlite:///{tmp_path_factory.mktemp('large') / 'ecm.sqlite3'}") as built:
        with office.merchant(built)._acting(credentials.STORE_HASH) as shop:
            stock(shop)
        built.install()
        built.stage.control_panel.set_quota(QUOTA, WINDOW_MS)
        yield built


def stock(shop: Shop) -> None:
    """One product as the stand-in makes them, and 9,999 like it: making each the long way takes minutes."""
    body = {"name": "Bolt", "type": "physical", "weight": 1, "price": 10, "sku": "BOLT-0"}
    first, _failed = product_making.create(shop, body)
    (variant,) = shop.store.variants.values()
    for number in range(1, ROWS):
        product_id, variant_id = shop.store.next("product", 77), shop.store.next("variant", 1)
        shop.store.products[product_id] = deepcopy(first) | {
            "id": product_id, "name": f"Bolt {number}", "sku": f"BOLT-{number}", "base_variant_id": variant_id,
        }  # fmt: skip
        shop.store.variants[variant_id] = deepcopy(variant) | {
            "id": variant_id, "product_id": product_id, "sku": f"BOLT-{number}",
        }  # fmt: skip


def buyer(house: House, name: str) -> tuple[str, int]:
    """A customer in a group of its own; (customer, node of the workspace)."""
    group = house.store_api.post("v2/customer_groups", json={"name": name}).json()["id"]
    made = house.store_api.post("v3/customers", json=[
        {"first_name": "Ada", "last_name": name, "email": f"{name.lower()}@example.com", "customer_group_id": group}
    ])  # fmt: skip
    house.drain()
    customer_id = str(made.json()["data"][0]["id"])
    (link,) = house.rows(WorkspaceLink, object_type="customer", object_id=customer_id)
    return customer_id, link.workspace_id


def approve(house: House, workspace_id: int, rows: int = ROWS) -> None:
    lines = "".join(f"BOLT-{number};EUR;8.50\n" for number in range(rows))
    theo = "theo.martin@demo"
    node = house.write_document(
        workspace_id, "05 Pricing", "Price agreement.csv", f"SKU;Currency;Price\n{lines}".encode(), user=theo
    )
    house.approve(node, user=theo)


def calls(house: House, since: int) -> Counter[tuple[str, str]]:
    """What the store was asked since then, by method and kind of path."""
    found = Counter()
    for entry in house.stage.world.ledger.since(since):
        if entry.system == "bigcommerce" and "/stores/" in entry.path:
            path = entry.path.partition("?")[0]
            found[entry.method, "/".join(part for part in path.split("/")[3:] if not part.isdigit())] += 1
    return found


def now(house: House) -> int:
    return int(house.stage.world.ledger.since()[-1].sequence)


def publication(house: House, customer_id: str) -> Publication:
    (found,) = house.rows(Publication, object_id=customer_id)
    return found


def states(house: House, found: Publication) -> dict[str, int]:
    return Counter(field.state for field in house.rows(PublicationField, publication_id=found.id))


def assigned(house: House, group: str) -> list[int]:
    """The price lists of a customer group."""
    (found,) = [one for one in house.store_api.get("v2/customer_groups").json() if one["name"] == group]
    listed = house.store_api.get("v3/pricelists/assignments", params={"customer_group_id": found["id"]}).json()["data"]
    return [one["price_list_id"] for one in listed]


def lease_runs_out(house: House) -> None:
    """Nobody renews a dead worker's lease; its time is over."""
    with unit_of_work(house.deps.database) as uow:
        uow.session.execute(update(Work).where(col(Work.lease_owner) != "").values(lease_until=1.0))


def test_it_is_published_within_the_quota_at_hardly_more_calls_than_it_must(house):
    small, workspace_id = buyer(house, "Small")
    approve(house, workspace_id, rows=5)  # what a store can do at all is asked once an hour
    house.drain()
    assert publication(house, small).state == "live"
    customer_id, workspace_id = buyer(house, "Whole")
    start = now(house)
    approve(house, workspace_id)
    house.drain()
    found = calls(house, start)
    # Every product once (its price and cost judge the row), every batch once, every record read back once; and the
    # customer, the store's currency, the lists there are, the new list, its assignment, and that read back.
    least = math.ceil(ROWS / PAGE) + math.ceil(ROWS / BATCH) + math.ceil(ROWS / PAGE) + 6
    assert sum(found.values()) <= 1.1 * least, found
    assert found["PUT", "v3/pricelists/records"] == ROWS // BATCH
    assert publication(house, customer_id).state == "live"


def test_killed_in_the_middle_of_a_batch_before_and_after_its_effect_it_goes_on_and_ends_with_its_report(house):
    customer_id, workspace_id = buyer(house, "Killed")
    start, executioner = now(house), Executioner(house.stage.transport.inner)
    house.stage.transport.inner = executioner
    approve(house, workspace_id)
    for executioner.at, executioner.after_effect in ((3, False), (7, True)):
        house.drain()
        assert executioner.batches == executioner.at
        assert house.run_of("price-agreement-customer", customer_id).state == "running"
        assert not assigned(house, "Killed")  # no buyer sees half
        lease_runs_out(house)
    house.drain()
    assert house.run_of("price-agreement-customer", customer_id).state == "done"
    found = publication(house, customer_id)
    assert found.state == "live"
    assert states(house, found) == {"live": ROWS + 1}  # and for whom the list is
    spent = calls(house, start)
    assert executioner.batches == ROWS // BATCH + 1  # only the batch that had no effect, again
    assert spent["PUT", "v3/pricelists/records"] == ROWS // BATCH
    assert spent["GET", "v3/catalog/products"] == math.ceil(ROWS / PAGE)  # judged once
    assert assigned(house, "Killed") == [int(found.target)]
    reports = [one for one in house.rows(FiledDocument) if one.name.startswith("Published prices version 1")]
    assert {one.name.rpartition(".")[2] for one in reports} >= {"csv", "pdf"}
    (run,) = house.rows(Run, scenario="price-agreement-customer", subject_id=customer_id)
    assert f"{ROWS} applied" in " ".join(step.summary for step in house.steps_of(run))
