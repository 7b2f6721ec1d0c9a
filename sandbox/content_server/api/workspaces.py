"""Business workspaces: look up, create by hand, create or update many. Source: sections 4.4 to 4.6."""

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import shapes, tree, workspaces
from sandbox.content_server.api.requests import bulk_orders, order_of
from sandbox.content_server.api.route import Route
from sandbox.content_server.column_query import matcher
from sandbox.content_server.fields import Fields
from sandbox.content_server.model import Node, Reference
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
    rivals = [x.state.nodes[one] for one in x.state.rivals.get(key, [])]
    return answer_list(x, ([node] if node else []) + [one for one in rivals if is_seen(x, one)])


def listing(x: Exchange) -> Response:
    """Without `expanded_view` only what the user opened lately."""
    query = x.query
    if query.flag("expanded_view"):
        found = [node for node in workspaces.all_of(x.state) if may(x.actor, node, "see")]
    else:
        recent = x.state.recent.get(x.actor.user.id, [])
        found = [node for node in (x.state.nodes.get(i) for i in recent) if node and is_seen(x, node)]
    for keep in _filters(x):
        found = [node for node in found if keep(node)]
    return answer_list(x, in_order(found, query.text("sort")))


def is_seen(x: Exchange, node: Node) -> bool:
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


def in_order(nodes: list[Node], sort: str) -> list[Node]:
    direction, _, column = (sort or "asc_name").partition("_")
    keys: dict[str, Callable[[Node], Any]] = {
        "name": lambda node: node.name.casefold(),
        "modify_date": lambda node: node.modify_date,
        "create_date": lambda node: node.create_date,
    }
    return sorted(nodes, key=keys.get(column, keys["name"]), reverse=direction == "desc")


def answer_list(x: Exchange, nodes: list[Node], more: Callable[[Node], dict[str, Any]] | None = None) -> Response:
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
)
