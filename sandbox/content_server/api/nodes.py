"""Nodes: read, list, create, change, move, copy, delete. Source: sections 3.1 to 3.3."""

from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import categories, documents, records, shapes, tree
from sandbox.content_server.api.route import FAULT, SORRY, Route
from sandbox.content_server.api.templates import create_template
from sandbox.content_server.fields import Fields
from sandbox.content_server.model import DOCUMENT, FOLDER, RESERVE, SEE_CONTENTS, SHORTCUT, TYPE_NAMES, URL, Node
from sandbox.content_server.paging import collection, page_of
from sandbox.content_server.permissions import entries_of, require
from sandbox.content_server.refusal import NOT_ACCESSIBLE, Refusal, edit_conflict, missing, wrong_type
from sandbox.content_server.wire import Exchange, Params
from sandbox.kernel.standin import json_response

CREATABLE = (FOLDER, SHORTCUT, URL, DOCUMENT)
LIST_LIMIT, ACTIONS_LIMIT = 250, 100
DEFAULT_PAGE = 100


def read(x: Exchange, id: int) -> Response:
    node = tree.find(x.actor, id)
    asked = Fields.of(x.call.args)
    results: dict[str, Any] = {"data": sections(x, node, asked)}
    if "metadata" in x.query:
        results |= _metadata(x, node, asked)
    if "state" in x.query:
        results["state"] = {
            "properties": {"metadata_token": token_of(node)},
            "categories": {str(key): {"metadata_token": str(held.token)} for key, held in node.categories.items()},
        }
    if "actions" in x.query:
        results["actions"] = shapes.actions(x.actor, node, x.query.words("actions"))
    return x.answer(results)


def token_of(node: Node) -> str:
    """Changes with every change of the node."""
    return f"{node.id}.{node.modify_date.timestamp():.6f}"


def sections(x: Exchange, node: Node, asked: Fields) -> dict[str, Any]:
    """`results.data` of a node: the asked sections."""
    data: dict[str, Any] = {}
    if "properties" in asked:
        data["properties"] = asked.select("properties", shapes.node_properties(x.state, node))
        for name in _expanded(x):
            data["properties"] |= _expand(x, node, name)
    if "categories" in asked:
        data["categories"] = [
            shapes.category(x.state, node, key, metadata=False)["data"]["categories"] for key in node.categories
        ]
    if "versions" in asked and node.type == DOCUMENT:
        rows = [shapes.version(node, item) for item in reversed(node.versions)]
        data["versions"] = asked.select("versions", rows)
    if "permissions" in asked:
        rows = [
            {"permissions": sorted(granted), "right_id": right, "type": "custom"}
            for right, granted in entries_of(x.state, node).items()
        ]
        data["permissions"] = asked.select("permissions", rows)
    return data


def _metadata(x: Exchange, node: Node, asked: Fields) -> dict[str, Any]:
    rows = [shapes.category(x.state, node, key, metadata=True) for key in node.categories]
    shown = rows if "categories" in asked else []
    return {
        "metadata": {"categories": [row["metadata"]["categories"] for row in shown]},
        "metadata_map": {"categories": [row["metadata_map"]["categories"] for row in shown]},
        "metadata_order": {"categories": [str(key) for key in node.categories] if shown else []},
    }


def _expanded(x: Exchange) -> list[str]:
    found: list[str] = []
    for text in x.call.args.getlist("expand"):
        if text.startswith("properties{") and text.endswith("}"):
            found += [part.strip() for part in text[len("properties{") : -1].split(",")]
    return found


def _expand(x: Exchange, node: Node, name: str) -> dict[str, Any]:
    if name == "parent_id" and node.parent_id in x.state.nodes:
        parent = x.state.nodes[node.parent_id]
        return {"parent_id_expand": shapes.node_properties(x.state, parent)}
    user_id = getattr(node, name, None) if name.endswith("user_id") else None
    if user_id in x.state.members:
        return {f"{name}_expand": shapes.member(x.state, x.state.members[user_id])}
    return {}


def read_v1(x: Exchange, id: int) -> Response:
    node = tree.find(x.actor, id)
    return json_response(
        {
            "available_actions": [],
            "data": shapes.node_properties(x.state, node),
            "definitions": {},
            "definitions_order": [],
            "type": node.type,
            "type_name": TYPE_NAMES[node.type],
            "type_info": {"advanced_versioning": False, "container": node.container},
        }
    )


def listing(x: Exchange, id: int) -> Response:
    node = tree.find(x.actor, id)
    asked = Fields.of(x.call.args)
    page = page_of(_children(x, node), x.query, DEFAULT_PAGE)
    sort = x.query.text("sort") or "asc_name"
    results = []
    for child in page.items:
        row: dict[str, Any] = {"data": sections(x, child, asked)}
        if "metadata" in x.query:
            row |= _metadata(x, child, asked)
        if "actions" in x.query:
            row["actions"] = shapes.actions(x.actor, child, x.query.words("actions"))
        results.append(row)
    return x.answer(results, collection=collection(page, sort))


def listing_v1(x: Exchange, id: int) -> Response:
    page = page_of(_children(x, tree.find(x.actor, id)), x.query, DEFAULT_PAGE)
    paging = page.paging()
    body = {"data": [shapes.node_properties(x.state, child) for child in page.items], "definitions": {}}
    return json_response(body | {name: paging[name] for name in ("limit", "page", "page_total", "total_count")})


def _children(x: Exchange, node: Node) -> list[Node]:
    """Filtered by type and by a part of the name (any case), sorted."""
    if not node.container:
        raise Refusal("Could not process object, invalid action 'browse'", 500)
    require(x.actor, node, SEE_CONTENTS)
    found = [child for child in tree.visible_children(x.actor, node) if not child.hidden or x.query.flag("show_hidden")]
    types, name = x.query.integers("where_type"), x.query.text("where_name").casefold()
    if types:
        found = [child for child in found if any(_is_type(child, kind) for kind in types)]
    if name:
        found = [child for child in found if name in child.name.casefold()]
    return _sorted(found, x.query.text("sort") or "asc_name")


def _is_type(node: Node, kind: int) -> bool:
    if kind == -1:
        return node.container
    if kind == -3:
        return not node.container
    return kind == -2 or node.type == kind


def _sorted(nodes: list[Node], sort: str) -> list[Node]:
    direction, _, column = sort.partition("_")
    if direction not in ("asc", "desc"):
        direction, column = "asc", sort
    keys: dict[str, Any] = {
        "name": lambda node: node.name.casefold(),
        "modify_date": lambda node: node.modify_date,
        "create_date": lambda node: node.create_date,
        "id": lambda node: node.id,
        "type": lambda node: node.type,
        "size": lambda node: node.versions[-1].size if node.versions else 0,
    }
    return sorted(nodes, key=keys.get(column, keys["name"]), reverse=direction == "desc")


def create(x: Exchange) -> Response:
    node = _create(x, x.parameters(), 2)
    return x.answer({"data": {"properties": shapes.node_properties(x.state, node)}})


def create_v1(x: Exchange) -> Response:
    if "reference_type" in x.parameters():
        return create_template(x)
    return json_response({"id": _create(x, x.parameters(), 1).id})


def _create(x: Exchange, sent: Params, api: int) -> Node:
    parent_id = sent.required_integer("parent_id")
    try:
        parent = tree.find(x.actor, parent_id)
    except Refusal as error:
        raise Refusal(NOT_ACCESSIBLE) from error
    copying = "type" not in sent and sent.integer("original_id")
    node = _copy(x, sent, parent) if copying else _new(x, sent, parent, api)
    x.call.effect = f"{TYPE_NAMES[node.type].lower()} {node.id} '{node.name}' created in {parent.id}"
    return node


def _copy(x: Exchange, sent: Params, parent: Node) -> Node:
    source = tree.find(x.actor, sent.required_integer("original_id"))
    return tree.copy(x.actor, source, parent, sent.text("name") or source.name)


def _new(x: Exchange, sent: Params, parent: Node, api: int) -> Node:
    kind, name = sent.required_integer("type"), sent.required("name")
    if kind not in CREATABLE:
        raise Refusal(f"Subtype {kind} not registered" if kind not in TYPE_NAMES else NOT_ACCESSIBLE)
    roles = sent.mapping("roles")
    values = (categories.flat if api == 2 else categories.nested)(roles.get("categories") or {})
    classes = _class_ids(roles)
    record = roles.get("rmclassifications") or {}
    categories.check_all(x.state, None, values)
    records.check_class(x.state, record.get("class_id"))
    members: dict[str, Any] = {"description": sent.text("description"), "external": external(sent)}
    if kind == DOCUMENT:
        content, mime, file_name = uploaded(x, sent, name)
        node = documents.create(x.actor, parent, name, content, mime, api=api, file_name=file_name, **members)
    else:
        members |= {"url": sent.text("url") or None, "original_id": sent.integer("original_id") or 0}
        if kind == URL and not members["url"]:
            raise missing("url")
        node = tree.create(x.actor, parent, kind, name, api=api, **members)
    for category_id, sent_values in values.items():
        categories.put(x.actor, node, category_id, sent_values)
    node.classification_ids = classes
    if record.get("class_id"):
        records.classify(x.actor, node, int(record["class_id"]))
    return node


def _class_ids(roles: dict[str, Any]) -> list[int]:
    value = roles.get("classifications") or {}
    if not isinstance(value, dict):
        raise wrong_type("roles")
    return Params(value).integers("id") + Params(value).integers("create_id")


def external(sent: Params) -> dict[str, Any]:
    return {name: sent.text(name) for name in shapes.EXTERNAL if name in sent}


def uploaded(x: Exchange, sent: Params, name: str) -> tuple[bytes, str, str]:
    """The bytes, media type and file name of an upload, or of a finished large upload."""
    key = sent.text("upload_key")
    if key:
        upload = x.state.uploads.get(key)
        if upload is None or upload.user_id != x.actor.user.id or not upload.complete:
            raise Refusal("Error: File could not be found within the upload directory.")
        del x.state.uploads[key]
        content = b"".join(upload.parts[number] for number in sorted(upload.parts))
        return content, upload.mime_type, upload.file_name or name
    found = x.file()
    if found is None:
        raise missing("File")
    file, content = found
    return content, file.mimetype or "", file.filename or name


def change(x: Exchange, id: int) -> Response:
    node = _change(x, id, 2)
    return x.answer({"data": {"properties": shapes.node_properties(x.state, node)}})


def change_v1(x: Exchange, id: int) -> Response:
    _change(x, id, 1)
    return json_response({})


def _change(x: Exchange, id: int, api: int) -> Node:
    sent, node = x.parameters(), tree.find(x.actor, id)
    token = sent.text("metadata_token")
    if token and token != token_of(node):
        raise edit_conflict()
    target, name = sent.integer("parent_id"), sent.required("name") if "name" in sent else None
    if target is not None:
        tree.move(x.actor, node, tree.find(x.actor, target), name, api)
    elif name is not None:
        tree.rename(x.actor, node, name, api)
    if "reserved_user_id" in sent:
        _reserve(x, node, sent.integer("reserved_user_id"))
    _describe(x, node, sent)
    x.call.effect = f"node {node.id} changed"
    return node


def _reserve(x: Exchange, node: Node, user_id: int | None) -> None:
    require(x.actor, node, RESERVE)
    tree.check_not_finalized(node)
    if node.reserved_user_id not in (0, x.actor.user.id) and not x.actor.user.admin:
        raise Refusal(f"The item '{node.name}' is reserved by another user.")
    if user_id and user_id not in x.state.members:
        raise wrong_type("reserved_user_id")
    node.reserved_user_id = user_id or 0
    node.reserved_date = x.actor.now if user_id else None


def _describe(x: Exchange, node: Node, sent: Params) -> None:
    texts = [name for name in ("description", "url") if name in sent]
    stamps = external(sent)
    if not texts and not stamps:
        return
    require(x.actor, node, "modify")
    tree.check_not_finalized(node)
    for name in texts:
        setattr(node, name, sent.text(name))
    node.external |= stamps
    tree.touch(x.actor, node)


def delete(x: Exchange, id: int) -> Response:
    _delete(x, id)
    return x.answer({})


def delete_v1(x: Exchange, id: int) -> Response:
    _delete(x, id)
    return json_response({})


def _delete(x: Exchange, id: int) -> None:
    node = tree.find(x.actor, id)
    tree.delete(x.actor, node)
    x.call.effect = f"node {node.id} '{node.name}' deleted"


def line(x: Exchange, id: int) -> Response:
    found = tree.ancestors(x.state, tree.find(x.actor, id))
    return json_response({"ancestors": [shapes.ancestor(x.state, node) for node in found]})


def several(x: Exchange) -> Response:
    ids = x.parameters().integers("ids")
    if not ids:
        raise Refusal("The parameter 'ids' is not specified")
    if len(ids) > LIST_LIMIT:
        raise Refusal("Too many items specified for parameter 'ids'")
    fields = x.sent.values.get("fields") or []
    asked = Fields(fields if isinstance(fields, list) else [fields])
    found = []
    for node_id in ids:
        try:
            found.append(tree.find(x.actor, node_id))
        except Refusal:
            continue
    return x.answer([{"data": sections(x, node, asked)} for node in found])


def node_actions(x: Exchange) -> Response:
    ids, asked = x.sent.integers("ids"), x.sent.words("actions")
    if not ids:
        raise Refusal("The parameter 'ids' is not specified")
    if x.call.method == "GET" and len(ids) > ACTIONS_LIMIT:
        raise Refusal("Too many items specified for parameter 'ids'")
    known = ["open", "download", "rename", "delete", "addversion"]
    return x.answer({str(i): shapes.actions(x.actor, tree.find(x.actor, i), asked or known) for i in ids})


def taken_names(x: Exchange) -> Response:
    sent = x.parameters()
    if "parent_id" not in sent:
        raise Refusal("Body Parameter 'parent_id' is missing")
    parent = tree.find(x.actor, sent.required_integer("parent_id"))
    names = sent.values.get("names")
    if not isinstance(names, list):
        raise Refusal("Body Parameter 'names' is missing")
    found = [(name, tree.child_named(x.state, parent.id, str(name))) for name in names]
    return json_response({"results": [{"id": node.id, "name": node.name} for _, node in found if node]})


def copy_link(x: Exchange, id: int) -> Response:
    return x.answer({"link": f"{x.address}/app/nodes/{tree.find(x.actor, id).id}"})


ROUTES = (
    Route("GET", "/v2/nodes/<id>", read),
    Route("GET", "/v2/nodes/<id>/properties", read),
    Route("GET", "/v1/nodes/<id>", read_v1),
    Route("POST", "/v2/nodes", create),
    Route("POST", "/v1/nodes", create_v1),
    Route("PUT", "/v2/nodes/<id>", change, unknown=SORRY),
    Route("PUT", "/v1/nodes/<id>", change_v1, unknown=SORRY),
    Route("DELETE", "/v2/nodes/<id>", delete, unknown=FAULT),
    Route("DELETE", "/v1/nodes/<id>", delete_v1, unknown=FAULT),
    Route("GET", "/v2/nodes/<id>/nodes", listing, unknown=FAULT),
    Route("GET", "/v1/nodes/<id>/nodes", listing_v1, unknown=FAULT),
    Route("GET", "/v1/nodes/<id>/ancestors", line, unknown=FAULT),
    Route("POST", "/v2/nodes/list", several),
    Route("GET POST", "/v2/nodes/actions", node_actions),
    Route("GET", "/v2/nodes/<id>/copylink", copy_link, unknown=(404, SORRY[1])),
    Route("POST", "/v1/validation/nodes/names", taken_names, unknown=SORRY),
)
