"""The one button of an object that has no workspace: what it says, what it would create, why it may be missing."""

from dataclasses import dataclass

from app.db.panel_facts import PanelRows
from app.domain.commerce import REVIEWABLE
from app.web.language import _

ASK = "create_workspace"
WAYS = {"order": "panel.review", "product": "panel.workspace"}  # all others are asked for by name
UNDER_WAY = ("running", "waiting", "quarantined", "waiting_reauth")


@dataclass(frozen=True)
class Offer:
    """The one button of an object that has no workspace, and what it would create. `why_not` instead of a button."""

    title: str
    what: tuple[str, ...]
    button: str
    endpoint: str = "panel.ask"
    why_not: str = ""


def offer(rows: PanelRows, *, is_asked: bool) -> Offer | None:
    """What may be created for this object; None where there is something already, or nothing can be done here."""
    if rows.link or not rows.shop.opentext_state or is_asked:
        return None
    if rows.snapshot and rows.snapshot.is_gone:
        return None
    if rows.object_type in WAYS:
        return None if rows.runs else _by_its_own_way(rows)
    is_under_way = any(run.state in UNDER_WAY for run in rows.runs)
    return None if rows.snapshot is None or is_under_way else _by_name(rows)


def _by_its_own_way(rows: PanelRows) -> Offer:
    if rows.object_type == "order":
        return _offer_review(rows)
    return Offer(
        _("Give this product a launch workspace"),
        (
            _("A launch workspace in OpenText with folders for content, images, compliance and evidence"),
            _("A content sheet with the product’s present texts, for authors to start from"),
            _("A link to it here and on the product. Nothing changes for your shoppers."),
        ),
        _("Create launch workspace"),
        WAYS["product"],
    )


def _by_name(rows: PanelRows) -> Offer | None:
    """A workspace anyone may ask for; an application is decided in the workspace of its buyer."""
    facts = rows.snapshot.facts if rows.snapshot else {}
    if rows.object_type == "case" and facts.get("kind") == "application":
        return None
    title, what = {
        "customer": (
            _("Give this customer a workspace"),
            (
                _("A workspace in OpenText for contracts, prices, orders, credit and support"),
                _("The order history and the agreed terms as of today, filed there"),
                _("A link to it here and on the customer. Nothing changes for your shoppers."),
            ),
        ),
        "company": (
            _("Give this company a workspace"),
            (
                _("A workspace in OpenText for contracts, prices, orders, credit and support"),
                _("The order history and the agreed terms as of today, filed there"),
                _("A link to it here and on the company. Nothing changes for your shoppers."),
            ),
        ),
        "case": (
            _("Give this case a workspace"),
            (
                _("A workspace in OpenText for this case, linked to those of its order, customer and products"),
                _("A link to it here. Nothing is started there, and nothing changes for the buyer."),
            ),
        ),
        "page": (
            _("Keep the versions of this page"),
            (
                _("A workspace in OpenText for this page"),
                _("Its text as buyers read it now, as PDF/A and HTML, kept as a record"),
                _("From then on every version, with the time it was in force. Nothing changes for your shoppers."),
            ),
        ),
    }[rows.object_type]
    return Offer(title, what, _("Create workspace"))


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
