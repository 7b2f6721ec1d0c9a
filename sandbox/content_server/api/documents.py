"""Documents a workspace must have, typed upload, document reports. Source: section 4.10.

Upload and reports hang under the singular `businessworkspace`.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import attributes, categories, documents, seed, shapes, tree, workspaces
from sandbox.content_server.api.nodes import uploaded
from sandbox.content_server.api.route import SORRY, Route
from sandbox.content_server.model import ADD_ITEMS, CLASSIFICATION, DOCUMENT, DocumentType, Node
from sandbox.content_server.permissions import may, require
from sandbox.content_server.refusal import NOT_ACCESSIBLE, Refusal, wrong_type
from sandbox.content_server.wire import Exchange

RECENT = timedelta(days=30)
MONTH = timedelta(days=365.2425 / 12)


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
    valid = {item.classification_id: item.validity_months for item in _types(x, workspace) if item.validity_months}

    def is_outdated(node: Node) -> bool:
        ages = [valid[class_id] for class_id in node.classification_ids if class_id in valid]
        return any(now - node.modify_date > months * MONTH for months in ages)

    keep: dict[str, Callable[[Node], bool]] = {
        "documentsAdded": lambda node: now - node.create_date <= RECENT,
        "recentDocuments": lambda node: now - node.modify_date <= RECENT,
        "outdatedDocuments": is_outdated,
    }
    if kind not in keep:
        raise wrong_type("type")
    rows = [_listed(x, node) for node in found if keep[kind](node)]
    return x.answer({"data": rows, "total_count": len(rows)})


def _listed(x: Exchange, node: Node) -> dict[str, Any]:
    class_id = next(iter(node.classification_ids), None)
    return shapes.node_properties(x.state, node, shapes.local) | {"classification_id": class_id}


# --- required documents ---


def document_types(x: Exchange, bw_id: int) -> Response:
    """Those whose rule the workspace fulfils; all of them with `skip_validation`, and for a template."""
    node = workspaces.find(x.actor, bw_id)
    every = x.query.flag("skip_validation") or workspaces.data_of(node).is_template
    rows = [_document_type(x, node, item) for item in _types(x, node, every=every)]
    if x.query.text("sort_by") == "DocumentType":
        rows.sort(key=lambda row: row["classification_name"])
    return x.answer([{"data": {"properties": row}} for row in rows])


def missing_documents(x: Exchange, bw_id: int) -> Response:
    node = workspaces.find(x.actor, bw_id)
    held = {
        class_id
        for item in tree.descendants(x.state, node)
        if item.type == DOCUMENT
        for class_id in item.classification_ids
    }
    lacking = [item for item in _types(x, node) if item.required and item.classification_id not in held]
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
    rows = [_listed(x, item) for item in pending]
    return x.answer({"data": rows, "total_count": len(rows)})


def _types(x: Exchange, workspace: Node, *, every: bool = False) -> list[DocumentType]:
    """The document types that apply, by their rule on the workspace's own category."""
    kind = x.state.workspace_types[workspaces.data_of(workspace).type_id]
    definition, held = x.state.categories[kind.category_id], workspace.categories.get(kind.category_id)

    def applies(item: DocumentType) -> bool:
        if item.rule is None or every:
            return True
        key = attributes.key_of(definition, item.rule[0])
        return held is not None and held.values.get(key) == item.rule[1]

    return [item for item in kind.document_types if applies(item)]


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
        "rule_exp": f"{item.rule[0]}={item.rule[1]}" if item.rule else "Default=true",
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
