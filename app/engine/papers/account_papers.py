"""Papers about an account: the orders of a customer or company, and what is agreed with them today."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from app.db.cases import CaseRow
from app.db.publications import Publication
from app.domain.commerce import Customer, Order
from app.domain.trade import Company
from app.engine.papers.order_record import moment, postal
from app.engine.papers.typesetting import Column, Paper, Section, typeset

ORDERS = (Column("Order"), Column("Placed"), Column("Buyer", wide=True), Column("Status"), Column("Total", number=True))
AGREED = (Column("Document", wide=True), Column("Version", number=True), Column("Approved by"), Column("Until"))
CASES = (Column("Case"), Column("About", wide=True), Column("Opened"), Column("State"))
ON_PAPER = 500


def order_history(name: str, store: str, orders: Sequence[Order], dated: datetime) -> bytes:
    """The latest orders on the sheet, all of them attached."""
    told = orders[-ON_PAPER:]
    rows = tuple((o.number, moment(o.placed_at), o.customer_name, o.status_label, str(o.total)) for o in told)
    section = Section("Orders", columns=ORDERS, rows=rows) if rows else Section("Orders", lines=("None is known.",))
    more = Section("Earlier", lines=(f"{len(orders) - ON_PAPER:,} earlier orders are in the attached data.",))
    return typeset(
        Paper(
            title=f"Order history of {name}",
            subtitle=f"Store {store} · {len(orders)} orders",
            footer=f"Order history · {name} · {store}",
            sections=(section, more) if len(orders) > ON_PAPER else (section,),
            dated=dated,
            attachment_name="orders.json",
            attachment={"store": store, "orders": [_listed(order) for order in orders]},
        )
    )


def _listed(order: Order) -> dict[str, str]:
    return {"number": order.number, "placed_at": order.placed_at.isoformat(), "buyer": order.customer_name,
            "status": order.status.value, "total": str(order.total)}  # fmt: skip


def terms(account: Customer | Company, store: str, agreed: Sequence[Publication], cases: Sequence[CaseRow]) -> bytes:
    """Who they are, their group, credit and terms, the agreements in force, their cases."""
    in_force = sorted(agreed, key=lambda one: (one.document_name.casefold(), one.version))
    rows = tuple((one.document_name, str(one.version), one.approved_by, _until(one)) for one in in_force)
    support = tuple((one.number, one.title, moment(one.opened_at), one.state.capitalize()) for one in cases)
    facts = _company(account) if isinstance(account, Company) else _customer(account)
    sections = (
        Section("Account", facts),
        Section("Agreements in force", columns=AGREED, rows=rows) if rows
        else Section("Agreements in force", lines=("No approved agreement is in force.",)),
        Section("Support", columns=CASES, rows=support) if support
        else Section("Support", lines=("There was no case.",)),
    )  # fmt: skip
    times = [one.changed_at for one in cases] + [one.published_at or one.created_at for one in agreed]
    return typeset(
        Paper(
            title=f"{account.name}: account and credit terms",
            subtitle=f"Store {store}",
            footer=f"Account and credit terms · {account.name} · {store}",
            sections=sections,
            dated=max([one for one in (account.since, *times) if one], default=EPOCH),
            attachment_name="account.json",
            attachment={"store": store, "account": _data(account), "agreements": [list(row) for row in rows],
                        "cases": [list(row) for row in support]},
        )
    )  # fmt: skip


EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # a paper about somebody of whom no date is known


def _data(account: Customer | Company) -> dict[str, Any]:
    """Without what changes although nothing was agreed."""
    found = asdict(account)
    consents = sorted(account.consents) if isinstance(account, Customer) else []
    return {name: value for name, value in found.items() if name not in ("version", "consents")} | {
        "consents": consents
    }


def _until(publication: Publication) -> str:
    return moment(publication.valid_to) if publication.valid_to else "no end"


def _company(company: Company) -> tuple[tuple[str, str], ...]:
    days = company.payment_terms_days
    return (
        ("Company", company.name), ("E-mail", company.email), ("Tax id", company.tax_id),
        ("State", company.state.value.capitalize()), ("Customer group", company.group),
        ("Credit limit", str(company.credit_limit) if company.credit_limit else "none"),
        ("Credit hold", "yes" if company.is_on_credit_hold else "no"),
        ("Payment terms", f"{days} days" if days is not None else "the store's own"),
        ("Tax exemption", "all taxes" if company.is_tax_exempt else ", ".join(company.tax_exemptions) or "none"),
        *(("Address", postal(one)) for one in company.addresses), ("Buyers", str(len(company.members))),
    )  # fmt: skip


def _customer(customer: Customer) -> tuple[tuple[str, str], ...]:
    return (
        ("Customer", customer.name), ("E-mail", customer.email), ("Company", customer.company),
        ("Customer group", customer.group), *(("Address", postal(one)) for one in customer.addresses),
        *((name, value) for name, value in sorted(customer.attributes.items()) if value),
    )  # fmt: skip
