"""Regulated products: warned 60, 30 and 7 days before a certificate expires, hidden on the day, back when renewed."""

from datetime import timedelta

import pytest

from app.db.runs import Run
from app.db.timers import Timer
from sandbox.office.repository import NewFile, Repository
from tests.engine import office
from tests.house import House

PDF = b"%PDF-1.7\nDeclaration of conformity"
TYPE = "Declaration of conformity"
WARNING = "product-compliance-warning"


@pytest.fixture
def regulated(installed_house: House) -> tuple[House, str]:
    """A product that may only be sold with a valid declaration; hidden, for it has none yet."""
    office.switch_on(installed_house, "product-compliance", skus="NW-")
    product = office.good(installed_house, "NW-TORCH")
    installed_house.drain()
    return installed_house, product


def declare(house: House, name: str = "CE declaration.pdf", document: int | None = None) -> int:
    """An author files the declaration (or its next version), an approver approves it; its id."""
    desk = Repository(house.stage)
    (workspace,) = desk.workspaces("PRODUCT", "", brief=True)
    new = NewFile(
        PDF + str(document).encode(), name, "application/pdf", document=document,
        workspace=None if document else workspace["id"], folder="" if document else "03 Compliance",
        document_type="" if document else TYPE,
    )  # fmt: skip
    node = int(desk.file("liam.author@demo", new)["id"])
    desk.decide("tom.okafor@demo", node, "Approved", "", None)
    house.drain()
    return node


def visible(house: House, product: str) -> bool:
    return bool(house.store_api.get(f"v3/catalog/products/{product}").json()["data"]["is_visible"])


def panel(house: House, product: str) -> str:
    return str(office.browser(house).get(f"/panel/products/{product}").get_data(as_text=True))


def test_it_warns_on_the_days_hides_on_the_last_and_shows_again_with_a_new_version(regulated):
    house, product = regulated
    assert not visible(house, product)
    node = declare(house)
    assert visible(house, product)
    reminders = sorted(timer.due_at for timer in house.rows(Timer, object_id=product))
    assert len(reminders) == 4, "60, 30 and 7 days before, and the day itself"
    last = reminders[-1]
    for days, expected in ((60, 1), (30, 2), (7, 3)):
        house.at(last - timedelta(days=days) + timedelta(minutes=5))
        assert len(house.rows(Run, scenario=WARNING, subject_id=product)) == expected
        assert visible(house, product)
        assert f"expires in {days} days" in panel(house, product)
    house.at(last + timedelta(minutes=5))
    assert not visible(house, product)
    assert "is hidden and off sale" in panel(house, product)
    declare(house, document=node)
    assert visible(house, product)
    assert len(house.rows(Timer, object_id=product)) == 4, "the new version has days of its own"


def test_a_product_a_person_shows_again_stays_shown(regulated):
    house, product = regulated
    assert not visible(house, product)
    house.store_api.put(f"v3/catalog/products/{product}", json={"is_visible": True})
    house.drain()
    assert visible(house, product)
