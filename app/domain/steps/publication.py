"""Steps that bring what was approved into the store, take it back, put it right."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class RecordApproval:
    """Keep who approved exactly this version (facts `node_id`, `version`): a paper filed in `folder`, a record.

    What a workflow decided is kept by FileApprovalRecord. Nothing is published without one of the two.
    """

    folder: str
    classification: str = "Approvals"
    kind: Literal["record_approval"] = "record_approval"


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


Steps = RecordApproval | PublishContent | FileEvidence | UndoPublication | RestoreFields
__all__ = ["FileEvidence", "PublishContent", "RecordApproval", "RestoreFields", "UndoPublication"]
