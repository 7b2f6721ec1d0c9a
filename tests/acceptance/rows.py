"""The table: each row of the catalogue as one object."""

from tests.acceptance import rows_accounts, rows_cases, rows_letters, rows_orders, rows_products, rows_trade
from tests.acceptance.walks import Row

FAMILIES = (rows_orders, rows_cases, rows_products, rows_trade, rows_letters, rows_accounts)
ROWS: tuple[Row, ...] = tuple(
    sorted((row for family in FAMILIES for row in family.ROWS), key=lambda row: (row.number, row.about))
)
