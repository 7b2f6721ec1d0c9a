"""A workspace's business objects and its relations to other workspaces. Source: sections 4.7 and 4.8."""

from werkzeug.wrappers import Response

from sandbox.content_server import workspaces
from sandbox.content_server.api.requests import business_object, order_of
from sandbox.content_server.api.route import Route
from sandbox.content_server.api.workspaces import answer_list, in_order, is_seen
from sandbox.content_server.model import EDIT_ATTRIBUTES, BusinessObject, Node
from sandbox.content_server.permissions import require
from sandbox.content_server.refusal import Refusal
from sandbox.content_server.wire import Exchange


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
    require(x.actor, node, EDIT_ATTRIBUTES)
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
        if relation.kind not in kinds or other is None or not is_seen(x, other):
            continue
        if types and workspaces.data_of(other).type_id not in types:
            continue
        if other.name.casefold().startswith(name):
            found.append(other)
            shown[other.id] = f"BO_{relation.kind.title()}" if relation.pushed else relation.kind
    return answer_list(x, in_order(found, query.text("sort")), lambda other: {"rel_type": shown[other.id]})


def unrelate(x: Exchange, bw_id: int, rel_bw_id: int) -> Response:
    node, other = workspaces.find(x.actor, bw_id), workspaces.find(x.actor, rel_bw_id)
    kind = x.sent.text("rel_type") or "child"
    require(x.actor, node, EDIT_ATTRIBUTES)
    workspaces.unrelate(node, other, "parent" if kind == "parent" else "child")
    x.call.effect = f"workspace {rel_bw_id} unrelated from {bw_id}"
    return x.answer({})


BW = "/v2/businessworkspaces"
ROUTES = (
    Route("PUT", f"{BW}/<bw_id>/workspacereferences", connect),
    Route("DELETE", f"{BW}/<bw_id>/workspacereferences", disconnect),
    Route("POST", f"{BW}/<bw_id>/relateditems", relate),
    Route("GET", f"{BW}/<bw_id>/relateditems", related),
    Route("DELETE", f"{BW}/<bw_id>/relateditems/<rel_bw_id>", unrelate),
)
