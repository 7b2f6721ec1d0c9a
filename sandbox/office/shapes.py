"""Workspaces and documents as plain JSON-ready dictionaries; every name resolved, no id to look up elsewhere."""

from datetime import datetime
from typing import Any

from sandbox.content_server import attributes, records, tree
from sandbox.content_server import holds as holds_module
from sandbox.content_server.model import (
    DOCUMENT,
    CategoryDefinition,
    Node,
    State,
    Version,
    Workspace,
)
from sandbox.content_server.seed import APPROVAL

JSON = dict[str, Any]


def workspace(state: State, node: Node, data: Workspace, *, brief: bool = False) -> JSON:
    """`brief`: without folders, documents, team and categories."""
    kind = state.workspace_types[data.type_id]
    first = data.references[0] if data.references else None
    shown: JSON = {
        "id": node.id,
        "name": node.name,
        "type": kind.name,
        "bo_system": first.ext_system_id if first else "",
        "bo_type": first.bo_type if first else "",
        "bo_id": first.bo_id if first else "",
        "created": moment(node.create_date),
        "modified": moment(node.modify_date),
        "holds": holds(state, node),
    }
    if brief:
        return shown
    documents = [document(state, item) for item in tree.descendants(state, node) if item.type == DOCUMENT]
    return shown | {
        "description": node.description,
        "references": [{"system": r.ext_system_id, "type": r.bo_type, "id": r.bo_id} for r in data.references],
        "categories": categories(state, node),
        "record": record(state, node),
        "folders": [
            {"id": item.id, "name": item.name, "record": record(state, item)}
            for item in tree.children(state, node.id)
            if item.container
        ],
        "documents": documents,
        "missing_documents": missing(state, data, documents),
        "relations": [
            {"id": relation.other, "name": state.nodes[relation.other].name, "kind": relation.kind}
            for relation in data.relations
            if relation.other in state.nodes
        ],
        "team": [
            {"role": role.name, "members": [state.members[m].name for m in role.members]}
            for role in data.roles.values()
        ],
    }


def document(state: State, node: Node) -> JSON:
    newest = node.versions[-1]
    above = tree.ancestors(state, node)
    home = tree.workspace_of(state, node)
    shown = categories(state, node)
    return {
        "id": node.id,
        "name": node.name,
        "folder": above[-2].name if len(above) > 1 and above[-2] is not home else "",
        "folder_id": node.parent_id,
        "workspace_id": home.id if home else None,
        "description": node.description,
        "version": newest.number,
        "mime_type": newest.mime_type,
        "size": newest.size,
        "sha256": newest.sha256,
        "created": moment(node.create_date),
        "created_by": member(state, node.create_user_id),
        "modified": moment(node.modify_date),
        "versions": [version(state, item) for item in node.versions],
        "categories": shown,
        "approval": shown.get(APPROVAL),
        "classifications": [state.nodes[n].name for n in node.classification_ids if n in state.nodes],
        "record": record(state, node),
        "holds": holds(state, node),
        "reserved_by": member(state, node.reserved_user_id) if node.reserved_user_id else "",
    }


def version(state: State, item: Version) -> JSON:
    return {
        "number": item.number,
        "file_name": item.file_name,
        "mime_type": item.mime_type,
        "size": item.size,
        "sha256": item.sha256,
        "by": member(state, item.owner_id),
        "created": moment(item.create_date),
        "description": item.description,
    }


def categories(state: State, node: Node) -> dict[str, JSON]:
    """Category name -> attribute name -> value; a set is a list of rows."""
    return {
        state.categories[key].name: _values(state.categories[key], held.values) for key, held in node.categories.items()
    }


def _values(definition: CategoryDefinition, held: JSON) -> JSON:
    shown: JSON = {}
    for attribute in definition.attributes:
        key = f"{definition.id}_{attribute.id}"
        if attribute.kind != "Set":
            shown[attribute.name] = held.get(key)
            continue
        shown[attribute.name] = [
            {inner.name: held.get(f"{key}_{row}_{inner.id}") for inner in attribute.attributes}
            for row in attributes.rows_of(held, key)
        ]
    return shown


def record(state: State, node: Node) -> JSON | None:
    """None for what is no record."""
    details = records.details(state, node)
    if not details:
        return None
    schedule = state.rsis.get(details["rsi"] or "")
    return {
        "classification": details["name"],
        "rsi": details["rsi"],
        "schedule": schedule.title if schedule else "",
        "status": details["file_status"],
        "record_date": details["record_date"],
        "official": node.record.official,
        "finalized": node.record.finalized,
        "inherited": node.record.inherited_from is not None,
    }


def holds(state: State, node: Node) -> list[str]:
    """Active holds on the node itself or above it."""
    found = [state.holds[applied.hold_id] for applied, _ in holds_module.on(state, node)]
    return list(dict.fromkeys(hold.name for hold in found if hold.active))


def missing(state: State, data: Workspace, documents: list[JSON]) -> list[JSON]:
    """Required documents the workspace lacks: no document of that classification."""
    kind = state.workspace_types[data.type_id]
    present = {name for item in documents for name in item["classifications"]}
    named = [(state.nodes[item.classification_id].name, item) for item in kind.document_types if item.required]
    return [{"name": name, "folder": item.location} for name, item in named if name not in present]


def member(state: State, member_id: int) -> str:
    """The login name; what OTDS calls the person."""
    found = state.members.get(member_id)
    return found.name if found else ""


def moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
