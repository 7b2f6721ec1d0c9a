"""Putting items in order: rename, copy, move, reserve, delete. For documents, folders and workspaces alike.

Source: Content Server Rest API 2.0.2, nodes.
"""

import threading

from app.domain.ids import NodeId
from app.errors import NotFound, Permanent, Retryable
from app.opentext.answers import Anything
from app.opentext.content_server.client import ContentServer, UnknownRoute
from app.opentext.content_server.names import file_name
from app.opentext.content_server.nodes import BRIEF
from app.opentext.content_server.payloads import OneNode, WhoAmI
from app.opentext.content_server.records import Records


class Items:
    """Changes to single items. Names are made fit as everywhere (see `file_name`).

    Every method may raise NotFound (no such item, or none we may see), Conflict (`already_exists`: the name is
    taken), Retryable (`locked`: somebody is changing or has reserved it), Permanent (no right, a final record).
    """

    def __init__(self, server: ContentServer, records: Records) -> None:
        self._server, self._records = server, records
        self._own_id: int | None = None
        self._lock = threading.Lock()

    def rename(self, node: NodeId, name: str) -> str:
        """Give an item a name; gives the name it has then. Idempotent."""
        fit = file_name(name)
        self._change(node, {"name": fit})
        return fit

    def describe(self, node: NodeId, description: str) -> None:
        """Set the description. Idempotent."""
        self._change(node, {"description": description})

    def move(self, node: NodeId, target: NodeId, name: str | None = None) -> None:
        """Move an item into a folder or workspace, under another name if one is given. Idempotent."""
        fields: dict[str, object] = {"parent_id": target}
        if name is not None:
            fields["name"] = file_name(name)
        self._change(node, fields)

    def copy(self, node: NodeId, target: NodeId, name: str) -> NodeId:
        """Copy an item with all it holds; gives the copy. Its record data stays behind.

        Not idempotent: after an unknown outcome look for the name in `target` first.
        """
        body = {"original_id": node, "parent_id": target, "name": file_name(name)}
        made = self._server.write(OneNode, "POST", "v2", "nodes", body=body).results.data.properties
        if made is None:
            raise Retryable("Content Server did not say what it copied to.", code="unknown_copy", unknown_outcome=True)
        return NodeId(made.id)

    def reserve(self, node: NodeId, member: int | None = None) -> None:
        """Keep others from changing a document: for our own user, or for `member`. Idempotent."""
        self._change(node, {"reserved_user_id": self._own() if member is None else member})

    def unreserve(self, node: NodeId) -> None:
        """Let others change it again. Idempotent; somebody else's reservation needs a right of its own."""
        self._change(node, {"reserved_user_id": None})

    def reserved_by(self, node: NodeId) -> int | None:
        """The member who has reserved an item, or None."""
        query = {"fields": "properties{id,reserved_user_id}"}
        found = self._server.get(OneNode, "v2", "nodes", node, query=query).results.data.properties
        return (found.reserved_user_id or None) if found else None

    def delete(self, node: NodeId) -> None:
        """Move an item into the recycle bin, unless something stands against it: see `Records.obstacles`.

        Four calls. A delete whose answer was lost raises NotFound when it is repeated. Raises Permanent:
        `deletion_blocked` (`obstacles` in its context, the reasons in its message), `may_not_delete` or
        `deletion_refused` (with what the server said).
        """
        obstacles = self._records.obstacles(node)
        if obstacles:
            reasons = ". ".join(each.words for each in obstacles)
            raise Permanent(
                f"It cannot be deleted. {reasons}.", code="deletion_blocked", node=node,
                obstacles=", ".join(dict.fromkeys(each.kind.value for each in obstacles)),
            )  # fmt: skip
        try:
            self._server.delete(Anything, "v2", "nodes", node)
        except UnknownRoute:
            raise
        except NotFound:
            self._refuse_if_there(node)
        except Permanent as error:
            said = str(error.context.get("said", ""))
            raise Permanent(
                f"Content Server did not delete it. It said: “{said}”", code="deletion_refused", node=node, said=said
            ) from error

    def _refuse_if_there(self, node: NodeId) -> None:
        """A forbidden delete and one that came too late are answered alike."""
        try:
            self._server.get(OneNode, "v2", "nodes", node, query={"fields": BRIEF})
        except NotFound:
            return
        raise Permanent(
            "Our user may not delete this item.", code="may_not_delete", node=node,
            hint="Give the user the right to delete there, or let a coordinator of the workspace delete it.",
        )  # fmt: skip

    def _change(self, node: NodeId, fields: dict[str, object]) -> None:
        self._server.write(Anything, "PUT", "v2", "nodes", node, body=fields)

    def _own(self) -> int:
        with self._lock:
            if self._own_id is None:
                self._own_id = self._server.get(WhoAmI, "v1", "auth").data.id
            return self._own_id
