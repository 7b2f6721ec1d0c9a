"""Fulfilment: every shipment has its folder, its papers, and what others still owe."""

import pytest

from app.db.links import FiledDocument
from app.db.runs import Run
from tests.engine import office
from tests.house import House


def ship(house: House, order_id: str, quantity: int, **more: object) -> str:
    line = int(office.line_ids(house, order_id)[0])
    made = office.merchant(house).create(
        "shipments",
        {"order_id": int(order_id), "items": [{"order_product_id": line, "quantity": quantity}],
         "tracking_number": "DHL-4711", "shipping_provider": "dhl", **more},
    )  # fmt: skip
    house.drain()
    return str(made["id"])


@pytest.fixture
def sold(installed_house: House) -> tuple[House, str]:
    office.switch_on(installed_house, "fulfilment-file")
    return installed_house, office.buy(installed_house, ("NW-TORCH", 2))


def test_each_shipment_gets_its_folder_and_papers_once(sold):
    house, order_id = sold
    first, second = ship(house, order_id, 1), ship(house, order_id, 1)
    house.store_api.put(f"v2/orders/{order_id}", json={"customer_message": "Thanks"})
    house.drain()
    runs = house.rows(Run, scenario="fulfilment-file")
    assert sorted(run.occasion for run in runs) == sorted([f"shipment:{first}", f"shipment:{second}"])
    assert {run.state for run in runs} == {"done"}
    names = office.papers(house, "order", order_id)
    for number in (first, second):
        assert names[f"Packing slip {order_id}, shipment {number}.pdf"] == "Shipping documents"
        assert names[f"Shipping confirmation {order_id}, shipment {number}.pdf"] == "Shipping documents"
    (slip,) = house.rows(FiledDocument, name=f"Packing slip {order_id}, shipment {first}.pdf")
    assert slip.folder == f"05 Fulfilment/Shipment {first}"
    words = office.text_of(house, f"Shipping confirmation {order_id}, shipment {first}.pdf")
    assert "DHL-4711" in words
    assert "Hauptstraße 1" in words
    assert f"Proof of delivery of shipment {first}" in runs[0].facts["document_types"] + runs[1].facts["document_types"]


def test_papers_for_customs_are_asked_for_only_where_a_border_is_crossed(installed_house):
    house = installed_house
    office.switch_on(house, "fulfilment-file", countries_without_customs="DE, AT")
    abroad = office.buy(house, shipping={"country": "CH", "city": "Basel", "zip": "4001"})
    ship(house, abroad, 2)
    (run,) = house.rows(Run, scenario="fulfilment-file")
    assert "Customs declaration of shipment" in run.facts["document_types"]
    at_home = office.buy(house)
    ship(house, at_home, 2)
    second = house.run_of("fulfilment-file", at_home)
    assert "Customs" not in second.facts["document_types"]


def test_it_is_off_until_somebody_switches_it_on(installed_house):
    order_id = office.buy(installed_house)
    ship(installed_house, order_id, 2)
    assert installed_house.rows(Run, scenario="fulfilment-file") == []


def test_opentext_down_delays_the_papers(sold):
    house, order_id = sold
    rule = office.stop_opentext(house)
    ship(house, order_id, 2)
    assert house.run_of("fulfilment-file", order_id).state == "running"
    office.heal(house, rule)
    assert house.run_of("fulfilment-file", order_id).state == "done"
