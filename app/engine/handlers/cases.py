"""Steps that open and close cases."""

from datetime import timedelta
from typing import Any

from app.db.types import utc_now
from app.domain.cases import Case, CaseItem, CaseKind, CaseState
from app.domain.commerce import Customer, Order, Product
from app.domain.events import Source
from app.domain.order_parts import OrderPart
from app.domain.scenario import Subject
from app.domain.steps import CloseCase, DraftReplacement, OpenCase, TakeTag
from app.engine import cases, store_words
from app.engine.cases import NewCase
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import Permanent
from app.language import notes, sentences
from app.language.catalogues import N_

OURSELVES = "Storefront ECM"
REPLACEMENT, FOR_CASE = N_("Replacement"), N_("Replacement for {case}: look at its lines, then complete it.")
BY_HAND = "Please send it by hand."


def open_case(context: Context, step: OpenCase) -> Result:
    """Once for this run. An open case of the kind about the same order takes up what happened instead."""
    new = _new_case(context, step)
    known = cases.find(context.deps, context.store_id, new.cause_key)
    running = None if known else _open_one(context, step.case, new)
    if running is not None:
        text = new.text or "; ".join(context.reasons)
        case = cases.add(
            context.deps, context.store_id, running.id, f"run:{context.run_id}", new.opened_by, text,
            source=Source.STORE,
        )  # fmt: skip
        return Done(f"It was added to {case.name}, which is open already.", _facts(case), {"case": case.id})
    case = cases.open_case(context.deps, context.store_id, new, Source.STORE)
    return Done(f"{case.name} was opened.", _facts(case), {"case": case.id})


def _facts(case: Case) -> dict[str, Any]:
    return {"case": case.id, "case_number": case.number}


def _open_one(context: Context, kind: CaseKind, new: NewCase) -> Case | None:
    """About the same order; about the same buyer where neither is about one."""
    if new.order_id is not None:
        found = cases.of_order(context.deps, context.store_id, new.order_id)
    elif new.customer_id is not None:
        of_buyer = cases.of_customer(context.deps, context.store_id, new.customer_id)
        found = [one for one in of_buyer if one.order_id is None]
    else:
        return None
    return next((one for one in found if one.kind is kind and one.state is not CaseState.CLOSED), None)


def _new_case(context: Context, step: OpenCase) -> NewCase:
    subject, facts = context.subject, context.facts
    order = subject if isinstance(subject, Order) else None
    days = getattr(context.preferences, step.due_preference, None) if step.due_preference else None
    customer = subject if isinstance(subject, Customer) else None
    message = _message(context, order)
    return NewCase(
        kind=step.case,
        cause_key=f"run:{context.run_id}:{step.case.value}",
        opened_by=(order.customer_name if order and message else "") or OURSELVES,
        reason=str(facts.get("case_reason") or ""),
        text=message or str(facts.get("case_text") or "") or "; ".join(context.reasons),
        order_id=order.id if order else None,
        order_number=order.number if order else "",
        customer_id=order.customer_id if order else customer.id if customer else None,
        customer_name=order.customer_name if order else customer.name if customer else "",
        company_id=order.company_id if order else None,
        items=_items(subject),
        amount=order.total if order and step.case is CaseKind.DISPUTE else None,
        due_at=utc_now() + timedelta(days=days) if days else None,
        external_id=str(facts.get("case_external_id") or ""),
    )


def _message(context: Context, order: Order | None) -> str:
    """What the buyer wrote, where a message (fact `message_id`) is the reason; it is read, not kept with the run."""
    wanted = context.facts.get("message_id")
    if order is None or not wanted:
        return ""
    found = context.order(frozenset({OrderPart.MESSAGES})).messages
    return next((f"{one.subject}\n{one.text}".strip() for one in found if one.id == wanted), "")


def _items(subject: Subject) -> tuple[CaseItem, ...]:
    """A case about a product is about everything sold under it."""
    if not isinstance(subject, Product):
        return ()
    skus = subject.variants or (subject.sku,)
    return tuple(CaseItem(sku, subject.name, 0, product_id=subject.id) for sku in skus if sku)


def take_tag(context: Context, step: TakeTag) -> Result:
    """The case is open by now: with the tag still there the next change would ask again."""
    customer, tag = context.subject, str(getattr(context.preferences, step.preference, "")).strip()
    if not isinstance(customer, Customer) or tag.casefold() not in customer.groups:
        return Skipped("The tag is gone already.")
    tags = [one.strip() for one in customer.group.split(",")]
    written = next(one for one in tags if one.casefold() == tag.casefold())
    context.effects.still_mine()
    context.store.publish.remove_customer_tag(customer.id, written)
    context.changed()
    return Done(f"The tag “{written}” was taken off: the case is open.")


def draft_replacement(context: Context, _step: DraftReplacement) -> Result:
    """Found again by the case's number. Nothing leaves the house before a person completes the draft."""
    case = context.subject
    if not isinstance(case, Case) or not case.order_id:
        return Skipped("The case is about no order, so there is nothing to send again.", {"replacement": BY_HAND})
    if case.state is CaseState.CLOSED:
        return Skipped("A person closed the case meanwhile.")
    order = context.order()
    named = {item.line_id: item.quantity for item in case.items if item.line_id}
    quantities = named or {line.line_id: line.quantity for line in order.lines if line.is_physical}
    if not quantities:
        return Skipped("Nothing of the order can be sent again.", {"replacement": BY_HAND})
    mark = f"ECM {case.number}"
    buyer = store_words.for_buyer(context.deps, context.store_id, order.language)
    context.effects.still_mine()
    try:
        draft = context.store.publish.draft_replacement(
            order.id, quantities, mark, title=notes.filled(REPLACEMENT, {}, buyer),
            note=notes.filled(FOR_CASE, {"case": sentences.worded(case.name, context.words)}, context.words),
        )  # fmt: skip
    except Permanent as error:
        if error.specific_code not in ("not_in_this_store", "missing_scope"):
            raise
        why = f"{error.message} {error.hint}".strip()
        return Skipped(why, {"replacement": f"{why} {BY_HAND}" if error.hint else BY_HAND})
    words = f"The draft {draft.name} sends it for nothing: look at its lines, then complete it."
    return Done(words, {"replacement": words}, {"draft": draft.id})


def overtaken(context: Context) -> str:
    """How a person closed the case while the decision was on its way; empty where nobody did."""
    case, decision = context.subject, context.facts.get("decision") or {}
    if not isinstance(case, Case) or case.state is not CaseState.CLOSED or not decision:
        return ""
    return "" if case.outcome == decision.get("title") else case.outcome or "closed"


def close_case(context: Context, step: CloseCase) -> Result:
    """The decision's words become the case's outcome; a closed case stays as it was closed."""
    case = context.subject
    if not isinstance(case, Case):
        raise Permanent("This is no case, so there is nothing to close.", code="no_case")
    decision = context.facts.get("decision") or {}
    outcome = step.outcome or str(decision.get("title") or "")
    by = str(decision.get("by") or OURSELVES)
    after = cases.close(context.deps, context.store_id, case.id, outcome, by, state=step.state, source=Source.WORKFLOW)
    context.changed()
    word = "closed" if after.state is CaseState.CLOSED else "decided"
    return Done(f"{after.name} is {word}: {after.outcome or 'no outcome given'}.", {"case_number": after.number})
