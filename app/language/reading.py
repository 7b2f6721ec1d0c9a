"""How one person, or one store, reads: the language of texts, the region of dates and numbers, the time zone.

Words of dates follow the language of the texts, so that a sentence is never half translated; their order and the
numbers follow the reader's region.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, get_decimal_symbol
from babel.support import NullTranslations
from babel.units import format_unit

from app.db.types import utc_now
from app.domain.zones import zone_of
from app.language import catalogues
from app.language.catalogues import DEFAULT, N_

JUST_NOW = N_("just now")
BYTES = ("B", "kB", "MB", "GB")
OCTETS = {"fr": ("o", "ko", "Mo", "Go")}  # where a byte has a name of its own


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

    @property
    def told(self) -> NullTranslations:
        """What rows say, in this reader's language: see `app.language.sentences`."""
        return catalogues.told(self.language.language)

    def text(self, text: str, **values: Any) -> str:
        """The text in the reader's language, `%(name)s` filled in."""
        translated = str(self.texts.ugettext(text)) if text else ""  # gettext keeps its own notes under the empty text
        return translated % values if values else translated

    def plural(self, one: str, many: str, n: int, **values: Any) -> str:
        """The right plural, `%(n)s` filled in."""
        translated: str = self.texts.ungettext(one, many, n)
        return translated % ({"n": self.number(n)} | values)

    def number(self, value: int | Decimal) -> str:
        return format_decimal(value, locale=self.region)

    def typed_number(self, value: Decimal) -> str:
        """An amount as it stands in a field, with the reader's decimal sign: 499,90."""
        sign: str = get_decimal_symbol(self.region)
        return f"{value:f}".replace(".", sign if sign in ".," else ".")

    def money(self, value: Mapping[str, Any] | None) -> str:
        """{"amount": "950.00", "currency": "EUR"} as the reader writes money; empty when there is none."""
        if not value or not value.get("amount"):
            return ""
        try:
            amount = Decimal(str(value["amount"]))
            return format_currency(amount, str(value.get("currency") or "XXX"), locale=self.region)
        except (InvalidOperation, ValueError, UnknownLocaleError):
            return f"{value.get('amount')} {value.get('currency', '')}".strip()

    def day(self, value: Date) -> str:
        """A day of the calendar: 4 Jul 2026."""
        return format_date(value, "medium", locale=self._dates)

    def date(self, moment: datetime) -> str:
        """The day: 4 Jul 2026."""
        return self.day(moment.astimezone(self.zone).date())

    def moment(self, value: datetime) -> str:
        """Day and time in the store's zone: 4 Jul 2026, 14:30."""
        local = value.astimezone(self.zone)
        return f"{format_date(local.date(), 'medium', locale=self._dates)}, {self._time(local)}"

    def clock(self, value: datetime) -> str:
        """The time of day in the store's zone, 14:30; with its day when that is another than today."""
        local = value.astimezone(self.zone)
        return self._time(local) if local.date() == utc_now().astimezone(self.zone).date() else self.moment(value)

    def _time(self, local: datetime) -> str:
        return format_time(local.timetz(), "short", locale=self._dates).replace("\u202f", "\u00a0")

    @property
    def _dates(self) -> Locale:
        """Month names must be words of the text's language; a region of that language may order them."""
        return self.region if self.region.language == self.language.language else Locale("en", "GB")

    def ago(self, value: datetime) -> str:
        """2 minutes ago; in 5 minutes; just now."""
        distance = value - utc_now()
        if abs(distance.total_seconds()) < 10:
            return self.text(JUST_NOW)
        return format_timedelta(distance, add_direction=True, threshold=1.2, locale=self.language)

    def span(self, seconds: float) -> str:
        """How long something took: 4 seconds; 3 minutes."""
        return format_timedelta(timedelta(seconds=max(1, round(seconds))), threshold=1.2, locale=self.language)

    def period(self, count: int, unit: str) -> str:
        """So many of a unit: 7 years."""
        return format_unit(count, f"duration-{unit}", locale=self.language)

    def size(self, count: int) -> str:
        """Bytes as people say them: 84 kB."""
        units = OCTETS.get(self.language.language, BYTES)
        value, place = Decimal(count), 0
        while value >= 1000 and place < len(units) - 1:
            value, place = value / 1000, place + 1
        digits, unit = "#,##0.#" if place > 1 else "#,##0", units[place]
        return f"{format_decimal(value, format=digits, locale=self.region)}\u00a0{unit}"


@lru_cache(maxsize=256)  # the names are whatever browsers say
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return Locale.parse("en_GB" if name == DEFAULT else DEFAULT)


def reader_for(locale: str, time_zone: str = "UTC") -> Reader:
    """How somebody with this browser, control panel or store language reads."""
    region = _locale(locale or DEFAULT)
    language = region.language if region.language in catalogues.languages() else DEFAULT
    spoken = region if region.language == language else _locale(language)
    return Reader(spoken, region, zone_of(time_zone), catalogues.texts(language))
