"""Typed upload into a workspace, and its document reports; the path is singular. Source: section 4.10."""

from datetime import timedelta

from werkzeug.wrappers import Response

from sandbox.content_server import documents, shapes, tree, workspaces
from sandbox.content_server.api.nodes import uploaded
from sandbox.content_server.api.route import SORRY, Route
from sandbox.content_server.model import ADD_ITEMS, CLASSIFICATION, DOCUMENT, Node
from sandbox.content_server.permissions import may, require
from sandbox.content_server.refusal import NOT_ACCESSIBLE, Refusal, wrong_type
from sandbox.content_server.wire import Exchange

RECENT = timedelta(days=30)
OUTDATED = timedelta(days=365)


def preview(x: Exchange) -> Response:
    """First call: the file lands in the workspace, hidden, until it gets its type."""
    sent = x.parameters()
    workspace = workspaces.find(x.actor, sent.required_integer("bw_id"))
    content, mime, file_name = uploaded(x, sent, "upload")
    name = f"{x.state.next_id + 1} {file_name}"
    node = documents.create(x.actor, workspace, name, content, mime, file_name=file_name, hidden=True)
    x.call.effect = f"document {node.id} uploaded to workspace {workspace.id}"
    return x.answer({"docNodeId": node.id})


def classify_upload(x: Exchange, bw_id: int) -> Response:
    """Second call: name, document type, and the folder the type belongs to."""
    sent, workspace = x.parameters(), workspaces.find(x.actor, bw_id)
    node = tree.find(x.actor, sent.required_integer("docNodeId"))
    class_id = sent.required_integer("classification_id")
    if tree.workspace_of(x.state, node) is not workspace or not node.hidden:
        raise Refusal(NOT_ACCESSIBLE)
    if x.state.nodes.get(class_id) is None or x.state.nodes[class_id].type != CLASSIFICATION:
        raise wrong_type("classification_id")
    name = tree.clean_name(sent.text("document_name") or node.versions[-1].file_name)
    folder = _folder(x, workspace, class_id)
    require(x.actor, folder, ADD_ITEMS)
    tree.require_free_name(x.state, folder.id, name)
    tree.detach(x.state, node)
    node.name, node.parent_id, node.hidden = name, folder.id, False
    node.classification_ids = [class_id]
    x.state.children.setdefault(folder.id, {})[name.casefold()] = node.id
    tree.touch(x.actor, node)
    x.call.effect = f"document {node.id} classified {class_id}"
    return x.answer({"docNodeId": node.id})


def _folder(x: Exchange, workspace: Node, class_id: int) -> Node:
    kind = x.state.workspace_types[workspaces.data_of(workspace).type_id]
    for item in kind.document_types:
        if item.classification_id == class_id:
            return tree.child_named(x.state, workspace.id, item.location) or workspace
    return workspace


def report(x: Exchange, bw_id: int) -> Response:
    workspace, kind = workspaces.find(x.actor, bw_id), x.query.text("type")
    found = [
        node for node in tree.descendants(x.state, workspace) if node.type == DOCUMENT and may(x.actor, node, "see")
    ]
    now = x.actor.now
    keep = {
        "documentsAdded": lambda node: now - node.create_date <= RECENT,
        "recentDocuments": lambda node: now - node.modify_date <= RECENT,
        "outdatedDocuments": lambda node: now - node.modify_date > OUTDATED,
    }
    if kind not in keep:
        raise wrong_type("type")
    rows = [shapes.node_properties(x.state, node, shapes.local) for node in found if keep[kind](node)]
    return x.answer({"data": rows, "total_count": len(rows)})


ROUTES = (
    Route("POST", "/v2/businessworkspace/preview", preview, unknown=SORRY),
    Route("PUT", "/v2/businessworkspace/<bw_id>/postupload", classify_upload, unknown=SORRY),
    Route("GET", "/v2/businessworkspace/<bw_id>/reports", report),
)
