"""What OpenText has: workspaces, documents, records, workflows, tasks, decisions, communications."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.ids import NodeId


@dataclass(frozen=True)
class BusinessObject:
    """The triple that identifies a business workspace: connection name, type ("ORDER"), id ("bc-abc123-1001")."""

    system: str
    type: str
    id: str


@dataclass(frozen=True)
class WorkspaceSpec:
    """What a workspace should be: its object, the values for its categories by property name, its relations.

    `properties` values are lists of strings; the server maps the names to category attributes. `parents` are business
    objects whose workspaces this one hangs below.
    """

    business_object: BusinessObject
    properties: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parents: tuple[BusinessObject, ...] = ()


@dataclass(frozen=True)
class Workspace:
    """A business workspace. `url` opens it in Smart View."""

    id: NodeId
    name: str
    url: str


@dataclass(frozen=True)
class Document:
    """A document's current state. `sha256` is known for what we filed or downloaded, else empty. Times aware UTC."""

    id: NodeId
    name: str
    version: int
    size: int
    mime_type: str
    folder: str
    modified_at: datetime | None
    url: str
    sha256: str = ""
    created_at: datetime | None = None
    folders: tuple[str, ...] | None = None  # from the workspace down, where it is known


@dataclass(frozen=True)
class Approval:
    """What Content Server says of a document's approval; `version` is the version that was approved."""

    status: str  # "Pending", "Approved", "Rejected", "Changes requested", or "" when none was ever asked
    version: int | None = None
    by: str = ""
    at: datetime | None = None
    comment: str = ""

    @property
    def is_approved(self) -> bool:
        return self.status == "Approved" and self.version is not None


@dataclass(frozen=True)
class WorkspaceTemplate:
    """What new workspaces of a type are copied from: folders, categories, roles."""

    id: NodeId
    name: str


@dataclass(frozen=True)
class WorkspaceType:
    """A kind of workspace. `location` is the folder its workspaces are created in, None where a rule decides."""

    id: int
    name: str
    templates: tuple[WorkspaceTemplate, ...] = ()
    has_records: bool = False
    location: NodeId | None = None


@dataclass(frozen=True)
class Member:
    """A user or a group of Content Server. `login` is unique, `name` is for people."""

    id: int
    login: str
    name: str = ""
    is_group: bool = False


@dataclass(frozen=True)
class Role:
    """A role of one workspace's team and who plays it."""

    id: int
    name: str
    is_leading: bool = False
    members: tuple[Member, ...] = ()


class Relation(StrEnum):
    """What the other workspace is to the one asked about."""

    PARENT = "parent"
    CHILD = "child"


@dataclass(frozen=True)
class RelatedWorkspace:
    """Another workspace and how it is related. `is_pushed`: the leading application said so, no person."""

    workspace: Workspace
    relation: Relation
    is_pushed: bool = False


@dataclass(frozen=True)
class Folder:
    """A folder and how many items lie in it."""

    id: NodeId
    name: str
    size: int = 0


@dataclass(frozen=True)
class Permission:
    """One entry of an item: whom it is about (None: everybody) and what it grants.

    `kind`: owner, group, public, custom.
    """

    right_id: int | None
    kind: str
    granted: frozenset[str]


@dataclass(frozen=True)
class Found:
    """A hit of the search index, which lags behind: read the item again before acting on it."""

    id: NodeId
    name: str
    type: int
    mime_type: str
    size: int
    modified_at: datetime | None
    url: str


@dataclass(frozen=True)
class DocumentType:
    """A kind of document a workspace may or must hold. `folder` is where it belongs, None: anywhere in it."""

    id: int  # of its classification
    name: str
    is_required: bool = False
    folder: NodeId | None = None
    mime_types: tuple[str, ...] = ()
    validity_months: int = 0  # 0: for ever


@dataclass(frozen=True)
class ListedDocument:
    """A document in one of a workspace's reports. `type` is its document type's id where the report tells."""

    id: NodeId
    name: str
    type: int | None
    modified_at: datetime | None
    url: str


@dataclass(frozen=True)
class Completeness:
    """Which documents a workspace must have, as Content Server reports it; nothing here is worked out by us."""

    types: tuple[DocumentType, ...]
    missing: tuple[DocumentType, ...]
    in_process: tuple[ListedDocument, ...] = ()
    outdated: tuple[ListedDocument, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Nothing that is required lacks, waits for a decision or has grown too old."""
        return not (self.missing or self.in_process or self.outdated)


class RetentionBasis(StrEnum):
    """What a schedule's end depends on."""

    DATE = "date"  # a date of the document plus a period
    CALENDAR = "calendar"  # the year's end as the server defines it
    EVENT = "event"  # something that has not happened yet
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Retention:
    """How long a schedule keeps a record. `until` is noon UTC, so that all time zones read the same day.

    `action` is what happens then in the records manager's words ("Destroy"). `title` is what people call the schedule.
    """

    schedule: str
    title: str
    basis: RetentionBasis
    years: int = 0
    months: int = 0
    days: int = 0
    until: datetime | None = None
    action: str = ""


@dataclass(frozen=True)
class Hold:
    """A hold: a reason to keep whatever it is applied to. An inactive one binds nobody. Times aware UTC."""

    id: int
    name: str
    type: str = ""
    comment: str = ""
    is_active: bool = True
    applied_at: datetime | None = None


@dataclass(frozen=True)
class AppliedHold:
    """A hold on an item. `source` is the item it was applied to, this one or a container above."""

    hold: Hold
    source: NodeId
    source_name: str
    is_direct: bool


@dataclass(frozen=True)
class DispositionStage:
    """One stage of the schedule of a record, as the server works it out. `due` is when its action may be done."""

    stage: str
    rule: str
    action: str
    due: datetime | None = None
    is_permanent: bool = False
    awaits_event: bool = False


class Obstacle(StrEnum):
    """Why an item cannot be deleted."""

    HOLD = "hold"
    FINALIZED = "finalized"
    OFFICIAL = "official"
    RETENTION = "retention"
    RESERVED = "reserved"
    NOT_EMPTY = "not_empty"


@dataclass(frozen=True)
class DeletionObstacle:
    """One thing that stands against deleting, in words for people."""

    kind: Obstacle
    words: str


@dataclass(frozen=True)
class RecordDetails:
    """A document under records management. `schedule` is the RSI's name; `kept_until` where the schedule tells."""

    classification: str
    schedule: str = ""
    status: str = ""
    is_official: bool = False
    is_finalized: bool = False
    recorded_at: datetime | None = None
    kept_until: datetime | None = None
    holds: tuple[str, ...] = ()
    retention: Retention | None = None
    essential: str = ""
    storage: str = ""
    status_at: datetime | None = None
    class_id: int | None = None  # the classification's node


class ProcessStatus(StrEnum):
    """Derived: the Workflow Service has no status field."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class WorkflowInstance:
    """A running or finished workflow. `variables` are the process variables by name."""

    id: str
    business_key: str
    name: str
    status: ProcessStatus
    started_at: datetime | None
    ended_at: datetime | None
    variables: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """An open task. `candidates` are groups and users who may claim it.

    `owner`: whose it stays while it is lent to its assignee, who gives it back (`is_lent`).
    """

    id: str
    name: str
    key: str
    assignee: str
    candidates: tuple[str, ...]
    created_at: datetime | None
    due_at: datetime | None
    owner: str = ""
    is_lent: bool = False


@dataclass(frozen=True)
class TrailEntry:
    """One finished task of the decision trail: who, when, what. From history, never from a callback."""

    task: str
    key: str
    who: str
    started_at: datetime | None
    ended_at: datetime | None
    outcome: str
    comment: str = ""


@dataclass(frozen=True)
class Decision:
    """How a workflow ended, as its history tells: outcome, author ("" when no person decided), time, trail.

    `values`: the process's variables as it ended, those that are a text, number or yes/no, as text.
    """

    outcome: str
    by: str
    at: datetime | None
    comment: str = ""
    trail: tuple[TrailEntry, ...] = ()
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Output:
    """One output of a composition, still in our hands: what is filed next. `file_name` has its extension."""

    file_name: str
    mime_type: str
    queue: str
    content: bytes = field(repr=False)
    customer: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Communication:
    """A composed communication and how it came about. `driver` is the input data, the exact bytes composed from.

    `notes` are things a person should know that stop nothing ("not an archive format"). Times aware UTC.
    """

    job_key: str
    template: str
    template_version: str
    domain: str
    communication_id: str
    driver: bytes = field(repr=False)
    outputs: tuple[Output, ...]
    composed_at: datetime
    elapsed_ms: int
    notes: tuple[str, ...] = ()

    @property
    def driver_sha256(self) -> str:
        return hashlib.sha256(self.driver).hexdigest()


@dataclass(frozen=True)
class FiledOutput:
    """An output where it lies: this version of this document has exactly these bytes."""

    document: NodeId
    version: int
    name: str
    mime_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class FiledCommunication:
    """A communication after filing. It holds no bytes: whoever sends it reads them back from the workspace."""

    job_key: str
    template: str
    template_version: str
    domain: str
    communication_id: str
    driver_sha256: str
    outputs: tuple[FiledOutput, ...]
    composed_at: datetime
    notes: tuple[str, ...] = ()

    def of_type(self, mime_type: str) -> tuple[FiledOutput, ...]:
        return tuple(output for output in self.outputs if output.mime_type == mime_type)


class DeliveryState(StrEnum):
    """How far a delivery came. HANDED_OVER: another system sends; what became of it nobody has told us."""

    HANDED_OVER = "handed_over"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    DELIVERED_PARTLY = "delivered_partly"
    FAILED = "delivery_failed"


@dataclass(frozen=True)
class Recipient:
    """Whom a communication goes to. `ref` is ours, unique within one delivery; empty addresses are not known."""

    ref: str
    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class DeliveryAttempt:
    """One try of the channel, in its own word ("Submitted", "Sent", "Error", "Cancelled")."""

    state: str
    at: datetime | None = None
    code: str = ""


@dataclass(frozen=True)
class RecipientStatus:
    """What became of a delivery to one recipient. `reason` says why it failed."""

    ref: str
    state: DeliveryState
    address: str = ""
    attempts: tuple[DeliveryAttempt, ...] = ()
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    opted_out: bool = False
    reason: str = ""


@dataclass(frozen=True)
class DeliveryStatus:
    """What became of a delivery as a whole, and of each recipient."""

    state: DeliveryState
    recipients: tuple[RecipientStatus, ...] = ()

    @property
    def is_final(self) -> bool:
        return self.state in (DeliveryState.DELIVERED, DeliveryState.DELIVERED_PARTLY, DeliveryState.FAILED)


@dataclass(frozen=True)
class DeliveryHandle:
    """What to ask a channel with later. `job_id` is the channel's, `job_key` ours."""

    channel: str
    job_id: str
    job_key: str
    recipients: tuple[Recipient, ...] = field(repr=False)
    sent: tuple[str, ...] = ()  # SHA-256 of every filed output that left us
