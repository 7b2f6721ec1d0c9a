"""Categories on nodes. Source: section 3.7."""

from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import categories, shapes, tree
from sandbox.content_server.api.route import FAULT, Route
from sandbox.content_server.permissions import may
from sandbox.content_server.refusal import Refusal, missing
from sandbox.content_server.wire import Exchange, Params
from sandbox.kernel.standin import json_response

NOT_ATTRIBUTES = ("category_id", "suppress_response_codes")


def on_node(x: Exchange, id: int) -> Response:
    node = tree.find(x.actor, id)
    wanted = "metadata" in x.query
    return x.answer([shapes.category(x.state, node, key, metadata=wanted) for key in node.categories])


def on_node_v1(x: Exchange, id: int) -> Response:
    node = tree.find(x.actor, id)
    rows = [{"id": key, "name": x.state.categories[key].name} for key in node.categories]
    return json_response({"data": rows, "definitions": {}, "definitions_map": {}, "definitions_order": []})


def one(x: Exchange, id: int, category_id: int) -> Response:
    node = tree.find(x.actor, id)
    categories.on_node(node, category_id)
    return x.answer(shapes.category(x.state, node, category_id, metadata="metadata" in x.query))


def attach(x: Exchange, id: int) -> Response:
    sent, node = x.parameters(), tree.find(x.actor, id)
    category_id = sent.integer("category_id")
    if category_id is None:
        raise missing("category_id")
    categories.attach(x.actor, node, category_id, _values(sent, category_id))
    x.call.effect = f"category {category_id} attached to {id}"
    return x.answer({})


def change(x: Exchange, id: int, category_id: int) -> Response:
    """Who sent a token gets the next one back."""
    sent, node = x.parameters(), tree.find(x.actor, id)
    token = _token(sent, category_id)
    categories.update(x.actor, node, category_id, _values(sent, category_id), token)
    x.call.effect = f"category {category_id} on {id} changed"
    fresh = {str(category_id): {"metadata_token": str(node.categories[category_id].token)}}
    return x.answer({"state": {"categories": fresh}} if token is not None else {})


def _values(sent: Params, category_id: int) -> dict[str, Any]:
    own = f"{category_id}_1"
    return {
        name: value
        for name, value in sent.values.items()
        if name not in NOT_ATTRIBUTES and name != own and not name.endswith("_multilingual")
    }


def _token(sent: Params, category_id: int) -> str | None:
    own = sent.mapping(f"{category_id}_1")
    return str(own["metadata_token"]) if "metadata_token" in own else None


def remove(x: Exchange, id: int, category_id: int) -> Response:
    categories.detach(x.actor, tree.find(x.actor, id), category_id)
    x.call.effect = f"category {category_id} removed from {id}"
    return x.answer({})


def inheritance(x: Exchange, id: int, category_id: int) -> Response:
    inherit = x.call.method == "POST"
    node = tree.find(x.actor, id)
    if category_id not in node.categories:
        raise Refusal(f"Could not find category ID {category_id} on the node", 500)
    categories.set_inheritance(x.actor, node, category_id, inherit=inherit)
    x.call.effect = f"category {category_id} on {id} {'inherited' if inherit else 'not inherited'}"
    return x.answer({})


def apply(x: Exchange, id: int) -> Response:
    """To the items below: add, replace, upgrade, delete or leave."""
    node, sent = tree.find(x.actor, id), x.parameters()
    wanted = sent.values.get("categories")
    if not isinstance(wanted, list) or not all(isinstance(item, dict) for item in wanted):
        raise Refusal("Body parameter is invalid", 500)
    changes = [(Params(item).required_integer("id"), str(item.get("action", "add"))) for item in wanted]
    below = [item for item in tree.descendants(x.state, node) if item is not node]
    for child in below:
        if not may(x.actor, child, "edit_attributes") or child.record.finalized:
            continue
        for category_id, action in changes:
            held = category_id in child.categories
            if action == "delete" and held:
                categories.detach(x.actor, child, category_id)
            elif action in ("add", "add_upgrade", "replace") and (not held or action == "replace"):
                values = dict(node.categories[category_id].values) if category_id in node.categories else {}
                categories.put(x.actor, child, category_id, values)
    x.call.effect = f"categories applied below {id}"
    return x.answer({})


def upgrade(x: Exchange, id: int) -> Response:
    node, category_id = tree.find(x.actor, id), x.sent.integer("category_id")
    if category_id is not None:
        categories.on_node(node, category_id)
    raise Refusal(f"Could not upgrade category '{category_id}' on node '{id}', it is already the latest version", 500)


def form(x: Exchange) -> Response:
    """An Alpaca form of one category: labels, types, valid values."""
    node = tree.find(x.actor, x.query.required_integer("id"))
    definition = categories.definition_of(x.state, x.query.required_integer("category_id"))
    held = node.categories.get(definition.id)
    keys = {f"{definition.id}_{item.id}": item for item in definition.attributes}
    properties = {
        key: {
            "readonly": False,
            "required": item.required,
            "title": item.name,
            "type": "array" if item.multi_value else "object" if item.kind == "Set" else item.kind.lower(),
            **({"enum": item.valid_values} if item.valid_values else {}),
            **({"maxLength": item.max_length} if item.max_length else {}),
        }
        for key, item in keys.items()
    }
    data = {key: held.values.get(key) if held else item.default for key, item in keys.items()}
    options = {"fields": {key: {"label": item.name, "hidden": False} for key, item in keys.items()}}
    schema = {"properties": properties, "type": "object"}
    return json_response({"forms": [{"data": data, "options": options, "schema": schema}]})


ALL, ONE = "/nodes/<id>/categories", "/nodes/<id>/categories/<category_id>"
ROUTES = (
    Route("GET", f"/v2{ALL}", on_node, unknown=FAULT),
    Route("GET", f"/v1{ALL}", on_node_v1, unknown=FAULT),
    Route("POST", f"/v2{ALL}", attach, unknown=FAULT),
    Route("POST", f"/v1{ALL}", attach, unknown=FAULT),
    Route("GET", f"/v2{ONE}", one, unknown=FAULT),
    Route("PUT", f"/v2{ONE}", change, unknown=FAULT),
    Route("PUT", f"/v1{ONE}", change, unknown=FAULT),
    Route("DELETE", f"/v2{ONE}", remove, unknown=FAULT),
    Route("DELETE", f"/v1{ONE}", remove, unknown=FAULT),
    Route("POST DELETE", f"/v2{ONE}/inheritance", inheritance, unknown=FAULT),
    Route("POST", f"/v2{ALL}/apply", apply, unknown=FAULT),
    Route("PUT", f"/v2{ALL}/upgrade", upgrade, unknown=FAULT),
    Route("GET", "/v1/forms/nodes/categories/create", form),
    Route("GET", "/v1/forms/nodes/categories/update", form),
)
