"""Cases on the order's and the customer's page: where each stands, who must act, and what may be opened."""

from dataclasses import dataclass
from datetime import datetime

from app.db.panel_facts import CaseFacts, PanelRows
from app.db.types import utc_now
from app.domain.cases import CaseKind
from app.web import language, sentences
from app.web.display import web_url
from app.web.language import _
from app.web.panel import case_forms, flows
from app.web.texts import State

OPENINGS = {"order": (CaseKind.RETURN, CaseKind.COMPLAINT, CaseKind.DISPUTE), "customer": (CaseKind.COMPLAINT,)}


@dataclass(frozen=True)
class CaseView:
    """One case in a list. `text` says where it stands; `stuck_run` names a run that needs a person."""

    id: str
    name: str
    state: State
    text: str
    reason: str
    amount: str
    opened_at: datetime | None
    due_at: datetime | None
    is_overdue: bool
    is_open: bool
    url: str
    stuck_run: str


def case_view(facts: CaseFacts) -> CaseView:
    is_open = facts.state != "closed"
    return CaseView(
        id=facts.id,
        name=f"{sentences.said(facts.title)} {facts.number}",
        state=_state(facts),
        text=_text(facts),
        reason=case_forms.reason_words(facts.reason),
        amount=language.money({"amount": facts.amount, "currency": facts.currency}),
        opened_at=facts.opened_at,
        due_at=facts.due_at if is_open else None,
        is_overdue=bool(is_open and facts.due_at and facts.due_at < utc_now()),
        is_open=is_open,
        url=web_url(facts.workspace_url),
        stuck_run=facts.stuck_run,
    )


def _state(facts: CaseFacts) -> State:
    if facts.stuck_run:
        return State(_("Needs attention"), "bad")
    words = {
        "open": State(_("Open"), "wait"),
        "decided": State(_("Decided"), "good"),
        "closed": State(_("Closed"), "none"),
    }
    return words.get(facts.state, State(facts.state, "none"))


def _text(facts: CaseFacts) -> str:
    if facts.outcome:
        return sentences.said(facts.outcome)
    waiting = [task.who for task in flows.tasks(facts.tasks)]
    if waiting:
        return _("waiting for %(who)s", who=_(" or ").join(dict.fromkeys(waiting)))
    return _("being prepared") if facts.state == "open" else ""


def openings(rows: PanelRows) -> tuple[tuple[str, str], ...]:
    """(kind, words) of the cases a person may open here; none before OpenText is connected or of what is gone."""
    if not rows.shop.opentext_state or (rows.snapshot and rows.snapshot.is_gone):
        return ()
    return tuple((kind.value, _(case_forms.OPEN[kind])) for kind in OPENINGS.get(rows.object_type, ()))
