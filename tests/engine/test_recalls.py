"""A recall from the product's page: off sale, everybody told once, everything held; closed there again and let go."""

import pytest

from app.db.cases import CaseRow
from tests.engine import office
from tests.house import House

WORDS = "The battery may overheat. Stop using it."


@pytest.fixture
def sold(installed_house: House) -> tuple[House, str, str]:
    """A torch two buyers have; the product's and the first order's id."""
    product = office.good(installed_house, "NW-TORCH")
    order = office.buy(installed_house)
    return installed_house, product, order


def recall(house: House, product: str) -> CaseRow:
    """A person asks for it on the product's page."""
    person = office.browser(house)
    asked = person.post(f"/panel/products/{product}/ask/open_recall", data={"case_text": WORDS})
    assert asked.status_code == 303, asked.get_data(as_text=True)
    house.drain()
    house.stage.tick()
    house.drain()
    (case,) = house.rows(CaseRow, kind="recall")
    return case


def panel(house: House, product: str) -> str:
    answer = office.browser(house).get(f"/panel/products/{product}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def visible(house: House, product: str) -> bool:
    return bool(house.store_api.get(f"v3/catalog/products/{product}").json()["data"]["is_visible"])


def test_the_products_page_shows_its_recall_and_closing_it_there_lets_everything_go(sold):
    house, product, _order = sold
    assert visible(house, product)
    case = recall(house, product)
    assert (case.product_id, case.state) == (product, "open")
    assert not visible(house, product)
    assert case.number in panel(house, product)
    holds = house.effects("content_server", "hold")
    assert holds
    path = f"/panel/products/{product}/cases/{case.id}/close"
    empty = office.browser(house).post(path, data={"outcome": " "})
    assert empty.status_code == 422
    assert office.browser(house).post(path, data={"outcome": "All torches exchanged"}).status_code == 303
    house.drain()
    after = house.rows(CaseRow, id=case.id)[0]
    assert (after.state, after.outcome) == ("closed", "All torches exchanged")
    assert len(house.effects("content_server", "hold")) > len(holds), "the hold was released"
    assert house.run_of("recall-end", case.id).state == "done"
    assert not visible(house, product), "it is sold again only where that was chosen"
    assert "All torches exchanged" in panel(house, product)


def test_another_page_closes_nothing(sold):
    house, product, order = sold
    case = recall(house, product)
    other = office.good(house, "NW-TENT")
    for page in (f"products/{other}", f"orders/{order}"):
        refused = office.browser(house).post(f"/panel/{page}/cases/{case.id}/close", data={"outcome": "Mine"})
        assert refused.status_code == 404
    assert house.rows(CaseRow, id=case.id)[0].state == "open"
