"""A workspace's create or update request, from JSON to `workspaces.Order`. Source: section 4.4."""

from typing import Any

from sandbox.content_server import categories, shapes
from sandbox.content_server.model import BusinessObject
from sandbox.content_server.refusal import Refusal, missing, wrong_type
from sandbox.content_server.wire import Params
from sandbox.content_server.workspaces import Order

BO_ID_LIMIT = 255


def bulk_orders(sent: dict[str, Any]) -> list[dict[str, Any]]:
    entries = sent.get("bws_infos")
    if entries is None:
        raise missing("bws_infos")
    return _objects("bws_infos", entries)


def order_of(sent: dict[str, Any]) -> Order:
    """Members that are not known are passed over, as the server does; wrong types are refused."""
    params = Params(sent)
    name = params.text("name") or str(params.mapping("name_multilingual").get("en", ""))
    roles = params.mapping("roles")
    bo_id = params.text("bo_id")
    if len(bo_id) > BO_ID_LIMIT:
        raise Refusal(f"The business object id is longer than {BO_ID_LIMIT} characters.")
    return Order(
        name=name,
        description=params.text("description") if "description" in params else None,
        template_id=params.integer("template_id"),
        type_id=params.integer("wksp_type_id"),
        bo_type_id=params.integer("bo_type_id"),
        ext_system_id=params.text("ext_system_id"),
        bo_type=params.text("bo_type"),
        bo_id=bo_id,
        ibo_workspace_id=params.integer("ibo_workspace_id"),
        categories=categories.nested(roles.get("categories") or {}),
        rm_class_id=Params(_part(roles, "rmclassifications")).integer("class_id"),
        team_from=Params(_part(roles, "importteam")).integer("node_id"),
        properties={_name(item): _values(item) for item in _objects("bo_properties", sent.get("bo_properties"))},
        groups={
            _name(item): [
                {_name(column): _values(column) for column in _objects("columns", row.get("columns"))}
                for row in _objects("rows", item.get("rows"))
            ]
            for item in _objects("bo_property_groups", sent.get("bo_property_groups"))
        },
        relations=[
            (str(item.get("relation_type", "")), business_object(target))
            for item in _objects("bo_relations", sent.get("bo_relations"))
            for target in _objects("business_objects", item.get("business_objects"))
        ],
        role_users={
            str(item.get("role", "")): _texts("users", item.get("users"))
            for item in _objects("bo_roles_users", sent.get("bo_roles_users"))
        },
        external={name: params.text(name) for name in shapes.EXTERNAL if name in params},
    )


def business_object(sent: dict[str, Any]) -> BusinessObject:
    params = Params(sent)
    return (params.text("ext_system_id"), params.text("bo_type"), params.text("bo_id"))


def _part(roles: dict[str, Any], name: str) -> dict[str, Any]:
    value = roles.get(name) or {}
    if not isinstance(value, dict):
        raise wrong_type("roles")
    return value


def _objects(name: str, value: Any) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise wrong_type(name)
    return value


def _name(item: dict[str, Any]) -> str:
    name = item.get("name")
    if not isinstance(name, str) or not name:
        raise missing("name")
    return name


def _values(item: dict[str, Any]) -> list[str]:
    return _texts("values", item.get("values"))


def _texts(name: str, value: Any) -> list[str]:
    """Values are texts on this call, whatever the attribute's type."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise wrong_type(name)
    return value
