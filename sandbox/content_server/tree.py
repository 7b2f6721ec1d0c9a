"""The node tree: find, create, rename, move, copy, delete, restore. A change is checked, made, audited."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sandbox.content_server import audit
from sandbox.content_server.model import (
    ADD_ITEMS,
    DELETE,
    MODIFY,
    SEE,
    TYPE_NAMES,
    CategoryValues,
    Node,
    Record,
    State,
)
from sandbox.content_server.permissions import Actor, effective, entries_of, may, require
from sandbox.content_server.refusal import NOT_ACCESSIBLE, Refusal, name_taken, no_node

NAME_LIMIT = 248


def find(actor: Actor, node_id: int) -> Node:
    """The live node a user may see. A workspace's shadow container (negative id) is the workspace itself."""
    node = actor.state.nodes.get(abs(node_id))
    if node is None or not is_live(actor.state, node) or not may(actor, node, SEE):
        raise no_node(node_id)
    return node


def is_live(state: State, node: Node) -> bool:
    """Neither it nor anything above it is in the recycle bin."""
    current: Node | None = node
    while current is not None:
        if current.deleted is not None:
            return False
        current = state.nodes.get(current.parent_id)
    return True


def children(state: State, node_id: int) -> Iterator[Node]:
    for child_id in state.children.get(node_id, {}).values():
        yield state.nodes[child_id]


def visible_children(actor: Actor, parent: Node) -> list[Node]:
    """Children without entries of their own share their parent's, which are evaluated once."""
    inherited = SEE in effective(actor, parent)
    return [
        child
        for child in children(actor.state, parent.id)
        if (inherited if child.permissions is None else may(actor, child, SEE))
    ]


def child_named(state: State, parent_id: int, name: str) -> Node | None:
    found = state.children.get(parent_id, {}).get(name.strip().casefold())
    return state.nodes[found] if found is not None else None


def ancestors(state: State, node: Node) -> list[Node]:
    """Root first, the node itself last."""
    line, current = [node], state.nodes.get(node.parent_id)
    while current is not None:
        line.append(current)
        current = state.nodes.get(current.parent_id)
    return line[::-1]


def workspace_of(state: State, node: Node) -> Node | None:
    """The nearest workspace at or above a node."""
    return next((item for item in reversed(ancestors(state, node)) if item.workspace is not None), None)


def descendants(state: State, node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first."""
    yield node
    for child in children(state, node.id):
        yield from descendants(state, child)


def clean_name(name: str) -> str:
    """Trimmed, 1 to 248 characters, no colon."""
    trimmed = name.strip()
    if not trimmed or len(trimmed) > NAME_LIMIT or ":" in trimmed:
        raise Refusal(f"Invalid name '{trimmed[:80]}': 1 to {NAME_LIMIT} characters, no colon.")
    return trimmed


def require_free_name(state: State, parent_id: int, name: str, version: int = 2) -> None:
    if child_named(state, parent_id, name) is not None:
        raise name_taken(name, version)


def check_not_finalized(node: Node) -> None:
    if node.record.finalized:
        raise Refusal(f"The record '{node.name}' is finalized and cannot be changed.")


def check_not_reserved(actor: Actor, node: Node) -> None:
    if node.reserved_user_id not in (0, actor.user.id):
        raise Refusal(f"The item '{node.name}' is reserved by another user.")


def check_not_held(state: State, node: Node) -> None:
    """An active hold on the node, above it or below it blocks deletion."""
    for item in [*ancestors(state, node), *descendants(state, node)]:
        held = [state.holds[hold] for hold in item.record.holds if state.holds[hold].active]
        if held:
            raise Refusal(f"The item '{node.name}' cannot be deleted: hold '{held[0].name}' applies.")


def create(actor: Actor, parent: Node, kind: int, name: str, *, api: int = 2, **members: Any) -> Node:
    """A new child with the parent's inherited categories and RM classification. `members`: fields of Node."""
    name = clean_name(name)
    if not parent.container:
        raise Refusal(f"Could not create a new {TYPE_NAMES[kind]}")
    require(actor, parent, ADD_ITEMS)
    require_free_name(actor.state, parent.id, name, api)
    node = insert(actor, parent.id, kind, name, **members)
    inherit(parent, node)
    audit.note(actor.state, node.id, 1, actor.user.id, actor.now)
    touch(actor, parent)
    return node


def insert(actor: Actor, parent_id: int, kind: int, name: str, **members: Any) -> Node:
    """Put a node into the tree without any check (seeding, templates)."""
    who, now = actor.user.id, actor.now
    node = Node(actor.state.new_id(), kind, name, parent_id, now, who, now, who, who, **members)
    actor.state.nodes[node.id] = node
    actor.state.children.setdefault(parent_id, {})[name.casefold()] = node.id
    return node


def inherit(parent: Node, node: Node) -> None:
    for category_id, values in parent.categories.items():
        if values.inherit and category_id not in node.categories:
            node.categories[category_id] = CategoryValues(dict(values.values), inherit=node.container)
    record = parent.record
    if record.class_id is not None and node.record.class_id is None:
        node.record.class_id, node.record.rsis = record.class_id, list(record.rsis)
        node.record.inherited_from = parent.id
        node.record.fields = record_fields(node.create_date)


def record_fields(now: datetime) -> dict[str, Any]:
    """What a record starts with: active from today."""
    today = now.strftime("%Y-%m-%dT00:00:00")
    return {"file_status": "ACTIVE", "essential": "NR", "storage": "EL", "record_date": today, "status_date": today}


def touch(actor: Actor, node: Node) -> None:
    node.modify_date, node.modify_user_id = actor.now, actor.user.id


def rename(actor: Actor, node: Node, name: str, api: int = 2) -> None:
    name = clean_name(name)
    require(actor, node, MODIFY)
    check_not_finalized(node)
    check_not_reserved(actor, node)
    if name.casefold() != node.name.casefold():
        require_free_name(actor.state, node.parent_id, name, api)
    if name != node.name:
        siblings = actor.state.children[node.parent_id]
        del siblings[node.name.casefold()]
        siblings[name.casefold()] = node.id
        node.name = name
        audit.note(actor.state, node.id, 4, actor.user.id, actor.now)
        touch(actor, node)


def move(actor: Actor, node: Node, target: Node, name: str | None = None, api: int = 2) -> None:
    """Under another name too, where one is given; that name must be free where the node goes."""
    if target.id == node.parent_id:
        return rename(actor, node, name or node.name, api)
    name = clean_name(name or node.name)
    require(actor, node, DELETE)
    require(actor, target, ADD_ITEMS)
    check_not_finalized(node)
    check_not_reserved(actor, node)
    if not target.container or node in ancestors(actor.state, target):
        raise Refusal(NOT_ACCESSIBLE)
    require_free_name(actor.state, target.id, name, api)
    if node.permissions is None:
        node.permissions = dict(entries_of(actor.state, node))
    detach(actor.state, node)
    node.parent_id, node.name = target.id, name
    actor.state.children.setdefault(target.id, {})[node.name.casefold()] = node.id
    audit.note(actor.state, node.id, 3, actor.user.id, actor.now)
    touch(actor, node)
    return None


def detach(state: State, node: Node) -> None:
    del state.children[node.parent_id][node.name.casefold()]


def delete(actor: Actor, node: Node) -> None:
    """Into the recycle bin with everything below. A workspace gives its business objects free."""
    require(actor, node, DELETE)
    state = actor.state
    if node.id in state.volumes.values():
        raise Refusal(NOT_ACCESSIBLE)
    for item in descendants(state, node):
        check_not_finalized(item)
    check_not_held(state, node)
    check_not_reserved(actor, node)
    for item in descendants(state, node):
        for reference in item.workspace.references if item.workspace else ():
            state.by_business_object.pop(reference.key, None)
    detach(state, node)
    node.deleted = actor.now
    audit.note(state, node.id, 2, actor.user.id, actor.now)


def restore(actor: Actor, node: Node) -> None:
    state = actor.state
    parent = state.nodes.get(node.parent_id)
    if node.deleted is None or parent is None or not is_live(state, parent):
        raise no_node(node.id)
    require(actor, parent, ADD_ITEMS)
    require_free_name(state, parent.id, node.name)
    node.deleted = None
    state.children.setdefault(parent.id, {})[node.name.casefold()] = node.id
    for item in descendants(state, node):
        for reference in item.workspace.references if item.workspace else ():
            state.by_business_object.setdefault(reference.key, item.id)
    audit.note(state, node.id, 5, actor.user.id, actor.now)


def purge(actor: Actor, node: Node) -> None:
    """Out of the recycle bin, for good."""
    if node.deleted is None:
        raise no_node(node.id)
    for item in list(descendants(actor.state, node)):
        actor.state.nodes.pop(item.id)
        actor.state.children.pop(item.id, None)
        actor.state.audit.pop(item.id, None)
        for role_id in item.workspace.roles if item.workspace else ():
            actor.state.role_of.pop(role_id, None)


def copy(actor: Actor, source: Node, parent: Node, name: str) -> Node:
    """A deep copy: contents and categories come along, records data and history do not."""
    node = create(actor, parent, source.type, name, **_copied(source))
    audit.note(actor.state, node.id, 92, actor.user.id, actor.now)
    for child in list(children(actor.state, source.id)):
        if child.id != node.id and may(actor, child, SEE):
            copy(actor, child, node, child.name)
    return node


def _copied(source: Node) -> dict[str, Any]:
    return {
        "description": source.description,
        "url": source.url,
        "versions": [replace(version) for version in source.versions[-1:]],
        "next_version": source.next_version if source.versions else 1,
        "categories": {
            key: CategoryValues(dict(kept.values), inherit=kept.inherit) for key, kept in source.categories.items()
        },
        "classification_ids": list(source.classification_ids),
        "record": Record(),
    }
