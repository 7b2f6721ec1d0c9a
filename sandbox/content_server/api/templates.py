"""Workspace types and their templates as an administrator makes them by REST. Source: section 4.2.

A new type has no template, a new template no folders, categories or roles: those are added to it like to any workspace.
"""

from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import categories, tree
from sandbox.content_server.api.route import Route
from sandbox.content_server.model import FOLDER, TEMPLATES, WORKSPACE, WORKSPACES, Workspace, WorkspaceType
from sandbox.content_server.refusal import NOT_ACCESSIBLE, Refusal, missing, wrong_type
from sandbox.content_server.wire import Exchange, Params
from sandbox.content_server.workspaces import PLACEHOLDER
from sandbox.kernel.standin import json_response

LANGUAGE = "en"


def create_type(x: Exchange) -> Response:
    """Name and the name pattern in the default language are mandatory."""
    sent = x.parameters()
    name = tree.clean_name(sent.required("wksp_type_name"))
    names = Params(sent.mapping("wksp_name_generation")).mapping("wksp_names")
    if not names.get(LANGUAGE):
        raise missing(f"wksp_name_generation.wksp_names.{LANGUAGE}")
    if not x.actor.user.admin:
        raise Refusal("Insufficient permissions to perform that action", 403)
    if any(kind.name.casefold() == name.casefold() for kind in x.state.workspace_types.values()):
        raise Refusal(f"The workspace type '{name}' already exists.")
    place, category = Params(sent.mapping("wksp_creation")), _category(x, str(names[LANGUAGE]))
    location = _location(x, place) if place.text("location") == "StaticNodeId" else 0
    node = tree.insert(x.actor, x.state.volumes[WORKSPACES], FOLDER, name)
    number = max(x.state.workspace_types, default=0) + 1
    x.state.workspace_types[number] = WorkspaceType(
        number, name, node.id, 0, location, str(names[LANGUAGE]), category, sent.flag("rm_enabled", default=True)
    )
    x.call.effect = f"workspace type {number} '{name}' created"
    return x.answer({"wksp_type_id": number})


def _location(x: Exchange, place: Params) -> int:
    return tree.find(x.actor, place.required_integer("location_value")).id


def _category(x: Exchange, pattern: str) -> int:
    """The category that the name pattern reads from."""
    found = PLACEHOLDER.search(pattern)
    try:
        return categories.named(x.state, found[1] if found else "").id
    except KeyError as error:
        raise wrong_type("wksp_name_generation") from error


def create_template(x: Exchange) -> Response:
    """`POST /v1/nodes` with `reference_type`, the workspace type's number."""
    sent = x.parameters()
    values: dict[str, Any] = {name: sent.required_integer(name) for name in ("type", "parent_id", "reference_type")}
    if values["type"] != WORKSPACE or values["parent_id"] != x.state.volumes[TEMPLATES]:
        raise wrong_type("type" if values["type"] != WORKSPACE else "parent_id")
    kind = x.state.workspace_types.get(values["reference_type"])
    if kind is None:
        raise wrong_type("reference_type")
    if not x.actor.user.admin:
        raise Refusal(NOT_ACCESSIBLE)
    name = tree.clean_name(sent.required("name"))
    tree.require_free_name(x.state, values["parent_id"], name, 1)
    node = tree.insert(x.actor, values["parent_id"], WORKSPACE, name)
    node.workspace = Workspace(kind.id, node.id, is_template=True)
    kind.template_id = kind.template_id or node.id
    x.call.effect = f"workspace template {node.id} '{name}' created"
    return json_response({"NodeId": node.id})


ROUTES = (Route("POST", "/v2/businessworkspacetypes", create_type),)
