"""Fixtures of the engine's tests."""

from collections.abc import Iterator

import pytest

from app.settings import BigCommerceSettings
from sandbox import credentials
from tests.engine import office
from tests.house import House, a_house
from tests.made_once import once


@pytest.fixture
def b2b_house(sqlite_url: str) -> Iterator[House]:
    """A store with B2B Edition."""
    shop = BigCommerceSettings(
        client_id=credentials.APP_CLIENT_ID, client_secret=credentials.APP_CLIENT_SECRET,
        login_url="http://bigcommerce.test", api_url="http://bigcommerce.test", b2b_url="http://bigcommerce.test",
        frame_ancestors=("http://desk.test",),
    )  # fmt: skip
    with a_house(sqlite_url, bigcommerce=shop) as house:
        once(house, "b2b installed", lambda: _install(house))
        yield house


def _install(house: House) -> None:
    with office.merchant(house)._acting(credentials.STORE_HASH) as found:
        found.store.b2b = True
    house.install()


@pytest.fixture
def selling(house: House) -> House:
    """The house with the Shopify shop installed and OpenText connected."""
    house.move_in_shop()
    return house
