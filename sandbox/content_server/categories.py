"""Categories on nodes: attach, change, remove, inherit. Only keys that are sent change (section 3.7)."""

from typing import Any

from sandbox.content_server import attributes, audit, tree
from sandbox.content_server.model import (
    EDIT_ATTRIBUTES,
    CategoryDefinition,
    CategoryValues,
    Node,
    State,
)
from sandbox.content_server.permissions import Actor, require
from sandbox.content_server.refusal import Refusal, edit_conflict, wrong_type

Values = dict[str, Any]


def definition_of(state: State, category_id: int) -> CategoryDefinition:
    definition = state.categories.get(category_id)
    if definition is None:
        raise Refusal(f"Could not get a category for {category_id}")
    return definition


def named(state: State, name: str) -> CategoryDefinition:
    """By name; raises KeyError. For the sandbox's own code."""
    found = next((item for item in state.categories.values() if item.name == name), None)
    if found is None:
        raise KeyError(f"no category '{name}'")
    return found


def on_node(node: Node, category_id: int) -> CategoryValues:
    attached = node.categories.get(category_id)
    if attached is None:
        raise Refusal(f"Category ID '{category_id}' is not a category on node '{node.id}'")
    return attached


def attach(actor: Actor, node: Node, category_id: int, values: Values) -> None:
    definition = definition_of(actor.state, category_id)
    if category_id in node.categories:
        raise Refusal(f"The attribute group '{definition.name}' already exists")
    merged = merge(actor.state, definition, attributes.defaults(definition), values)
    _require_writable(actor, node)
    node.categories[category_id] = CategoryValues(merged)
    _changed(actor, node)


def update(actor: Actor, node: Node, category_id: int, values: Values, token: str | None = None) -> None:
    definition = definition_of(actor.state, category_id)
    attached = on_node(node, category_id)
    if token is not None and token != str(attached.token):
        raise edit_conflict()
    merged = merge(actor.state, definition, attached.values, values)
    _require_writable(actor, node)
    attached.values = merged
    attached.token += 1
    _changed(actor, node)


def put(actor: Actor, node: Node, category_id: int, values: Values) -> None:
    """Attach or update, whichever it needs."""
    if category_id in node.categories:
        update(actor, node, category_id, values)
    else:
        attach(actor, node, category_id, values)


def detach(actor: Actor, node: Node, category_id: int) -> None:
    on_node(node, category_id)
    _require_writable(actor, node)
    del node.categories[category_id]
    _changed(actor, node)


def set_inheritance(actor: Actor, node: Node, category_id: int, *, inherit: bool) -> None:
    attached = on_node(node, category_id)
    if attached.inherit == inherit:
        return
    if not node.container:
        raise Refusal(f"The item '{node.name}' is not a container.")
    _require_writable(actor, node)
    attached.inherit = inherit
    _changed(actor, node)


def merge(state: State, definition: CategoryDefinition, old: Values, sent: Values) -> Values:
    """Old values with the sent ones over them, checked as a whole; `old` is left alone."""
    merged = dict(old)
    for key, value in sent.items():
        attribute, row = attributes.parse_key(definition, key)
        if attribute.kind == "Set":
            if value not in ("", None):
                raise Refusal(f"Attribute '{attribute.name}' is a set")
            attributes.remove_row(merged, f"{definition.id}_{attribute.id}", row or 0)
        else:
            merged[key] = attributes.checked(state, attribute, value)
    for attribute in definition.attributes:
        if attribute.required and merged.get(f"{definition.id}_{attribute.id}") in (None, []):
            raise Refusal(f"Attribute '{attribute.name}' of category '{definition.name}' is required")
    return merged


def flat(roles: object) -> dict[int, Values]:
    """`roles.categories` of v2 nodes: one flat object; `{cat}_1: {}` attaches with default values."""
    if not isinstance(roles, dict):
        raise wrong_type("roles")
    grouped: dict[int, Values] = {}
    for key, value in roles.items():
        category, _, rest = str(key).partition("_")
        if not category.isdigit() or not rest:
            raise wrong_type("roles")
        values = grouped.setdefault(int(category), {})
        if rest != "1":
            values[str(key)] = value
    return grouped


def nested(roles: object) -> dict[int, Values]:
    """`roles.categories` of v1 nodes and of workspaces: an object per category id."""
    if not isinstance(roles, dict):
        raise wrong_type("roles")
    grouped: dict[int, Values] = {}
    for category, values in roles.items():
        if not str(category).isdigit() or not isinstance(values, dict):
            raise wrong_type("roles")
        grouped[int(category)] = {key: value for key, value in values.items() if key != f"{category}_1"}
    return grouped


def check_all(state: State, node: Node | None, grouped: dict[int, Values]) -> None:
    """Raise what `put` would raise, before anything is created."""
    for category_id, values in grouped.items():
        definition = definition_of(state, category_id)
        attached = node.categories.get(category_id) if node else None
        merge(state, definition, attached.values if attached else attributes.defaults(definition), values)


def _require_writable(actor: Actor, node: Node) -> None:
    require(actor, node, EDIT_ATTRIBUTES)
    tree.check_not_finalized(node)


def _changed(actor: Actor, node: Node) -> None:
    tree.touch(actor, node)
    audit.note(actor.state, node.id, 10, actor.user.id, actor.now)
