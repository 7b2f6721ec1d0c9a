"""Steps that put workspaces on legal hold and take them off again."""

from sqlalchemy import select
from sqlmodel import col

from app.db import audit
from app.db.links import WorkspaceLink
from app.db.recalls import RecallOrder
from app.db.session import reading, unit_of_work
from app.domain.cases import Case
from app.domain.ids import NodeId, ObjectType
from app.domain.steps import HoldByHand, PlaceHold, ReleaseHold
from app.engine import asked_holds, by_hand, panel_holds, rights, subjects
from app.engine.handlers.documents import workspace_id
from app.engine.handlers.filing import folder_in_words
from app.engine.runs import Context, Done, Result, Skipped, Wait
from app.errors import Permanent
from app.opentext.people import SignedOut

CHUNK = 250
BEHIND_SECONDS = 15.0  # between two looks whether what was asked for before has come to its end


def place_hold(context: Context, step: PlaceHold) -> Result:
    """One hold, one call for many workspaces; what the server passed over without a word is told."""
    name = _name(context, step.name)
    nodes = _nodes(context, step)
    holds = context.opentext.holds
    context.effects.still_mine()
    hold = holds.ensure(name, step.type, folder_in_words(step.comment, context.facts))
    lacking = holds.not_on(nodes, hold.id)
    if lacking:
        holds.apply(lacking, hold.id)
        refused = holds.not_on(lacking, hold.id)
        if refused:
            raise Permanent(
                f"Content Server did not put {len(refused)} of {len(nodes)} workspaces on the hold “{name}”.",
                code="not_held", hint="Check that our user may apply holds there, then try again.",
            )  # fmt: skip
    _audit(context, "hold_placed", name, len(nodes))
    words = f"The workspace is on the hold “{name}”; nothing in it can be deleted."
    if len(nodes) > 1:
        words = f"{len(nodes)} workspaces are on the hold “{name}”; nothing in it can be deleted."
    return Done(words, {"hold": name, "hold_id": hold.id}, {"hold": hold.id, "workspaces": len(nodes)})


def release_hold(context: Context, step: ReleaseHold) -> Result:
    """Everything that is on this hold comes off it; its other holds stay."""
    name = _name(context, step.name)
    holds = context.opentext.holds
    hold = holds.find(name)
    if hold is None or not hold.is_active:
        return Skipped(f"There is no hold “{name}”.")
    nodes = [item.id for item in holds.items(hold.id)]
    if not nodes:
        return Skipped(f"Nothing is on the hold “{name}”.")
    context.effects.still_mine()
    holds.release(nodes, hold.id, folder_in_words(step.comment, context.facts))
    still = set(nodes) - set(holds.not_on(nodes, hold.id))
    if still:
        raise Permanent(
            f"Content Server left {len(still)} items on the hold “{name}”.", code="not_released",
            hint="Check that our user may remove holds there, then try again.",
        )  # fmt: skip
    _audit(context, "hold_released", name, len(nodes))
    return Done(f"{len(nodes)} workspaces came off the hold “{name}”.")


def hold_by_hand(context: Context, step: HoldByHand) -> Result:
    """What somebody asked for in a panel, with their rights of now."""
    name, reason, document = (str(context.facts.get(one, "")) for one in ("hold_name", "hold_reason", "document"))
    with reading(context.deps.database) as session:
        if asked_holds.earlier(session, context.store_id, context.run_id, name):
            return Wait("Waits for what was asked for before about the same hold.", BEHIND_SECONDS)
    asker = by_hand.asker(context)
    about = (context.deps, asker.who, asker.rows, asker.sight, document, name, reason)
    context.effects.still_mine()
    try:
        if step.do == "release":
            done = panel_holds.release(*about)
        else:
            done = panel_holds.apply(*about, whole=context.facts.get("hold_whole") == "yes")
    except SignedOut as error:
        raise by_hand.signed_out() from error
    except rights.NoAccess as error:
        raise by_hand.not_allowed() from error
    if step.do == "release":
        return Done("It came off the hold." if done else "It was not on the hold.", {"hold_changed": done})
    return Done("It is on the hold." if done else "It was on the hold already.", {"hold_changed": done})


def _name(context: Context, template: str) -> str:
    subject = context.subject
    named = {"name": subjects.name(subject), "store": context.external_store}
    if isinstance(subject, Case):
        named["case_number"] = subject.number
    return folder_in_words(template, context.facts | named)[:100]


def _nodes(context: Context, step: PlaceHold) -> list[NodeId]:
    """The subject's own workspace; for a recall those of its orders, buyers and products as well, as far as linked."""
    own = workspace_id(context)
    if step.reach == "subject":
        return [own]
    with reading(context.deps.database) as session:
        found = session.execute(
            select(col(RecallOrder.order_id), col(RecallOrder.customer_id)).where(
                col(RecallOrder.store_id) == context.store_id, col(RecallOrder.case_id) == context.subject_id
            )
        ).all()
        orders = list(dict.fromkeys(row.order_id for row in found))
        buyers = list(dict.fromkeys(row.customer_id for row in found if row.customer_id))
        products = [str(one) for one in context.facts.get("recall_products", [])]
        nodes = [
            node
            for kind, ids in ((ObjectType.ORDER, orders), (ObjectType.CUSTOMER, buyers), (ObjectType.PRODUCT, products))
            for start in range(0, len(ids), CHUNK)
            for node in session.execute(
                select(col(WorkspaceLink.workspace_id)).where(
                    col(WorkspaceLink.store_id) == context.store_id, col(WorkspaceLink.object_type) == kind.value,
                    col(WorkspaceLink.object_id).in_(ids[start : start + CHUNK]),
                )
            ).scalars()
        ]  # fmt: skip
    return list(dict.fromkeys([own, *map(NodeId, nodes)]))


def _audit(context: Context, action: str, name: str, count: int) -> None:
    with unit_of_work(context.deps.database) as uow:
        audit.record(uow.session, context.store_id, "system", action, f"{context.subject_type}:{context.subject_id}",
                     hold=name, workspaces=count, run=context.run_id)  # fmt: skip
