"""What Content Server remembers. Plain dataclasses, so that the world can be saved.

Numbers and names of types as in OpenText's Content Server REST documentation.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sandbox.content_server.workflow.model import Engine

FOLDER, SHORTCUT, WORKFLOW_MAP, CATEGORY, URL, DOCUMENT = 0, 1, 128, 131, 140, 144
CATEGORY_FOLDER, CLASSIFICATION_TREE, CLASSIFICATION, RM_CLASSIFICATION, WORKSPACE = 132, 196, 199, 551, 848
ENTERPRISE, CATEGORIES, CLASSIFICATIONS, RECYCLE_BIN = 141, 133, 198, 405
RECORDS, WORKSPACES, EXTENDED_ECM, TEMPLATES = 550, 862, 882, 20541
VOLUMES = (ENTERPRISE, CATEGORIES, CLASSIFICATIONS, RECYCLE_BIN, RECORDS, WORKSPACES, EXTENDED_ECM, TEMPLATES)
USER, GROUP, SERVICE_USER, ROLE = 0, 1, 17, 848
PUBLIC_ACCESS = -1

TYPE_NAMES = {
    FOLDER: "Folder",
    SHORTCUT: "Shortcut",
    WORKFLOW_MAP: "Workflow Map",
    CATEGORY: "Category",
    CATEGORY_FOLDER: "Category Folder",
    URL: "URL",
    DOCUMENT: "Document",
    CLASSIFICATION_TREE: "Classification Tree",
    CLASSIFICATION: "Classification",
    RM_CLASSIFICATION: "RM Classification",
    WORKSPACE: "Business Workspace",
    ENTERPRISE: "Enterprise Workspace",
    CATEGORIES: "Categories Volume",
    CLASSIFICATIONS: "Classification Volume",
    RECYCLE_BIN: "Recycle Bin",
    RECORDS: "Records Management",
    WORKSPACES: "Business Workspaces",
    EXTENDED_ECM: "Extended ECM",
    TEMPLATES: "Document Templates",
}
CONTAINERS = frozenset(
    {FOLDER, CATEGORY_FOLDER, CLASSIFICATION_TREE, CLASSIFICATION, RM_CLASSIFICATION, WORKSPACE, *VOLUMES}
)

SEE, SEE_CONTENTS, MODIFY, EDIT_ATTRIBUTES = "see", "see_contents", "modify", "edit_attributes"
ADD_ITEMS, RESERVE, ADD_MAJOR_VERSION = "add_items", "reserve", "add_major_version"
DELETE_VERSIONS, DELETE, EDIT_PERMISSIONS = "delete_versions", "delete", "edit_permissions"
READ = frozenset({SEE, SEE_CONTENTS})
WRITE = READ | {MODIFY, EDIT_ATTRIBUTES, ADD_ITEMS, RESERVE, ADD_MAJOR_VERSION}
ALL_PERMISSIONS = (
    SEE,
    SEE_CONTENTS,
    MODIFY,
    EDIT_ATTRIBUTES,
    ADD_ITEMS,
    RESERVE,
    ADD_MAJOR_VERSION,
    DELETE_VERSIONS,
    DELETE,
    EDIT_PERMISSIONS,
)
FULL = frozenset(ALL_PERMISSIONS)

BusinessObject = tuple[str, str, str]  # external system, type, id


@dataclass
class Member:
    """A user, group or service user. `admin`: has the system administration privilege."""

    id: int
    name: str
    type: int = USER
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    groups: list[int] = field(default_factory=list)
    admin: bool = False

    @property
    def display_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.name


@dataclass
class Ticket:
    user_id: int
    issued: datetime
    expires: datetime


@dataclass
class Attribute:
    """One attribute of a category, or a set of them (`kind` "Set"). `id` counts from 2."""

    id: int
    name: str
    kind: Literal["String", "Integer", "Date", "Boolean", "User", "Set"] = "String"
    multi_value: bool = False
    max_length: int | None = None
    valid_values: list[str] = field(default_factory=list)
    required: bool = False
    default: Any = None
    attributes: list["Attribute"] = field(default_factory=list)


@dataclass
class CategoryDefinition:
    """A category as an administrator designed it; REST can show it on a node but never change it."""

    id: int
    name: str
    attributes: list[Attribute]
    version: int = 1


@dataclass
class Version:
    """One version of a document; its bytes lie in `State.blobs` under `sha256`."""

    number: int
    version_id: int
    file_name: str
    mime_type: str
    size: int
    sha256: str
    owner_id: int
    create_date: datetime
    description: str = ""
    locked: bool = False
    external_create_date: str | None = None
    external_modify_date: str | None = None


@dataclass
class CategoryValues:
    """One category on one node: key -> value; `inherit`: new children get it too."""

    values: dict[str, Any] = field(default_factory=dict)
    token: int = 1
    inherit: bool = False


@dataclass
class AppliedHold:
    hold_id: int
    applied_by: int
    date_applied: datetime


@dataclass
class Record:
    """Records Management data of a node. `token` changes with every write; `finalized` is for ever."""

    class_id: int | None = None
    secondary: list[int] = field(default_factory=list)
    rsis: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    official: bool = False
    confidential: bool = False
    finalized: bool = False
    finalized_by: int | None = None
    finalized_on: datetime | None = None
    inherited_from: int | None = None
    token: int = 1
    holds: dict[int, AppliedHold] = field(default_factory=dict)


@dataclass
class Reference:
    """A workspace's business object."""

    ext_system_id: str
    bo_type: str
    bo_type_id: int
    bo_id: str

    @property
    def key(self) -> BusinessObject:
        return (self.ext_system_id, self.bo_type, self.bo_id)


@dataclass
class Relation:
    """`kind` as its holder sees it; `pushed`: by a leading application (shown as BO_Child…)."""

    other: int
    kind: Literal["child", "parent"]
    pushed: bool = False


@dataclass
class Role:
    id: int
    name: str
    permissions: frozenset[str]
    leader: bool = False
    members: list[int] = field(default_factory=list)
    description: str = ""


@dataclass
class Workspace:
    """What makes node 848 a workspace; a template has one too (`is_template`)."""

    type_id: int
    template_id: int
    is_template: bool = False
    references: list[Reference] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    roles: dict[int, Role] = field(default_factory=dict)


@dataclass
class Node:
    """Any item. `parent_id` is the true parent; the wire shows it negative below a workspace."""

    id: int
    type: int
    name: str
    parent_id: int
    create_date: datetime
    create_user_id: int
    modify_date: datetime
    modify_user_id: int
    owner_user_id: int
    description: str = ""
    name_multilingual: dict[str, str] = field(default_factory=dict)
    description_multilingual: dict[str, str] = field(default_factory=dict)
    url: str | None = None
    original_id: int = 0
    hidden: bool = False
    status: str | None = None
    nickname: str | None = None
    reserved_user_id: int = 0
    reserved_date: datetime | None = None
    deleted: datetime | None = None
    external: dict[str, Any] = field(default_factory=dict)
    permissions: dict[int, frozenset[str]] | None = None
    versions: list[Version] = field(default_factory=list)
    next_version: int = 1
    categories: dict[int, CategoryValues] = field(default_factory=dict)
    classification_ids: list[int] = field(default_factory=list)
    record: Record = field(default_factory=Record)
    workspace: Workspace | None = None
    rsi: str | None = None

    @property
    def container(self) -> bool:
        return self.type in CONTAINERS


@dataclass
class DocumentType:
    """A required document of a workspace template ("smart document type").

    `rule`: the attribute of the workspace's category and the value with which the type applies; None: always.
    """

    classification_id: int
    required: bool
    location: str
    priority: int
    mime_types: list[str] = field(default_factory=list)
    validity_months: int = 0
    rule: tuple[str, str] | None = None


@dataclass
class WorkspaceType:
    """`name_pattern` holds `[Category:Attribute]`; `location_id` is where its workspaces are created."""

    id: int
    name: str
    config_node_id: int
    template_id: int
    location_id: int
    name_pattern: str
    category_id: int
    rm_enabled: bool = True
    document_types: list[DocumentType] = field(default_factory=list)


@dataclass
class ExternalSystem:
    id: int
    node_id: int
    name: str
    conn_type: str
    asurl: str
    baseurl: str


@dataclass
class BusinessObjectType:
    """`properties`: property -> attribute id; `groups`: group -> (set id, column -> attribute id)."""

    id: int
    ext_system_id: str
    bo_type: str
    name: str
    workspace_type_id: int
    category_id: int
    properties: dict[str, int]
    groups: dict[str, tuple[int, dict[str, int]]] = field(default_factory=dict)
    display_url: str = ""


@dataclass
class Rsi:
    """A retention schedule of one stage: kept for a period from its starting date, then `action_code` is done.

    `date_to_use`: "95" record date, "91" created, "93" modified, "94" status date. `event_type`: 1 calculated date,
    2 calendar, 3 event, 4 fixed date, 5 permanent.
    """

    id: int
    code: str
    title: str
    years: int
    description: str = ""
    months: int = 0
    days: int = 0
    event_type: int = 1
    date_to_use: str = "95"
    fixed_date: datetime | None = None
    action_code: int = 32


@dataclass
class Hold:
    id: int
    name: str
    type: str
    comment: str
    date_applied: datetime
    applied_by: int
    active: bool = True
    alternate_id: str | None = None
    parent_id: int | None = None
    date_to_remove: str | None = None
    date_removed: datetime | None = None
    removed_by: int | None = None
    removal_comment: str | None = None


@dataclass
class AuditEntry:
    node_id: int
    event_type: int
    name: str
    date: datetime
    user_id: int
    target_user_id: int | None = None


@dataclass
class Upload:
    """A large file arriving in parts (section 3.6)."""

    file_name: str
    file_size: int
    mime_type: str
    user_id: int
    parts: dict[int, bytes] = field(default_factory=dict)
    complete: bool = False


@dataclass
class CallbackSettings:
    """How the report run after an approval calls the companion (section 8.1). Empty `url`: it does not."""

    url: str = ""
    auth: Literal["signature", "ticket", "key", "bearer"] = "signature"
    secret: str = ""
    user: str = "svc-storefront"


@dataclass
class State:
    """Everything. Ids count upwards; hold and business object type ids are ranges of their own."""

    next_id: int = 10000
    next_version_id: int = 1
    next_hold_id: int = 11
    members: dict[int, Member] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    nodes: dict[int, Node] = field(default_factory=dict)
    children: dict[int, dict[str, int]] = field(default_factory=dict)
    volumes: dict[int, int] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    nicknames: dict[str, int] = field(default_factory=dict)
    categories: dict[int, CategoryDefinition] = field(default_factory=dict)
    workspace_types: dict[int, WorkspaceType] = field(default_factory=dict)
    external_systems: dict[str, ExternalSystem] = field(default_factory=dict)
    bo_types: dict[int, BusinessObjectType] = field(default_factory=dict)
    by_business_object: dict[BusinessObject, int] = field(default_factory=dict)
    rivals: dict[BusinessObject, list[int]] = field(default_factory=dict)  # further ones, as an import leaves them
    role_of: dict[int, int] = field(default_factory=dict)
    rsis: dict[str, Rsi] = field(default_factory=dict)
    hold_types: list[str] = field(default_factory=lambda: ["LEGAL"])
    holds: dict[int, Hold] = field(default_factory=dict)
    audit: dict[int, list[AuditEntry]] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    recent: dict[int, list[int]] = field(default_factory=dict)
    callbacks: CallbackSettings = field(default_factory=CallbackSettings)
    callback_count: int = 0
    workflows: Engine = field(default_factory=Engine)
    search_lag_seconds: float = 0.0
    bulk_upsert: bool = True
    session_timeout_seconds: int = 7200
    session_reaction_seconds: int = 180
    version: str = "26.1"

    def new_id(self) -> int:
        self.next_id += 1
        return self.next_id
