"""Everything that happened about an object, on both sides, in one list: what, when, who, and where it was.

Made from the rows of the panel alone, as far as this reader may see them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.db.panel_facts import BuyerLinkFacts, DocumentFacts, PanelRows, PublicationFacts, RunFacts
from app.domain.cases import CaseState
from app.web import sentences, texts
from app.web.display import web_url
from app.web.language import _
from app.web.panel import progress, why
from app.web.texts import N_

MOST = 200
SIDES = {"store": N_("Store"), "opentext": "OpenText", "people": N_("People"), "us": "Storefront ECM"}
EVENTS = {"person": "people", "store": "store", "reconcile": "us", "clock": "us", "import": "us"}
STORE_STEPS = frozenset({
    "set_order_status", "publish_content", "publish_compliance", "publish_page", "publish_prices", "publish_terms",
    "publish_due", "end_publication", "undo_publication", "restore_fields", "set_visibility", "refund", "add_note",
    "mark_in_store", "link_in_store", "set_up_store",
})  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `side`: store, opentext, people or us. `quote` is what a person wrote."""

    at: datetime
    side: str
    text: str
    who: str = ""
    quote: str = ""
    url: str = ""
    run_id: str = ""

    @property
    def where(self) -> str:
        return _(SIDES[self.side])


def entries(rows: PanelRows) -> tuple[Entry, ...]:
    """The latest first."""
    found = [one for run in rows.runs for one in _of_run(run)]
    found += [one for publication in rows.publications for one in _of_publication(publication)]
    found += [one for document in rows.documents for one in _of_document(document)]
    found += [one for link in rows.links for one in _of_link(link)]
    for case in rows.cases:
        if case.opened_at:
            word = _("%(name)s was opened.", name=sentences.said(case.title) or case.number)
            ended = sentences.said(case.outcome) if case.state == CaseState.CLOSED.value else ""
            found.append(Entry(case.opened_at, "people", word, quote=ended))
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:MOST])


def _of_run(run: RunFacts) -> Iterator[Entry]:
    if run.event:
        event = why.event(run.event)
        side = EVENTS.get(run.event.source, "opentext")
        yield Entry(run.event.received_at, side, event.text, event.who, "; ".join(why.reasons(run)), run_id=run.id)
    for step in run.steps:
        if step.ended_at and step.status in progress.ENDED and step.kind != "await_decision":
            text = sentences.said(step.summary) or texts.step_title(step.kind, step.params)
            side = "store" if step.kind in STORE_STEPS else "opentext" if step.kind in texts.OPENTEXT_STEPS else "us"
            yield Entry(step.ended_at, side, text, run_id=run.id)
    yield from _of_trail(run)


def _of_trail(run: RunFacts) -> Iterator[Entry]:
    """Every decision of the workflow; where its history is not known, the last."""
    trail = [one for one in why.trail(run) if one.at]
    for one in trail:
        assert one.at is not None  # noqa: S101  # chosen above
        yield Entry(one.at, "opentext", f"{one.label}: {one.text}", one.who, one.quote, run_id=run.id)
    flow = run.workflow
    if flow and flow.outcome and flow.decided_at and not trail:
        word = texts.state_of(texts.OUTCOMES, flow.outcome).word
        yield Entry(flow.decided_at, "opentext", word, flow.decided_by, flow.comment, run_id=run.id)


def _of_publication(one: PublicationFacts) -> Iterator[Entry]:
    named = {"name": one.document_name, "version": one.version}
    if one.approved_at:
        text = _("“%(name)s”, version %(version)s, was approved.", **named)
        yield Entry(one.approved_at, "opentext", text, one.approved_by, url=web_url(one.document_url))
    if one.published_at:
        yield Entry(one.published_at, "store", _("“%(name)s”, version %(version)s, went live.", **named))
    if one.undone_at:
        yield Entry(one.undone_at, "store", _("“%(name)s”, version %(version)s, was undone.", **named))


def _of_document(one: DocumentFacts) -> Iterator[Entry]:
    """What others filed; our own papers are told by their steps."""
    if one.modified_at and not one.filed_by_us:
        text = _("“%(name)s”, version %(version)s, was filed.", name=one.name, version=one.version)
        yield Entry(one.modified_at, "opentext", text, url=web_url(one.url))


def _of_link(one: BuyerLinkFacts) -> Iterator[Entry]:
    what = ", ".join(one.wanted) or _("documents to read")
    if one.created_at:
        yield Entry(one.created_at, "people", _("A link was made for the buyer: %(what)s.", what=what))
    if one.opened_at:
        yield Entry(one.opened_at, "people", _("The buyer opened the link: %(what)s.", what=what))
