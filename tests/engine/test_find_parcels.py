"""A tracking number leads to its order in both stores, whatever scenarios are switched on."""

from sqlalchemy import delete
from sqlmodel import col

from app.db import search
from app.db.search import SearchEntry
from app.db.session import reading, unit_of_work
from app.domain.search import prefixes
from app.engine import preferences
from app.scenarios import ALL
from tests.engine import office, shop
from tests.engine.test_fulfilment import ship
from tests.house import House


def switch_all_off(house: House) -> None:
    with unit_of_work(house.deps.database) as uow:
        for one in ALL:
            preferences.save(uow.session, house.store_id, one, {"mode": "off"}, "tester")


def found(house: House, typed: str) -> list[str]:
    with reading(house.deps.database) as session:
        return [one.key[1] for one in search.find(session, house.store_id, prefixes(typed))]


def forget(house: House) -> None:
    """As an order is known that was told before its parcels were."""
    with unit_of_work(house.deps.database) as uow:
        uow.session.execute(delete(SearchEntry).where(col(SearchEntry.kind) == "tracking"))


def test_a_parcel_of_bigcommerce_is_found_by_its_number(house: House) -> None:
    house.move_in()
    switch_all_off(house)
    order_id = office.buy(house, ("NW-TORCH", 2))
    ship(house, order_id, 1)
    house.drain()
    assert found(house, "dhl 4711") == [order_id]
    forget(house)
    house.request(house.store_id, "order", order_id, "recheck")
    house.drain()
    assert found(house, "DHL-4711") == [order_id]


def test_a_parcel_of_shopify_is_found_and_each_of_its_numbers(house: House) -> None:
    house.move_in_shop()
    switch_all_off(house)
    order_id = shop.buy(house, ("NW-TORCH", 2))
    shop.ship(house, order_id, tracking={"company": "DHL", "number": "JD-1, JD-2"})
    house.drain()
    assert found(house, "jd1") == [order_id]
    assert found(house, "jd 2") == [order_id]
