"""The main job, both ways, on PostgreSQL: the same steps, the same end."""

import json
from collections.abc import Iterator

import pytest

from app.db.cases import CaseRow
from app.db.links import WorkspaceLink
from app.db.runs import Run
from tests.doors import Doors
from tests.engine.test_campaigns import SPRING, Campaign, promotions
from tests.engine.test_prices import GOOD, HEADER, TENT, TORCH, Buyer
from tests.house import House, a_house


@pytest.fixture
def house(postgres_url: str) -> Iterator[House]:
    with a_house(postgres_url) as built:
        built.install()
        yield built


def test_an_order_is_reviewed_and_released(house):
    order_id = house.place_order("950.00", ship_to="FR")
    house.drain()
    house.decide(order_id, "approved")
    house.drain()
    assert house.order(order_id)["status_id"] == 11
    assert house.run_of("order-review", order_id).outcome == "approved"


def test_approved_content_is_published_and_undone(house):
    product_id = house.make_product()
    house.drain()
    (link,) = house.rows(WorkspaceLink, object_type="product", object_id=product_id)
    content = json.dumps({"name": "Approved name"}).encode()
    node_id = house.write_document(link.workspace_id, "01 Content", "Product content.json", content)
    house.approve(node_id)
    house.drain()
    assert house.product(product_id)["name"] == "Approved name"


def test_a_repeated_delivery_is_one_row(house):
    order_id = house.place_order("20.00")
    house.stage.world.deliveries.release()
    house.drain()
    keys = [event.delivery_key for event in house.events(object_id=order_id)]
    assert len(keys) == len(set(keys))


def test_prices_and_promotions_are_published_watched_and_undone(house):
    buyer, campaign = Buyer(house), Campaign(house)
    buyer.approve(HEADER + GOOD)
    assert buyer.prices() == {"NW-TORCH": TORCH, "NW-TENT": TENT}
    shown = Doors(house).signed_in().get(f"/panel/customers/{buyer.id}").get_data(as_text=True)
    assert "Price agreement.csv" in shown
    campaign.write("Promotions.csv", SPRING)
    campaign.legal()
    assert campaign.states() == {"Spring": "live", "Torch days": "live"}
    house.advance(days=1)  # the daily look assigns both to the campaign; the night compares with the store
    assert [row.number for row in house.rows(CaseRow, kind="campaign")] == ["CAM-1001"]
    house.hurry()
    house.drain()
    assert "Compared with your store" in Doors(house).signed_in().get("/").get_data(as_text=True)
    assert house.rows(Run, scenario="gap-report", state="done")
    buyer.ask("undo", publication_id=buyer.publication().id)
    campaign.ask("undo", publication_id=campaign.publication().id)
    assert buyer.prices() == {}
    assert {one["status"] for one in promotions(house).values()} == {"DISABLED"}
