"""Blocks of statements, ageing notices and welcome packs."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.domain.commerce import Money, Order
from app.engine.drivers.material import VOID, Json, Material, amount, due_after, instant, invoice_number, is_open

PAYING = frozenset({"purchase", "capture", "settled"})
AGES = ((0, "currentText"), (30, "days30Text"), (60, "days60Text"))
FIRST_STEPS = (
    ("Sign in", "Use the e-mail address this letter names."),
    ("See your prices", "Your own prices show as soon as you are signed in."),
    ("Order", "Choose your payment terms at the checkout."),
)


def statement(m: Material, known: Json) -> Json:
    start, end = _period(m)
    paid = sorted(_paid(m.orders, start, end), key=lambda one: one[0])
    payments = [
        {"date": m.day(at), "reference": reference, "amountText": amount(money)} for at, reference, money in paid
    ]
    ordered = [each.total for each in m.orders if start <= each.placed_at < end and each.status.value not in VOID]
    last = end - timedelta(seconds=1)
    period = {"from": m.day(start), "to": m.day(last), "text": f"{m.day_text(start)} - {m.day_text(last)}"}
    summary = {"orders": str(len(ordered)), "orderedText": _sums(ordered, m.store.currency),
               "paidText": _sums([money for _at, _reference, money in paid], m.store.currency)}  # fmt: skip
    return ageing(m, known) | {"period": period, "payments": payments, "summary": summary}


def _period(m: Material) -> tuple[datetime, datetime]:
    """[start, end): what the run says, else the last 30 days up to now."""
    end = instant(m.fact("period_end")) or m.now.astimezone(UTC) + timedelta(seconds=1)
    return instant(m.fact("period_start")) or end - timedelta(days=30), end


def _paid(orders: Iterable[Order], start: datetime, end: datetime) -> Iterator[tuple[datetime, str, Money]]:
    """(when, reference, how much) of what was paid in that time; an order paid by hand counts when it was placed."""
    for each in orders:
        if not each.is_paid or each.status.value in VOID:
            continue
        moved = [one for one in each.payments if one.is_ok and one.kind in PAYING]
        for one in moved:
            if start <= one.at < end:
                yield one.at, invoice_number(each), one.amount
        if not moved and start <= each.placed_at < end:
            yield each.placed_at, invoice_number(each), each.total


def ageing(m: Material, _known: Json) -> Json:
    """Open is what was invoiced by the end of the period and not paid; its age counts from the due date."""
    _start, end = _period(m)
    unpaid = sorted((one for one in m.orders if is_open(one) and one.placed_at < end), key=lambda one: one.placed_at)
    ages: dict[str, list[Money]] = {name: [] for name in ("currentText", "days30Text", "days60Text", "olderText")}
    items, terms = [], due_after(m)
    for each in unpaid:
        due = each.placed_at + terms
        ages[_age((end - due).days)].append(each.total)
        items.append({"number": invoice_number(each), "date": m.day(each.placed_at), "dueDate": m.day(due),
                      "openText": amount(each.total)})  # fmt: skip
    number = str((m.company and m.company.id) or (m.customer and m.customer.id) or m.number)
    balance = _sums([each.total for each in unpaid], m.store.currency)
    return {
        "account": {"number": number, "balanceText": balance, "date": m.day(end - timedelta(seconds=1))},
        "openItems": items, "ageing": {name: _sums(found, m.store.currency) for name, found in ages.items()},
    }  # fmt: skip


def _sums(found: Iterable[Money], currency: str) -> str:
    """The total of each currency: different ones are never added up."""
    totals: dict[str, Decimal] = {}
    for one in found:
        totals[one.currency] = totals.get(one.currency, Decimal()) + one.amount
    return "; ".join(amount(Money(value, name)) for name, value in totals.items()) or amount(Money(Decimal(), currency))


def _age(days: int) -> str:
    return next((name for limit, name in AGES if days <= limit), "olderText")


def onboarding(m: Material, _known: Json) -> Json:
    company = m.company
    terms = company.payment_terms_days if company else None
    group = (company.group if company else "") or (m.customer.group if m.customer else "")
    account = {
        "priceList": group,
        "creditLimitText": amount(company.credit_limit) if company and company.credit_limit else "",
        "paymentTerms": f"{terms} days net" if terms is not None else "",
    }  # fmt: skip
    return {"account": account, "contacts": [], "steps": [{"title": a, "text": b} for a, b in FIRST_STEPS]}
