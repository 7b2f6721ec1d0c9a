"""Workspace types, templates, external systems and business object types. Source: sections 4.2, 4.3, 5.1 and 5.2."""

from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import attributes, shapes, tree
from sandbox.content_server.api.route import Route
from sandbox.content_server.model import (
    Attribute,
    BusinessObjectType,
    CategoryDefinition,
    ExternalSystem,
    WorkspaceType,
)
from sandbox.content_server.refusal import Refusal, missing
from sandbox.content_server.wire import Exchange
from sandbox.kernel.standin import json_response


def types(x: Exchange) -> Response:
    """`ext_system_id` and `bo_type` go together or not at all."""
    query = x.query
    system, bo_type = query.text("ext_system_id"), query.text("bo_type")
    if bool(system) != bool(bo_type):
        raise missing("bo_type" if system else "ext_system_id")
    kinds = list(x.state.workspace_types.values())
    if system:
        wanted = {
            item.workspace_type_id
            for item in x.state.bo_types.values()
            if (item.ext_system_id, item.bo_type) == (system, bo_type)
        }
        kinds = [kind for kind in kinds if kind.id in wanted]
    kinds.sort(key=lambda kind: kind.name, reverse=query.text("sort") == "desc_name")
    return x.answer([{"data": _type(x, kind)} for kind in kinds])


def _type(x: Exchange, kind: WorkspaceType) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "add_creator_to_lead_role": True,
        "aviator_enabled": False,
        "classification": {"location": "None", "location_value": ""},
        "config_node_id": kind.config_node_id,
        "external_document_storage": {
            "rm_classification": {"location": "None", "location_value": ""},
            "sub_location_path": {"location": "None", "location_value": ""},
        },
        "indexing": {"enabled": False, "sub_types": []},
        "relations": [],
        "rm_enabled": kind.rm_enabled,
        "search": {"follow_related_wksp": "Disabled", "max_number_of_followed_wksp": 50},
        "simplify_business_workspace_creation": False,
        "widget_icon": {"url": ""},
        "wksp_copy_enabled": True,
        "wksp_creation": {
            "create_wksp_with_fast_bulk_method": False,
            "directly_open_created_wksp": True,
            "location": "StaticNodeId",
            "location_value": str(kind.location_id),
            "sub_location_path": {"location": "None", "location_value": ""},
            "use_also_for_manual_creation": True,
        },
        "wksp_creation_enabled": True,
        "wksp_descriptions": {"de": "", "en": ""},
        "wksp_icon": "otsapxecm/wksp.png",
        "wksp_name_generation": {
            "use_also_for_wksp_without_bo": False,
            "wksp_names": {"de": kind.name_pattern, "en": kind.name_pattern},
        },
        "wksp_policies_enabled": False,
        "wksp_type_id": kind.id,
        "wksp_type_name": kind.name,
        "wksp_type_names": {"de": "", "en": kind.name},
    }
    if x.query.flag("expand_templates"):
        template = x.state.nodes.get(kind.template_id)  # a new type has none yet
        shown = [{"id": template.id, "name": template.name, "subtype": template.type}] if template else []
        properties["templates"] = shown
    data: dict[str, Any] = {"properties": properties}
    if x.query.flag("expand_wksp_info", default=True):
        in_use = any(
            node.workspace is not None and node.workspace.type_id == kind.id and not node.workspace.is_template
            for node in x.state.nodes.values()
        )
        data["wksp_info"] = {
            "in_use": in_use,
            "indexing_status": "UpToDate",
            "modified": shapes.local(x.state.nodes[kind.config_node_id].modify_date),
            "perspective_folder_id": kind.config_node_id,
            "wksp_type_icon": "",
        }
    return data


def one_type(x: Exchange, type_id: int) -> Response:
    return json_response({"icon_url": "", "is_policies_enabled": False, "workspace_type": _known_type(x, type_id).name})


def one_type_v2(x: Exchange, type_id: int) -> Response:
    return x.answer({"data": _type(x, _known_type(x, type_id))})


def _known_type(x: Exchange, type_id: int) -> WorkspaceType:
    kind = x.state.workspace_types.get(type_id)
    if kind is None:
        raise Refusal(f"The workspace type {type_id} does not exist.", 404)
    return kind


def types_below(x: Exchange, id: int) -> Response:
    """What can be created below a node: the types located there."""
    node = tree.find(x.actor, id)
    kinds = [kind for kind in x.state.workspace_types.values() if kind.location_id == node.id]
    rows = [
        {
            "id": kind.id,
            "name": kind.name,
            "rm_enabled": kind.rm_enabled,
            "templates": [{"id": kind.template_id, "name": x.state.nodes[kind.template_id].name, "subType": 848}],
        }
        for kind in kinds
        if kind.template_id in x.state.nodes
    ]
    return json_response({"businessworkspacetypes": rows})


def create_form(x: Exchange) -> Response:
    """By template, by business object type id, or by external system and business object type."""
    kind = _asked_type(x)
    definition = x.state.categories[kind.category_id]
    general = {
        "data": {"name": "", "description": "", "type": 848, "parent_id": kind.location_id},
        "options": {},
        "schema": {"properties": {"name": {"maxLength": tree.NAME_LIMIT, "required": False, "type": "string"}}},
    }
    return json_response({"forms": [general, {"role_name": "categories", **_category_form(definition)}]})


def _asked_type(x: Exchange) -> WorkspaceType:
    template, number = x.query.integer("template_id"), x.query.integer("bo_type_id")
    pair = (x.query.text("ext_system_id"), x.query.text("bo_type"))
    for kind in x.state.workspace_types.values():
        if kind.template_id == template:
            return kind
    for item in x.state.bo_types.values():
        if item.id == number or (item.ext_system_id, item.bo_type) == pair:
            return x.state.workspace_types[item.workspace_type_id]
    raise missing("template_id")


def _category_form(definition: CategoryDefinition) -> dict[str, Any]:
    top = str(definition.id)
    values: dict[str, Any] = {f"{top}_1": {}}
    properties: dict[str, Any] = {}
    for item in definition.attributes:
        key = f"{top}_{item.id}"
        values[key] = _empty(key, item)
        properties[key] = {"title": item.name, "type": _json_type(item), "required": item.required}
    schema = {"properties": {top: {"title": definition.name, "type": "object", "properties": properties}}}
    return {"data": {top: values}, "options": {}, "schema": schema}


def _empty(key: str, item: Attribute) -> Any:
    if item.kind == "Set":
        return [{f"{key}_x_{inner.id}": None for inner in item.attributes}]
    return [item.default] if item.multi_value else item.default


def _json_type(item: Attribute) -> str:
    if item.multi_value or item.kind == "Set":
        return "array"
    return {"Integer": "integer", "Boolean": "boolean", "User": "otcs_user_picker"}.get(item.kind, "string")


# --- external systems and business object types ---


def systems(x: Exchange) -> Response:
    names, kinds = x.query.words("where_name"), x.query.words("where_conntype")
    found = [
        item
        for item in x.state.external_systems.values()
        if (not names or item.name in names) and (not kinds or item.conn_type in kinds)
    ]
    return x.answer([_system(item) for item in found])


def add_system(x: Exchange) -> Response:
    sent = x.parameters()
    name, kind = sent.required("external_system_name"), sent.required("conn_type")
    addresses = (sent.required("asurl"), sent.required("baseurl"))
    if not x.actor.user.admin:
        raise Refusal("Insufficient permissions to perform that action", 403)
    if name in x.state.external_systems:
        raise Refusal(f"The external system '{name}' already exists.")
    parent = x.state.nodes[x.state.volumes[882]]
    node = tree.insert(x.actor, parent.id, 0, tree.clean_name(name))
    number = len(x.state.external_systems) + 1
    x.state.external_systems[name] = ExternalSystem(number, node.id, name, kind, *addresses)
    x.call.effect = f"external system '{name}' created"
    return x.answer({"EXTSYSTEM_NODE_ID": node.id, "ID_EXTSYSTEM": number, "OK": True})


def system_config(x: Exchange, name: str) -> Response:
    """Before 26.1."""
    item = x.state.external_systems.get(name)
    if item is None:
        raise Refusal(f"The external system '{name}' does not exist.")
    return x.answer({"external_system_name": item.name, **_system(item)})


def _system(item: ExternalSystem) -> dict[str, Any]:
    return {
        "id_extsystem": item.id,
        "extsystem_node_id": item.node_id,
        "extsystem_name": item.name,
        "conn_type": item.conn_type,
        "asurl": item.asurl,
        "asurl_v4": None,
        "baseurl": item.baseurl,
        "auth_method": "BASIC",
        "username": "",
        "client_id": "",
        "token_endpoint": "",
        "enabled": True,
        "schema_version": "",
        "system_comment": "",
        "multilinguals": {"en": item.name},
        "OAUTH_REQUEST_TYPE": None,
        "OAUTH_SCOPE": None,
        "SAP_CLIENT": None,
    }


def bo_types(x: Exchange) -> Response:
    """Rows with nothing but a workspace type occur, one is sent last."""
    rows = [
        {
            "bo_type": item.bo_type,
            "bo_type_id": item.id,
            "bo_type_name": item.name,
            "ext_system_id": item.ext_system_id,
            "is_default_Search": True,
            "workspace_type_id": item.workspace_type_id,
        }
        for item in x.state.bo_types.values()
    ]
    hollow: dict[str, Any] = dict.fromkeys(rows[0] if rows else ()) | {"workspace_type_id": 1}
    return x.answer([{"data": {"properties": row}} for row in [*rows, hollow]])


def one_bo_type(x: Exchange, bo_type_id: int) -> Response:
    """From 25.3: where an integration reads which business properties are mapped to which attributes."""
    item = x.state.bo_types.get(bo_type_id)
    if item is None:
        raise Refusal(f"The business object type {bo_type_id} does not exist.")
    return x.answer({"GeneralTab": {"data": {"properties": _bo_type(x, item)}}})


def _bo_type(x: Exchange, item: BusinessObjectType) -> dict[str, Any]:
    definition = x.state.categories[item.category_id]
    named = {attribute.id: attribute for attribute in definition.attributes}
    groups = {
        group: {
            "cat_cb_name": "CategorySet",
            "cat_cb_parm": definition.id,
            "set_name": named[set_id].name,
            "mappings": [
                {"bo_prop_name": name, "att_name": _inner_name(named[set_id], attribute_id)}
                for name, attribute_id in columns.items()
            ],
        }
        for group, (set_id, columns) in item.groups.items()
    }
    return {
        "fBoTypeInUse": any(
            reference.bo_type_id == item.id
            for node in x.state.nodes.values()
            for reference in (node.workspace.references if node.workspace else ())
        ),
        "fFieldConfigs": {},
        "fWkspCreationConfig": {
            "propertyMappings": [
                {
                    "bo_prop_name": name,
                    "cat_cb_name": "Category",
                    "cat_cb_parm": definition.id,
                    "set_name": "",
                    "att_name": named[attribute_id].name,
                }
                for name, attribute_id in item.properties.items()
            ],
            "propertyGroups": groups,
        },
        "boCallbacks": [],
        "documenttypes": [],
        "multilinguals": [],
    }


def bo_type_by_name(x: Exchange, name: str, bo_type: str) -> Response:
    """The older call, which knows the mapped properties only."""
    found = next((i for i in x.state.bo_types.values() if (i.ext_system_id, i.bo_type) == (name, bo_type)), None)
    if found is None:
        raise Refusal(f"The business object type '{bo_type}' is not declared for the external system '{name}'.")
    definition = x.state.categories[found.category_id]
    named = {item.id: item for item in definition.attributes}
    properties = [
        {
            "name": own,
            "attributeID": f"{definition.id}_{attribute_id}",
            "categoryID": str(definition.id),
            "type": named[attribute_id].kind,
        }
        for own, attribute_id in found.properties.items()
    ]
    return x.answer({"businessProperties": properties, "bo_type_id": found.id, "bo_type": bo_type})


def _inner_name(attribute: Attribute, attribute_id: int) -> str:
    inner = attributes.by_id(attribute.attributes, attribute_id)
    return inner.name if inner else ""


ROUTES = (
    Route("GET", "/v2/businessworkspacetypes", types),
    Route("GET", "/v1/businessworkspacetypes/<type_id>", one_type),
    Route("GET", "/v2/businessworkspacetypes/<type_id>", one_type_v2),
    Route("GET", "/v1/nodes/<id>/businessworkspacetypes", types_below),
    Route("GET", "/v2/forms/businessworkspaces/create", create_form),
    Route("GET", "/v2/externalsystems", systems),
    Route("POST", "/v2/externalsystems", add_system),
    Route("GET", "/v2/externalsystems/<name>/config", system_config, ("name",)),
    Route("GET", "/v2/externalsystems/<name>/botypes/<bo_type>", bo_type_by_name, ("name", "bo_type")),
    Route("GET", "/v2/businessobjecttypes", bo_types),
    Route("GET", "/v2/businessobjecttypes/<bo_type_id>", one_bo_type),
)
