"""The chain behind what is shown: event → scenario → document → decision → action, with people and times."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db.panel_facts import EventFacts, PublicationFacts, RunFacts, StepFacts
from app.web import texts
from app.web.language import _, parse_moment

BY_HAND = frozenset({"Asked for by hand", "always"})
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


def reasons(run: RunFacts) -> tuple[str, ...]:
    """Why the run was opened, as sentences for a merchant."""
    return tuple(one for one in run.reasons if one not in BY_HAND)


def chain(run: RunFacts, publication: PublicationFacts | None = None) -> tuple[Link, ...]:
    """Everything that led from an event to what was done, as far as it has come. `publication`: what it published."""
    links = [_event(run.event)] if run.event else []
    links.append(Link(_("Rule"), texts.scenario(run.scenario), run.started_at))
    links += [_document(run, name, one) for name, one in _documents(run) if name != "approval_record"]
    links += _approval(publication) if publication else _decision(run)
    links += [_action(step) for step in _actions(run)]
    return tuple(links)


def _event(event: EventFacts) -> Link:
    if event.source == "person":
        asked = _(texts.REQUESTS.get(event.request, "Somebody asked for something here"))
        return Link(_("Event"), asked, event.received_at, who=event.person)
    words = _(texts.TOPICS.get(event.topic, event.topic))
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


def _actions(run: RunFacts) -> list[StepFacts]:
    """What was changed in the store: after the decision where there is one, else wherever it was written."""
    waited = next((step.seq for step in run.steps if step.kind == "await_decision"), 0)
    kinds = ("set_order_status", "publish_content", "undo_publication", "restore_fields")
    return [step for step in run.steps if step.seq > waited and step.kind in kinds and step.status == "done"]


def _action(step: StepFacts) -> Link:
    return Link(_("Action"), step.summary or texts.step_title(step.kind, step.params), step.ended_at)


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
