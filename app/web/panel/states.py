"""One word for where an order, product or customer stands, a sentence beside it, and the stages it passes."""

from dataclasses import dataclass

from app.db.panel_facts import PanelRows, PublicationFacts, RunFacts, StepFacts
from app.db.types import utc_now
from app.domain.publication import FieldState, PublicationState
from app.domain.rights import Sight
from app.web import language, sentences, texts
from app.web.language import _, ngettext
from app.web.panel import completeness, progress, subjects
from app.web.texts import N_, State

ANSWER_TASK = "provide information"  # how the model names the task that answers a reviewer's question
EXPIRED = "expired"
LETTERS = ("wait_days", "deliver_communication")
NOT_FOUND = {
    "order": N_("Your store has no order of this number."),
    "product": N_("Your store has no product of this number."),
    "customer": N_("Your store has no customer of this number."),
    "company": N_("Your store has no company of this number."),
    "page": N_("Your store has no page of this number."),
    "case": N_("This store has no such case. Open it from its order or its customer."),
}
PUBLISHING = ("publish_content", "undo_publication", "restore_fields")


@dataclass(frozen=True)
class Judged:
    """The word and the sentence. `is_at_rest`: filed and waiting for nobody. `keeps_its_word`: what a reader asks
    first is that word; of its documents only what is wrong with them says more."""

    state: State
    lead: str
    is_at_rest: bool = False
    keeps_its_word: bool = False


@dataclass(frozen=True)
class Stage:
    """One stop of the way: done, now, problem or ahead."""

    title: str
    status: str


def stage_words() -> dict[str, str]:
    return {"done": _("done"), "now": _("now"), "problem": _("needs attention"), "ahead": _("still to come")}


def leading_run(rows: PanelRows) -> RunFacts | None:
    """The run the page is about: the latest review of an order; of others what is being decided, else the latest
    publishing (of a product: or decision about it), else the latest."""
    if rows.object_type == "order":
        found = next((run for run in rows.runs if progress.is_review(run)), None)
    else:
        found = next((run for run in rows.runs if _is_being_decided(run)), None)
        found = found or next((run for run in rows.runs if _has_published(rows, run)), None)
    return found or next(iter(rows.runs), None)


def _is_being_decided(run: RunFacts) -> bool:
    return run.workflow is not None and not run.workflow.outcome and run.state in ("running", "waiting")


def _has_published(rows: PanelRows, run: RunFacts) -> bool:
    return bool(progress.step_of(run, *PUBLISHING)) or (rows.object_type == "product" and run.workflow is not None)


def judge(rows: PanelRows, main: RunFacts | None, sight: Sight) -> Judged:
    """Where the object stands. Of what is filed and waits for nobody: what counts most about its documents."""
    if any(run.state in progress.STUCK for run in rows.runs):
        lead = _("Something stopped and needs a person. Below you see what it is and the way out.")
        return Judged(State(_("Needs attention"), "bad"), lead)
    if subjects.is_missing(rows):
        return Judged(State(_("Not found"), "none"), _(NOT_FOUND[rows.object_type]))
    if late := _overdue(rows):
        return late
    found = _of_kind(rows, main)
    if found.keeps_its_word:
        return _with_what_is_wrong(found, _wrong_with_documents(rows, sight))
    return _by_documents(rows, sight) or found if found.is_at_rest else found


def _with_what_is_wrong(found: Judged, wrong: Judged | None) -> Judged:
    """What is wrong gives the word; that it is live all the same stays said."""
    return Judged(wrong.state, f"{wrong.lead} {found.lead}") if wrong else found


def _of_kind(rows: PanelRows, main: RunFacts | None) -> Judged:
    if rows.object_type == "order":
        return _order(rows, main)
    if rows.object_type == "product":
        return _product(rows, main)
    if rows.object_type == "case":
        return _case(rows)
    if rows.object_type == "page":
        return _page(rows)
    return _company(rows) if rows.object_type == "company" else _customer(rows)


def _overdue(rows: PanelRows) -> Judged | None:
    """Somebody should have decided by now, and the deadline has not ended the workflow."""
    open_tasks = [task for run in rows.runs if _is_being_decided(run) and run.workflow for task in run.workflow.tasks]
    dues = [language.parse_moment(str(task.get("due_at") or "")) for task in open_tasks]
    late = min((due for due in dues if due is not None and due < utc_now()), default=None)
    if late is None:
        return None
    lead = _("Somebody should have decided by %(due)s. Below you see who must act.", due=language.moment(late))
    return Judged(State(_("Overdue"), "bad"), lead)


def _filed(lead: str) -> Judged:
    return Judged(State(_("Filed"), "good"), lead, is_at_rest=True)


def _by_documents(rows: PanelRows, sight: Sight) -> Judged | None:
    """On hold before incomplete before complete; where nobody says what has to be there, whether it is recorded."""
    held = sum(bool(one.holds) for one in rows.documents)
    if held:
        lead = ngettext(
            "%(n)s document is on hold: it cannot be deleted until the hold is released.",
            "%(n)s documents are on hold: they cannot be deleted until the holds are released.", held,
        )  # fmt: skip
        return Judged(State(_("On hold"), "wait"), lead)
    if wrong := _wrong_with_documents(rows, sight):
        return wrong
    if completeness.lacking(rows, sight).is_known and completeness.is_whole(rows):
        return Judged(State(_("Complete"), "good"), _("Every document OpenText asks for is there."))
    if rows.documents and all(one.record_class for one in rows.documents):
        return Judged(State(_("Recorded"), "good"), _("Its documents are kept in OpenText as records."))
    return None


def _wrong_with_documents(rows: PanelRows, sight: Sight) -> Judged | None:
    """What OpenText requires and does not have, or has in a version that is too old."""
    missing = completeness.lacking(rows, sight).missing
    if missing:
        return Judged(State(_("Incomplete"), "wait"), _("Still missing: %(names)s.", names=", ".join(missing[:5])))
    old = completeness.outdated(rows)
    if old:
        lead = _("No longer valid: %(names)s. A new version is needed.", names=", ".join(old[:5]))
        return Judged(State(_("Outdated"), "wait"), lead)
    return None


def _order(rows: PanelRows, main: RunFacts | None) -> Judged:
    if main and progress.is_review(main):
        return _review(main)
    current = progress.open_step(main) if main else None
    is_letter = current is not None and current.kind in LETTERS  # what is filed is filed; only the buyer waits
    if main and main.state in ("running", "waiting") and not is_letter:
        return Judged(State(_("In progress"), "busy"), _("Its workspace is being prepared in OpenText."))
    if rows.link:
        return _filed(_("Its documents are in OpenText. No decision is open."))
    return Judged(State(_("Not linked"), "none"), _("Nothing about this order is in OpenText."))


def _review(run: RunFacts) -> Judged:
    flow = run.workflow
    outcome = flow.outcome if flow else run.outcome
    if flow and outcome in ("approved", "rejected"):
        return _decided(run, outcome, flow.decided_by, language.date(flow.decided_at) if flow.decided_at else "")
    if outcome and outcome != EXPIRED:
        return _answered(run, outcome)
    if outcome:
        lead = _("The deadline passed without a decision. Please look at this order and decide yourself.")
        return Judged(State(_("Needs attention"), "bad"), lead)
    tasks = flow.tasks if flow else ()
    if any(ANSWER_TASK in str(task.get("name", "")).lower() for task in tasks):
        lead = _("The reviewer asked a question. The review goes on once it is answered in OpenText.")
        return Judged(State(_("Waiting for information"), "wait"), lead)
    if run.state == "done":
        return _filed(_("Its documents are in OpenText. No decision is open."))
    if run.state == "cancelled":
        return Judged(State(_("Filed"), "none"), _("The review was cancelled."))
    current = progress.open_step(run)
    if flow is None and current and current.error_code:
        return Judged(State(_("Under review"), "wait"), _("Its review cannot go on right now; below you see why."))
    if flow is None:
        return Judged(State(_("Under review"), "wait"), _("The order is being held and its review prepared."))
    return Judged(State(_("Under review"), "wait"), _waiting(tasks))


def _waiting(tasks: tuple[dict[str, object], ...]) -> str:
    for task in tasks:
        candidates = task.get("candidates")
        names = [str(one) for one in candidates] if isinstance(candidates, list) else []
        who = str(task.get("assignee") or "") or _(" or ").join(names)
        due = language.parse_moment(str(task.get("due_at") or ""))
        if who and due:
            return _("%(who)s decides in OpenText, until %(due)s.", who=who, due=language.moment(due))
        if who:
            return _("%(who)s decides in OpenText.", who=who)
    return _("The decision is made in OpenText.")


def _decided(run: RunFacts, outcome: str, by: str, on: str) -> Judged:
    state = State(_("Approved"), "good") if outcome == "approved" else State(_("Rejected"), "bad")
    who = _("%(who)s decided on %(date)s.", who=by, date=on) if by and on else _("The decision has been made.")
    if run.state != "done":
        return Judged(state, _("%(who)s The order is being moved on.", who=who))
    moved = [sentences.said(step.summary) for step in run.steps if step.kind == "set_order_status" and step.summary]
    return Judged(state, f"{who} {moved[-1]}" if len(moved) > 1 else who)


def _answered(run: RunFacts, outcome: str) -> Judged:
    """Another answer than yes or no: what was chosen, by whom, and that it is being carried out."""
    flow = run.workflow
    state = texts.state_of(texts.OUTCOMES, outcome)
    who = _("%(who)s decided.", who=flow.decided_by) if flow and flow.decided_by else _("The decision has been made.")
    return Judged(state, who if run.state == "done" else _("%(who)s It is being carried out.", who=who))


def _product(rows: PanelRows, main: RunFacts | None) -> Judged:
    publication = next(iter(rows.publications), None)
    flow = main.workflow if main else None
    if main and flow and _is_being_decided(main):
        return Judged(State(_("Waiting for approval"), "wait"), _waiting(flow.tasks))
    if main and flow and flow.outcome and (publication is None or publication.run_id != main.id):
        return _content_decided(main, flow.outcome)
    if publication:
        return _on_sale(rows, _published(publication))
    approval = next((one for one in rows.documents if one.approval_status), None)
    if approval and approval.approval_status == "Pending":
        lead = _("“%(name)s” is being approved in OpenText. It is published once approved.", name=approval.name)
        return Judged(State(_("Waiting for approval"), "wait"), lead)
    if rows.link:
        lead = _("Authors work on the content sheet. Once it is approved, exactly that version is published here.")
        return Judged(State(_("Ready"), "good"), lead, keeps_its_word=True)
    if any(run.state in ("running", "waiting") for run in rows.runs):
        return Judged(State(_("In progress"), "busy"), _("Its launch workspace is being created."))
    return Judged(State(_("Not linked"), "none"), _("This product has no launch workspace in OpenText yet."))


def _content_decided(run: RunFacts, outcome: str) -> Judged:
    """What the latest workflow decided, until it is published; where it refused, nothing is."""
    flow = run.workflow
    if flow and outcome in ("approved", "rejected"):
        on = language.date(flow.decided_at) if flow.decided_at else ""
        who = _("%(who)s decided on %(date)s.", who=flow.decided_by, date=on) if flow.decided_by and on else ""
        state = State(_("Approved"), "good") if outcome == "approved" else State(_("Rejected"), "bad")
        return Judged(state, who or _("The decision has been made."))
    if outcome == EXPIRED:
        lead = _("The deadline passed without a decision, so nothing was published. It can be asked for again.")
        return Judged(State(_("Overdue"), "bad"), lead)
    return _answered(run, outcome)


def _published(publication: PublicationFacts) -> Judged:
    fields = publication.fields
    off = sum(one.state == FieldState.DRIFTED for one in fields)
    version = {"version": publication.version, "who": publication.approved_by}
    if publication.state == PublicationState.PUBLISHING:
        lead = _("Version %(version)s, approved by %(who)s, is being published.", **version)
        return Judged(State(_("Publishing"), "busy"), lead)
    if publication.state == PublicationState.UNDONE:
        kept = sum(one.state == FieldState.KEPT for one in fields)
        lead = _("Version %(version)s was undone; your store shows what it showed before.", **version)
        if kept:
            lead = ngettext(
                "Version %(version)s was undone. %(n)s field was left alone, because somebody changed it since.",
                "Version %(version)s was undone. %(n)s fields were left alone, because somebody changed them since.",
                kept, **version,
            )  # fmt: skip
        return Judged(State(_("Undone"), "none"), lead)
    if off:
        lead = ngettext(
            "In %(n)s field your store shows something else than was approved. You can restore it below.",
            "In %(n)s fields your store shows something else than was approved. You can restore them below.",
            off,
        )
        return Judged(State(_("Drifted"), "wait"), lead)
    lead = _("Your store shows version %(version)s, approved by %(who)s.", **version)
    return Judged(State(_("Live"), "good"), lead, keeps_its_word=True)


def _on_sale(rows: PanelRows, found: Judged) -> Judged:
    """What was published is seen by shoppers only while the product is."""
    if found.keeps_its_word and rows.snapshot and rows.snapshot.facts.get("is_visible") is False:
        lead = _("%(what)s Shoppers cannot see it, because the product is not visible.", what=found.lead)
        return Judged(State(_("Not visible"), "none"), lead, keeps_its_word=True)
    return found


def _drifted(rows: PanelRows) -> PublicationFacts | None:
    """What was published for a buyer and stands there no longer as approved."""
    live = [one for one in rows.publications if one.state == PublicationState.LIVE]
    return next((one for one in live if any(each.state == FieldState.DRIFTED for each in one.fields)), None)


def _customer(rows: PanelRows) -> Judged:
    if drifted := _drifted(rows):
        return _published(drifted)
    if rows.link:
        return _filed(_("This customer has a workspace in OpenText."))
    lead = _(
        "A workspace comes with the first review of one of this customer’s orders, or as soon as somebody creates it."
    )
    return Judged(State(_("Not linked"), "none"), lead)


def _company(rows: PanelRows) -> Judged:
    if drifted := _drifted(rows):
        return _published(drifted)
    if rows.link:
        return _filed(_("This company has a workspace in OpenText."))
    return Judged(State(_("Not linked"), "none"), _("Nothing about this company is in OpenText yet."))


def _page(rows: PanelRows) -> Judged:
    """What was published; else whether its versions are kept."""
    if rows.publications:
        return _published(rows.publications[0])
    if rows.link:
        lead = _("Every version of it is kept in OpenText as a record, with the time it was in force.")
        return Judged(State(_("Recorded"), "good"), lead)
    if any(run.state in ("running", "waiting") for run in rows.runs):
        return Judged(State(_("In progress"), "busy"), _("Its workspace is being prepared in OpenText."))
    return Judged(State(_("Not linked"), "none"), _("No version of this page is kept in OpenText yet."))


def _case(rows: PanelRows) -> Judged:
    """Its own state first; where something was published from it, what became of that."""
    if rows.snapshot is None:
        return Judged(State(_("Not known"), "none"), _("This case is being looked up."))
    facts = rows.snapshot.facts
    if rows.publications and facts.get("state") != "closed":
        return _published(rows.publications[0])
    word = {"open": State(_("Open"), "wait"), "decided": State(_("Decided"), "good")}.get(
        str(facts.get("state")), State(_("Closed"), "none")
    )
    lead = _("Its documents and decisions are in OpenText.") if rows.link else ""
    return Judged(word, sentences.said(str(facts.get("outcome") or "")) or lead)


def stages(rows: PanelRows, main: RunFacts | None) -> tuple[Stage, ...]:
    """The way of an order under review or of a product's content, as few stops people know by name."""
    if rows.object_type == "order" and main and progress.is_review(main):
        return _review_stages(main)
    undone = rows.publications and rows.publications[0].state == PublicationState.UNDONE
    if rows.object_type == "product" and rows.link and not undone:
        return _launch_stages(rows)
    return ()


def _review_stages(run: RunFacts) -> tuple[Stage, ...]:
    waited = next((step.seq for step in run.steps if step.kind == "await_decision"), 10_000)
    groups = (
        (_("Held"), [step for step in run.steps if step.kind == "set_order_status" and step.seq < waited]),
        (_("Filed"), [s for s in run.steps if s.kind not in ("set_order_status", "start_workflow") and s.seq < waited]),
        (_("In review"), [step for step in run.steps if step.kind in progress.DECISION_STEPS]),
        (_("Decided"), [step for step in run.steps if step.seq > waited]),
    )
    return tuple(Stage(title, _stage_status(run, steps)) for title, steps in groups)


def _stage_status(run: RunFacts, steps: list[StepFacts]) -> str:
    if steps and all(step.status in progress.ENDED for step in steps):
        return "done"
    current = progress.open_step(run)
    if current is None or current not in steps:
        return "ahead"
    return "problem" if current.error_code else "now"


def _launch_stages(rows: PanelRows) -> tuple[Stage, ...]:
    publication = next(iter(rows.publications), None)
    approved = publication or any(one.approval_status == "Approved" for one in rows.documents)
    is_live = publication is not None and publication.state == PublicationState.LIVE
    run = next((one for one in rows.runs if publication and one.id == publication.run_id), None)
    evidence = progress.step_of(run, "file_evidence") if run else None
    flags = (
        (_("Workspace"), True),
        (_("Approved"), bool(approved)),
        (_("Published"), is_live),
        (_("Evidence filed"), bool(evidence and evidence.status == "done")),
    )
    seen_gap = False
    found = []
    for title, is_done in flags:
        found.append(Stage(title, "done" if is_done else "ahead" if seen_gap else "now"))
        seen_gap = seen_gap or not is_done
    return tuple(found)
