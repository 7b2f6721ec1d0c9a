"""View models of the panels: plain values a template prints, made from local rows only."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.db.panel_facts import (
    DocumentFacts,
    LinkFacts,
    OrderOfCustomer,
    PanelRows,
    RequestFacts,
    RunFacts,
    TermsFacts,
)
from app.db.types import utc_now
from app.domain.rights import Sight
from app.web import language, sentences, texts
from app.web.display import web_url
from app.web.language import _
from app.web.panel import cases, completeness, deliveries, flows, offers, pictures, progress, states, subjects, why
from app.web.panel.cases import CaseView
from app.web.panel.completeness import Lacking
from app.web.panel.deliveries import DeliveryLine
from app.web.panel.flows import Flow, TaskView
from app.web.panel.offers import Offer
from app.web.panel.pictures import Picture
from app.web.panel.progress import RunView
from app.web.panel.states import Stage
from app.web.panel.subjects import Neighbour
from app.web.panel.why import Link, Question
from app.web.texts import State

FAST, SLOW = 3, 20  # seconds between looks: while we work; while people decide
SEES_ALL = Sight()
STALE_AFTER = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(minutes=10)
SILENT_AFTER = timedelta(seconds=30)  # one lost answer is nothing people need to know of


@dataclass(frozen=True)
class Banner:
    """One sentence above everything. `action` names a link the template knows: settings, home or nothing."""

    tone: str
    title: str
    text: str
    action: str = ""


@dataclass(frozen=True)
class WorkflowView:
    """Where the decision stands."""

    state: State
    tasks: tuple[TaskView, ...]
    decided_by: str
    decided_at: datetime | None
    comment: str
    found_by: str
    started_at: datetime
    seen_at: datetime
    trail: tuple[Link, ...]
    picture: Picture | None = None
    attached: tuple[tuple[str, str], ...] = ()  # (our id, name) of what went along and the reader sees


@dataclass(frozen=True)
class DocumentView:
    """One document with what people ask about it. `id` is ours."""

    id: str
    name: str
    folder: str
    version: int
    size: int
    kind: str
    url: str
    filed_at: datetime | None
    record: str
    retention: str
    holds: tuple[str, ...]
    approval: State | None
    approval_version: int | None
    delivery: DeliveryLine | None = None
    reported: State | None = None  # what Content Server says of it, where something is
    valid_until: datetime | None = None


@dataclass(frozen=True)
class Ask:
    """A request of a person, and why it waits or what came of it."""

    text: str
    at: datetime | None
    why: str


@dataclass(frozen=True)
class OrderLine:
    """One order in a customer's list."""

    object_id: str
    name: str
    total: str
    started_at: datetime
    url: str
    state: State
    in_store: str = ""


@dataclass(frozen=True)
class PanelView:
    """What every panel has. `refresh` is in seconds, 0 for never; `digest` changes whenever anything shown does."""

    kind: str
    object_id: str
    title: str
    state: State
    lead: str
    subtitle: tuple[str, ...]
    as_of: datetime | None
    workspace: LinkFacts | None
    workspace_url: str
    customer: LinkFacts | None
    customer_url: str
    above: tuple[str, str]  # (kind, id) of that customer, or of the company a customer buys for
    banners: tuple[Banner, ...]
    stages: tuple[Stage, ...]
    asks: tuple[Ask, ...]
    answers: tuple[Ask, ...]
    offer: Offer | None
    current: tuple[RunView, ...]
    earlier: tuple[RunView, ...]
    why_reasons: tuple[str, ...]
    why_chain: tuple[Link, ...]
    questions: tuple[Question, ...]
    workflow: WorkflowView | None
    flows: tuple[Flow, ...]
    flows_unknown: str
    documents: tuple[DocumentView, ...]
    lacking: Lacking
    orders: tuple[OrderLine, ...]
    notes: tuple[tuple[str, str], ...]
    cases: tuple[CaseView, ...]
    terms: tuple[TermsFacts, ...]
    openings: tuple[tuple[str, str], ...]
    around: tuple[Neighbour, ...]
    refresh: int
    is_stale: bool
    digest: str
    has_several: bool = False  # workspaces, and nobody has said which one is meant


def panel(rows: PanelRows, orders: tuple[OrderOfCustomer, ...] = (), sight: Sight = SEES_ALL) -> PanelView:
    """The view of one object's rows. Call after `language.read_in` with the store's zone."""
    main = states.leading_run(rows)
    found = states.judge(rows, main, sight)
    runs = tuple(progress.run_view(run) for run in rows.runs)
    current = tuple(run for run in runs if not run.is_over) or runs[:1]
    facts = rows.snapshot.facts if rows.snapshot else {}
    return PanelView(
        kind=rows.object_type,
        object_id=rows.object_id,
        title=subjects.title(rows),
        state=found.state,
        lead=found.lead,
        subtitle=subjects.subtitle(rows.object_type, facts),
        as_of=_as_of(rows),
        workspace=rows.link,
        workspace_url=web_url(rows.link.url) if rows.link else "",
        customer=rows.customer_link,
        customer_url=web_url(rows.customer_link.url) if rows.customer_link else "",
        above=subjects.above(rows),
        banners=_banners(rows),
        stages=states.stages(rows, main),
        asks=_asks(rows),
        answers=_answers(rows),
        offer=offers.offer(rows, is_asked=any(one.request != "recheck" for one in _open(rows))),
        current=current,
        earlier=tuple(run for run in runs if run not in current),
        why_reasons=why.reasons(main) if main else (),
        why_chain=why.chain(main, why.published_by(rows.publications, main)) if main else (),
        questions=why.questions(rows.runs, rows.publications),
        workflow=_workflow(main, rows),
        flows=flows.flows(rows, main),
        flows_unknown=flows.unknown(rows),
        documents=tuple(document(rows, one) for one in rows.documents),
        lacking=completeness.lacking(rows, sight),
        orders=tuple(_order_line(one) for one in orders),
        notes=subjects.notes(facts),
        cases=tuple(cases.case_view(one) for one in rows.cases),
        terms=rows.terms,
        openings=cases.openings(rows),
        around=subjects.around(rows),
        refresh=_refresh(rows),
        is_stale=_is_stale(rows),
        digest=_digest(rows, orders),
        has_several=any(_waits_for_choice(run) for run in rows.runs),
    )


def _waits_for_choice(run: RunFacts) -> bool:
    return run.state == "quarantined" and any(
        step.error_code == "several_workspaces" and step.status == "quarantined" for step in run.steps
    )


def _digest(rows: PanelRows, orders: tuple[OrderOfCustomer, ...]) -> str:
    """That somebody asks OpenText behind the page shows nowhere: only what comes of it is sent again."""
    shown = replace(rows, requests=tuple(one for one in rows.requests if one.request != "recheck"))
    told = (shown, orders, _refresh(rows), is_silent(rows))
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _as_of(rows: PanelRows) -> datetime | None:
    """When OpenText last answered about it; before there is a workspace, when the store did."""
    seen = [rows.link.seen_at] if rows.link else []
    seen += [run.workflow.seen_at for run in rows.runs if run.workflow]
    if not seen and rows.snapshot:
        seen = [rows.snapshot.seen_at]
    return max(seen, default=None)


def _banners(rows: PanelRows) -> tuple[Banner, ...]:
    found = []
    if rows.snapshot and rows.snapshot.is_gone and not subjects.is_missing(rows):
        text = _("Your store no longer has it. What was filed in OpenText stays.")
        found.append(Banner("wait", _("Deleted in your store"), text))
    if rows.shop.state == "needs_reauth":
        text = _("We can read and change nothing in your store until somebody opens the app from the store again.")
        found.append(Banner("bad", _("The connection to your store has to be renewed"), text))
    if not rows.shop.opentext_state:
        text = _("Connect it once, then workspaces, documents and reviews appear here by themselves.")
        found.append(Banner("wait", _("OpenText is not connected yet"), text, "settings"))
    elif rows.shop.opentext_state == "needs_reauth":
        text = sentences.said(rows.shop.pause_reason) or _("It no longer accepts our credentials.")
        found.append(Banner("bad", _("The connection to OpenText has to be renewed"), text, "settings"))
    elif is_silent(rows):
        found.append(Banner("wait", _("OpenText is not answering right now"), _silence(rows)))
    return tuple(found)


def _silence(rows: PanelRows) -> str:
    since, as_of = rows.shop.opentext_silent_since, _as_of(rows) if rows.link else None
    if since and as_of:
        return _(
            "OpenText has not answered since %(since)s; what you see is from %(as_of)s. Nothing is lost: everything on "
            "its way waits and goes on by itself.",
            since=language.clock(since), as_of=language.clock(as_of),
        )  # fmt: skip
    if since:
        return _(
            "OpenText has not answered since %(since)s. Nothing is lost: everything on its way goes on by itself.",
            since=language.clock(since),
        )
    return _("You see what we last knew. Everything on its way waits and goes on by itself; nothing is lost.")


def is_silent(rows: PanelRows) -> bool:
    if rows.shop.opentext_silent_since and utc_now() - rows.shop.opentext_silent_since > SILENT_AFTER:
        return True
    if progress.opentext_is_silent(rows.runs):
        return True
    return any(one.reason.partition(":")[0] in texts.NO_ANSWER for one in _open(rows))


def _open(rows: PanelRows) -> tuple[RequestFacts, ...]:
    return tuple(one for one in rows.requests if one.state in ("accepted", "planned"))


def _asks(rows: PanelRows) -> tuple[Ask, ...]:
    return tuple(
        Ask(_asked(one), one.received_at, texts.reason(one.reason)) for one in _open(rows) if one.request != "recheck"
    )


def _asked(one: RequestFacts) -> str:
    """What was asked for; a file that came in is no request with a name."""
    return _(texts.REQUESTS.get(one.request, one.request)) if one.request else _("A file that came in is filed")


def _answers(rows: PanelRows) -> tuple[Ask, ...]:
    """What somebody asked for a moment ago and nothing came of: said, so that nobody waits for it."""
    return tuple(
        Ask(_asked(one), one.received_at, texts.reason(one.reason))
        for one in rows.requests
        if one not in _open(rows) and one.request != "recheck" and one.reason != "planned"
    )


def _order_line(order: OrderOfCustomer) -> OrderLine:
    table, key = (texts.OUTCOMES, order.outcome) if order.outcome else (texts.RUN_STATES, order.state)
    total = language.money(order.facts.get("total"))
    state = texts.state_of(table, key)
    in_store = str(order.facts.get("status_label") or "")
    return OrderLine(
        order.object_id, order.name, total, order.started_at, web_url(order.workspace_url), state, in_store
    )


def _workflow(run: RunFacts | None, rows: PanelRows) -> WorkflowView | None:
    if run is None or run.workflow is None:
        return None
    flow = run.workflow
    tasks = flows.tasks(flow.tasks, "workflow_service", flow.instance_id)
    word = texts.state_of(texts.OUTCOMES, flow.outcome) if flow.outcome else State(_("Waiting for a decision"), "wait")
    return WorkflowView(
        word, tasks, flow.decided_by, flow.decided_at, flow.comment, flow.found_by, flow.started_at,
        flow.seen_at, why.trail(run), pictures.picture(run), decided_about(run, rows),
    )  # fmt: skip


def decided_about(run: RunFacts, rows: PanelRows) -> tuple[tuple[str, str], ...]:
    """(our id, name) of the document the run is about and of what went along, as far as the reader sees them."""
    nodes = [str(run.facts.get("node_id") or ""), *str(run.facts.get("attachments") or "").split(",")]
    return tuple((one.id, one.name) for one in rows.documents if str(one.node_id) in nodes)


def document(rows: PanelRows, facts: DocumentFacts) -> DocumentView:
    return DocumentView(
        id=facts.id,
        name=facts.name,
        folder=facts.folder,
        version=facts.version,
        size=facts.size,
        kind=_file_kind(facts),
        url=web_url(facts.url),
        filed_at=facts.modified_at,
        record=_record(facts),
        retention=sentences.said(facts.retention) if facts.record_class else "",
        holds=facts.holds,
        approval=texts.state_of(texts.APPROVALS, facts.approval_status) if facts.approval_status else None,
        approval_version=facts.approval_version,
        delivery=deliveries.line(facts.delivery),
        reported=completeness.state_of(rows, facts),
        valid_until=completeness.valid_until(rows, facts),
    )


def _record(facts: DocumentFacts) -> str:
    """“Record · Orders”; where no sentence says how long it is kept, the date or the schedule's name behind it."""
    if not facts.record_class:
        return ""
    parts = [_("Record"), facts.record_class]
    if not facts.retention and facts.kept_until:
        parts.append(_("kept until %(date)s", date=language.date(facts.kept_until)))
    elif not facts.retention and facts.record_schedule:
        parts.append(facts.record_schedule)
    return " · ".join(parts)


def _file_kind(facts: DocumentFacts) -> str:
    """PDF, JSON, JPG: what people call the type, from the name's ending."""
    ending = facts.name.rpartition(".")[2]
    return ending.upper() if 0 < len(ending) <= 5 and ending.isalnum() and ending != facts.name else _("File")


def _refresh(rows: PanelRows) -> int:
    if _open(rows) or _is_stale(rows) or any(run.state == "running" for run in rows.runs):
        return FAST
    if any(one.state == "publishing" for one in rows.publications):
        return FAST
    return SLOW if any(run.state == "waiting" for run in rows.runs) else 0


def _is_stale(rows: PanelRows) -> bool:
    """Worth asking again behind the page: old knowledge, nobody has asked yet, and somebody can answer."""
    as_of, seen = _as_of(rows), rows.link.seen_at if rows.link else None
    if seen is not None and utc_now() - seen > FORGOTTEN_AFTER:
        as_of = seen  # a workflow that was looked at tells of no documents
    can_answer = rows.shop.state == "installed" and not (rows.link and rows.shop.opentext_state != "connected")
    return can_answer and not _open(rows) and (as_of is None or utc_now() - as_of > STALE_AFTER)
