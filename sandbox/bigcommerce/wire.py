"""Spellings on the wire: money, dates, pages, XML for whoever forgot to ask V2 for JSON."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from email.utils import format_datetime, parsedate_to_datetime
from math import ceil
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request, Response

from sandbox.bigcommerce.errors import Refused
from sandbox.kernel.standin import json_response

JSON = dict[str, Any]
LARGEST_PAGE = 250
# `10:00:00 00:00`: an unescaped plus of a query became a space. Midnight itself (`00:00:30 +0000`) is no offset.
_LOST_PLUS = re.compile(r"(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) (\d{2}:\d{2})$")


def money(amount: Any) -> str:
    """Orders V2 money: a string with four decimals."""
    return str(decimal(amount).quantize(Decimal("0.0001"), ROUND_HALF_UP))


def number(amount: Any) -> float | int:
    """V3 money: a JSON number without needless decimals."""
    value = decimal(amount)
    return int(value) if value == value.to_integral_value() else float(value)


def decimal(amount: Any) -> Decimal:
    try:
        return Decimal(str(amount))
    except InvalidOperation as error:
        raise Refused(400, f"'{amount}' is not an amount.") from error


def rfc2822(at: datetime | None) -> str:
    """`Wed, 10 Jan 2018 21:05:30 +0000`; empty for never."""
    return format_datetime(at.astimezone(UTC).replace(microsecond=0)) if at else ""


def iso(at: datetime) -> str:
    """`2018-01-10T21:05:30+00:00`."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def zulu(at: datetime) -> str:
    """`2018-01-10T21:05:30Z`."""
    return iso(at).replace("+00:00", "Z")


def when(text: str, name: str = "date", status: int = 400) -> datetime:
    """RFC-2822 or ISO-8601, aware; a date without time is midnight UTC."""
    plus = _LOST_PLUS.sub(r"\1+\2", text.strip())
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = parse(plus)
        except (ValueError, TypeError):
            continue
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    raise Refused(status, errors={name: f"The field '{name}' is invalid."})


def whole(text: str, name: str, status: int) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Refused(status, errors={name: f"The field '{name}' is invalid."}) from error


def page_of(call: Request, status: int, largest: int = LARGEST_PAGE) -> tuple[int, int]:
    """(page, limit) of the query; out of range is refused."""
    page = whole(call.args.get("page", "1"), "page", status)
    limit = whole(call.args.get("limit", "50"), "limit", status)
    if page < 1:
        raise Refused(status, errors={"page": "The field 'page' is invalid."})
    if not 1 <= limit <= largest:
        raise Refused(status, errors={"limit": "The field 'limit' is invalid."})
    return page, limit


def v2_page(call: Request, items: Sequence[Any]) -> Response:
    """A bare array; nothing on this page is 204 without a body."""
    page, limit = page_of(call, 400)
    shown = items[(page - 1) * limit : page * limit]
    return json_response(list(shown)) if shown else Response(status=204)


def v3_page(call: Request, items: Sequence[Any], largest: int = LARGEST_PAGE) -> Response:
    """`{data, meta.pagination}`; past the end the data is empty."""
    page, limit = page_of(call, 422, largest)
    shown = list(items[(page - 1) * limit : page * limit])
    pages = max(1, ceil(len(items) / limit))
    links = {"current": _link(call, page, limit)}
    if page > 1:
        links["previous"] = _link(call, page - 1, limit)
    if page < pages:
        links["next"] = _link(call, page + 1, limit)
    pagination = {
        "total": len(items), "count": len(shown), "per_page": limit, "current_page": page,
        "total_pages": pages, "links": links,
    }  # fmt: skip
    return json_response({"data": shown, "meta": {"pagination": pagination}})


def v3(data: Any, status: int = 200) -> Response:
    return json_response({"data": data, "meta": {}}, status)


def no_content() -> Response:
    return Response(status=204)


def comma(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def flag(text: str, name: str, status: int) -> bool:
    known = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in known:
        raise Refused(status, errors={name: f"The field '{name}' is invalid."})
    return known[text.lower()]


def _link(call: Request, page: int, limit: int) -> str:
    query = {**call.args.to_dict(), "page": page, "limit": limit}
    return "?" + urlencode(query)


def xml_of(data: Any, name: str = "response") -> str:
    """What V2 answers to a client that did not ask for JSON."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(name, data)}'


def _element(name: str, data: Any) -> str:
    if isinstance(data, dict):
        return f"<{name}>{''.join(_element(str(k), v) for k, v in data.items())}</{name}>"
    if isinstance(data, list):
        return f"<{name}>{''.join(_element('item', v) for v in data)}</{name}>"
    text = "" if data is None else str(data).lower() if isinstance(data, bool) else str(data)
    return f"<{name}>{escape(text)}</{name}>"
