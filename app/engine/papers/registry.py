"""Every paper a scenario may file, by name: what it is called and how it is written from what a run is about.

A paper about a part of an order (one shipment, refund or payment) finds it by the run's fact (`shipment_id`, …).
"""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from app.db import cases as rows
from app.db.session import reading
from app.db.types import utc_now
from app.domain.cases import Case
from app.domain.commerce import Customer, Order
from app.domain.content import Document
from app.domain.ids import NodeId
from app.domain.order_parts import OrderPart
from app.domain.trade import Company
from app.engine import policies, subjects
from app.engine.papers import account_papers, binding, case_papers, order_papers, order_record
from app.engine.papers.types import CASE_TYPES, TYPES
from app.engine.publications import ledger
from app.engine.publications.promotions import promotions_of, snapshots
from app.engine.runs import Context
from app.errors import Permanent

T = TypeVar("T")
HISTORY = timedelta(days=3 * 365)
MOST_MEMBERS = 50  # of a company, whose orders are listed
MOST_PACKED = 60
MOST_PACKED_BYTES = 80_000_000


@dataclass(frozen=True)
class Written:
    """A paper as it will be filed. `words` name it in a sentence."""

    file_name: str
    content: bytes
    words: str


Writer = Callable[[Context], Written]


def _parts(*names: OrderPart) -> frozenset[OrderPart]:
    return frozenset(names)


def _stage(context: Context) -> str:
    """What makes a paper of an object differ from an earlier one: ", Completed", the decision, or nothing."""
    decision = context.facts.get("decision") or {}
    stage = str(context.facts.get("stage") or decision.get("title") or "").lower()
    return f", {stage}" if stage else ""


def _order_record(context: Context) -> Written:
    order = context.order()
    under = policies.lines(context.deps, context.store_id, order)
    pdf = order_record.write(order, context.external_store, context.reasons, under)
    return Written(f"Order {order.number} record{_stage(context)}.pdf", pdf, "order record")


def _invoice(context: Context) -> Written:
    order = context.order()
    pdf = order_papers.invoice_copy(order, context.external_store, context.store.read.profile())
    return Written(f"Invoice copy {order.number}{_stage(context)}.pdf", pdf, "invoice copy")


def _tax(context: Context) -> Written:
    order = context.order(_parts(OrderPart.REFUNDS))
    pdf = order_papers.tax_record(order, context.external_store, context.store.read.profile())
    return Written(f"Tax record {order.number}{_stage(context)}.pdf", pdf, "tax record")


def _packing_slip(context: Context) -> Written:
    order = context.order(_parts(OrderPart.SHIPMENTS))
    shipment = _named(context, order.shipments, "shipment")
    pdf = order_papers.packing_slip(order, context.external_store, shipment)
    return Written(f"Packing slip {order.number}, shipment {shipment.id}.pdf", pdf, "packing slip")


def _shipping(context: Context) -> Written:
    order = context.order(_parts(OrderPart.SHIPMENTS))
    shipment = _named(context, order.shipments, "shipment")
    pdf = order_papers.shipping_confirmation(order, context.external_store, shipment)
    return Written(f"Shipping confirmation {order.number}, shipment {shipment.id}.pdf", pdf, "shipping confirmation")


def _refund(context: Context) -> Written:
    order = context.order(_parts(OrderPart.REFUNDS))
    refund = _named(context, order.refunds, "refund")
    pdf = order_papers.refund_record(order, context.external_store, refund)
    return Written(f"Refund {refund.id} of order {order.number}.pdf", pdf, "refund record")


def _payment(context: Context) -> Written:
    order = context.order(_parts(OrderPart.PAYMENTS))
    payment = _named(context, order.payments, "payment")
    pdf = order_papers.payment_record(order, context.external_store, payment)
    return Written(f"Payment {payment.id} of order {order.number}.pdf", pdf, "payment record")


def _payments(context: Context) -> Written:
    order = context.order(_parts(OrderPart.PAYMENTS))
    pdf = order_papers.payments(order, context.external_store)
    return Written(f"Payments of order {order.number}{_stage(context)}.pdf", pdf, "list of payments")


def _shipments(context: Context) -> Written:
    order = context.order(_parts(OrderPart.SHIPMENTS))
    pdf = order_papers.shipments(order, context.external_store)
    return Written(f"Shipments of order {order.number}{_stage(context)}.pdf", pdf, "list of shipments")


def _refunds(context: Context) -> Written:
    order = context.order(_parts(OrderPart.REFUNDS))
    pdf = order_papers.refunds(order, context.external_store)
    return Written(f"Refunds of order {order.number}{_stage(context)}.pdf", pdf, "list of refunds")


def _messages(context: Context) -> Written:
    order = context.order(_parts(OrderPart.MESSAGES))
    pdf = order_papers.message_log(order, context.external_store)
    return Written(f"Messages of order {order.number}{_stage(context)}.pdf", pdf, "message log")


def _history(context: Context) -> Written:
    """The buyer's orders of three years; a guest's is this one order, a company's those of its members."""
    if isinstance(context.subject, Customer | Company):
        return _account_history(context, context.subject)
    order = context.order()
    orders = [order]
    if order.customer_id:
        orders = list(context.store.read.orders_of(order.customer_id, order.placed_at - HISTORY))
    pdf = case_papers.order_history(order.customer_name, context.external_store, orders, order.modified_at)
    return Written(f"Order history of {order.customer_name}{_stage(context)}.pdf", pdf, "order history")


def _account_history(context: Context, account: Customer | Company) -> Written:
    """Dated by the last order's last change: the same orders give the same paper."""
    members = account.members[:MOST_MEMBERS] if isinstance(account, Company) else (account.id,)
    since = utc_now() - HISTORY
    orders = [order for member in members for order in context.store.read.orders_of(member, since)]
    orders.sort(key=lambda one: (one.placed_at, one.id))
    dated = max((one.modified_at for one in orders), default=account.since or account_papers.EPOCH)
    pdf = account_papers.order_history(account.name, context.external_store, orders, dated)
    return Written("Order history.pdf", pdf, "order history")


def _account_terms(context: Context) -> Written:
    """What is agreed with a customer or company today: group, prices, credit, terms, and who decided it."""
    account = context.subject
    if not isinstance(account, Customer | Company):
        raise Permanent("This paper is about a customer or company, and this is none.", code="no_account")
    with reading(context.deps.database) as session:
        agreed = ledger.live_for(session, context.store_id, context.subject_type, context.subject_id)
        cases = rows.of_account(session, context.store_id, context.subject_type.value, context.subject_id)
    pdf = account_papers.terms(account, context.external_store, agreed, cases)
    return Written("Account and credit terms.pdf", pdf, "sheet of agreed terms")


def _case_file(context: Context) -> Written:
    case = _case(context)
    pdf = case_papers.case_file(case, context.external_store, context.facts.get("decision"))
    return Written(f"{case.number} case file{_stage(context)}.pdf", pdf, "case file")


def _campaign_state(context: Context) -> Written:
    """A campaign with its promotions as the store has them now, the store's own full answer attached."""
    case = _case(context)
    with reading(context.deps.database) as session:
        agreed = ledger.live_for(session, context.store_id, context.subject_type, context.subject_id)
        fields = [field for one in agreed for field in ledger.fields_in(session, one.id)]
        seen = snapshots(session, context.store_id, promotions_of(case, fields))
    pdf = case_papers.campaign_state(case, context.external_store, agreed, seen)
    return Written(f"{case.number}{_stage(context)}.pdf", pdf, "state of the campaign")


def _evidence_pack(context: Context) -> Written:
    """One PDF: cover with deadline, index, then every document of the dispute's and the order's workspaces."""
    case, order = _case(context), context.order()
    name = f"{case.number} evidence pack{_stage(context)}.pdf"
    parts, left_out = _gather(context, (document for document in _documents(context) if "evidence pack" not in
                                        document.name))  # fmt: skip
    cover = _cover(context, case, order, parts, left_out)
    title = f"{case.name}: evidence"
    return Written(name, binding.bind(cover, parts, title, case.opened_at), f"evidence pack of {len(parts)} documents")


def _cover(context: Context, case: Case, order: Order, parts: list[binding.Part], left_out: list[str]) -> bytes:
    """The index names pages behind the cover, so the cover's own length is found first."""
    length = 1
    for _ in range(3):
        page, index = length + 1, []
        for part in parts:
            index.append((part.name, part.folder, page))
            page += part.pages
        cover = case_papers.pack_cover(case, order, context.external_store, index, left_out)
        if binding.page_count(cover) == length:
            break
        length = binding.page_count(cover)
    return cover


def _documents(context: Context) -> Iterable[Document]:
    """Of the case's own workspace first, then of its order's."""
    documents = context.opentext.documents
    own = NodeId(int(context.facts["workspace_id"]))
    yield from documents.in_workspace(own)
    above = subjects.workspace_of(context.deps, context.store_id, "order", context.order().id)
    if above is not None and above != own:
        yield from documents.in_workspace(above)


def _gather(context: Context, documents: Iterable[Document]) -> tuple[list[binding.Part], list[str]]:
    parts: list[binding.Part] = []
    left_out: list[str] = []
    size = 0
    for document in sorted(documents, key=lambda one: (one.folder, one.name.casefold(), one.id)):
        if len(parts) >= MOST_PACKED or size + document.size > MOST_PACKED_BYTES:
            left_out.append(f"{document.name} (too much for one pack)")
            continue
        content = io.BytesIO()
        context.opentext.documents.download(document.id, document.version, content)
        part = binding.readable(document.name, document.folder, content.getvalue(), document.mime_type)
        size += document.size
        if part.pages:
            parts.append(part)
        else:
            left_out.append(f"{document.name} (cannot be shown on paper)")
    return parts, left_out


def _case(context: Context) -> Case:
    if not isinstance(context.subject, Case):
        raise Permanent("This paper is about a case, and this is none.", code="no_case")
    return context.subject


def _named(context: Context, found: Iterable[T], what: str) -> T:
    """The shipment, refund or payment the run is about. Permanent when the store has it no more."""
    wanted = str(context.facts.get(f"{what}_id") or "")
    one = next((part for part in found if getattr(part, "id", "") == wanted), None)
    if one is None:
        raise Permanent(
            f"The store no longer has this {what}, so its paper cannot be written.", code="part_gone",
            hint="Leave this step out if the store is right.",
        )  # fmt: skip
    return one


def type_of(paper: str, context: Context) -> str:
    """The document type of a paper; empty where no rule asks for it."""
    if paper == "case_file" and isinstance(context.subject, Case):
        return CASE_TYPES.get(context.subject.kind, "")
    return TYPES.get(paper, "")


PAPERS: dict[str, Writer] = {
    "order_record": _order_record,
    "invoice_copy": _invoice,
    "tax_record": _tax,
    "packing_slip": _packing_slip,
    "shipping_confirmation": _shipping,
    "refund_record": _refund,
    "payment_record": _payment,
    "payments": _payments,
    "shipments": _shipments,
    "refunds": _refunds,
    "message_log": _messages,
    "order_history": _history,
    "account_terms": _account_terms,
    "campaign_state": _campaign_state,
    "case_file": _case_file,
    "evidence_pack": _evidence_pack,
}
OF_CASES = frozenset({"case_file", "campaign_state"})  # the others are about an order
