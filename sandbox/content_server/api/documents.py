"""Documents a workspace must have, typed upload, document reports. Source: section 4.10.

Upload and reports hang under the singular `businessworkspace`.
"""

from datetime import timedelta
from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import categories, documents, seed, shapes, tree, workspaces
from sandbox.content_server.api.nodes import uploaded
from sandbox.content_server.api.route import SORRY, Route
from sandbox.content_server.model import ADD_ITEMS, CLASSIFICATION, DOCUMENT, DocumentType, Node
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


# --- required documents ---


def document_types(x: Exchange, bw_id: int) -> Response:
    node = workspaces.find(x.actor, bw_id)
    kind = x.state.workspace_types[workspaces.data_of(node).type_id]
    rows = [_document_type(x, node, item) for item in kind.document_types]
    if x.query.text("sort_by") == "DocumentType":
        rows.sort(key=lambda row: row["classification_name"])
    return x.answer([{"data": {"properties": row}} for row in rows])


def missing_documents(x: Exchange, bw_id: int) -> Response:
    node = workspaces.find(x.actor, bw_id)
    kind = x.state.workspace_types[workspaces.data_of(node).type_id]
    held = {
        class_id
        for item in tree.descendants(x.state, node)
        if item.type == DOCUMENT
        for class_id in item.classification_ids
    }
    lacking = [item for item in kind.document_types if item.required and item.classification_id not in held]
    rows = [_document_type(x, node, item) for item in lacking]
    return x.answer({"data": rows, "total_count": len(rows)})


def documents_in_process(x: Exchange, bw_id: int) -> Response:
    """Documents whose approval is pending."""
    node = workspaces.find(x.actor, bw_id)
    approval = categories.named(x.state, seed.APPROVAL)
    pending = [
        item
        for item in tree.descendants(x.state, node)
        if approval.id in item.categories and item.categories[approval.id].values.get(f"{approval.id}_2") == "Pending"
    ]
    rows = [shapes.node_properties(x.state, item, shapes.local) for item in pending]
    return x.answer({"data": rows, "total_count": len(rows)})


def _document_type(x: Exchange, workspace: Node, item: DocumentType) -> dict[str, Any]:
    folder = tree.child_named(x.state, workspace.id, item.location)
    data = workspaces.data_of(workspace)
    class_id = item.classification_id
    return {
        "attribute_id": None,
        "category_id": None,
        "classification_description": "",
        "classification_id": class_id,
        "classification_name": x.state.nodes[class_id].name,
        "delete_review_required": False,
        "delete_workflow_id": None,
        "document_generation": 0,
        "location": str(folder.id) if folder else "",
        "mime_types": list(item.mime_types),
        "payloadurl": (f"{x.address}?func=xecmpfdocgen.PowerDocsPayload&wsID={workspace.id}&docTypeID={class_id}"),
        "priority": item.priority,
        "required": 1 if item.required else 0,
        "rule_data": "",
        "rule_exp": "Default=true",
        "rule_id": class_id,
        "template_id": data.template_id,
        "type": "",
        "upload_review_required": False,
        "upload_workflow_id": None,
        "validity": item.validity_months,
        "validity_required": item.validity_months > 0,
    }


BW = "/v2/businessworkspaces/<bw_id>"
ROUTES = (
    Route("POST", "/v2/businessworkspace/preview", preview, unknown=SORRY),
    Route("PUT", "/v2/businessworkspace/<bw_id>/postupload", classify_upload, unknown=SORRY),
    Route("GET", "/v2/businessworkspace/<bw_id>/reports", report),
    Route("GET", f"{BW}/doctypes", document_types),
    Route("GET", f"{BW}/missingdocuments", missing_documents),
    Route("GET", f"{BW}/inprocessdocuments", documents_in_process),
)
