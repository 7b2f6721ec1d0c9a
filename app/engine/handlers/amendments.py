"""The step that changes an order as people decided about goods that are not there.

What the order held when it was looked at is its before-image, kept with the run: where somebody changed the order
since, nothing is written. A change whose answer was lost is found again by what the order holds.
"""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from app.domain.commerce import Order, OrderStatus
from app.domain.order_parts import AddedGoods, LineChange, OrderEdit
from app.domain.steps import AmendOrder
from app.engine import store_words
from app.engine.handlers.store_side import why
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import Permanent
from app.language import notes
from app.language.catalogues import N_
from app.stores.port import Capability

NEEDED = {"substitute": Capability.ORDER_EDITS, "split": Capability.SPLIT_SHIPMENTS}
OVER = frozenset(
    {OrderStatus.CANCELLED, OrderStatus.DECLINED, OrderStatus.REFUNDED, OrderStatus.SHIPPED, OrderStatus.COMPLETED}
)
WAITS, EXCHANGED = N_("Waits for stock, as decided in OpenText."), N_("Goods exchanged as decided in OpenText.")
INSTEAD = N_("In place of goods that are not in stock")
BY_HAND = "staff change it as the note says."


@dataclass(frozen=True)
class Short:
    """A line of which pieces are missing. `open`: what the order held of it when it was looked at."""

    line_id: str
    variant_id: str
    sku: str
    open: int
    missing: int


def amend_order(context: Context, step: AmendOrder) -> Result:
    """Absolute: done once, however often it is asked for."""
    if NEEDED[step.what] not in context.store.read.capabilities:
        return Skipped(f"Your store lets no app change an order like that: {BY_HAND}")
    short = [Short(**one) for one in json.loads(str(context.facts.get("short_json") or "[]"))]
    order = context.order()
    if not short or order.status in OVER:
        return Skipped(f"The order is now “{order.status_label}”; it was left as it is.")
    return _substitute(context, order, short) if step.what == "substitute" else _split(context, order, short)


def _split(context: Context, order: Order, short: list[Short]) -> Result:
    if context.facts.get("all_short") == "yes":
        return Skipped("Nothing of the order can leave now, so there is nothing to split.")
    if changed := _changed(order, short):
        return changed
    context.effects.still_mine()
    pieces = {one.line_id: one.missing for one in short}
    held = context.store.publish.hold_back(order.id, pieces, notes.filled(WAITS, {}, context.words))
    context.changed()
    if not held:
        return Skipped("What is missing does not wait to be shipped any more; the order was left as it is.")
    return Done(f"{held} pieces are held back; the rest can leave. Let them go in your store when the goods are there.",
                {"held_back": held})  # fmt: skip


def _substitute(context: Context, order: Order, short: list[Short]) -> Result:
    named = _named(context, short)
    if not named:
        return Skipped(f"The decision does not name one article for each that is missing: {BY_HAND}")
    edit, before = _edit(context, short, named), _image(context)
    if not _is_done(order, edit, before):
        if changed := _changed(order, short):
            return changed
        _carry_out(context, order, edit, before)
    words = ", ".join(f"{one.quantity} x {one.sku}" for one in edit.added)
    return Done(f"The order holds {words} in place of what is missing; the buyer pays no more.",
                {"order_before": before}, {"before": before, "edit": asdict(edit)})  # fmt: skip


def _carry_out(context: Context, order: Order, edit: OrderEdit, before: dict[str, int]) -> None:
    def act() -> dict[str, Any]:
        context.store.publish.edit_order(order.id, edit)
        if order.status is OrderStatus.UNDER_REVIEW:  # what came in is to be held like the rest
            context.store.publish.set_order_status(
                order.id, OrderStatus.UNDER_REVIEW, why(context, OrderStatus.UNDER_REVIEW)
            )
        return {"lines": len(edit.changes)}

    def look_up() -> dict[str, Any] | None:
        context.changed()
        return {"lines": len(edit.changes)} if _is_done(context.order(), edit, before) else None

    context.effects.once(context.key(f"amend:{context.step_id}"), act, look_up=look_up, request=asdict(edit))
    context.changed()
    if not _is_done(context.order(), edit, before):
        raise Permanent(
            "The store did not take over the change of the order.", code="edit_not_taken",
            hint="Look at the order in the store. Change it by hand and leave this step out, or try again.",
        )  # fmt: skip


def _edit(context: Context, short: list[Short], named: list[tuple[str, Short]]) -> OrderEdit:
    """Raises Permanent where the store does not sell what was named."""
    known = context.store.read.variants({sku for sku, _line in named})
    unknown = [sku for sku, _line in named if sku not in known]
    if unknown:
        raise Permanent(
            f"Your store sells nothing with the SKU {', '.join(unknown)}.", code="unknown_sku",
            hint="Change the order by hand and leave this step out.",
        )  # fmt: skip
    changes = tuple(LineChange(one.line_id, one.variant_id, one.open, one.open - one.missing) for one in short)
    pieces: dict[str, AddedGoods] = {}
    for sku, line in named:
        so_far = pieces[sku].quantity if sku in pieces else 0
        pieces[sku] = AddedGoods(known[sku].id, sku, so_far + line.missing, line.line_id)
    buyer = store_words.for_buyer(context.deps, context.store_id, context.order().language)
    return OrderEdit(
        changes, tuple(pieces.values()), notes.filled(EXCHANGED, {}, context.words),
        to_buyer=notes.filled(INSTEAD, {}, buyer),
    )  # fmt: skip


def _named(context: Context, short: list[Short]) -> list[tuple[str, Short]]:
    """(SKU, for what): one for everything, or as many as are missing, in their order."""
    decision = context.facts.get("decision") or {}
    text = str((decision.get("values") or {}).get("substitute_skus") or "")
    skus = [sku for part in re.split(r"[,;\n]", text) if (sku := part.strip())]
    if len(skus) == 1:
        skus *= len(short)
    return list(zip(skus, short, strict=True)) if len(skus) == len(short) else []


def _changed(order: Order, short: list[Short]) -> Skipped | None:
    held = {line.line_id: line.kept for line in order.lines}
    names = [one.sku for one in short if held.get(one.line_id, 0) != one.open]
    if not names:
        return None
    return Skipped(f"Somebody has changed {', '.join(names)} in the order since; it was left as it is.")


def _is_done(order: Order, edit: OrderEdit, before: dict[str, int]) -> bool:
    held = {line.line_id: line.kept for line in order.lines}
    gone = all(held.get(one.line_id, 0) == one.after for one in edit.changes)
    return gone and all(order.pieces.get(one.sku, 0) >= before.get(one.sku, 0) + one.quantity for one in edit.added)


def _image(context: Context) -> dict[str, int]:
    found = json.loads(str(context.facts.get("order_json") or "{}"))
    return {str(sku): int(count) for sku, count in found.items()}
