"""This request's reader, by the person's language and the store's time zone, and the words pages write for them.

How a reader reads is `app.language.reading`; the catalogues are beside it.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from datetime import date as Date
from decimal import Decimal
from typing import Any

from flask import g

from app.language.catalogues import DEFAULT, catalogue_file, languages
from app.language.reading import Reader, reader_for

__all__ = ("DEFAULT", "Reader", "catalogue_file", "languages", "reader_for")

SPACED = re.compile(r"(?<=\d)[\u00a0\u202f ](?=\d)")  # "1 200" as some write it
AMOUNT = re.compile(r"(-?(?:\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+))([.,])(\d{1,2})")


def reader() -> Reader:
    """This request's reader."""
    found: Reader | None = g.get("reader")  # asked for by every word of a page
    if found is None:
        merchant = g.get("merchant")
        found = g.reader = reader_for(merchant.locale if merchant else DEFAULT)
    return found


def read_in(time_zone: str) -> None:
    """From here on this request shows times in the store's zone."""
    merchant = g.get("merchant")
    g.reader = reader_for(merchant.locale if merchant else DEFAULT, time_zone)


def _(text: str, **values: Any) -> str:
    """The text in the reader's language, `%(name)s` filled in."""
    return reader().text(text, **values)


def ngettext(one: str, many: str, n: int, **values: Any) -> str:
    """The right plural, `%(n)s` filled in."""
    return reader().plural(one, many, n, **values)


def number(value: int | Decimal) -> str:
    return reader().number(value)


def typed_number(value: Decimal) -> str:
    """An amount as it stands in a field, with the reader's decimal sign: 499,90."""
    return reader().typed_number(value)


def plain_number(text: str) -> str:
    """A number as people type it ("1 200,50", "1.200,50", "1,200.50") with a decimal point alone; what may be read in
    two ways, and what is no number, stays as it is."""
    text = SPACED.sub("", text)
    found = AMOUNT.fullmatch(text)
    if not found or found[2] in found[1]:
        return text
    return f"{found[1].replace('.', '').replace(',', '')}.{found[3]}"


def money(value: Mapping[str, Any] | None) -> str:
    """{"amount": "950.00", "currency": "EUR"} as the reader writes money; empty when there is none."""
    return reader().money(value)


def start_of_day(text: str) -> datetime:
    """Midnight, in the store's zone, of a day typed as 2026-01-31; aware UTC. Raises ValueError."""
    day = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=reader().zone)
    return day.astimezone(UTC)


def date(moment: datetime) -> str:
    """The day: 4 Jul 2026."""
    return reader().date(moment)


def day(value: Date) -> str:
    """A day of the calendar: 4 Jul 2026."""
    return reader().day(value)


def moment(value: datetime) -> str:
    """Day and time in the store's zone: 4 Jul 2026, 14:30."""
    return reader().moment(value)


def clock(value: datetime) -> str:
    """The time of day in the store's zone, 14:30; with its day when that is another than today."""
    return reader().clock(value)


def ago(value: datetime) -> str:
    """2 minutes ago; in 5 minutes; just now."""
    return reader().ago(value)


def span(seconds: float) -> str:
    """How long something took: 4 seconds; 3 minutes."""
    return reader().span(seconds)


def size(count: int) -> str:
    """Bytes as people say them: 84 kB."""
    return reader().size(count)


def parse_moment(text: str | None) -> datetime | None:
    """A time kept as ISO text among a run's or a snapshot's facts."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
