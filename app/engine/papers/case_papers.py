"""Papers about a case: the case file, a buyer's order history, and the evidence pack's cover."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.db.publications import Publication
from app.domain.cases import Case
from app.domain.commerce import Order
from app.engine.papers.order_record import moment
from app.engine.papers.typesetting import Column, Paper, Section, typeset

ITEMS = (Column("SKU"), Column("Item", wide=True), Column("Qty", number=True))
EVENTS = (Column("When"), Column("Who"), Column("What", wide=True))
ORDERS = (Column("Order"), Column("Placed"), Column("Status", wide=True), Column("Total", number=True))
APPROVED = (Column("Document", wide=True), Column("Version", number=True), Column("Approved by"))
PROMOTIONS = (Column("Promotion"), Column("State"), Column("Terms", wide=True))
INDEX = (Column("No", number=True), Column("Document", wide=True), Column("From"), Column("Page", number=True))


def case_file(case: Case, store: str, decision: dict[str, Any] | None) -> bytes:
    """What the case is about, everything that happened, how it ended."""
    events = tuple((moment(one.at), one.by, one.text) for one in case.additions)
    sections = [
        Section("Case", _facts(case)),
        Section("What was said", lines=(case.text,)) if case.text else None,
        Section("Items", columns=ITEMS, rows=tuple((i.sku, i.name, str(i.quantity)) for i in case.items))
        if case.items else None,
        Section("What was asked for", tuple((name.replace("_", " ").capitalize(), value)
                                            for name, value in sorted(case.values.items())
                                            if not name.startswith("_"))) if case.values else None,
        Section("What happened", columns=EVENTS, rows=events) if events else None,
        Section("Decision", (("Decision", decision["title"]), ("Decided by", decision["by"] or "nobody (deadline)"),
                             ("Comment", decision["comment"]))) if decision else None,
    ]  # fmt: skip
    dated = max((one.at for one in case.additions), default=case.opened_at)
    return typeset(
        Paper(
            title=f"{case.name}: case file",
            subtitle=f"Store {store} · opened {moment(case.opened_at)} by {case.opened_by}",
            footer=f"Case file · {case.name} · {store}",
            sections=tuple(one for one in sections if one is not None),
            dated=dated,
            attachment_name="case.json",
            attachment={"store": store, "case": asdict(case), "decision": decision},
        )
    )


def _facts(case: Case) -> tuple[tuple[str, str], ...]:
    return (
        ("Number", case.number), ("About", case.title), ("Order", case.order_number), ("Buyer", case.customer_name),
        ("Reason", case.reason), ("Amount", str(case.amount) if case.amount else ""),
        ("To be answered by", moment(case.due_at) if case.due_at else ""), ("State", case.state.value.capitalize()),
        ("Outcome", case.outcome), ("Number at the provider", case.external_id),
    )  # fmt: skip


def campaign_state(
    case: Case, store: str, agreed: Sequence[Publication], seen: Mapping[str, Mapping[str, Any]]
) -> bytes:
    """What the campaign is, what was approved, what its promotions are in the store now."""
    approved = tuple((one.document_name, str(one.version), one.approved_by) for one in agreed)
    running = tuple((one["name"], _running(one), str(one["terms"])) for _id, one in sorted(seen.items()))
    events = tuple((moment(one.at), one.by, one.text) for one in case.additions)
    sections = [
        Section("Campaign", _facts(case)),
        Section("Brief", lines=(case.text,)) if case.text else None,
        Section("Approved rules", columns=APPROVED, rows=approved) if approved
        else Section("Approved rules", lines=("No approved discount rules are in force.",)),
        Section("Promotions in the store", columns=PROMOTIONS, rows=running) if running else None,
        Section("What happened", columns=EVENTS, rows=events) if events else None,
    ]  # fmt: skip
    return typeset(
        Paper(
            title=f"{case.name}: state {case.version}",
            subtitle=f"Store {store} · opened {moment(case.opened_at)} by {case.opened_by}",
            footer=f"Campaign · {case.name} · {store}",
            sections=tuple(one for one in sections if one is not None),
            dated=max((one.at for one in case.additions), default=case.opened_at),
            attachment_name="campaign.json",
            attachment={"store": store, "case": asdict(case), "approved": [list(one) for one in approved],
                        "promotions": {number: dict(one) for number, one in seen.items()}},
        )
    )  # fmt: skip


def _running(promotion: Mapping[str, Any]) -> str:
    if promotion["is_gone"]:
        return "deleted"
    return "switched on" if promotion["is_enabled"] else "switched off"


def order_history(name: str, store: str, orders: Sequence[Order], dated: datetime) -> bytes:
    """A buyer's orders, the oldest first."""
    rows = tuple((o.number, moment(o.placed_at), o.status_label, str(o.total)) for o in orders)
    section = Section("Orders", columns=ORDERS, rows=rows) if rows else Section("Orders", lines=("None is known.",))
    return typeset(
        Paper(
            title=f"Order history of {name}",
            subtitle=f"Store {store} · {len(orders)} orders",
            footer=f"Order history · {name} · {store}",
            sections=(section,),
            dated=dated,
            attachment_name="orders.json",
            attachment={"store": store, "orders": [asdict(order) for order in orders]},
        )
    )


def pack_cover(
    case: Case, order: Order, store: str, documents: Sequence[tuple[str, str, int]], left_out: Sequence[str]
) -> bytes:
    """Cover and index of an evidence pack. `documents`: (name, folder, first page in the pack)."""
    rows = tuple((str(n), name, folder, str(page)) for n, (name, folder, page) in enumerate(documents, start=1))
    sections = [
        Section("Deadline", (("To be sent to the provider by",
                              moment(case.due_at) if case.due_at else "not known: ask the provider"),)),
        Section("Dispute", _facts(case)),
        Section("Order", (
            ("Order", order.number), ("Placed", moment(order.placed_at)), ("Total", str(order.total)),
            ("Paid by", order.payment_method), ("Buyer", order.customer_name), ("E-mail", order.customer_email),
            ("Ordered from", order.ip_country_code), ("Delivered to", ", ".join(order.shipping_country_codes)),
        )),
        Section("Index", columns=INDEX, rows=rows),
    ]  # fmt: skip
    if left_out:
        sections.append(Section("In the workspace, but not in this pack", lines=tuple(left_out)))
    return typeset(
        Paper(
            title=f"{case.name}: evidence",
            subtitle=f"Store {store} · order {order.number}",
            footer=f"Evidence · {case.name} · {store}",
            sections=tuple(sections),
            dated=max((one.at for one in case.additions), default=case.opened_at),
            attachment_name="dispute.json",
            attachment={"store": store, "case": asdict(case), "order": asdict(order),
                        "documents": [list(one) for one in documents]},
        )
    )  # fmt: skip
