"""Terms of an account as a kind of publication: a company's state, group, credit and payment terms; a customer's group.

The state comes last: it is what lets people buy. What a store cannot take back is refused and said, never guessed.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.domain.commerce import Customer, Money
from app.domain.ids import CompanyId, CustomerId, PriceListId
from app.domain.scenario import Subject
from app.domain.trade import Audience, AudienceKind, Company, CompanyState
from app.engine.publications.kind import Report, Row, Wanted
from app.engine.publications.values import Value
from app.engine.runs import Context
from app.errors import Permanent
from app.stores.port import CompanyChange, Store

STATE, GROUP, LIMIT, HOLD, TERMS = "state", "group", "credit_limit", "credit_hold", "payment_terms"
ATTRIBUTE = "attribute:"  # "attribute:<name>" is one of a customer's own
PRICE_LIST = "price_list:"  # "price_list:<id>" is one that a company gets, where the store has no groups
TAX = "tax_exemption"
TITLES = {
    GROUP: "Customer group", LIMIT: "Credit limit", HOLD: "Credit hold", TERMS: "Payment terms", STATE: "Account",
    TAX: "Tax exemption",
}  # fmt: skip
ORDER = (GROUP, LIMIT, HOLD, TERMS, TAX, STATE)  # attributes and price lists before all of them
NO_GROUP = "0"


def said(text: str, words: str) -> Value:
    return {"text": text, "shown": words}


def values_of(account: Company | Customer) -> dict[str, Value]:
    """Every field of the account as it stands."""
    group = said(account.group_id, account.group or account.group_id or "no group")
    if isinstance(account, Customer):
        own = {f"{ATTRIBUTE}{name}": {"text": value} for name, value in account.attributes.items() if value}
        return {GROUP: group} | own
    limit, days = account.credit_limit, account.payment_terms_days
    return {
        GROUP: group, LIMIT: limit_value(limit), TERMS: days_value(days),
        HOLD: said("yes", "on hold") if account.is_on_credit_hold else said("no", "not on hold"),
        STATE: state_value(account.state), TAX: tax_value(account.is_tax_exempt, account.tax_exemptions),
    }  # fmt: skip


def limit_value(limit: Money | None) -> Value:
    """No limit and a limit of nothing are the same: nothing may be bought on credit."""
    if limit is None or not limit.amount:
        return said("", "none")
    return said(f"{limit.amount:.2f} {limit.currency}", str(limit))


def days_value(days: int | None) -> Value:
    return said("", "the store's own") if days is None else said(str(days), f"{days} days" if days else "at once")


def tax_value(is_exempt: bool, exemptions: tuple[str, ...]) -> Value:
    """Whole, or by the store's own names of exemptions."""
    if not is_exempt and not exemptions:
        return said("", "not exempt")
    words = ", ".join(("from all taxes",) if is_exempt else exemptions)
    return {"text": "all" if is_exempt else "some", "exemptions": list(exemptions), "shown": f"exempt: {words}"}


def price_list_field(price_list_id: str) -> str:
    return f"{PRICE_LIST}{price_list_id}"


def price_list_value(name: str) -> Value:
    return said("assigned", name)


def state_value(state: CompanyState) -> Value:
    return said(state.value, state.value)


class TermsKind:
    """The target is "company:<id>" or "customer:<id>"."""

    skips_changed = True
    changes_subject = True

    def live(
        self, store: Store, target: str, rows: Sequence[Row], subject: Subject | None = None
    ) -> Mapping[str, Value]:
        kind, _colon, number = target.partition(":")
        account: Company | Customer
        is_it = isinstance(subject, Company) if kind == "company" else isinstance(subject, Customer)
        if isinstance(subject, Company | Customer) and is_it and str(subject.id) == number:
            account = subject
        else:
            account = store.read.company(CompanyId(number)) if kind == "company" else _customer(store, number)
        found = values_of(account)
        for row in rows:
            if row.field.startswith(PRICE_LIST):
                key = PriceListId(row.field.removeprefix(PRICE_LIST))
                has = any(one.id == number for one in store.read.audiences_of(key))
                found[row.field] = row.after if has else {}
        return {row.field: found.get(row.field, {}) for row in rows}

    def write(self, context: Context, target: str, wanted: Sequence[Wanted], report: Report) -> None:
        kind, _colon, number = target.partition(":")
        for one in sorted(wanted, key=_place):
            context.effects.still_mine()
            try:
                if one.field.startswith(PRICE_LIST):
                    _assign(context.store, number, one)
                elif kind == "company":
                    context.store.publish.set_company(CompanyId(number), _change(one))
                else:
                    _write_customer(context.store, CustomerId(number), one)
            except Permanent as error:
                report([one.field], {one.field: f"The store refused it: {error.message}"})
            else:
                report([one.field], {})


def _assign(store: Store, company_id: str, one: Wanted) -> None:
    audience = Audience(AudienceKind.COMPANY, company_id, one.title)
    change = store.publish.assign_price_list if one.value else store.publish.unassign_price_list
    change(PriceListId(one.field.removeprefix(PRICE_LIST)), audience)


def _customer(store: Store, number: str) -> Customer:
    return store.read.customer(CustomerId(number))


def _place(one: Wanted) -> int:
    return ORDER.index(one.field) if one.field in ORDER else -1


def _change(one: Wanted) -> CompanyChange:
    text = one.value.get("text", "")
    if one.field == GROUP:
        return CompanyChange(group_id=text or NO_GROUP)
    if one.field == LIMIT:
        amount, _space, currency = (text or f"0 {one.now['text'].rpartition(' ')[2]}").partition(" ")
        return CompanyChange(credit_limit=Money(Decimal(amount), currency))
    if one.field == HOLD:
        return CompanyChange(credit_hold=text == "yes")
    if one.field == TAX:
        return CompanyChange(tax_exempt=text == "all", tax_exemptions=tuple(one.value.get("exemptions", ())))
    if one.field == STATE:
        return CompanyChange(state=CompanyState(text))
    if not text:
        raise Permanent("the store's own payment terms can only be chosen in the store itself.", code="store_terms")
    return CompanyChange(payment_terms_days=int(text))


def _write_customer(store: Store, customer_id: CustomerId, one: Wanted) -> None:
    text = one.value.get("text", "")
    if one.field == GROUP:
        store.publish.set_customer_group(customer_id, text)
    else:
        store.publish.set_customer_attribute(customer_id, one.field.removeprefix(ATTRIBUTE), text)
