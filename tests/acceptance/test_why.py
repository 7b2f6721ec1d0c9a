"""Why? For a status, a hold, a price, a mark, a workspace: event, rule, document, decision, action, with people."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.acceptance import rows_orders, rows_products, rows_trade
from tests.acceptance.outside import outside
from tests.acceptance.people import CUSTOMER, ORDER, PRODUCT
from tests.acceptance.walks import Row, Variant, walk
from tests.house import a_house

STATUS = (
    "Why this status?", "An order was placed or changed", "Your store", "Order review", "is at or above your limit of",
    "to “Manual Verification Required”", "Order 100 record.pdf", "Known buyer", "anna.berg@demo",
    "to “Awaiting Fulfillment”",
)  # fmt: skip
HOLD = (
    "Why is it on hold in OpenText?",
    "Write to the buyer about the recall",
    "Our own check",
    "Letters of a recall",
    "REC-1001",
)
PRICE = (
    "Why these prices?", "Content was approved", "Content Server", "Price agreements of customers",
    "Price agreement 2027.csv, version 1", "Approved", "theo.martin@demo", "1 applied, 1 refused",
)  # fmt: skip
MARK = ("Why this mark?", "Content was approved", "Compliance of products", "compliance")
WORKSPACE = ("Why is there a workspace?", "A product was created or changed", "Workspace “Head Torch” is ready")

KINDS = [
    pytest.param(rows_orders.REVIEW, ORDER, STATUS, id="status"),
    pytest.param(rows_products.RECALL, ORDER, HOLD, id="hold"),
    pytest.param(rows_trade.CONTRACT_PRICES, CUSTOMER, PRICE, id="price"),
    pytest.param(rows_products.COMPLIANCE, PRODUCT, MARK, id="mark"),
    pytest.param(rows_products.LAUNCH, PRODUCT, WORKSPACE, id="workspace"),
]


@pytest.mark.parametrize(("row", "page", "chain"), KINDS)
def test_the_panel_tells_the_chain_in_its_order(tmp_path: Path, row: Row, page: str, chain: Sequence[str]) -> None:
    with a_house(f"sqlite:///{tmp_path / 'why.sqlite3'}") as house:
        house.move_in()
        at = outside(house)
        walk(at, row, Variant.PLAIN)
        words = at.words(at.told(page))
    rest = words[words.index(chain[0]) :]
    for link in chain:
        assert link in rest, (link, rest[:2500])
        rest = rest[rest.index(link) + len(link) :]
