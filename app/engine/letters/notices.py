"""Rules of notices about an order."""

from collections.abc import Mapping
from datetime import date

from app.domain.commerce import Order, OrderStatus
from app.engine.drivers.reading import known_facts
from app.engine.letters.verdict import Nothing, Something
from app.engine.runs import Context

OVER = frozenset({OrderStatus.CANCELLED, OrderStatus.DECLINED, OrderStatus.REFUNDED})
SENT = frozenset({OrderStatus.SHIPPED, OrderStatus.COMPLETED})
REASONS = {
    "stock": "We are waiting for goods that are not in stock at the moment.",
    "supplier": "Our supplier is late.",
    "production": "Making it takes longer than we had planned.",
    "carrier": "The carrier is late.",
    "other": "We are sorry for the delay.",
}


def delay(context: Context) -> Something | Nothing:
    """A delay is worth a letter when the new day is known and the order is still to come."""
    order, known = context.subject, known_facts(context)
    if not isinstance(order, Order) or order.status in OVER:
        return Nothing("The order is not coming any more, so there is no delay to write about.")
    if order.status in SENT and known.get("on_its_way") != "yes":
        return Nothing("The order has left the house, so there is no delay to write about.")
    decision = known.get("decision")
    decided = (decision.get("values") or {}) if isinstance(decision, Mapping) else {}
    day = _day(str(known.get("new_date") or decided.get("expected_date") or ""))
    if day is None:
        return Nothing("No new day is known yet, so there is nothing to write about.")
    reason = REASONS.get(str(known.get("delay_reason") or "stock"), REASONS["other"])
    what = "come" if known.get("on_its_way") == "yes" else "leave"
    return Something(f"The order is expected to {what} on {day:%d %b %Y}.",
                     {"new_date": day.isoformat(), "reason": reason})  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
