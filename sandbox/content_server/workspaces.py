"""Business workspaces: find by business object, create from a template, update, connect and relate.

Source: OpenText's Content Server REST documentation and OpenText's Business Workspaces API. Where the
documents are silent: a second create for a business object is refused with 400 naming the workspace; a pushed
relation to a business object that has no workspace yet is left out without an error; a business property that
is not mapped is ignored.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sandbox.content_server import attributes, audit, categories, tree
from sandbox.content_server.model import (
    ADD_ITEMS,
    EDIT_ATTRIBUTES,
    EDIT_PERMISSIONS,
    WORKSPACE,
    BusinessObject,
    BusinessObjectType,
    CategoryDefinition,
    CategoryValues,
    Node,
    Record,
    Reference,
    Relation,
    Role,
    State,
    Workspace,
    WorkspaceType,
)
from sandbox.content_server.permissions import Actor, may, require
from sandbox.content_server.refusal import Refusal, missing, name_taken, no_node

Values = dict[str, Any]
PLACEHOLDER = re.compile(r"\[([^:\]]+):([^\]]+)\]")
RELATIONS: dict[str, Literal["child", "parent"]] = {
    "Child": "child",
    "CompositeChild": "child",
    "CrossApplication": "child",
    "Parent": "parent",
    "CompositeParent": "parent",
}


@dataclass
class Order:
    """What a create or update asks for, already parsed."""

    name: str = ""
    description: str | None = None
    template_id: int | None = None
    type_id: int | None = None
    bo_type_id: int | None = None
    ext_system_id: str = ""
    bo_type: str = ""
    bo_id: str = ""
    ibo_workspace_id: int | None = None
    categories: dict[int, Values] = field(default_factory=dict)
    rm_class_id: int | None = None
    team_from: int | None = None
    properties: dict[str, list[str]] = field(default_factory=dict)
    groups: dict[str, list[dict[str, list[str]]]] = field(default_factory=dict)
    relations: list[tuple[str, BusinessObject]] = field(default_factory=list)
    role_users: dict[str, list[str]] = field(default_factory=dict)
    external: Values = field(default_factory=dict)


def find(actor: Actor, workspace_id: int) -> Node:
    node = tree.find(actor, workspace_id)
    if node.workspace is None:
        raise Refusal(f"The item {workspace_id} is not a business workspace.")
    return node


def data_of(node: Node) -> Workspace:
    if node.workspace is None:
        raise no_node(node.id)
    return node.workspace


def all_of(state: State) -> list[Node]:
    """Every live workspace, templates left out."""
    return [
        node
        for node in state.nodes.values()
        if node.workspace is not None and not node.workspace.is_template and tree.is_live(state, node)
    ]


def by_business_object(actor: Actor, key: BusinessObject) -> Node | None:
    """The workspace of a business object, if there is one and the user may see it."""
    found = actor.state.nodes.get(actor.state.by_business_object.get(key, 0))
    return found if found is not None and may(actor, found, "see") else None


def bo_type_of(state: State, order: Order) -> BusinessObjectType | None:
    """The declared type; None when the order has no business object. Raises Refusal: not declared."""
    if not order.bo_id and not order.bo_type and order.bo_type_id is None:
        return None
    for kind in state.bo_types.values():
        named = (kind.ext_system_id, kind.bo_type) == (order.ext_system_id, order.bo_type)
        if kind.id == order.bo_type_id or named:
            return kind
    raise Refusal(
        f"The business object type '{order.bo_type or order.bo_type_id}' is not declared for the external "
        f"system '{order.ext_system_id}'."
    )


def save(actor: Actor, order: Order, *, upsert: bool) -> Node:
    """Create; with `upsert` (automatic creation) update when the business object has a workspace already."""
    bo_type = bo_type_of(actor.state, order)
    if bo_type is None:
        return _create(actor, order, None)
    if not order.bo_id:
        raise missing("bo_id")
    key = (bo_type.ext_system_id, bo_type.bo_type, order.bo_id)
    existing = actor.state.by_business_object.get(key)
    if actor.state.rivals.get(key):
        raise Refusal(f"The business object '{order.bo_id}' has several business workspaces.")
    if existing is None and order.ibo_workspace_id is not None and not upsert:
        workspace = _update(actor, find(actor, order.ibo_workspace_id), order, bo_type)
        connect(actor, workspace, bo_type, order.bo_id, add=True)
        return workspace
    if existing is None:
        return _create(actor, order, bo_type)
    if not upsert:
        raise Refusal(f"The business object '{order.bo_id}' already has the business workspace {existing}.")
    return _update(actor, tree.find(actor, existing), order, bo_type)


def _create(actor: Actor, order: Order, bo_type: BusinessObjectType | None) -> Node:
    state = actor.state
    kind = _type_of(state, order, bo_type)
    template, location = state.nodes[kind.template_id], state.nodes[kind.location_id]
    require(actor, location, ADD_ITEMS)
    values = _all_values(state, order, bo_type, template)
    categories.check_all(state, template, values)
    related, team = _related(state, order), _team(state, data_of(template), order)
    name = _name(state, kind, template, values, order) if bo_type else order.name
    if not name:
        raise missing("name")
    name = tree.clean_name(name)
    if tree.child_named(state, location.id, name):
        raise name_taken(name)
    node = _from_template(actor, kind, template, location, name)
    node.description, node.external = order.description or "", dict(order.external)
    if bo_type:
        _reference(state, node, bo_type, order.bo_id)
    _apply(actor, node, values, related, team)
    if order.rm_class_id is not None:
        node.record.class_id = order.rm_class_id
    audit.note(state, node.id, 1, actor.user.id, actor.now)
    tree.touch(actor, location)
    return node


def _update(actor: Actor, node: Node, order: Order, bo_type: BusinessObjectType) -> Node:
    state = actor.state
    require(actor, node, EDIT_ATTRIBUTES)
    values = _all_values(state, order, bo_type, node)
    categories.check_all(state, node, values)
    related, team = _related(state, order), _team(state, data_of(node), order)
    kind = state.workspace_types[data_of(node).type_id]
    name = tree.clean_name(_name(state, kind, node, values, order))
    taken = tree.child_named(state, node.parent_id, name)
    if taken is not None and taken is not node:
        raise name_taken(name)
    _apply(actor, node, values, related, team)
    if order.description is not None:
        node.description = order.description
    tree.rename(replace_user(actor), node, name)
    return node


def replace_user(actor: Actor) -> Actor:
    """The same moment as the administrator: what the server does by itself (generated names)."""
    return replace(actor, user=replace(actor.user, admin=True))


def _type_of(state: State, order: Order, bo_type: BusinessObjectType | None) -> WorkspaceType:
    by_template = [kind for kind in state.workspace_types.values() if kind.template_id == order.template_id]
    if order.template_id is not None and not by_template:
        raise Refusal(f"The workspace template {order.template_id} does not exist.")
    if by_template:
        return by_template[0]
    wanted = order.type_id if order.type_id is not None else bo_type.workspace_type_id if bo_type else None
    if wanted is None:
        raise missing("template_id")
    if wanted not in state.workspace_types:
        raise Refusal(f"The workspace type {wanted} does not exist.")
    return state.workspace_types[wanted]


def _all_values(state: State, order: Order, bo_type: BusinessObjectType | None, node: Node) -> dict[int, Values]:
    """Category values from `roles.categories`, over them the mapped business properties."""
    values = {category: dict(sent) for category, sent in order.categories.items()}
    if bo_type is None:
        return values
    mapped = values.setdefault(bo_type.category_id, {})
    definition = state.categories[bo_type.category_id]
    for name, sent in order.properties.items():
        attribute = attributes.by_id(definition.attributes, bo_type.properties.get(name, 0))
        if attribute is not None:
            mapped[f"{definition.id}_{attribute.id}"] = sent if attribute.multi_value else _first(sent)
    for name, rows in order.groups.items():
        if name in bo_type.groups:
            held = node.categories.get(definition.id)
            mapped |= _rows(definition, bo_type.groups[name], rows, held.values if held else {})
    return values


def _rows(
    definition: CategoryDefinition,
    group: tuple[int, dict[str, int]],
    rows: list[dict[str, list[str]]],
    held: Values,
) -> Values:
    """The rows of a property group take the place of all rows the set has."""
    set_key, columns = f"{definition.id}_{group[0]}", group[1]
    values: Values = {f"{set_key}_{row}": "" for row in attributes.rows_of(held, set_key)}
    for number, row in enumerate(rows, 1):
        for column, sent in row.items():
            if column in columns:
                values[f"{set_key}_{number}_{columns[column]}"] = _first(sent)
    return values


def _first(values: list[str]) -> str | None:
    return values[0] if values else None


def _name(state: State, kind: WorkspaceType, node: Node, values: dict[int, Values], order: Order) -> str:
    """The generated name; the business object's id where none of the pattern's attributes has a value."""
    found: list[str] = []

    def fill(match: re.Match[str]) -> str:
        definition = categories.named(state, match[1])
        key = attributes.key_of(definition, match[2])
        held = node.categories.get(definition.id)
        value = values.get(definition.id, {}).get(key, held.values.get(key) if held else None)
        text = str(value if value is not None else "").replace(":", "").strip()
        found.append(text)
        return text

    name = PLACEHOLDER.sub(fill, kind.name_pattern)
    return name[: tree.NAME_LIMIT] if any(found) else order.bo_id.replace(":", "")


def _related(state: State, order: Order) -> list[tuple[Literal["child", "parent"], Node]]:
    related = []
    for relation_type, key in order.relations:
        if relation_type not in RELATIONS:
            raise Refusal(f"Unknown relation type '{relation_type}'.")
        other = state.nodes.get(state.by_business_object.get(key, 0))
        if other is not None:
            related.append((RELATIONS[relation_type], other))
    return related


def _team(state: State, workspace: Workspace, order: Order) -> dict[str, list[int]]:
    """Role name -> member ids, all known."""
    team: dict[str, list[int]] = {}
    if order.team_from is not None:
        source = state.nodes.get(order.team_from)
        if source is None or source.workspace is None:
            raise no_node(order.team_from)
        team = {role.name: list(role.members) for role in source.workspace.roles.values()}
    for role, names in order.role_users.items():
        if not any(known.name == role for known in workspace.roles.values()):
            raise Refusal(f"The role '{role}' does not exist.")
        team[role] = [member_named(state, name) for name in names]
    return team


def member_named(state: State, name: str) -> int:
    found = next((member.id for member in state.members.values() if member.name == name), None)
    if found is None:
        raise Refusal(f"The user '{name}' does not exist.")
    return found


def _from_template(actor: Actor, kind: WorkspaceType, template: Node, location: Node, name: str) -> Node:
    """The template's folders, categories, records data and roles; the creator joins the leading role."""
    state = actor.state
    node = tree.insert(actor, location.id, WORKSPACE, name, **_template_data(template))
    node.workspace = Workspace(kind.id, template.id)
    node.permissions = {}
    roles: dict[int, int] = {}  # the template's to the workspace's own
    for role in data_of(template).roles.values():
        fresh = replace(role, id=state.new_id(), members=list(role.members))
        roles[role.id] = fresh.id
        if fresh.leader and actor.user.id not in fresh.members:
            fresh.members.append(actor.user.id)
        add_role(state, node, fresh)
    for child in tree.children(state, template.id):
        _copy_folder(actor, child, node, roles)
    return node


def _copy_folder(actor: Actor, source: Node, parent: Node, roles: dict[int, int]) -> None:
    """A folder with entries of its own keeps them, for the workspace's roles."""
    folder = tree.insert(actor, parent.id, source.type, source.name, **_template_data(source))
    if source.permissions is not None:
        folder.permissions = {roles.get(right, right): granted for right, granted in source.permissions.items()}
    for child in tree.children(actor.state, source.id):
        _copy_folder(actor, child, folder, roles)


def _template_data(source: Node) -> dict[str, Any]:
    copied = {key: CategoryValues(dict(held.values), inherit=held.inherit) for key, held in source.categories.items()}
    record = Record(class_id=source.record.class_id, rsis=list(source.record.rsis))
    return {"description": source.description, "categories": copied, "record": record}


def add_role(state: State, node: Node, role: Role) -> None:
    data_of(node).roles[role.id] = role
    state.role_of[role.id] = node.id
    node.permissions = {**(node.permissions or {}), role.id: role.permissions}


def _apply(
    actor: Actor,
    node: Node,
    values: dict[int, Values],
    related: list[tuple[Literal["child", "parent"], Node]],
    team: dict[str, list[int]],
) -> None:
    worker = replace_user(actor)
    for category_id, sent in values.items():
        if sent or category_id not in node.categories:
            categories.put(worker, node, category_id, sent)
    for kind, other in related:
        relate(node, other, kind, pushed=True)
    for role in data_of(node).roles.values():
        if role.name in team:
            role.members = list(team[role.name])


def relate(node: Node, other: Node, kind: Literal["child", "parent"], *, pushed: bool = False) -> None:
    """`other` becomes child or parent of `node`; both sides know. Again: no second entry."""
    opposite: Literal["child", "parent"] = "parent" if kind == "child" else "child"
    _add_relation(node, Relation(other.id, kind, pushed))
    _add_relation(other, Relation(node.id, opposite, pushed))


def _add_relation(node: Node, relation: Relation) -> None:
    relations = data_of(node).relations
    if not any((item.other, item.kind) == (relation.other, relation.kind) for item in relations):
        relations.append(relation)


def unrelate(node: Node, other: Node, kind: Literal["child", "parent"]) -> None:
    opposite = "parent" if kind == "child" else "child"
    mine, theirs = data_of(node), data_of(other)
    if not any((item.other, item.kind) == (other.id, kind) for item in mine.relations):
        raise Refusal(f"The workspace {other.id} is not related as {kind}.")
    mine.relations = [item for item in mine.relations if (item.other, item.kind) != (other.id, kind)]
    theirs.relations = [item for item in theirs.relations if (item.other, item.kind) != (node.id, opposite)]


def connect(actor: Actor, node: Node, bo_type: BusinessObjectType, bo_id: str, *, add: bool = False) -> None:
    """Complete an early workspace or change its business object; `add`: one more (identical objects)."""
    require(actor, node, EDIT_PERMISSIONS)
    key = (bo_type.ext_system_id, bo_type.bo_type, bo_id)
    taken = actor.state.by_business_object.get(key)
    if taken not in (None, node.id):
        raise Refusal(f"The business object '{bo_id}' already has the business workspace {taken}.")
    references = data_of(node).references
    if taken is None and references and not add:
        actor.state.by_business_object.pop(references.pop(0).key, None)
    if taken is None:
        _reference(actor.state, node, bo_type, bo_id)
    tree.touch(actor, node)


def disconnect(actor: Actor, node: Node, key: BusinessObject) -> None:
    require(actor, node, EDIT_PERMISSIONS)
    references = data_of(node).references
    gone = [reference for reference in references if reference.key == key]
    if not gone:
        raise Refusal(f"The workspace {node.id} has no reference to '{key[2]}'.")
    references.remove(gone[0])
    actor.state.by_business_object.pop(key, None)
    tree.touch(actor, node)


def _reference(state: State, node: Node, bo_type: BusinessObjectType, bo_id: str) -> None:
    reference = Reference(bo_type.ext_system_id, bo_type.bo_type, bo_type.id, bo_id)
    data_of(node).references.insert(0, reference)
    state.by_business_object[reference.key] = node.id
