"""Steps about the terms of an account: what was decided becomes group, credit, payment terms and the right to buy."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from app.db.session import reading
from app.db.types import utc_now
from app.domain.commerce import Customer, Money
from app.domain.ids import CompanyId, NodeId, PriceListId
from app.domain.steps import PublishTaxExemption, PublishTerms, SetCompanyState
from app.domain.trade import Company, CompanyState
from app.engine import approvals, circuits, subjects
from app.engine.agreements.audience import without
from app.engine.handlers import publishing
from app.engine.publications import Draft, PlannedField, Value
from app.engine.publications import terms as kind
from app.engine.publications.kinds import TERMS
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import Permanent
from app.stores.port import Capability, CompanyChange

CREDIT_ATTRIBUTE = "Credit terms"
MONTH = 365.2425 / 12  # days


def publish_terms(context: Context, step: PublishTerms) -> Result:
    """From the decision this run kept as a record; what the decision does not say stays as it is."""
    if not isinstance(context.subject, Company | Customer):
        raise Permanent("This is about no account, so there are no terms to write.", code="no_account")
    with reading(context.deps.database) as session:
        approval = approvals.of_run(session, context.run_id)
    if approval is None or not approval.is_approved:
        raise Permanent(
            "No approval of these terms is kept as a record, so nothing was written.", code="no_approval_record",
            hint="Have the account decided in OpenText; its terms are written then.",
        )  # fmt: skip
    account = _account(context, context.subject)
    wanted, refused = _wanted(context, account, on_credit=step.on_credit)
    now = _now(context, account, wanted)
    fields = [PlannedField(name, _title(name), now.get(name, {}), value) for name, value in wanted.items()]
    fields += [
        PlannedField(name, _title(name), now.get(name, {}), value, why) for name, (value, why) in refused.items()
    ]
    draft = Draft(
        context.store_id, context.run_id, context.subject_type, context.subject_id, TERMS,
        f"{'company' if isinstance(account, Company) else 'customer'}:{account.id}",
        f"the account of {subjects.name(account)}",
        approvals.source_of(approval), approval.url, fields,
    )  # fmt: skip
    with circuits.patiently():
        return publishing.published(context, publishing.publish(context, draft))


def publish_tax_exemption(context: Context, _step: PublishTaxExemption) -> Result:
    """By exactly the approved certificate; after its months what was there before is put back."""
    company, store = context.subject, context.store
    if not isinstance(company, Company) or Capability.TAX_EXEMPTION not in store.read.capabilities:
        raise without(store, Capability.TAX_EXEMPTION, "This store keeps no tax exemption of companies.")
    node_id, version = NodeId(int(context.facts["node_id"])), int(context.facts["version"])
    with reading(context.deps.database) as session:
        approval = approvals.of_version(
            session, context.store_id, context.subject_type, context.subject_id, node_id, version
        )
    if approval is None:
        words = f"Version {version} is not approved, or not any more; nobody was exempted."
        return Skipped(words, publishing.workspace_of(context))
    source = approvals.source_of(approval)
    ends = (source.approved_at or utc_now()) + timedelta(days=MONTH * int(getattr(context.preferences, "months", 12)))
    if ends <= utc_now():
        words = f"“{source.name}” is older than it may be; nobody was exempted."
        return Skipped(words, publishing.workspace_of(context))
    named = tuple(one for one in str(getattr(context.preferences, "exemptions", "")).split(", ") if one)
    value = kind.tax_value(not named, named or company.tax_exemptions)
    field = PlannedField(kind.TAX, _title(kind.TAX), kind.values_of(company)[kind.TAX], value)
    draft = Draft(
        context.store_id, context.run_id, context.subject_type, context.subject_id, TERMS, f"company:{company.id}",
        f"the taxes of {company.name}", source, context.opentext.workspaces.url(source.node_id), [field], None, ends,
    )  # fmt: skip
    with circuits.patiently():
        publication = publishing.publish(context, draft)
    publishing.plan_times(context, publication)
    return publishing.published(context, publication)


def _account(context: Context, subject: Company | Customer) -> Company | Customer:
    """Whose terms are written: where only companies have any, the customer's own company, made as needed."""
    store = context.store
    if isinstance(subject, Company) or Capability.COMPANY_CREATION not in store.read.capabilities:
        return subject
    company_id = subject.company_id
    if company_id is None:
        context.effects.still_mine()
        company_id = store.publish.create_company(subject.id, subject.company or subject.name)
    return store.read.company(company_id)


def _now(context: Context, account: Company | Customer, wanted: Mapping[str, Value]) -> Mapping[str, Value]:
    """What stands there; the price lists among what is wanted are asked for."""
    found = kind.values_of(account)
    for name in wanted:
        if name.startswith(kind.PRICE_LIST):
            key = PriceListId(name.removeprefix(kind.PRICE_LIST))
            has = any(one.id == str(account.id) for one in context.store.read.audiences_of(key))
            found[name] = wanted[name] if has else {}
    return found


def _title(field: str) -> str:
    if field.startswith(kind.PRICE_LIST):
        return "Price list"
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
        given, problem = _group(context, account, name)
        wanted |= given
        refused |= {kind.GROUP: (kind.said("", name), problem)} if problem else {}
    credit = _credit(context, decided) if on_credit else ({}, {})
    if isinstance(account, Customer):
        words = _in_words(decided) if on_credit else "pays in advance"
        return wanted | {f"{kind.ATTRIBUTE}{CREDIT_ATTRIBUTE}": {"text": words}}, refused
    wanted |= credit[0] if on_credit else {kind.TERMS: kind.days_value(0)}
    return wanted | {kind.STATE: kind.state_value(CompanyState.APPROVED)}, refused | credit[1]


def _group(context: Context, account: Company | Customer, name: str) -> tuple[dict[str, Value], str]:
    """(what to write, why not): the group of that name; in a store without groups the price list or catalog."""
    read = context.store.read
    if Capability.CUSTOMER_GROUPS in read.capabilities or isinstance(account, Customer):
        group = next((one for one in read.customer_groups() if one.name.casefold() == name.casefold()), None)
        found = {kind.GROUP: kind.said(group.id, group.name)} if group else {}
        return found, "" if found else f"The store has no customer group {name}."
    lists = read.price_lists() if Capability.PRICE_LISTS in read.capabilities else []
    one = next((one for one in lists if name.casefold() in (one.name.casefold(), one.catalog.casefold())), None)
    if one is None:
        return {}, f"The store has no catalog or price list {name}. {read.remedy(Capability.PRICE_LISTS)}".strip()
    return {kind.price_list_field(one.id): kind.price_list_value(one.catalog or one.name)}, ""


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
