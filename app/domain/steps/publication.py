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
    """File what was published (before, after, read back, by whom approved) in `folder` and classify it.

    Of a price agreement: what became of every row, as CSV as well.
    """

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
class PublishDue:
    """Publish what was planned for this day; the publication's id is a fact of the run (its timer's)."""

    kind: Literal["publish_due"] = "publish_due"


@dataclass(frozen=True)
class EndPublication:
    """Take back what was published until this day; skip what a person changed since. As PublishDue."""

    kind: Literal["end_publication"] = "end_publication"


@dataclass(frozen=True)
class PublishPrices:
    """Publish the approved price agreement (facts `node_id`, `version`) to the price list of the subject's group.

    Judged row by row; with a day to begin in its file it waits for that day, with a last day it ends by itself.
    """

    kind: Literal["publish_prices"] = "publish_prices"


@dataclass(frozen=True)
class PublishPromotions:
    """Publish the approved discount rules (facts `node_id`, `version`) as promotions, judged row by row.

    Waits for an approved legal document of the same case where the preference `needs_legal` says so; a discount above
    the preference `most_percent` needs an approved exception.
    """

    kind: Literal["publish_promotions"] = "publish_promotions"


@dataclass(frozen=True)
class LookAtPromotions:
    """Compare the store's promotions with what was seen last: a change goes to the campaign's case, or opens one."""

    kind: Literal["look_at_promotions"] = "look_at_promotions"


@dataclass(frozen=True)
class PublishTerms:
    """Write what this run's decision says about the account: its group, with credit its limit and payment terms, and
    for a company the right to buy. The groups are the scenario's preferences `group` and `prepay_group`."""

    on_credit: bool
    kind: Literal["publish_terms"] = "publish_terms"


@dataclass(frozen=True)
class PublishTaxExemption:
    """Exempt the company the run is about from taxes, by its approved certificate (facts `node_id`, `version`).

    The preference `exemptions` names the store's own exemptions (empty: from all taxes), `months` how long it holds.
    """

    kind: Literal["publish_tax_exemption"] = "publish_tax_exemption"


Steps = (
    RecordApproval
    | PublishContent
    | PublishPrices
    | PublishPromotions
    | LookAtPromotions
    | PublishTerms
    | PublishTaxExemption
    | PublishDue
    | EndPublication
    | FileEvidence
    | UndoPublication
    | RestoreFields
)
__all__ = [
    "EndPublication", "FileEvidence", "LookAtPromotions", "PublishContent", "PublishDue", "PublishPrices",
    "PublishPromotions", "PublishTaxExemption", "PublishTerms",
    "RecordApproval", "RestoreFields", "UndoPublication",
]  # fmt: skip
