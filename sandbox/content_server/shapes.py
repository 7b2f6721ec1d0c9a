"""Nodes, versions and members as the wire shows them. Source: sections 3.1, 3.4, 4.6 and the samples of pyxecm."""

from datetime import datetime
from typing import Any

from sandbox.content_server import attributes, tree
from sandbox.content_server.model import (
    DOCUMENT,
    ENTERPRISE,
    GROUP,
    SEE_CONTENTS,
    TYPE_NAMES,
    USER,
    WORKSPACE,
    Member,
    Node,
    State,
    Version,
)
from sandbox.content_server.permissions import Actor, may

EXTERNAL = (
    "external_create_date",
    "external_identity",
    "external_identity_type",
    "external_modify_date",
    "external_source",
)
LANGUAGES = ("de", "en")


def utc(moment: datetime | None) -> str | None:
    """Node calls: `2025-01-19T06:57:04Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def local(moment: datetime | None) -> str | None:
    """Workspace and records calls: the server's time without a zone (here UTC)."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S") if moment else None


def parent_id(state: State, node: Node) -> int:
    """Below a workspace the shadow container, which has the workspace's negative id."""
    parent = state.nodes.get(node.parent_id)
    inside = parent is not None and parent.workspace is not None
    return -node.parent_id if inside else node.parent_id or -1


def volume_id(state: State, node: Node) -> int:
    line = tree.ancestors(state, node)
    shadow = [item for item in line[:-1] if item.workspace is not None]
    return -(shadow[-1] if shadow else line[0]).id


def size_of(state: State, node: Node) -> int:
    if node.container:
        return len(state.children.get(node.id, ()))
    return node.versions[-1].size if node.versions else 0


def size_text(node: Node, size: int) -> str:
    if node.container:
        return f"{size} Item" if size == 1 else f"{size} Items"
    return f"{size} Bytes" if size < 1024 else f"{-(-size // 1024)} KB"


def node_properties(state: State, node: Node, date: Any = utc) -> dict[str, Any]:
    """The `properties` section; `date` says how moments are written."""
    size, version = size_of(state, node), node.versions[-1] if node.versions else None
    owner = state.members[node.owner_user_id]
    return {
        "advanced_versioning": False if node.type == DOCUMENT else None,
        "container": node.container,
        "container_size": size if node.container else 0,
        "create_date": date(node.create_date),
        "create_user_id": node.create_user_id,
        "description": node.description,
        "description_multilingual": _multilingual(node.description, node.description_multilingual),
        **{name: node.external.get(name, None if name.endswith("date") else "") for name in EXTERNAL},
        "favorite": False,
        "guid": None,
        "hidden": node.hidden,
        "icon": f"/cssupport/webdoc/{_icon(node)}.gif",
        "icon_large": f"/cssupport/webdoc/{_icon(node)}_large.gif",
        "id": node.id,
        "image_url": None,
        "mime_type": version.mime_type if version else None,
        "modify_date": date(node.modify_date),
        "modify_user_id": node.modify_user_id,
        "name": node.name,
        "name_multilingual": _multilingual(node.name, node.name_multilingual),
        "original_id": node.original_id,
        "owner": owner.display_name,
        "owner_group_id": owner.groups[0] if owner.groups else 0,
        "owner_user_id": node.owner_user_id,
        "parent_id": parent_id(state, node),
        "permissions_model": "advanced",
        "reserved": node.reserved_user_id != 0,
        "reserved_date": date(node.reserved_date),
        "reserved_shared_collaboration": False,
        "reserved_user_id": node.reserved_user_id,
        "size": size,
        "size_formatted": size_text(node, size),
        "status": node.status,
        "type": node.type,
        "type_name": TYPE_NAMES[node.type],
        "url": node.url,
        "versionable": node.type == DOCUMENT,
        "versions_control_advanced": False,
        "volume_id": volume_id(state, node),
    }


def workspace_properties(state: State, node: Node) -> dict[str, Any]:
    """A row of a workspace list: zoneless dates and the `wnf_` columns."""
    row = node_properties(state, node, local)
    data = node.workspace
    kind = state.workspace_types[data.type_id] if data else None
    return row | {
        "user_id": node.owner_user_id,
        "order": None,
        "rm_enabled": kind.rm_enabled if kind else False,
        "wnf_wksp_type_id": kind.id if kind else None,
        "wnf_wksp_type_id_formatted": kind.name if kind else None,
        "wnf_wksp_template_id": data.template_id if data else None,
        "wnf_wksp_name_en": node.name,
        "wnf_wksp_name_en_formatted": node.name,
        "wnf_bo_type_id": None,
        "wksp_type_name": kind.name if kind else None,
    }


def version(node: Node, item: Version) -> dict[str, Any]:
    stem, _, ending = item.file_name.rpartition(".")
    return {
        "create_date": utc(item.create_date),
        "description": item.description,
        "external_create_date": item.external_create_date,
        "external_identity": "",
        "external_identity_type": "",
        "external_modify_date": item.external_modify_date,
        "external_source": "",
        "file_create_date": utc(item.create_date),
        "file_modify_date": utc(item.create_date),
        "file_name": item.file_name,
        "file_size": item.size,
        "file_type": ending if stem else "",
        "has_generation": False,
        "id": node.id,
        "locked": item.locked,
        "locked_date": None,
        "locked_user_id": None,
        "mime_type": item.mime_type,
        "modify_date": utc(item.create_date),
        "name": item.file_name,
        "owner_id": item.owner_id,
        "provider_id": item.version_id,
        "version_id": item.version_id,
        "version_number": item.number,
        "version_number_major": 0,
        "version_number_minor": item.number,
        "version_number_name": str(item.number),
    }


def member(state: State, found: Member, *, full: bool = False) -> dict[str, Any]:
    """`full` adds the privileges, which an administrator sees."""
    group = state.members.get(found.groups[0]) if found.groups else None
    shown: dict[str, Any] = {
        "birth_date": None,
        "business_email": found.email or None,
        "business_phone": None,
        "deleted": False,
        "display_language": None,
        "display_name": found.display_name,
        "first_name": found.first_name or None,
        "group_id": group.id if group else None,
        "group_name": group.name if group else None,
        "id": found.id,
        "initials": "".join(part[0] for part in (found.first_name, found.last_name) if part) or None,
        "last_name": found.last_name or None,
        "middle_name": None,
        "name": found.name,
        "name_formatted": found.display_name,
        "office_location": None,
        "personal_email": None,
        "photo_id": None,
        "photo_url": f"api/v1/members/{found.id}/photo",
        "time_zone": -1,
        "title": None,
        "type": found.type,
        "type_name": "Group" if found.type == GROUP else "User" if found.type == USER else "Service User",
    }
    privileges = ("login", "public_access", "modify_users", "modify_groups", "user_admin_rights")
    if full:
        shown |= {f"privilege_{name}": found.admin or name in privileges[:2] for name in privileges}
        shown |= {"privilege_system_admin_rights": found.admin, "privilege_content_manager": found.admin}
    return shown


def category(state: State, node: Node, category_id: int, *, metadata: bool) -> dict[str, Any]:
    """One row of the categories of a node."""
    definition = state.categories[category_id]
    row: dict[str, Any] = {"data": {"categories": attributes.complete(definition, node.categories[category_id].values)}}
    if metadata:
        entries = attributes.metadata(definition)
        row["metadata"] = {"categories": entries}
        row["metadata_map"] = {"categories": {str(category_id): [key for key in entries if "_" in key]}}
        row["metadata_order"] = {"categories": [str(category_id)]}
    return row


def actions(actor: Actor, node: Node, asked: list[str]) -> dict[str, Any]:
    """`results.actions`: what of the asked actions the user may do."""
    rights = {"open": SEE_CONTENTS, "download": SEE_CONTENTS, "addversion": "add_major_version", "rename": "modify"}
    path = f"/api/v2/nodes/{node.id}"
    data = {
        name: {"body": "", "content_type": "", "form_href": "", "href": path, "method": "", "name": name.title()}
        for name in asked
        if may(actor, node, rights.get(name, name))
    }
    return {"data": data, "map": {"default_action": "open" if "open" in data else ""}, "order": list(data)}


def ancestor(state: State, node: Node) -> dict[str, Any]:
    return {
        "id": node.id,
        "name": node.name,
        "parent_id": parent_id(state, node),
        "type": node.type,
        "type_name": TYPE_NAMES[node.type],
        "volume_id": volume_id(state, node),
    }


def _multilingual(text: str, told: dict[str, str]) -> dict[str, str]:
    return {language: told.get(language, text if language == "en" else "") for language in LANGUAGES}


def _icon(node: Node) -> str:
    return {ENTERPRISE: "icon_library", DOCUMENT: "doc", WORKSPACE: "workspace"}.get(node.type, "folder")
