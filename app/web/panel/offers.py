"""The one button of an object that has no workspace: what it says, what it would create, why it may be missing."""

from dataclasses import dataclass

from app.db.panel_facts import PanelRows
from app.domain.commerce import REVIEWABLE
from app.web.language import _


@dataclass(frozen=True)
class Offer:
    """The one button of an object that has no workspace, and what it would create. `why_not` instead of a button."""

    title: str
    what: tuple[str, ...]
    button: str
    endpoint: str
    why_not: str = ""


def offer(rows: PanelRows, *, is_asked: bool) -> Offer | None:
    """What may be created for this object; None where there is something already, or nothing can be done here."""
    if rows.link or rows.runs or not rows.shop.opentext_state or is_asked:
        return None
    if rows.snapshot and rows.snapshot.is_gone:
        return None
    if rows.object_type == "order":
        return _offer_review(rows)
    if rows.object_type == "product":
        return Offer(
            _("Give this product a launch workspace"),
            (
                _("A launch workspace in OpenText with folders for content, images, compliance and evidence"),
                _("A content sheet with the product’s present texts, for authors to start from"),
                _("A link to it here and on the product. Nothing changes for your shoppers."),
            ),
            _("Create launch workspace"),
            "panel.workspace",
        )
    return None


def _offer_review(rows: PanelRows) -> Offer:
    status = rows.snapshot.facts.get("status") if rows.snapshot else None
    too_late = _("A review holds an order before it leaves the house. This one can no longer be held.")
    return Offer(
        _("No review has been opened for this order"),
        (
            _("A workspace in OpenText for this order, linked to the customer’s workspace"),
            _("The order as a PDF/A, filed there and kept as a record"),
            _("A review for the people you chose in the settings. The order is held until they decide."),
        ),
        _("Open a review for this order"),
        "panel.review",
        too_late if status and status not in REVIEWABLE else "",
    )
