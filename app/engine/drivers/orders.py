"""Blocks of letters about an order: confirmation, invoice, receipt, delay, parts, cancellation, review."""

from app.domain.commerce import Address
from app.domain.order_parts import Shipment
from app.engine.drivers.material import (
    Json,
    Material,
    address_lines,
    amount,
    due_after,
    instant,
    invoice_number,
    line_rows,
    order_block,
    order_of,
    totals_block,
)
from app.errors import Permanent

REVIEWS = {
    "opened": "We check some orders before we send them. You need to do nothing; we write as soon as we have finished.",
    "released": "We have finished checking your order. It goes on its way now; you need to do nothing.",
}


def _goods(m: Material) -> Json:
    order = order_of(m)
    return {"order": order_block(m), "lines": line_rows(order.lines), "totals": totals_block(order)}


def confirmation(m: Material, _known: Json) -> Json:
    to = next(iter(order_of(m).shipping), Address())
    shipping = {"method": m.fact("shipping_method"), "addressLines": [to.name, *address_lines(to)]}
    return _goods(m) | {"shipping": shipping}


def invoice(m: Material, _known: Json) -> Json:
    order = order_of(m)
    due = order.placed_at if order.is_paid else order.placed_at + due_after(m)
    tax = {"rateText": "", "netText": f"{order.total.amount - order.tax.amount:,.2f}",
           "taxText": f"{order.tax.amount:,.2f}"}  # fmt: skip
    return _goods(m) | {
        "invoice": {"number": invoice_number(order), "dueDate": m.day(due), "dueText": m.day_text(due)},
        "taxSummary": [tax],
    }


def receipt(m: Material, _known: Json) -> Json:
    paid = [each for each in order_of(m).payments if each.is_ok and each.kind in ("purchase", "capture", "settled")]
    return _goods(m) | {
        "payments": [
            {"date": m.day(each.at), "reference": each.reference or each.id, "method": each.method,
             "amountText": amount(each.amount)}
            for each in paid
        ]
    }  # fmt: skip


def delay(m: Material, known: Json) -> Json:
    order = order_of(m)
    late = {each.sku for each in order.shortfalls}
    lines = [each for each in order.lines if each.sku in late] or list(order.lines)
    if not m.fact("new_date") and "delay" not in known:
        hint = "Enter the new date, then try again."
        raise Permanent(
            "The new date is not known, so there is nothing to write yet.", code="no_driver_data", hint=hint
        )
    until = instant(m.fact("new_date"))
    words = {"oldDate": m.fact("old_date"), "newDate": m.fact("new_date"),
             "newDateText": m.day_text(until.date()) if until else m.fact("new_date"),
             "reason": m.fact("reason") or str(m.decision().get("comment") or "")}  # fmt: skip
    return {"order": order_block(m), "lines": line_rows(lines), "delay": words}


def partial(m: Material, _known: Json) -> Json:
    order, shipment = order_of(m), _shipment(m)
    gone = {each.line_id: each.quantity for each in shipment.items} if shipment else {}
    rest = [
        {"sku": each.sku, "name": each.name, "qty": str(each.quantity - max(each.shipped, gone.get(each.line_id, 0)))}
        for each in order.lines if each.is_physical and each.quantity > max(each.shipped, gone.get(each.line_id, 0))
    ]  # fmt: skip
    sent = [each for each in order.lines if each.line_id in gone or (not shipment and each.shipped)]
    at = shipment.shipped_at if shipment else m.now
    parcel = {"number": shipment.id if shipment else "", "date": m.day(at), "dateText": m.day_text(at),
              "carrier": shipment.carrier if shipment else "",
              "tracking": shipment.tracking_number if shipment else ""}  # fmt: skip
    return {"order": order_block(m), "lines": line_rows(sent), "remaining": rest, "shipment": parcel}


def _shipment(m: Material) -> Shipment | None:
    """The one the run is about, else the latest."""
    found = {each.id: each for each in order_of(m).shipments}
    latest = max(found.values(), key=lambda each: each.shipped_at, default=None)
    return found.get(m.fact("shipment_id")) or latest


def cancel(m: Material, _known: Json) -> Json:
    order = order_of(m)
    back = f"{amount(order.total)} go back to where they came from." if order.is_paid else "Nothing was charged."
    reason = m.fact("reason") or str(m.decision().get("comment") or "") or "it was cancelled in our store."
    return {"order": order_block(m), "lines": line_rows(order.lines),
            "cancel": {"reason": reason, "refundText": m.fact("refund_text") or back}}  # fmt: skip


def review(m: Material, _known: Json) -> Json:
    """Never why: a reason for suspicion is not for the buyer."""
    stage = m.variant or "opened"
    return {"order": order_block(m), "review": {"stage": stage, "text": REVIEWS[stage]}}


def recall(m: Material, known: Json) -> Json:
    """What is recalled and why is the recall's to say: its step leaves it as the block `recall`."""
    if "recall" not in known:
        raise Permanent("No recall says what this letter is about.", code="no_driver_data")
    return {"order": order_block(m)}
