"""The set-up we ship, as data: the JSON files of `extensions/opentext/content_server`, strictly read."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

FOLDER = Path(__file__).resolve().parents[3] / "extensions" / "opentext" / "content_server"
Permissions = Literal["read", "write", "full"]
Kind = Literal["text", "integer", "date", "boolean", "user", "set"]


class Part(BaseModel):
    """Base of everything in the files: no unknown member, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Attribute(Part):
    """`several`: takes more than one value; `values`: one of these only; `attributes`: the columns of a set."""

    name: str
    type: Kind
    length: int | None = None
    several: bool = False
    required: bool = False
    values: tuple[str, ...] = ()
    default: str | None = None
    attributes: tuple["Attribute", ...] = ()


class Category(Part):
    name: str
    purpose: str
    attributes: tuple[Attribute, ...]


class ExternalSystem(Part):
    """The connection that stands for a store. `display_url` opens an object there: {resource}, {id}, {store}."""

    name: str
    connection_type: str
    address: str
    display_url: str


class PropertyGroup(Part):
    """Rows of properties that become rows of a set."""

    set: str
    properties: dict[str, str]


class BusinessObjectType(Part):
    """`properties`: business property → attribute of `category`."""

    type: str
    name: str
    workspace_type: str
    category: str
    resource: str
    properties: dict[str, str]
    groups: dict[str, PropertyGroup] = {}


class Folder(Part):
    """A folder of a template; what is filed there inherits `classification`. Roles in `kept_from` do not see it."""

    name: str
    classification: str = ""
    kept_from: tuple[str, ...] = ()


class Role(Part):
    name: str
    may: Permissions
    also: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    leader: bool = False
    service_user: bool = False


class RequiredDocument(Part):
    """A document type the workspaces must or may hold, in which folder, valid for how long (0: for ever).

    `when` ("Attribute=value" of the workspace's category; empty: always) is the rule that makes it apply.
    """

    type: str
    folder: str
    required: bool = True
    mime_types: tuple[str, ...] = ()
    valid_months: int = 0
    when: str = ""


class WorkspaceType(Part):
    """A type and its template, which have one name. `location` is a folder of the Enterprise volume."""

    name: str
    category: str
    name_pattern: str
    location: str
    folders: tuple[Folder, ...]
    roles: tuple[Role, ...]
    documents: tuple[RequiredDocument, ...] = ()


class Classification(Part):
    """An RM classification and its retention schedule."""

    name: str
    schedule: str
    years: int
    from_: Literal["record date"]
    then: Literal["destroy"]
    purpose: str

    model_config = ConfigDict(alias_generator=lambda name: name.rstrip("_"))


class Group(Part):
    name: str
    purpose: str


class Disposition(Part):
    label: str
    status: str
    goes_on: bool = False


class MapStep(Part):
    """`chosen_by`: the map's user attribute that names who does it instead of the group."""

    title: str
    group: str
    accept: bool = False
    chosen_by: str = ""
    dispositions: tuple[Disposition, ...] = ()


class WorkflowMap(Part):
    name: str
    start_step: bool
    attributes: tuple[Attribute, ...] = ()
    steps: tuple[MapStep, ...] = ()


class _Categories(Part):
    categories: tuple[Category, ...]


class _BusinessObjects(Part):
    external_systems: tuple[ExternalSystem, ...]
    business_object_types: tuple[BusinessObjectType, ...]


class _WorkspaceTypes(Part):
    permission_sets: dict[Permissions, tuple[str, ...]]
    workspace_types: tuple[WorkspaceType, ...]


class _Records(Part):
    file_plan: str
    classifications: tuple[Classification, ...]
    hold_types: tuple[str, ...]


class _Groups(Part):
    groups: tuple[Group, ...]


class _Maps(Part):
    maps: tuple[WorkflowMap, ...]


class Blueprint(Part):
    """Everything, for all stores."""

    categories: tuple[Category, ...]
    external_systems: tuple[ExternalSystem, ...]
    business_object_types: tuple[BusinessObjectType, ...]
    permission_sets: dict[Permissions, tuple[str, ...]]
    workspace_types: tuple[WorkspaceType, ...]
    file_plan: str
    classifications: tuple[Classification, ...]
    hold_types: tuple[str, ...]
    groups: tuple[Group, ...]
    maps: tuple[WorkflowMap, ...]

    def external_system(self, name: str) -> ExternalSystem:
        """The connection of a store; one of another name is set up like the first."""
        found = next((each for each in self.external_systems if each.name == name), None)
        return found or self.external_systems[0].model_copy(update={"name": name})

    def category(self, name: str) -> Category:
        return next(each for each in self.categories if each.name == name)

    def permissions(self, role: Role) -> list[str]:
        return [*self.permission_sets[role.may], *role.also]

    def document_types(self) -> list[str]:
        """The names of all document types, each once."""
        return list(dict.fromkeys(each.type for kind in self.workspace_types for each in kind.documents))


@cache
def load(folder: Path = FOLDER) -> Blueprint:
    """Read the shipped files. Raises ValidationError: a file was changed into something we do not understand."""
    parts: tuple[tuple[str, type[Part]], ...] = (
        ("categories", _Categories),
        ("business_objects", _BusinessObjects),
        ("workspace_types", _WorkspaceTypes),
        ("records", _Records),
        ("groups", _Groups),
        ("workflow_maps", _Maps),
    )
    found: dict[str, object] = {}
    for name, model in parts:
        text = (folder / f"{name}.json").read_bytes()
        read = model.model_validate_json(text)
        found |= {field: getattr(read, field) for field in model.model_fields}
    return Blueprint.model_validate(found)
