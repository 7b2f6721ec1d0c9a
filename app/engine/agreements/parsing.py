"""Rows of a price agreement from the cells of its file. Strict: what is not understood is refused, with its row.

Columns, in any order and case: SKU and currency; price or discount; optionally from quantity, valid from, valid to,
note. Several rows of one SKU and currency are its quantity tiers. Decimal comma or point is one per file.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.engine.agreements.table import Cell, Formula, Line, Table, refuse

COLUMNS: dict[str, tuple[str, ...]] = {
    "sku": ("sku", "product sku", "item", "item number"),
    "currency": ("currency", "currency code"),
    "price": ("price", "unit price", "net price", "agreed price"),
    "discount": ("discount", "discount %", "discount percent", "rebate", "rebate %", "rebate percent", "percent"),
    "from_quantity": ("from quantity", "from qty", "quantity from", "min quantity", "minimum quantity"),
    "valid_from": ("valid from", "from", "start", "start date"),
    "valid_to": ("valid to", "valid until", "to", "end", "end date"),
    "note": ("note", "notes", "comment", "remark", "remarks"),
}
LONGEST_SKU = 255
MOST_QUANTITY = 1_000_000
MOST_PLACES = 4
NUMBER = re.compile(r"\d{1,12}(?:[.,]\d{1,9})*")
ISO_DATE, POINT_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})"), re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


@dataclass(frozen=True)
class AgreedRow:
    """One row. Exactly one of `price` (a unit price) and `discount` (percent off the catalogue's price) is set."""

    number: int
    sku: str
    currency: str
    price: Decimal | None
    discount: Decimal | None
    from_quantity: int = 1
    note: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.sku.casefold(), self.currency


@dataclass(frozen=True)
class RefusedRow:
    """A row that will not be published, and why in words."""

    number: int
    sku: str
    currency: str
    reason: str


@dataclass(frozen=True)
class Agreement:
    """What a file says. Dates are days in the store's time zone; `valid_to` is the last day."""

    rows: tuple[AgreedRow, ...]
    refused: tuple[RefusedRow, ...]
    valid_from: date | None = None
    valid_to: date | None = None


class Unfit(Exception):
    """Why a row is refused."""


def parse(table: Table) -> Agreement:
    """Every row read or refused. Raises Permanent where the file as a whole cannot be understood."""
    columns = _columns(table.header)
    comma = decimal_comma(table.lines, columns)
    rows: list[AgreedRow] = []
    refused: list[RefusedRow] = []
    dates: tuple[date | None, date | None] | None = None
    for line in table.lines:
        cells = {name: line.cells[place] if place < len(line.cells) else None for name, place in columns.items()}
        try:
            row = _row(line.number, cells, comma)
            dates = _dates(cells, dates)
        except Unfit as unfit:
            sku, currency = said_in(cells.get("sku")), said_in(cells.get("currency"))
            refused.append(RefusedRow(line.number, sku, currency, str(unfit)))
        else:
            rows.append(row)
    kept, repeated = _without_repeats(rows)
    valid_from, valid_to = dates or (None, None)
    if valid_from and valid_to and valid_to < valid_from:
        raise refuse("The agreement ends before it begins: look at “Valid from” and “Valid to”.")
    return Agreement(
        tuple(kept), tuple(sorted([*refused, *repeated], key=lambda one: one.number)), valid_from, valid_to
    )


def columns_of(
    header: Iterable[str], spellings_of: Mapping[str, tuple[str, ...]] = COLUMNS, about: str = "a price agreement"
) -> dict[str, int]:
    """Where each known column stands. A column we do not know is an error: it may be a misspelt one."""
    known = {spelling: name for name, spellings in spellings_of.items() for spelling in spellings}
    found: dict[str, int] = {}
    for place, title in enumerate(header):
        name = known.get(re.sub(r"[\s_]+", " ", title.casefold()).strip(" :*"))
        if name is None and title:
            raise refuse(f"The column “{title[:60]}” is not one of {about}.", f"Known are: {titles(spellings_of)}.")
        if name in found:
            raise refuse(f"The column “{title[:60]}” stands there twice.")
        if name is not None:
            found[name] = place
    return found


def _columns(header: Iterable[str]) -> dict[str, int]:
    found = columns_of(header)
    missing = [name for name in ("sku", "currency") if name not in found]
    if "price" not in found and "discount" not in found:
        missing.append("price")
    if missing:
        raise refuse(f"The file has no column for: {', '.join(missing)}.", f"Known columns are: {titles(COLUMNS)}.")
    return found


def titles(spellings_of: Mapping[str, tuple[str, ...]]) -> str:
    return ", ".join(spellings[0] for spellings in spellings_of.values())


# --- numbers ---------------------------------------------------------------------------------------------------------


def decimal_comma(
    lines: Iterable[Line], columns: Mapping[str, int], names: tuple[str, ...] = ("price", "discount")
) -> bool:
    """Is the comma the decimal sign of this file? What could be either way is refused, not guessed."""
    votes: dict[bool, int] = {}
    unclear = 0
    places = [(name, columns[name]) for name in names if name in columns]
    for line in lines:
        for name, place in places:
            cell = line.cells[place] if place < len(line.cells) else None
            if isinstance(cell, str) and NUMBER.fullmatch(_bare(cell)):
                vote = _vote(_bare(cell), may_be_thousands=name in ("price", "amount"))
                if vote is not None:
                    votes.setdefault(vote, line.number)
                elif "," in cell or "." in cell:
                    unclear = unclear or line.number
    if len(votes) == 2:
        raise refuse(
            f"Rows {votes[True]} and {votes[False]} write decimals in different ways.",
            "Use a comma or a point, not both.",
        )
    if unclear and not votes:
        raise refuse(
            f"Row {unclear} can be read in two ways: is the sign in it a decimal sign or does it part thousands?",
            "Write prices with two decimals.",
        )
    return votes.popitem()[0] if votes else False


def _vote(text: str, *, may_be_thousands: bool) -> bool | None:
    """True: the comma is decimal here; False: the point; None: this number does not tell."""
    signs = [one for one in text if one in ".,"]
    if not signs:
        return None
    if len(set(signs)) == 2:
        return signs[-1] == ","
    if len(signs) > 1:  # 1.000.000: it parts thousands, so the other is decimal
        return signs[0] == "."
    is_unclear = may_be_thousands and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text)
    return None if is_unclear else signs[0] == ","


def _bare(text: str) -> str:
    return text.replace(" ", "").replace("’", "").replace("'", "").removesuffix("%")


def number_in(cell: Cell | Formula, comma: bool, what: str) -> Decimal | None:
    if cell is None:
        return None
    if isinstance(cell, Formula):
        raise Unfit(f"The {what} is a formula; put its value there.")
    if isinstance(cell, Decimal):
        return cell
    text = _bare(cell) if isinstance(cell, str) else ""
    if not NUMBER.fullmatch(text):
        raise Unfit(f"The {what} “{said_in(cell)[:40]}” is not a number above zero.")
    whole = text.replace("." if comma else ",", "")
    if not re.fullmatch(r"\d+(?:[.,]\d+)?", whole):
        raise Unfit(f"The {what} “{text[:40]}” is not a number above zero.")
    return Decimal(whole.replace(",", "."))


def _price(cells: Mapping[str, Cell | Formula], comma: bool) -> tuple[Decimal | None, Decimal | None]:
    price, discount = number_in(cells.get("price"), comma, "price"), number_in(cells.get("discount"), comma, "discount")
    if (price is None) == (discount is None):
        raise Unfit("Give either a price or a discount." if price is None else "Give a price or a discount, not both.")
    if price is not None:
        price = _rounded(price)
        if price <= 0:
            raise Unfit("The price is not above zero.")
    if discount is not None and not 0 < discount < 100:
        raise Unfit("The discount is not between 0 and 100 %.")
    return price, discount


def _rounded(price: Decimal) -> Decimal:
    """Spreadsheets keep 12.1 as 12.0999…: noise beyond nine places goes; more than four real ones are refused."""
    clean = round(price, 9).normalize()
    places = -int(clean.as_tuple().exponent)
    if places > MOST_PLACES:
        raise Unfit(f"The price has more than {MOST_PLACES} decimals.")
    return clean if places >= 0 else clean.quantize(Decimal(1))


# --- rows ------------------------------------------------------------------------------------------------------------


def _row(number: int, cells: Mapping[str, Cell | Formula], comma: bool) -> AgreedRow:
    sku = text_in(cells.get("sku"), "SKU")
    if not sku:
        raise Unfit("The SKU is missing.")
    if len(sku) > LONGEST_SKU:
        raise Unfit(f"The SKU is longer than {LONGEST_SKU} characters.")
    currency = text_in(cells.get("currency"), "currency").upper()
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise Unfit(f"“{currency[:20]}” is no currency code such as EUR." if currency else "The currency is missing.")
    price, discount = _price(cells, comma)
    quantity = number_in(cells.get("from_quantity"), comma, "quantity")
    if quantity is not None and (quantity != quantity.to_integral_value() or not 1 <= quantity <= MOST_QUANTITY):
        raise Unfit("The quantity is not a whole number from 1 on.")
    return AgreedRow(number, sku, currency, price, discount, int(quantity or 1), text_in(cells.get("note"), "note"))


def text_in(cell: Cell | Formula, what: str) -> str:
    if isinstance(cell, Formula):
        raise Unfit(f"The {what} is a formula; put its value there.")
    if isinstance(cell, Decimal):  # a spreadsheet takes 4711 for a number
        return str(cell.to_integral_value()) if cell == cell.to_integral_value() else str(cell)
    return "" if cell is None else str(cell)


def said_in(cell: Cell | Formula) -> str:
    return "" if cell is None or isinstance(cell, Formula) else str(cell)[:LONGEST_SKU]


def _dates(
    cells: Mapping[str, Cell | Formula], known: tuple[date | None, date | None] | None
) -> tuple[date | None, date | None] | None:
    """One pair of dates per agreement: each row repeats it or leaves it out."""
    found = (day_in(cells.get("valid_from"), "Valid from"), day_in(cells.get("valid_to"), "Valid to"))
    if found == (None, None):
        return known
    if known is not None and found != known:
        raise Unfit("The dates differ from those of the rows before; put these rows into an agreement of their own.")
    return found


def day_in(cell: Cell | Formula, what: str) -> date | None:
    if cell is None or isinstance(cell, date):
        return cell
    text = cell if isinstance(cell, str) else ""
    iso, point = ISO_DATE.fullmatch(text), POINT_DATE.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if point:
            return date(int(point[3]), int(point[2]), int(point[1]))
    except ValueError as error:
        raise Unfit(f"{what}: there is no day “{text[:20]}”.") from error
    raise Unfit(f"{what}: write the day as 2026-01-31.")


def _without_repeats(rows: list[AgreedRow]) -> tuple[list[AgreedRow], list[RefusedRow]]:
    """A second row for the same SKU, currency and quantity: which one was meant is not ours to decide."""
    groups: dict[tuple[str, str, int], list[AgreedRow]] = {}
    for row in rows:
        groups.setdefault((*row.key, row.from_quantity), []).append(row)
    kept: list[AgreedRow] = []
    refused: list[RefusedRow] = []
    for group in groups.values():
        first, *others = group
        if all((one.price, one.discount) == (first.price, first.discount) for one in others):
            kept.append(first)
            refused += [_repeat(one, f"The same as row {first.number}.") for one in others]
        else:
            listed = ", ".join(str(one.number) for one in group)
            refused += [_repeat(one, f"Rows {listed} say different things about the same quantity.") for one in group]
    return kept, refused


def _repeat(row: AgreedRow, reason: str) -> RefusedRow:
    return RefusedRow(row.number, row.sku, row.currency, reason)
