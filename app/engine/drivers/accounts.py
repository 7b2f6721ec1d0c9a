"""Blocks of statements, ageing notices and welcome packs."""

from datetime import UTC, timedelta
from decimal import Decimal

from app.domain.commerce import Money
from app.engine.drivers.material import VOID, Json, Material, amount, due_after, instant, invoice_number

AGES = ((0, "currentText"), (30, "days30Text"), (60, "days60Text"))
FIRST_STEPS = (
    ("Sign in", "Use the e-mail address this letter names."),
    ("See your prices", "Your own prices show as soon as you are signed in."),
    ("Order", "Choose your payment terms at the checkout."),
)


def statement(m: Material, known: Json) -> Json:
    end = m.now.astimezone(UTC)
    start = instant(m.fact("period_start")) or end - timedelta(days=30)
    in_period = [each for each in m.orders if start <= each.placed_at <= end and each.is_paid]
    payments = [
        {"date": m.day(each.placed_at), "reference": invoice_number(each), "amountText": amount(each.total)}
        for each in in_period if each.status.value not in VOID
    ]  # fmt: skip
    period = {"from": m.day(start), "to": m.day(end), "text": f"{m.day_text(start)} - {m.day_text(end)}"}
    return ageing(m, known) | {"period": period, "payments": payments}


def ageing(m: Material, _known: Json) -> Json:
    """Open is what was invoiced and not paid; its age counts from the due date."""
    unpaid = [each for each in m.orders if not each.is_paid and each.status.value not in VOID]
    ages, terms = dict.fromkeys(("currentText", "days30Text", "days60Text", "olderText"), Decimal()), due_after(m)
    items = []
    for each in sorted(unpaid, key=lambda one: one.placed_at):
        due = each.placed_at + terms
        ages[_age((m.now - due).days)] += each.total.amount
        items.append({"number": invoice_number(each), "date": m.day(each.placed_at), "dueDate": m.day(due),
                      "openText": amount(each.total)})  # fmt: skip
    currency = unpaid[0].total.currency if unpaid else m.store.currency
    balance = Money(sum(ages.values(), Decimal()), currency)
    number = str((m.company and m.company.id) or (m.customer and m.customer.id) or m.number)
    return {
        "account": {"number": number, "balanceText": amount(balance)}, "openItems": items,
        "ageing": {name: f"{value:,.2f}" for name, value in ages.items()},
    }  # fmt: skip


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
