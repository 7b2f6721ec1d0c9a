"""Content Server for its users: look, file, version, approve, hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sandbox.content_server import approvals, documents, holds, tree, workspaces
from sandbox.content_server.model import DOCUMENT, USER, CallbackSettings, Node, State
from sandbox.content_server.permissions import Actor
from sandbox.content_server.seed import (
    APPROVED,
    CHANGES_REQUESTED,
    PENDING,
    REJECTED,
)
from sandbox.office import shapes
from sandbox.office.problems import OfficeProblem, as_problems
from sandbox.stage import Stage

JSON = dict[str, Any]
STATUSES = (PENDING, APPROVED, REJECTED, CHANGES_REQUESTED)


@dataclass(frozen=True)
class NewFile:
    """A file somebody brings. `document` for a version of that one; else `workspace` and `folder` say where it goes.

    `document_type`: the name of a document type of the workspace, as people choose it when they add a document.
    """

    content: bytes
    name: str = ""
    mime_type: str = ""
    description: str = ""
    document: int | None = None
    workspace: int | None = None
    folder: str = ""
    document_type: str = ""


class Repository:
    """Every method raises OfficeProblem. Users are login names such as `anna.berg@demo`."""

    def __init__(self, stage: Stage) -> None:
        self._server, self._world = stage.content_server, stage.world

    # Looking

    def users(self) -> list[JSON]:
        """People who can log in, the administrator last."""
        known = self._server.state.members
        people = sorted((m for m in known.values() if m.type == USER), key=lambda m: (m.admin, m.id))
        return [
            {"name": m.name, "display_name": m.display_name, "groups": [known[g].name for g in m.groups]}
            for m in people
        ]

    def workspaces(
        self, bo_type: str = "", bo_id: str = "", *, brief: bool = False, most: int | None = None
    ) -> list[JSON]:
        """Newest first. `bo_id` is the business object's whole id or just its last part, the store's own id."""
        with self._server.lock:
            state = self._server.state
            found = [node for node in workspaces.all_of(state) if _is_about(node, bo_type, bo_id)]
            found.sort(key=lambda node: (node.create_date, node.id), reverse=True)
            return [shapes.workspace(state, node, workspaces.data_of(node), brief=brief) for node in found[:most]]

    def workspace(self, workspace_id: int) -> JSON:
        with self._server.lock, as_problems():
            node = self._live(workspace_id)
            if node.workspace is None:
                raise OfficeProblem(f"There is no workspace {workspace_id}.", 404)
            return shapes.workspace(self._server.state, node, node.workspace)

    def place_of(self, node_id: int) -> tuple[str, int]:
        """Where to look at an item: ("documents", its id) or ("workspaces", the id of the workspace it is in)."""
        with self._server.lock:
            node = self._live(node_id)
            if node.type == DOCUMENT:
                return "documents", node.id
            home = tree.workspace_of(self._server.state, node)
            if home is None:
                raise OfficeProblem(f"The item {node_id} is in no workspace.", 404)
            return "workspaces", home.id

    def document(self, document_id: int) -> JSON:
        with self._server.lock:
            return shapes.document(self._server.state, self._document(document_id))

    def content(self, document_id: int, number: int | None = None) -> tuple[JSON, bytes]:
        """One version, the newest without a number."""
        with self._server.lock, as_problems():
            version = documents.version_of(self._document(document_id), number)
            return shapes.version(self._server.state, version), self._server.state.blobs[version.sha256]

    def history(self, node_id: int) -> list[JSON]:
        """The audit trail, newest first."""
        state = self._server.state
        return [
            {"what": entry.name, "by": shapes.member(state, entry.user_id), "at": shapes.moment(entry.date)}
            for entry in reversed(state.audit.get(node_id, []))
        ]

    # Working

    def file(self, user: str, new: NewFile) -> JSON:
        """Add a document, or a version where one of that name (or id) is there already."""
        with self._working(user) as actor, as_problems():
            if new.document is not None:
                node = self._document(new.document)
            else:
                folder = self._folder(new)
                found = tree.child_named(actor.state, folder.id, new.name)
                if found is None:
                    return shapes.document(actor.state, self._create(actor, folder, new))
                node = self._document(found.id)
            name = new.name or node.versions[-1].file_name
            mime = new.mime_type or (node.versions[-1].mime_type if not new.name else "")
            documents.add_version(actor, node, new.content, mime, name, new.description)
            return shapes.document(actor.state, node)

    def decide(self, user: str, document_id: int, status: str, comment: str = "", number: int | None = None) -> JSON:
        """Approve, reject or send back one version, the newest without a number: the category Approval says so."""
        if status not in STATUSES:
            raise OfficeProblem(f"status must be one of {', '.join(STATUSES)}.", field="status")
        self._document(document_id)
        with as_problems():
            try:
                approvals.decide(self._server, user, document_id, status, comment, number)
            except KeyError as error:
                raise OfficeProblem(f"There is no user {user}.", field="user") from error
        return self.document(document_id)

    # Administration

    def callbacks(self) -> CallbackSettings:
        """Where and how the store's side is told of approvals."""
        return self._server.state.callbacks

    def set_callbacks(self, url: str, secret: str) -> None:
        """An empty address switches them off."""
        if url and not url.startswith(("http://", "https://")):
            raise OfficeProblem("The address must begin with http:// or https://.", field="url")
        self._server.configure_callbacks(CallbackSettings(url.strip(), "signature", secret.strip()))

    # Holds

    def holds(self) -> list[JSON]:
        """Newest first, with what each is on."""
        with self._server.lock:
            state = self._server.state
            return [
                {
                    "id": hold.id, "name": hold.name, "type": hold.type, "comment": hold.comment, "active": hold.active,
                    "applied_by": shapes.member(state, hold.applied_by), "applied": shapes.moment(hold.date_applied),
                    "items": [{"id": n.id, "name": n.name} for n in holds.items(state, hold.id)],
                }
                for hold in sorted(state.holds.values(), key=lambda hold: -hold.id)
            ]  # fmt: skip

    def create_hold(self, user: str, name: str, kind: str, comment: str = "") -> int:
        with self._working(user) as actor, as_problems():
            if kind not in actor.state.hold_types:
                raise OfficeProblem(f"type must be one of {', '.join(actor.state.hold_types)}.", field="type")
            if not name.strip() or holds.named(actor.state, name.strip()) is not None:
                raise OfficeProblem("A hold needs a name that no other has.", field="name")
            return holds.create(actor, name[:100], kind, comment).id

    def set_hold(self, user: str, hold_id: int, node_id: int, *, applied: bool) -> None:
        """Put a hold on a workspace or document, or take it off."""
        with self._working(user) as actor, as_problems():
            change = holds.apply if applied else holds.release
            change(actor, self._live(node_id), hold_id)

    # Inside

    @contextmanager
    def _working(self, user: str) -> Iterator[Actor]:
        """A user at work under the server's lock."""
        with self._server.lock:
            try:
                actor = self._server.actor(user)
            except KeyError as error:
                raise OfficeProblem(f"There is no user {user}.", field="user") from error
            yield actor
            self._world.touched()

    def _live(self, node_id: int) -> Node:
        state: State = self._server.state
        node = state.nodes.get(node_id)
        if node is None or not tree.is_live(state, node):
            raise OfficeProblem(f"There is no item {node_id}.", 404)
        return node

    def _document(self, document_id: int) -> Node:
        node = self._live(document_id)
        if node.type != DOCUMENT:
            raise OfficeProblem(f"There is no document {document_id}.", 404)
        return node

    def _folder(self, new: NewFile) -> Node:
        if new.workspace is None:
            raise OfficeProblem("Say where: a workspace and a folder, or a document.", field="workspace")
        workspace = self._live(new.workspace)
        if not new.folder:
            return workspace
        folder = tree.child_named(self._server.state, workspace.id, new.folder)
        if folder is None:
            known = [child.name for child in tree.children(self._server.state, workspace.id) if child.container]
            raise OfficeProblem(f"There is no folder {new.folder}; there are {', '.join(known)}.", field="folder")
        return folder

    def _create(self, actor: Actor, folder: Node, new: NewFile) -> Node:
        if not new.name:
            raise OfficeProblem("A new document needs a name.", field="name")
        kind = self._document_type(folder, new.document_type) if new.document_type else None
        made = documents.create(actor, folder, new.name, new.content, new.mime_type, description=new.description)
        if kind is not None:
            made.classification_ids = [kind]
        return made

    def _document_type(self, folder: Node, name: str) -> int:
        """The classification that stands for a document type of the workspace the folder is in."""
        state = self._server.state
        home = folder if folder.workspace is not None else tree.workspace_of(state, folder)
        kinds = state.workspace_types[workspaces.data_of(home).type_id].document_types if home else []
        named = {state.nodes[one.classification_id].name: one.classification_id for one in kinds}
        if name not in named:
            known = ", ".join(sorted(named)) or "none"
            raise OfficeProblem(f"There is no document type {name} here; there are {known}.", field="document_type")
        return named[name]


def _is_about(node: Node, bo_type: str, bo_id: str) -> bool:
    references = workspaces.data_of(node).references
    if not bo_type and not bo_id:
        return True
    return any(
        (not bo_type or r.bo_type.casefold() == bo_type.casefold())
        and (not bo_id or r.bo_id == bo_id or r.bo_id.rpartition("-")[2] == bo_id)
        for r in references
    )
