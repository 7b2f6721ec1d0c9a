"""Discount rules from the cells of an approved file: one row is one promotion. Strict, as price agreements are.

Columns, in any order and case: name; percent or amount with its currency; optionally SKUs (empty: the whole cart),
code, customer group, starts, ends, most uses. Days are the store's; "ends" is the last day.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.engine.agreements.parsing import RefusedRow, Unfit, columns_of, day_in, decimal_comma, number_in, said_in
from app.engine.agreements.parsing import text_in as text
from app.engine.agreements.table import Cell, Formula, Table, refuse

COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "promotion"),
    "percent": ("percent", "percent off", "discount", "discount %", "%"),
    "amount": ("amount", "amount off"),
    "currency": ("currency", "currency code"),
    "skus": ("skus", "sku", "items", "products"),
    "code": ("code", "coupon code", "coupon"),
    "group": ("customer group", "group"),
    "starts": ("starts", "start", "valid from", "from"),
    "ends": ("ends", "end", "valid to", "valid until", "to"),
    "max_uses": ("most uses", "max uses", "uses"),
}
LONGEST_NAME, LONGEST_CODE, MOST_SKUS, MOST_USES = 100, 50, 100, 10_000_000
Cells = Mapping[str, Cell | Formula]


@dataclass(frozen=True)
class AgreedPromotion:
    """One row. Exactly one of `percent` and `amount` is set."""

    number: int
    name: str
    percent: Decimal | None
    amount: Decimal | None
    currency: str
    skus: tuple[str, ...]
    code: str
    group: str
    starts: date | None
    ends: date | None
    max_uses: int | None


@dataclass(frozen=True)
class Rules:
    """What a file says: the promotions, and the rows that are none."""

    rows: tuple[AgreedPromotion, ...]
    refused: tuple[RefusedRow, ...]


def parse(table: Table) -> Rules:
    """Every row read or refused. Raises Permanent where the file as a whole cannot be understood."""
    columns = columns_of(table.header, COLUMNS, "a file of discount rules")
    if "name" not in columns or not {"percent", "amount"} & set(columns):
        raise refuse("The file needs the columns name, and percent or amount.")
    comma = decimal_comma(table.lines, columns, ("percent", "amount"))
    rows: list[AgreedPromotion] = []
    refused: list[RefusedRow] = []
    seen: dict[str, int] = {}
    for line in table.lines:
        cells = {name: line.cells[place] if place < len(line.cells) else None for name, place in columns.items()}
        try:
            row = _row(line.number, cells, comma)
            if row.name.casefold() in seen:
                raise Unfit(f"The same name as in row {seen[row.name.casefold()]}.")
        except Unfit as unfit:
            refused.append(RefusedRow(line.number, said_in(cells.get("name"))[:LONGEST_NAME], "", str(unfit)))
        else:
            seen[row.name.casefold()] = row.number
            rows.append(row)
    return Rules(tuple(rows), tuple(refused))


def _row(number: int, cells: Cells, comma: bool) -> AgreedPromotion:
    name, code = text(cells.get("name"), "name"), text(cells.get("code"), "code")
    if not name or len(name) > LONGEST_NAME:
        raise Unfit(f"Give a name of at most {LONGEST_NAME} characters.")
    if len(code) > LONGEST_CODE:
        raise Unfit(f"The code is longer than {LONGEST_CODE} characters.")
    starts, ends = day_in(cells.get("starts"), "Starts"), day_in(cells.get("ends"), "Ends")
    if starts and ends and ends < starts:
        raise Unfit("It ends before it starts.")
    percent, amount, currency = _discount(cells, comma)
    return AgreedPromotion(
        number, name, percent, amount, currency, _skus(text(cells.get("skus"), "list of SKUs")), code,
        text(cells.get("group"), "customer group"), starts, ends, _uses(cells, comma),
    )  # fmt: skip


def _discount(cells: Cells, comma: bool) -> tuple[Decimal | None, Decimal | None, str]:
    percent, amount = (
        number_in(cells.get("percent"), comma, "percentage"),
        number_in(cells.get("amount"), comma, "amount"),
    )
    currency = text(cells.get("currency"), "currency").upper()
    if (percent is None) == (amount is None):
        raise Unfit("Give either a percentage or an amount.")
    if percent is not None and not 0 < percent <= 100:
        raise Unfit("The percentage is not above 0 and at most 100.")
    if amount is not None and (amount <= 0 or amount != round(amount, 2)):
        raise Unfit("The amount is not above zero with at most two decimals.")
    if amount is not None and not re.fullmatch(r"[A-Z]{3}", currency):
        raise Unfit("An amount needs its currency, for example EUR.")
    return percent, amount, currency


def _skus(listed: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(sku.strip() for sku in re.split(r"[,;|\n]", listed) if sku.strip()))
    if len(found) > MOST_SKUS:
        raise Unfit(f"A promotion names at most {MOST_SKUS} SKUs.")
    return found


def _uses(cells: Cells, comma: bool) -> int | None:
    uses = number_in(cells.get("max_uses"), comma, "number of uses")
    if uses is not None and (uses != uses.to_integral_value() or not 1 <= uses <= MOST_USES):
        raise Unfit("Most uses is not a whole number from 1 on.")
    return int(uses) if uses is not None else None
