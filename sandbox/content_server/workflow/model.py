"""What the workflow engine remembers. Plain dataclasses, part of the repository's state.

Source: OpenText's Content Server REST documentation
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from sandbox.content_server.model import Attribute  # whose state holds what is below

RUNNING, SUSPENDED, STOPPED, COMPLETED = "running", "suspended", "stopped", "completed"
SEND_ON, DELEGATE, SEND_FOR_REVIEW = "SendOn", "Delegate", "SendForReview"
FORM_UPDATE, INITIATE = "formUpdate", "Initiate"


@dataclass
class Disposition:
    """A custom action of a step. `status` is the approval it stands for; only `goes_on` leads to the next step."""

    key: str
    label: str
    status: str
    goes_on: bool = False


@dataclass
class Step:
    """A person's step: done by `performer` (a user or group), or by the member in the map's attribute `chosen_by`.

    `accept`: somebody of the group must accept it first. Without dispositions the step is sent on.
    """

    id: int
    title: str
    performer: int
    instructions: str = ""
    dispositions: list[Disposition] = field(default_factory=list)
    accept: bool = False
    chosen_by: int | None = None


@dataclass
class WorkflowMap:
    """`start_step`: its initiator fills a form first, so that the one-call start is refused."""

    id: int
    start_step: bool
    steps: list[Step]
    attributes: list["Attribute"]
    instructions: str = ""


@dataclass
class Draft:
    """A workflow about to be started; its values come by `formUpdate`."""

    id: int
    map_id: int
    initiator: int
    documents: list[int]
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Task:
    """A step of one process. `performers`: who has it; `returns_to`: whom a reviewer gives it back."""

    step: Step
    performers: list[int]
    started: datetime
    accepted_by: int | None = None
    returns_to: list[int] | None = None
    finished: datetime | None = None
    done_by: int | None = None


@dataclass
class Activity:
    """One line of the trail. `label` is the disposition's, `target` the member a task was passed to."""

    action: str
    user_id: int
    date: datetime
    comment: str = ""
    event: str = ""
    label: str = ""
    target: int | None = None


@dataclass
class Process:
    """A started workflow. `title` is the map's name unless its initiator gave one; `folder` holds its attachments."""

    id: int
    map_id: int
    title: str
    initiator: int
    started: datetime
    due: datetime | None
    documents: list[int]
    folder: int
    workspace_id: int | None
    values: dict[str, Any] = field(default_factory=dict)
    status: Literal["running", "suspended", "stopped", "completed"] = "running"
    archived: bool = False
    ended: datetime | None = None
    decision: str = ""
    tasks: list[Task] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)

    @property
    def current(self) -> Task | None:
        return next((task for task in self.tasks if task.finished is None), None)


@dataclass
class Engine:
    """Everything. `reports`: what the reports of finished maps have still to tell the companion app."""

    maps: dict[int, WorkflowMap] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)
    processes: dict[int, Process] = field(default_factory=dict)
    attachments_id: int = 0
    reports: list[dict[str, Any]] = field(default_factory=list)
