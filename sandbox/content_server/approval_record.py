"""What an approval leaves on a document: the category Approval, written by the map's last step."""

from dataclasses import replace

from sandbox.content_server import attributes, categories, seed
from sandbox.content_server.model import Node
from sandbox.content_server.permissions import Actor


def write(actor: Actor, node: Node, status: str, number: int, comment: str) -> None:
    """`actor` decided on version `number`; "Pending" only asks. Checks nobody's rights when `actor` is elevated."""
    definition = categories.named(actor.state, seed.APPROVAL)
    decided = status != seed.PENDING
    values = {
        "Status": status,
        "Approved by": actor.user.name if decided else None,
        "Approved on": actor.now.strftime(attributes.STORED_DATE) if decided else None,
        "Approved version": number if decided else None,
        "Comment": comment or None,
    }
    keyed = {attributes.key_of(definition, name): value for name, value in values.items()}
    categories.put(actor, node, definition.id, keyed)


def elevated(actor: Actor) -> Actor:
    """The same person at the same moment with the map's rights, which are its owner's: the administrator's."""
    return replace(actor, user=replace(actor.user, admin=True))
