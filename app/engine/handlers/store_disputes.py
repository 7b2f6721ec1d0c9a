"""Steps about disputes the store itself tells of: followed, with evidence as texts. Files go there by hand.

Source: Shopify Admin GraphQL API 2026-10, disputes and their evidence; what is kept is sent at the due date at the
latest, and once sent nothing can be added.
"""

from datetime import timedelta
from typing import Any

from app.db.types import utc_now
from app.domain.aftersale import Dispute, DisputeId, DisputeState
from app.domain.cases import Case, CaseKind, CaseState
from app.domain.commerce import Money, Order
from app.domain.events import Source
from app.domain.order_parts import OrderPart
from app.domain.steps import FollowDispute, SendEvidence
from app.engine import cases, policies
from app.engine.cases import NewCase
from app.engine.handlers.cases import OURSELVES
from app.engine.papers.order_record import moment
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import Conflict, NotFound, Permanent
from app.language import notes
from app.language.catalogues import N_
from app.language.reading import Reader

SEEN = "_dispute_seen"
BANK = "The provider"
SAID = {
    DisputeState.NEEDS_RESPONSE: "The dispute waits for evidence.",
    DisputeState.UNDER_REVIEW: "The evidence is with the buyer's bank.",
    DisputeState.WON: "The dispute was won.",
    DisputeState.LOST: "The dispute was lost; the money went back.",
    DisputeState.ACCEPTED: "The dispute was accepted; the money went back.",
    DisputeState.PREVENTED: "The dispute was prevented.",
}
ENDED = {
    DisputeState.WON: "Won", DisputeState.LOST: "Lost", DisputeState.ACCEPTED: "Accepted",
    DisputeState.PREVENTED: "Prevented",
}  # fmt: skip
BY_HAND = "Files are added to the dispute by hand in the store, before the evidence is released."
# The texts of the evidence.
PLACED = N_("{name} placed order {number} on {placed}.")
FROM_THERE, WITH_ADDRESS = N_("It came from {country}."), N_("Given e-mail address: {email}.")
SUM = N_("Order {number} of {placed}, {total}, paid by {method}.")
SHIPPED = N_("Shipped {shipped} {by} {number} {address}")
DELIVERY = N_("Delivery address: {address}")
PAYMENT = N_("Payment {at}: {amount}, address check {address}, card code check {code}.")
PAID_BACK, NO_CHECK = N_("Paid back {at}: {total}"), N_("none")
PROVE = frozenset({OrderPart.SHIPMENTS, OrderPart.PAYMENTS, OrderPart.REFUNDS})
MOST = 100_000  # characters of one text


def follow_dispute(context: Context, step: FollowDispute) -> Result:
    """Runs once for each state of a dispute. One a person opened a case for before is taken up by that case."""
    order = context.order(frozenset({OrderPart.DISPUTES}))
    found = next((one for one in order.disputes if one.id == context.facts.get("dispute_id")), None)
    if found is None:
        return _follow_status(context, step, order)
    case = cases.of_external(context.deps, context.store_id, CaseKind.DISPUTE, order.id, found.id)
    if case is not None:
        return _update(context, case, found)
    if not found.is_open:
        return Skipped(f"The dispute was over before there was a case of it. {SAID[found.state]}")
    case = cases.open_case(context.deps, context.store_id, _new_case(context, step, order, found), Source.STORE)
    return Done(f"{case.name} was opened. {found.gap}".strip(), _facts(case), {"case": case.id})


def _facts(case: Case) -> dict[str, Any]:
    return {"case": case.id, "case_number": case.number}


def _days(context: Context, step: FollowDispute) -> timedelta | None:
    days = getattr(context.preferences, step.due_preference, None) if step.due_preference else None
    return timedelta(days=days) if days else None


def _follow_status(context: Context, step: FollowDispute, order: Order) -> Result:
    """The store says no more than that the order is disputed: one case, taken up by the one that is open."""
    of_order = cases.of_order(context.deps, context.store_id, order.id)
    running = next(
        (one for one in of_order if one.kind is CaseKind.DISPUTE and one.state is not CaseState.CLOSED), None
    )
    if running is not None:
        case = cases.add(context.deps, context.store_id, running.id, f"run:{context.run_id}", OURSELVES,
                         "; ".join(context.reasons), source=Source.STORE)  # fmt: skip
        return Done(f"It was added to {case.name}, which is open already.", _facts(case), {"case": case.id})
    days = _days(context, step)
    new = _about(order, f"run:{context.run_id}:dispute", "; ".join(context.reasons), amount=order.total,
                 due_at=utc_now() + days if days else None)  # fmt: skip
    case = cases.open_case(context.deps, context.store_id, new, Source.STORE)
    return Done(f"{case.name} was opened.", _facts(case), {"case": case.id})


def _new_case(context: Context, step: FollowDispute, order: Order, found: Dispute) -> NewCase:
    days = _days(context, step)
    usual = (found.opened_at or utc_now()) + days if days else None
    words = "The buyer's bank asks about the payment." if found.is_inquiry else "The buyer's bank took the money back."
    said = f"The store names as the reason: {found.reason}." if found.reason else ""
    return _about(
        order, f"store-dispute:{found.id}", " ".join(filter(None, (words, said, found.gap, BY_HAND))),
        amount=found.amount or order.total, due_at=found.due_at or usual, external_id=found.id,
        reason=found.code or "other", values={SEEN: found.state.value},
    )  # fmt: skip


def _about(order: Order, cause_key: str, text: str, **more: Any) -> NewCase:
    return NewCase(
        kind=CaseKind.DISPUTE, cause_key=cause_key, opened_by=OURSELVES, text=text, order_id=order.id,
        order_number=order.number, customer_id=order.customer_id, customer_name=order.customer_name,
        company_id=order.company_id, **more,
    )  # fmt: skip


def _update(context: Context, case: Case, found: Dispute) -> Result:
    if case.values.get(SEEN) == found.state.value and (found.due_at is None or found.due_at == case.due_at):
        return Skipped(f"{case.name} knows this already.", _facts(case))
    if case.state is CaseState.CLOSED:
        return Skipped(f"{case.name} is closed already. {SAID[found.state]}", _facts(case))
    due = f" It must be answered by {moment(found.due_at)}." if found.due_at and found.due_at != case.due_at else ""
    words = SAID[found.state] + due
    cases.add(context.deps, context.store_id, case.id, f"dispute:{found.state}:{found.due_at}", BANK, words,
              values={SEEN: found.state.value}, due_at=found.due_at, source=Source.STORE)  # fmt: skip
    if found.state in ENDED:
        cases.close(context.deps, context.store_id, case.id, ENDED[found.state], BANK, source=Source.STORE)
    return Done(f"{case.name}: {words}", _facts(case), {"case": case.id})


# --- evidence --------------------------------------------------------------------------------------------------------


def send_evidence(context: Context, step: SendEvidence) -> Result:
    """The store is asked first: what was sent, or answered by the bank, is left as it is."""
    case = context.subject
    if not isinstance(case, Case) or case.kind is not CaseKind.DISPUTE:
        raise Permanent("This is no dispute, so there is no evidence.", code="no_case")
    if case.state is CaseState.CLOSED:
        return Skipped("The case was closed meanwhile, so nothing was sent.")
    try:
        found = _of_case(context, case)
    except Permanent as error:
        if step.final or error.specific_code != "missing_scope":
            raise
        return Skipped(f"Nothing is kept with the dispute in the store yet. {error.message} {error.hint}".strip())
    if found is None:
        return Skipped("The store knows no such dispute: send the evidence to the provider by hand.", _by_hand())
    if found.state is not DisputeState.NEEDS_RESPONSE:
        return Skipped(f"{SAID[found.state]} Nothing can be added any more.")
    context.effects.still_mine()
    try:
        context.store.publish.send_evidence(found.id, _texts(context), final=step.final)
    except Conflict:
        return Skipped("The evidence had been sent already; nothing can be added any more.")
    if step.final:
        return Done("The evidence was sent to the provider.", {"evidence": "It was sent to the provider."})
    due = f" At the latest on {moment(found.due_at)} the store sends what is there." if found.due_at else ""
    return Done(f"The texts of the evidence are kept with the dispute in the store. {BY_HAND}{due}",
                {"evidence": f"Its texts are kept with the dispute. {BY_HAND}{due}"})  # fmt: skip


def _by_hand() -> dict[str, str]:
    return {"evidence": "Please send the evidence to the provider by hand."}


def _of_case(context: Context, case: Case) -> Dispute | None:
    """None for a dispute of a provider the store knows nothing of, whatever number a person typed."""
    if not case.external_id:
        return None
    try:
        found = context.store.read.dispute(DisputeId(case.external_id))
    except NotFound:
        return None
    except Permanent as error:
        if error.specific_code != "not_in_this_store":
            raise
        return None
    return found if found.order_id == case.order_id else None


def _texts(context: Context) -> dict[str, str]:
    """By the fields of aftersale.EVIDENCE: facts of the order alone, nothing staff wrote to each other."""
    order = context.order(PROVE)
    found = {"activity": _activity(order, context.words), "other": "\n".join(_facts_of(order, context.words))}
    under = policies.refund_terms(context.deps, context.store_id, order)
    if under:
        found["refund_policy"] = under
    return {name: text[:MOST] for name, text in found.items() if text}


def _activity(order: Order, who: Reader) -> str:
    where = notes.filled(FROM_THERE, {"country": order.ip_country_code}, who) if order.ip_country_code else ""
    address = notes.filled(WITH_ADDRESS, {"email": order.customer_email}, who) if order.customer_email else ""
    values = {"name": order.customer_name, "number": order.number, "placed": who.moment(order.placed_at)}
    return " ".join(filter(None, (notes.filled(PLACED, values, who), where, address)))


def _facts_of(order: Order, who: Reader) -> list[str]:
    """A line for each fact; what a line names stays as the store has it."""

    def told(text: str, **values: str) -> str:
        return notes.filled(text, values, who)

    unknown = told(NO_CHECK)
    lines = [
        told(SUM, number=order.number, placed=who.moment(order.placed_at), total=_money(order.total, who),
             method=order.payment_method)
    ]  # fmt: skip
    lines += [f"{line.quantity} x {line.name} ({line.sku}): {_money(line.total, who)}" for line in order.lines]
    lines += [
        told(SHIPPED, shipped=who.moment(one.shipped_at), by=one.carrier, number=one.tracking_number,
             address=one.tracking_url)
        for one in order.shipments
    ]  # fmt: skip
    lines += [
        told(DELIVERY, address=f"{one.name}, {one.street}, {one.postcode} {one.city}, {one.country}")
        for one in order.shipping
    ]
    lines += [
        told(PAYMENT, at=who.moment(one.at), amount=_money(one.amount, who), address=one.address_check or unknown,
             code=one.code_check or unknown)
        for one in order.payments if one.is_ok and one.kind in ("purchase", "authorization", "capture")
    ]  # fmt: skip
    lines += [
        told(PAID_BACK, at=who.moment(one.at), total=_money(one.total, who))
        for one in order.refunds if not one.is_declined
    ]  # fmt: skip
    return lines


def _money(amount: Money, who: Reader) -> str:
    return who.money({"amount": str(amount.amount), "currency": amount.currency})
