"""The reader's sight of an object, and what is left of its facts for them: every page, action and download asks here.

What OpenText answers to a person is used for this one request and kept nowhere; a page that could not wait for the
answer gets it at its next look (see `behind`).
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import structlog
from sqlmodel import Session

from app.db import panel
from app.db import rights as rows_of
from app.db.activity import DeliveryLine, FailureGroup, RunLine
from app.db.panel_facts import (
    CaseFacts,
    DocumentFacts,
    LinkFacts,
    OrderOfCustomer,
    PanelRows,
    PublicationFacts,
    RequestFacts,
    RunFacts,
    StepFacts,
)
from app.db.session import reading
from app.domain.rights import BLIND, Flow, Look, Mode, Rights, Sight, Traits, blind
from app.engine import person_sign_in
from app.engine.behind import StillAsking
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.errors import AppError, Rejected, Retryable
from app.opentext.people import SignedOut

log = structlog.get_logger(__name__)

PATIENCE = 4.0  # seconds an action waits for OpenText's answer about a person
BEHIND_PAGE = 20.0  # seconds the same question goes on behind a page, which itself waits a moment
MOST_HELD = 10  # documents whose holds are asked about; of others only that there is a hold is said
OBJECTS = ("order", "product", "customer", "company", "case", "page")
SPEAKING = frozenset({"set_order_status", "set_up_store"})  # steps whose words are about the store alone
ABOUT_STORE = ("publication_id", "shadow")  # of a run's facts, what names nothing in OpenText


class NoAccess(Rejected):
    """The reader may not see or do this. `contact` is whom they can ask; what it was is never said."""

    code = "no_access"

    def __init__(self, contact: str = "") -> None:
        super().__init__("You don't have access.", status=403, code="no_access")
        self.contact = contact


class OpenTextSilent(Retryable):
    """Nobody can say now what the person may see, so nothing is shown."""

    code = "opentext_silent"


# What somebody sees


def sight(
    deps: Deps, who: Merchant, rows: PanelRows, orders: Iterable[OrderOfCustomer] = (), *, is_page: bool = False,
    patience: float = PATIENCE,
) -> Sight:  # fmt: skip
    """What this person may see of the object now. By map without any call; for persons one call, or a few.

    `is_page`: somebody only looks, so OpenText is waited for a moment; its answer is there at the next look.
    """
    found = _by_map(rows.rights, who)
    if rows.rights.mode is Mode.SERVICE:
        return found
    held = {one.node_id for one in rows.documents if one.holds}
    return _sight_by_person(deps, who, found, _nodes(rows, orders), held, is_page=is_page, patience=patience)


def sight_together(deps: Deps, who: Merchant, several: Sequence[PanelRows], *, is_page: bool = False) -> Sight:
    """What this person may see of several objects of one store; which holds lie on documents is not asked about."""
    nodes = set[int]().union(*(_nodes(rows, ()) for rows in several))
    return sight_of(deps, who, several[0].rights, nodes, is_page=is_page)


def sight_of(
    deps: Deps, who: Merchant, rights: Rights, nodes: set[int], *, is_page: bool = False, patience: float = PATIENCE
) -> Sight:
    """What this person may see of several workspaces at once, for a list across objects; for persons one call."""
    found = _by_map(rights, who)
    if rights.mode is Mode.SERVICE:
        return found
    return _sight_by_person(deps, who, found, nodes - {0}, set(), is_page=is_page, patience=patience)


def _by_map(rights: Rights, who: Merchant) -> Sight:
    return Sight(rights.allowed_for(who.user_email, who.role), contact=rights.contact)


def _sight_by_person(
    deps: Deps, who: Merchant, of: Sight, nodes: set[int], held: set[int], *, is_page: bool, patience: float
) -> Sight:
    if not is_page:
        return _asked(deps, who, of, nodes, held, patience)
    patience = PATIENCE if deps.behind.is_at_once else BEHIND_PAGE
    key = ("sight", who.session_id, frozenset(nodes), frozenset(held))
    try:
        return deps.behind.ask(key, lambda: _asked(deps, who, of, nodes, held, patience))
    except StillAsking:
        return blind(of, Look.ASKING)


def _asked(deps: Deps, who: Merchant, of: Sight, nodes: set[int], held: set[int], patience: float) -> Sight:
    """OpenText's answer; no answer means that nothing restricted is shown, never what the app itself may see."""
    name = ""
    try:
        content, name = person_sign_in.content(deps, who, time.monotonic() + patience)
        seen = content.visible(nodes) if nodes else frozenset()
        holds = content.holds_on(held & seen, MOST_HELD)
    except SignedOut:
        return blind(of, Look.SIGN_IN)
    except AppError as error:
        log.warning("person_not_asked", store_id=who.store_id, user_id=who.user_id, reason=error.specific_code)
        return replace(blind(of, Look.SILENT), person=name)
    return replace(of, look=Look.ASKED, nodes=seen, holds=holds, person=name)


def _nodes(rows: PanelRows, orders: Iterable[OrderOfCustomer]) -> set[int]:
    found = {link.node_id for link in (rows.link, rows.customer_link) if link}
    found |= {one.node_id for one in rows.documents} | {one.record_class_id or 0 for one in rows.documents}
    found |= {one.node_id for one in rows.publications} | {one.node_id for one in rows.cases}
    found |= {one.node_id for one in orders}
    for run in rows.runs:
        found |= {_number(one.get("node_id")) for one in _documents_in(run).values()}
    return found - {0}


def _number(value: Any) -> int:
    return value if type(value) is int else int(value) if isinstance(value, str) and value.isdecimal() else 0


def _documents_in(run: RunFacts) -> dict[str, dict[str, Any]]:
    found = run.facts.get("documents")
    return {name: one for name, one in found.items() if isinstance(one, dict)} if isinstance(found, dict) else {}


# What is left for them


def shown(rows: PanelRows, found: Sight) -> PanelRows:
    """The rows without what the reader may not see. `hidden` names the kinds that were left out, never how many."""
    left_out: set[str] = set()
    documents = tuple(_document(one, found, left_out) for one in rows.documents if _sees(one, found, left_out))
    link, customer = (
        _link(rows.link, found, left_out, "workspace"),
        _link(rows.customer_link, found, left_out, "customer"),
    )
    publications = tuple(_publication(one, rows, found, left_out) for one in rows.publications)
    sees_flow = _sees_workflow(rows, found)
    if link is not None and not sees_flow:
        left_out |= {"workflow"} if link.workflows or any(run.workflow for run in rows.runs) else set()
        link = replace(link, workflows=(), workflows_unknown=())
    cases = tuple(_case(one, found, left_out) for one in rows.cases)
    is_whole = found.is_known and not left_out and found.allowed.is_whole and _sees_runs(rows, found)
    runs = rows.runs if is_whole else tuple(_run(one, rows.documents, found, sees_flow=sees_flow) for one in rows.runs)
    requests = rows.requests if is_whole else tuple(_request(one) for one in rows.requests)
    state = {f"look:{found.look.value}", f"person:{found.person}"}
    return replace(
        rows, documents=documents, link=link, customer_link=customer, publications=publications, runs=runs,
        requests=requests, cases=cases, hidden=frozenset(left_out | state),
    )  # fmt: skip


def _case(case: CaseFacts, found: Sight, left_out: set[str]) -> CaseFacts:
    """A case's workspace is one of its own; who decides there, and how, follows it."""
    sees = found.sees_node(case.node_id) if case.node_id else found.nodes is None and found.allowed.sees_workspace
    if sees and found.allowed.sees_workflow:
        return case
    if case.workspace_url or case.tasks or case.outcome:
        left_out.add("cases")
    return replace(case, workspace_url=case.workspace_url if sees else "", tasks=(), outcome="")


def shown_orders(orders: tuple[OrderOfCustomer, ...], found: Sight) -> tuple[OrderOfCustomer, ...]:
    """A customer's orders; their workspaces and decisions only where the reader may see them."""
    return tuple(_order(one, found) for one in orders)


def _order(order: OrderOfCustomer, found: Sight) -> OrderOfCustomer:
    sees = found.is_known and found.sees_node(order.node_id)
    outcome = order.outcome if sees and found.allowed.sees_workflow else ""
    return replace(order, workspace_url=order.workspace_url if sees else "", outcome=outcome)


def _sees(document: DocumentFacts, found: Sight, left_out: set[str]) -> bool:
    if found.sees_document(document.node_id, document.traits):
        return True
    left_out.add("documents")
    return False


def _document(document: DocumentFacts, found: Sight, left_out: set[str]) -> DocumentFacts:
    holds = tuple(one for one in document.holds if found.sees_hold(document.node_id, one))
    sees_class = not document.record_class or found.sees_class(document.record_class_id)
    if sees_class and holds == document.holds:
        return document
    left_out.add("records")
    if not found.allowed.records:
        holds = ()
    elif len(holds) < len(document.holds):
        holds = (*holds, "")  # that it is held concerns whoever works with it; by what does not
    kept = replace(document, holds=holds)
    if sees_class:
        return kept
    return replace(
        kept, record_class="", record_schedule="", kept_until=None, retention="", record_class_id=None,
        traits=replace(document.traits, record_class=""),
    )  # fmt: skip


def _link(link: LinkFacts | None, found: Sight, left_out: set[str], name: str) -> LinkFacts | None:
    """That there is a workspace stays known: it is the object's state. Its name and address go."""
    if link is None or found.sees_node(link.node_id):
        return link
    left_out.add(name)
    return replace(link, name="", url="")


def _publication(one: PublicationFacts, rows: PanelRows, found: Sight, left_out: set[str]) -> PublicationFacts:
    if found.sees_document(one.node_id, _traits_of(rows.documents, one.node_id)):
        return one
    left_out.add("publications")
    return replace(one, document_name="", document_url="", approved_by="", approved_at=None, fields=())


def _traits_of(documents: tuple[DocumentFacts, ...], node: int, folder: str = "") -> Traits:
    known = next((one.traits for one in documents if one.node_id == node), None)
    return known or Traits(folders=(folder,) if folder else None)


def _sees_workflow(rows: PanelRows, found: Sight) -> bool:
    """Workflows follow the workspace they are about; before there is one, nobody can be asked."""
    if found.nodes is None:
        return found.allowed.sees_workflow
    return rows.link is not None and found.sees_node(rows.link.node_id)


def _sees_runs(rows: PanelRows, found: Sight) -> bool:
    """Whether what the runs say of OpenText names nothing else than what the person may see."""
    if found.nodes is None:
        return True
    filed = {_number(one.get("node_id")) for run in rows.runs for one in _documents_in(run).values()}
    return rows.link is not None and filed <= found.nodes


def _run(run: RunFacts, documents: tuple[DocumentFacts, ...], found: Sight, *, sees_flow: bool) -> RunFacts:
    facts: dict[str, Any] = {name: run.facts[name] for name in ABOUT_STORE if name in run.facts}
    if isinstance(run.facts.get("publication"), dict):
        facts["publication"] = {"id": run.facts["publication"].get("id")}
    facts["documents"] = {name: one for name, one in _documents_in(run).items() if _sees_filed(one, documents, found)}
    if sees_flow and "decision" in run.facts:
        facts["decision"] = run.facts["decision"]
    workflow = run.workflow
    if workflow is not None and not sees_flow:
        workflow = replace(workflow, tasks=(), decided_by="", decided_at=None, comment="", found_by="")
    return replace(run, facts=facts, workflow=workflow, steps=tuple(_step(one, found) for one in run.steps))


def _sees_filed(one: dict[str, Any], documents: tuple[DocumentFacts, ...], found: Sight) -> bool:
    """A document as a run remembers it."""
    node = _number(one.get("node_id"))
    return found.sees_document(node, _traits_of(documents, node, str(one.get("folder") or "")))


def _step(step: StepFacts, found: Sight) -> StepFacts:
    """What a step says of OpenText may name anything there; its kind, state and cause remain."""
    if step.kind in SPEAKING:
        return step
    kept = ("status", "classification") if found.allowed.records and found.nodes is None else ("status",)
    params = {name: step.params[name] for name in kept if name in step.params}
    return replace(step, params=params, summary="", error_message="", error_hint="")


def _request(request: RequestFacts) -> RequestFacts:
    return replace(request, reason=_code_of(request.reason))


# One run, lists of runs


def shown_run(deps: Deps, who: Merchant, run: RunFacts, kind: str, object_id: str) -> tuple[RunFacts, Look]:
    """One run on a page as this person may read it, and how that is known; (kind, object id) is what it is about."""
    with reading(deps.database) as session:
        if is_whole(session, who):
            return run, Look.MAP
        rows = panel.read(session, who.store_id, kind, object_id) if kind in OBJECTS else None
    if rows is None:  # about the store itself: nothing a person could be asked about
        return _run(run, (), BLIND, sees_flow=False), Look.MAP
    alone = replace(rows, runs=(run,))
    found = sight(deps, who, alone, is_page=True)
    return shown(alone, found).runs[0], found.look


Line = TypeVar("Line", RunLine, FailureGroup, DeliveryLine)


def shown_lines(session: Session, who: Merchant, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Lines of a list across objects; what OpenText said in them goes for whoever may not see everything."""
    return lines if is_whole(session, who) else tuple(_quiet(one) for one in lines)


def _quiet(line: Line) -> Line:
    quiet: dict[str, Any] = {"error_message": "", "error_hint": "", "reason": _code_of(getattr(line, "reason", ""))}
    return replace(line, **{name: value for name, value in quiet.items() if hasattr(line, name)})


def _code_of(reason: str) -> str:
    """A reason's words follow its code, and may name anything."""
    return reason if ": " not in reason else ""


def is_whole(session: Session, who: Merchant) -> bool:
    """Whether lists across objects may show this person what OpenText said; persons are asked about one at a time."""
    rights = rows_of.of_store(session, who.store_id)
    return rights.mode is Mode.SERVICE and rights.allowed_for(who.user_email, who.role).is_whole


# What somebody may do


def demand(found: Sight, allowed: bool) -> None:
    """Raises SignedOut (sign in first), StillAsking, OpenTextSilent (ask again later) or NoAccess."""
    if found.look is Look.SIGN_IN:
        raise SignedOut
    if found.look is Look.ASKING:
        raise StillAsking("OpenText has not answered yet.")
    if found.look is Look.SILENT:
        raise OpenTextSilent("OpenText is not answering, so nobody can say what you may see.")
    if not allowed:
        raise NoAccess(found.contact)


def may_review(rows: PanelRows, found: Sight) -> bool:
    """Start a workflow about the object."""
    sees = rows.link is None or found.sees_node(rows.link.node_id)
    return found.is_known and found.allowed.starts_workflows and (found.nodes is None or sees)


def may_decide(found: Sight, *, on_content_server: bool) -> bool:
    """Decide in a workflow the reader sees. Persons: their engine says for each task. By map: who was granted it, and
    only where the app's own account can act for them, which Content Server's engine never lets it."""
    if not found.is_known:
        return False
    return found.nodes is not None or (found.allowed.workflow is Flow.DECIDE and not on_content_server)


def may_create(found: Sight) -> bool:
    """Have a workspace made."""
    return found.is_known and found.allowed.upload


def may_upload(rows: PanelRows, found: Sight) -> bool:
    """File documents; where exactly is decided with the folder, for persons by OpenText."""
    return found.is_known and found.allowed.upload and rows.link is not None and found.sees_node(rows.link.node_id)


def may_publish(rows: PanelRows, found: Sight, publication_id: str) -> bool:
    """Undo or restore a publication whose document the reader may see."""
    one = next((each for each in rows.publications if each.id == publication_id), None)
    sees = one is not None and found.sees_document(one.node_id, _traits_of(rows.documents, one.node_id))
    return found.is_known and found.allowed.publish and sees
