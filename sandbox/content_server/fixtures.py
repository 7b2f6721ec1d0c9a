"""Builds the demo repository from `seed.py`: the same world gives the same ids."""

from datetime import datetime

from sandbox.content_server import categories, seed, tree
from sandbox.content_server.model import (
    ADD_ITEMS,
    CATEGORIES,
    CATEGORY,
    CLASSIFICATION,
    CLASSIFICATION_TREE,
    CLASSIFICATIONS,
    ENTERPRISE,
    EXTENDED_ECM,
    FOLDER,
    PUBLIC_ACCESS,
    READ,
    RM_CLASSIFICATION,
    TEMPLATES,
    TYPE_NAMES,
    VOLUMES,
    WORKFLOW_MAP,
    WORKSPACE,
    WORKSPACES,
    Attribute,
    BusinessObjectType,
    CategoryDefinition,
    CategoryValues,
    DocumentType,
    ExternalSystem,
    Node,
    Role,
    Rsi,
    State,
    Workspace,
    WorkspaceType,
)
from sandbox.content_server.permissions import Actor
from sandbox.content_server.workflow.model import Disposition, Step, WorkflowMap


def make_state(now: datetime) -> State:
    state = State(members={member.id: member for member in seed.members()})
    Builder(Actor(state, state.members[seed.ADMIN_ID], now)).build()
    return state


class Builder:
    """Puts the fixtures in, as the administrator, without checks."""

    def __init__(self, actor: Actor) -> None:
        self._actor, self._state = actor, actor.state
        self._member_ids = {member.name: member.id for member in self._state.members.values()}
        self._document_types: dict[str, int] = {}
        self._rm_classes: dict[str, Node] = {}

    def build(self) -> None:
        self._state.hold_types = list(seed.HOLD_TYPES)
        for kind in VOLUMES:
            self._volume(kind)
        for name, fields in seed.CATEGORY_FIELDS.items():
            self._category(name, fields)
        self._file_plan()
        self._classifications()
        for number, template in enumerate(seed.TEMPLATES, 1):
            self._workspace_type(number, template)
        for number, name in enumerate((seed.BIGCOMMERCE, seed.SHOPIFY), 1):
            self._external_system(number, name)
        self._maps()

    def _volume(self, kind: int) -> None:
        node = tree.insert(self._actor, 0, kind, TYPE_NAMES[kind])
        if kind == ENTERPRISE:
            del self._state.nodes[node.id]
            node.id, node.name = seed.ENTERPRISE_ID, "Enterprise"
            self._state.nodes[node.id] = node
        node.permissions = {PUBLIC_ACCESS: READ}
        self._state.volumes[kind] = node.id

    def _child(self, parent_id: int, kind: int, name: str) -> Node:
        return tree.insert(self._actor, parent_id, kind, name)

    def _category(self, name: str, fields: tuple[seed.Field, ...]) -> None:
        node = self._child(self._state.volumes[CATEGORIES], CATEGORY, name)
        attributes, next_id = [], 2
        for item in fields:
            attributes.append(item.attribute(next_id))
            next_id += 1 + len(item.fields)
        self._state.categories[node.id] = CategoryDefinition(node.id, name, attributes)

    def _file_plan(self) -> None:
        plan = self._child(self._state.volumes[CLASSIFICATIONS], CLASSIFICATION_TREE, "File plan")
        for number, entry in enumerate(seed.FILE_PLAN, 1):
            node = self._child(plan.id, RM_CLASSIFICATION, entry.name)
            node.rsi = entry.rsi
            self._rm_classes[entry.name] = node
            title = f"{entry.name}: {entry.years} years"
            self._state.rsis[entry.rsi] = Rsi(number, entry.rsi, title, entry.years)

    def _classifications(self) -> None:
        parent = self._child(self._state.volumes[CLASSIFICATIONS], CLASSIFICATION_TREE, "Document types")
        for template in seed.TEMPLATES:
            for item in template.documents:
                self._document_types[item.name] = self._child(parent.id, CLASSIFICATION, item.name).id

    def _workspace_type(self, number: int, template: seed.Template) -> None:
        state = self._state
        category = categories.named(state, template.category)
        location = self._child(seed.ENTERPRISE_ID, FOLDER, template.location)
        location.permissions = {
            PUBLIC_ACCESS: READ,
            self._member_ids[seed.SERVICE]: READ | {ADD_ITEMS},
        }
        node = self._child(state.volumes[TEMPLATES], WORKSPACE, template.name)
        node.categories[category.id] = CategoryValues()
        node.workspace = Workspace(number, node.id, is_template=True)
        for member in template.team:
            role = Role(state.new_id(), member.role, member.permissions, member.leader)
            role.members = [self._member_ids[name] for name in member.members]
            node.workspace.roles[role.id] = role
            state.role_of[role.id] = node.id
        for name in template.folders:
            self._template_folder(node, name, template.folder_classes.get(name), template.kept_from.get(name, ()))
        state.workspace_types[number] = WorkspaceType(
            number,
            template.name,
            self._child(state.volumes[WORKSPACES], FOLDER, template.name).id,
            node.id,
            location.id,
            template.pattern,
            category.id,
            document_types=[
                DocumentType(
                    self._document_types[item.name],
                    item.required,
                    item.folder,
                    rank,
                    list(item.mime_types),
                    item.validity_months,
                    item.rule,
                )
                for rank, item in enumerate(template.documents, 1)
            ],
        )

    def _template_folder(self, template: Node, name: str, rm_class: str | None, kept_from: tuple[str, ...]) -> None:
        folder = self._child(template.id, FOLDER, name)
        if kept_from and template.workspace:
            roles = template.workspace.roles.values()
            folder.permissions = {role.id: role.permissions for role in roles if role.name not in kept_from}
        if rm_class:
            classification = self._rm_classes[rm_class]
            folder.record.class_id = classification.id
            folder.record.rsis = [classification.rsi] if classification.rsi else []

    def _external_system(self, number: int, name: str) -> None:
        node = self._child(self._state.volumes[EXTENDED_ECM], FOLDER, name)
        address = f"https://{name.lower()}.example.com"
        self._state.external_systems[name] = ExternalSystem(
            number, node.id, name, seed.CONNECTION_TYPE, address, address
        )
        for kind in self._state.workspace_types.values():
            template = next(item for item in seed.TEMPLATES if item.name == kind.name)
            for bo_type in template.bo_types:
                self._bo_type(name, bo_type, kind, template)

    def _bo_type(self, system: str, bo_type: str, kind: WorkspaceType, template: seed.Template) -> None:
        definition = self._state.categories[kind.category_id]
        fields = list(zip(seed.CATEGORY_FIELDS[template.category], definition.attributes, strict=True))
        number = 51 + len(self._state.bo_types)
        self._state.bo_types[number] = BusinessObjectType(
            number,
            system,
            bo_type,
            bo_type.title(),
            kind.id,
            definition.id,
            {item.property: attribute.id for item, attribute in fields if item.property and not item.fields},
            {
                item.property: (
                    attribute.id,
                    {
                        column.property: inner.id
                        for column, inner in zip(item.fields, attribute.attributes, strict=True)
                    },
                )
                for item, attribute in fields
                if item.fields
            },
            seed.DISPLAY_URLS[system].replace("{resource}", seed.RESOURCES[bo_type]),
        )

    def _maps(self) -> None:
        """Last of all: whatever was made before keeps its number. A service may see and start every map."""
        folder = self._child(seed.ENTERPRISE_ID, FOLDER, "Workflows")
        folder.permissions = {PUBLIC_ACCESS: READ}
        attachments = self._child(folder.id, FOLDER, "Attachments")
        attachments.hidden = True
        self._state.workflows.attachments_id = attachments.id
        for item in seed.MAPS:
            number = self._child(folder.id, WORKFLOW_MAP, item.name).id
            attributes = [field.attribute(2 + index) for index, field in enumerate(item.fields)]
            steps = [self._step(index, step, attributes) for index, step in enumerate(item.steps, 1)]
            self._state.workflows.maps[number] = WorkflowMap(number, item.start_step, steps, attributes)

    def _step(self, number: int, step: seed.MapStep, attributes: list[Attribute]) -> Step:
        chosen = next((item.id for item in attributes if item.name == step.chosen_by), None)
        dispositions = [Disposition(key, key, status, goes_on) for key, status, goes_on in step.dispositions]
        return Step(number, step.title, self._member_ids[step.group], "", dispositions, step.accept, chosen)
