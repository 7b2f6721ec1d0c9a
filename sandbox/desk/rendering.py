"""Templates and the few filters they need."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
# Colour of an order status: what a merchant should look at stands out.
TONES = {
    "Manual Verification Required": "warn", "Disputed": "bad", "Declined": "bad", "Cancelled": "bad",
    "Refunded": "plain", "Partially Refunded": "plain",
    "Awaiting Fulfillment": "info", "Awaiting Shipment": "info", "Awaiting Pickup": "info",
    "Shipped": "good", "Partially Shipped": "good", "Completed": "good",
    "Approved": "good", "Rejected": "bad", "Changes requested": "warn", "Pending": "plain",
    "Running": "info", "Terminated": "bad", "Open": "info", "Done": "good", "More info": "warn",
}  # fmt: skip


@cache
def make_templates() -> Environment:
    """One for all desks of a process."""
    templates = Environment(
        loader=PackageLoader("sandbox.desk"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "money": money,
        "day": day,
        "moment": moment,
        "tone": tone,
        "size": size,
        "spoken": spoken,
        "fact": fact,
    }
    return templates


def money(amount: Any, currency: str) -> str:
    """`€1,240.00`; the code in front where there is no sign."""
    sign = SYMBOLS.get(currency, f"{currency} ")
    return f"{sign}{float(amount):,.{0 if currency == 'JPY' else 2}f}"


def day(text: str | None) -> str:
    at = _parsed(text)
    return f"{at:%d %b %Y}".lstrip("0") if at else "–"


def moment(text: str | None) -> str:
    at = _parsed(text)
    return f"{at:%d %b %Y, %H:%M}".lstrip("0") if at else "–"


def tone(text: str) -> str:
    return TONES.get(text, "plain")


def fact(value: Any) -> Any:
    """A date of a category as people read it; anything else as it is."""
    return moment(value) if isinstance(value, str) and DATE.fullmatch(value) else value


def spoken(word: str) -> str:
    """`more_info` as More info."""
    return word.replace("_", " ").capitalize()


def size(count: int) -> str:
    return f"{count} B" if count < 1000 else f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"


def _parsed(text: str | None) -> datetime | None:
    """RFC 2822 or ISO 8601."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = parsedate_to_datetime(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
