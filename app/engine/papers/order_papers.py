"""Papers about an order and its parts: invoice copy, packing slip, shipping, refunds, payments, messages, tax.

Each is the store's data as it stood when it was filed, with the same data attached for machines.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.domain.commerce import Money, Order, StoreProfile
from app.domain.order_parts import Payment, Refund, Shipment
from app.engine.papers.order_record import moment, postal
from app.engine.papers.typesetting import Column, Paper, Section, typeset

ITEMS = (Column("SKU"), Column("Item", wide=True), Column("Qty", number=True))
PRICED = (*ITEMS, Column("Unit price", number=True), Column("Total", number=True))
MESSAGES = (Column("When"), Column("Who"), Column("Message", wide=True))
PARCELS = (Column("Sent"), Column("Carrier"), Column("Tracking"), Column("Items", wide=True), Column("To", wide=True))
GIVEN_BACK = (Column("On"), Column("Reason", wide=True), Column("State"), Column("Tax", number=True),
              Column("Total", number=True))  # fmt: skip
MOVEMENTS = (Column("When"), Column("What"), Column("How", wide=True), Column("Amount", number=True))


def _sheet(
    order: Order, store: str, title: str, kind: str, dated: datetime, sections: tuple[Section, ...],
    data: dict[str, Any],
) -> bytes:  # fmt: skip
    return typeset(
        Paper(
            title=title,
            subtitle=f"Store {store} · order {order.number} placed {moment(order.placed_at)}",
            footer=f"{kind} · order {order.number} · {store} · state of {moment(dated)}",
            sections=sections,
            dated=dated,
            attachment_name=f"{kind.lower().replace(' ', '_')}.json",
            attachment={"store": store, "order": order.number, **data},
        )
    )


def _amounts(order: Order) -> Section:
    return Section("Amounts", (("Subtotal", str(order.subtotal)), ("Discount", str(order.discount)),
                               ("Shipping", str(order.shipping_cost)), ("Tax", str(order.tax)),
                               ("Total", str(order.total))))  # fmt: skip


def _priced(order: Order) -> Section:
    rows = tuple((one.sku, one.name, str(one.quantity), str(one.unit_price), str(one.total)) for one in order.lines)
    return Section("Items", columns=PRICED, rows=rows)


def invoice_copy(order: Order, store: str, profile: StoreProfile) -> bytes:
    """What the store billed: for the file, not a new invoice."""
    seller = (("Seller", profile.name), ("Country", profile.country))
    buyer = (("Bill to", postal(order.billing)), ("E-mail", order.customer_email))
    paid = (("Method", order.payment_method), ("Status", order.payment_status))
    sections = (Section("Seller", seller), Section("Buyer", buyer), _priced(order), _amounts(order),
                Section("Payment", paid))  # fmt: skip
    title = f"Invoice copy, order {order.number}"
    data = {"seller": asdict(profile), "invoice": asdict(order)}
    return _sheet(order, store, title, "Invoice copy", order.modified_at, sections, data)


def packing_slip(order: Order, store: str, shipment: Shipment) -> bytes:
    """What is in this parcel and where it goes; no prices."""
    sections = (_addressed(order, shipment), _packed(shipment))
    title = f"Packing slip, order {order.number}, shipment {shipment.id}"
    return _sheet(order, store, title, "Packing slip", shipment.shipped_at, sections, {"shipment": asdict(shipment)})


def shipping_confirmation(order: Order, store: str, shipment: Shipment) -> bytes:
    """That this parcel left the house: when, how, to whom, under which number."""
    sent = Section("Sent", (
        ("Shipped on", moment(shipment.shipped_at)), ("From", shipment.location or "not named by the store"),
        ("Carrier", shipment.carrier), ("Service", shipment.method), ("Tracking number", shipment.tracking_number),
        ("Tracking page", shipment.tracking_url), ("Comments", shipment.comments),
    ))  # fmt: skip
    sections = (sent, _addressed(order, shipment), _packed(shipment))
    title = f"Shipping confirmation, order {order.number}, shipment {shipment.id}"
    data = {"shipment": asdict(shipment)}
    return _sheet(order, store, title, "Shipping confirmation", shipment.shipped_at, sections, data)


def _addressed(order: Order, shipment: Shipment) -> Section:
    to = shipment.to or (order.shipping[0] if len(order.shipping) == 1 else None)
    return Section("Ship to", (("Address", postal(to) if to else ""), ("Phone", to.phone if to else "")))


def _packed(shipment: Shipment) -> Section:
    return Section("Items", columns=ITEMS, rows=tuple((i.sku, i.name, str(i.quantity)) for i in shipment.items))


def refund_record(order: Order, store: str, refund: Refund) -> bytes:
    """What was given back, why, and whether the provider refused it afterwards."""
    names = {line.line_id: line for line in order.lines}
    rows = tuple(
        (
            names[i.line_id].sku if i.line_id in names else "",
            names[i.line_id].name if i.line_id in names else i.kind.capitalize(),
            str(i.quantity) if i.quantity else "",
            str(Money(i.amount, refund.total.currency)) if i.amount is not None else "",
        )
        for i in refund.items
    )
    facts = (
        ("Paid back", str(refund.total)), ("Tax in it", str(refund.tax)), ("On", moment(refund.at)),
        ("Reason", refund.reason), ("State", "Declined by the provider" if refund.is_declined else "Accepted"),
    )  # fmt: skip
    columns = (*ITEMS, Column("Amount", number=True))
    sections = (Section("Refund", facts), Section("For", columns=columns, rows=rows))
    title = f"Refund {refund.id}, order {order.number}"
    return _sheet(order, store, title, "Refund record", refund.at, sections, {"refund": asdict(refund)})


def payment_record(order: Order, store: str, payment: Payment) -> bytes:
    """One movement at the provider, with what it said about the risk."""
    facts = (
        ("Movement", payment.kind.capitalize()), ("Amount", str(payment.amount)), ("On", moment(payment.at)),
        ("Result", "Accepted" if payment.is_ok else "Failed"), ("Method", payment.method),
        ("Provider", payment.gateway), ("Provider's reference", payment.reference),
        ("Card ends in", payment.card_last4), ("Address check", payment.address_check),
        ("Code check", payment.code_check), ("Provider on the risk", payment.risk),
    )  # fmt: skip
    title = f"Payment {payment.id}, order {order.number}"
    data = {"payment": asdict(payment)}
    return _sheet(order, store, title, "Payment record", payment.at, (Section("Payment", facts),), data)


def payments(order: Order, store: str) -> bytes:
    """All movements of the order on one sheet."""
    rows = tuple(
        (moment(p.at), f"{p.kind.capitalize()}{'' if p.is_ok else ' (failed)'}",
         ", ".join(part for part in (p.method, p.gateway, p.reference, f"card {p.card_last4}" if p.card_last4 else "",
                                     p.risk) if part), str(p.amount))
        for p in order.payments
    )  # fmt: skip
    dated = max((p.at for p in order.payments), default=order.modified_at)
    facts = Section("Order", (("Payment status", order.payment_status), ("Total", str(order.total))))
    sections = (facts, Section("Movements", columns=MOVEMENTS, rows=rows) if rows else _none("No movement is known."))
    data = {"payments": [asdict(p) for p in order.payments]}
    return _sheet(order, store, f"Payments, order {order.number}", "Payments", dated, sections, data)


def shipments(order: Order, store: str) -> bytes:
    """All parcels of the order: the proof that it was sent."""
    rows = tuple(
        (moment(s.shipped_at), s.carrier or s.method, s.tracking_number,
         ", ".join(f"{i.quantity} x {i.name}" for i in s.items), postal(s.to) if s.to else "")
        for s in order.shipments
    )  # fmt: skip
    dated = max((s.shipped_at for s in order.shipments), default=order.modified_at)
    section = Section("Shipments", columns=PARCELS, rows=rows) if rows else _none("Nothing has been sent yet.")
    data = {"shipments": [asdict(s) for s in order.shipments]}
    return _sheet(order, store, f"Shipments, order {order.number}", "Shipments", dated, (section,), data)


def refunds(order: Order, store: str) -> bytes:
    """All that was given back."""
    rows = tuple(
        (moment(one.at), one.reason, "declined" if one.is_declined else "", str(one.tax), str(one.total))
        for one in order.refunds
    )
    dated = max((one.at for one in order.refunds), default=order.modified_at)
    section = Section("Refunds", columns=GIVEN_BACK, rows=rows) if rows else _none("Nothing was given back.")
    data = {"refunds": [asdict(one) for one in order.refunds]}
    return _sheet(order, store, f"Refunds, order {order.number}", "Refunds", dated, (section,), data)


def message_log(order: Order, store: str) -> bytes:
    """What buyer and staff wrote about the order, the oldest first."""
    told = sorted(order.messages, key=lambda one: (one.at, one.id))
    rows = tuple(
        (moment(one.at), order.customer_name if one.is_from_customer else "Staff",
         f"{one.subject}: {one.text}" if one.subject else one.text)
        for one in told
    )  # fmt: skip
    sections = [Section("Messages", columns=MESSAGES, rows=rows) if rows else _none("Nobody wrote about this order.")]
    if order.customer_message:
        sections.append(Section("Written with the order", lines=(order.customer_message,)))
    if order.staff_notes:
        sections.append(Section("Notes of the staff", lines=tuple(order.staff_notes.splitlines())))
    dated = max((one.at for one in told), default=order.modified_at)
    data = {"messages": [asdict(one) for one in told], "staff_notes": order.staff_notes}
    return _sheet(order, store, f"Messages, order {order.number}", "Messages", dated, tuple(sections), data)


def tax_record(order: Order, store: str, profile: StoreProfile) -> bytes:
    """What accounting and tax ask for: who sold what to whom where, the tax in it, what was given back."""
    facts = (
        ("Seller", profile.name), ("Seller's country", profile.country), ("Bill to", postal(order.billing)),
        ("Delivered to", ", ".join(order.shipping_country_codes)), ("Company", order.billing.company),
        ("Sold on", moment(order.placed_at)),
    )  # fmt: skip
    back = tuple((moment(one.at), one.reason, str(one.tax), str(one.total)) for one in _taken(order))
    columns = (Column("On"), Column("Reason", wide=True), Column("Tax", number=True), Column("Total", number=True))
    sections = [Section("Sale", facts), _priced(order), _amounts(order)]
    if back:
        sections.append(Section("Given back", columns=columns, rows=back))
    data = {"seller": asdict(profile), "sale": asdict(order)}
    dated = max((one.at for one in order.refunds), default=order.modified_at)
    return _sheet(order, store, f"Tax record, order {order.number}", "Tax record", dated, tuple(sections), data)


def _taken(order: Order) -> list[Refund]:
    return [one for one in order.refunds if not one.is_declined]


def _none(words: str) -> Section:
    return Section("Nothing to show", lines=(words,))
