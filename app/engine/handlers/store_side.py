"""Steps that write to the store."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.domain.cases import Case
from app.domain.commerce import Customer, Order, OrderStatus, StoreProfile
from app.domain.events import Source, Topic
from app.domain.ids import CustomerId, ObjectType, OrderId
from app.domain.scenario import Subject
from app.domain.steps import AddNote, LinkInStore, SetOrderStatus, SetUpStore, TellAccounts
from app.engine import holding, setup, store_words
from app.engine.handlers.cases import overtaken
from app.engine.inbox import NewEvent
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import Permanent
from app.language import notes, sentences
from app.language.catalogues import N_
from app.language.reading import Reader

OVERTAKEN = N_("{case} was closed before ({closed}); the decision “{decision}” by {decided_by} changed nothing.")
NOTHING: Mapping[str, str] = MappingProxyType({})
WORKFLOW, ELSE = N_("the workflow"), N_("something else")
EXPECTED, PAID_BACK = N_("Expected on {date}."), N_("{total} were paid back.")
# What the order's own words say, in a store that keeps some with a hold or a cancellation.
WHY = {
    OrderStatus.UNDER_REVIEW: N_("Held until what waits in OpenText is decided; the note of the order says why."),
    OrderStatus.CANCELLED: N_("Decided in the order’s review."),
    OrderStatus.DECLINED: N_("Decided in the order’s review."),
}
# Facts that are sentences of ours.
SENTENCES = ("replacement", "overruled", "evidence", "remedy_words", "closed")


def set_order_status(context: Context, step: SetOrderStatus) -> Result:
    """Move the order if it stands where the step expects it; a person's change since is left alone and said."""
    if step.only_if and context.facts.get(step.only_if) != "yes":
        return Skipped("The order's status was left as it is.")
    order = context.order()
    if order.status is not step.status and order.status not in step.only_from:
        return Skipped(f"The order is now “{order.status_label}”; it was left as it is.")
    releases = order.status is OrderStatus.UNDER_REVIEW and step.status is OrderStatus.AWAITING_FULFILLMENT
    if releases and (others := holding.others_that_hold(context)):
        return Skipped(f"The order stays held: it still waits for “{'”, “'.join(others)}”.")
    publish, note = context.store.publish, note_text(step.note, context)
    if note:
        _leave_on_order(context, order.id, note, f"note:{step.status}:{context.step_id}")
    if order.status is step.status:
        return Done(f"The order already stands at “{order.status_label}”.", {"order_status": step.status.value})
    context.effects.still_mine()
    publish.set_order_status(order.id, step.status, why(context, step.status))
    context.changed()
    after = context.order()
    if after.status is not step.status and step.is_wish:
        return Done(f"Your store finds the status of an order by itself; it stands at “{after.status_label}”.")
    if after.status is not step.status:
        raise Permanent(
            f"The store did not take over the status; the order still stands at “{after.status_label}”.",
            code="status_not_taken", hint="Check the order in the store, then try again.",
        )  # fmt: skip
    words = f"Order moved from “{order.status_label}” to “{after.status_label}”."
    return Done(words, {"order_status": after.status.value})


def why(context: Context, status: OrderStatus) -> str:
    """What stands beside that status in the store, where it keeps words with it."""
    return notes.filled(WHY[status], {}, context.words) if status in WHY else ""


def _leave_on_order(context: Context, order_id: OrderId, note: str, action: str) -> None:
    """Once, whatever language the store speaks at the next try."""
    key = context.key(action)

    def act() -> dict[str, Any]:
        context.store.publish.append_staff_note(order_id, note, store_words.mark(key))
        return {"characters": len(note)}

    context.effects.once(key, act)


def add_note(context: Context, step: AddNote) -> Result:
    """One line on the order or on its customer; a guest has no notes of their own."""
    closed = overtaken(context)
    if closed and step.on == "customer":
        return Skipped("The case was closed before the decision came; the customer's notes were left as they are.")
    note = note_text(OVERTAKEN if closed else step.text, context, {"closed": closed})
    if step.on == "order" and isinstance(context.subject, Case) and not context.subject.order_id:
        return Skipped("This case is about no order, so there is nowhere to leave a note.")
    if step.on == "order":
        order_id = context.order().id
        _leave_on_order(context, order_id, note, f"note:{context.step_id}")
        context.changed()
        return Done("A note was left on the order.")
    customer_id = _customer_id(context)
    if customer_id is None:
        return Skipped("The buyer has no account, so there is nowhere to leave a note.")
    key = context.key(f"note:{context.step_id}")

    def act() -> dict[str, Any]:
        context.store.publish.append_customer_note(customer_id, note, store_words.mark(key))
        return {"characters": len(note)}

    context.effects.once(key, act)
    return Done("A note was left on the customer.")


def _customer_id(context: Context) -> CustomerId | None:
    subject = context.subject
    if isinstance(subject, Customer):
        return subject.id
    return subject.customer_id if isinstance(subject, Case | Order) else None


def note_text(template: str, context: Context, more: Mapping[str, str] = NOTHING) -> str:
    """A staff note in the store's language, said to be ours; empty for an empty template."""
    return f"[ECM] {in_words(template, context, more)}" if template else ""


def in_words(
    template: str, context: Context, more: Mapping[str, str] = NOTHING, who: Reader | None = None
) -> str:  # fmt: skip
    """A text of a scenario with its places filled, as the store reads, or `who` does.

    {reasons} {decided_by} {comment} {case}, what the decision carries ({refund_amount}, …), facts that are text, and
    `more`.
    """
    who = who or context.words
    decision = context.facts.get("decision") or {}
    comment = " ".join(str(decision.get("comment", "")).split())[:500]
    subject = context.subject
    values = {k: v for k, v in {**context.facts, **more}.items() if isinstance(v, str)}
    values |= {name: sentences.told(values[name], who) for name in SENTENCES if name in values}
    values |= decision.get("values") or {}
    case = subject.name if isinstance(subject, Case) else str(context.facts.get("case_number") or "")
    expected = values.get("expected_date")
    values |= {
        "reasons": notes.joined([sentences.told(one, who) for one in context.reasons], who),
        "decision": sentences.told(str(decision.get("title") or ""), who),
        "decided_by": decision.get("by") or notes.filled(WORKFLOW, {}, who),
        "comment": f" {notes.quoted(comment, who)}" if comment else "",
        "case": sentences.worded(case, who) if case else "",
        "order_number": _order_number(subject),
        "expected": notes.filled(EXPECTED, {"date": sentences.worded(expected, who)}, who) if expected else "",
        "substitute": values.get("substitute_skus") or notes.filled(ELSE, {}, who),
        "refund": _paid_back(context, who),
    }
    return notes.filled(template, values, who)


def _order_number(subject: Subject) -> str:
    if isinstance(subject, Order):
        return subject.number
    return subject.order_number if isinstance(subject, Case) else ""


def _paid_back(context: Context, who: Reader) -> str:
    done = context.facts.get("refund")
    return notes.filled(PAID_BACK, {"total": sentences.worded(done["total"], who)}, who) if done else ""


def link_in_store(context: Context, step: LinkInStore) -> Result:
    """Leave the workspace's address on the object, for people and other tools; ours is the link row."""
    if step.object_type not in context.store.publish.linkable:
        return Skipped(f"This store keeps nothing on a {step.object_type}; the app's own pages show the workspace.")
    values = {"workspace_id": str(context.facts["workspace_id"]), "workspace_url": context.facts["workspace_url"]}
    context.effects.still_mine()
    context.store.publish.link(step.object_type, context.subject_id, values)
    return Done("The workspace's address was left on the object in the store.")


def tell_accounts(context: Context, _step: TellAccounts) -> Result:
    """One event for each, under a key of this run: told again, it is the same."""
    order = context.order()
    owners = ((Topic.CUSTOMER_CHANGED, ObjectType.CUSTOMER, order.customer_id),
              (Topic.COMPANY_CHANGED, ObjectType.COMPANY, order.company_id))  # fmt: skip
    told = []
    for topic, object_type, object_id in owners:
        if object_id:
            key, detail = f"{context.run_id}:{object_type}", {"occasion": f"order:{context.run_id}"}
            context.deps.intake.accept(
                NewEvent(context.store_id, Source.RECONCILE, key, topic, object_type.value, object_id, detail)
            )
            told.append(object_type.value)
    if not told:
        return Skipped("The order belongs to nobody with an account.")
    return Done(f"The {' and the '.join(told)} of order {order.number} are looked at again.")


def set_up_store(context: Context, _step: SetUpStore) -> Result:
    """Webhooks, panels, workflow models; what was found in place is kept."""
    profile = context.subject
    assert isinstance(profile, StoreProfile)  # noqa: S101  # the catalogue's own test proves the pairing
    context.effects.still_mine()
    report = setup.run(context.deps, context.store_id, profile)
    changed = sum(done not in ("kept",) and not done.startswith("kept") for done in report.values())
    return Done(f"{len(report)} parts of the set-up were checked, {changed} of them changed.", result=report)
