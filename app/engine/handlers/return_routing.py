"""Who decides on a return: by what it is about, its reason, its warranty and its amount."""

import re
from datetime import date, datetime
from typing import Any

from app.db.types import utc_now
from app.domain.cases import Case
from app.domain.commerce import Product
from app.domain.ids import ProductId
from app.engine.runs import Context
from app.errors import NotFound

DAMAGE = frozenset({"damaged", "wrong_item", "missing", "not_as_described"})
FAULT = frozenset({"defective", "warranty"})
SPAN = re.compile(r"(\d{1,3})\s*-?\s*(year|yr|month|mo\b|day|jahr|monat|an\b|ans\b|mois)", re.IGNORECASE)
MONTHS = {"year": 12, "yr": 12, "jahr": 12, "an": 12, "ans": 12, "month": 1, "mo": 1, "monat": 1, "mois": 1}


def route(context: Context, values: dict[str, Any]) -> dict[str, Any]:
    """`returns_group`, `warranty_until` and `needs_second_approval` of the return's workflow."""
    case, chosen = context.subject, context.preferences
    if not isinstance(case, Case):
        return {}
    products = _products(context, case)
    until = _warranty_until(context, products, getattr(chosen, "warranty_months", 24))
    group = (
        _by_category(products, getattr(chosen, "category_groups", ""))
        or (getattr(chosen, "damaged_group", "") if case.reason in DAMAGE else "")
        or (getattr(chosen, "warranty_group", "") if case.reason in FAULT and _still(until) else "")
        or values["returns_group"]
    )
    limit = getattr(chosen, "finance_from", None)
    is_large = limit is not None and case.amount is not None and case.amount.amount >= limit
    return {
        "returns_group": group,
        "warranty_until": until.isoformat() if until else "",
        "needs_second_approval": is_large,
    }


def _products(context: Context, case: Case) -> list[Product]:
    found = []
    for product_id in dict.fromkeys(item.product_id for item in case.items if item.product_id):
        try:
            found.append(context.store.read.product(ProductId(product_id)))
        except NotFound:
            continue
    return found


def _by_category(products: list[Product], text: str) -> str:
    """The group of the first line ("Lighting=Lighting Returns") that names a brand or category of the goods."""
    names = frozenset[str]().union(*(one.kinds for one in products))
    for line in re.split(r"[;\n]", text):
        name, equals, group = line.partition("=")
        if equals and group.strip() and name.strip().casefold() in names:
            return group.strip()
    return ""


def _warranty_until(context: Context, products: list[Product], default: int) -> date | None:
    """The day the shortest warranty of the goods ends, counted from the order."""
    case = context.subject
    if not isinstance(case, Case) or case.order_id is None:
        return None
    placed = context.order().placed_at
    ends = [_later(placed, months_of(one.warranty, default)) for one in products] or [_later(placed, default)]
    return min(ends)


def months_of(text: str, default: int) -> int:
    """ "2 years" → 24, "18-month limited" → 18; the default where a product says nothing we can read."""
    found = SPAN.search(text)
    if found is None:
        return default
    unit = found[2].casefold()
    return int(found[1]) // 30 if unit == "day" else int(found[1]) * MONTHS[unit]


def _later(start: datetime, months: int) -> date:
    """The same day so many months later, or that month's last."""
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
    return date(year, month, min(start.day, last))


def _still(until: date | None) -> bool:
    return until is not None and utc_now().date() <= until
