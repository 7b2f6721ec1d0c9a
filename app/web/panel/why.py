"""The chain behind what is shown: event → scenario → document → decision → action, with people and times."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db.panel_facts import EventFacts, PublicationFacts, RunFacts, StepFacts
from app.web import sentences, texts
from app.web.language import _, parse_moment

BY_HAND = frozenset({texts.N_("Asked for by a person"), texts.N_("always")})
CHANGES = (
    "set_order_status", "publish_content", "publish_compliance", "publish_page", "publish_prices", "publish_terms",
    "publish_tax_exemption",
    "publish_due", "end_publication", "undo_publication", "restore_fields", "set_visibility", "refund", "place_hold",
    "release_hold",
)  # fmt: skip
FILED_BY = {"content_sheet": "file_content_sheet", "evidence": "file_evidence"}


@dataclass(frozen=True)
class Link:
    """One link of the chain. `quote` is what a person wrote; `url` leads to the thing itself."""

    label: str
    text: str
    at: datetime | None = None
    who: str = ""
    quote: str = ""
    url: str = ""


@dataclass(frozen=True)
class Question:
    """One thing people ask about, and the chain that answers it."""

    title: str
    chain: tuple[Link, ...]


# What is asked about -> the steps that make it so. The newest run that did one of them answers; for a workspace the
# first, for it was that run that made it.
ASKED = (
    (texts.N_("Why this status?"), ("set_order_status",)),
    (texts.N_("Why is it on hold in OpenText?"), ("place_hold", "release_hold")),
    (texts.N_("Why these prices?"), ("publish_prices", "publish_due", "end_publication")),
    (texts.N_("Why this group and these terms?"), ("publish_terms", "publish_tax_exemption")),
    (texts.N_("Why is it on or off sale?"), ("set_visibility",)),
    (texts.N_("Why this mark?"), ("mark_in_store",)),
)
WORKSPACE = (texts.N_("Why is there a workspace?"), ("ensure_workspace",))


def questions(runs: tuple[RunFacts, ...], publications: tuple[PublicationFacts, ...]) -> tuple[Question, ...]:
    """What can be asked of an object, newest knowledge first. `runs` newest first, as a panel has them."""
    found = [_question(title, kinds, runs, publications) for title, kinds in ASKED]
    found.append(_question(*WORKSPACE, runs[::-1], publications))
    return tuple(one for one in found if one is not None)


def _question(
    title: str, kinds: tuple[str, ...], runs: tuple[RunFacts, ...], publications: tuple[PublicationFacts, ...]
) -> Question | None:
    run = next((one for one in runs if any(_did(step, kinds) for step in one.steps)), None)
    if run is None:
        return None
    return Question(_(title), chain(run, published_by(publications, run), kinds))


def _did(step: StepFacts, kinds: tuple[str, ...]) -> bool:
    return step.kind in kinds and step.status == "done"


def published_by(publications: tuple[PublicationFacts, ...], run: RunFacts) -> PublicationFacts | None:
    """What the run published, undid or restored."""
    named = run.facts.get("publication")
    known = {run.facts.get("publication_id"), named.get("id") if isinstance(named, dict) else None}
    return next((one for one in publications if one.run_id == run.id or one.id in known), None)


def reasons(run: RunFacts) -> tuple[str, ...]:
    """Why the run was opened, as sentences for a merchant."""
    return tuple(sentences.said(one) for one in run.reasons if one not in BY_HAND)


def chain(run: RunFacts, publication: PublicationFacts | None = None, kinds: tuple[str, ...] = ()) -> tuple[Link, ...]:
    """Everything that led from an event to what was done, as far as it has come. `publication`: what it published.

    `kinds`: the steps that are asked about; those that came before the decision stand before it.
    """
    links = [event(run.event)] if run.event else []
    said = "; ".join(reasons(run)) if kinds else ""
    links.append(Link(_("Rule"), texts.scenario(run.scenario), run.started_at, quote=said))
    links += [_action(step) for step in run.steps if step.seq < _waited(run) and _did(step, kinds)]
    links += [_document(run, name, one) for name, one in _documents(run) if name != "approval_record"]
    links += _approval(publication) if publication else _decision(run)
    links += [_action(step) for step in _actions(run, kinds)]
    return tuple(links)


def event(event: EventFacts) -> Link:
    if event.source == "person":
        asked = _(texts.REQUESTS.get(event.request, "Somebody asked for something here"))
        return Link(_("Event"), asked, event.received_at, who=event.person)
    words = _(texts.REQUESTS.get(event.request) or texts.TOPICS.get(event.topic, event.topic))
    return Link(_("Event"), words, event.received_at, who=_(texts.SOURCES.get(event.source, event.source)))


def _documents(run: RunFacts) -> list[tuple[str, dict[str, Any]]]:
    found = run.facts.get("documents")
    return list(found.items()) if isinstance(found, dict) else []


def _document(run: RunFacts, name: str, document: dict[str, Any]) -> Link:
    filed_at = next((step.ended_at for step in run.steps if _filed(step, name)), None)
    return Link(_("Document"), str(document.get("name") or name), filed_at, url=str(document.get("url") or ""))


def _filed(step: StepFacts, name: str) -> bool:
    if step.kind == "file_paper":
        return name == (step.params.get("document") or step.params.get("paper"))
    return step.kind == FILED_BY.get(name)


def _decision(run: RunFacts) -> list[Link]:
    workflow = run.workflow
    if workflow is None or not workflow.outcome:
        return []
    word = texts.state_of(texts.OUTCOMES, workflow.outcome).word
    return [Link(_("Decision"), word, workflow.decided_at, who=workflow.decided_by, quote=workflow.comment)]


def _approval(publication: PublicationFacts) -> list[Link]:
    """The document and who approved exactly that version of it."""
    name = _("%(name)s, version %(version)s", name=publication.document_name, version=publication.version)
    approved = Link(_("Decision"), _("Approved"), publication.approved_at, who=publication.approved_by)
    return [Link(_("Document"), name, url=publication.document_url), approved]


def _waited(run: RunFacts) -> int:
    return next((step.seq for step in run.steps if step.kind == "await_decision"), 0)


def _actions(run: RunFacts, kinds: tuple[str, ...]) -> list[StepFacts]:
    """What was changed: after the decision where there is one, else wherever it was written."""
    waited, wanted = _waited(run), kinds or CHANGES
    return [step for step in run.steps if step.seq > waited and _did(step, wanted)]


def _action(step: StepFacts) -> Link:
    return Link(_("Action"), sentences.said(step.summary) or texts.step_title(step.kind, step.params), step.ended_at)


def trail(run: RunFacts) -> tuple[Link, ...]:
    """Who did what in the workflow, from its history."""
    decision = run.facts.get("decision")
    entries = decision.get("trail", []) if isinstance(decision, dict) else []
    return tuple(
        Link(
            str(entry.get("task") or ""),
            texts.state_of(texts.OUTCOMES, str(entry["outcome"])).word if entry.get("outcome") else _("Done"),
            parse_moment(entry.get("ended_at")),
            who=str(entry.get("who") or ""),
            quote=str(entry.get("comment") or ""),
        )
        for entry in entries
        if isinstance(entry, dict)
    )
