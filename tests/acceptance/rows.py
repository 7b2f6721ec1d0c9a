"""The table: each row of the catalogue for BigCommerce as one object."""

from tests.acceptance import rows_cases, rows_orders, rows_products
from tests.acceptance.walks import Row

ROWS: tuple[Row, ...] = tuple(
    sorted((*rows_orders.ROWS, *rows_cases.ROWS, *rows_products.ROWS), key=lambda row: row.number)
)
