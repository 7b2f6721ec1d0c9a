"""Every row of the catalogue, walked from outside in both stores: set off, decided by people, looked at on both sides.

Each walk is done plainly, in trouble (all doubled and out of order, OpenText down for the first minute) and, where
people decide, with a rejection. However it was walked, the same things are made, each as often as in the plain walk.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from app.domain.ids import Provider
from app.scenarios import ALL
from app.scenarios.catalogue import ROWS as CATALOGUE
from app.stores.shopify.scopes import OPTIONAL
from sandbox.credentials import SHOPIFY_SHOP
from tests.acceptance.outside import Outside, outside
from tests.acceptance.rows import ROWS
from tests.acceptance.stores import STORES
from tests.acceptance.walks import Row, Variant, walk
from tests.house import House, a_house
from tests.made_once import once

# Signing in is no effect: after an outage it is done anew. Nor is writing the same facts on a workspace once more, as
# the daily look at the pages does: what must be once is what is made, filed, moved, paid and sent. A paper about an
# account has a version for each state in which somebody looked at it: a change told in the middle shows one more.
OVER_AGAIN = re.compile(r"token issued|ticket for|workspace .* updated$")
NEWER = re.compile(r"document # version # added")
IDS = r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{32}\b|:[0-9a-f]{16}\b|\d+"
Made = Counter[tuple[str, str]]


class Walker:
    """Walks a row's variants in each store, each in a house of its own, and remembers what the plain one made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[Provider, str], Made] = {}

    def walk(self, provider: Provider, row: Row, variant: Variant) -> Made:
        address = f"sqlite:///{self._folder / f'{provider}-{row.name}-{variant.name}.sqlite3'}"
        with a_house(address) as house:
            made = _in_short(walk(_moved_in(house, provider), row, variant))
        if variant is Variant.PLAIN:
            self._made[provider, row.name] = made
        return made

    def plainly(self, provider: Provider, row: Row) -> Made:
        return self._made.get((provider, row.name)) or self.walk(provider, row, Variant.PLAIN)


def _moved_in(house: House, provider: Provider) -> Outside:
    """A merchant has the app and OpenText; on Shopify, what is optional to grant is granted."""
    if provider is Provider.BIGCOMMERCE:
        house.move_in()
    else:
        once(house, "shop installed with every scope", lambda: _install_shop(house))
    return outside(house, STORES[provider])


def _install_shop(house: House) -> None:
    house.install_shop(connect=True)
    house.stage.shopify_admin.grant(list(OPTIONAL))
    house.request(house.store_id, "store", SHOPIFY_SHOP, "look_at_pages")  # the policies that were there before
    house.drain()


def _in_short(made: Made) -> Made:
    """Without the ids, which follow the order in which things were made."""
    short: Made = Counter()
    for (system, effect), times in made.items():
        if not OVER_AGAIN.match(effect):
            short[system, re.sub(IDS, "#", effect)] += times
    for key in filter(lambda one: NEWER.fullmatch(one[1]), short):
        short[key] = 1
    return short


@pytest.fixture(scope="module")
def walker(tmp_path_factory: pytest.TempPathFactory) -> Walker:
    return Walker(tmp_path_factory.mktemp("walks"))


WALKS = [
    pytest.param(provider, row, variant, id=f"{provider}-{row.name}-{variant.name.lower()}")
    for provider in Provider
    for row in ROWS
    if provider in row.stores
    for variant in row.variants
]


@pytest.mark.parametrize(("provider", "row", "variant"), WALKS)
def test_a_row_is_true_from_outside(walker: Walker, provider: Provider, row: Row, variant: Variant) -> None:
    made = walker.walk(provider, row, variant)
    if variant is Variant.TROUBLED:
        plain = walker.plainly(provider, row)
        assert (made - plain, plain - made) == (Counter(), Counter())


@pytest.mark.parametrize("provider", Provider)
def test_every_row_is_walked_where_it_works_and_says_why_where_it_does_not(provider: Provider) -> None:
    walked = {number for row in ROWS if provider in row.stores for number in row.numbers}
    works = {number for one in ALL if provider in one.providers for number in one.catalogue}
    explained = {number for one in ALL if provider in one.unavailable for number in one.catalogue}
    assert works - walked == set()
    assert set(CATALOGUE) - works - walked - explained == set()
