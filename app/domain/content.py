"""What OpenText has: workspaces, documents, records, workflows, tasks, decisions."""

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
    """An open task. `candidates` are groups and users who may claim it."""

    id: str
    name: str
    key: str
    assignee: str
    candidates: tuple[str, ...]
    created_at: datetime | None
    due_at: datetime | None


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
    """How a workflow ended, as its history tells: outcome, author ("" when no person decided), time, trail."""

    outcome: str
    by: str
    at: datetime | None
    comment: str = ""
    trail: tuple[TrailEntry, ...] = ()
