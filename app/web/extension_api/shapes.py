"""The panel as an extension shows it: plain JSON of words that are ready to be read, never of codes.

Moments come as the reader writes them. Nothing is in here that the page of the same object would not show its reader.
"""

from datetime import datetime
from typing import Any

from app.db.panel_facts import PanelRows, RunFacts
from app.domain.rights import Look
from app.engine.deciding.tasks import LONGEST_COMMENT, Act, Held, Option
from app.web import display, language, sentences
from app.web.language import _, ngettext
from app.web.panel import decisions
from app.web.panel.access import Access
from app.web.panel.cases import CaseView
from app.web.panel.flows import Flow, TaskView
from app.web.panel.progress import RunView
from app.web.panel.views import DocumentView, OrderLine, PanelView, WorkflowView
from app.web.panel.why import Link
from app.web.texts import N_, State

JSON = dict[str, Any]
MOST_ORDERS = 10
UNKNOWN: dict[str, tuple[str, str]] = {
    Look.ASKING: (
        N_("OpenText takes its time"), N_("What you may see appears here as soon as it has said so. Nothing is lost.")
    ),
    Look.SILENT: (
        N_("OpenText cannot say now what you may see"), N_("So nothing of it is shown. Nothing is lost.")
    ),
    Look.SIGN_IN: (
        N_("Sign in to OpenText"),
        N_("Documents, records and decisions are shown as far as you may see them in OpenText. Sign in there once, in "
           "this app’s own pages; then they are shown here."),
    ),
}  # fmt: skip
LONGEST_SUMMARY = 30  # what a collapsed block has room for
AGAIN, AGAIN_UNKNOWN = 2, 60  # seconds to the next look: while OpenText is asked; where it cannot say who may see what
NOT_YET: JSON = {"is_asking": True, "again": AGAIN}  # OpenText is still being asked; the same again brings its answer
REVIEW, WORKSPACE, RECHECK = "review", "workspace", "recheck"
SAID_WHEN_HIDDEN = ("documents", "workspace", "records", "workflow")  # what the panel has a place for


def panel(view: PanelView, rows: PanelRows, access: Access) -> JSON:
    """Everything about one object."""
    knows = access.is_known
    return {
        "kind": view.kind,
        "id": view.object_id,
        "title": display.short(view.title),
        "subtitle": [display.short(part) for part in view.subtitle],
        **summary(view, rows, access),
        "lead": view.lead,
        "workspace": _workspace(view) if knows else None,
        "as_of": _as_of(view, rows),
        "banners": _banners(view, access),
        "stages": [{"title": one.title, "status": one.status} for one in view.stages],
        "notes": [_note(one.text, one.why) for one in (*view.asks, *view.answers)],
        "offer": _offer(view, access),
        "work": [_work(run) for run in view.current],
        "documents": [_document(one) for one in view.documents] if knows else [],
        "missing": list(missing(rows)) if knows else [],
        "decision": _decision(view.workflow, access) if view.workflow and _sees_workflow(access) else None,
        "workflows": [_flow(one, access) for one in view.flows] if knows else [],
        "cases": [_case(one) for one in view.cases] if knows else [],
        "orders": [_order(one) for one in view.orders[:MOST_ORDERS]],
        "notes_in_store": [{"by": by, "text": display.clean(text, 1000)} for by, text in view.notes],
        "questions": [{"title": one.title, "chain": [_link(link) for link in one.chain]} for one in view.questions],
        "why": {"reasons": list(view.why_reasons), "chain": [_link(one) for one in view.why_chain]},
        "access": {
            "look": access.look,
            "refusal": access.refusal if not knows or access.hides(*SAID_WHEN_HIDDEN) else "",
            "can_upload": access.can_upload,
        },
        "refresh": _refresh(view, access),
        "digest": view.digest,
    }


def summary(view: PanelView, rows: PanelRows, access: Access) -> JSON:
    """The one line of a collapsed block, and whether there is anything to say at all."""
    parts = [_in_short(view, rows), view.state.word] if access.is_known else [view.state.word]
    return {
        "summary": in_short(*parts),
        "shows": access.look == Look.ASKING or _has_something(view, access),
        "state": _state(view.state),
        "is_unread": _is_unread(view, rows),
        "is_stale": view.is_stale,
    }


def _is_unread(view: PanelView, rows: PanelRows) -> bool:
    """Nobody has read it from the store yet, and somebody can."""
    return view.as_of is None and rows.shop.state == "installed"


def _as_of(view: PanelView, rows: PanelRows) -> str:
    """How old what is shown is: a time of the clock, for these words stand there until the next look. The line is
    there before it has a time, so that nothing moves when it gets one."""
    if view.as_of is None:
        return _("Not read from your store yet") if _is_unread(view, rows) else ""
    words = _("OpenText as of") if view.workspace else _("Your store as of")
    return f"{words} {language.clock(view.as_of)}"


def _refresh(view: PanelView, access: Access) -> int:
    """Seconds until the next look; 0 for never."""
    if access.look == Look.ASKING:
        return AGAIN
    return view.refresh if access.is_known else view.refresh or AGAIN_UNKNOWN


def _banners(view: PanelView, access: Access) -> list[JSON]:
    """What stands above everything, and why nothing of OpenText is shown where nothing is."""
    found = [{"tone": one.tone, "title": one.title, "text": one.text} for one in view.banners]
    if access.look in UNKNOWN:
        title, text = UNKNOWN[access.look]
        found.append({"tone": "wait", "title": _(title), "text": _(text)})
    return found


def in_short(*parts: str) -> str:
    """The parts on one line of at most 30 characters; the last one gives way."""
    line = " · ".join(part for part in parts if part)
    return line if len(line) <= LONGEST_SUMMARY else f"{line[: LONGEST_SUMMARY - 1].rstrip(' ·')}…"


def _in_short(view: PanelView, rows: PanelRows) -> str:
    """Of a buyer their open cases come first: that is what whoever answers them asks for."""
    cases = sum(one.is_open for one in view.cases)
    if view.kind == "customer" and cases:
        return ngettext("%(n)s open case", "%(n)s open cases", cases)
    return _documents_in_short(view, rows)


def _documents_in_short(view: PanelView, rows: PanelRows) -> str:
    here, lacking = len(view.documents), len(missing(rows))
    if lacking:
        return _("%(n)s of %(all)s docs", n=here, all=here + lacking)
    return ngettext("%(n)s doc", "%(n)s docs", here) if here else ""


def missing(rows: PanelRows) -> tuple[str, ...]:
    """Documents somebody was asked for that are not in the workspace yet, by their type's name."""
    asked = next((run.facts.get("missing_documents") for run in rows.runs if _waits_for_documents(run)), None)
    names = [str(name) for name in asked] if isinstance(asked, list) else []
    there = {str(kind).casefold() for one in rows.documents for kind in one.traits.types or ()}
    return tuple(display.short(name) for name in names if name.casefold() not in there)


def _waits_for_documents(run: RunFacts) -> bool:
    return run.state in ("running", "waiting") and bool(run.facts.get("missing_documents"))


def _has_something(view: PanelView, access: Access) -> bool:
    can_begin = view.offer is not None and not view.offer.why_not and (access.can_review or access.can_create)
    return bool(view.workspace or view.current or view.cases or view.asks or view.orders or can_begin)


def _workspace(view: PanelView) -> JSON | None:
    if view.workspace is None:
        return None
    return {"name": display.short(view.workspace.name), "url": view.workspace_url}


def _offer(view: PanelView, access: Access) -> JSON | None:
    """What a person may begin here; said without a button to those who may not."""
    found = view.offer
    if found is None:
        return None
    what = REVIEW if found.endpoint == "panel.review" else WORKSPACE
    may = access.can_review if what == REVIEW else access.can_create
    return {
        "title": found.title,
        "what": list(found.what),
        "button": found.button if may and not found.why_not else "",
        "request": what,
        "why_not": found.why_not,
    }


def _note(text: str, why: str) -> JSON:
    return {"text": text, "why": why}


def _work(run: RunView) -> JSON:
    return {"title": display.short(run.title), "state": _state(run.state)}


def _document(one: DocumentView) -> JSON:
    told = [
        one.folder,
        _("version %(n)s", n=one.version) if one.version else "",
        language.size(one.size) if one.size else "",
        language.date(one.filed_at) if one.filed_at else "",
    ]
    delivery = one.delivery
    return {
        "id": one.id,
        "name": display.short(one.name, 200),
        "kind": one.kind,
        "url": one.url,
        "about": [display.short(part) for part in told if part],
        "record": display.short(one.record),
        "retention": display.short(one.retention, 300),
        "holds": [_("On hold: %(name)s", name=display.short(hold, 80)) if hold else _("On hold") for hold in one.holds],
        "approval": _state(one.approval) if one.approval else None,
        "delivery": {"word": f"{delivery.way}: {delivery.end}", "tone": delivery.tone} if delivery else None,
    }


def _sees_workflow(access: Access) -> bool:
    return access.is_known and not access.hides("workflow")


def _decision(flow: WorkflowView, access: Access) -> JSON:
    return {
        "state": _state(flow.state),
        "tasks": [_task(one, access) for one in flow.tasks],
        "by": display.short(flow.decided_by),
        "at": _moment(flow.decided_at),
        "comment": display.short(flow.comment, 1000),
        "trail": [_link(one) for one in flow.trail],
    }


def _flow(one: Flow, access: Access) -> JSON:
    return {
        "name": display.short(one.name),
        "engine": one.engine,
        "state": _state(one.state),
        "tasks": [_task(task, access) for task in one.tasks],
        "url": one.url,
        "by": display.short(one.ended_by),
        "at": _moment(one.ended_at),
        "comment": display.short(one.comment, 1000),
    }


def _task(one: TaskView, access: Access) -> JSON:
    """`decide` names the task at our door, where this person may be let in."""
    return {
        "decide": one.ref if one.ref in access.decidable else "",
        "name": display.short(one.name), "who": display.short(one.who), "due": _moment(one.due_at),
        "is_overdue": one.is_overdue,
    }  # fmt: skip


def open_task(held: Held, acts: tuple[Act, ...], url: str) -> JSON:
    """A task with its buttons. `options` end it, `acts` do something else with it; `url` leads to OpenText."""
    return {
        "ref": held.ref,
        "name": display.short(sentences.said(held.name)),
        "who": display.short(decisions.holder(held)),
        "due": _moment(decisions.due(held)),
        "options": [] if held.is_lent else [_option(one) for one in held.options],
        "acts": [{"act": one.value, "label": decisions.act_words(one)} for one in acts],
        "has_more": held.has_more,
        "longest": LONGEST_COMMENT,
        "url": display.web_url(url),
    }


def _option(one: Option) -> JSON:
    return {
        "press": f"{Act.DECIDE.value}:{one.value}", "label": display.short(decisions.label(one), 60),
        "tone": decisions.tone(one), "asks_back": one.asks_back,
    }  # fmt: skip


def _order(one: OrderLine) -> JSON:
    return {
        "id": one.object_id, "name": display.short(one.name), "total": one.total, "state": _state(one.state),
        "in_store": display.short(one.in_store, 60), "url": one.url, "at": language.date(one.started_at),
    }  # fmt: skip


def _case(one: CaseView) -> JSON:
    return {
        "id": one.id, "name": display.short(one.name), "state": _state(one.state), "text": display.short(one.text, 300),
        "reason": display.short(one.reason), "amount": one.amount, "url": one.url, "due": _moment(one.due_at),
        "is_overdue": one.is_overdue, "is_open": one.is_open,
    }  # fmt: skip


def _link(one: Link) -> JSON:
    return {
        "label": one.label, "text": display.short(one.text, 300), "at": _moment(one.at), "who": display.short(one.who),
        "quote": display.short(one.quote, 1000), "url": display.web_url(one.url),
    }  # fmt: skip


def _state(state: State) -> JSON:
    return {"word": state.word, "tone": state.tone}


def _moment(value: datetime | None) -> str:
    return language.moment(value) if value else ""
