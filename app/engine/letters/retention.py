"""Rules of letters that ask a buyer back: a long silence, an order that counts, a cart left behind.

What a month tells is worked out as it stood when the month began, so that each silence and each count is one letter,
whenever it is looked at.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.db import communications as rows
from app.db.session import reading
from app.db.types import utc_now
from app.domain.commerce import Customer, Order
from app.engine import communications
from app.engine.drivers.material import VOID, amount
from app.engine.drivers.reading import orders_of_account
from app.engine.letters.accounts import month_before
from app.engine.letters.verdict import Nothing, Something
from app.engine.runs import Context
from app.errors import NotFound

FEWEST = 3  # orders from which on a buyer has a rhythm
SHORTEST = timedelta(days=30)  # a silence shorter than this is none


def lapsed(context: Context) -> Something | Nothing:
    """A buyer whose silence has become long in the month that is over, by the days chosen or by their own rhythm."""
    before, now = month_before(context)
    bought = _bought(context)
    if not bought:
        return Nothing("The buyer has not ordered anything in two years.")
    last = bought[-1].placed_at
    silence = _silence(context, bought)
    if not last + silence <= now:
        return Nothing("The buyer has ordered lately.")
    if last + silence <= before:
        return Nothing("The buyer's silence was long before this month already.")
    return _letter(context, f"No order for {(now - last).days} days.")


def _silence(context: Context, bought: Sequence[Order]) -> timedelta:
    """From when on a silence is long: what was chosen, or twice the usual time between orders where that is shorter."""
    chosen = timedelta(days=int(getattr(context.preferences, "after_days", 180)))
    if len(bought) < FEWEST or not getattr(context.preferences, "own_rhythm", False):
        return chosen
    usual = (bought[-1].placed_at - bought[0].placed_at) / (len(bought) - 1)
    return min(chosen, max(SHORTEST, 2 * usual))


def milestone(context: Context) -> Something | Nothing:
    """A buyer whose number of orders came to one of those chosen in the month that is over."""
    before, now = month_before(context)
    placed = [one.placed_at for one in _bought(context)]
    then, count = sum(at < before for at in placed), sum(at < now for at in placed)
    wanted = _numbers(str(getattr(context.preferences, "milestones", "")))
    reached = [number for number in wanted if then < number <= count]
    if not reached:
        return Nothing(f"{count} orders so far; no number that counts was reached in the month.")
    return _letter(context, f"The buyer has come to {max(reached)} orders.")


def cart(context: Context) -> Something | Nothing:
    """A cart that is still there: it has become no order and was not emptied."""
    try:
        found = context.store.read.cart(str(context.facts.get("cart_id") or ""))
    except NotFound:
        return Nothing("The cart has become an order, or was deleted.")
    if not found.names:
        return Nothing("The cart is empty.")
    letter = _letter(context, f"A cart of {found.total} was left behind.")
    if isinstance(letter, Nothing):
        return letter
    names = ", ".join(found.names[:20])
    return Something(letter.why, {**letter.facts, "cart": {"itemsText": names, "totalText": amount(found.total)}})


def _bought(context: Context) -> list[Order]:
    subject = context.subject
    found = orders_of_account(context, subject) if isinstance(subject, Customer) else ()
    return sorted((one for one in found if one.status.value not in VOID), key=lambda one: one.placed_at)


def _letter(context: Context, why: str) -> Something | Nothing:
    """Unless the buyer got such a letter a short while ago."""
    quiet = int(getattr(context.preferences, "quiet_days", 0))
    subject = context.subject
    email = subject.email if isinstance(subject, Customer) else ""
    since = utc_now() - timedelta(days=quiet)
    if quiet and email and _last_letter(context, email, since):
        return Nothing(f"The buyer got such a letter within the last {quiet} days.")
    until = utc_now() + timedelta(days=int(getattr(context.preferences, "valid_days", 30)))
    return Something(why, {"offer_valid_to": until.date().isoformat()})


def _last_letter(context: Context, email: str, since: datetime) -> bool:
    mark = communications.address_mark(context.store_id, email)
    with reading(context.deps.database) as session:
        return rows.was_written_to(session, context.store_id, mark, since)


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.replace(";", ",").replace(" ", "").split(",") if one.isdigit()]
