"""Steps that create and fill workspaces, file papers and put them under records management."""

from dataclasses import dataclass
from typing import Literal

from app.domain.ids import ObjectType


@dataclass(frozen=True)
class EnsureWorkspace:
    """Find or create the subject's workspace, fill its categories, relate it to `parents` (created as needed).

    Parents of an order: its customer and company; of a case: its order, customer, company and products.
    `business_object_type` may be empty for a case: then its kind says it.
    """

    business_object_type: str
    parents: tuple[ObjectType, ...] = ()
    kind: Literal["ensure_workspace"] = "ensure_workspace"


@dataclass(frozen=True)
class UpdateWorkspace:
    """Fill the workspace's categories again from the subject and the run's facts (decision, status)."""

    business_object_type: str
    kind: Literal["update_workspace"] = "update_workspace"


@dataclass(frozen=True)
class FilePaper:
    """Write one of our papers (engine/papers/registry.py names them) as it stands now, file it once in `folder`.

    `folder` may lead down ("05 Fulfilment/{shipment}") and hold facts of the run. The filed document becomes the fact
    `document` (empty: the paper's name); with a `classification` it becomes a record of that class at once.
    """

    paper: str
    folder: str
    document: str = ""
    classification: str = ""
    kind: Literal["file_paper"] = "file_paper"


@dataclass(frozen=True)
class ClassifyRecord:
    """Declare a filed document (fact `document`) a record under the RM classification of that name."""

    document: str
    classification: str
    kind: Literal["classify_record"] = "classify_record"


@dataclass(frozen=True)
class FileApprovalRecord:
    """Write who decided what, when and why (from the history) into a PDF/A, file it in `folder` and classify it."""

    folder: str
    classification: str
    kind: Literal["file_approval_record"] = "file_approval_record"


@dataclass(frozen=True)
class FileContentSheet:
    """File the product's present texts as the first version of its content sheet, unless the workspace has one."""

    folder: str
    kind: Literal["file_content_sheet"] = "file_content_sheet"


Steps = EnsureWorkspace | UpdateWorkspace | FilePaper | ClassifyRecord | FileApprovalRecord | FileContentSheet
__all__ = [
    "ClassifyRecord",
    "EnsureWorkspace",
    "FileApprovalRecord",
    "FileContentSheet",
    "FilePaper",
    "UpdateWorkspace",
]
