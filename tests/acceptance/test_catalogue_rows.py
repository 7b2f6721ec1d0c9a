"""Every row of the catalogue, walked from outside: set off, decided by people, looked at on both sides.

Each walk is done plainly, with everything doubled and out of order, with OpenText down for the first minute, and, where
people decide, with a rejection. However it was walked, the same things are made, each as often as in the plain walk.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from app.scenarios.catalogue import LETTERS
from app.scenarios.catalogue import ROWS as CATALOGUE
from tests.acceptance.outside import outside
from tests.acceptance.rows import ROWS
from tests.acceptance.walks import Row, Variant, walk
from tests.house import a_house

BIGCOMMERCE = range(1, 1 + max(number for number, row in CATALOGUE.items() if row.pairing == LETTERS))
# Signing in is no effect: after an outage it is done anew. Nor is writing the same facts on a workspace once more, as
# the daily look at the pages does: what must be once is what is made, filed, moved, paid and sent.
OVER_AGAIN = re.compile(r"token issued|ticket for|workspace .* updated$")
IDS = r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{32}\b|:[0-9a-f]{16}\b|\d+"
Made = Counter[tuple[str, str]]


class Walker:
    """Walks a row's variants, each in a house of its own, and remembers what the plain one made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[int, str], Made] = {}

    def walk(self, row: Row, variant: Variant) -> Made:
        address = f"sqlite:///{self._folder / f'{row.number}{row.about}-{variant.name}.sqlite3'}"
        with a_house(address) as house:
            house.move_in()
            made = _in_short(walk(outside(house), row, variant))
        if variant is Variant.PLAIN:
            self._made[row.number, row.about] = made
        return made

    def plainly(self, row: Row) -> Made:
        return self._made.get((row.number, row.about)) or self.walk(row, Variant.PLAIN)


def _in_short(made: Made) -> Made:
    """Without the ids, which follow the order in which things were made."""
    short: Made = Counter()
    for (system, effect), times in made.items():
        if not OVER_AGAIN.match(effect):
            short[system, re.sub(IDS, "#", effect)] += times
    return short


@pytest.fixture(scope="module")
def walker(tmp_path_factory: pytest.TempPathFactory) -> Walker:
    return Walker(tmp_path_factory.mktemp("walks"))


WALKS = [
    pytest.param(row, variant, id=f"{row.number}{row.about}-{variant.name.lower()}")
    for row in ROWS
    for variant in row.variants
]


@pytest.mark.parametrize(("row", "variant"), WALKS)
def test_a_row_is_true_from_outside(walker: Walker, row: Row, variant: Variant) -> None:
    made = walker.walk(row, variant)
    if variant in (Variant.DOUBLED, Variant.DOWN):
        plain = walker.plainly(row)
        assert (made - plain, plain - made) == (Counter(), Counter())


def test_every_row_is_walked() -> None:
    assert sorted({row.number for row in ROWS}) == list(BIGCOMMERCE)
