"""Deciding on a document as its approval map does: the last step writes the Approval category, then a report calls out.

Source: OpenText's Content Server REST documentation.
"""

from sandbox.content_server import approval_record, callbacks, documents, seed, tree
from sandbox.content_server.model import EDIT_ATTRIBUTES, Node
from sandbox.content_server.permissions import Actor, plays_role
from sandbox.content_server.refusal import NOT_ACCESSIBLE, Refusal, wrong_type
from sandbox.content_server.standin import ContentServer

EVENTS = {
    seed.APPROVED: "content.approved",
    seed.REJECTED: "content.rejected",
    seed.CHANGES_REQUESTED: "content.rejected",
}


def decide(
    server: ContentServer, user: str, node_id: int, status: str, comment: str = "", version: int | None = None
) -> Node:
    """Decide on one version, the newest without a number, and tell the companion app; "Pending" only asks for it.

    Call without holding the server's lock: the app is told after the change, and may ask back at once. Raises KeyError
    (no such user) or Refusal: not visible, no document, no such version, unknown status, the user has no deciding role.
    """
    with server.lock:
        actor = server.actor(user)
        node = tree.find(actor, node_id)
        number = documents.version_of(node, version).number
        if status not in (seed.PENDING, *EVENTS):
            raise wrong_type("status")
        if status != seed.PENDING and not may_decide(actor, node):
            raise Refusal(NOT_ACCESSIBLE)
        approval_record.write(actor, node, status, number, comment)
        inside = tree.workspace_of(actor.state, node)
        server.world.touched()
    fields: callbacks.Fields = {
        "node_id": node.id,
        "workspace_id": inside.id if inside else None,
        "decision": status,
        "version": number,
    }
    if status in EVENTS:
        callbacks.send(server, EVENTS[status], fields)
    return node


def may_decide(actor: Actor, node: Node) -> bool:
    """Whoever may change attributes in the workspace by another role than the author's."""
    if actor.user.admin:
        return True
    inside = tree.workspace_of(actor.state, node)
    roles = inside.workspace.roles.values() if inside and inside.workspace else []
    return any(
        EDIT_ATTRIBUTES in role.permissions and role.name != seed.AUTHOR.role and plays_role(actor, role.id)
        for role in roles
    )
