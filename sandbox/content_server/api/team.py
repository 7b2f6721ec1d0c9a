"""A workspace's roles and their members. Source: section 4.9."""

from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import audit, shapes, workspaces
from sandbox.content_server.api.route import Route
from sandbox.content_server.model import (
    ALL_PERMISSIONS,
    EDIT_PERMISSIONS,
    READ,
    Node,
    Role,
)
from sandbox.content_server.paging import collection, page_of
from sandbox.content_server.permissions import require
from sandbox.content_server.refusal import Refusal, wrong_type
from sandbox.content_server.wire import Exchange, Params


def roles(x: Exchange, bw_id: int) -> Response:
    node = workspaces.find(x.actor, bw_id)
    with_members = any(text.startswith("members") for text in x.call.args.getlist("fields"))
    rows = []
    for role in workspaces.data_of(node).roles.values():
        data: dict[str, Any] = {"properties": _role(role)}
        if with_members:
            data["members"] = [shapes.member(x.state, x.state.members[i]) for i in role.members]
        rows.append({"actions": {"data": {}, "map": {}, "order": []}, "data": data})
    return x.answer(rows)


def one_role(x: Exchange, bw_id: int, role_id: int) -> Response:
    role = _find(workspaces.find(x.actor, bw_id), role_id)
    return x.answer({"actions": {"data": {}, "map": {}, "order": []}, "data": {"properties": _role(role)}})


def add_role(x: Exchange, bw_id: int) -> Response:
    node, sent = workspaces.find(x.actor, bw_id), x.parameters()
    require(x.actor, node, EDIT_PERMISSIONS)
    name = sent.required("name")
    if any(role.name == name for role in workspaces.data_of(node).roles.values()):
        raise Refusal(f"The role '{name}' already exists.")
    members = sent.integers("members")
    for member_id in members:
        _require_member(x, member_id)
    role = Role(x.state.new_id(), name, _permissions(sent), sent.flag("leader"), members, sent.text("description"))
    workspaces.add_role(x.state, node, role)
    _changed(x, node, f"role '{name}' added to {bw_id}")
    return x.answer({"data": {"properties": _role(role)}})


def change_role(x: Exchange, bw_id: int, role_id: int) -> Response:
    node, sent = workspaces.find(x.actor, bw_id), x.parameters()
    require(x.actor, node, EDIT_PERMISSIONS)
    role = _find(node, role_id)
    role.name = sent.text("name") or role.name
    if "description" in sent:
        role.description = sent.text("description")
    if "permissions" in sent or "perms" in sent:
        role.permissions = _permissions(sent)
        workspaces.add_role(x.state, node, role)
    if "leader" in sent:
        for other in workspaces.data_of(node).roles.values():
            other.leader = other is role and sent.flag("leader")
    _changed(x, node, f"role {role_id} of {bw_id} changed")
    return x.answer({"data": {"properties": _role(role)}})


def delete_role(x: Exchange, bw_id: int, role_id: int) -> Response:
    node = workspaces.find(x.actor, bw_id)
    require(x.actor, node, EDIT_PERMISSIONS)
    role = _find(node, role_id)
    if role.leader:
        raise Refusal("The role of the team lead cannot be deleted.")
    del workspaces.data_of(node).roles[role_id]
    x.state.role_of.pop(role_id, None)
    (node.permissions or {}).pop(role_id, None)
    _changed(x, node, f"role {role_id} deleted from {bw_id}")
    return x.answer({})


def members(x: Exchange, bw_id: int, role_id: int) -> Response:
    role = _find(workspaces.find(x.actor, bw_id), role_id)
    rows = [{"data": {"properties": shapes.member(x.state, x.state.members[i])}} for i in role.members]
    return x.answer(rows)


def add_member(x: Exchange, bw_id: int, role_id: int) -> Response:
    node = workspaces.find(x.actor, bw_id)
    require(x.actor, node, EDIT_PERMISSIONS)
    role, member_id = _find(node, role_id), x.parameters().required_integer("id")
    _require_member(x, member_id)
    if member_id in role.members:
        raise Refusal("The member is already in this role.")
    role.members.append(member_id)
    _changed(x, node, f"member {member_id} added to role {role_id} of {bw_id}")
    return x.answer({"data": {"properties": shapes.member(x.state, x.state.members[member_id])}})


def remove_member(x: Exchange, bw_id: int, role_id: int, member_id: int) -> Response:
    node = workspaces.find(x.actor, bw_id)
    require(x.actor, node, EDIT_PERMISSIONS)
    role = _find(node, role_id)
    if member_id not in role.members:
        raise Refusal("The member is not in this role.")
    role.members.remove(member_id)
    _changed(x, node, f"member {member_id} removed from role {role_id} of {bw_id}")
    return x.answer({})


def team(x: Exchange, bw_id: int) -> Response:
    """The leading role first."""
    node = workspaces.find(x.actor, bw_id)
    found = sorted(workspaces.data_of(node).roles.values(), key=lambda role: not role.leader)
    page, limit = page_of(found, x.query, 25), x.query.integer("limit_members") or 10
    rows = [
        {
            "data": {
                "properties": _role(role),
                "members": [shapes.member(x.state, x.state.members[i]) for i in role.members[:limit]],
            }
        }
        for role in page.items
    ]
    return x.answer(rows, collection=collection(page))


def _role(role: Role) -> dict[str, Any]:
    return {
        "description": role.description,
        "id": role.id,
        "inherited_from_id": None,
        "leader": role.leader,
        "name": role.name,
        "perms": sum(1 << bit for bit, name in enumerate(ALL_PERMISSIONS) if name in role.permissions),
    }


def _find(node: Node, role_id: int) -> Role:
    role = workspaces.data_of(node).roles.get(role_id)
    if role is None:
        raise Refusal(f"The role {role_id} does not exist.", 404)
    return role


def _permissions(sent: Params) -> frozenset[str]:
    names = frozenset(sent.words("permissions")) or READ
    if not names <= set(ALL_PERMISSIONS):
        raise wrong_type("permissions")
    return names


def _require_member(x: Exchange, member_id: int) -> None:
    if member_id not in x.state.members:
        raise Refusal(f"The member {member_id} does not exist.")


def _changed(x: Exchange, node: Node, effect: str) -> None:
    audit.note(x.state, node.id, 9, x.actor.user.id, x.actor.now)
    x.call.effect = effect


BW = "/v2/businessworkspaces/<bw_id>"
ROUTES = (
    Route("GET", f"{BW}/roles", roles),
    Route("POST", f"{BW}/roles", add_role),
    Route("GET", f"{BW}/roles/<role_id>", one_role),
    Route("PUT", f"{BW}/roles/<role_id>", change_role),
    Route("DELETE", f"{BW}/roles/<role_id>", delete_role),
    Route("GET", f"{BW}/roles/<role_id>/members", members),
    Route("POST", f"{BW}/roles/<role_id>/members", add_member),
    Route("DELETE", f"{BW}/roles/<role_id>/members/<member_id>", remove_member),
    Route("GET", f"{BW}/members", team),
)
