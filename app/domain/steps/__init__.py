"""The vocabulary of effects: each kind of step is one frozen dataclass here and one handler in engine/handlers/.

Steps are data: a scenario lists them, a run stores them as JSON. They name *what*; the handler reads the subject again
and works out *with which values*. A new kind goes into the file of its family and into the union below.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Discriminator, TypeAdapter

from app.domain.steps.communication import ComposeCommunication, DeliverCommunication
from app.domain.steps.content import (
    ClassifyRecord,
    EnsureWorkspace,
    FileApprovalRecord,
    FileContentSheet,
    FileOrderRecord,
    UpdateWorkspace,
)
from app.domain.steps.publication import (
    FileEvidence,
    PublishContent,
    RecordApproval,
    RestoreFields,
    UndoPublication,
)
from app.domain.steps.store import LinkInStore, SetOrderStatus, SetUpStore
from app.domain.steps.time import SetTimer


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


Step = Annotated[
    SetOrderStatus
    | LinkInStore
    | SetUpStore
    | EnsureWorkspace
    | UpdateWorkspace
    | FileOrderRecord
    | ClassifyRecord
    | FileApprovalRecord
    | FileContentSheet
    | StartWorkflow
    | AwaitDecision
    | RecordApproval
    | PublishContent
    | FileEvidence
    | UndoPublication
    | RestoreFields
    | ComposeCommunication
    | DeliverCommunication
    | SetTimer,
    Discriminator("kind"),
]

STEP: TypeAdapter[Step] = TypeAdapter(Step)

__all__ = [
    "STEP", "AwaitDecision", "ClassifyRecord", "ComposeCommunication", "DeliverCommunication", "EnsureWorkspace",
    "FileApprovalRecord", "FileContentSheet", "FileEvidence", "FileOrderRecord", "LinkInStore", "Outcome",
    "PublishContent", "RecordApproval", "RestoreFields", "SetOrderStatus", "SetTimer", "SetUpStore", "StartWorkflow",
    "Step", "UndoPublication", "UpdateWorkspace",
]  # fmt: skip
