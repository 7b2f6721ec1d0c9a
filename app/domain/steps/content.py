"""Steps that create and fill workspaces, file papers and put them under records management."""

from dataclasses import dataclass
from typing import Literal

from app.domain.ids import ObjectType


@dataclass(frozen=True)
class EnsureWorkspace:
    """Find or create the subject's workspace, fill its categories, relate it to `parents` (created as needed)."""

    business_object_type: str
    parents: tuple[ObjectType, ...] = ()
    kind: Literal["ensure_workspace"] = "ensure_workspace"


@dataclass(frozen=True)
class UpdateWorkspace:
    """Fill the workspace's categories again from the subject and the run's facts (decision, status)."""

    business_object_type: str
    kind: Literal["update_workspace"] = "update_workspace"


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
