"""What a workflow is started with: the base every model needs, the subject's facts, the scenario's own preferences.

One table by process says which names its model mentions and what they are where nobody says anything, for the engine
refuses an expression that names a variable without a value. Later sources win: the table's values, the subject, the
case's form, the preferences, the facts of the run. A table's None is said by the subject.

Source: OpenText Workflow Service, the models in extensions/opentext/workflow and their README.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.domain.cases import Case
from app.domain.commerce import Customer, Order, Product
from app.domain.trade import Company
from app.engine.handlers import return_routing
from app.engine.runs import Context

Values = dict[str, Any]
LONGEST_REASONS = 3900

# A preference in hours or days → the variable it becomes, as an ISO 8601 duration.
DURATIONS = {
    "deadline_hours": ("sla", "PT{}H"),
    "answer_hours": ("answer_sla", "PT{}H"),
    "acknowledge_hours": ("acknowledge_sla", "PT{}H"),
    "deadline_days": ("sla", "P{}D"),
    "reminder_every_days": ("reminder_days", "P{}D"),
}


@dataclass(frozen=True)
class Process:
    """A workflow model: what people call one of its instances, its variables, and those that carry its result."""

    title: str
    variables: Mapping[str, Any]
    results: tuple[str, ...] = ()


PROCESSES: dict[str, Process] = {
    "sf_order_review": Process("review", {
        "order_number": "", "amount": "", "currency": "", "risk_score": "", "risk_reasons": "", "ship_country": "",
        "bill_country": "", "customer_id": "", "payment_ref": "", "review_group": "Order Review",
        "requester_group": "Order Review", "sla": "PT4H",
    }),
    "sf_content_approval": Process("content approval", {
        "product_id": "", "sku": "", "content_version": "", "document_node_ids": "", "market": "", "publish_at": "",
        "regulated": False, "content_group": "Content Approvers", "legal_group": "Legal", "sla": "P3D",
    }),
    "sf_return_approval": Process("return", {
        "order_number": "", "currency": "", "rma_number": "", "reason": "", "condition": "", "items_json": "[]",
        "refund_amount": "", "photos_node_ids": "", "warranty_until": "", "needs_second_approval": False,
        "returns_group": "Returns", "requester_group": "Customer Service", "finance_group": "Finance", "sla": "P2D",
        "answer_sla": "P7D",
    }, ("refund_amount",)),
    "sf_backorder": Process("backorder", {
        "order_number": "", "items_json": "[]", "expected_date": "", "substitute_skus": "", "customer_tier": "",
        "customer_answer": "", "ops_group": "Operations", "support_group": "Customer Service", "sla": "P1D",
        "answer_sla": "P3D",
    }, ("customer_answer", "substitute_skus", "expected_date")),
    "sf_b2b_onboarding": Process("onboarding", {
        "currency": "", "company_name": "", "tax_id": "", "credit_requested": "", "documents_required": "",
        "price_list_id": "", "sales_rep": "", "onboarding_group": "Customer Onboarding", "finance_group": "Finance",
        "legal_group": "Legal", "sla": "P5D",
    }, ("credit_requested", "price_list_id", "credit_limit", "payment_terms_days")),
    "sf_complaint": Process("complaint", {
        "order_number": "", "complaint_type": "", "severity": "normal", "summary_ref": "", "refund_amount": "",
        "support_group": "Customer Service", "support_lead_group": "Support Leads", "sla": "P3D",
        "acknowledge_sla": "P1D",
    }, ("refund_amount", "severity")),
    "sf_special_price": Process("special price", {
        "customer_group_id": "", "sku_list_ref": "", "discount_percent": 0.0, "approved_percent": 0.0,
        "margin_percent": "", "valid_from": "", "valid_to": "", "needs_finance": False, "pricing_group": "Pricing",
        "finance_group": "Finance", "sla": "P2D",
    }, ("approved_percent",)),
    "sf_document_collection": Process("documents", {
        "document_types": "", "due_date": "", "reminder_days": "P3D", "reminders_left": 2,
        "requester_group": "Customer Service", "compliance_group": "Compliance", "sla": "P5D",
    }, ("document_types",)),
}  # fmt: skip


def _of_sheet(facts: Mapping[str, Any]) -> Values:
    """The content sheet that is decided about, and the version of it."""
    return {"content_version": str(facts.get("version", "")), "document_node_ids": str(facts.get("node_id", ""))}


# What a process needs beside: who decides, worked out from the subject and the scenario's preferences.
ROUTES: dict[str, Callable[[Context, Values], Values]] = {
    "sf_return_approval": return_routing.route,
    "sf_content_approval": lambda context, _own: _of_sheet(context.facts),
}


def process(key: str) -> Process:
    """The process of that key; one nobody described has no variables of its own."""
    return PROCESSES.get(key, Process("decision", {}))


def variables(context: Context, key: str) -> tuple[Values, str]:
    """Every variable of a start, and the case token: the second factor of the callback."""
    case_token = context.deps.vault.sign("case-token", context.run_id)
    own = dict(process(key).variables)
    for found in (_of_subject(context), _of_case(context), _of_preferences(context), dict(context.facts)):
        own |= {name: _like(own[name], value) for name, value in found.items() if name in own and _is_plain(value)}
    if key in ROUTES:
        own |= ROUTES[key](context, own)
    return _base(context, case_token) | own, case_token


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float | Decimal) and value != ""


def _like(default: Any, value: Any) -> Any:
    """As the model compares it: a yes/no or a number stays one, all else travels as text."""
    if isinstance(default, bool):
        return value if isinstance(value, bool) else str(value).strip().lower() in ("yes", "true", "on", "1")
    if isinstance(default, float):
        return float(value)
    if isinstance(default, int):
        return int(value)
    return str(value)


def _base(context: Context, case_token: str) -> Values:
    return {
        "case_id": context.run_id,
        "platform": context.provider.value,
        "store_hash": context.external_store,
        "object_type": context.subject_type.value,
        "object_id": context.subject_id,
        "workspace_id": str(context.facts.get("workspace_id", "")),
        "callback_base": context.deps.settings.public_url,
        "callback_token": case_token,
        "approver": "",
        "decision": "",
        "decision_comment": "",
        "priority": "50",
        "attachment_node_ids": str(context.facts.get("attachments", "")),
    }


def _of_subject(context: Context) -> Values:
    reasons = "; ".join(context.reasons)[:LONGEST_REASONS]
    subject = context.subject
    builder = next((build for kind, build in BUILDERS if isinstance(subject, kind)), None)
    return {"risk_reasons": reasons, "reason": reasons} | (builder(subject) if builder else {})


def _order(order: Order) -> Values:
    return {
        "order_number": order.number,
        "amount": f"{order.total.amount:.2f}",
        "currency": order.total.currency,
        "ship_country": ", ".join(order.shipping_country_codes),
        "bill_country": order.billing.country_code,
        "customer_id": order.customer_id or "",
        "payment_ref": order.payment_method,
    }


def _case(case: Case) -> Values:
    amount = f"{case.amount.amount:.2f}" if case.amount else ""
    return {
        "order_number": case.order_number,
        "rma_number": case.number,
        "reason": case.reason,
        "complaint_type": case.reason,
        "summary_ref": case.text or case.number,
        "amount": amount,
        "refund_amount": amount,
        "currency": case.amount.currency if case.amount else "",
        "customer_id": case.customer_id or "",
        "due_date": case.due_at.date().isoformat() if case.due_at else "",
    }


def _product(product: Product) -> Values:
    return {"product_id": product.id, "sku": product.sku}


def _customer(customer: Customer) -> Values:
    return {"customer_id": customer.id, "company_name": customer.company, "customer_group_id": customer.group_id}


def _company(company: Company) -> Values:
    limit = company.credit_limit
    return {
        "company_name": company.name,
        "tax_id": company.tax_id,
        "customer_group_id": company.group_id,
        "credit_requested": f"{limit.amount:.2f}" if limit else "",
        "currency": limit.currency if limit else "",
    }


BUILDERS: tuple[tuple[type, Callable[[Any], Values]], ...] = (
    (Order, _order), (Case, _case), (Product, _product), (Customer, _customer), (Company, _company),
)  # fmt: skip


def _of_case(context: Context) -> Values:
    """What the form of the case asked for, by field name."""
    return dict(context.subject.values) if isinstance(context.subject, Case) else {}


def _of_preferences(context: Context) -> Values:
    """Any preference named as a variable; hours and days as durations."""
    found: Values = {}
    for name in type(context.preferences).model_fields:
        value = getattr(context.preferences, name)
        if name in DURATIONS and value is not None:
            variable, pattern = DURATIONS[name]
            found[variable] = pattern.format(value)
        elif isinstance(value, str | bool | int | Decimal):
            found[name] = value
    return found


def results(key: str, values: Mapping[str, str]) -> dict[str, str]:
    """What the decision carries beside its outcome."""
    return {name: values[name] for name in process(key).results if values.get(name)}
