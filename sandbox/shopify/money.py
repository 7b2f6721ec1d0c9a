"""Amounts: decimal text, in the shop's currency and in the one the customer saw."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

JSON = dict[str, Any]
CENT = Decimal("0.01")


def decimal(value: Any) -> Decimal:
    return Decimal(str(value if value is not None else 0))


def text(value: Any) -> str:
    """`12.50`: two places, as the API writes money."""
    return str(decimal(value).quantize(CENT, ROUND_HALF_UP))


def total(values: Iterable[Any]) -> Decimal:
    return sum((decimal(value) for value in values), Decimal(0))


def money(value: Any, currency: str) -> JSON:
    """MoneyV2."""
    return {"amount": text(value), "currencyCode": currency}


def bag(value: Any, currency: str, presentment: str = "", rate: Any = 1) -> JSON:
    """MoneyBag; `rate` turns the shop's currency into the customer's."""
    return {
        "shopMoney": money(value, currency),
        "presentmentMoney": money(decimal(value) * decimal(rate), presentment or currency),
    }
