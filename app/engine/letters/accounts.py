"""Rules of statements and reminders: what an account owes, as at the end of the month that is over."""

from datetime import UTC, date, datetime, timedelta

from app.db.session import reading
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.commerce import Customer, Order
from app.domain.trade import Company
from app.domain.zones import zone_of
from app.engine.drivers.material import is_open, terms_of
from app.engine.drivers.reading import orders_of_account
from app.engine.letters.verdict import Nothing, Something
from app.engine.runs import Context


def statement(context: Context) -> Something | Nothing:
    """An account with open items; where that was chosen, also one on which anything happened in the month."""
    start, end = month_before(context)
    orders = _orders(context, end)
    owed = [one for one in orders if is_open(one)]
    moved = [one for one in orders if start <= one.placed_at]
    if not owed and not (moved and getattr(context.preferences, "without_open_items", False)):
        return Nothing("Nothing is open.")
    words = f"{len(owed)} open items." if owed else f"{len(moved)} orders in the month, nothing open."
    return Something(words, _period(start, end))


def overdue(context: Context) -> Something | Nothing:
    """An account with items overdue by as many days as chosen."""
    start, end = month_before(context)
    company = context.subject if isinstance(context.subject, Company) else None
    days = int(getattr(context.preferences, "overdue_days", 1))
    latest = end - timedelta(days=days) - terms_of(company)
    late = [one for one in _orders(context, end) if is_open(one) and one.placed_at < latest]
    if not late:
        return Nothing(f"Nothing is overdue by {days} days or more.")
    return Something(f"{len(late)} items are overdue by {days} days or more.", _period(start, end))


def _orders(context: Context, end: datetime) -> list[Order]:
    subject = context.subject
    if not isinstance(subject, Company | Customer):
        return []
    return [one for one in orders_of_account(context, subject) if one.placed_at < end]


def _period(start: datetime, end: datetime) -> dict[str, str]:
    return {"period_start": start.isoformat(), "period_end": end.isoformat()}


def month_before(context: Context) -> tuple[datetime, datetime]:
    """The month that is over (fact `month`: the one that has begun; else the present one): [start, end) in UTC, on the
    store's calendar."""
    with reading(context.deps.database) as session:
        zone = zone_of(session.get_one(StoreRow, context.store_id).timezone)
    named = str(context.facts.get("month") or f"{utc_now().astimezone(zone):%Y-%m}")
    first = date.fromisoformat(f"{named}-01")
    before = (first - timedelta(days=1)).replace(day=1)
    start, end = (datetime(day.year, day.month, 1, tzinfo=zone).astimezone(UTC) for day in (before, first))
    return start, end
