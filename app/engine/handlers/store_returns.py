"""Steps about returns the store itself knows: followed, agreed to, declined, paid back. What people did there holds."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.db.runs import Run, StepRow
from app.db.session import unit_of_work
from app.domain.aftersale import ReturnAsked, ReturnId, ReturnState, StoreReturn
from app.domain.cases import Case, CaseItem, CaseKind, CaseState
from app.domain.commerce import Money, Order
from app.domain.events import Source
from app.domain.ids import ObjectType
from app.domain.order_parts import OrderPart
from app.domain.order_parts import Refund as Refunded
from app.domain.steps import AgreeReturn, AwaitGoods, DeclineReturn, FollowReturn
from app.engine import cases, queue
from app.engine.cases import NewCase
from app.engine.handlers.cases import OURSELVES
from app.engine.handlers.letters import tell
from app.engine.runs import Context, Done, Result, Skipped, Wait
from app.errors import Conflict, NotFound, Permanent
from app.language import sentences

SOMEBODY = "Somebody in the store"
PARTS = frozenset({OrderPart.RETURNS, OrderPart.REFUNDS})
LOOK_EVERY = 3600.0
WISH, SEEN = "_return_wish", "_return_seen"  # what we are about to make of it; the version we know
SAID = {
    ReturnState.REQUESTED: "The buyer asks in the store to send it back.",
    ReturnState.OPEN: "The return was agreed to in the store.",
    ReturnState.DECLINED: "The return was declined in the store.",
    ReturnState.CANCELLED: "The return was cancelled in the store.",
    ReturnState.CLOSED: "The return was closed in the store.",
}
ENDED = {
    ReturnState.DECLINED: "Declined in the store",
    ReturnState.CANCELLED: "Cancelled in the store",
    ReturnState.CLOSED: "Closed in the store",
}


@dataclass(frozen=True)
class Reason:
    """Why money goes back: words in the store's language, and the mark by which that refund is known again."""

    words: str
    mark: str

    @property
    def text(self) -> str:
        return f"{self.words} {self.mark}"

    def is_of(self, found: Refunded) -> bool:
        """The words alone: those of a refund from before there were marks."""
        return self.mark in found.reason or self.words == found.reason


def _case(context: Context) -> Case:
    if not isinstance(context.subject, Case):
        raise Permanent("This is no case, so there is no return.", code="no_case")
    return context.subject


def of_case(context: Context) -> StoreReturn | None:
    """The store's return this case is about, as it stands now. None: the store knows none."""
    case = context.subject
    if not isinstance(case, Case) or case.kind is not CaseKind.RETURN or not case.external_id:
        return None
    return context.store.read.store_return(ReturnId(case.external_id))


# --- follow ----------------------------------------------------------------------------------------------------------


def follow_return(context: Context, _step: FollowReturn) -> Result:
    """Runs once for each version of a return; told late or twice it says so."""
    order = context.order(PARTS)
    found = next((one for one in order.returns if one.id == context.facts.get("return_id")), None)
    if found is None:
        return Skipped("The store does not show this return on the order any more.")
    case = _known(context, order, found)
    is_again = bool(context.facts.get("reopened")) and not found.is_over
    if case is not None and not (is_again and case.state is CaseState.CLOSED):
        return _update(context, case, order, found)
    if found.is_over:
        return Skipped(f"The return {found.name} was over before there was a case of it.")
    cause = f"store-return:{found.id}:{context.run_id}" if case else f"store-return:{found.id}"
    case = cases.open_case(context.deps, context.store_id, _new_case(order, found, cause), Source.STORE)
    return Done(f"{case.name} was opened for the store's return {found.name}.", _facts(case), {"case": case.id})


def _facts(case: Case) -> dict[str, Any]:
    return {"case": case.id, "case_number": case.number}


def _known(context: Context, order: Order, found: StoreReturn) -> Case | None:
    """By its id; one we are just making in the store, agreed to from the start, by the case's number on its items."""
    known = cases.of_external(context.deps, context.store_id, CaseKind.RETURN, order.id, found.id)
    if known is not None or found.state is ReturnState.REQUESTED:
        return known
    of_order = [one for one in cases.of_order(context.deps, context.store_id, order.id) if one.kind is CaseKind.RETURN]
    made = next((one for one in of_order if any(_names(item.note, one) for item in found.items)), None)
    if made is not None:
        cases.note(context.deps, context.store_id, made.id, {}, external_id=found.id)
    return made


def _names(note: str, case: Case) -> bool:
    """Whether it is what we wrote there: a word and the case's number, whatever the language of the word."""
    return note.split()[-1:] == [case.number]


def _new_case(order: Order, found: StoreReturn, cause: str) -> NewCase:
    said = [f"{item.name}: {'; '.join(filter(None, (item.reason, item.note)))}" for item in found.items]
    by_line = {line.line_id: line for line in order.lines}
    items = tuple(
        CaseItem(one.sku, one.name, one.quantity, one.line_id,
                 str(by_line[one.line_id].product_id or "") if one.line_id in by_line else "")
        for one in found.items
    )  # fmt: skip
    is_asked = found.state is ReturnState.REQUESTED
    return NewCase(
        kind=CaseKind.RETURN, cause_key=cause, external_id=found.id, items=items,
        opened_by=(order.customer_name if is_asked else "") or SOMEBODY,
        reason=next((item.code for item in found.items if item.code), "other"), text="\n".join(said),
        order_id=order.id, order_number=order.number, customer_id=order.customer_id,
        customer_name=order.customer_name, company_id=order.company_id,
        values={"return_in_the_store": found.name, SEEN: found.version},
    )  # fmt: skip


def _update(context: Context, case: Case, order: Order, found: StoreReturn) -> Result:
    if case.values.get(SEEN) == found.version:
        return Skipped(f"{case.name} knows this already.", _facts(case))
    is_ours = found.state.value in _wishes(case)
    by = OURSELVES if is_ours else SOMEBODY
    words = " ".join(filter(None, (SAID[found.state], found.note, _paid_words(order, found))))
    if case.state is CaseState.CLOSED:
        cases.note(context.deps, context.store_id, case.id, {SEEN: found.version})
        return Skipped(f"{case.name} is closed already. {words}", _facts(case))
    cases.add(context.deps, context.store_id, case.id, f"return:{found.version}", by, words,
              values={SEEN: found.version}, source=Source.STORE)  # fmt: skip
    if found.is_over and not is_ours:
        end(context, case, found)
    _wake(context, case)
    return Done(f"{case.name}: {words}", _facts(case), {"case": case.id})


def _wishes(case: Case) -> list[str]:
    return case.values.get(WISH, "").split()


def _intend(context: Context, case: Case, wish: ReturnState, *, external_id: str = "") -> None:
    """Written down before it is done, for the store tells of it at once."""
    known = _wishes(cases.read(context.deps, context.store_id, case.id))
    wishes = " ".join(dict.fromkeys([*known, wish.value]))
    cases.note(context.deps, context.store_id, case.id, {WISH: wishes}, external_id=external_id)


def _paid_words(order: Order, found: StoreReturn) -> str:
    paid = [str(one.total) for one in order.refunds if one.id in found.refunds and one.total.amount]
    return f"{' and '.join(paid)} were paid back." if paid else ""


def end(context: Context, case: Case, found: StoreReturn) -> None:
    """The case ends as somebody ended the return in the store."""
    cases.close(context.deps, context.store_id, case.id, ENDED[found.state], SOMEBODY, source=Source.STORE)
    context.changed()


def _wake(context: Context, case: Case) -> None:
    """The case's run looks at once, where it waits for the goods."""
    with unit_of_work(context.deps.database) as uow:
        if sum(queue.wake(uow.session, "run", run_id) for run_id in _waiting(uow.session, context, case)):
            uow.after_commit(context.deps.doorbell.ring)


def _waiting(session: Session, context: Context, case: Case) -> list[str]:
    statement = (
        select(col(Run.id))
        .join(StepRow, col(StepRow.run_id) == col(Run.id))
        .where(
            col(Run.store_id) == context.store_id, col(Run.subject_type) == ObjectType.CASE.value,
            col(Run.subject_id) == case.id, col(StepRow.kind) == "await_goods", col(StepRow.status) == "waiting",
        )
    )  # fmt: skip
    return list(session.execute(statement).scalars())


# --- decide ----------------------------------------------------------------------------------------------------------


def agree_return(context: Context, step: AgreeReturn) -> Result:
    case = _case(context)
    if case.state is CaseState.CLOSED:
        return Skipped("A person closed the case meanwhile; the store's return was left as it is.")
    found = of_case(context)
    if found is None:
        return _make(context, case, step)
    if found.state is ReturnState.REQUESTED:
        found = _decide(context, case, found, ReturnState.OPEN, context.store.publish.approve_return)
        if found.state is ReturnState.OPEN:
            return Done(f"The return {found.name} was agreed to in the store; the store tells the buyer.")
    if found.is_over:
        return _ended(context, case, found)
    return Done(f"The return {found.name} had been agreed to in the store already.")


def decline_return(context: Context, _step: DeclineReturn) -> Result:
    case, found = _case(context), of_case(context)
    if case.state is CaseState.CLOSED:
        return Skipped("A person closed the case meanwhile; the store's return was left as it is.")
    if found is None:
        return Skipped("The store has no return of its own for this case, so there is none to decline.")
    if found.state is ReturnState.REQUESTED:
        why = str((context.facts.get("decision") or {}).get("comment") or "")
        found = _decide(context, case, found, ReturnState.DECLINED,
                        lambda return_id: context.store.publish.decline_return(return_id, why))  # fmt: skip
        if found.state is ReturnState.DECLINED:
            return Done(f"The return {found.name} was declined in the store; the store tells the buyer.")
    if found.is_over:
        return _ended(context, case, found)
    words = f"But somebody agreed to the return {found.name} in the store meanwhile; it stays as it is there."
    return Skipped(words, {"overruled": words})


def _decide(
    context: Context, case: Case, found: StoreReturn, wish: ReturnState, act: Callable[[ReturnId], StoreReturn]
) -> StoreReturn:  # fmt: skip
    """Refused, a person was faster: then it is theirs."""
    _intend(context, case, wish)
    context.effects.still_mine()
    try:
        after = act(found.id)
    except Conflict:
        after = context.store.read.store_return(found.id)
        if after.state is ReturnState.REQUESTED:
            raise
        cases.note(context.deps, context.store_id, case.id, {WISH: " ".join(_wishes(case))})
    context.changed()
    return after


def _ended(context: Context, case: Case, found: StoreReturn) -> Result:
    end(context, case, found)
    return Skipped(f"{SAID[found.state]} It stays as it is there, and the case is closed.")


def _make(context: Context, case: Case, step: AgreeReturn) -> Result:
    """A return in the store for a case that began here, so that its goods are counted there."""
    if not step.make or not getattr(context.preferences, step.make, False):
        return Skipped("No return was made in the store: the settings of this rule leave that to people.")
    items = [ReturnAsked(item.line_id, item.quantity, case.reason) for item in case.items if item.line_id]
    if not case.order_id or not items:
        return Skipped("The case names no items of an order, so there is nothing to come back.")
    order_id = case.order_id

    def result(found: StoreReturn) -> dict[str, Any]:
        return {"id": str(found.id), "name": found.name}

    def look_up() -> dict[str, Any] | None:
        known = context.store.read.returns_of(order_id)
        ours = next((one for one in known if any(_names(item.note, case) for item in one.items)), None)
        return result(ours) if ours else None

    words = sentences.worded(case.name, context.words)
    _intend(context, case, ReturnState.OPEN)
    try:
        made = context.effects.once(
            context.key("return"), lambda: result(context.store.publish.create_return(order_id, items, words)),
            look_up=look_up,
        )  # fmt: skip
    except Permanent as error:
        if error.specific_code not in ("not_in_this_store", "not_returnable"):
            raise
        return Skipped(f"No return was made in the store. {error.message}")
    _intend(context, case, ReturnState.OPEN, external_id=made["id"])
    context.changed()
    return Done(f"The store has the return {made['name']} now.", {"return": made["id"]}, made)


# --- goods and money -------------------------------------------------------------------------------------------------


def await_goods(context: Context, step: AwaitGoods) -> Result:
    case = _case(context)
    if not getattr(context.preferences, step.preference, False):
        return Skipped("The settings of this rule wait for no goods.")
    found = of_case(context)
    if case.state is CaseState.CLOSED:
        return Skipped("A person closed the case meanwhile.")
    if found is None:
        return Skipped("The store has no return of its own for this case, so it cannot say when the goods are back.")
    if found.is_over or not found.has_open:
        return Done(f"The return {found.name} was completed in the store.")
    if context.store.read.return_is_back(found.id):
        return Done(f"The goods of the return {found.name} are back.")
    if step.announce:
        tell(context, step.announce)
    return Wait(f"Waiting for the goods of the return {found.name}: the store says when they are here.", LOOK_EVERY)


def quote(context: Context, case: Case, found: StoreReturn) -> Result:
    """What the store itself says goes back: its fees taken off."""
    owed = context.store.read.return_owed(found.id)
    if owed.amount <= 0:
        return Skipped("The store would pay back nothing for it.")
    cases.set_amount(context.deps, context.store_id, case.id, owed)
    context.changed()
    return Done(f"Giving it back would pay {owed}.")


def pay_back(context: Context, found: StoreReturn, reason: Reason, amount: Decimal | None) -> Result:
    """Complete the return and pay back in one; nothing open of it any more means that it was done."""
    case = _case(context)
    if found.state in (ReturnState.DECLINED, ReturnState.CANCELLED):
        return Skipped(f"Nothing was paid back. {SAID[found.state]}")
    if found.state is ReturnState.REQUESTED:
        raise Permanent("Nobody agreed to this return in the store yet, so nothing can be paid back.",
                        code="not_agreed", hint="Approve the return in the store, then try again.")  # fmt: skip
    if amount is not None and found.has_open and found.refunds:
        raise Permanent(
            "A part of this return was paid back in the store already.", code="partly_paid_back",
            hint="Pay back the rest of the decided amount in the store, then leave this step out.",
        )  # fmt: skip

    def look_up() -> dict[str, Any] | None:
        after = context.store.read.store_return(found.id)
        return None if after.has_open and not after.is_over else _result(context, after, reason)

    def act() -> dict[str, Any]:
        if found.is_over or not found.has_open:
            return {"by": SOMEBODY}
        _intend(context, case, ReturnState.CLOSED)
        wanted = Money(amount, _currency(context, case)) if amount is not None else None
        after = context.store.publish.process_return(found.id, refund=True, amount=wanted, note=reason.text)
        return _result(context, after, reason)

    done = context.effects.once(context.key("refund:return"), act, look_up=look_up)
    context.changed()
    if done.get("by") == SOMEBODY:
        return Skipped(f"Nothing was paid back: somebody completed the return {found.name} in the store already.")
    if not done["id"]:
        return Done(f"The return {found.name} was completed; the store says that nothing is to be paid back.")
    return Done(f"{done['total']} were paid back.", {"refund": done}, {"refund": done["id"]})


def _currency(context: Context, case: Case) -> str:
    return case.amount.currency if case.amount else context.order().total.currency


def _result(context: Context, after: StoreReturn, reason: Reason) -> dict[str, Any]:
    """The refund of the return that carries our reason, else its latest: the store must show it."""
    context.changed()
    paid = [one for one in context.order(frozenset({OrderPart.REFUNDS})).refunds if one.id in after.refunds]
    ours = [one for one in paid if reason.is_of(one)] or paid
    latest: Refunded | None = max(ours, key=lambda one: one.at, default=None)
    if after.refunds and latest is None:
        raise NotFound("The store took the refund, but does not show it on the order.")
    return {"id": latest.id if latest else "", "total": str(latest.total) if latest else "", "reason": reason.text}
