"""Steps about the terms of an account: what was decided becomes group, credit, payment terms and the right to buy."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.db.session import reading
from app.domain.commerce import Customer, Money
from app.domain.ids import CompanyId
from app.domain.steps import PublishTerms, SetCompanyState
from app.domain.trade import Company, CompanyState
from app.engine import approvals, circuits, subjects
from app.engine.handlers import publishing
from app.engine.publications import Draft, PlannedField, Value
from app.engine.publications import terms as kind
from app.engine.publications.kinds import TERMS
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import Permanent
from app.stores.port import CompanyChange

CREDIT_ATTRIBUTE = "Credit terms"


def publish_terms(context: Context, step: PublishTerms) -> Result:
    """From the decision this run kept as a record; what the decision does not say stays as it is."""
    account = context.subject
    if not isinstance(account, Company | Customer):
        raise Permanent("This is about no account, so there are no terms to write.", code="no_account")
    with reading(context.deps.database) as session:
        approval = approvals.of_run(session, context.run_id)
    if approval is None or not approval.is_approved:
        raise Permanent(
            "No approval of these terms is kept as a record, so nothing was written.", code="no_approval_record",
            hint="Have the account decided in OpenText; its terms are written then.",
        )  # fmt: skip
    wanted, refused = _wanted(context, account, on_credit=step.on_credit)
    now = kind.values_of(account)
    fields = [PlannedField(name, _title(name), now.get(name, {}), value) for name, value in wanted.items()]
    fields += [
        PlannedField(name, _title(name), now.get(name, {}), value, why) for name, (value, why) in refused.items()
    ]
    draft = Draft(
        context.store_id, context.run_id, context.subject_type, context.subject_id, TERMS,
        f"{context.subject_type.value}:{context.subject_id}", f"the account of {subjects.name(account)}",
        approvals.source_of(approval), approval.url, fields,
    )  # fmt: skip
    with circuits.patiently():
        return publishing.published(context, publishing.publish(context, draft))


def _title(field: str) -> str:
    return kind.TITLES.get(field) or field.removeprefix(kind.ATTRIBUTE)


def _wanted(
    context: Context, account: Company | Customer, *, on_credit: bool
) -> tuple[dict[str, Value], dict[str, tuple[Value, str]]]:
    """(what to write, what was asked for and cannot be): the group of the preferences, the decision's own figures."""
    decided = dict((context.facts.get("decision") or {}).get("values") or {})
    wanted: dict[str, Value] = {}
    refused: dict[str, tuple[Value, str]] = {}
    name = str(getattr(context.preferences, "group" if on_credit else "prepay_group", "")).strip()
    if name:
        groups = {one.name.casefold(): one for one in context.store.read.customer_groups()}
        group = groups.get(name.casefold())
        if group is None:
            refused[kind.GROUP] = (kind.said("", name), f"The store has no customer group {name}.")
        else:
            wanted[kind.GROUP] = kind.said(group.id, group.name)
    credit = _credit(context, decided) if on_credit else ({}, {})
    if isinstance(account, Customer):
        words = _in_words(decided) if on_credit else "pays in advance"
        return wanted | {f"{kind.ATTRIBUTE}{CREDIT_ATTRIBUTE}": {"text": words}}, refused
    wanted |= credit[0] if on_credit else {kind.TERMS: kind.days_value(0)}
    return wanted | {kind.STATE: kind.state_value(CompanyState.APPROVED)}, refused | credit[1]


def _credit(context: Context, decided: Mapping[str, Any]) -> tuple[dict[str, Value], dict[str, tuple[Value, str]]]:
    found: dict[str, Value] = {}
    refused: dict[str, tuple[Value, str]] = {}
    asked = str(decided.get("credit_limit") or "").strip()
    if asked:
        try:
            amount = Decimal(asked)
            found[kind.LIMIT] = kind.limit_value(Money(amount, context.store.read.profile().currency))
            found[kind.HOLD] = kind.said("no", "not on hold")
            if not amount.is_finite() or amount < 0:
                raise InvalidOperation
        except InvalidOperation:
            found = {}
            refused[kind.LIMIT] = (kind.said("", asked), f"The credit limit “{asked[:40]}” is not an amount.")
    days = str(decided.get("payment_terms_days") or "").strip()
    if days.isascii() and days.isdigit() and len(days) <= 3:
        found[kind.TERMS] = kind.days_value(int(days))
    elif days:
        refused[kind.TERMS] = (kind.said("", days), f"The payment terms “{days[:40]}” are no number of days.")
    return found, refused


def _in_words(decided: Mapping[str, Any]) -> str:
    """For a store that keeps no credit of its own: what was agreed, for people and other apps to read."""
    limit, days = str(decided.get("credit_limit") or ""), str(decided.get("payment_terms_days") or "")
    parts = (f"limit {limit}" if limit else "", f"{days} days" if days else "")
    return ", ".join(part for part in parts if part)[:200] or "on credit"


def set_company_state(context: Context, step: SetCompanyState) -> Result:
    """A person's change since is left alone and said."""
    company = context.subject
    if not isinstance(company, Company):
        return Skipped("This store keeps no state of the account.")
    if company.state is not step.state and company.state not in step.only_from:
        return Skipped(f"The account is now {company.state.value}; it was left as it is.")
    context.effects.still_mine()
    context.store.publish.set_company(CompanyId(context.subject_id), CompanyChange(state=step.state))
    context.changed()
    return Done(f"The account is {step.state.value}.")
