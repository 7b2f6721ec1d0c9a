"""The vocabulary of effects: each kind of step is one frozen dataclass here and one handler in engine/handlers/.

Steps are data: a scenario lists them, a run stores them as JSON. They name *what*; the handler reads the subject again
and works out *with which values*.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Discriminator, TypeAdapter

from app.domain.commerce import OrderStatus
from app.domain.ids import ObjectType


@dataclass(frozen=True)
class SetOrderStatus:
    """Move the order to `status` if it is in one of `only_from` now; otherwise the step is skipped and says so.

    `note` (may be empty) is appended to the staff notes, once; {placeholders} are facts of the run.
    """

    status: OrderStatus
    only_from: tuple[OrderStatus, ...]
    note: str = ""
    kind: Literal["set_order_status"] = "set_order_status"


@dataclass(frozen=True)
class EnsureWorkspace:
    """Find or create the subject's workspace, fill its categories, relate it to `parents` (created as needed)."""

    business_object_type: str
    parents: tuple[ObjectType, ...] = ()
    kind: Literal["ensure_workspace"] = "ensure_workspace"


@dataclass(frozen=True)
class FileOrderRecord:
    """Write the order as it stands now into a PDF/A (its data attached) and file it in `folder` of the workspace."""

    folder: str
    kind: Literal["file_order_record"] = "file_order_record"


@dataclass(frozen=True)
class ClassifyRecord:
    """Declare a filed document (fact `document`) a record under the RM classification of that name."""

    document: str
    classification: str
    kind: Literal["classify_record"] = "classify_record"


@dataclass(frozen=True)
class StartWorkflow:
    """Start the process once for this run (business key), with the subject's facts as variables."""

    process: str
    kind: Literal["start_workflow"] = "start_workflow"


@dataclass(frozen=True)
class Outcome:
    """What follows one decision value."""

    value: str
    title: str
    steps: tuple["Step", ...] = ()


@dataclass(frozen=True)
class AwaitDecision:
    """Park the run until the workflow has ended, then go on with its outcome. Polled, woken by callbacks."""

    process: str
    outcomes: tuple[Outcome, ...]
    kind: Literal["await_decision"] = "await_decision"


@dataclass(frozen=True)
class FileApprovalRecord:
    """Write who decided what, when and why (from the history) into a PDF/A, file it in `folder` and classify it."""

    folder: str
    classification: str
    kind: Literal["file_approval_record"] = "file_approval_record"


@dataclass(frozen=True)
class UpdateWorkspace:
    """Fill the workspace's categories again from the subject and the run's facts (decision, status)."""

    business_object_type: str
    kind: Literal["update_workspace"] = "update_workspace"


@dataclass(frozen=True)
class FileContentSheet:
    """File the product's present texts as the first version of its content sheet, unless the workspace has one."""

    folder: str
    kind: Literal["file_content_sheet"] = "file_content_sheet"


@dataclass(frozen=True)
class PublishContent:
    """Publish exactly the approved version of the content sheet to the product; before-image, write, read back."""

    kind: Literal["publish_content"] = "publish_content"


@dataclass(frozen=True)
class FileEvidence:
    """File what was published (before, after, read back, by whom approved) in `folder` and classify it."""

    folder: str
    classification: str
    kind: Literal["file_evidence"] = "file_evidence"


@dataclass(frozen=True)
class UndoPublication:
    """Put the before-image of one publication back, field by field; skip what a person changed since.

    `fields` empty means all. The publication's id is a fact of the run.
    """

    kind: Literal["undo_publication"] = "undo_publication"


@dataclass(frozen=True)
class RestoreFields:
    """Write approved values again where the store's value has drifted. Publication and fields are facts of the run."""

    kind: Literal["restore_fields"] = "restore_fields"


@dataclass(frozen=True)
class SetUpStore:
    """After installation: read the profile, register webhooks and app extensions."""

    kind: Literal["set_up_store"] = "set_up_store"


@dataclass(frozen=True)
class LinkInStore:
    """Leave the workspace's id and address on the store's object (a metafield), for people and other tools."""

    object_type: ObjectType
    kind: Literal["link_in_store"] = "link_in_store"


@dataclass(frozen=True)
class ComposeCommunication:
    """Compose `template` in Exstream from the subject's data, once; file what came out in `folder` of the workspace.

    The filed document becomes the fact `document`. `variant` chooses the wording of templates that have several
    (domain/communications.py lists them); `classification` (may be empty) declares the document a record.
    """

    template: str
    folder: str
    document: str
    variant: str = ""
    classification: str = ""
    kind: Literal["compose_communication"] = "compose_communication"


@dataclass(frozen=True)
class DeliverCommunication:
    """Send the buyer what was composed as `document`, exactly as filed, once; wait until the channel tells its end.

    `channel` (mail, sms, portal, print) is the scenario's own; its preferences (`CommunicationPreferences`) and the
    buyer's wish come before it. For the purpose "marketing" nothing goes out without the buyer's consent.
    `subject` and `text` may hold {placeholders}: facts of the run, and number, name and store.
    """

    document: str
    channel: Literal["mail", "sms", "portal", "print"] = "mail"
    purpose: Literal["service", "marketing"] = "service"
    subject: str = ""
    text: str = ""
    kind: Literal["deliver_communication"] = "deliver_communication"


Step = Annotated[
    SetOrderStatus
    | EnsureWorkspace
    | FileOrderRecord
    | ClassifyRecord
    | StartWorkflow
    | AwaitDecision
    | FileApprovalRecord
    | UpdateWorkspace
    | FileContentSheet
    | PublishContent
    | FileEvidence
    | UndoPublication
    | RestoreFields
    | SetUpStore
    | LinkInStore,
    Discriminator("kind"),
]

STEP: TypeAdapter[Step] = TypeAdapter(Step)
