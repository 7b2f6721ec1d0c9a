"""What a workspace's categories say, by property name; the server maps the names to attributes.

The names are those of the Content Server set-up this product ships (extensions/opentext). Values are text; dates
are ISO 8601 UTC without a zone letter, as Content Server wants them.
"""

from datetime import UTC, datetime
from typing import Any

from app.domain.cases import Case
from app.domain.commerce import Customer, Order, Product
from app.domain.scenario import Subject
from app.domain.trade import Company, Page

Values = dict[str, tuple[str, ...]]


def of(subject: Subject, store: str, reasons: tuple[str, ...], facts: dict[str, Any]) -> Values:
    """Every property we can fill now; what we do not know is left out, never emptied."""
    if isinstance(subject, Order):
        found = _order(subject, store, reasons) | _decision(facts.get("decision")) | _papers(facts)
    elif isinstance(subject, Product):
        found = _product(subject, store) | _publication(facts.get("publication"))
    elif isinstance(subject, Customer):
        found = _customer(subject, store)
    elif isinstance(subject, Company):
        found = _company(subject, store)
    elif isinstance(subject, Case):
        found = _case(subject, store, reasons, facts.get("decision"))
    elif isinstance(subject, Page):
        found = _page(subject, store, facts.get("policy"))
    else:
        found = {}
    return {name: tuple(v for v in values if v) for name, values in found.items() if any(values)}


def _order(order: Order, store: str, reasons: tuple[str, ...]) -> Values:
    return {
        "orderNumber": (order.number,),
        "store": (store,),
        "placedOn": (stamp(order.placed_at),),
        "total": (f"{order.total.amount:.2f}",),
        "currency": (order.total.currency,),
        "status": (order.status_label,),
        "customerName": (order.customer_name,),
        "customerEmail": (order.customer_email,),
        "billingCountry": (order.billing.country_code,),
        "shippingCountry": (", ".join(order.shipping_country_codes),),
        "paymentStatus": (order.payment_status,),
        "reviewReasons": reasons,
    }


def _papers(facts: dict[str, Any]) -> Values:
    """Whether buyers owe documents, and under which policies it was placed."""
    return {
        "documentsRequired": (facts.get("documents_required", ""),),
        "policiesInForce": tuple(line[:248] for line in facts.get("policies_in_force", ())),
    }


def _page(page: Page, store: str, policy: dict[str, Any] | None) -> Values:
    found: Values = {
        "pageId": (page.id,), "store": (store,), "title": (page.title[:248],), "address": (page.url[:248],),
    }  # fmt: skip
    if policy:
        since = stamp(datetime.fromisoformat(policy["since"]))
        found |= {"versionInForce": (str(policy["number"]),), "inForceFrom": (since,)}
    return found


def _decision(decision: dict[str, Any] | None) -> Values:
    if not decision:
        return {}
    at = decision.get("at")
    decided_on = stamp(datetime.fromisoformat(at)) if at else ""
    return {"decision": (decision["title"],), "decidedBy": (decision["by"],), "decidedOn": (decided_on,)}


def _product(product: Product, store: str) -> Values:
    return {"sku": (product.sku,), "name": (product.name,), "store": (store,), "productId": (product.id,)}


def _publication(publication: dict[str, Any] | None) -> Values:
    if not publication:
        return {}
    published_on = stamp(datetime.fromisoformat(publication["published_at"]))
    return {"publishedVersion": (str(publication["version"]),), "publishedOn": (published_on,)}


def _customer(customer: Customer, store: str) -> Values:
    return {
        "name": (customer.name,),
        "email": (customer.email,),
        "company": (customer.company,),
        "customerGroup": (customer.group,),
        "customerId": (customer.id,),
        "store": (store,),
        "phone": (customer.phone,),
        "country": (next((one.country_code for one in customer.addresses if one.country_code), ""),),
        "customerSince": (stamp(customer.since) if customer.since else "",),
    }


def _company(company: Company, store: str) -> Values:
    limit, terms = company.credit_limit, company.payment_terms_days
    return {
        "companyId": (str(company.id),),
        "store": (store,),
        "name": (company.name,),
        "email": (company.email,),
        "taxId": (company.tax_id,),
        "status": (company.state.value.capitalize(),),
        "customerGroup": (company.group,),
        "creditLimit": (f"{limit.amount:.2f}" if limit else "",),
        "currency": (limit.currency if limit else "",),
        "paymentTermsDays": (str(terms) if terms is not None else "",),
    }


def _case(case: Case, store: str, reasons: tuple[str, ...], decision: dict[str, Any] | None) -> Values:
    return {
        "caseNumber": (case.number,),
        "store": (store,),
        "orderNumber": (case.order_number,),
        "customerName": (case.customer_name,),
        "reason": ((case.reason or "; ".join(reasons))[:248],),
        "amount": (f"{case.amount.amount:.2f}" if case.amount else "",),
        "currency": (case.amount.currency if case.amount else "",),
        "openedOn": (stamp(case.opened_at),),
        "dueOn": (stamp(case.due_at) if case.due_at else "",),
        "status": (case.state.value.capitalize(),),
        "decision": (decision["title"] if decision else case.outcome,),
    }


def stamp(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
