"""What runs are about: read from the store (its owner), named for people, remembered for pages."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.db import search
from app.db.links import SubjectSnapshot, WorkspaceLink
from app.db.session import reading
from app.db.types import utc_now
from app.domain.cases import Case
from app.domain.commerce import Customer, Money, Order, OrderStatus, Product, StoreProfile
from app.domain.ids import CompanyId, CustomerId, NodeId, ObjectType, OrderId, PageId, ProductId, StoreId
from app.domain.order_parts import OrderPart
from app.domain.scenario import Subject
from app.domain.search import FOUND, TermKind, beside, terms
from app.domain.trade import Company, Page
from app.engine import cases, policies
from app.engine.deps import Deps

HAS_LEFT = frozenset({OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED, OrderStatus.COMPLETED})
LONGEST_NOTE = 1000  # of what staff and buyer wrote on an order; the whole text is in the store


def read(
    deps: Deps,
    store_id: StoreId,
    object_type: ObjectType,
    object_id: str,
    parts: frozenset[OrderPart] = frozenset(),
) -> Subject:
    """The object as it stands now, an order with these parts. Raises NotFound when the store does not have it."""
    reader = deps.store(store_id).read
    if object_type is ObjectType.ORDER:
        return reader.order(OrderId(object_id), parts)
    if object_type is ObjectType.PRODUCT:
        return reader.product(ProductId(object_id))
    if object_type is ObjectType.CUSTOMER:
        return reader.customer(CustomerId(object_id))
    if object_type is ObjectType.COMPANY:
        return reader.company(CompanyId(object_id))
    if object_type is ObjectType.PAGE:
        return reader.page(PageId(object_id))
    if object_type is ObjectType.CASE:
        return cases.read(deps, store_id, object_id)
    return reader.profile()


def with_tracking(deps: Deps, store_id: StoreId, subject: Subject) -> Subject:
    """An order that has left the house with its shipments, until we know a tracking number of it: people look for it
    by that, whatever scenarios are switched on. Others as they are."""
    if not isinstance(subject, Order) or OrderPart.SHIPMENTS in subject.parts or subject.status not in HAS_LEFT:
        return subject
    with reading(deps.database) as session:
        if search.has(session, store_id, ObjectType.ORDER.value, subject.id, TermKind.TRACKING):
            return subject
    return deps.store(store_id).read.order(subject.id, subject.parts | {OrderPart.SHIPMENTS})


def name(subject: Subject) -> str:
    """What people call it."""
    if isinstance(subject, Order):
        return f"Order {subject.number}"
    return subject.name


def workspace_of(deps: Deps, store_id: StoreId, object_type: str, object_id: str) -> NodeId | None:
    """The node of the object's workspace, where it has one."""
    where = (col(WorkspaceLink.store_id) == store_id, col(WorkspaceLink.object_type) == object_type,
             col(WorkspaceLink.object_id) == object_id)  # fmt: skip
    with reading(deps.database) as session:
        found = session.execute(select(col(WorkspaceLink.workspace_id)).where(*where)).scalar_one_or_none()
    return NodeId(found) if found is not None else None


def version(subject: Subject) -> str:
    return "" if isinstance(subject, StoreProfile) else subject.version


def remember(session: Session, store_id: StoreId, object_type: str, object_id: str, subject: Subject) -> None:
    """Keep what pages show, in the caller's transaction."""
    row = session.get(SubjectSnapshot, (store_id, object_type, object_id))
    row = row or SubjectSnapshot(store_id=store_id, object_type=object_type, object_id=object_id)
    row.name, row.version, row.facts = name(subject), version(subject), facts(subject)
    row.customer_id = str(subject.customer_id or "") if isinstance(subject, Order) else ""
    if isinstance(subject, Order):
        policies.note_order(session, store_id, subject)
    row.is_gone, row.seen_at = False, utc_now()
    session.add(row)
    if object_type in FOUND:
        more, unread = beside(subject)
        words = terms(object_type, object_id, row.name, row.facts) | more
        search.note(session, store_id, object_type, object_id, words, keep=unread)


def remember_gone(session: Session, store_id: StoreId, object_type: str, object_id: str) -> None:
    """A tombstone: the store no longer has it."""
    row = session.get(SubjectSnapshot, (store_id, object_type, object_id))
    row = row or SubjectSnapshot(store_id=store_id, object_type=object_type, object_id=object_id)
    row.is_gone, row.seen_at = True, utc_now()
    session.add(row)


def facts(subject: Subject) -> dict[str, Any]:
    """Ready-to-show values of a subject. Money as {"amount", "currency"}, times as ISO 8601 UTC."""
    if isinstance(subject, Order):
        return _order_facts(subject)
    if isinstance(subject, Product):
        return {
            "sku": subject.sku, "is_visible": subject.is_visible, "fields": subject.fields,
            "custom_fields": [list(pair) for pair in subject.custom_fields],
            "images": [
                {"id": i.id, "file_name": i.file_name, "alt": i.alt, "url": i.url, "is_thumbnail": i.is_thumbnail}
                for i in subject.images
            ],
        }  # fmt: skip
    if isinstance(subject, Customer):
        return {"email": subject.email, "company": subject.company, "company_id": str(subject.company_id or ""),
                "group": subject.group, "since": subject.since.isoformat() if subject.since else None}  # fmt: skip
    if isinstance(subject, Case):
        return _case_facts(subject)
    if isinstance(subject, Company):
        return {"email": subject.email, "state": subject.state.value, "group": subject.group,
                "members": [str(one) for one in subject.members]}  # fmt: skip
    if isinstance(subject, Page):
        return {"kind": subject.kind.value, "url": subject.url, "is_visible": subject.is_visible}
    return {"currency": subject.currency, "timezone": subject.timezone, "admin_url": subject.admin_url}


def _order_facts(order: Order) -> dict[str, Any]:
    return {
        "number": order.number, "status": order.status.value, "status_label": order.status_label,
        "placed_at": order.placed_at.isoformat(), "total": money(order.total),
        "company_id": order.company_id or "", "company": order.billing.company if order.company_id else "",
        "customer_id": order.customer_id, "customer_name": order.customer_name, "customer_email": order.customer_email,
        "language": order.language, "payment_method": order.payment_method, "payment_status": order.payment_status,
        "billing_country": order.billing.country_code, "shipping_countries": list(order.shipping_country_codes),
        "lines": [{"line_id": line.line_id, "product_id": line.product_id or "", "sku": line.sku, "name": line.name,
                   "quantity": line.quantity, "refunded": line.refunded, "total": money(line.total)}
                  for line in order.lines],
        "notes": {"staff": order.staff_notes[:LONGEST_NOTE], "customer": order.customer_message[:LONGEST_NOTE]},
    }  # fmt: skip


def money(value: Money) -> dict[str, str]:
    return {"amount": str(value.amount), "currency": value.currency}


def _case_facts(case: Case) -> dict[str, Any]:
    return {
        "kind": case.kind.value, "number": case.number, "state": case.state.value, "reason": case.reason,
        "order_id": case.order_id, "customer_id": case.customer_id, "company_id": case.company_id,
        "opened_at": case.opened_at.isoformat(), "due_at": case.due_at.isoformat() if case.due_at else None,
        "order_number": case.order_number, "customer_name": case.customer_name,
        "amount": money(case.amount) if case.amount else None, "outcome": case.outcome,
    }  # fmt: skip
