"""Business workspaces: look up, create, bulk create or update, references, relations, documents they lack.

Source: sections 4.4 to 4.8 and 4.10.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import categories, shapes, tree, workspaces
from sandbox.content_server.api.requests import bulk_orders, business_object, order_of
from sandbox.content_server.api.route import Route
from sandbox.content_server.column_query import matcher
from sandbox.content_server.fields import Fields
from sandbox.content_server.model import DOCUMENT, BusinessObject, DocumentType, Node, Reference
from sandbox.content_server.paging import Page, page_of
from sandbox.content_server.permissions import may
from sandbox.content_server.refusal import UNKNOWN_ROUTE, Refusal
from sandbox.content_server.wire import Exchange
from sandbox.kernel.standin import json_response

DEFAULT_PAGE = 500
RECENT = 50


def create(x: Exchange) -> Response:
    """By hand: refused when the business object has a workspace already."""
    order = order_of(x.parameters().values)
    node = workspaces.save(x.actor, order, upsert=False)
    remember(x, node)
    x.call.effect = f"workspace {node.id} '{node.name}' created"
    return x.answer({"direct_open": True, "id": node.id, "sub_folder_id": 0})


def save_many(x: Exchange) -> Response:
    """Automatic creation: each entry on its own, its failure is in `error_message`."""
    if not x.state.bulk_upsert:
        raise Refusal(UNKNOWN_ROUTE)
    answers, effects = [], []
    for entry in bulk_orders(x.parameters().values):
        try:
            order = order_of(entry)
            known = x.state.by_business_object.get((order.ext_system_id, order.bo_type, order.bo_id))
            node = workspaces.save(x.actor, order, upsert=True)
        except Refusal as refusal:
            answers.append({"id": 0, "error_message": refusal.text})
            continue
        answers.append({"id": node.id, "error_message": ""})
        effects.append(f"workspace {node.id} '{node.name}' {'updated' if known else 'created'}")
    x.call.effect = "; ".join(effects)
    return json_response(answers)


def by_business_object(x: Exchange, ext: str, bo_type: str, bo_id: str) -> Response:
    """None found: an empty list."""
    key = (ext.replace("0xF0A6", "\\").replace("0xF0A7", "/"), bo_type, bo_id)
    node = workspaces.by_business_object(x.actor, key)
    return _list(x, [node] if node else [])


def listing(x: Exchange) -> Response:
    """Without `expanded_view` only what the user opened lately."""
    query = x.query
    if query.flag("expanded_view"):
        found = [node for node in workspaces.all_of(x.state) if may(x.actor, node, "see")]
    else:
        recent = x.state.recent.get(x.actor.user.id, [])
        found = [node for node in (x.state.nodes.get(i) for i in recent) if node and _seen(x, node)]
    for keep in _filters(x):
        found = [node for node in found if keep(node)]
    return _list(x, _sorted(found, query.text("sort")))


def _seen(x: Exchange, node: Node) -> bool:
    return tree.is_live(x.state, node) and may(x.actor, node, "see")


def _filters(x: Exchange) -> list[Callable[[Node], bool]]:
    query, filters = x.query, list[Callable[[Node], bool]]()
    data = workspaces.data_of
    if query.text("where_workspace_type_id"):
        types = query.integers("where_workspace_type_id")
        filters.append(lambda node: data(node).type_id in types)
    if query.text("where_workspace_type_name"):
        kind = query.text("where_workspace_type_name")
        filters.append(lambda node: x.state.workspace_types[data(node).type_id].name == kind)
    for name, index in (("where_ext_system_id", 0), ("where_bo_type", 1), ("where_bo_id", 2)):
        if query.text(name):
            filters.append(_has_reference(index, query.text(name)))
    if "where_is_early" in query:
        early = query.flag("where_is_early")
        filters.append(lambda node: (not data(node).references) == early)
    if query.text("where_name"):
        filters.append(_named(query.text("where_name")))
    if query.text("where_column_query"):
        filters.append(matcher(query.text("where_column_query"), lambda node: _columns(x, node)))
    return filters


def _has_reference(index: int, value: str) -> Callable[[Node], bool]:
    return lambda node: any(item.key[index] == value for item in workspaces.data_of(node).references)


def _named(text: str) -> Callable[[Node], bool]:
    """Equals; `contains_` and `startswith_` say otherwise."""
    wanted = text.casefold()
    if wanted.startswith("contains_"):
        return lambda node: wanted.removeprefix("contains_") in node.name.casefold()
    if wanted.startswith("startswith_"):
        return lambda node: node.name.casefold().startswith(wanted.removeprefix("startswith_"))
    return lambda node: node.name.casefold() == wanted


def _columns(x: Exchange, node: Node) -> dict[str, Any]:
    """What `where_column_query` may name: node columns and `WNF_ATT_{cat}_{attr}`."""
    row = {name.upper(): value for name, value in shapes.workspace_properties(x.state, node).items()}
    for held in node.categories.values():
        row |= {f"WNF_ATT_{key}": value for key, value in held.values.items()}
    return row


def _sorted(nodes: list[Node], sort: str) -> list[Node]:
    direction, _, column = (sort or "asc_name").partition("_")
    keys: dict[str, Callable[[Node], Any]] = {
        "name": lambda node: node.name.casefold(),
        "modify_date": lambda node: node.modify_date,
        "create_date": lambda node: node.create_date,
    }
    return sorted(nodes, key=keys.get(column, keys["name"]), reverse=direction == "desc")


def _list(x: Exchange, nodes: list[Node], more: Callable[[Node], dict[str, Any]] | None = None) -> Response:
    """`paging` stands at the top, not in a collection."""
    page: Page[Node] = page_of(nodes, x.query, DEFAULT_PAGE)
    asked = Fields.of(x.call.args)
    rows = []
    for node in page.items:
        properties = shapes.workspace_properties(x.state, node) | (more(node) if more else {})
        rows.append(
            {
                "actions": shapes.actions(x.actor, node, ["open"]),
                "data": {"properties": asked.select("properties", properties)},
            }
        )
    paging = page.paging() | {"links": {}, "actions": {}}
    return x.answer(rows, paging=paging, wksp_info={"wksp_type_icon": None})


def read(x: Exchange, bw_id: int) -> Response:
    node = workspaces.find(x.actor, bw_id)
    asked = Fields.of(x.call.args)
    if x.query.flag("add_recently_accessed"):
        remember(x, node)
    data = _sections(x, node, asked)
    results: dict[str, Any] = {"actions": shapes.actions(x.actor, node, ["open"]), "data": data}
    if "metadata" in x.query and "categories" in asked:
        rows = {str(key): shapes.category(x.state, node, key, metadata=True) for key in node.categories}
        results["metadata"] = {"categories": {key: row["metadata"]["categories"] for key, row in rows.items()}}
        results["metadata_order"] = {"categories": list(rows)}
    return x.answer(results)


def _sections(x: Exchange, node: Node, asked: Fields) -> dict[str, Any]:
    builders: dict[str, Callable[[], Any]] = {
        "properties": lambda: shapes.workspace_properties(x.state, node),
        "business_properties": lambda: _business_properties(x, node),
        "workspace_references": lambda: [_reference(x, item, node) for item in workspaces.data_of(node).references],
        "display_urls": lambda: [_display(x, item) for item in workspaces.data_of(node).references],
        "wksp_info": lambda: {"wksp_type_icon": None},
        "categories": lambda: {
            str(key): shapes.category(x.state, node, key, metadata=False)["data"]["categories"]
            for key in node.categories
        },
    }
    return {name: asked.select(name, build()) for name, build in builders.items() if name in asked}


def _business_properties(x: Exchange, node: Node) -> dict[str, Any]:
    """Of the first business object only."""
    data = workspaces.data_of(node)
    kind = x.state.workspace_types[data.type_id]
    shown: dict[str, Any] = {
        "has_default_display": bool(data.references),
        "has_default_search": False,
        "isEarly": not data.references,
        "workspace_type_id": kind.id,
        "workspace_type_name": kind.name,
        "workspace_type_name_multilingual": {"de": "", "en": kind.name},
        "workspace_type_widget_icon_content": None,
    }
    if data.references:
        first = data.references[0]
        bo_type = x.state.bo_types[first.bo_type_id]
        shown |= {
            "business_object_id": first.bo_id,
            "business_object_type": first.bo_type,
            "business_object_type_id": first.bo_type_id,
            "business_object_type_name": bo_type.name,
            "business_object_type_name_multilingual": {"de": "", "en": bo_type.name},
            "display_url": display_url(x, first),
            "external_system_id": first.ext_system_id,
            "external_system_name": first.ext_system_id,
        }
    return shown


def _reference(x: Exchange, item: Reference, node: Node) -> dict[str, Any]:  # noqa: ARG001
    return {
        "business_object_id": item.bo_id,
        "business_object_type": item.bo_type,
        "business_object_type_id": item.bo_type_id,
        "external_system_id": item.ext_system_id,
        "has_default_display": True,
        "has_default_search": False,
        "workspace_type_id": workspaces.data_of(node).type_id,
    }


def _display(x: Exchange, item: Reference) -> dict[str, Any]:
    return {
        "business_object_type": item.bo_type,
        "business_object_type_id": item.bo_type_id,
        "business_object_type_name": x.state.bo_types[item.bo_type_id].name,
        "displayUrl": display_url(x, item),
        "external_system_id": item.ext_system_id,
        "external_system_name": item.ext_system_id,
    }


def display_url(x: Exchange, item: Reference) -> str:
    """The store's page of the object: its id is the last part of `{platform}-{store}-{id}`."""
    parts = item.bo_id.split("-")
    pattern = x.state.bo_types[item.bo_type_id].display_url
    return pattern.replace("{id}", parts[-1]).replace("{store}", parts[1] if len(parts) > 2 else "")


def remember(x: Exchange, node: Node) -> None:
    recent = [i for i in x.state.recent.get(x.actor.user.id, []) if i != node.id]
    x.state.recent[x.actor.user.id] = [node.id, *recent][:RECENT]


def read_v1(x: Exchange, bw_id: int) -> Response:
    node = workspaces.find(x.actor, bw_id)
    references = workspaces.data_of(node).references
    business = {
        "id": str(node.id),
        "has_business_object_id": bool(references),
        "business_object_id": references[0].bo_id if references else "",
        "business_object_type": references[0].bo_type if references else "",
        "external_system_id": references[0].ext_system_id if references else "",
        "display_url": display_url(x, references[0]) if references else "",
        "workspace_type_id": workspaces.data_of(node).type_id,
    }
    return json_response({"data": [{"business_reference": business, "attributes": {"data": {}}}]})


def containing(x: Exchange, id: int) -> Response:
    node = tree.find(x.actor, id)
    workspace = tree.workspace_of(x.state, node)
    if workspace is None or not may(x.actor, workspace, "see"):
        raise Refusal(f"The node {id} is not located in a business workspace.")
    data = workspaces.data_of(workspace)
    return json_response(
        {
            "id": workspace.id,
            "isLinked": bool(data.references),
            "type": workspace.type,
            "workspace_type_id": data.type_id,
        }
    )


# --- references ---


def connect(x: Exchange, bw_id: int) -> Response:
    node, sent = workspaces.find(x.actor, bw_id), x.parameters()
    order = order_of({key: sent.values.get(key) for key in ("ext_system_id", "bo_type", "bo_type_id", "bo_id")})
    bo_type = workspaces.bo_type_of(x.state, order)
    if bo_type is None or not order.bo_id:
        raise Refusal("Missing required parameter 'bo_id'")
    workspaces.connect(x.actor, node, bo_type, order.bo_id)
    x.call.effect = f"workspace {bw_id} connected to {order.bo_id}"
    return x.answer({})


def disconnect(x: Exchange, bw_id: int) -> Response:
    node = workspaces.find(x.actor, bw_id)
    key = _key(x, node)
    workspaces.disconnect(x.actor, node, key)
    x.call.effect = f"workspace {bw_id} disconnected from {key[2]}"
    return x.answer({"data": {"showDetails": False}})


def _key(x: Exchange, node: Node) -> BusinessObject:
    sent = x.parameters()
    number = sent.integer("bo_type_id")
    for item in workspaces.data_of(node).references:
        if item.bo_id == sent.text("bo_id") and number == item.bo_type_id:
            return item.key
    return business_object(sent.values)


# --- relations ---


def relate(x: Exchange, bw_id: int) -> Response:
    node, sent = workspaces.find(x.actor, bw_id), x.parameters()
    other = workspaces.find(x.actor, sent.required_integer("rel_bw_id"))
    kind = sent.text("rel_type") or "child"
    if kind not in ("child", "parent"):
        raise Refusal(f"Unknown relation type '{kind}'.")
    workspaces.relate(node, other, "child" if kind == "child" else "parent")
    x.call.effect = f"workspace {other.id} related to {node.id} as {kind}"
    return x.answer({})


def related(x: Exchange, bw_id: int) -> Response:
    """Children unless asked otherwise; a relation a leading application pushed shows as `BO_Child`, `BO_Parent`."""
    node, query = workspaces.find(x.actor, bw_id), x.query
    kinds = query.words("where_rel_types") or query.words("where_relationtype") or ["child"]
    types = query.integers("where_workspace_type_ids") or query.integers("where_workspace_type_id")
    name = query.text("where_name").casefold()
    shown: dict[int, str] = {}
    found = []
    for relation in workspaces.data_of(node).relations:
        other = x.state.nodes.get(relation.other)
        if relation.kind not in kinds or other is None or not _seen(x, other):
            continue
        if types and workspaces.data_of(other).type_id not in types:
            continue
        if other.name.casefold().startswith(name):
            found.append(other)
            shown[other.id] = f"BO_{relation.kind.title()}" if relation.pushed else relation.kind
    return _list(x, _sorted(found, query.text("sort")), lambda other: {"rel_type": shown[other.id]})


def unrelate(x: Exchange, bw_id: int, rel_bw_id: int) -> Response:
    node, other = workspaces.find(x.actor, bw_id), workspaces.find(x.actor, rel_bw_id)
    kind = x.sent.text("rel_type") or "child"
    workspaces.unrelate(node, other, "parent" if kind == "parent" else "child")
    x.call.effect = f"workspace {rel_bw_id} unrelated from {bw_id}"
    return x.answer({})


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
    approval = categories.named(x.state, "Approval")
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


BW = "/v2/businessworkspaces"
ROUTES = (
    Route("POST", BW, create),
    Route("PUT", BW, save_many),
    Route("GET", BW, listing),
    Route("GET", f"{BW}/<bw_id>", read),
    Route("GET", "/v1/businessworkspaces/<bw_id>", read_v1),
    Route("GET", "/v1/nodes/<id>/businessworkspace", containing),
    Route(
        "GET",
        "/v2/externalsystems/<ext>/botypes/<bo_type>/boids/<bo_id>",
        by_business_object,
        ("ext", "bo_type", "bo_id"),
    ),
    Route("PUT", f"{BW}/<bw_id>/workspacereferences", connect),
    Route("DELETE", f"{BW}/<bw_id>/workspacereferences", disconnect),
    Route("POST", f"{BW}/<bw_id>/relateditems", relate),
    Route("GET", f"{BW}/<bw_id>/relateditems", related),
    Route("DELETE", f"{BW}/<bw_id>/relateditems/<rel_bw_id>", unrelate),
    Route("GET", f"{BW}/<bw_id>/doctypes", document_types),
    Route("GET", f"{BW}/<bw_id>/missingdocuments", missing_documents),
    Route("GET", f"{BW}/<bw_id>/inprocessdocuments", documents_in_process),
)
