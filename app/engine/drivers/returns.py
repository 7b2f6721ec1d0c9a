"""Blocks of letters about returns and refunds."""

from app.domain.order_parts import Refund
from app.engine.drivers.material import Json, Material, amount, line_rows, listed, order_block, order_of, store_block
from app.errors import Permanent

DECISIONS = {
    "approved": "we take it back.",
    "exchange": "we exchange it for you.",
    "repair": "we repair it for you.",
    "rejected": "we are sorry, we cannot take it back.",
}


def return_letter(m: Material, _known: Json) -> Json:
    decision = m.variant or str(m.decision().get("value") or "")
    if decision not in DECISIONS:
        raise Permanent("What was decided about the return is not known.", code="no_driver_data")
    case = m.case
    worth = case.amount if case else None
    items = [{"sku": each.sku, "name": each.name, "qty": str(each.quantity)} for each in case.items] if case else []
    about = {
        "rma": case.number if case else m.number, "reason": (case.reason if case else "") or m.fact("reason"),
        "decision": decision, "decisionText": DECISIONS[decision],
        "amountText": _paid_back(m) or (amount(worth) if worth else ""),
        "comment": str(m.decision().get("comment") or ""),
    }  # fmt: skip
    lines = items or (line_rows(m.order.lines) if m.order else [])
    to = listed(m.fact("return_address").replace(";", "\n")) or store_block(m)["addressLines"] or [m.store.name]
    label = {"addressLines": to, "carrier": m.fact("carrier"), "code": about["rma"]}
    return {"return": about, "lines": lines, "label": label}


def _paid_back(m: Material) -> str:
    """What was given back for it, where that is done."""
    done = m.facts.get("refund")
    return str(done.get("total") or "") if isinstance(done, dict) else ""


def refund(m: Material, _known: Json) -> Json:
    order, refund = order_of(m), _latest_refund(m)
    if refund is None:
        raise Permanent(
            f"The store knows no refund of {m.about} yet.", code="no_driver_data",
            hint="Give the money back in the store, then try again.",
        )  # fmt: skip
    lines = {each.line_id for each in refund.items if each.line_id}
    chosen = [each for each in order.lines if each.line_id in lines] or list(order.lines)
    about = {"number": refund.id, "amountText": amount(refund.total), "date": m.day(refund.at),
             "dateText": m.day_text(refund.at), "method": order.payment_method, "reason": refund.reason}  # fmt: skip
    return {"order": order_block(m), "lines": line_rows(chosen), "refund": about}


def _latest_refund(m: Material) -> Refund | None:
    good = {each.id: each for each in order_of(m).refunds if not each.is_declined}
    return good.get(m.fact("refund_id")) or max(good.values(), key=lambda each: each.at, default=None)
