"""Reading what a template's driver needs: the run's subject, and from the store only what that template prints."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.db.runs import Run
from app.db.session import reading
from app.db.shelves import Shelf
from app.db.types import utc_now
from app.domain.cases import Case
from app.domain.commerce import Customer, Order, Product
from app.domain.ids import CustomerId, PriceListId, ProductId
from app.domain.order_parts import OrderPart
from app.domain.trade import Company, Page
from app.engine import shelves, subjects
from app.engine.drivers.material import Material, instant
from app.engine.runs import Context
from app.errors import NotFound

PARTS = {
    "SF_RECEIPT": OrderPart.PAYMENTS, "SF_REFUND": OrderPart.REFUNDS, "SF_PARTIAL_NOTICE": OrderPart.SHIPMENTS,
}  # fmt: skip
WITH_ORDERS = frozenset({"SF_STATEMENT", "SF_AGEING_NOTICE", "SF_RETENTION"})
WITH_PRODUCTS = frozenset({"SF_CATALOG", "SF_WARRANTY", "SF_CARE"})
WITH_CUSTOMER = frozenset({"SF_RETENTION", "SF_CATALOG", "SF_STATEMENT", "SF_AGEING_NOTICE", "SF_ONBOARDING"})
LOOK_BACK = timedelta(days=730)  # how far accounts and histories reach
MOST_PRODUCTS = 500
MOST_PAID = 300  # paid orders read one by one for a statement


def material(context: Context, template: str, variant: str, job_key: str) -> Material:
    """Everything `build` needs. Raises what the store raises."""
    subject, facts = context.subject, known_facts(context)
    order, case = _order(context, template), subject if isinstance(subject, Case) else None
    company = _company(context, case)
    customer = _customer(context, order, company, case) if template in WITH_CUSTOMER or order is None else None
    products = _products(context, order) if template in WITH_PRODUCTS else ()
    return Material(
        template, variant, job_key, context.store.read.profile(), number(context), subjects.name(subject), utc_now(),
        customer=customer, order=order, case=case, company=company,
        page=subject if isinstance(subject, Page) else None, products=products,
        orders=_orders(context, template, customer, company) if template in WITH_ORDERS else (),
        prices=_prices(context, products) if template == "SF_CATALOG" else {},
        documents_url=shelf_link(context), facts=facts, choices=context.preferences.model_dump(mode="json"),
        workflow_case=str(context.facts.get("run") or context.run_id) if "decision" in facts else "",
    )  # fmt: skip


def shelf_link(context: Context) -> str:
    """The address of everything the buyer may read about it, where the run has put something there."""
    with reading(context.deps.database) as session:
        row = session.get(Shelf, str(context.facts.get("shelf") or ""))
    return shelves.link(context.deps, row) if row is not None else ""


def known_facts(context: Context) -> dict[str, Any]:
    """The run's facts, over those of the run that announced its occasion (fact `run`)."""
    told_by = context.facts.get("run")
    if not isinstance(told_by, str) or not told_by:
        return context.facts
    with reading(context.deps.database) as session:
        run = session.get(Run, told_by)
        told = dict(run.facts) if run is not None and run.store_id == context.store_id else {}
    return told | context.facts


def number(context: Context) -> str:
    """What people call the subject, short."""
    subject = context.subject
    if isinstance(subject, (Order, Case)):
        return subject.number
    if isinstance(subject, Product):
        return subject.sku or subject.id
    return context.subject_id


def _order(context: Context, template: str) -> Order | None:
    """The subject, or the case's order; with the part the template prints."""
    subject, part = context.subject, PARTS.get(template)
    wanted = frozenset({part}) if part else frozenset()
    if isinstance(subject, Order):
        return subject if wanted <= subject.parts else context.store.read.order(subject.id, subject.parts | wanted)
    if isinstance(subject, Case) and subject.order_id:
        return context.store.read.order(subject.order_id, wanted)
    return None


def _company(context: Context, case: Case | None) -> Company | None:
    subject = context.subject
    if isinstance(subject, Company):
        return subject
    company_id = case.company_id if case else subject.company_id if isinstance(subject, Order) else None
    return context.store.read.company(company_id) if company_id else None


def _customer(
    context: Context, order: Order | None, company: Company | None, case: Case | None
) -> Customer | None:  # fmt: skip
    if isinstance(context.subject, Customer):
        return context.subject
    found = (order and order.customer_id) or (case and case.customer_id)
    found = found or next(iter(company.members if company else ()), None)
    return person(context, found)


def person(context: Context, customer_id: CustomerId | None) -> Customer | None:
    """The buyer's account; None for a guest and for one who is gone."""
    try:
        return context.store.read.customer(customer_id) if customer_id else None
    except NotFound:
        return None


def orders_of_account(context: Context, account: Customer | Company) -> tuple[Order, ...]:
    """What a buyer, or everybody of a company, ordered in the last two years."""
    members = account.members if isinstance(account, Company) else (account.id,)
    since = utc_now() - LOOK_BACK
    return tuple(order for member in members for order in context.store.read.orders_of(member, since))


def _orders(context: Context, template: str, customer: Customer | None, company: Company | None) -> tuple[Order, ...]:
    account = company or customer
    found = orders_of_account(context, account) if account else ()
    return _with_payments(context, found) if template == "SF_STATEMENT" else found


def _with_payments(context: Context, orders: tuple[Order, ...]) -> tuple[Order, ...]:
    """What was paid since the period began is read with its payments: the order alone does not say when."""
    since = instant(str(context.facts.get("period_start") or ""))
    wanted = {one.id for one in orders if since and one.is_paid and one.modified_at >= since}
    few = set(sorted(wanted)[:MOST_PAID])
    part = frozenset({OrderPart.PAYMENTS})
    return tuple(context.store.read.order(one.id, part) if one.id in few else one for one in orders)


def _products(context: Context, order: Order | None) -> tuple[Product, ...]:
    """The order's, or those the run names (`product_ids`), each once; one that is gone is left out."""
    named = context.facts.get("product_ids")
    ids = named if isinstance(named, list) else [each.product_id for each in order.lines] if order else []
    if not ids and isinstance(context.subject, Product):
        return (context.subject,)
    found = []
    for product_id in dict.fromkeys(str(each) for each in ids[:MOST_PRODUCTS] if each):
        try:
            found.append(context.store.read.product(ProductId(product_id)))
        except NotFound:
            continue
    return tuple(found)


def _prices(context: Context, products: tuple[Product, ...]) -> Mapping[str, Decimal]:
    """What the buyer's own price list says (`price_list_id`), by SKU."""
    price_list = context.facts.get("price_list_id")
    if not isinstance(price_list, str) or not price_list:
        return {}
    skus = {each.sku for each in products if each.sku}
    return {each.sku: each.price for each in context.store.read.prices(PriceListId(price_list), skus)}
