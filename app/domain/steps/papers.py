"""Steps about documents others must give, and those buyers may read."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class RequestDocuments:
    """Make an upload link for what is missing in the subject's workspace; the panel shows it to copy.

    What is asked for: the fact `document_types` (names, one per comma), else the scenario's preference
    `types_preference`, else `types`, else whatever Content Server says is missing. A name that is a document type of
    the workspace is filed as that type; others in `folder`. The link lives `days` (or the preference `days_preference`)
    days. Facts: `upload_request` (its id), `missing_documents` (their names), `upload_until` (ISO time).
    """

    purpose: str
    types: tuple[str, ...] = ()
    types_preference: str = ""
    folder: str = "Received documents"
    several: bool = False
    days: int = 14
    days_preference: str = ""
    kind: Literal["request_documents"] = "request_documents"


@dataclass(frozen=True)
class FileUpload:
    """File what a buyer sent (fact `file`) in the workspace, folder and document type it was asked for, once.

    Our encrypted copy goes when Content Server has it. Runs that wait for documents of this object look again.
    """

    kind: Literal["file_upload"] = "file_upload"


@dataclass(frozen=True)
class ShareWithBuyer:
    """Put filed documents (facts of that name) on the buyer's shelf: one signed, expiring link per order or customer.

    The address is made by engine/shelves.py from the fact `shelf`. With `products` the approved documents of the
    order's products are reason enough for a shelf.
    """

    documents: tuple[str, ...]
    products: bool = False
    kind: Literal["share_with_buyer"] = "share_with_buyer"


@dataclass(frozen=True)
class PublishCompliance:
    """Show the approved version of a compliance document on the product: a field named like its type, with number and
    link. Skipped for what is not of a type that belongs into `folder`."""

    folder: str
    kind: Literal["publish_compliance"] = "publish_compliance"


@dataclass(frozen=True)
class PublishPage:
    """Publish the approved version of an HTML document as the text of the page this run is about, sanitised.

    With the preference `link_at_checkout` the terms at checkout name the page's address as well.
    """

    kind: Literal["publish_page"] = "publish_page"


@dataclass(frozen=True)
class CapturePolicy:
    """Keep the page's text as a new version where it differs from the one in force: PDF/A and HTML in `folder`."""

    folder: str
    classification: str
    kind: Literal["capture_policy"] = "capture_policy"


@dataclass(frozen=True)
class LookAtPages:
    """Compare every page and policy of the store with the versions in force; a change is told as an event."""

    kind: Literal["look_at_pages"] = "look_at_pages"


Steps = RequestDocuments | FileUpload | ShareWithBuyer | PublishCompliance | PublishPage | CapturePolicy | LookAtPages
__all__ = [
    "CapturePolicy", "FileUpload", "LookAtPages", "PublishCompliance", "PublishPage", "RequestDocuments",
    "ShareWithBuyer",
]  # fmt: skip
