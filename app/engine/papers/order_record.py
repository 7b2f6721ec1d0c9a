"""The order record: an order as it stood when it was filed."""

from dataclasses import asdict
from datetime import UTC, datetime

from app.domain.commerce import Address, Order
from app.engine.papers.typesetting import Column, Paper, Section, typeset

LINES = (Column("SKU"), Column("Item", wide=True), Column("Qty", number=True), Column("Total", number=True))


def write(order: Order, store: str, reasons: tuple[str, ...], policies: tuple[str, ...] = ()) -> bytes:
    """PDF/A-3b with the whole order attached as order.json."""
    return typeset(
        Paper(
            title=f"Order {order.number}",
            subtitle=f"Store {store} · placed {moment(order.placed_at)} · {order.status_label}",
            footer=f"Order record {order.number} · {store} · state of {moment(order.modified_at)}",
            sections=_sections(order, reasons, policies),
            dated=order.modified_at,
            attachment_name="order.json",
            attachment={"store": store, "reasons": list(reasons), "policies": list(policies), "order": asdict(order)},
        )
    )


def _sections(order: Order, reasons: tuple[str, ...], policies: tuple[str, ...]) -> tuple[Section, ...]:
    rows = tuple((line.sku, line.name, str(line.quantity), str(line.total)) for line in order.lines)
    shipping = tuple(("Ship to", postal(address)) for address in order.shipping)
    sections = [
        Section("Buyer", (("Name", order.customer_name), ("E-mail", order.customer_email),
                          ("Bill to", postal(order.billing)), *shipping)),
        Section("Items", columns=LINES, rows=rows),
        Section("Amounts", (("Subtotal", str(order.subtotal)), ("Discount", str(order.discount)),
                            ("Shipping", str(order.shipping_cost)), ("Tax", str(order.tax)),
                            ("Total", str(order.total)))),
        Section("Payment", (("Method", order.payment_method), ("Status", order.payment_status))),
    ]  # fmt: skip
    if reasons:
        sections.insert(0, Section("Why it was filed", lines=reasons))
    if policies:
        sections.append(Section("Policies in force when it was placed", lines=policies))
    if order.customer_message:
        sections.append(Section("Message from the buyer", lines=(order.customer_message[:2000],)))
    return tuple(sections)


def postal(address: Address) -> str:
    parts = (address.name, address.company, address.street, f"{address.postcode} {address.city}".strip(),
             address.state, address.country or address.country_code)  # fmt: skip
    return ", ".join(part for part in parts if part)


def moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
