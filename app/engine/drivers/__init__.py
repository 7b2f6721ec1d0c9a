"""The input data of communications, worked out from what the store and the run say. Pure: no I/O.

Rules for designs: stable names, amounts as text beside raw values, dates as ISO and in words, "" for what is not known.
Blocks a step before us left as the run's fact `driver` ({"block": value}) come before ours: that is how steps that
know more (a decision, a new date, an offer) say it. Source: reference for OpenText Exstream, sections 8 and 12.
"""

from collections.abc import Callable, Mapping

from app.domain.commerce import Address
from app.engine.drivers import accounts, orders, papers, returns
from app.engine.drivers.material import Json, Material, address_lines, store_block
from app.errors import Permanent

OURS = ("meta", "store", "customer")
BUILDERS: Mapping[str, Callable[[Material, Json], Json]] = {
    "SF_ORDER_CONFIRMATION": orders.confirmation,
    "SF_INVOICE": orders.invoice,
    "SF_RECEIPT": orders.receipt,
    "SF_STATEMENT": accounts.statement,
    "SF_AGEING_NOTICE": accounts.ageing,
    "SF_RETURN_LETTER": returns.return_letter,
    "SF_REFUND": returns.refund,
    "SF_POLICY": papers.policy,
    "SF_RETENTION": papers.retention,
    "SF_CATALOG": papers.catalog,
    "SF_DELAY_NOTICE": orders.delay,
    "SF_PARTIAL_NOTICE": orders.partial,
    "SF_CANCEL_NOTICE": orders.cancel,
    "SF_REVIEW_NOTICE": orders.review,
    "SF_RECALL_NOTICE": orders.recall,
    "SF_ONBOARDING": accounts.onboarding,
    "SF_WARRANTY": papers.warranty,
    "SF_CARE": papers.care,
}


def build(material: Material) -> Json:
    """The whole driver. Raises Permanent (`no_driver_data`) where the subject cannot give what the template needs."""
    make = BUILDERS.get(material.template)
    if make is None:
        raise Permanent(f"We know no input data for {material.template}.", code="unknown_template")
    given = material.facts.get("driver")
    known = {name: value for name, value in given.items() if name not in OURS} if isinstance(given, Mapping) else {}
    blocks = make(material, known)
    return {"meta": _meta(material), "store": store_block(material), "customer": _customer(material)} | blocks | known


def _meta(m: Material) -> Json:
    return {
        "schema": f"{m.template.lower().replace('_', '-', 1)}/1", "template": m.template, "variant": m.variant,
        "language": m.language[:2], "jobKey": m.job_key, "number": m.number, "about": m.about,
        "caseId": m.workflow_case, "shortText": f"{m.store.name}: {m.about}",
    }  # fmt: skip


def _customer(m: Material) -> Json:
    customer, order, company = m.customer, m.order, m.company
    address = order.billing if order else next(iter(customer.addresses if customer else ()), None)
    address = address or next(iter(company.addresses if company else ()), None) or Address()
    name = (order.customer_name if order else "") or (customer.name if customer else "") or address.name
    return {
        "number": str((customer and customer.id) or (company and company.id) or (order and order.customer_id) or ""),
        "name": name or (company.name if company else ""),
        "company": (company and company.name) or (customer and customer.company) or address.company,
        "email": (order.customer_email if order else "") or (customer.email if customer else "")
        or (company.email if company else ""),
        "addressLines": address_lines(address), "country": address.country_code,
    }  # fmt: skip


__all__ = ["BUILDERS", "Material", "build"]
