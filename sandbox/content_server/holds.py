"""Holds: made, applied to items, lifted. An active hold on an item or above it blocks deletion (section 6.4)."""

from sandbox.content_server import audit, tree
from sandbox.content_server.model import EDIT_PERMISSIONS, AppliedHold, Hold, Node, State
from sandbox.content_server.permissions import Actor, require
from sandbox.content_server.refusal import Refusal


def find(state: State, hold_id: int) -> Hold:
    hold = state.holds.get(hold_id)
    if hold is None:
        raise Refusal(f"The Hold {hold_id} does not exist.")
    return hold


def named(state: State, name: str) -> Hold | None:
    return next((hold for hold in state.holds.values() if hold.name == name), None)


def create(actor: Actor, name: str, kind: str, comment: str = "", alternate_id: str | None = None) -> Hold:
    if kind not in actor.state.hold_types or named(actor.state, name) is not None or not name.strip():
        raise Refusal("Could not insert into the Hold Disposition table")
    state = actor.state
    state.next_hold_id += 1
    hold = Hold(state.next_hold_id, name.strip(), kind, comment, actor.now, actor.user.id, alternate_id=alternate_id)
    state.holds[hold.id] = hold
    return hold


def suspend(actor: Actor, hold: Hold, comment: str) -> None:
    """It stays on its items but binds nobody."""
    hold.active, hold.date_removed, hold.removed_by = False, actor.now, actor.user.id
    hold.removal_comment = comment


def delete(state: State, hold_id: int) -> None:
    if hold_id not in state.holds or items(state, hold_id):
        raise Refusal("Error deleting Hold. Hold may not exist or is in use.")
    del state.holds[hold_id]


def items(state: State, hold_id: int) -> list[Node]:
    return [node for node in state.nodes.values() if hold_id in node.record.holds and tree.is_live(state, node)]


def apply(actor: Actor, node: Node, hold_id: int) -> None:
    """Idempotent. Needs the right to edit permissions: coordinators and records managers have it."""
    hold = find(actor.state, hold_id)
    require(actor, node, EDIT_PERMISSIONS)
    if not hold.active:
        raise Refusal(f"The Hold '{hold.name}' is not active.")
    if hold_id not in node.record.holds:
        node.record.holds[hold_id] = AppliedHold(hold_id, actor.user.id, actor.now)
        audit.note(actor.state, node.id, 272, actor.user.id, actor.now)


def release(actor: Actor, node: Node, hold_id: int) -> None:
    require(actor, node, EDIT_PERMISSIONS)
    if hold_id not in node.record.holds:
        raise Refusal("Object does not have this Hold")
    del node.record.holds[hold_id]
    audit.note(actor.state, node.id, 273, actor.user.id, actor.now)


def on(state: State, node: Node) -> list[tuple[AppliedHold, Node]]:
    """Direct ones, then those of the containers above, with the item they were applied to."""
    return [(applied, item) for item in reversed(tree.ancestors(state, node)) for applied in item.record.holds.values()]
