"""The reader's language, region and time zone: texts by gettext catalogue, dates, money and sizes by Babel.

English is the catalogue's own language; another one is offered once `translations/<language>` is there. Catalogues are
read as people edit them (`.po`), once per process, so that no build step stands between a translation and its page.
Words of dates follow the language of the texts, so that a sentence is never half translated; their order and the
numbers follow the reader's region.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import date as Date
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, get_decimal_symbol
from babel.support import NullTranslations, Translations
from flask import g

from app.db.types import utc_now
from app.domain.zones import zone_of

TRANSLATIONS = Path(__file__).parent / "translations"
DEFAULT = "en"
SPACED = re.compile(r"(?<=\d)[\u00a0\u202f ](?=\d)")  # "1 200" as some write it
AMOUNT = re.compile(r"(-?(?:\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+))([.,])(\d{1,2})")


@dataclass(frozen=True)
class Reader:
    """How one person reads: `language` of the texts, `region` of numbers and dates, the store's time zone."""

    language: Locale
    region: Locale
    zone: tzinfo
    texts: NullTranslations

    @property
    def direction(self) -> str:
        return self.language.text_direction


@cache
def languages() -> tuple[str, ...]:
    """The languages the texts exist in."""
    found = sorted(path.parts[-3] for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
    return (DEFAULT, *found)


def catalogue_file(language: str, domain: str = "messages") -> Path:
    """Where the texts of a language are kept, in gettext's own layout: those of pages, or the `sentences` of rows."""
    return TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.po"


@cache
def _texts(language: str, domain: str = "messages") -> NullTranslations:
    """A language's texts; what is not translated in it reads as English."""
    if language == DEFAULT:
        return NullTranslations()
    packed = BytesIO()
    with catalogue_file(language, domain).open("rb") as file:
        write_mo(packed, read_po(file, locale=language))
    packed.seek(0)
    return Translations(packed)


@cache
def _told(language: str) -> NullTranslations:
    """The sentences of rows; what is not among them is looked for among the texts of pages."""
    found = _texts(language, "sentences")
    if language != DEFAULT:
        found.add_fallback(_texts(language))
    return found


def told(who: "Reader") -> NullTranslations:
    """What rows say, in this reader's language: see `app.web.sentences`."""
    return _told(who.language.language)


@lru_cache(maxsize=256)  # the names are whatever browsers say
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return Locale.parse("en_GB" if name == DEFAULT else DEFAULT)


def reader_for(locale: str, time_zone: str = "UTC") -> Reader:
    """How somebody with this browser or control panel language reads."""
    region = _locale(locale or DEFAULT)
    language = region.language if region.language in languages() else DEFAULT
    if region.language != language:
        return Reader(_locale(language), region, zone_of(time_zone), _texts(language))
    return Reader(region, region, zone_of(time_zone), _texts(language))


def reader() -> Reader:
    """This request's reader."""
    if "reader" not in g:
        merchant = g.get("merchant")
        g.reader = reader_for(merchant.locale if merchant else DEFAULT)
    found: Reader = g.reader
    return found


def read_in(time_zone: str) -> None:
    """From here on this request shows times in the store's zone."""
    merchant = g.get("merchant")
    g.reader = reader_for(merchant.locale if merchant else DEFAULT, time_zone)


def _(text: str, **values: Any) -> str:
    """The text in the reader's language, `%(name)s` filled in."""
    translated = str(reader().texts.ugettext(text)) if text else ""  # gettext keeps its own notes under the empty text
    return translated % values if values else translated


def ngettext(one: str, many: str, n: int, **values: Any) -> str:
    """The right plural, `%(n)s` filled in."""
    translated: str = reader().texts.ungettext(one, many, n)
    return translated % ({"n": number(n)} | values)


def number(value: int | Decimal) -> str:
    return format_decimal(value, locale=reader().region)


def typed_number(value: Decimal) -> str:
    """An amount as it stands in a field, with the reader's decimal sign: 499,90."""
    sign: str = get_decimal_symbol(reader().region)
    return f"{value:f}".replace(".", sign if sign in ".," else ".")


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
    if not value or not value.get("amount"):
        return ""
    try:
        amount = Decimal(str(value["amount"]))
        return format_currency(amount, str(value.get("currency") or "XXX"), locale=reader().region)
    except (InvalidOperation, ValueError, UnknownLocaleError):
        return f"{value.get('amount')} {value.get('currency', '')}".strip()


def start_of_day(text: str) -> datetime:
    """Midnight, in the store's zone, of a day typed as 2026-01-31; aware UTC. Raises ValueError."""
    day = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=reader().zone)
    return day.astimezone(UTC)


def date(moment: datetime) -> str:
    """The day: 4 Jul 2026."""
    return day(moment.astimezone(reader().zone).date())


def day(value: Date) -> str:
    """A day of the calendar: 4 Jul 2026."""
    return format_date(value, "medium", locale=_dates(reader()))


def moment(value: datetime) -> str:
    """Day and time in the store's zone: 4 Jul 2026, 14:30."""
    who = reader()
    local = value.astimezone(who.zone)
    clock = format_time(local.timetz(), "short", locale=_dates(who)).replace("\u202f", "\u00a0")
    return f"{format_date(local.date(), 'medium', locale=_dates(who))}, {clock}"


def clock(value: datetime) -> str:
    """The time of day in the store's zone, 14:30; with its day when that is another than today."""
    who = reader()
    local = value.astimezone(who.zone)
    if local.date() != utc_now().astimezone(who.zone).date():
        return moment(value)
    return format_time(local.timetz(), "short", locale=_dates(who)).replace("\u202f", "\u00a0")


def _dates(who: Reader) -> Locale:
    """Month names must be words of the text's language; a region of that language may order them."""
    return who.region if who.region.language == who.language.language else Locale("en", "GB")


def ago(value: datetime) -> str:
    """2 minutes ago; in 5 minutes; just now."""
    distance = value - utc_now()
    if abs(distance.total_seconds()) < 10:
        return _("just now")
    return format_timedelta(distance, add_direction=True, threshold=1.2, locale=reader().language)


def span(seconds: float) -> str:
    """How long something took: 4 seconds; 3 minutes."""
    return format_timedelta(timedelta(seconds=max(1, round(seconds))), threshold=1.2, locale=reader().language)


def size(count: int) -> str:
    """Bytes as people say them: 84 kB."""
    value, unit = Decimal(count), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    digits = "#,##0.#" if unit in ("MB", "GB") else "#,##0"
    return f"{format_decimal(value, format=digits, locale=reader().region)}\u00a0{unit}"


def parse_moment(text: str | None) -> datetime | None:
    """A time kept as ISO text among a run's or a snapshot's facts."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
