"""Steps that write to the store."""

from collections import defaultdict
from typing import Any

from app.domain.cases import Case
from app.domain.commerce import Customer, Order, OrderStatus, StoreProfile
from app.domain.events import Source, Topic
from app.domain.ids import CustomerId, ObjectType, OrderId
from app.domain.scenario import Subject
from app.domain.steps import AddNote, LinkInStore, SetOrderStatus, SetUpStore, TellAccounts
from app.engine import holding, setup
from app.engine.handlers.cases import overtaken
from app.engine.inbox import NewEvent
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import Permanent

OVERTAKEN = "{{case}} was closed before ({closed}); the decision “{{decision}}” by {{decided_by}} changed nothing."


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
        context.effects.once(
            context.key(f"note:{step.status}:{context.step_id}"), lambda: _append(context, order.id, note)
        )
    if order.status is step.status:
        return Done(f"The order already stands at “{order.status_label}”.", {"order_status": step.status.value})
    context.effects.still_mine()
    publish.set_order_status(order.id, step.status)
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


def _append(context: Context, order_id: OrderId, note: str) -> dict[str, Any]:
    context.store.publish.append_staff_note(order_id, note)
    return {"characters": len(note)}


def add_note(context: Context, step: AddNote) -> Result:
    """One line on the order or on its customer; a guest has no notes of their own."""
    closed = overtaken(context)
    if closed and step.on == "customer":
        return Skipped("The case was closed before the decision came; the customer's notes were left as they are.")
    note = note_text(OVERTAKEN.format(closed=closed) if closed else step.text, context)
    if step.on == "order" and isinstance(context.subject, Case) and not context.subject.order_id:
        return Skipped("This case is about no order, so there is nowhere to leave a note.")
    if step.on == "order":
        order_id = context.order().id
        context.effects.once(context.key(f"note:{context.step_id}"), lambda: _append(context, order_id, note))
        context.changed()
        return Done("A note was left on the order.")
    customer_id = _customer_id(context)
    if customer_id is None:
        return Skipped("The buyer has no account, so there is nowhere to leave a note.")

    def act() -> dict[str, Any]:
        context.store.publish.append_customer_note(customer_id, note)
        return {"characters": len(note)}

    context.effects.once(context.key(f"note:{context.step_id}"), act)
    return Done("A note was left on the customer.")


def _customer_id(context: Context) -> CustomerId | None:
    subject = context.subject
    if isinstance(subject, Customer):
        return subject.id
    return subject.customer_id if isinstance(subject, Case | Order) else None


def note_text(template: str, context: Context) -> str:
    """A staff note in plain words, marked as ours; empty for an empty template."""
    return f"[ECM] {in_words(template, context)}" if template else ""


def in_words(template: str, context: Context) -> str:
    """A text of a scenario with its placeholders filled.

    {reasons} {decided_by} {comment} {case}, what the decision carries ({refund_amount}, …), and facts that are text.
    """
    decision = context.facts.get("decision") or {}
    comment = " ".join(str(decision.get("comment", "")).split())[:500]
    subject = context.subject
    values = defaultdict(str, {k: v for k, v in context.facts.items() if isinstance(v, str)})
    values |= decision.get("values") or {}
    values |= {
        "reasons": "; ".join(context.reasons),
        "decision": str(decision.get("title") or ""),
        "decided_by": decision.get("by") or "the workflow",
        "comment": f" “{comment}”" if comment else "",
        "case": subject.name if isinstance(subject, Case) else str(context.facts.get("case_number") or ""),
        "order_number": _order_number(subject),
        "expected": f"Expected on {values['expected_date']}." if values["expected_date"] else "",
        "substitute": values["substitute_skus"] or "something else",
        "refund": _paid_back(context),
    }
    return " ".join(template.format_map(values).split())


def _order_number(subject: Subject) -> str:
    if isinstance(subject, Order):
        return subject.number
    return subject.order_number if isinstance(subject, Case) else ""


def _paid_back(context: Context) -> str:
    done = context.facts.get("refund")
    return f"{done['total']} were paid back." if done else ""


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
