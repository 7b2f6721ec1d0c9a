"""Steps that move money: refunds, found again before they are repeated; captures and voids of what is authorised.

Source: BigCommerce API reference, Orders V3, Refunds: there is no idempotency key, so equal refunds are looked for.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from app.domain.cases import Case, CaseState
from app.domain.commerce import Money, Order
from app.domain.order_parts import OrderPart, RefundItem, RefundQuote
from app.domain.order_parts import Refund as Refunded
from app.domain.steps import QuoteRefund, Refund, SettlePayment
from app.engine import cases, store_words
from app.engine.handlers import store_returns
from app.engine.handlers.store_returns import Reason
from app.engine.handlers.store_side import in_words
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import Permanent

REFUNDS = frozenset({OrderPart.REFUNDS})
LONGEST_REASON = 250


def refund(context: Context, step: Refund) -> Result:
    """Quote, then refund. One with our reason on the order already is ours: an unknown outcome is never repeated."""
    if step.preference and not getattr(context.preferences, step.preference, False):
        return Skipped("Nothing was paid back: the settings of this rule leave that to people.")
    if isinstance(context.subject, Case) and context.subject.state is CaseState.CLOSED:
        return Skipped("Nothing was paid back: a person closed the case meanwhile.")
    reason = _reason(context, step)
    if step.what == "items" and (found := store_returns.of_case(context)):
        return store_returns.pay_back(context, found, reason, _decided_amount(context))
    return _refund_of_order(context, step, reason)


def _reason(context: Context, step: Refund) -> Reason:
    """In the store's language; its mark says what is paid back for, so whoever comes to it again knows it, whatever
    the language is then."""
    mark = store_words.mark(f"{context.store_id}:refund:{in_words(step.reason, context, who=store_words.ENGLISH)}")
    return Reason(in_words(step.reason, context)[: LONGEST_REASON - len(mark) - 1], mark)


def _refund_of_order(context: Context, step: Refund, reason: Reason) -> Result:
    order = context.order(REFUNDS)
    earlier = _ours(order, reason)
    if earlier is None and not order.is_paid:
        return Skipped("Nothing was paid back: the order has not been paid.")
    if earlier is None and order.payment_status == "authorized":
        return Skipped("Nothing was paid back: the payment was only authorised, not taken.")
    items = () if earlier else _items(context, step, order)
    if earlier is None and not items and step.what == "items" and not _of_case(context):
        raise _no_amount("nothing")
    if earlier is None and not items:
        return Skipped("Nothing was paid back: nothing of it is left to refund.")

    def look_up() -> dict[str, Any] | None:
        context.changed()
        found = _ours(context.order(REFUNDS), reason)
        return _result(found) if found else None

    def act() -> dict[str, Any]:
        if earlier is not None:
            return _result(earlier)
        quote = context.store.read.refund_quote(order.id, items)
        _check(quote, order, items)
        return _result(context.store.publish.refund(order.id, quote, reason.text, reason.mark))

    done = context.effects.once(context.key(f"refund:{step.what}"), act, look_up=look_up)
    context.changed()
    _confirm(context, done)
    return Done(f"{done['total']} were paid back.", {"refund": done}, {"refund": done["id"]})


def quote_refund(context: Context, _step: QuoteRefund) -> Result:
    """Reads only. Where the store quotes nothing (not paid yet, nothing left) the case keeps what was estimated."""
    case = context.subject
    if not isinstance(case, Case) or not case.order_id:
        return Skipped("This is about no order, so there is nothing to quote.")
    if found := store_returns.of_case(context):
        return store_returns.quote(context, case, found)
    items = _left_of(_of_case(context), context.order())
    if not items:
        return Skipped("No item of the order is left to pay back.")
    try:
        quote = context.store.read.refund_quote(case.order_id, items)
    except Permanent as error:
        return Skipped(f"The store quotes no refund for it: {error.message}")
    if quote.total.amount <= 0:
        return Skipped("The store would pay back nothing for it.")
    cases.set_amount(context.deps, context.store_id, case.id, quote.total)
    context.changed()
    return Done(f"Giving it back would pay {quote.total}.")


def _ours(order: Order, reason: Reason) -> Refunded | None:
    return next((one for one in order.refunds if reason.is_of(one) and not one.is_declined), None)


def _result(found: Refunded) -> dict[str, Any]:
    return {"id": found.id, "total": str(found.total), "reason": found.reason}


def _items(context: Context, step: Refund, order: Order) -> tuple[RefundItem, ...]:
    """What to give back: a decided amount first, else lines by what of them is neither refunded nor kept."""
    amount = _decided_amount(context)
    if amount is not None:
        return (RefundItem("order", amount=amount),)
    if step.what == "order":
        lines = [RefundItem("line", line.line_id, line.quantity - line.refunded)
                 for line in order.lines if line.quantity > line.refunded]  # fmt: skip
        shipping = order.shipping_cost.amount
        return (*lines, RefundItem("shipping", amount=shipping)) if shipping and not order.refunds else tuple(lines)
    return _left_of(_shortfall(context) if step.what == "shortfall" else _of_case(context), order)


def _left_of(wanted: Sequence[tuple[str, int]], order: Order) -> tuple[RefundItem, ...]:
    """As many of each line as were asked for and have not been given back yet."""
    left = {line.line_id: line.quantity - line.refunded for line in order.lines}
    return tuple(
        RefundItem("line", line_id, min(quantity, left[line_id]))
        for line_id, quantity in wanted if min(quantity, left.get(line_id, 0)) > 0
    )  # fmt: skip


def _decided_amount(context: Context) -> Decimal | None:
    """What people decided to pay, unless it is what the case asked for anyway. Raises Permanent for no amount."""
    values = (context.facts.get("decision") or {}).get("values") or {}
    text = str(values.get("refund_amount") or "").strip()
    case = context.subject
    asked = case.amount.amount if isinstance(case, Case) and case.amount else None
    if not text:
        return asked if isinstance(case, Case) and not case.items else None
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise _no_amount(text) from error
    if not amount.is_finite() or amount <= 0 or amount != amount.quantize(Decimal("0.001")):
        raise _no_amount(text)
    return None if amount == asked and isinstance(case, Case) and case.items else amount


def _no_amount(text: str) -> Permanent:
    return Permanent(
        f"“{text[:40]}” is no amount to pay back.", code="no_amount",
        hint="Refund the order in the store by hand, then leave this step out.",
    )  # fmt: skip


def _of_case(context: Context) -> Sequence[tuple[str, int]]:
    case = context.subject
    return [(item.line_id, item.quantity) for item in case.items] if isinstance(case, Case) else []


def _shortfall(context: Context) -> Sequence[tuple[str, int]]:
    order = context.order(frozenset({OrderPart.SHORTFALLS}))
    return [(one.line_id, one.wanted - one.available) for one in order.shortfalls]


def _check(quote: RefundQuote, order: Order, items: Sequence[RefundItem]) -> None:
    """Never more than the order cost less what was given back, never something else than was asked for."""
    left = order.total.amount - sum((one.total.amount for one in order.refunds if not one.is_declined), Decimal(0))
    asked = sum((one.amount or Decimal(0) for one in items if one.kind == "order"), Decimal(0))
    if quote.total.amount <= 0:
        raise Permanent("The store quotes nothing to pay back for this.", code="nothing_to_refund",
                        hint="Check the order's refunds in the store, then leave this step out.")  # fmt: skip
    if quote.total.currency == order.total.currency and quote.total.amount > left:
        raise Permanent(
            f"{quote.total} would be more than the {Money(left, order.total.currency)} left of this order.",
            code="refund_too_large", hint="Decide a smaller amount in the store, then leave this step out.",
        )  # fmt: skip
    if asked and quote.total.amount != asked:
        raise Permanent(
            f"The store would pay back {quote.total}, not the decided {Money(asked, quote.total.currency)}.",
            code="refund_differs", hint="Refund the order in the store by hand, then leave this step out.",
        )  # fmt: skip


def _confirm(context: Context, done: dict[str, Any]) -> None:
    """Read back: the store must have it."""
    if all(one.id != done["id"] for one in context.order(REFUNDS).refunds):
        raise Permanent(
            "The store took the refund, but does not show it.", code="refund_not_shown",
            hint="Check the order's refunds in the store, then try again: it is not paid twice.",
        )  # fmt: skip


def settle_payment(context: Context, step: SettlePayment) -> Result:
    """Only while the payment is authorised; what was taken or let go meanwhile is left alone."""
    if step.preference and not getattr(context.preferences, step.preference, False):
        return Skipped("The payment was left as it is: the settings of this rule leave it to people.")
    order = context.order()
    if order.payment_status != "authorized":
        return Skipped(f"The payment stands at “{order.payment_status or 'unknown'}”; it was left as it is.")
    if order.status not in step.only_from:
        return Skipped(f"The order is now “{order.status_label}”; its payment was left as it is.")
    context.effects.still_mine()
    publish = context.store.publish
    (publish.capture if step.action == "capture" else publish.void)(order.id)
    context.changed()
    after = context.order().payment_status
    if after == "authorized":
        word = "taken" if step.action == "capture" else "let go"
        raise Permanent(
            f"The store did not confirm that the payment was {word}.", code="payment_not_settled",
            hint="Look at the order's payment in the store, then try again.",
        )  # fmt: skip
    return Done("The payment was taken." if step.action == "capture" else "The authorised payment was let go.")
